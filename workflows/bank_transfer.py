"""Bank transfer: money that a bank statement says came for a payment, known by the reference that it carries."""

from datetime import date, datetime

from eipp.gateways.creditor_reference import normalised
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CashReceipt
from workflows.payment import Payment


def payment_for(actor: Actor, reference: str, *, currency: str = "") -> Payment | None:
    """The payment by transfer whose reference this is, however it is written; None where the actor sees no such."""
    rows = Payment.objects.visible_to(actor).filter(method="bank_transfer", reference=normalised(reference) or None)
    rows = rows.filter(currency=currency) if currency else rows
    found: Payment | None = rows.order_by("submitted_at").first()
    return found


def settle_transfer(
    actor: Actor,
    payment: Payment,
    *,
    amount: Money,
    received_on: date,
    external_id: str = "",
    means: str = "",
    now: datetime | None = None,
) -> list[CashReceipt]:
    """Money came that carries the payment's reference: it is posted, applied to the payment's shares, and settles it.

    actor: who brought the statement in (whoever calls has checked that they may); received_on: the day of value at the
    bank; external_id: the bank line's own id, unique per supplier, so that no line is posted twice; means: in words,
    such as "transfer from DE89 ... 3000". Returns the receipts that were posted, one for each customer account.

    - The amount as asked for: every share is applied in full.
    - Less: the shares that are due first are applied first; what is missing is open again, since the holds are gone.
    - More: the shares are applied, the rest is unapplied cash on the account of what is due first.
    - Never is more applied to an invoice than is free on it; what no longer fits is unapplied cash too.
    - Another currency: all of it is unapplied cash (`payment.failure` is `wrong_currency`).
    - Cancelled or expired before: it is money all the same, as above.

    One payment is settled once. Money that comes with the same reference again is refused and is the caller's to post,
    as for any other line. Refusals: `not_a_transfer` (409), `not_now` (409: settled or returned before),
    `receipt_known` (409: this external id was posted), `amount_not_positive` (422).
    """
    if actor.side != "system" and actor.organisation_id != payment.supplier_id:
        raise Refusal("unknown_payment", "There is no such payment.", status=404)
    if payment.method != "bank_transfer":
        raise Refusal("not_a_transfer", f"Payment {payment.number} is none by bank transfer: its provider settles it.")
    if amount.minor <= 0:
        raise Refusal("amount_not_positive", f"What came is more than zero, not {amount}.", status=422)
    payment.settle(
        _bank(actor), now=now, received=amount, received_on=received_on, gateway_reference=payment.gateway_reference,
        means=means[:60] or "bank transfer", external_id=external_id,
    )  # fmt: skip
    return list(CashReceipt.objects.filter(payment_id=payment.pk, reversed_at=None).order_by("pk"))


def _bank(actor: Actor) -> Actor:
    """The bank says it; the record names who handed its statement in."""
    return Actor(kind="gateway", side="system", name="bank_transfer", via=actor.via, on_behalf_of=actor.id,
                 request_id=actor.request_id)  # fmt: skip
