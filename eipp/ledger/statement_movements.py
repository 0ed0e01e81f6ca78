"""The movements of a balance-forward statement: every posting that changed what the account owes, one row each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.journal import Posting
from eipp.ledger.statement_figures import OWED
from eipp.ledger.statement_knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Movement:
    """day: when it counted; kind: the posting's; document: the invoice, credit note or receipt, where it is the
    account's own; amount: positive where more was owed afterwards."""

    day: date
    kind: str
    document: Any
    reference: str
    document_date: date
    amount: Money

    @property
    def currency(self) -> str:
        return self.amount.currency

    @property
    def what(self) -> str:
        """In words: `Invoice`, `Payment`."""
        by_kind = {
            "invoice": _("Invoice"), "invoice_reversal": _("Invoice corrected"), "credit_note": _("Credit note"),
            "finance_charge": _("Late fee"),
            "receipt": _("Payment"), "receipt_reversal": _("Payment returned"),
            "write_off": _("Written off"), "write_off_reversal": _("Write-off taken back"),
            "discount": _("Early-payment discount"), "discount_reversal": _("Early-payment discount taken back"),
            "refund_set_aside": _("Refund"), "refund_kept": _("Refund that did not go through"),
            "charge_back": _("Payment charged back in part"), "receipt_again": _("Payment received again"),
        }  # fmt: skip
        if self.kind.startswith("application"):
            return _("Paid for another account") if self.amount.minor > 0 else _("Paid by another account")
        return by_kind.get(self.kind) or self.kind.replace("_", " ").capitalize()


def movements(
    actor: Actor, account: CustomerAccount, *, first: date, last: date, known: Knowledge, currencies: Collection[str]
) -> list[Movement]:
    """In the order in which they were posted: one query. Using credit or cash for an own invoice moves nothing.

    currencies: those of the account, so that the index leads to the days.
    """
    inward, outward = Q(target__in=OWED), Q(source__in=OWED)
    rows = Posting.objects.visible_to(actor).filter(
        inward & ~outward | ~inward & outward, known.within(first, last), account=account, currency__in=currencies
    )
    rows = rows.select_related("invoice", "credit_note", "receipt").order_by("posting_date", "id")
    return [_movement(row) for row in rows]


def _movement(row: Posting) -> Movement:
    document = row.invoice or row.credit_note or row.receipt
    if row.kind.startswith("receipt"):
        document = row.receipt
    own = document if document is not None and document.account_id == row.account_id else None
    amount = row.amount if row.target in OWED else -row.amount
    return Movement(row.posting_date, row.kind, own, _reference(own), row.document_date, amount)


def _reference(document: Any) -> str:
    """The number of a document; of money that came, the payment's number or what the payer wrote."""
    return getattr(document, "number", "") or getattr(document, "reference", "")
