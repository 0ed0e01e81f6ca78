"""Finance charges (late fees) as they come about: day by day for each supplier, made up for where a dispute was
unfounded, taken back where it was not, and waived by AR.

Every day is reckoned once, with the balances it began with, in batches with a bookmark: the job may be late, die in
the middle or run twice at once, and each invoice is charged once for each period.
"""

from collections.abc import Collection, Generator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.models import Organisation
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.ledger import posting
from eipp.ledger.finance_charge import FinanceCharge, FinanceChargeBookmark
from eipp.ledger.finance_charge_day import begin_of, falling_on
from eipp.ledger.finance_charge_reckoning import reckon
from eipp.ledger.finance_charge_rule import Rules
from eipp.ledger.hold import Hold
from eipp.ledger.instalment import first_due
from eipp.ledger.models import Invoice
from workflows.dispute import Dispute
from workflows.dispute_rule import without_waiting_fees

PLATFORM = Actor.system("late fees")
BATCH = 500  # invoices that are charged in one transaction
VOID = ("declined", "withdrawn")  # a dispute that ended so was unfounded


def behind(*, now: datetime) -> list[Organisation]:
    """The suppliers that have days to be reckoned."""
    rows = FinanceChargeBookmark.objects.select_related("supplier").order_by("pk")
    return [row.supplier for row in rows if row.day < clock.today(row.supplier.time_zone, at=now)]


def charge(supplier: Organisation, *, now: datetime, batch: int = BATCH) -> Generator[int, None, None]:
    """Reckon the supplier's days up to today, one after the other; after each batch, how many charges it made."""
    today = clock.today(supplier.time_zone, at=now)
    while (bookmark := FinanceChargeBookmark.objects.get(pk=supplier.pk)).day < today:
        day = bookmark.day + timedelta(days=1)
        rules = Rules.on(day, supplier_id=supplier.pk)
        ids = [pk for pk in falling_on(day, supplier, rules) if bookmark.after is None or pk > bookmark.after]
        for at in range(0, len(ids), batch):
            yield len(_charge(supplier, ids[at : at + batch], day, now))
        _done(supplier, day)


def charge_all(supplier: Organisation, *, now: datetime) -> int:
    """The same without pausing: how many charges were made."""
    return sum(charge(supplier, now=now))


@database.atomic
def _charge(supplier: Organisation, ids: Sequence[UUID], day: date, now: datetime) -> list[FinanceCharge]:
    """One batch. What another worker has charged meanwhile is seen once the accounts are locked, and left out."""
    found = list(Invoice.objects.filter(pk__in=ids).only("account").order_by("pk"))
    invoices, accounts = posting.lock_invoices(found)
    rules = Rules.on(day, supplier_id=supplier.pk, accounts=accounts)
    reckoned = reckon(invoices, day=day, begin=begin_of(day, supplier), rules=rules, unfounded=unfounded)
    made = posting.post_finance_charges(PLATFORM, reckoned, now=now)
    here = FinanceChargeBookmark.objects.filter(Q(after=None) | Q(after__lt=ids[-1]), pk=supplier.pk)
    here.filter(day=day - timedelta(days=1)).update(after=ids[-1])
    return made


def _done(supplier: Organisation, day: date) -> None:
    before = FinanceChargeBookmark.objects.filter(pk=supplier.pk, day=day - timedelta(days=1))
    before.update(day=day, after=None)


def unfounded(disputes: Collection[UUID]) -> set[UUID]:
    """Those of the disputes for which nothing waits: they ended as unfounded, or their reason's rule says so."""
    void = set(Dispute.objects.filter(pk__in=disputes, state__in=VOID).values_list("pk", flat=True))
    return void | without_waiting_fees(disputes)


@database.atomic
def make_up(dispute: Dispute, *, now: datetime) -> list[FinanceCharge]:
    """A dispute was unfounded: what its part would have been charged is charged, as though it had never waited."""
    if without_waiting_fees([dispute.pk]):
        return []
    holds = Hold.objects.filter(reason_kind="dispute", reason_id=dispute.pk, kind=Hold.Kind.DISPUTED)
    held = list(holds.select_related("invoice").order_by("placed_at"))
    invoices, accounts = posting.lock_invoices(list({hold.invoice_id: hold.invoice for hold in held}.values()))
    bookmark = FinanceChargeBookmark.objects.filter(pk=dispute.supplier_id).first()
    if bookmark is None or not held:
        return []
    made: list[FinanceCharge] = []
    day = clock.today(dispute.supplier.time_zone, at=held[0].placed_at)
    while (day := day + timedelta(days=1)) <= bookmark.day + timedelta(days=1):
        rows = [row for row in invoices if first_due(row) < day and _is_reckoned(bookmark, row, day)]
        rules = Rules.on(day, supplier_id=dispute.supplier_id, accounts=accounts) if rows else Rules({})
        reckoned = reckon(rows, day=day, begin=begin_of(day, dispute.supplier), rules=rules, unfounded=unfounded,
                          dispute_id=dispute.pk)  # fmt: skip
        made += posting.post_finance_charges(PLATFORM, reckoned, now=now)
    return made


def _is_reckoned(bookmark: FinanceChargeBookmark, invoice: Invoice, day: date) -> bool:
    """Whether the invoice's day has been, in whole or in its batches so far; else the job finds the dispute ended."""
    return day <= bookmark.day or (bookmark.after is not None and invoice.pk <= bookmark.after)
