"""Stripe: cards, ACH and SEPA debits on its hosted page (Checkout), off-session charges, refunds, disputes.

Each payee has its own Stripe account, with its own key and webhook secret. Our reference stands in the metadata of
whatever is made and is the idempotency key; `StripeReference` keeps which of Stripe's objects it became. Written
against API version 2026-10-28; which part runs against what in tests, docs/gateways.md says.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

import stripe

from eipp.accounts.models import LegalEntity
from eipp.gateways import stripe_books, stripe_callback, stripe_dispute, stripe_refund, stripe_setup
from eipp.gateways.bare import Bare
from eipp.gateways.credential import Credential
from eipp.gateways.evidence import Evidence
from eipp.gateways.failures import FAILURES
from eipp.gateways.gateway import CAPABILITIES
from eipp.gateways.gateway_account import credentials_of
from eipp.gateways.intent import Checkout, Intent, Look
from eipp.gateways.means import Means, Setup
from eipp.gateways.refund import RefundLook, RefundOrder
from eipp.gateways.reported import ForgedCallback, Reported
from eipp.gateways.stripe_client import answering, client_of, error_of, listed, plain
from eipp.gateways.stripe_reference import StripeReference, known, noted, remember
from eipp.gateways.stripe_words import failure_of, look_of, method
from eipp.gateways.transaction import Payout, Transaction
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal

#: Currencies whose minor unit is Stripe's too; those with three decimals, and CLF, are not among them.
CURRENCIES = frozenset(
    "AUD BGN BRL CAD CHF CZK DKK EUR GBP HKD INR JPY KRW MXN NOK NZD PLN RON SEK SGD USD ZAR".split()
)
LOST = timedelta(hours=1)  # so long after it was asked for, what got no answer is looked for in Stripe's lists
_EXPAND = ["latest_charge"]


class Stripe(Bare):
    """The adapter; without a payee it only says what it can and what it wants."""

    name = "stripe"
    title = "Stripe"
    methods: Mapping[str, frozenset[str] | None] = {"card": CURRENCIES, "bank_debit": frozenset({"EUR", "USD"})}
    can = CAPABILITIES
    wants: Sequence[Credential] = (
        Credential("secret_key", "secret key", "it begins with sk_ or rk_ (Developers, API keys).",
                   r"(sk|rk)_(test|live)_[A-Za-z0-9_]{4,250}"),
        Credential("webhook_secret", "signing secret of the webhook", "it begins with whsec_ (Developers, Webhooks).",
                   r"whsec_[A-Za-z0-9+/=_]{8,250}"),
    )  # fmt: skip

    def __init__(self, payee: LegalEntity | None = None, credentials: Mapping[str, str] | None = None) -> None:
        self._payee, self._credentials = payee, credentials or {}

    def for_payee(self, payee: LegalEntity) -> Self:
        return type(self)(payee, credentials_of(self.name, payee))

    def open_checkout(self, intent: Intent) -> Checkout:
        row = noted(intent.reference, self.payee, "checkout")
        if not row.stripe_id:
            try:
                with answering():
                    wanted, key = _page_for(intent), _once("checkout", intent)
                    session = plain(self.client.v1.checkout.sessions.create(wanted, key))
            except stripe.InvalidRequestError as error:
                remember(row, failure="provider_refused")
                raise Refusal("provider_refused", FAILURES["provider_refused"].sentence) from error
            remember(row, stripe_id=session["id"], url=str(session.get("url") or ""))
        return Checkout(url=row.url, gateway_reference=row.stripe_id)

    def charge(self, intent: Intent, token: str) -> Look:
        row = noted(intent.reference, self.payee, "charge")
        if not row.stripe_id and not row.failure:
            means, _, customer = token.partition("/")
            try:
                with answering():
                    wanted = _charge_for(intent, means, customer)
                    made = plain(self.client.v1.payment_intents.create(wanted, _once("charge", intent)))
                remember(row, stripe_id=made["id"], intent_id=made["id"])
            except stripe.CardError as error:
                self._declined(row, error_of(error))
            except stripe.InvalidRequestError as error:
                is_means = error_of(error).get("param") in ("payment_method", "customer")
                remember(row, failure="means_gone" if is_means else "provider_refused")
        return self.look(intent.reference)

    def look(self, reference: UUID) -> Look:
        row = known(reference, self.payee)
        if row is None or row.kind not in ("checkout", "charge") or not (row.failure or self._is_found(row)):
            return Look("missing")
        if row.failure:
            return Look("failed", failure=row.failure)
        return self._look_page(row) if row.kind == "checkout" else self._look_charge(row)

    def cancel(self, reference: UUID) -> Look:
        row = known(reference, self.payee)
        look = self.look(reference)
        if row is None or look.status != "open":
            return look
        try:
            with answering():
                if row.kind == "checkout":
                    self.client.v1.checkout.sessions.expire(row.stripe_id)
                else:
                    self.client.v1.payment_intents.cancel(row.stripe_id)
        except stripe.InvalidRequestError:  # it was paid, or closed, at this very moment
            pass
        return self.look(reference)

    def open_setup(self, setup: Setup) -> Checkout:
        return stripe_setup.open_setup(self.client, self.payee, setup)

    def look_setup(self, reference: UUID) -> Means:
        return stripe_setup.look_setup(self.client, self.payee, reference)

    def verify(self, reference: UUID, amounts_minor: Sequence[int]) -> Means:
        return stripe_setup.verify(self.client, self.payee, reference, amounts_minor)

    def forget(self, token: str) -> None:
        stripe_setup.forget(self.client, token)

    def refund(self, order: RefundOrder) -> RefundLook:
        self.look(order.payment)  # so that the intent is known
        return stripe_refund.refund(self.client, self.payee, order)

    def look_refund(self, reference: UUID) -> RefundLook:
        return stripe_refund.look_refund(self.client, self.payee, reference)

    def contest(self, payment: UUID, evidence: Evidence) -> Look:
        self.look(payment)
        if row := known(payment, self.payee):
            stripe_dispute.contest(self.client, row, evidence)
        return self.look(payment)

    def transactions(self, day: date) -> Sequence[Transaction]:
        begin = datetime.combine(day, time(), tzinfo=UTC)
        return stripe_books.lines(self.client, self.payee, begin, begin + timedelta(days=1))

    def payouts(self, day: date) -> Sequence[Payout]:
        begin = datetime.combine(day, time(), tzinfo=UTC)
        return stripe_books.payouts(self.client, begin, begin + timedelta(days=1))

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Reported:
        secret = self._credentials.get("webhook_secret", "")
        if not secret or self._payee is None:
            raise ForgedCallback("without a payee's secret nothing is signed")
        is_live = "_live_" in self._credentials["secret_key"]
        return stripe_callback.read(headers, body, secret=secret, payee=self._payee, is_live=is_live)

    @property
    def payee(self) -> LegalEntity:
        if self._payee is None or not self._credentials:
            sentence = f"{self._payee or 'This payee'} has no account at Stripe: an administrator connects it."
            raise Refusal("gateway_not_connected", sentence)
        return self._payee

    @property
    def client(self) -> stripe.StripeClient:
        _ = self.payee
        return client_of(self._credentials["secret_key"])

    def _is_found(self, row: StripeReference) -> bool:
        """Whether Stripe has it: where our call got no answer, its lists of that time tell."""
        if row.stripe_id:
            return True
        since = int((row.asked_at - timedelta(minutes=1)).timestamp())
        span: Any = {"created": {"gte": since, "lte": since + int(LOST.total_seconds())}, "limit": 100}
        api = self.client.v1.checkout.sessions if row.kind == "checkout" else self.client.v1.payment_intents
        for one in listed(lambda: api.list(span)):
            if (one.get("metadata") or {}).get("eipp_reference") == str(row.reference):
                url = str(one.get("url") or "") if row.kind == "checkout" else ""
                remember(row, stripe_id=one["id"], url=url, intent_id="" if row.kind == "checkout" else one["id"])
                return True
        return False

    def _look_page(self, row: StripeReference) -> Look:
        with answering():
            expand: Any = {"expand": ["payment_intent.latest_charge"]}
            session = plain(self.client.v1.checkout.sessions.retrieve(row.stripe_id, expand))
        intent = session.get("payment_intent")
        if isinstance(intent, Mapping) and session["status"] == "complete":
            remember(row, intent_id=intent["id"])
            return look_of(intent, stripe_dispute.of_intent(self.client, intent))
        amount = Money(int(session["amount_total"]), str(session["currency"]).upper())
        if session["status"] == "expired":
            return Look("cancelled", amount, row.stripe_id, failure="checkout_expired")
        return Look("open", amount, row.stripe_id)

    def _look_charge(self, row: StripeReference) -> Look:
        with answering():
            intent = plain(self.client.v1.payment_intents.retrieve(row.stripe_id, {"expand": _EXPAND}))
        look = look_of(intent, stripe_dispute.of_intent(self.client, intent))
        if look.status == "open":  # nobody is there to confirm it
            return Look("failed", look.amount, look.gateway_reference, failure="authentication_required")
        return look

    def _declined(self, row: StripeReference, error: Mapping[str, Any]) -> None:
        """The bank said no: Stripe keeps the intent, which is closed so that nobody confirms it later."""
        intent = error.get("payment_intent") or {}
        remember(row, failure=failure_of(error), intent_id=str(intent.get("id") or ""))
        if row.intent_id:
            try:
                with answering():
                    self.client.v1.payment_intents.cancel(row.intent_id)
            except stripe.InvalidRequestError:
                pass


def _page_for(intent: Intent) -> Any:
    kind, told = method(intent.method, intent.amount.currency), {"eipp_reference": str(intent.reference)}
    price = {"currency": intent.amount.currency.lower(), "unit_amount": intent.amount.minor,
             "product_data": {"name": intent.description[:250]}}  # fmt: skip
    return {
        "mode": "payment", "payment_method_types": [kind], "client_reference_id": str(intent.reference),
        "line_items": [{"quantity": 1, "price_data": price}], "metadata": told,
        "payment_intent_data": {"metadata": told, "description": intent.description[:1000]},
        "success_url": intent.return_url, "cancel_url": intent.cancel_url,
    }  # fmt: skip


def _charge_for(intent: Intent, means: str, customer: str) -> Any:
    told = {"eipp_reference": str(intent.reference), "description": intent.description[:500]}
    return {
        "amount": intent.amount.minor, "currency": intent.amount.currency.lower(), "customer": customer,
        "payment_method": means, "payment_method_types": [method(intent.method, intent.amount.currency)],
        "confirm": True, "off_session": True, "metadata": told,
    }  # fmt: skip


def _once(what: str, intent: Intent) -> Any:
    return {"idempotency_key": f"{what}-{intent.reference}"}
