"""What people and programs do in these tests, each through the platform's own door, and what is true afterwards."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from eipp.gateways import sandbox
from eipp.gateways.sandbox import SandboxCharge
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Application, CashReceipt, Invoice
from eipp.ledger.verify import verify
from tests.world import World
from workflows import approval, bank_details, gateway_talk, intent
from workflows.bank_details import BankDetails
from workflows.machine import Machine, machines
from workflows.payment import Payment

GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def refused(code: str, status: int | None = None) -> Any:
    """The call inside is refused with this code."""
    return _Refused(code, status)


class _Refused:
    def __init__(self, code: str, status: int | None) -> None:
        self.code, self.status = code, status
        self._raises: Any = pytest.raises(Refusal)

    def __enter__(self) -> None:
        self._info = self._raises.__enter__()

    def __exit__(self, *error: Any) -> bool:
        swallowed: bool = self._raises.__exit__(*error)
        refusal = self._info.value
        assert refusal.code == self.code, refusal
        assert self.status in (None, refusal.status), refusal
        assert refusal.sentence.endswith(".")
        return swallowed


def approve(world: World, who: str, invoice: Invoice) -> None:
    run = approval.active_run(invoice)
    assert run
    approval.decide(world.actor(who), run, verdict="approve")


def confirmed_account(world: World, *, currency: str = "EUR", account: str = "DE89370400440532013000") -> BankDetails:
    """Where refunds by bank go for Brightwater: asked for by one of them, confirmed by another, and waited for."""
    over = clock.now() - timedelta(days=9)
    row = bank_details.propose(world.actor("anna"), None, holder="Brightwater Ltd", account=account, currency=currency)
    row.confirm(world.actor("dora"), now=over)
    bank_details.take_effect(row.pk)
    row.refresh_from_db()
    return row


def enter(world: World, who: str | Actor, *invoices: Invoice | tuple[Invoice, Money], attempt: UUID | None = None,
          gateway: str = "sandbox", method: str = "card") -> Payment:  # fmt: skip
    """Enter a payment over what is free of the invoices, or over the amounts given, and open the provider's page."""
    shares: list[tuple[Invoice, Money]] = []
    for each in invoices:
        if isinstance(each, Invoice):
            each.refresh_from_db()
            shares.append((each, each.free))
        else:
            shares.append(each)
    actor = world.actor(who) if isinstance(who, str) else who
    entered = intent.enter(actor, shares, gateway=gateway, method=method, attempt=attempt or uuid4())
    return gateway_talk.open_checkout(entered)


def at_the_page(entered: Payment, *, card: str = GOOD) -> SandboxCharge:
    """The payer gives a card on the sandbox's page; the platform has not heard of it yet."""
    return sandbox.pay(SandboxCharge.objects.get(reference=entered.pk).pk, card=card)


def hear(entered: Payment) -> Payment:
    """The platform looks at the provider."""
    gateway_talk.ask(entered.pk)
    entered.refresh_from_db()
    return entered


def paid(world: World, who: str, *invoices: Invoice | tuple[Invoice, Money]) -> Payment:
    """Entered, paid by card, heard of."""
    entered = enter(world, who, *invoices)
    at_the_page(entered)
    return hear(entered)


def posted(entered: Payment) -> Money:
    """What of a payment stands in our books: its receipts that were not taken back."""
    receipts = CashReceipt.objects.filter(payment_id=entered.pk, reversed_at=None)
    return total((receipt.amount for receipt in receipts), entered.currency)


def applied(invoice: Invoice) -> int:
    """The minor units applied to an invoice, by its applications."""
    return sum(row.amount_minor for row in Application.objects.filter(invoice=invoice))


def told(row: Any) -> list[str]:
    """The names of the events of which the row is the subject, in order."""
    return [event.name for event in events.about(row) if event.subject_id == row.pk]


def assert_sound() -> None:
    """The books are right, and every workflow's row has come to its state by a chain of events without a gap."""
    assert list(verify()) == []
    for machine in machines():
        for row in machine._base_manager.all():
            assert_chain(row)


def assert_chain(row: Machine) -> None:
    """Each move is one event that begins where the one before ended; the last ends in the row's state."""
    moves = [event for event in events.about(row) if event.subject_id == row.pk and event.after]
    states = [event.after for event in moves]
    assert [event.before for event in moves] == ["", *states[:-1]], [(e.name, e.before, e.after) for e in moves]
    assert states[-1] == row.state, (row, states)


def numbers(rows: Sequence[Any]) -> list[str]:
    return [row.number for row in rows]
