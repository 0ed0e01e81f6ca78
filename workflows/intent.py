"""Intent: a payment as it is entered, all of it checked before anything is held and before any gateway is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db import transaction as database

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.gateways.creditor_reference import creditor_reference, normalised
from eipp.gateways.gateway import Way
from eipp.gateways.gateway import gateway as find_gateway
from eipp.gateways.offered import require_offered
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from eipp.ledger.posting import lock_accounts
from workflows.payee import accounts_for
from workflows.payment import Payment, PaymentOnAccount, PaymentShare
from workflows.planned import check_day
from workflows.price import agreed, price_of
from workflows.release import on_account_refusal, own_method_refusal, release_refusal
from workflows.saved_method import SavedMethod

MOST_INVOICES = 500
Shares = Sequence[tuple[Invoice, Money]]
OnAccount = Mapping[CustomerAccount, Money]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid: shares of invoices, and money on accounts without a target; by which way, with what."""

    shares: Shares
    on_account: OnAccount
    way: Way
    saved: SavedMethod | None
    planned_for: date | None = None
    price: str = ""

    @property
    def amounts(self) -> list[Money]:
        return [*(amount for _, amount in self.shares), *self.on_account.values()]

    @property
    def currency(self) -> str:
        return self.amounts[0].currency

    @property
    def payee(self) -> LegalEntity:
        """Whom the invoices are to be paid to; money without any goes to the account's own body."""
        return self.shares[0][0].legal_entity if self.shares else next(iter(self.on_account)).legal_entity

    @property
    def buyer_id(self) -> UUID | None:
        return self.shares[0][0].buyer_id if self.shares else next(iter(self.on_account)).buyer_id

    @property
    def accounts(self) -> list[CustomerAccount]:
        """The customer accounts that are paid for, each once."""
        found = {invoice.account_id: invoice.account for invoice, _ in self.shares}
        return list((found | {account.pk: account for account in self.on_account}).values())

    @property
    def amount(self) -> Money:
        return total(self.amounts, self.currency)


def enter(
    actor: Actor,
    shares: Shares,
    *,
    attempt: UUID,
    gateway: str = "",
    method: str = "card",
    saved: SavedMethod | None = None,
    on_account: OnAccount | None = None,
    planned_for: date | None = None,
    price: str = "",
    now: datetime | None = None,
) -> Payment:
    """Enter a payment to one payee in one currency: the intent is committed, the amounts are held.

    method: how the gateway is to get the money (`payment.METHODS`); saved: what is charged instead of asking for card
    or account, which says gateway and method itself; on_account: money for no invoice; planned_for: a day to come, on
    which what is saved is charged (`planned.py`). The same attempt again returns the same payment. Then, after the
    commit, `paying.begin`.
    Refusals: `not_your_role`, `not_your_method`, `second_person_needed` (403/409), `approval_missing`,
    `already_on_the_way`, `more_than_open`, `no_bank_account`, `method_not_usable` (409), `invalid_amount`,
    `several_payees`, `method_not_offered`, `not_this_payee`, `wrong_day`, `not_plannable` (422),
    `unknown_gateway` (404); `price_not_seen`, `price_expired`, `price_changed` (409), where paying this way costs
    something and `price` is not what was quoted for it.
    """
    if not actor.may("payment.make"):
        raise Refusal("not_your_role", "Your role does not let you pay.", status=403)
    way = Way(saved.gateway, saved.kind) if saved else Way(gateway, method)
    order = Order(shares, on_account or {}, way, saved, planned_for, price)
    find_gateway(way.gateway)
    try:
        return _enter(actor, order, attempt, now or clock.now())
    except IntegrityError:  # the same attempt came over other accounts at this very moment: it is in by now
        return _enter(actor, order, attempt, now or clock.now())


@database.atomic
def _enter(actor: Actor, asked: Order, attempt: UUID, now: datetime) -> Payment:
    order = _locked(asked)
    if before := Payment.objects.filter(buyer=actor.organisation_id, attempt=attempt).first():
        return _same(before, order)
    _check(actor, order)
    if refusal := release_refusal(actor, order.shares) or on_account_refusal(actor, order.on_account):
        raise refusal
    _check_payee(actor, order, now)
    payment = _create(actor, order, attempt, now)
    kind = "planned" if order.planned_for else "pending"
    if order.shares:
        posting.place_holds(actor, kind, reason=("payment", payment.pk), shares=order.shares, now=now)
    told: dict[str, Any] = {"concerns": [invoice for invoice, _ in order.shares], "after": payment.state,
                            "data": payment.told(), "occurred_at": now}  # fmt: skip
    if order.planned_for:
        events.record("payment.planned", payment, actor, **told)
    else:
        events.record("payment.submitted", payment, actor, **told)
    return payment


def _locked(order: Order) -> Order:
    """The invoices as they are now that their accounts are locked; three queries for any number."""
    shares = order.shares
    if len(shares) > MOST_INVOICES or not order.amounts:
        raise Refusal("no_invoices", f"Choose between 1 and {MOST_INVOICES} invoices to pay.", status=422)
    lock_accounts({invoice.account_id for invoice, _ in shares} | {account.pk for account in order.on_account})
    rows = Invoice.objects.select_related("account", "legal_entity__organisation")
    fresh = rows.in_bulk([invoice.pk for invoice, _ in shares])
    if len(fresh) != len(shares):
        raise Refusal("chosen_twice", "Each invoice can be chosen once.", status=422, field="invoices")
    return replace(order, shares=[(fresh[invoice.pk], amount) for invoice, amount in shares])


def _same(payment: Payment, order: Order) -> Payment:
    entered = {share.invoice_id: share.amount_minor for share in payment.shares.all()}
    kept = {row.account_id: row.amount_minor for row in payment.on_account.all()}
    asked = {invoice.pk: amount.minor for invoice, amount in order.shares}
    if (entered, kept) != (asked, {account.pk: amount.minor for account, amount in order.on_account.items()}):
        raise Refusal("other_payment", "This was sent before with other invoices or amounts: begin again.", status=422)
    return payment


def _check(actor: Actor, order: Order) -> None:
    for invoice, amount in order.shares:
        if amount.currency != invoice.currency or amount.minor <= 0:
            raise Refusal(
                "invalid_amount", f"Pay more than zero {invoice.currency} on invoice {invoice.number}.", status=422,
                field=f"invoices.{invoice.number}.amount",
            )  # fmt: skip
        _check_free(invoice, amount)
    for account, amount in order.on_account.items():
        if amount.minor <= 0:
            sentence = f"Pay more than zero {amount.currency} on account {account.number}."
            raise Refusal("invalid_amount", sentence, status=422, field="on_account")
    payees = {invoice.legal_entity_id for invoice, _ in order.shares} or {order.payee.pk}
    elsewhere = any(account.supplier_id != order.payee.organisation_id for account in order.on_account)
    if len(payees) > 1 or elsewhere or len({amount.currency for amount in order.amounts}) > 1:
        raise Refusal("several_payees", "One payment goes to one payee in one currency: pay these separately.",
                      status=422, field="invoices")  # fmt: skip
    buyers = {invoice.buyer_id for invoice, _ in order.shares} | {account.buyer_id for account in order.on_account}
    if len(buyers) > 1:
        raise Refusal("several_payers", "One payment comes from one buyer.", status=422, field="invoices")


def _check_free(invoice: Invoice, amount: Money) -> None:
    free = Money(invoice.open_minor - invoice.held_minor, invoice.currency)
    if amount <= free:
        return
    if invoice.pending_minor:
        way = Money(invoice.pending_minor, invoice.currency)
        sentence = f"Of invoice {invoice.number}, {way} is on the way already and {free} is left to pay."
        raise Refusal("already_on_the_way", sentence)
    raise Refusal("more_than_open", f"Of invoice {invoice.number}, {free} is left to pay: {amount} is too much.")


def _check_payee(actor: Actor, order: Order, now: datetime) -> None:
    """A transfer goes to a verified account of the payee, or not at all; what is saved pays whom it is kept for."""
    payee = order.payee
    today = clock.today(payee.organisation.time_zone, at=now)
    require_offered(order.way, payee, order.amount, accounts=order.accounts, on=today)
    if order.way.method == "bank_transfer" and not accounts_for(payee, order.currency):
        sentence = f"{payee} has no verified bank account for {order.currency}: pay in another way."
        raise Refusal("no_bank_account", sentence, field="method")
    if order.planned_for and (order.saved is None or order.on_account):
        sentence = "A payment of invoices is planned with a card or account that is saved: choose one."
        raise Refusal("not_plannable", sentence, status=422, field="planned_for")
    if order.saved is None:
        return
    # As it is now: it may have been stopped or removed since the page was opened.
    saved = SavedMethod.objects.select_related("buyer").get(pk=order.saved.pk)
    if (saved.buyer_id, saved.legal_entity_id) != (order.buyer_id, payee.pk):
        sentence = f"What is saved for another payee does not pay {payee}: choose another way."
        raise Refusal("not_this_payee", sentence, status=422, field="saved_method")
    if order.planned_for:
        check_day(saved.buyer, order.planned_for, now=now)
    refusal = saved.refusal(actor, on=order.planned_for or clock.today(saved.buyer.time_zone, at=now))
    if refusal := refusal or own_method_refusal(actor, saved, order.amount):
        raise refusal


def _reference(number: str, order: Order) -> str:
    """As the account takes it that the transfer goes to."""
    accounts = accounts_for(order.payee, order.currency)
    return creditor_reference(number, iban=accounts[0].get("iban", "") if accounts else "")


def _create(actor: Actor, order: Order, attempt: UUID, now: datetime) -> Payment:
    payee, way, amount = order.payee, order.way, order.amount
    assert order.buyer_id  # an invoice whose buyer is not on the platform yet is seen by nobody who pays
    number, surcharge = _number(payee.organisation_id), _surcharge(actor, order, now)
    is_transfer = way.method == "bank_transfer"
    payment = Payment.objects.create(
        state="planned" if order.planned_for else "submitted", state_since=now, supplier_id=payee.organisation_id,
        buyer_id=order.buyer_id,
        legal_entity=payee, number=number, currency=amount.currency,
        amount_minor=(amount + surcharge).minor, surcharge_minor=surcharge.minor,
        gateway=way.gateway, method=way.method, saved_method=order.saved, attempt=attempt,
        reference=_reference(number, order) if is_transfer else normalised(number), entered_by=actor.id,
        planned_for=order.planned_for,
        submitted_at=now, expires_at=now + timedelta(days=settings.TRANSFER_DAYS) if is_transfer else None,
    )  # fmt: skip
    PaymentShare.objects.bulk_create(
        [PaymentShare(payment=payment, invoice=invoice, currency=invoice.currency, amount_minor=share.minor)
         for invoice, share in order.shares]
    )  # fmt: skip
    PaymentOnAccount.objects.bulk_create(
        [PaymentOnAccount(payment=payment, account=account, currency=kept.currency, amount_minor=kept.minor)
         for account, kept in order.on_account.items()]
    )  # fmt: skip
    return payment


def _surcharge(actor: Actor, order: Order, now: datetime) -> Money:
    """What paying this way costs on top, as the payer has seen it; the platform itself never agrees to any."""
    if actor.side == "system":
        return Money.zero(order.currency)
    price = price_of(order.payee, order.way, order.amount, accounts=order.accounts)
    return agreed(price, order.payee, order.way.method, order.price, now=now)


def _number(supplier_id: UUID) -> str:
    return f"P-{numbering.take(f'payment:{supplier_id}')[0]:06d}"
