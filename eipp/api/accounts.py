"""Customer accounts, and what is owed on them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.accounts.account_upsert import change, upsert_account
from eipp.accounts.models import CustomerAccount
from eipp.api.account_writing import EXAMPLE, AccountChange, NewAccount, said
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.api.today import today
from eipp.ledger.balance import DueParts, Summary, summary


class AccountItem(msgspec.Struct):
    """A customer account; `number` is the ERP's, `parent` the account it is a branch of."""

    id: UUID
    number: str
    name: str
    supplier: UUID
    buyer: UUID | None
    parent: UUID | None
    currency: str
    terms_days: int
    discount_terms: str
    credit_limit: str | None


class AccountQuery(Query):
    number: Annotated[str, Meta(max_length=60)] = ""
    parent: UUID | None = None


class DueItem(msgspec.Struct):
    """What is open of some due dates. `free` is what of it is neither disputed, nor on the way, nor planned;
    `chased` what of that is neither promised nor announced, the account's own credit not taken off; `late_fees` what
    of `open` is finance charges."""

    open: str
    disputed: str
    on_the_way: str
    planned: str
    free: str
    promised: str
    announced: str
    chased: str
    late_fees: str
    count: int


class CurrencySummary(msgspec.Struct):
    """One currency. payable = open - disputed - on_the_way - planned - credits; `payable_now` is what of it is due;
    chased = payable - promised - announced is what the supplier may remind of."""

    currency: str
    open: str
    disputed: str
    on_the_way: str
    planned: str
    credits: str
    payable: str
    promised: str
    announced: str
    chased: str
    late_fees: str
    payable_now: str
    balance: str
    unapplied: str
    deposits: str
    unused_credit_notes: str
    due: DueItem
    past_due: DueItem
    due_today: DueItem
    due_soon: DueItem
    not_yet_due: DueItem
    ageing: dict[str, DueItem]
    last_payment: str | None
    last_payment_on: date | None


class AccountSummary(msgspec.Struct):
    """What is owed `on` this day, each currency by itself."""

    on: date
    currencies: list[CurrencySummary]


class AccountList(Resource):
    @operation("List accounts", right="account.view", tag="accounts", query=AccountQuery,
               answers={200: Page[AccountItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: AccountQuery = self.query()
        wanted: dict[str, Any] = {"number": query.number or None, "parent": query.parent}
        rows = _rows(self.actor).filter(**{name: value for name, value in wanted.items() if value is not None})
        return self.page(rows, query, lambda row: _item(row, self.actor), order="number")

    @operation("Post an account", right="account.administer", tag="accounts", body=NewAccount, example=EXAMPLE,
               answers={200: AccountItem, 201: AccountItem}, atomic=False)  # fmt: skip
    def post(self, request: Request) -> Response:
        """201 when it is opened; 200 when there is one of this number, in which what you say is changed."""
        new: NewAccount = self.body()
        done = upsert_account(self.actor, new.number, said(new))
        headers = {"Location": f"{request.path}/{done.account.pk}"}
        status = 201 if done.outcome == "created" else 200
        return Response(_item(done.account, self.actor), status=status, headers=headers)


class AccountOne(Resource):
    @operation("Read an account", right="account.view", tag="accounts", answers={200: AccountItem})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_item(self.find(_rows(self.actor), id), self.actor))

    @operation("Change an account", right="account.administer", tag="accounts", body=AccountChange,
               answers={200: AccountItem}, example={"terms_days": 14, "credit_limit": "50000.00"})  # fmt: skip
    def patch(self, request: Request, id: UUID) -> Response:
        """What you leave out stays as it is."""
        new: AccountChange = self.body()
        done = change(self.actor, self.find(_rows(self.actor), id), said(new))
        return Response(_item(done.account, self.actor))


class AccountSums(Resource):
    @operation("Summarise an account", right="account.view", tag="accounts", answers={200: AccountSummary})
    def get(self, request: Request, id: UUID) -> Response:
        account = self.find(_rows(self.actor), id)
        on = today(self.actor)
        return Response(_summary(summary(self.actor, [account], on=on), on))


class WholeSummary(Resource):
    @operation("Summarise all accounts", right="account.view", tag="accounts", answers={200: AccountSummary})
    def get(self, request: Request) -> Response:
        """Over every account that you see."""
        on = today(self.actor)
        return Response(_summary(summary(self.actor, on=on), on))


def _rows(actor: Any) -> QuerySet[CustomerAccount]:
    return CustomerAccount.objects.visible_to(actor)


def _item(account: CustomerAccount, actor: Any) -> AccountItem:
    seen = actor.account_ids is None or account.parent_id in actor.account_ids
    return AccountItem(
        id=account.pk, number=account.number, name=account.name, supplier=account.supplier_id, buyer=account.buyer_id,
        parent=account.parent_id if seen else None, currency=account.currency, terms_days=account.terms_days,
        discount_terms=account.discount_terms,
        credit_limit=account.credit_limit.text if account.credit_limit is not None else None,
    )  # fmt: skip


def _summary(found: list[Summary], on: date) -> AccountSummary:
    return AccountSummary(on, [_currency(one) for one in found])


def _currency(one: Summary) -> CurrencySummary:
    payable = one.payable
    return CurrencySummary(
        currency=one.currency, open=one.open.text, disputed=payable.disputed.text, on_the_way=payable.pending.text,
        planned=payable.planned.text, credits=payable.credits.text, payable=payable.payable.text,
        promised=payable.promised.text, announced=payable.announced.text, chased=payable.chased.text,
        late_fees=payable.charges.text, payable_now=one.payable_now.text, balance=one.balance.text,
        unapplied=payable.unapplied.text, deposits=payable.deposits.text,
        unused_credit_notes=payable.credit_notes.text, due=_due(one.due), past_due=_due(one.past_due),
        due_today=_due(one.due_today), due_soon=_due(one.due_soon), not_yet_due=_due(one.not_yet_due),
        ageing={name: _due(parts) for name, parts in one.ageing.items()},
        last_payment=one.last_payment.text if one.last_payment is not None else None,
        last_payment_on=one.last_payment_on,
    )  # fmt: skip


def _due(parts: DueParts) -> DueItem:
    return DueItem(
        parts.open.text,
        parts.disputed.text,
        parts.pending.text,
        parts.planned.text,
        parts.free.text,
        parts.promised.text,
        parts.announced.text,
        parts.chased.text,
        parts.charges.text,
        parts.count,
    )
