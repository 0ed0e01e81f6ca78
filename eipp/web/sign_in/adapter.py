"""How django-allauth behaves here: our words and links, our record, one answer whoever asks."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from eipp.accounts import second_factor, sign_in
from eipp.accounts.membership import active_memberships
from eipp.accounts.password import LONGEST
from eipp.accounts.person import Person
from eipp.accounts.plain_text import folded
from eipp.web.framing import HOUSE, home_of
from eipp.web.middleware import ORGANISATION, ActingRequest
from eipp.web.theme import remember_theme

WRONG = "The user name or e-mail address and the password do not belong together."


class Adapter(DefaultAccountAdapter):
    """Named by ACCOUNT_ADAPTER."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "too_many_login_attempts": "Too many attempts. Please wait five minutes, or reset your password.",
        "enter_current_password": "This is not your current password.",
        "invalid_password_reset": "This link does not work any more.",
    }

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # these are pages; programs use the API

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # by invitation only

    def clean_password(self, password: str, user: Any = None) -> str:
        if len(password) > LONGEST:
            raise ValidationError(f"A password has at most {LONGEST} characters.", code="password_long")
        return super().clean_password(password, user)

    @transaction.atomic
    def login(self, request: ActingRequest, user: Person) -> None:
        super().login(request, user)
        if any(record["method"] == "mfa" for record in get_authentication_records(request, user)):
            request.session[second_factor.USED] = True
        sign_in.signed_in(user, request_id=request.correlation_id)

    def post_login(self, request: HttpRequest, user: Person, **facts: Any) -> HttpResponse:
        response = super().post_login(request, user, **facts)
        if user.theme:
            remember_theme(response, user.theme)
        return response

    @transaction.atomic
    def logout(self, request: ActingRequest) -> None:
        sign_in.signed_out(request.user, request_id=request.correlation_id)
        super().logout(request)

    def set_password(self, user: Person, password: str) -> None:
        keep, number = self.request.session.session_key or "", self.request.correlation_id
        sign_in.change_password(user, password=password, keep=keep, request_id=number)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in, in this session, need not prove it once more."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def confirm_email(self, request: ActingRequest, email_address: EmailAddress) -> bool:
        """Only now does the new address count; False when somebody else signs in with it meanwhile."""
        try:
            with transaction.atomic():
                return self._confirm(request, email_address)
        except IntegrityError:
            return False

    def _confirm(self, request: ActingRequest, address: EmailAddress) -> bool:
        person = Person.objects.select_for_update().get(pk=address.user_id)
        address.user = person
        if sign_in.is_taken(address.email, by_others_than=person) or not super().confirm_email(request, address):
            return False
        sign_in.email_changed(person, request_id=request.correlation_id)
        return True

    def get_login_redirect_url(self, request: ActingRequest) -> str:
        wanted = request.session.get(ORGANISATION)
        memberships = active_memberships(request.user)
        chosen = [each for each in memberships if str(each.organisation_id) == wanted] or memberships
        return home_of(chosen[0].organisation.side if chosen else "buyer")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_profile")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_profile")

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return address_of("account_confirm_email", emailconfirmation.key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        own = {"house": HOUSE, "recovery_url": address_of("account_reset_password")}
        super().send_mail(template_prefix, email, {**context, **own})

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Attempts on one person are counted together, whether by user name or by e-mail address."""
        login = credentials.get("email") or credentials.get("username") or ""
        person = Person.objects.find(login)
        return str(person.pk) if person else folded(login)


def address_of(name: str, *args: str) -> str:
    """The link to a page as it stands in a mail: by the installation's own address, whatever host was asked."""
    return settings.BASE_URL + reverse(name, args=args)
