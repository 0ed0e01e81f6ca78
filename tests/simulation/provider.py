"""A payment provider with books of its own: what really happened to the money, whoever dies, stalls or forgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from eipp.gateways.bare import Bare
from eipp.gateways.gateway import (
    Checkout,
    ForgedCallback,
    Intent,
    Look,
    Means,
    NoAnswer,
    RefundLook,
    RefundOrder,
    Reported,
    Setup,
    Transaction,
)
from eipp.kernel import clock
from eipp.kernel.money import Money

BEFORE = {
    "failed": ("open",),
    "cancelled": ("open",),
    "succeeded": ("pending", "charged_back"),
    "returned": ("pending", "succeeded"),
    "charged_back": ("succeeded",),
}


@dataclass
class Charge:
    """asked: what it was to be over; taken: what the payer's bank gave; charged: how often it was asked for it; back:
    what it took back by a charge-back, of which there is but one."""

    asked: Money
    method: str
    status: str = "open"
    taken: Money | None = None
    charged: int = 0
    failure: str = ""
    back: Money | None = None
    was_back: bool = False


@dataclass
class Sent:
    """Money that goes back to the payer."""

    payment: UUID
    amount: Money
    status: str = "pending"


@dataclass
class Provider(Bare):
    """declines: what is saved is charged in vain; mood: how it takes a call: `well`, `deaf` (the call never arrives) or
    `silent` (it does, and has no answer).

    said: what callbacks are under way about, as (kind, reference); lines: its books, as it would list them.
    """

    name: str = "simulated"
    title: str = "Simulated"
    methods: Mapping[str, frozenset[str] | None] = field(default_factory=lambda: {"card": None, "bank_debit": None})
    can: frozenset[str] = frozenset({"setup", "charge", "refund", "transactions"})
    charges: dict[UUID, Charge] = field(default_factory=dict)
    refunds: dict[UUID, Sent] = field(default_factory=dict)
    lines: list[Transaction] = field(default_factory=list)
    said: list[tuple[str, UUID]] = field(default_factory=list)
    mood: str = "well"
    declines: bool = False

    # --- what the platform calls

    def open_checkout(self, intent: Intent) -> Checkout:
        self._arrives()
        self.charges.setdefault(intent.reference, Charge(intent.amount, intent.method))
        self._answers()
        return Checkout(f"https://simulated.example/{intent.reference}", _told(intent.reference))

    def open_setup(self, setup: Setup) -> Checkout:
        return Checkout(f"https://simulated.example/keep/{setup.reference}", _told(setup.reference))

    def look_setup(self, reference: UUID) -> Means:
        return Means("saved", f"kept-{reference}", "card ending 4242", "4242")

    def charge(self, intent: Intent, token: str) -> Look:
        """What is kept, its owner not being there."""
        self._arrives()
        charge = self.charges.setdefault(intent.reference, Charge(intent.amount, intent.method))
        if self.declines and charge.status == "open":
            self.end(intent.reference, "failed", "card_declined")
        self.pay(intent.reference)
        self._answers()
        return self.truth(intent.reference)

    def look(self, reference: UUID) -> Look:
        self._arrives()
        self._answers()
        return self.truth(reference)

    def cancel(self, reference: UUID) -> Look:
        self._arrives()
        if reference in self.charges:
            self.end(reference, "cancelled", "checkout_expired")
        self._answers()
        return self.truth(reference)

    def refund(self, order: RefundOrder) -> RefundLook:
        self._arrives()
        if order.reference not in self.refunds:
            fits = order.amount.minor <= self.holds(order.payment).get(order.amount.currency, 0)
            self.refunds[order.reference] = Sent(order.payment, order.amount, "pending" if fits else "failed")
            if fits:
                self._line(order.reference, "refund", -order.amount)
        self._answers()
        return self.truth_of_refund(order.reference)

    def look_refund(self, reference: UUID) -> RefundLook:
        self._arrives()
        self._answers()
        return self.truth_of_refund(reference)

    def transactions(self, day: date) -> Sequence[Transaction]:
        self._arrives()
        self._answers()
        return [line for line in self.lines if line.on == day]

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Reported:
        if headers.get("Signed") != "simulated":
            raise ForgedCallback("not ours")
        kind, reference, event = body.decode().split()
        return Reported(kind, UUID(reference), event)

    # --- what payers and banks do

    def pay(self, reference: UUID, amount: Money | None = None) -> None:
        """The payer gives a card, or lets an account be debited; once, however often the button is pressed."""
        charge = self.charges[reference]
        if charge.status != "open":
            return
        held = self.holds(reference)
        charge.charged += 1
        charge.taken = amount or charge.asked
        self._becomes(reference, "pending" if charge.method == "bank_debit" else "succeeded", held)

    def end(self, reference: UUID, status: str, failure: str = "", *, part: int = 100) -> None:
        """What becomes of a charge, if it is where such a thing can happen to it; part: how many percent of what is
        left a charge-back takes."""
        charge, held = self.charges[reference], self.holds(reference)
        if charge.status not in BEFORE[status]:
            return
        if status == "charged_back":
            if charge.was_back or not (back := sum(held.values()) * part // 100):
                return
            charge.back, charge.was_back = Money(back, next(iter(held))), True
        elif charge.status == "charged_back":
            charge.back = None
        self._becomes(reference, status, held, failure)

    def end_refund(self, reference: UUID, status: str) -> None:
        """The payer's bank has taken it, or sent it back."""
        sent = self.refunds[reference]
        if sent.status == "pending":
            sent.status = status
            self.said.append(("refund", reference))
            if status == "failed":
                self._line(reference, "refund", sent.amount)

    # --- the truth

    def truth(self, reference: UUID) -> Look:
        charge = self.charges.get(reference)
        if charge is None:
            return Look("missing")
        amount, means = charge.taken or charge.asked, "card ending 4242"
        back = charge.back if charge.status == "charged_back" else None
        return Look(charge.status, amount, _told(reference), means, charge.failure, charged_back=back)

    def truth_of_refund(self, reference: UUID) -> RefundLook:
        sent = self.refunds.get(reference)
        return RefundLook(sent.status if sent else "missing")

    def holds(self, reference: UUID) -> dict[str, int]:
        """By currency, the money of a payment that it holds for us."""
        charge = self.charges.get(reference)
        if charge is None or charge.taken is None or charge.status not in ("succeeded", "charged_back"):
            return {}
        back = [sent for sent in self.refunds.values() if sent.payment == reference and sent.status != "failed"]
        left = charge.taken.minor - sum(sent.amount.minor for sent in back) - (charge.back.minor if charge.back else 0)
        return {charge.taken.currency: left} if left else {}

    def _becomes(self, reference: UUID, status: str, held: dict[str, int], failure: str = "") -> None:
        charge = self.charges[reference]
        kind = "chargeback" if charge.status == "charged_back" else "charge"
        kind = {"returned": "return", "charged_back": "chargeback"}.get(status, kind)
        charge.status, charge.failure = status, failure
        self.said.append(("payment", reference))
        for currency in {*held, *self.holds(reference)}:
            moved = self.holds(reference).get(currency, 0) - held.get(currency, 0)
            self._line(reference, kind, Money(moved, currency))

    def _line(self, reference: UUID, kind: str, amount: Money) -> None:
        day = clock.today("UTC")
        self.lines.append(Transaction(reference, kind, amount, day, _told(reference)))

    def _arrives(self) -> None:
        if self.mood == "deaf":
            raise NoAnswer("it never arrived")

    def _answers(self) -> None:
        if self.mood == "silent":
            raise NoAnswer("nobody answered")


def _told(reference: UUID) -> str:
    return f"S-{reference.hex[-8:]}"


THE_PROVIDER = Provider()


def the_provider() -> Provider:
    """Named in settings.GATEWAYS, as a class would be."""
    return THE_PROVIDER
