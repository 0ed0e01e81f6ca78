"""Payable: the one rule for what may be paid and what is to be chased, for an invoice and for accounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger import discount
from eipp.ledger.account_balance import AccountBalance, DueBalance
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.instalment import due_by
from eipp.ledger.invoice import Invoice

type_of_accounts = Iterable[Any] | None


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a sum. `status` says which rows it opens into: a key of STATUSES, `credit_notes` or `unapplied`."""

    word: str
    amount: Money
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """All in one currency. credits: unused credit notes and unapplied cash, as far as there is something to use them
    for; charges: what of open is late fees; due: what of open is due by the day and not held; promised, announced: what
    of `payable` the buyer gave a day or notice for."""

    open: Money
    disputed: Money
    planned: Money
    pending: Money
    credits: Money
    due: Money
    due_now: Money
    promised: Money
    announced: Money
    credit_notes: Money
    unapplied: Money
    deposits: Money
    charges: Money
    discount: Money
    open_count: int = 1

    @property
    def currency(self) -> str:
        return self.open.currency

    @property
    def held(self) -> Money:
        return self.disputed + self.planned + self.pending

    @property
    def payable(self) -> Money:
        """What may be paid: open less disputed, planned, on the way and usable credit."""
        return self.open - self.held - self.credits

    @property
    def to_pay(self) -> Money:
        """What paying all of it by the discount's deadline costs: the amount that is filled in."""
        return self.payable - self.discount

    @property
    def chased(self) -> Money:
        """What may be asked for: payable less what is promised or announced."""
        return self.payable - self.promised - self.announced

    @property
    def balance(self) -> Money:
        """What stands between both sides: open less all credit, unapplied cash and deposits for orders; negative when
        the buyer has more."""
        return self.open - self.credit_notes - self.unapplied - self.deposits

    def parts(self) -> Sequence[Part]:
        """The terms whose sum is `payable`, with their signs; those that are zero are left out."""
        terms = (
            Part("open", self.open - self.charges, "invoices" if self.charges else "open"),
            Part("late fees", self.charges, "late_fees"),
            Part("disputed", -self.disputed, "disputed"),
            Part("on the way", -self.pending, "on_the_way"),
            Part("planned", -self.planned, "planned"),
            Part("usable credit", -self.credits, "credit_notes"),
        )
        return [part for part in terms if part.amount or part.word == "open"]

    def chased_parts(self) -> Sequence[Part]:
        """The terms whose sum is `chased`."""
        expected = (Part("announced", -self.announced, "announced"), Part("promised", -self.promised, "promised"))
        return [*self.parts(), *(part for part in expected if part.amount)]


def of_invoice(invoice: Invoice, *, on: date) -> Payable:
    """What may be paid of one invoice; credit is the account's, so none is counted here."""
    none = Money.zero(invoice.currency)
    offered = discount.offer(invoice, on=on)
    due = due_by(invoice, on) if invoice.due_date <= on else none
    return Payable(
        open=invoice.open, disputed=invoice.disputed, planned=invoice.planned, pending=invoice.pending, credits=none,
        due=due, due_now=due, promised=invoice.promised, announced=invoice.announced, credit_notes=none,
        unapplied=none, deposits=none, charges=invoice.open if invoice.is_finance_charge else none,
        discount=offered.amount if offered else none, open_count=int(invoice.open_minor > 0),
    )  # fmt: skip


def of_accounts(
    actor: Actor, accounts: type_of_accounts = None, *, on: date, supplier: Any = None
) -> dict[str, Payable]:
    """By currency, over the accounts that the actor sees, or these of them: one query over kept balances.

    One account's credit is never used for another's invoices here; `due_now` is what is due by `on` after it.
    """
    due = Coalesce(_due_and_free(on), 0)
    unapplied = F("unapplied_minor") - F("deposit_minor")
    credit = F("credit_minor") + unapplied
    free = F("receivable_minor") - F("disputed_minor") - F("pending_minor") - F("planned_minor")
    credits = _least(credit, free)
    announced = _least(F("announced_minor"), free - credits)
    rows = (
        narrowed(AccountBalance.objects.visible_to(actor), accounts, supplier)
        .annotate(due=due)
        .values("currency")
        .annotate(
            sum_open=Sum("receivable_minor"), sum_disputed=Sum("disputed_minor"), sum_pending=Sum("pending_minor"),
            sum_planned=Sum("planned_minor"), sum_credit_notes=Sum("credit_minor"), sum_due=Sum("due"),
            sum_unapplied=Sum(unapplied), sum_deposits=Sum("deposit_minor"), sum_count=Sum("open_count"),
            sum_charges=Sum("charges_minor"),
            sum_credits=Sum(credits),
            sum_announced=Sum(announced), sum_promised=Sum(_least(F("promised_minor"), free - credits - announced)),
            sum_due_now=Sum(Greatest(F("due") - credit, Value(0), output_field=BigIntegerField())),
        )
        .order_by("currency")
    )  # fmt: skip
    return {row["currency"]: _payable(row) for row in rows}


def narrowed(rows: QuerySet[Any], accounts: type_of_accounts, supplier: Any) -> QuerySet[Any]:
    """Balances of these accounts, or with this supplier."""
    if accounts is not None:
        rows = rows.filter(account__in=accounts)
    return rows if supplier is None else rows.filter(account__supplier=supplier)


def rows_of(part: Part, actor: Actor, *, on: date, accounts: type_of_accounts = None) -> QuerySet[Any]:
    """The rows that a part is the sum of."""
    unused: dict[str, QuerySet[Any]] = {
        "credit_notes": CreditNote.objects.visible_to(actor).filter(open_minor__gt=0),
        "unapplied": CashReceipt.objects.visible_to(actor).filter(unapplied_minor__gt=0, order_reference=""),
        "deposits": CashReceipt.objects.visible_to(actor).filter(unapplied_minor__gt=0).exclude(order_reference=""),
    }
    if part.status in unused:
        rows = unused[part.status].filter(currency=part.amount.currency)
    else:
        rows = Invoice.objects.visible_to(actor).search(on=on, status=part.status, currency=part.amount.currency)
    return rows if accounts is None else rows.filter(account__in=accounts)


def _least(one: Any, other: Any) -> Least:
    return Least(one, other, output_field=BigIntegerField())


def _due_and_free(on: date) -> Subquery:
    kept = DueBalance.objects.filter(
        Q(due_date__lte=on, open_minor__gt=0), account=OuterRef("account"), currency=OuterRef("currency")
    )
    free = Sum(F("open_minor") - F("disputed_minor") - F("pending_minor") - F("planned_minor"))
    return Subquery(kept.order_by().values("account").annotate(free=free).values("free"), BigIntegerField())


def _payable(row: dict[str, Any]) -> Payable:
    def money(name: str) -> Money:
        return Money(int(row[f"sum_{name}"]), row["currency"])

    names = (
        "open", "disputed", "planned", "pending", "credits", "due", "due_now", "promised", "announced", "credit_notes",
        "unapplied", "deposits", "charges",
    )  # fmt: skip
    none = Money.zero(row["currency"])
    return Payable(**{name: money(name) for name in names}, discount=none, open_count=row["sum_count"])
