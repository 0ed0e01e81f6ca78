"""Sums of what happened: plain dictionaries, written from the rules of the trade and from nothing of the platform.

They keep only what happened, and add it up whenever they are asked. Amounts are whole minor units of a currency; every
row has a short name, such as I3 for the third invoice, in the order in which it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulation.papers import Dispute, Invoice, Payment, Refund, Source

Shares = Mapping[str, int]


@dataclass
class Sums:
    invoices: dict[str, Invoice] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    uses: list[tuple[str, str, int]] = field(default_factory=list)  # source, invoice, amount
    holds: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)  # reason, invoice -> kind, amount

    def open(self, invoice: str) -> int:
        return self.invoices[invoice].amount - sum(amount for _, to, amount in self.uses if to == invoice)

    def paid(self, invoice: str) -> int:
        return sum(amount for source, to, amount in self.uses if to == invoice and self.sources[source].is_cash)

    def held(self, invoice: str, kind: str = "") -> int:
        return sum(amount for (_, to), (what, amount) in self.holds.items() if to == invoice and kind in ("", what))

    def free(self, invoice: str) -> int:
        return self.open(invoice) - self.held(invoice)

    def reach(self, invoice: str) -> int:
        """What is merely planned keeps nobody from disputing, crediting or settling it."""
        return self.free(invoice) + self.held(invoice, "planned")

    def left(self, source: str) -> int:
        one = self.sources[source]
        used = sum(amount for name, _, amount in self.uses if name == source)
        return 0 if one.gone else one.amount - used - one.aside - one.given - one.charged

    def used(self, source: str, invoice: str) -> int:
        return sum(amount for name, to, amount in self.uses if (name, to) == (source, invoice))

    def left_to_credit(self, invoice: str) -> int:
        """No more is credited for an invoice than it was over."""
        return self.invoices[invoice].amount - sum(
            one.amount for one in self.sources.values() if one.corrects == invoice
        )

    def standing_of(self, payment: str) -> dict[str, int]:
        """By currency, the cash that a payment brought and that is still ours."""
        sums: dict[str, int] = {}
        for one in self.sources.values():
            if one.payment == payment and not one.gone:
                sums[one.currency] = sums.get(one.currency, 0) + one.amount - one.aside - one.given - one.charged
        return {currency: amount for currency, amount in sums.items() if amount}

    # --- applying

    def may_use(self, source: str, shares: Shares) -> bool:
        """Never more than is left, never more than is free, never another currency's."""
        one = self.sources[source]
        return (
            bool(shares)
            and not one.gone
            and sum(shares.values()) <= self.left(source)
            and all(self.invoices[to].currency == one.currency for to in shares)
            and all(0 < amount <= self.reach(to) for to, amount in shares.items())
        )

    def use(self, source: str, shares: Shares) -> None:
        for to, amount in shares.items():
            self.give_way(to, amount)
            self.uses += [(source, to, amount)] if amount else []

    def take_off(self, source: str) -> None:
        """Its applications are undone; the money is still there."""
        self.uses = [use for use in self.uses if use[0] != source]

    def take_back(self, source: str) -> None:
        """The money itself is gone, and what it settled is open again."""
        self.take_off(source)
        self.sources[source].gone = True

    def give_way(self, invoice: str, amount: int) -> None:
        """Plans are lowered until so much of it is free, the latest first."""
        for (reason, to), (kind, planned) in reversed(list(self.holds.items())):
            lacking = amount - self.free(invoice)
            if to == invoice and kind == "planned" and lacking > 0:
                self.holds[reason, to] = (kind, planned - min(planned, lacking))
                if planned <= lacking:
                    del self.holds[reason, to]

    def release(self, reason: str) -> None:
        self.holds = {key: held for key, held in self.holds.items() if key[0] != reason}
