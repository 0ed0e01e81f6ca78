"""What of an invoice can be disputed: units of its lines that are not in question or credited yet, or an amount."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import DecimalText, Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope
from eipp.ledger import credit
from eipp.ledger.models import Invoice, InvoiceLine
from eipp.ledger.posting.planned import within_reach

LIVE = ("opened", "in_review", "asked", "proposed", "escalated")  # states of a dispute that is not answered yet


class DisputeLine(Entity):
    """So many units of one invoice line are in question, worth so much with their tax."""

    dispute = models.ForeignKey("workflows.Dispute", models.PROTECT, related_name="lines")
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="disputed")
    quantity = DecimalText()
    accepted_quantity = DecimalText(null=True)
    scope = Scope(buyer="dispute__buyer_id", supplier="dispute__supplier_id", account="dispute__account_id")

    class Meta:
        ordering = ("line__position",)

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line}"


def of_invoice(dispute: Any, actor: Actor) -> Refusal | None:
    return None if dispute.invoice_id else Refusal("no_invoice", "Only what an invoice asks for can be written off.")


def check_units(lines: Sequence[tuple[InvoiceLine, Decimal]]) -> None:
    """Only units that were invoiced and are neither credited nor in question already can be disputed."""
    free = units_left([line for line, _ in lines])
    for line, quantity in lines:
        left = free[line.pk]
        if not 0 < quantity <= left:
            raise Refusal(
                "more_than_invoiced",
                f"Of line {line.line_number}, between 0 and {left.normalize():f} units can be disputed.",
                status=422, field=f"lines.{line.line_number}.quantity",
            )  # fmt: skip


def units_left(lines: Sequence[InvoiceLine]) -> dict[UUID, Decimal]:
    """By line, the units that are neither credited nor in question: one query."""
    taken = DisputeLine.objects.filter(line__in=lines, dispute__state__in=(*LIVE, "accepted"))
    left = {line.pk: abs(line.quantity) for line in lines}
    for row in taken.select_related("dispute"):
        units = row.accepted_quantity if row.dispute.state == "accepted" else row.quantity
        left[row.line_id] -= units or Decimal(0)
    return left


def disputed_amount(
    matter: Invoice | CustomerAccount, lines: Sequence[tuple[InvoiceLine, Decimal]], amount: Money | None
) -> Money:
    """What the units or the amount are worth with tax; nothing said means all
    that is free or merely planned. More than zero."""
    if isinstance(matter, Invoice):
        amount = worth_of(matter, lines) if lines else within_reach(matter) if amount is None else amount
    amount = amount or Money.zero(matter.currency)
    if amount.currency != matter.currency:
        raise Refusal("wrong_currency", f"{matter.number} is kept in {matter.currency}, not in {amount.currency}.",
                      status=422, field="amount")  # fmt: skip
    if amount.minor <= 0:
        raise Refusal("nothing_disputed", "Say how much is in question: it has to be more than zero.", status=422,
                      field="amount")  # fmt: skip
    return amount


def worth_of(invoice: Invoice, lines: Sequence[tuple[InvoiceLine, Decimal]]) -> Money:
    """The units' worth beside those in question already, so that all of them are worth the invoice to the cent."""
    _require_own(invoice, lines)
    rows = DisputeLine.objects.filter(dispute__invoice=invoice, dispute__state__in=LIVE, line__is_current=True)
    live = [(row.line, row.quantity) for row in rows.select_related("line").order_by("pk")]
    together = credit.worth_of(invoice, [*live, *lines])
    return together - credit.worth_of(invoice, live) if live else together


def _require_own(invoice: Invoice, lines: Sequence[tuple[InvoiceLine, Decimal]]) -> None:
    own = set(invoice.lines.values_list("pk", flat=True))
    if any(line.pk not in own for line, _ in lines):
        raise Refusal("unknown_line", "The invoice has no such line.", status=422, field="lines")
