"""A gateway that lies, stalls and repeats: it keeps the contract's form, and its own books of what it really did."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from eipp.gateways.bare import Bare
from eipp.gateways.gateway import Checkout, ForgedCallback, Intent, Look, NoAnswer, Reported
from eipp.kernel.money import Money


@dataclass
class Liar(Bare):
    """`silent`: which calls get no answer; `deaf`: which do not even reach it; `tells`: what look says instead."""

    name: str = "liar"
    title: str = "Liar"
    methods: Mapping[str, frozenset[str] | None] = field(default_factory=lambda: {"card": None, "bank_debit": None})
    books: dict[UUID, Look] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    deaf: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def open_checkout(self, intent: Intent) -> Checkout:
        self._asked("open_checkout")
        self.books.setdefault(intent.reference, Look("open", intent.amount, f"L-{intent.reference.hex[:8]}"))
        self._answered("open_checkout")
        return Checkout(f"https://liar.example/{intent.reference}", self.books[intent.reference].gateway_reference)

    def look(self, reference: UUID) -> Look:
        self._asked("look")
        self._answered("look")
        return self.books.get(reference, Look("missing"))

    def cancel(self, reference: UUID) -> Look:
        self._asked("cancel")
        if self.books.get(reference, Look("missing")).status == "open":
            self.becomes(reference, "cancelled", failure="checkout_expired")
        self._answered("cancel")
        return self.books.get(reference, Look("missing"))

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Reported:
        if headers.get("Signed") != "by the liar":
            raise ForgedCallback("not mine")
        return Reported("payment", UUID(body.decode()), body.decode())

    def becomes(self, reference: UUID, status: str, *, amount: Money | None = None, failure: str = "") -> None:
        """What really happens at the provider."""
        known = self.books.get(reference, Look("open"))
        self.books[reference] = replace(known, status=status, amount=amount or known.amount, failure=failure)

    def has(self, reference: UUID) -> Money | None:
        """The money that the provider holds for us."""
        look = self.books.get(reference, Look("missing"))
        return look.amount if look.status == "succeeded" else None

    def _asked(self, call: str) -> None:
        self.calls.append(call)
        if call in self.deaf:
            raise NoAnswer(f"{call} never arrived")

    def _answered(self, call: str) -> None:
        if call in self.silent:
            raise NoAnswer(f"{call} was not answered")


THE_LIAR = Liar()


def the_liar() -> Liar:
    """Named in settings.GATEWAYS, as a class would be."""
    return THE_LIAR
