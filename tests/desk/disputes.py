"""What the desk's tests begin with: a dispute of the buyer's, and the desk as a person of the supplier's sees it."""

from decimal import Decimal
from typing import Any

from eipp.ledger.models import Invoice
from tests.world import World
from workflows.dispute import Dispute, open_dispute


def disputed(world: World, *, units: str = "3", invoice: Invoice | None = None, **facts: Any) -> Dispute:
    """So many of ten bolts at 25.00 are said to be damaged; 19 % tax."""
    invoice = invoice or world.invoice(lines=[("Bolt M8", 10, "25.00")], tax="19")
    line = invoice.lines.get()
    facts = {"reason": "damaged", "comment": "Bent on arrival.", **facts}
    return open_dispute(world.actor("anna"), invoice, lines=[(line, Decimal(units))], **facts)


def units_of(dispute: Dispute, units: str) -> dict[str, str]:
    """The form's field of the dispute's only line."""
    return {f"units-{dispute.lines.get().pk}": units}
