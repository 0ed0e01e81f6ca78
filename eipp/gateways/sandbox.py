"""The sandbox: a provider of our own, for cards and bank debits. No real money, but the real contract.

It keeps its own books, shows its own hosted pages (`eipp.demo.checkout`, `eipp.demo.setup`), and sends signed
callbacks over HTTP to the endpoint at which a real provider's arrive. Its test numbers stand in docs/gateways.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db.models import Q

from eipp.accounts.models import LegalEntity
from eipp.gateways import sandbox_books, sandbox_callback, sandbox_faults, sandbox_means, sandbox_refund
from eipp.gateways.bare import Bare
from eipp.gateways.evidence import Evidence
from eipp.gateways.gateway import CAPABILITIES
from eipp.gateways.intent import Checkout, Intent, Look
from eipp.gateways.means import Means, Setup
from eipp.gateways.refund import RefundLook, RefundOrder
from eipp.gateways.reported import Reported
from eipp.gateways.sandbox_callback import CALLBACK_AGE, callback, signature, stamp
from eipp.gateways.sandbox_charge import (
    CHARGEBACK_FEE,
    CHECKOUT_LIFE,
    SandboxCharge,
    answer_by,
    answer_challenge,
    become,
    charge_kept,
    checkout_url,
    contest,
    debit,
    give_up,
    is_token_of,
    left_of,
    means_of,
    pay,
    turn,
    turn_due,
)
from eipp.gateways.sandbox_means import SandboxMeans, setup_url
from eipp.gateways.sandbox_refund import SandboxRefund
from eipp.gateways.transaction import Payout, Transaction
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal

__all__ = [
    "CALLBACK_AGE", "CHECKOUT_LIFE", "Sandbox", "SandboxCharge", "SandboxMeans", "SandboxRefund", "answer_challenge",
    "become", "callback", "checkout_url", "debit", "give_up", "is_token_of", "means_of", "pay", "setup_url",
    "signature", "stamp", "turn", "turn_due",
]  # fmt: skip


class Sandbox(Bare):
    """The adapter: what the platform sees of the provider; for one payee (`merchant`), or for all.

    A call is one of the provider's own transactions and is over before an asked-for fault swallows its answer.
    """

    name = "sandbox"
    title = "Sandbox Pay"
    methods: Mapping[str, frozenset[str] | None] = {"card": None, "bank_debit": frozenset({"EUR", "USD", "GBP", "CAD"})}
    can = CAPABILITIES

    def __init__(self, merchant: UUID | None = None) -> None:
        self.merchant = merchant

    def for_payee(self, payee: LegalEntity) -> Self:
        return type(self)(payee.pk)

    def open_checkout(self, intent: Intent) -> Checkout:
        sandbox_faults.before("open_checkout")
        charge = self._opened(intent)
        if sandbox_faults.happens("early"):
            charge.tell()
            charge.save()
        sandbox_faults.after("open_checkout")
        return Checkout(url=checkout_url(charge), gateway_reference=str(charge.pk))

    def charge(self, intent: Intent, token: str) -> Look:
        sandbox_faults.before("charge")
        charge = self._opened(intent)
        kept = self._own(SandboxMeans.objects.filter(token=token or None)).first()
        if kept is None or kept.status != "saved" or kept.method != intent.method:
            charge_kept(charge.pk, last_digits="", failure="means_gone")
        else:
            charge_kept(charge.pk, last_digits=kept.last_digits, failure="")
        sandbox_faults.after("charge")
        return self._look(intent.reference)

    def look(self, reference: UUID) -> Look:
        sandbox_faults.before("look")
        return self._look(reference)

    def cancel(self, reference: UUID) -> Look:
        sandbox_faults.before("cancel")
        if charge := self._charge(reference):
            give_up(charge.pk, failure="checkout_expired")
        sandbox_faults.after("cancel")
        return self._look(reference)

    def open_setup(self, setup: Setup) -> Checkout:
        sandbox_faults.before("open_setup")
        if setup.method not in self.methods:
            raise Refusal("method_not_offered", f"{self.title} cannot keep this.", status=422, field="method")
        kept, _ = SandboxMeans.objects.get_or_create(
            reference=setup.reference,
            defaults={
                "merchant": self.merchant, "method": setup.method, "holder": setup.holder, "payee": setup.payee,
                "return_url": setup.return_url, "cancel_url": setup.cancel_url, "created_at": clock.now(),
            },
        )  # fmt: skip
        sandbox_faults.after("open_setup")
        return Checkout(url=setup_url(kept), gateway_reference=str(kept.pk))

    def look_setup(self, reference: UUID) -> Means:
        sandbox_faults.before("look_setup")
        kept = self._kept(reference)
        return sandbox_means.means_of(kept) if kept else Means("missing")

    def verify(self, reference: UUID, amounts_minor: Sequence[int]) -> Means:
        sandbox_faults.before("verify")
        kept = self._kept(reference)
        means = sandbox_means.means_of(sandbox_means.verify(kept, amounts_minor)) if kept else Means("missing")
        sandbox_faults.after("verify")
        return means

    def forget(self, token: str) -> None:
        sandbox_faults.before("forget")
        sandbox_means.forget(token, merchant=self.merchant)
        sandbox_faults.after("forget")

    def refund(self, order: RefundOrder) -> RefundLook:
        sandbox_faults.before("refund")
        look = sandbox_refund.look_of(sandbox_refund.refund(order, merchant=self.merchant))
        sandbox_faults.after("refund")
        return look

    def look_refund(self, reference: UUID) -> RefundLook:
        sandbox_faults.before("look_refund")
        row = SandboxRefund.objects.filter(reference=reference).select_related("charge").first()
        if row and row.charge and not self._charge(row.charge.reference):
            row = None
        return sandbox_refund.look_of(sandbox_refund.turn(row)) if row else RefundLook("missing")

    def contest(self, payment: UUID, evidence: Evidence) -> Look:
        sandbox_faults.before("contest")
        if charge := self._charge(payment):
            contest(charge.pk, text=evidence.text)
        sandbox_faults.after("contest")
        return self._look(payment)

    def transactions(self, day: date) -> Sequence[Transaction]:
        sandbox_faults.before("transactions")
        turn_due()
        sandbox_refund.turn_due()
        return sandbox_books.lines(day, merchant=self.merchant)

    def payouts(self, day: date) -> Sequence[Payout]:
        sandbox_faults.before("payouts")
        return sandbox_books.payouts(day, merchant=self.merchant)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Reported:
        return sandbox_callback.read(headers, body)

    def _opened(self, intent: Intent) -> SandboxCharge:
        """The charge for an intent, as it was first asked for."""
        charge, is_new = SandboxCharge.objects.get_or_create(
            reference=intent.reference,
            defaults={
                "merchant": self.merchant, "amount_minor": intent.amount.minor, "currency": intent.amount.currency,
                "payee": intent.payee, "description": intent.description[:500], "return_url": intent.return_url,
                "cancel_url": intent.cancel_url, "created_at": clock.now(), "method": intent.method,
            },
        )  # fmt: skip
        if is_new and (mistaken := _mistaken(intent.amount)):
            charge.taken_minor, charge.taken_currency = mistaken.minor, mistaken.currency
            charge.save(update_fields=["taken_minor", "taken_currency"])
        return charge

    def _look(self, reference: UUID) -> Look:
        charge = self._charge(reference)
        if charge is None:
            return Look("missing")
        if charge.turns_at and charge.turns_at <= clock.now():
            charge = turn(charge.pk)
        amount = charge.taken if charge.debited_at else charge.amount
        look = Look(charge.status, amount, str(charge.pk), means_of(charge), charge.failure)  # type: ignore[arg-type]
        if charge.status != "charged_back":
            return look
        return replace(
            look, charged_back=left_of(charge), fee=Money(CHARGEBACK_FEE, amount.currency), answer_by=answer_by(charge)
        )

    def _charge(self, reference: UUID) -> SandboxCharge | None:
        found: SandboxCharge | None = self._own(SandboxCharge.objects.filter(reference=reference)).first()
        return found

    def _kept(self, reference: UUID) -> SandboxMeans | None:
        found: SandboxMeans | None = self._own(SandboxMeans.objects.filter(reference=reference)).first()
        return found

    def _own(self, rows: Any) -> Any:
        """The payee's own, and what was opened for none in particular."""
        return rows if self.merchant is None else rows.filter(Q(merchant=self.merchant) | Q(merchant=None))


def _mistaken(amount: Money) -> Money | None:
    """What is charged instead, where such a fault was asked for."""
    if sandbox_faults.happens("wrong_amount"):
        return Money(max(amount.minor - 1, 1), amount.currency)
    if sandbox_faults.happens("wrong_currency"):
        return Money(amount.minor, "USD" if amount.currency != "USD" else "EUR")
    return None
