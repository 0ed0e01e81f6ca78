"""Saving a card or account in tests, each through the platform's own door."""

from uuid import UUID, uuid4

from eipp.accounts.models import LegalEntity
from eipp.gateways import sandbox_means
from eipp.gateways.sandbox_means import SandboxMeans
from tests.workflows.doing import GOOD
from tests.world import World
from workflows import method_setup
from workflows.saved_method import SavedMethod


def begun(world: World, who: str, payee: LegalEntity, *, kind: str = "card", attempt: UUID | None = None,
          **sharing: object) -> SavedMethod:  # fmt: skip
    """The provider's page is open."""
    row = method_setup.request(world.actor(who), payee, gateway="sandbox", kind=kind, attempt=attempt or uuid4(),
                               **sharing)  # fmt: skip
    return method_setup.open_page(row)


def means_of(row: SavedMethod) -> SandboxMeans:
    """The provider's side of it."""
    return SandboxMeans.objects.get(reference=row.pk)


def asked(row: SavedMethod) -> SavedMethod:
    """The platform looks at the provider."""
    method_setup.ask(row.pk)
    return SavedMethod.objects.select_related("legal_entity", "buyer").get(pk=row.pk)


def saved_card(world: World, who: str, payee: LegalEntity, *, card: str = GOOD, **sharing: object) -> SavedMethod:
    row = begun(world, who, payee, **sharing)
    sandbox_means.give_card(means_of(row).pk, card=card)
    return asked(row)


def saved_account(world: World, who: str, payee: LegalEntity, *, account: str = "0001 2345 6789") -> SavedMethod:
    row = begun(world, who, payee, kind="bank_debit")
    sandbox_means.give_account(means_of(row).pk, account=account, signs_in=True)
    return asked(row)
