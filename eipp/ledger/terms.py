"""Payment terms: when an invoice falls due, and who is to be paid."""

from datetime import date, timedelta

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.accounts.payee import folded
from eipp.kernel.refusal import Refusal
from eipp.ledger.draft import InvoiceDraft


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
