"""The buyer's standing order: daily it uses the accounts' own credit and plans what then falls due, within its cap."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt, CreditNote
from tests.simulation.nature import Died
from tests.simulation.plans import HERE
from tests.simulation.story import Difference, Story
from workflows import autopay, autopay_run
from workflows.autopay import Autopay
from workflows.payment import Payment

CURRENCY = "EUR"


@dataclass
class Order:
    """days: so many before the due date it pays; looked_on: the day it was run for last; paid: the payments it made."""

    row: Autopay
    saved: str
    notice: int
    days: int
    cap: int | None
    looked_on: date | None = None
    paid: list[str] = field(default_factory=list)


def sets_up(story: Story) -> bool:
    if "order" in story.kept:
        return False
    dice = story.dice
    saved, notice, days = dice.choice(("card", "bank_debit")), dice.choice((0, 0, 1)), dice.choice((0, 0, 5))
    cap = dice.choice((None, 2_000, 15_000))
    story.tell(f"the buyer lets {CURRENCY} be paid by the {saved}, {days} days before, told {notice} before, cap {cap}")
    row = autopay.set_up(
        story.actor("tom"), story.scene.saved[saved], currency=CURRENCY, timing="before" if days else "due", days=days,
        notice_days=notice, caps={"cap": None if cap is None else Money(cap, CURRENCY)},
    )  # fmt: skip
    story.kept["order"] = Order(row, saved, notice, days, cap)
    return True


def runs(story: Story) -> bool:
    """The worker's turn: once a day, however often it comes."""
    order: Order | None = story.kept.get("order")
    if order is None:
        return False
    today = story.nature.now.astimezone(HERE).date()
    story.tell(f"the platform runs the standing order for {today}")
    try:
        with story.nature.dying_after(story.fate(0.08)):
            autopay_run.run()
    except Died:
        story.tell("  ... and died")
        return True
    if order.looked_on != today:
        order.looked_on = today
        _plans(story, order, today + timedelta(days=order.notice))
    return True


def _plans(story: Story, order: Order, run_on: date) -> None:
    shares = _within(_net(story, _fall_due(story, order, run_on + timedelta(days=order.days))), order.cap)
    payment = Payment.objects.filter(attempt=order.row.attempt_of(run_on)).first()
    if bool(shares) != bool(payment):
        raise Difference(f"the standing order is to pay {shares}, and made {payment}")
    if payment is not None:
        name = story.name("P")
        story.tell(f"  ... {name} pays {shares}")
        order.paid.append(name)
        story.books.plan(name, shares, run_on, story.nature.now, saved=order.saved)
        story.rows[name] = payment.pk


def _fall_due(story: Story, order: Order, horizon: date) -> dict[str, int]:
    """What is free of what falls due by then, the oldest first; never twice what came to nothing."""
    books = story.books
    over, dropped = ("failed", "returned", "charged_back"), story.kept.get("dropped", [])
    ended = [books.payments[name] for name in order.paid if books.payments[name].state in over or name in dropped]
    tried = {to for one in ended for to in one.shares}
    return {
        to: books.free(to) for to in books.by_due()
        if books.invoices[to].currency == CURRENCY and books.invoices[to].due <= horizon and to not in tried
        and books.free(to) > 0 and not books.invoices[to].withdrawn
    }  # fmt: skip


def _net(story: Story, wanted: dict[str, int]) -> dict[str, int]:
    """Credit notes go first, then cash that is not applied, each of its own account and the oldest first."""
    books, names = story.books, {pk: name for name, pk in story.rows.items()}
    notes = CreditNote.objects.order_by("issue_date", "pk").values_list("pk", flat=True)
    cash = CashReceipt.objects.order_by("received_on", "pk").values_list("pk", flat=True)
    sources = [names[pk] for pk in (*notes, *cash) if pk in names]
    left = {}
    for to, amount in wanted.items():
        for source in sources:
            one = books.sources[source]
            if (one.account, one.currency) == (books.invoices[to].account, CURRENCY):
                part = min(books.left(source), amount)
                books.use(source, {to: part} if part else {})
                amount -= part
        if amount:
            left[to] = amount
    return left


def _within(shares: dict[str, int], cap: int | None) -> dict[str, int]:
    """Whole invoices alone, as far as the cap reaches."""
    kept: dict[str, int] = {}
    for to, amount in shares.items():
        if cap is None or sum(kept.values()) + amount <= cap:
            kept[to] = amount
    return kept
