"""The book of one call: collects postings and changes of balances, and writes each kind in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock, events, rows
from eipp.kernel.money import Money
from eipp.ledger import discount
from eipp.ledger.account_balance import AccountBalance, DueBalance
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
)
_BY_DUE_DATE = (
    "open_minor",
    "disputed_minor",
    "pending_minor",
    "planned_minor",
    "promised_minor",
    "announced_minor",
    "charges_minor",
    "payable_minor",
    "open_count",
)
_BY_ACCOUNT = (
    "receivable_minor",
    "credit_minor",
    "unapplied_minor",
    "disputed_minor",
    "pending_minor",
    "planned_minor",
    "promised_minor",
    "announced_minor",
    "charges_minor",
    "payable_minor",
    "invoiced_minor",
    "open_count",
    "invoice_count",
)


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
        self._postings: list[Posting] = []
        self._taken: dict[UUID, tuple[Invoice, tuple[str, date], dict[str, int]]] = {}
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
        for invoice in invoices:
            shares = {} if new else _shares(invoice)
            self._taken.setdefault(invoice.pk, (invoice, (invoice.currency, invoice.due_date), shares))

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
            if invoice.discount_terms:
                invoice.discount_best_minor = discount.best(invoice).minor
        rows.update(changed, [*KEPT, *also])

    def _note_differences(self) -> None:
        for invoice, was, before in self._taken.values():
            self._add(invoice.account_id, was, before, -1)
            self._add(invoice.account_id, (invoice.currency, invoice.due_date), _shares(invoice), 1)
        self._taken.clear()

    def _add(self, account_id: UUID, place: tuple[str, date], shares: Mapping[str, int], sign: int) -> None:
        for column, share in shares.items():
            kept = "receivable_minor" if column == "open_minor" else column
            self._by_account[account_id, place[0]][kept] += sign * share
            if column in _BY_DUE_DATE:
                self._by_due_date[account_id, *place][column] += sign * share

    def _write_account_balances(self) -> None:
        changes = {key: change for key, change in self._by_account.items() if any(change.values())}
        if not changes:
            return
        if self._only_adds(changes.values()):
            added = [_changed(AccountBalance(account_id=key[0], currency=key[1]), changes[key]) for key in changes]
            rows.add(added, one=("account_id", "currency"), columns=_BY_ACCOUNT)
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


def _changed(row: Any, change: Mapping[str, int]) -> Any:
    for column, difference in change.items():
        setattr(row, column, getattr(row, column) + difference)
    return row
