"""What is compared: every figure the platform keeps with the books, the gateway's sum with ours, and what must hold."""

from collections.abc import Iterator
from typing import Any

from eipp.kernel.actor import Actor
from eipp.ledger import payable
from eipp.ledger.models import AccountBalance, Application, CashReceipt, CreditNote, Invoice
from eipp.ledger.verify import differences
from tests.simulation.papers import ON_THE_WAY
from tests.simulation.story import Difference, Story
from tests.workflows.doing import assert_chain
from workflows.dispute import Dispute
from workflows.payment import Payment
from workflows.refund import Refund

EVERYBODY = Actor.system("simulation")
#: What the books call a sum, and the column of an account's balance that keeps it.
COLUMNS = {
    "open": "receivable", "credit_notes": "credit", "unapplied": "unapplied", "disputed": "disputed",
    "pending": "pending", "planned": "planned",
}  # fmt: skip


def check(story: Story, *, last: bool = False) -> None:
    """Ours and the books say the same of every row, and of every account in every currency; last: all that is asked
    of the summaries and by `verify` too."""
    found = [*_rows(story), *_balances(story), *_invariants(story)]
    if last and not found:
        found = [*_summaries(story), *map(str, differences())]
    if found:
        raise Difference("; ".join(found))


def check_gateway(story: Story) -> None:
    """After everything was heard: what the gateway holds of each payment is what stands in our books, charged once."""
    found = []
    for name, one in story.books.payments.items():
        reference, ours = story.rows[name], story.books.standing_of(name)
        if one.is_transfer:
            continue
        if (theirs := story.provider.holds(reference)) != ours:
            found.append(f"{name}: the gateway holds {theirs}, our books {ours}")
        charge = story.provider.charges.get(reference)
        if charge is None and one.state in ON_THE_WAY:
            found.append(f"{name} never reached the gateway, and still is {one.state} here")
        if charge and charge.charged > 1:
            found.append(f"{name} was charged {charge.charged} times")
        if charge and charge.status != "open" and one.state in ON_THE_WAY and charge.status != one.state:
            found.append(f"{name} is {charge.status} at the gateway and still {one.state} here")
    for name, refund in story.books.refunds.items():
        truth = story.provider.truth_of_refund(story.rows[name]).status
        if truth != refund.state:
            found.append(f"{name} is {truth} at the gateway and {refund.state} here")
    strangers = set(story.provider.charges) - {story.rows[name] for name in story.books.payments}
    found += [f"the gateway has a charge {stranger} of no payment" for stranger in strangers]
    if found:
        raise Difference("; ".join(found))


def check_chains(story: Story) -> None:
    """Every payment, dispute and refund came to its state by events without a gap."""
    for name in (*story.books.payments, *story.books.disputes, *story.books.refunds):
        try:
            assert_chain(story.row(name))
        except AssertionError as error:
            raise Difference(f"the events of {name} have a gap: {error}") from error


def _rows(story: Story) -> Iterator[str]:
    books, ids = story.books, {pk: name for name, pk in story.rows.items()}
    row: Any
    for row in Invoice.objects.filter(pk__in=ids):
        name = ids[row.pk]
        ours = (row.open_minor, row.paid_minor, row.disputed_minor, row.pending_minor, row.planned_minor,
                bool(row.withdrawn_at))  # fmt: skip
        theirs = (books.open(name), books.paid(name), books.held(name, "disputed"), books.held(name, "pending"),
                  books.held(name, "planned"), books.invoices[name].withdrawn)  # fmt: skip
        yield from _compare(name, ours, theirs, "open, paid, disputed, on the way, planned, withdrawn")
    for row in [*CashReceipt.objects.filter(pk__in=ids), *CreditNote.objects.filter(pk__in=ids)]:
        name = ids[row.pk]
        gone = isinstance(row, CashReceipt) and row.reversed_at is not None
        left = row.unapplied_minor if isinstance(row, CashReceipt) else row.open_minor
        one = books.sources[name]
        back = (row.set_aside_minor, row.given_back_minor) if isinstance(row, CashReceipt) else (0, 0)
        yield from _compare(name, (left, gone, *back), (books.left(name), one.gone, one.aside, one.given + one.charged),
                            "left, taken back, set aside, given back")  # fmt: skip
    machines: tuple[Any, ...] = ((Payment, books.payments), (Dispute, books.disputes), (Refund, books.refunds))
    for machine, those in machines:
        for row in machine._base_manager.filter(pk__in=ids):
            yield from _compare(ids[row.pk], row.state, those[ids[row.pk]].state, "state")
    yield from _compare("payments", Payment.objects.count(), len(books.payments), "count")
    yield from _compare(
        "receipts", CashReceipt.objects.count(), sum(s.is_cash for s in books.sources.values()), "count"
    )
    yield from _compare("credit notes", CreditNote.objects.count(),
                        sum(not s.is_cash for s in books.sources.values()), "count")  # fmt: skip


def _balances(story: Story) -> Iterator[str]:
    """What is kept of each account: the same sums as the books add up."""
    numbers = {account.pk: number for number, account in story.scene.accounts.items()}
    kept = {(numbers[row.account_id], row.currency): row for row in AccountBalance.objects.filter(account__in=numbers)}
    for number, currency in _purses(story):
        row: Any = kept.get((number, currency))
        sums = _sums(story, number, currency)
        said = {word: getattr(row, f"{column}_minor") if row else 0 for word, column in COLUMNS.items()}
        yield from _compare(f"account {number}", said, {word: sums[word] for word in COLUMNS}, currency)


def _summaries(story: Story) -> Iterator[str]:
    """What the account's page says may be paid: open, less what is held, less the credit that can be used."""
    today = story.nature.now.date()
    for number, currency in _purses(story):
        one: Any = payable.of_accounts(EVERYBODY, [story.scene.accounts[number].pk], on=today).get(currency)
        sums = _sums(story, number, currency)
        said = {word: getattr(one, word).minor if one else 0 for word in sums}
        yield from _compare(f"summary of {number}", said, sums, currency)


def _purses(story: Story) -> list[tuple[str, str]]:
    """Each account with each currency in which it has anything."""
    papers: list[Any] = [*story.books.invoices.values(), *story.books.sources.values()]
    return sorted({(one.account, one.currency) for one in papers})


def _sums(story: Story, number: str, currency: str) -> dict[str, int]:
    books = story.books
    mine = [name for name, one in books.invoices.items() if (one.account, one.currency) == (number, currency)]
    credit, cash = (
        sum(books.left(name) for name, one in books.sources.items()
            if (one.account, one.currency, one.is_cash) == (number, currency, is_cash))
        for is_cash in (False, True)
    )  # fmt: skip
    free = sum(map(books.free, mine))
    return {
        "open": sum(map(books.open, mine)), "credit_notes": credit, "unapplied": cash,
        "disputed": sum(books.held(name, "disputed") for name in mine),
        "pending": sum(books.held(name, "pending") for name in mine),
        "planned": sum(books.held(name, "planned") for name in mine), "payable": free - min(free, credit + cash),
    }  # fmt: skip


def _invariants(story: Story) -> Iterator[str]:
    row: Any
    for row in Invoice.objects.all():
        if not 0 <= row.held_minor <= row.open_minor <= row.payable_minor:
            yield f"of {row.number}, {row.held_minor} is held, {row.open_minor} open"
    settling = Application.objects.filter(reverses=None, reversed_by=None, receipt__payment_id__isnull=False)
    settled = Payment.objects.filter(state__in=("settled", "charged_back")).values("pk")
    for row in settling.exclude(receipt__payment_id__in=settled).select_related("invoice"):
        yield f"{row.invoice.number} is shown as paid by a payment that is not settled"


def _compare(what: str, ours: Any, theirs: Any, words: str) -> Iterator[str]:
    if ours != theirs:
        yield f"{what} ({words}): kept {ours}, must be {theirs}"
