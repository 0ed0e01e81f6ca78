"""Early payment in the example world: an offer that waits, one that is agreed, one that was earned, and what is given
without anybody answering. Played last, so that no other story meets another chance by it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from eipp.accounts.models import CustomerAccount
from eipp.demo.stage import Stage
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import discount, posting
from eipp.ledger.agreed_discount import Scale
from eipp.ledger.models import Invoice
from workflows import offer_judging, offering
from workflows.offer_setting import set_setting
from workflows.offer_terms import can_be_offered

AGO = timedelta(minutes=50)


def play(stage: Stage) -> None:
    """The story, within the last hour."""
    now = stage.until - AGO
    _given(stage, now)
    _waiting(stage, now + timedelta(minutes=5))
    _agreed(stage, now + timedelta(minutes=10))
    _earned(stage, now + timedelta(minutes=30))


def _given(stage: Stage, now: datetime) -> None:
    """Nordwind gives a rate by itself to one customer."""
    account = stage.world.accounts["elsewhere_account"]
    set_setting(stage.actor("silke"), account.legal_entity, account.currency, yearly=Decimal("8"), least_days=5,
                largest=Money.parse("20000.00", account.currency), chosen=[account.pk], now=now)  # fmt: skip


def _waiting(stage: Stage, now: datetime) -> None:
    """Nordwind's manager offers Brightwater a discount for the newest invoices; Brightwater has not answered."""
    invoices = _latest(stage.world.accounts["main"], 2, now)
    if invoices:
        offering.propose(
            stage.actor("mona"), invoices, _scale(invoices, "9.5", now), now=now,
            comment="We would be glad to have these before the end of the quarter.",
        )  # fmt: skip


def _agreed(stage: Stage, now: datetime) -> None:
    """Brightwater asked Pacific Parts, which agreed; Ben approved, as Brightwater's rules ask."""
    invoices = _latest(stage.world.accounts["pacific_usd"], 1, now)
    if not invoices:
        return
    offer = offering.propose(stage.actor("anna"), invoices, _scale(invoices, "12", now), now=now,
                             comment="We could pay this on Friday.")  # fmt: skip
    offering.accept(stage.actor("pete"), offer, now=now + timedelta(minutes=6))
    if offer.state == "approving":
        offering.approve(stage.actor("ben"), offer, now=now + timedelta(minutes=12))


def _earned(stage: Stage, now: datetime) -> None:
    """Elsewhere asked for no more than is given by itself, and paid at once."""
    account = stage.world.accounts["elsewhere_account"]
    invoices = _latest(account, 1, now)
    if not invoices:
        return
    offering.propose(stage.actor("sina"), invoices, _scale(invoices, "8", now), now=now)
    (invoice,) = invoices
    invoice.refresh_from_db()
    today = _today(account, now)
    if found := discount.offer(invoice, on=today):
        receipt = posting.post_receipt(
            stage.actor("nordwind"), account=account, amount=found.to_pay, received_on=today, kind="transfer",
            reference=invoice.number, now=now + timedelta(minutes=8),
        )  # fmt: skip
        posting.apply_receipt(stage.actor("nordwind"), receipt, [(invoice, found.to_pay)],
                              now=now + timedelta(minutes=9))  # fmt: skip
        offer_judging.judge_all(now=now + timedelta(minutes=15))


def _latest(account: CustomerAccount, count: int, now: datetime) -> list[Invoice]:
    """The account's invoices that are due last, as far as they could be paid early."""
    soon = _today(account, now) + timedelta(days=8)
    rows = Invoice.objects.filter(account=account, open_minor__gt=0, due_date__gt=soon).order_by("-due_date", "-pk")
    return [row for row in rows[:20] if can_be_offered(row) and row.free == row.payable][:count]


def _scale(invoices: Sequence[Invoice], rate: str, now: datetime) -> Scale:
    first = min(row.due_date for row in invoices)
    soon: date = _today(invoices[0].account, now) + timedelta(days=12)
    return Scale(min(first - timedelta(days=6), soon), Decimal(rate))


def _today(account: CustomerAccount, now: datetime) -> date:
    return clock.today(account.supplier.time_zone, at=now)
