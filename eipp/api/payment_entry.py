"""Entering a payment by the API: invoices by id or number, money on account, what is saved, and the price agreed to."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec import Meta

from documents.payment_sheet import PaymentRow
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.api import shapes
from eipp.gateways.gateway import Way
from eipp.gateways.offered import offered
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from workflows.intent import MOST_INVOICES
from workflows.payment import METHODS
from workflows.payment_rows import judge
from workflows.price import VALID, percents, price_of, quote
from workflows.saved_method import SavedMethod

Shares = list[tuple[Invoice, Money]]


class NewShare(shapes.Written):
    """An invoice by its `invoice` (id) or its `number`, and the amount to pay on it.

    By number, `amount` may be left out for all that is left to pay, less the discount that paying today earns.
    """

    amount: shapes.Amount | None = None
    invoice: UUID | None = None
    number: Annotated[str, Meta(max_length=100)] = ""


class NewOnAccount(shapes.Written):
    """Money for no invoice: it stays on this account until it is used."""

    account: UUID
    amount: shapes.Amount


class NewPayment(shapes.Written):
    """Invoices of one payee in one currency, each with the amount to pay on it; and money on account.

    `method` and `gateway` say how; left out, the first that takes the currency is meant. `saved_method` is charged
    without anybody typing a card; with `planned_for`, on that later day. `price` is that of `POST /payments/price`,
    where paying this way costs something.
    """

    invoices: Annotated[list[NewShare], Meta(max_length=MOST_INVOICES)] = []
    on_account: Annotated[list[NewOnAccount], Meta(max_length=20)] = []
    method: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *METHODS]})] = ""
    gateway: Annotated[str, Meta(max_length=30)] = ""
    saved_method: UUID | None = None
    price: Annotated[str, Meta(max_length=2000)] = ""
    planned_for: date | None = None


class WayPrice(msgspec.Struct):
    """What one way of paying costs: `total` is `amount` and `surcharge` together."""

    gateway: str
    method: str
    amount: str
    surcharge: str
    total: str


class Prices(msgspec.Struct):
    """Every way of paying the amount, all in. Send `price` with the payment, before `valid_until`."""

    currency: str
    amount: str
    ways: list[WayPrice]
    price: str
    valid_until: datetime


def shares_of(actor: Actor, asked: list[NewShare], *, on: date | None = None) -> Shares:
    """The invoices with their amounts, by number less what paying on a day, or today, earns; each fault is named by its
    place. Three queries for any number."""
    by_id = Invoice.objects.visible_to(actor).in_bulk([share.invoice for share in asked if share.invoice])
    rows = [PaymentRow(f"invoices[{index}]", share.number, share.amount or "") for index, share in enumerate(asked)
            if share.number and not share.invoice]  # fmt: skip
    by_number = {each.row.where: each for each in judge(actor, rows, on=on or clock.today())} if rows else {}
    shares, errors = [], []
    for index, share in enumerate(asked):
        where = f"invoices[{index}]"
        if judged := by_number.get(where):
            if judged.invoice and judged.amount and not judged.fault:
                shares.append((judged.invoice, judged.amount))
            else:
                errors.append({"field": f"{where}.number", "code": judged.code, "message": judged.fault})
        elif share.invoice in by_id:
            invoice = by_id[share.invoice]
            shares.append((invoice, _amount(share, invoice, where)))
        else:
            sentence = "There is no such invoice that you can see."
            errors.append({"field": f"{where}.invoice", "code": "unknown_invoice", "message": sentence})
    if errors:
        raise Refusal("invoices_refused" if len(errors) > 1 else errors[0]["code"], errors[0]["message"], status=422,
                      errors=errors)  # fmt: skip
    return shares


def on_account_of(actor: Actor, asked: list[NewOnAccount]) -> dict[CustomerAccount, Money]:
    rows = CustomerAccount.objects.visible_to(actor).select_related("legal_entity__organisation")
    found = rows.in_bulk([each.account for each in asked])
    kept: dict[CustomerAccount, Money] = {}
    for index, each in enumerate(asked):
        account = found.get(each.account)
        if account is None:
            raise Refusal("unknown_account", "There is no such account that you can see.", status=422,
                          field=f"on_account[{index}].account")  # fmt: skip
        amount = shapes.amount(each.amount, account.currency, f"on_account[{index}].amount")
        kept[account] = kept[account] + amount if account in kept else amount
    return kept


def way_of(new: NewPayment, payee: LegalEntity, amount: Money) -> Way:
    """The first way of paying so much to the payee that fits what was said."""
    if new.gateway:
        shapes.one_of(new.gateway, settings.GATEWAYS, "gateway")
    if new.method:
        shapes.one_of(new.method, METHODS, "method")
    fitting = [way for way in offered(payee, max(amount, Money.zero(amount.currency)))
               if new.gateway in ("", way.gateway) and new.method in ("", way.method)]  # fmt: skip
    if not fitting:
        said = METHODS.get(new.method, "This")
        sentence = f"{said} is no way of paying {amount.currency} to {payee} here."
        raise Refusal("method_not_offered", sentence, status=422, field="method")
    return fitting[0]


def saved_of(actor: Actor, new: NewPayment) -> SavedMethod | None:
    if new.saved_method is None:
        return None
    row: SavedMethod | None = SavedMethod.objects.visible_to(actor).filter(pk=new.saved_method).first()
    if row is None:
        raise Refusal("unknown_saved_method", "There is no such saved method that you can see.", status=422,
                      field="saved_method")  # fmt: skip
    return row


def payee_and_amount(shares: Shares, on_account: dict[CustomerAccount, Money]) -> tuple[LegalEntity, Money]:
    """Whom the payment goes to and what it comes to; Refusal (422) where there is nothing, or several currencies."""
    amounts = [*(amount for _, amount in shares), *on_account.values()]
    if not amounts:
        raise Refusal("no_invoices", "Name at least one invoice to pay.", status=422, field="invoices")
    if len({amount.currency for amount in amounts}) > 1:
        raise Refusal("several_payees", "One payment goes to one payee in one currency: pay these separately.",
                      status=422, field="invoices")  # fmt: skip
    payee = shares[0][0].legal_entity if shares else next(iter(on_account)).legal_entity
    return payee, total(amounts, amounts[0].currency)


def prices(payee: LegalEntity, amount: Money, accounts: list[CustomerAccount], *, now: datetime) -> Prices:
    """Every way of paying so much, with what it costs all in."""
    charged = percents(payee)
    ways = offered(payee, amount, accounts=accounts)
    found = {way: price_of(payee, way, amount, accounts=accounts, charged=charged) for way in ways}
    signed = quote(payee, amount, {way.method: price for way, price in found.items()}, now=now)
    told = [WayPrice(way.gateway, way.method, price.amount.text, price.surcharge.text, price.total.text)
            for way, price in found.items()]  # fmt: skip
    return Prices(amount.currency, amount.text, told, signed, now + VALID)


def _amount(share: NewShare, invoice: Invoice, where: str) -> Money:
    if share.amount is None:
        raise Refusal("amount_missing", "Say how much is to be paid on the invoice.", status=422,
                      field=f"{where}.amount")  # fmt: skip
    return shapes.amount(share.amount, invoice.currency, f"{where}.amount")
