"""The items of an open-item statement: what was open at the end of a day, document by document."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
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
    """Invoices by due date, then credit and cash: what is open now, less what was posted since or not known. 9 queries.

    currencies: those of the account, so that the index leads to the days.
    """
    postings = Posting.objects.visible_to(actor).filter(known.without(on), account=account, currency__in=currencies)
    items = []
    for kind, model, ledger_account, column in _KINDS:
        there = partial(_there, on=on, known=known, account=account, kind=kind)
        later = _Later(kind, ledger_account, postings.filter(there(f"{kind}__")))
        mine = model.objects.visible_to(actor).filter(account=account)
        rows = [*mine.filter(there(), **{f"{column}__gt": 0}), *mine.filter(pk__in=later.keys())]
        found = [_item(kind, row, later, column, on) for row in {row.pk: row for row in rows}.values()]
        items += sorted((item for item in found if item.open), key=lambda item: _place(item))
    return items


def _there(prefix: str = "", *, on: date, known: Knowledge, account: CustomerAccount, kind: str) -> Q:
    """The documents of which something may count by the day: those that were there, and those for which something was
    posted to a day that was over. Of all others, what is open now was posted since."""
    over = Posting.objects.filter(account=account, is_backdated=True, posting_date__lte=on)
    corrected = over.filter(**{f"{kind}__isnull": False}).values(kind)
    return Q(**{f"{prefix}posted_at__lt": known.end_of(on)}) | Q(**{f"{prefix}pk__in": corrected})


class _Later:
    """What was posted after the day or was not known, summed by document of one kind: one query."""

    def __init__(self, kind: str, ledger_account: LedgerAccount, postings: QuerySet[Posting]) -> None:
        self._open: dict[UUID, int] = defaultdict(int)
        self._asked: dict[UUID, int] = defaultdict(int)
        moved = postings.filter(Q(source=ledger_account) | Q(target=ledger_account)).order_by()
        for row in moved.values(kind, "target", "kind").annotate(sum=Sum("amount_minor")):
            minor = int(row["sum"]) * (1 if row["target"] == ledger_account else -1)
            self._open[row[kind]] += minor
            if row["kind"].startswith("invoice"):
                self._asked[row[kind]] += minor

    def keys(self) -> Collection[UUID]:
        return list(self._open)

    def open(self, key: UUID) -> int:
        """What it added to what is owed."""
        return self._open.get(key, 0)

    def asked(self, key: UUID) -> int:
        """What it added to the amount that an invoice asks for, by a correction of its money."""
        return self._asked.get(key, 0)


def _item(kind: str, row: Any, later: _Later, column: str, on: date) -> Item:
    left = getattr(row, column) if kind == "invoice" else -getattr(row, column)
    open_then = Money(left - later.open(row.pk), row.currency)
    if kind == "invoice":
        amount = Money(row.payable_minor - later.asked(row.pk), row.currency)
        past = open_then.minor > 0 and row.due_date < on
        return Item(row.kind, row, row.number, row.issue_date, row.due_date, amount, open_then, past)
    if kind == "credit_note":
        return Item(kind, row, row.number, row.issue_date, None, -row.payable, open_then, False)
    return Item(kind, row, row.reference, row.received_on, None, -row.amount, open_then, False)


def _place(item: Item) -> tuple[Any, ...]:
    return (item.due or item.issued, item.issued, item.reference, str(item.document.pk))
