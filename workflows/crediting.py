"""Crediting: what of a dispute is credited, as the draft of a credit note: units of its lines, or an amount."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit
from eipp.ledger.draft import CreditNoteDraft
from eipp.ledger.models import InvoiceLine
from workflows.disputable import DisputeLine

Quantities = Mapping[UUID, Decimal]


def draft_of(dispute: Any, amount: Money | None, quantities: Quantities | None, now: datetime) -> CreditNoteDraft:
    """All that is disputed, an amount of it, or so many units of each line (dispute line id -> units).

    Raises Refusal (422): `no_such_line`, `more_than_disputed`; and what the ledger says of more than is left to credit.
    """
    lines = list(dispute.lines.select_related("line"))
    if quantities is None and amount is None and lines:
        quantities = {line.pk: line.quantity for line in lines}
    facts: dict[str, Any] = {
        "issue_date": clock.today(dispute.supplier.time_zone, at=now), "reason": dispute.get_reason_display(),
        "dispute_id": dispute.pk,
    }  # fmt: skip
    if dispute.invoice is not None and quantities is not None:
        return credit.credit_lines(dispute.invoice, _taken(lines, quantities), **facts)
    wanted = dispute.amount if amount is None else amount
    within(dispute, wanted)
    if dispute.invoice is None:
        return credit.credit_account(dispute.account, wanted, **facts)
    return credit.credit_amount(dispute.invoice, wanted, **facts)


def note_units(dispute: Any, quantities: Quantities | None, amount: Money | None) -> None:
    """Keep on its lines how many units of each were accepted."""
    lines = list(dispute.lines.all())
    if quantities is None and amount is None:
        quantities = {line.pk: line.quantity for line in lines}
    for line in lines:
        line.accepted_quantity = (quantities or {}).get(line.pk)
    if quantities and lines:
        DisputeLine.objects.bulk_update(lines, ["accepted_quantity"])


def forget_units(dispute: Any) -> None:
    """What was accepted is not: the units are in question again."""
    dispute.lines.update(accepted_quantity=None)


def within(dispute: Any, amount: Money) -> None:
    """Refusal (422) for an amount that is not in dispute."""
    if amount.currency != dispute.currency or not 0 < amount.minor <= dispute.amount_minor:
        raise Refusal("more_than_disputed", f"Between 0 and {dispute.amount} can be credited on this dispute.",
                      status=422, field="amount")  # fmt: skip


def _taken(lines: list[DisputeLine], quantities: Quantities) -> list[tuple[InvoiceLine, Decimal]]:
    known = {line.pk: line for line in lines}
    if set(quantities) - set(known) or not any(quantities.values()):
        raise Refusal("no_such_line", "Choose how many units of which disputed line you accept.", status=422)
    for pk, quantity in quantities.items():
        line = known[pk]
        if not 0 <= quantity <= line.quantity:
            sentence = f"Of line {line.line.line_number}, {line.quantity.normalize():f} units are disputed at most."
            raise Refusal("more_than_disputed", sentence, status=422, field="quantity")
    return [(known[pk].line, quantity) for pk, quantity in quantities.items() if quantity]
