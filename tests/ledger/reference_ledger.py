"""A small ledger written separately: it keeps only what happened and adds everything up whenever it is asked."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass
class Paper:
    """An invoice, a receipt or a credit note: an amount of an account in a currency."""

    account: str
    currency: str
    amount: int
    due: date | None = None
    gone: bool = False


@dataclass
class ReferenceLedger:
    invoices: dict[Any, Paper] = field(default_factory=dict)
    receipts: dict[Any, Paper] = field(default_factory=dict)
    credits: dict[Any, Paper] = field(default_factory=dict)
    uses: list[tuple[Any, Any, int]] = field(default_factory=list)  # (source, invoice, amount)
    holds: dict[tuple[Any, Any], tuple[str, int]] = field(default_factory=dict)  # (reason, invoice) -> kind, amount

    def open(self, invoice: Any) -> int:
        return self.invoices[invoice].amount - sum(amount for _, to, amount in self.uses if to == invoice)

    def held(self, invoice: Any, *kinds: str) -> int:
        return sum(
            amount for (_, to), (kind, amount) in self.holds.items() if to == invoice and (not kinds or kind in kinds)
        )

    def free(self, invoice: Any) -> int:
        return self.open(invoice) - self.held(invoice)

    def within_reach(self, invoice: Any) -> int:
        """What a dispute, cash or credit may take: what is merely planned keeps nobody from it."""
        return self.free(invoice) + self.held(invoice, "planned")

    def give_way(self, shares: dict[Any, int]) -> None:
        """Plans are lowered until so much of each invoice is free, the latest plan first."""
        for invoice, amount in shares.items():
            lacking = amount - self.free(invoice)
            plans = [key for key, (kind, _) in self.holds.items() if key[1] == invoice and kind == "planned"]
            for key in reversed(plans):
                kind, planned = self.holds[key]
                cut = min(planned, max(0, lacking))
                lacking -= cut
                self.holds[key] = (kind, planned - cut)
                if cut == planned:
                    del self.holds[key]

    def left(self, source: Any) -> int:
        paper = self.receipts.get(source) or self.credits[source]
        return 0 if paper.gone else paper.amount - sum(amount for used, _, amount in self.uses if used == source)

    def may_use(self, source: Any, shares: dict[Any, int]) -> bool:
        paper = self.receipts.get(source) or self.credits[source]
        return (
            sum(shares.values()) <= self.left(source)
            and all(self.invoices[invoice].currency == paper.currency for invoice in shares)
            and all(0 < amount <= self.within_reach(invoice) for invoice, amount in shares.items())
        )

    def use(self, source: Any, shares: dict[Any, int]) -> None:
        self.give_way(shares)
        self.uses += [(source, invoice, amount) for invoice, amount in shares.items()]

    def take_back(self, receipt: Any) -> None:
        self.receipts[receipt].gone = True
        self.uses = [use for use in self.uses if use[0] != receipt]

    def untouched(self, invoice: Any) -> bool:
        """What is merely planned gives way, so that it holds up neither a correction nor a withdrawal."""
        return self.open(invoice) == self.invoices[invoice].amount == self.within_reach(invoice)

    def summary(self, on: date) -> dict[str, dict[str, int]]:
        """By currency: open, due, past due, held by kind, credits, unapplied, payable."""
        sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        by_account: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])  # free, credit, due and free
        for key, paper in self.invoices.items():
            assert paper.due is not None
            sum_, open_ = sums[paper.currency], self.open(key)
            sum_["open"] += open_
            sum_["due"] += open_ if paper.due <= on else 0
            sum_["past_due"] += open_ if paper.due < on else 0
            sum_["count"] += open_ > 0
            for kind in ("disputed", "pending", "planned"):
                sum_[kind] += self.held(key, kind)
            account = by_account[paper.account, paper.currency]
            account[0] += self.free(key)
            account[2] += self.free(key) if paper.due <= on else 0
        for name, papers in (("unapplied", self.receipts), ("credit_notes", self.credits)):
            for key, paper in papers.items():
                sums[paper.currency][name] += self.left(key)
                by_account[paper.account, paper.currency][1] += self.left(key)
        for (_, currency), (free, credit, due) in by_account.items():
            sums[currency]["payable"] += free - min(free, credit)
            sums[currency]["due_now"] += max(0, due - credit)
        return sums
