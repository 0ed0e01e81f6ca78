"""Instalment: one of several due dates of an invoice, or a retention that is kept back until a date.

What settles an invoice, or is set apart of it, counts against its earliest due date first: one rule for all figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F, Q

from eipp.kernel.money import Money
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.tenancy import Scope
from eipp.ledger.invoice import Invoice

#: What is kept of each, in the order in which it takes from what is open.
SET_APART = ("pending_minor", "planned_minor", "disputed_minor", "announced_minor", "promised_minor")


class Instalment(Entity):
    """Kept by the posting door from the invoice's `due_plan`; invoices with one due date have none."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="instalments")
    due_date = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    is_retention = models.BooleanField(default=False)
    open_minor = models.BigIntegerField()
    pending_minor = models.BigIntegerField(default=0)
    planned_minor = models.BigIntegerField(default=0)
    disputed_minor = models.BigIntegerField(default=0)
    announced_minor = models.BigIntegerField(default=0)
    promised_minor = models.BigIntegerField(default=0)
    amount = MoneyOf("amount_minor")
    open = MoneyOf("open_minor")
    scope = Scope(buyer="invoice__buyer_id", supplier="invoice__supplier_id", account="invoice__account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("invoice", "due_date"), name="instalment_once"),
            models.CheckConstraint(
                name="instalment_set_apart_within_open",
                condition=Q(
                    amount_minor__gt=0,
                    open_minor__gte=F("pending_minor")
                    + F("planned_minor")
                    + F("disputed_minor")
                    + F("announced_minor")
                    + F("promised_minor"),
                    open_minor__lte=F("amount_minor"),
                    pending_minor__gte=0,
                    planned_minor__gte=0,
                    disputed_minor__gte=0,
                    announced_minor__gte=0,
                    promised_minor__gte=0,
                ),
            ),
        )
        indexes = (models.Index(fields=("due_date",), name="instalment_open", condition=Q(open_minor__gt=0)),)

    def __str__(self) -> str:
        return f"{self.amount} due {self.due_date}"


@dataclass(slots=True)
class Due:
    """What falls due on one day of an invoice, in minor units; `kept`: by the columns of SET_APART."""

    on: date
    amount: int
    open: int
    kept: dict[str, int]
    is_retention: bool = False

    @property
    def free(self) -> int:
        """What may be paid of it."""
        return self.open - self.kept["pending_minor"] - self.kept["planned_minor"] - self.kept["disputed_minor"]


def dues(invoice: Invoice) -> list[Due]:
    """The invoice's due dates, the earliest first; they sum to it in every column."""
    planned = [(date.fromisoformat(row["on"]), row["minor"], row["retention"]) for row in invoice.due_plan]
    found = [Due(on, minor, minor, dict.fromkeys(SET_APART, 0), kept_back) for on, minor, kept_back in planned]
    if not found:
        found = [Due(invoice.due_date, invoice.payable_minor, invoice.payable_minor, dict.fromkeys(SET_APART, 0))]
    settled = invoice.payable_minor - invoice.open_minor
    for due in found:
        part = min(settled, due.open)
        due.open -= part
        settled -= part
    left = [due.open for due in found]
    for column in SET_APART:
        amount = getattr(invoice, column)
        if column in ("announced_minor", "promised_minor"):
            amount = getattr(invoice, column.removesuffix("_minor")).minor
        _take(amount, column, found, left)
    return found


def first_due(invoice: Invoice) -> date:
    """The day on which the first part of the invoice fell due, whatever has been paid of it since."""
    return date.fromisoformat(invoice.due_plan[0]["on"]) if invoice.due_plan else invoice.due_date


def next_due(invoice: Invoice) -> date:
    """The earliest day on which something is open; the last day once nothing is."""
    found = dues(invoice)
    return next((due.on for due in found if due.open), found[-1].on)


def due_by(invoice: Invoice, on: date) -> Money:
    """What of the free part is due by the end of a day."""
    return Money(sum(due.free for due in dues(invoice) if due.on <= on), invoice.currency)


def _take(amount: int, column: str, found: Sequence[Due], left: list[int]) -> None:
    for place, due in enumerate(found):
        part = min(amount, left[place])
        due.kept[column] += part
        left[place] -= part
        amount -= part
