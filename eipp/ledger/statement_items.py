"""The items of an open-item statement: what was open at the end of a day, document by document."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.statement_figures import OWED
from eipp.ledger.statement_knowledge import Knowledge

#: Where each kind of document stands in the ledger, and the column that keeps what is left of it.
_KINDS: tuple[tuple[str, Any, LedgerAccount, str], ...] = (
    ("invoice", Invoice, LedgerAccount.RECEIVABLE, "open_minor"),
    ("credit_note", CreditNote, LedgerAccount.CREDIT_NOTES, "open_minor"),
    ("receipt", CashReceipt, LedgerAccount.UNAPPLIED, "unapplied_minor"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A document with something open: `amount` is what it was over, `open` what was left of it on the day; credit and
    cash that are not used yet are negative."""

    kind: str
    document: Any
    reference: str
    issued: date
    due: date | None
    amount: Money
    open: Money
    is_past_due: bool

    @property
    def currency(self) -> str:
        return self.open.currency

    @property
    def what(self) -> str:
        """In words: `Invoice`, `Credit not yet used`."""
        if self.kind == "receipt" and self.document.order_reference:
            return _("Deposit for order %(order)s") % {"order": self.document.order_reference}
        return {
            "invoice": _("Invoice"), "finance_charge": _("Late fee"), "credit_note": _("Credit not yet used"),
            "receipt": _("Payment not yet applied"),
        }[self.kind]  # fmt: skip


def open_items(
    actor: Actor, account: CustomerAccount, *, on: date, known: Knowledge, currencies: Collection[str]
) -> list[Item]:
    """Invoices by due date, then credit and cash: what is open now, less what was posted since or not known. 7 queries.

    currencies: those of the account, so that the index leads to the days.
    """
    later = _Later(actor, account, known.without(on), currencies)
    items = []
    for kind, model, ledger_account, column in _KINDS:
        rows: dict[UUID, Any] = {}
        mine = model.objects.visible_to(actor).filter(account=account)
        rows |= {row.pk: row for row in mine.filter(**{f"{column}__gt": 0})}
        rows |= {row.pk: row for row in mine.filter(pk__in=later.postings.values(kind))}
        found = [_item(kind, row, later, ledger_account, column, on) for row in rows.values()]
        items += sorted((item for item in found if item.open), key=lambda item: _place(item))
    return items


class _Later:
    """What was posted after the day or was not known, summed by document: one query."""

    def __init__(self, actor: Actor, account: CustomerAccount, later: Q, currencies: Collection[str]) -> None:
        self.postings: QuerySet[Posting] = Posting.objects.visible_to(actor).filter(
            later, account=account, currency__in=currencies
        )
        self._open: dict[tuple[str, UUID], int] = defaultdict(int)
        self._asked: dict[UUID, int] = defaultdict(int)
        for row in self._sums():
            for kind, _model, ledger_account, _column in _KINDS:
                sign = (row["target"] == ledger_account) - (row["source"] == ledger_account)
                if sign and row[kind]:
                    self._open[kind, row[kind]] += sign * int(row["sum"])
            if row["kind"].startswith("invoice") and row["invoice"]:
                self._asked[row["invoice"]] += int(row["sum"]) * (1 if row["target"] in OWED else -1)

    def open(self, kind: str, key: UUID) -> int:
        """What it added to what is owed."""
        return self._open[kind, key]

    def asked(self, key: UUID) -> int:
        """What it added to the amount that an invoice asks for, by a correction of its money."""
        return self._asked[key]

    def _sums(self) -> Iterator[dict[str, Any]]:
        either = Q(source__in=OWED) | Q(target__in=OWED)
        columns = ("invoice", "credit_note", "receipt", "source", "target", "kind")
        rows = self.postings.filter(either).order_by().values(*columns).annotate(sum=Sum("amount_minor"))
        yield from rows


def _item(kind: str, row: Any, later: _Later, ledger_account: LedgerAccount, column: str, on: date) -> Item:
    left = getattr(row, column) if kind == "invoice" else -getattr(row, column)
    open_then = Money(left - later.open(kind, row.pk), row.currency)
    if kind == "invoice":
        amount = Money(row.payable_minor - later.asked(row.pk), row.currency)
        past = open_then.minor > 0 and row.due_date < on
        return Item(row.kind, row, row.number, row.issue_date, row.due_date, amount, open_then, past)
    if kind == "credit_note":
        return Item(kind, row, row.number, row.issue_date, None, -row.payable, open_then, False)
    return Item(kind, row, row.reference, row.received_on, None, -row.amount, open_then, False)


def _place(item: Item) -> tuple[Any, ...]:
    return (item.due or item.issued, item.issued, item.reference, str(item.document.pk))
