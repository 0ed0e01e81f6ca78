"""Intent: a payment as it is entered, all of it checked before anything is held and before any gateway is asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db import transaction as database

from eipp.gateways.creditor_reference import creditor_reference, normalised
from eipp.gateways.gateway import Way, offers
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from eipp.ledger.posting import lock_accounts
from workflows.payee import accounts_for
from workflows.payment import METHODS, Payment, PaymentShare
from workflows.release import release_refusal

MOST_INVOICES = 500


def enter(
    actor: Actor,
    shares: Sequence[tuple[Invoice, Money]],
    *,
    gateway: str,
    attempt: UUID,
    method: str = "card",
    now: datetime | None = None,
) -> Payment:
    """Enter a payment over invoices of one payee in one currency: the intent is committed, the amounts are held.

    method: how the gateway is to get the money (`payment.METHODS`). The same attempt again returns the same payment.
    Refusals: `not_your_role`, `second_person_needed` (403/409), `approval_missing`, `already_on_the_way`,
    `more_than_open`, `no_bank_account` (409), `invalid_amount`, `several_payees`, `method_not_offered` (422),
    `unknown_gateway` (404).
    """
    if not actor.may("payment.make"):
        raise Refusal("not_your_role", "Your role does not let you pay.", status=403)
    way = Way(gateway, method)
    for _, amount in shares:
        _check_way(way, amount.currency)
    try:
        return _enter(actor, shares, way, attempt, now or clock.now())
    except IntegrityError:  # the same attempt came over other accounts at this very moment: it is in by now
        return _enter(actor, shares, way, attempt, now or clock.now())


def _check_way(way: Way, currency: str) -> None:
    if way.method not in offers(way.gateway, currency):
        name = METHODS.get(way.method, way.method)
        raise Refusal("method_not_offered", f"{name} is no way of paying {currency} here.", status=422, field="method")


@database.atomic
def _enter(actor: Actor, shares: Sequence[tuple[Invoice, Money]], way: Way, attempt: UUID, now: datetime) -> Payment:
    shares = _locked(shares)
    if before := Payment.objects.filter(buyer=actor.organisation_id, attempt=attempt).first():
        return _same(before, shares)
    _check(shares)
    if refusal := release_refusal(actor, shares):
        raise refusal
    _check_payee(way, shares[0][0])
    payment = _create(actor, shares, way, attempt, now)
    posting.place_holds(actor, "pending", reason=("payment", payment.pk), shares=shares, now=now)
    events.record("payment.submitted", payment, actor, concerns=[invoice for invoice, _ in shares],
                  after="submitted", data=payment.told(), occurred_at=now)  # fmt: skip
    return payment


def _locked(shares: Sequence[tuple[Invoice, Money]]) -> list[tuple[Invoice, Money]]:
    """The invoices as they are now that their accounts are locked; two queries for any number."""
    if not 0 < len(shares) <= MOST_INVOICES:
        raise Refusal("no_invoices", f"Choose between 1 and {MOST_INVOICES} invoices to pay.", status=422)
    lock_accounts({invoice.account_id for invoice, _ in shares})
    fresh = Invoice.objects.select_related("account").in_bulk([invoice.pk for invoice, _ in shares])
    if len(fresh) != len(shares):
        raise Refusal("chosen_twice", "Each invoice can be chosen once.", status=422, field="invoices")
    return [(fresh[invoice.pk], amount) for invoice, amount in shares]


def _same(payment: Payment, shares: Sequence[tuple[Invoice, Money]]) -> Payment:
    entered = {share.invoice_id: share.amount_minor for share in payment.shares.all()}
    if entered != {invoice.pk: amount.minor for invoice, amount in shares}:
        raise Refusal("other_payment", "This was sent before with other invoices or amounts: begin again.", status=422)
    return payment


def _check(shares: Sequence[tuple[Invoice, Money]]) -> None:
    for invoice, amount in shares:
        if amount.currency != invoice.currency or amount.minor <= 0:
            raise Refusal(
                "invalid_amount", f"Pay more than zero {invoice.currency} on invoice {invoice.number}.", status=422,
                field=f"invoices.{invoice.number}.amount",
            )  # fmt: skip
        _check_free(invoice, amount)
    if len({(invoice.legal_entity_id, invoice.currency) for invoice, _ in shares}) > 1:
        raise Refusal("several_payees", "One payment goes to one payee in one currency: pay these separately.",
                      status=422, field="invoices")  # fmt: skip
    if len({invoice.buyer_id for invoice, _ in shares}) > 1:
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


def _check_payee(way: Way, invoice: Invoice) -> None:
    """A transfer goes to a verified account of the payee, or not at all."""
    if way.method == "bank_transfer" and not accounts_for(invoice.legal_entity, invoice.currency):
        sentence = f"{invoice.legal_entity} has no verified bank account for {invoice.currency}: pay in another way."
        raise Refusal("no_bank_account", sentence, field="method")


def _create(actor: Actor, shares: Sequence[tuple[Invoice, Money]], way: Way, attempt: UUID, now: datetime) -> Payment:
    first = shares[0][0]
    assert first.buyer_id  # an invoice whose buyer is not on the platform yet is seen by nobody who pays
    number = _number(first.supplier_id)
    is_transfer = way.method == "bank_transfer"
    payment = Payment.objects.create(
        state="submitted", state_since=now, supplier_id=first.supplier_id, buyer_id=first.buyer_id,
        legal_entity_id=first.legal_entity_id, number=number, currency=first.currency,
        amount_minor=sum(amount.minor for _, amount in shares), gateway=way.gateway, method=way.method, attempt=attempt,
        reference=creditor_reference(number) if is_transfer else normalised(number), entered_by=actor.id,
        submitted_at=now, expires_at=now + timedelta(days=settings.TRANSFER_DAYS) if is_transfer else None,
    )  # fmt: skip
    PaymentShare.objects.bulk_create(
        [PaymentShare(payment=payment, invoice=invoice, currency=invoice.currency, amount_minor=amount.minor)
         for invoice, amount in shares]
    )  # fmt: skip
    return payment


def _number(supplier_id: UUID) -> str:
    return f"P-{numbering.take(f'payment:{supplier_id}')[0]:06d}"
