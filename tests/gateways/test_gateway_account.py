"""A payee's own account at a provider: its secrets are locked, checked, and never another's."""

from uuid import uuid4

import pytest
from django.conf import LazySettings

from eipp.accounts.models import LegalEntity
from eipp.gateways.gateway import (
    ForgedCallback,
    of,
)
from eipp.gateways.models import GatewayAccount
from eipp.kernel.refusal import Refusal
from tests.gateways.stripe_doing import (
    SECRET,
    a_payee,
    an_event,
    an_intent,
    connect_to_stripe,
    signed,
)
from tests.servers.stripe_stand_in import StandIn

# --- credentials


def test_without_an_account_of_its_own_a_payee_has_no_stripe(stand_in: StandIn, db: None) -> None:
    payee = a_payee("Without GmbH")
    for call in (lambda: of("stripe", payee).open_checkout(an_intent()), lambda: of("stripe", payee).look(uuid4())):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code == "gateway_not_connected"
    with pytest.raises(ForgedCallback):
        of("stripe", payee).read_callback(*signed(an_event(reference=uuid4())))


def test_secrets_are_kept_locked_and_checked(stand_in: StandIn, payee: LegalEntity, settings: LazySettings) -> None:
    row = GatewayAccount.objects.get()
    assert SECRET not in row.locked_credentials
    assert row.credentials["webhook_secret"] == SECRET
    wrong = {"secret_key": "pk_test_12345"}, {"webhook_secret": "hush"}
    for one in wrong:
        with pytest.raises(Refusal) as refused:
            connect_to_stripe(payee, one)
        assert refused.value.code == "credential_wrong"
    with pytest.raises(Refusal) as refused:
        connect_to_stripe(a_payee("New Inc."), {"secret_key": "sk_test_12345"})
    assert (refused.value.code, refused.value.errors[0]["field"]) == ("credential_missing", "webhook_secret")
    settings.EXAMPLE_WORLD = True
    with pytest.raises(Refusal) as refused:
        connect_to_stripe(payee, {"secret_key": "sk_live_12345"})
    assert refused.value.code == "real_money"
    connect_to_stripe(payee, {"secret_key": "sk_test_67890"})
    row.refresh_from_db()
    assert row.credentials == {"secret_key": "sk_test_67890", "webhook_secret": SECRET}
