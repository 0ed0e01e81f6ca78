"""Bare: what a gateway answers that can no more than take a payment on its own page. Others add to it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn, Self
from uuid import UUID

from eipp.accounts.models import LegalEntity
from eipp.gateways.credential import Credential
from eipp.gateways.evidence import Evidence
from eipp.gateways.intent import Checkout, Intent, Look
from eipp.gateways.means import Means, Setup
from eipp.gateways.refund import RefundLook, RefundOrder
from eipp.gateways.reported import ForgedCallback, Reported
from eipp.gateways.transaction import Payout, Transaction
from eipp.kernel.refusal import Refusal


class Bare:
    """Refuses (409, `gateway_cannot`) what its `can` does not name; knows nothing of what it never took."""

    title = ""
    can: frozenset[str] = frozenset()
    wants: Sequence[Credential] = ()

    def for_payee(self, payee: LegalEntity) -> Self:
        return self

    def charge(self, intent: Intent, token: str) -> Look:
        self._cannot("charge a saved card or account")

    def open_setup(self, setup: Setup) -> Checkout:
        self._cannot("keep a card or account")

    def look_setup(self, reference: UUID) -> Means:
        return Means("missing")

    def verify(self, reference: UUID, amounts_minor: Sequence[int]) -> Means:
        self._cannot("verify an account")

    def forget(self, token: str) -> None:
        self._cannot("keep a card or account")

    def refund(self, order: RefundOrder) -> RefundLook:
        self._cannot("send money back")

    def look_refund(self, reference: UUID) -> RefundLook:
        return RefundLook("missing")

    def contest(self, payment: UUID, evidence: Evidence) -> Look:
        self._cannot("answer a charge-back")

    def transactions(self, day: date) -> Sequence[Transaction]:
        self._cannot("list its transactions")

    def payouts(self, day: date) -> Sequence[Payout]:
        self._cannot("list its payouts")

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Reported:
        raise ForgedCallback(f"{self.title} calls nobody back")

    def _cannot(self, what: str) -> NoReturn:
        raise Refusal("gateway_cannot", f"{self.title} cannot {what}.")
