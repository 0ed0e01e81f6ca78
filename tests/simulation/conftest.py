"""A stage on which stories are played, each taken back when it is over."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client

from eipp.accounts.api_key import create_api_key
from eipp.accounts.customer_account import create_account
from eipp.gateways.gateway import gateway
from tests.simulation.nature import ruling
from tests.simulation.running import Stage
from tests.simulation.story import Scene
from tests.world import World
from workflows import method_setup
from workflows.authority_limit import Limits, set_limits
from workflows.saved_method import SavedMethod

PEOPLE = ("tom", "clara", "mona")


@pytest.fixture
def stage(world: World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A supplier, a buyer without rules, four accounts in three currencies, and a provider with books of its own."""
    settings.GATEWAYS = {**settings.GATEWAYS, "simulated": "tests.simulation.provider.the_provider"}
    gateway.cache_clear()
    yield Stage(scene(world), ruling(monkeypatch))
    gateway.cache_clear()


def scene(world: World) -> Scene:
    tiny = world.accounts["tiny_account"]
    accounts = {tiny.number: tiny}
    for number, currency in (("10021", "EUR"), ("10022", "JPY"), ("10023", "KWD")):
        accounts[number] = create_account(
            supplier=world.nordwind, buyer=world.tiny, number=number, name=f"Tiny Studio {currency}",
            currency=currency, terms_days=14,
        )  # fmt: skip
    for currency in ("EUR", "JPY", "KWD"):
        alone = {("ar_clerk", kind): Limits(None, None) for kind in ("credit", "refund")}
        set_limits(world.actor("silke"), currency, alone)
    people = {word: world.actor(word) for word in PEOPLE} | {"erp": world.erp("nordwind")}
    key = create_api_key(organisation=world.tiny, name="Tiny's ledger", scopes=("payments:write",))[1]
    programs = {"erp": world.program("nordwind"), "payer": Client(headers={"Authorization": f"Bearer {key}"})}
    return Scene(accounts, people, programs, {kind: _saved(world, kind) for kind in ("card", "bank_debit")})


def _saved(world: World, kind: str) -> SavedMethod:
    """A card or account that the buyer keeps at the provider."""
    payee = world.tiny_account.legal_entity
    row = method_setup.request(world.actor("tom"), payee, gateway="simulated", kind=kind, attempt=uuid4())
    method_setup.open_page(row)
    method_setup.ask(row.pk)
    return SavedMethod.objects.get(pk=row.pk)
