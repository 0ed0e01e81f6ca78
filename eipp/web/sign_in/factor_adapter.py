"""How django-allauth keeps second factors here: its secrets are locked with this installation's key."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from eipp.accounts.person import Person
from eipp.kernel import secrets
from eipp.web.framing import HOUSE

PURPOSE = "second factor"


class FactorAdapter(DefaultMFAAdapter):
    """Named by MFA_ADAPTER."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This is not the code of this moment. Please type the one that is shown now.",
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first.",
    }

    def encrypt(self, text: str) -> str:
        return secrets.lock(PURPOSE, text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unlock(PURPOSE, encrypted_text)

    def _get_site_name(self) -> str:
        return HOUSE

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1}


def factors_of(person: Person) -> list[Authenticator]:
    """What the person can prove themselves with beside the password, oldest first; recovery codes are none."""
    rows = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return list(rows.order_by("created_at"))
