"""Payment terms: when an invoice falls due, and who is to be paid."""

from datetime import date, timedelta
from typing import Any

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.accounts.payee import folded
from eipp.kernel.refusal import Refusal
from eipp.ledger.draft import InvoiceDraft


def due_plan(draft: InvoiceDraft) -> list[dict[str, Any]]:
    """Several due dates as an invoice keeps them, the earliest first; empty for one.

    Raises Refusal (422): `dues_differ` where they do not sum to the amount, `due_before_issue`, `due_twice`.
    """
    if not draft.dues:
        return []
    days = [due.on for due in draft.dues]
    if sum(due.amount.minor for due in draft.dues) != draft.payable.minor or any(
        due.amount.minor <= 0 or due.amount.currency != draft.currency for due in draft.dues
    ):
        sentence = f"The amounts of the due dates of {draft.number} do not sum to {draft.payable}."
        raise Refusal("dues_differ", sentence, status=422, field="dues")
    if len(set(days)) < len(days):
        raise Refusal("due_twice", "Each due date stands once, with all that is due then.", status=422, field="dues")
    if min(days) < draft.issue_date:
        raise Refusal("due_before_issue", "A due date lies before the issue date.", status=422, field="dues")
    return [
        {"on": due.on.isoformat(), "minor": due.amount.minor, "retention": due.is_retention}
        for due in sorted(draft.dues, key=lambda due: due.on)
    ]


def payee_name(draft: InvoiceDraft, entity: LegalEntity) -> str:
    """Whom the document names to be paid in the seller's place (BG-10); empty where that is the seller itself."""
    name = str((draft.references.get("payee") or {}).get("name") or "").strip()[:200]
    own = {folded(entity.name), folded(str(draft.seller.get("name") or ""))}
    return "" if folded(name) in own else name


def due_date(account: CustomerAccount, *, issued: date, stated: date | None = None) -> date:
    """The day the invoice states, else the issue date plus the account's terms in days.

    Raises Refusal (422, `due_before_issue`) when the stated day lies before the issue date.
    """
    if stated is None:
        return issued + timedelta(days=account.terms_days)
    if stated < issued:
        raise Refusal(
            "due_before_issue",
            f"The due date {stated} lies before the issue date {issued}. Correct one of them.",
            status=422,
            field="due_date",
        )
    return stated
