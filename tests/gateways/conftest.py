"""Stripe's stand-in, and a payee with an account there."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from eipp.accounts.models import LegalEntity
from eipp.gateways.gateway import Gateway, gateway, of
from tests.gateways.stripe_doing import connected
from tests.servers import stripe_stand_in
from tests.servers.stripe_stand_in import StandIn


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with stripe_stand_in.running() as found:
        yield found


@pytest.fixture
def stand_in(server: StandIn, settings: LazySettings) -> StandIn:
    """Stripe, as far as it is to be had here, with nothing in its books."""
    server.clear()
    settings.STRIPE_URL = server.url
    settings.GATEWAYS = {**settings.GATEWAYS, "stripe": "eipp.gateways.stripe.Stripe"}
    gateway.cache_clear()
    return server


@pytest.fixture
def payee(db: None, stand_in: StandIn) -> LegalEntity:
    return connected("Nordwind Handels GmbH")


@pytest.fixture
def provider(payee: LegalEntity) -> Gateway:
    return of("stripe", payee)
