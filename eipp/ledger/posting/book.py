"""The book of one call: collects postings and changes of balances, and writes each kind in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock, events, rows
from eipp.kernel.money import Money
from eipp.ledger import discount
from eipp.ledger.account_balance import AccountBalance, DueBalance
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.instalment import Instalment, dues, next_due
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.posting.periods import refuse_closed

#: The columns that the ledger keeps on an invoice.
KEPT = (
    "open_minor",
    "paid_minor",
    "credited_minor",
    "held_minor",
    "disputed_minor",
    "pending_minor",
    "planned_minor",
    "promised_minor",
    "announced_minor",
    "discounted_minor",
    "written_off_minor",
    "discount_best_minor",
    "closed_at",
    "due_date",
)
_PARTS = (
    "disputed_minor",
    "pending_minor",
    "planned_minor",
    "promised_minor",
    "announced_minor",
    "charges_minor",
    "payable_minor",
)
_BY_DUE_DATE = ("open_minor", *_PARTS, "open_count")
_CASH = ("credit_minor", "unapplied_minor", "deposit_minor")
_BY_ACCOUNT = ("receivable_minor", *_CASH, *_PARTS, "invoiced_minor", "open_count", "invoice_count")


_PLACE = ("account_id", "currency")

type_of_shares = dict[str, int]
type_of_dues = list[tuple[date, dict[str, int]]]


class Book:
    """Everything that one call of the ledger changes; `write()` ends it.

    `take_up` an invoice before changing it in memory: its balances follow the difference.
    """

    def __init__(self, accounts: Mapping[UUID, CustomerAccount], *, now: datetime) -> None:
        self.accounts = accounts
        self.now = now
        self.recorded = clock.recorded(now)
        self._days: dict[tuple[str, datetime], date] = {}
        self._told: list[events.Draft] = []
        self._only_new = True  # nothing is changed that was there before
        self._new: list[Invoice] = []
        self._postings: list[Posting] = []
        self._taken: dict[UUID, tuple[Invoice, str, type_of_shares, type_of_dues]] = {}
        self._by_account: dict[tuple[UUID, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._by_due_date: dict[tuple[UUID, str, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def day(self, account_id: UUID) -> date:
        """The supplier's calendar day on which this is posted."""
        return self._day(account_id, self.now)

    def _day(self, account_id: UUID, at: datetime) -> date:
        zone = self.accounts[account_id].supplier.time_zone
        if (zone, at) not in self._days:
            self._days[zone, at] = clock.today(zone, at=at)
        return self._days[zone, at]

    def take_up(self, invoices: Iterable[Invoice], *, new: bool = False) -> None:
        """Remember how the invoices stand now; a new one counts in the balances from nothing."""
        self._only_new &= new
        self._new += invoices if new else ()
        for invoice in invoices:
            if invoice.pk not in self._taken:
                shares, by_date = ({}, []) if new else (_shares(invoice), _dues(invoice))
                self._taken[invoice.pk] = (invoice, invoice.currency, shares, by_date)

    def post(
        self,
        kind: str,
        source: LedgerAccount,
        target: LedgerAccount,
        amount: Money,
        *,
        account_id: UUID,
        document_date: date,
        **documents: Any,
    ) -> None:
        """One posting; credit and unapplied cash of the account follow it. Nothing is posted for nothing."""
        if not amount:
            return
        counts = self.day(account_id)
        refuse_closed(self.accounts[account_id], counts, "This posting")
        posting = Posting(
            account_id=account_id, currency=amount.currency, source=source, target=target,
            amount_minor=amount.minor, kind=kind, document_date=document_date, posting_date=counts,
            occurred_at=self.now, recorded_at=self.recorded,
            is_backdated=counts < self._day(account_id, self.recorded), **documents,
        )  # fmt: skip
        self._postings.append(posting)
        balance = self._by_account[account_id, amount.currency]
        for ledger_account, column in _KEPT_ACCOUNTS.items():
            balance[column] += amount.minor * ((source == ledger_account) - (target == ledger_account))
        if (receipt := documents.get("receipt")) and receipt.order_reference and receipt.account_id == account_id:
            unapplied = LedgerAccount.UNAPPLIED
            self.keep_for_orders(receipt, amount.minor * ((source == unapplied) - (target == unapplied)))

    def keep_for_orders(self, receipt: CashReceipt, minor: int) -> None:
        """So much more of the account's unapplied cash is a deposit for an order."""
        self._by_account[receipt.account_id, receipt.currency]["deposit_minor"] += minor

    def tell(self, draft: events.Draft) -> None:
        """An event of what a posting brought with it; the caller records it with its own."""
        self._told.append(draft)

    def told(self) -> list[events.Draft]:
        """The events that are to be recorded, once."""
        told, self._told = self._told, []
        return told

    def write(self) -> None:
        """Write the changed invoices, the postings and the balances: one statement each, whatever their number."""
        self._note_differences()
        rows.insert(self._postings)
        self._write_account_balances()
        self._write_due_balances()

    def save(self, invoices: Iterable[Invoice], *, also: Iterable[str] = ()) -> None:
        """Save the kept columns of changed invoices."""
        changed = list({invoice.pk: invoice for invoice in invoices}.values())
        for invoice in changed:
            if invoice.open_minor > 0:
                invoice.closed_at = None
            elif invoice.closed_at is None:
                invoice.closed_at = self.now
            if invoice.due_plan:
                invoice.due_date = next_due(invoice)
            if invoice.discount_terms:
                invoice.discount_best_minor = discount.best(invoice).minor
        rows.update(changed, list(dict.fromkeys((*KEPT, *also))))

    def _note_differences(self) -> None:
        planned = []
        for invoice, currency, shares, by_date in self._taken.values():
            self._add((invoice.account_id, currency), shares, by_date, -1)
            self._add((invoice.account_id, invoice.currency), _shares(invoice), _dues(invoice), 1)
            if invoice.due_plan or len(by_date) > 1:
                planned.append(invoice)
        self._taken.clear()
        _keep_instalments(planned)

    def _add(self, place: tuple[UUID, str], shares: type_of_shares, by_date: type_of_dues, sign: int) -> None:
        for column, share in shares.items():
            kept = "receivable_minor" if column == "open_minor" else column
            self._by_account[place][kept] += sign * share
        for due, parts in by_date:
            for column, share in parts.items():
                self._by_due_date[*place, due][column] += sign * share

    def _write_account_balances(self) -> None:
        changes = {key: change for key, change in self._by_account.items() if any(change.values())}
        if not changes:
            return
        if self._only_adds(changes.values()):
            added = [_changed(AccountBalance(account_id=key[0], currency=key[1]), changes[key]) for key in changes]
            told = rows.add(added, one=_PLACE, columns=_BY_ACCOUNT, told=(*_PLACE, "deposit_minor"))
            self._tell_of_deposits(told)
            return
        found = AccountBalance.objects.filter(account__in={key[0] for key in changes})
        kept = {(row.account_id, row.currency): row for row in found}
        written = []
        for key, change in changes.items():
            row = kept.get(key) or AccountBalance(account_id=key[0], currency=key[1])
            written.append(_changed(row, change))
        AccountBalance.objects.bulk_create(
            written, update_conflicts=True, update_fields=_BY_ACCOUNT, unique_fields=("id",)
        )

    def _tell_of_deposits(self, balances: Iterable[tuple[UUID, str, int]]) -> None:
        """Invoices of an account without deposits need not look for one."""
        without = {(account_id, currency) for account_id, currency, deposits in balances if not deposits}
        for invoice in self._new:
            invoice.may_have_deposits = (invoice.account_id, invoice.currency) not in without

    def _write_due_balances(self) -> None:
        changes = {key: change for key, change in self._by_due_date.items() if any(change.values())}
        if not changes:
            return
        if self._only_adds(changes.values()):
            added = [
                _changed(DueBalance(account_id=key[0], currency=key[1], due_date=key[2]), changes[key])
                for key in changes
            ]
            rows.add(added, one=("account_id", "currency", "due_date"), columns=_BY_DUE_DATE)
            return
        found = DueBalance.objects.filter(
            account__in={key[0] for key in changes}, due_date__in={key[2] for key in changes}
        )
        kept = {(row.account_id, row.currency, row.due_date): row for row in found}
        written = []
        for key, change in changes.items():
            row = kept.get(key) or DueBalance(account_id=key[0], currency=key[1], due_date=key[2])
            written.append(_changed(row, change))
        DueBalance.objects.bulk_create(
            written,
            update_conflicts=True,
            update_fields=_BY_DUE_DATE,
            unique_fields=("id",),
        )

    def _only_adds(self, changes: Iterable[Mapping[str, int]]) -> bool:
        """Whether each change could stand by itself, so that the database may add it to what is there, unread."""
        return self._only_new and all(min(change.values()) >= 0 for change in changes)


#: What stands in these ledger accounts is kept as what the supplier owes: a source adds, a target takes away.
_KEPT_ACCOUNTS = {LedgerAccount.CREDIT_NOTES: "credit_minor", LedgerAccount.UNAPPLIED: "unapplied_minor"}


def _shares(invoice: Invoice) -> dict[str, int]:
    """What the invoice adds to its account's balances."""
    is_open = invoice.open_minor > 0
    return {
        "open_minor": invoice.open_minor,
        "disputed_minor": invoice.disputed_minor,
        "pending_minor": invoice.pending_minor,
        "planned_minor": invoice.planned_minor,
        "promised_minor": invoice.promised.minor,
        "announced_minor": invoice.announced.minor,
        "charges_minor": invoice.open_minor if invoice.is_finance_charge else 0,
        "payable_minor": invoice.payable_minor if is_open else 0,
        "open_count": int(is_open),
        "invoiced_minor": invoice.payable_minor,
        "invoice_count": 1,
    }


def _dues(invoice: Invoice) -> type_of_dues:
    """The same by due date: one, or each of several with its part."""
    if not invoice.due_plan:
        shares = _shares(invoice)
        return [(invoice.due_date, {column: shares[column] for column in _BY_DUE_DATE})]
    return [
        (
            due.on,
            due.kept
            | {"open_minor": due.open, "payable_minor": due.amount if due.open else 0, "open_count": int(due.open > 0)},
        )
        for due in dues(invoice)
    ]


def _keep_instalments(invoices: Sequence[Invoice]) -> None:
    """Write anew how the due dates of these invoices stand: two statements."""
    if not invoices:
        return
    Instalment.objects.filter(invoice__in=[invoice.pk for invoice in invoices]).delete()
    Instalment.objects.bulk_create(
        Instalment(
            invoice=invoice, due_date=due.on, currency=invoice.currency, amount_minor=due.amount, open_minor=due.open,
            is_retention=due.is_retention, **due.kept,
        )
        for invoice in invoices if invoice.due_plan for due in dues(invoice)
    )  # fmt: skip


def _changed(row: Any, change: Mapping[str, int]) -> Any:
    for column, difference in change.items():
        setattr(row, column, getattr(row, column) + difference)
    return row
