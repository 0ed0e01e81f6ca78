"""Payment terms: when an invoice falls due."""

from datetime import date, timedelta

from eipp.accounts.models import CustomerAccount
from eipp.kernel.refusal import Refusal


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
