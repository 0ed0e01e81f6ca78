"""Settlement payout: what a payment provider sent to a payee's bank, and the bank's line that shows it.

The payments in it are in our books already, so the bank's line is no customer's money: it is noted as a payout.
"""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import structlog
from django.db import models
from django.db import transaction as database

from eipp.accounts.models import LegalEntity, Organisation
from eipp.gateways.creditor_reference import normalised
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope
from workflows import cash_application
from workflows.bank_statement import WAITING, BankEntry, SupplierQuerySet

log = structlog.get_logger()
PLATFORM = Actor.system("settlement")
EARLIER, LATER = timedelta(days=1), timedelta(days=10)  # when the bank books it, seen from the provider's day
BATCH = 200
SHORTEST = 6  # letters and digits by which a payout is known among other texts


class SettlementPayout(Entity):
    """amount: signed, plus is money towards the bank; on: the provider's day, in UTC; entry: the bank's line."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+", db_index=False)
    gateway = models.CharField(max_length=30)
    reference = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    on = models.DateField()
    listed_at = models.DateTimeField()
    entry = models.OneToOneField(BankEntry, models.PROTECT, related_name="payout", null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(supplier="supplier_id")
    objects: ClassVar[Any] = models.Manager.from_queryset(SupplierQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("legal_entity", "gateway", "reference", "amount_minor"), name="settlement_payout_once"
            ),
        )
        indexes = (
            models.Index(fields=("supplier", "on"), name="settlement_payout_day"),
            models.Index(fields=("on",), name="settlement_payout_open", condition=models.Q(entry=None)),
        )

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference} {self.amount}"


def match_all(*, now: datetime) -> int:
    """Find the bank's lines of the payouts that have none yet; how many were found. A line counts once its text names
    the payout and its amount is the same: another amount is for people to look at."""
    first = now.date() - LATER - timedelta(days=30)
    rows = SettlementPayout.objects.filter(entry=None, on__gte=first).select_related("supplier").order_by("on", "pk")
    return sum(_match(row, now) for row in rows[:BATCH])


@database.atomic
def _match(row: SettlementPayout, now: datetime) -> bool:
    wanted = normalised(row.reference)
    if len(wanted) < SHORTEST:  # anybody's text may hold that
        return False
    entries = BankEntry.objects.filter(
        supplier=row.supplier_id, currency=row.currency, amount_minor=row.amount_minor, outcome__in=WAITING,
        statement__legal_entity=row.legal_entity_id, booked_on__range=(row.on - EARLIER, row.on + LATER), payout=None,
    )  # fmt: skip
    entry = next((each for each in entries.order_by("booked_on", "pk") if wanted in _said(each)), None)
    if entry is None:
        return False
    try:
        cash_application.note(PLATFORM, entry, text=f"Payout {row.reference} of {row.gateway}", now=now)
    except Refusal as refusal:  # somebody has just assigned it otherwise
        log.warning("settlement.payout_not_noted", payout=str(row.pk), reason=refusal.code)
        return False
    row.entry = entry
    row.save(update_fields=["entry"])
    return True


def of_days(actor: Actor, *, first: date, last: date) -> list[SettlementPayout]:
    """The payouts of a period with their bank lines, the last one first."""
    rows = SettlementPayout.objects.visible_to(actor).filter(on__range=(first, last))
    return list(rows.select_related("entry").order_by("-on", "gateway", "reference"))


def _said(entry: BankEntry) -> str:
    """All by which a bank names a transfer, as references are compared."""
    texts = [entry.text, entry.end_to_end, entry.bank_id, entry.entry_id, *map(str, entry.references)]
    return normalised(" ".join(texts))
