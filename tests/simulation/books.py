"""The books as they must be: plain dictionaries, written from the rules of the trade and from nothing of the platform.

They keep only what happened, and add it up whenever they are asked. Amounts are whole minor units of a currency; every
row has a short name, such as I3 for the third invoice, in the order in which it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.papers import ON_THE_WAY, Dispute, Invoice, Payment, Refund, Source

MINUTE = timedelta(minutes=1)
Shares = Mapping[str, int]


@dataclass
class Books:
    invoices: dict[str, Invoice] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    uses: list[tuple[str, str, int]] = field(default_factory=list)  # source, invoice, amount
    holds: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)  # reason, invoice -> kind, amount

    # --- sums

    def open(self, invoice: str) -> int:
        return self.invoices[invoice].amount - sum(amount for _, to, amount in self.uses if to == invoice)

    def paid(self, invoice: str) -> int:
        return sum(amount for source, to, amount in self.uses if to == invoice and self.sources[source].is_cash)

    def held(self, invoice: str, kind: str = "") -> int:
        return sum(amount for (_, to), (what, amount) in self.holds.items() if to == invoice and kind in ("", what))

    def free(self, invoice: str) -> int:
        return self.open(invoice) - self.held(invoice)

    def left(self, source: str) -> int:
        one = self.sources[source]
        used = sum(amount for name, _, amount in self.uses if name == source)
        return 0 if one.gone else one.amount - used - one.aside - one.given

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
                sums[one.currency] = sums.get(one.currency, 0) + one.amount - one.aside - one.given
        return {currency: amount for currency, amount in sums.items() if amount}

    # --- credit

    def may_credit(self, invoice: str, amount: int) -> bool:
        return 0 < amount <= self.left_to_credit(invoice)

    def credit(self, name: str, invoice: str, amount: int) -> None:
        """A credit note is used at once for as much of its invoice as is free; the rest can be used for others."""
        about = self.invoices[invoice]
        self.sources[name] = Source(about.account, about.currency, amount, is_cash=False, corrects=invoice)
        self.use(name, {invoice: min(amount, self.free(invoice))})

    def may_withdraw(self, invoice: str) -> bool:
        """Nothing of it is paid, disputed or on the way, something is open, and not all of it credited already."""
        touched = self.invoices[invoice].withdrawn or self.paid(invoice) or self.held(invoice)
        return not touched and self.open(invoice) > 0 and self.left_to_credit(invoice) > 0

    def withdraw(self, name: str, invoice: str) -> None:
        self.invoices[invoice].withdrawn = True
        self.credit(name, invoice, self.left_to_credit(invoice))

    # --- applying

    def may_use(self, source: str, shares: Shares) -> bool:
        """Never more than is left, never more than is free, never another currency's."""
        one = self.sources[source]
        return (
            bool(shares)
            and not one.gone
            and sum(shares.values()) <= self.left(source)
            and all(self.invoices[to].currency == one.currency for to in shares)
            and all(0 < amount <= self.free(to) for to, amount in shares.items())
        )

    def use(self, source: str, shares: Shares) -> None:
        self.uses += [(source, to, amount) for to, amount in shares.items() if amount]

    def take_off(self, source: str) -> None:
        """Its applications are undone; the money is still there."""
        self.uses = [use for use in self.uses if use[0] != source]

    def take_back(self, source: str) -> None:
        """The money itself is gone, and what it settled is open again."""
        self.take_off(source)
        self.sources[source].gone = True

    # --- disputes: what is disputed is held back until it is answered

    def may_dispute(self, invoice: str, amount: int) -> bool:
        return 0 < amount <= self.free(invoice)

    def dispute(self, name: str, invoice: str, amount: int) -> None:
        self.disputes[name] = Dispute(invoice, amount)
        self.holds[name, invoice] = ("disputed", amount)

    def may_accept(self, name: str, amount: int) -> bool:
        one = self.disputes[name]
        return (
            one.state in ("opened", "in_review", "escalated")
            and 0 < amount <= one.amount
            and self.may_credit(one.invoice, amount)
        )

    def may_agree(self, name: str) -> bool:
        one = self.disputes[name]
        return one.state == "proposed" and self.may_credit(one.invoice, one.proposed)

    def accept(self, name: str, credit: str, amount: int) -> None:
        self.end_dispute(name, "accepted")
        self.credit(credit, self.disputes[name].invoice, amount)

    def end_dispute(self, name: str, state: str) -> None:
        self.disputes[name].state = state
        self.release(name)

    def may_escalate(self, name: str) -> bool:
        """Once, and only where what was given free is still free."""
        one = self.disputes[name]
        held_again = one.state == "declined" and one.amount > self.free(one.invoice)
        return one.state in ("declined", "proposed") and not one.escalated and not held_again

    def escalate(self, name: str) -> None:
        one = self.disputes[name]
        one.state, one.escalated = "escalated", True
        self.holds[name, one.invoice] = ("disputed", one.amount)

    def release(self, reason: str) -> None:
        self.holds = {key: held for key, held in self.holds.items() if key[0] != reason}

    # --- payments: held while on the way, booked as what came, open again when it goes back

    def may_pay(self, shares: Shares) -> bool:
        return len({self.invoices[to].currency for to in shares}) == 1 and all(
            0 < amount <= self.free(to) for to, amount in shares.items()
        )

    def pay(self, name: str, shares: Shares, now: datetime, *, is_transfer: bool) -> None:
        currency = self.invoices[next(iter(shares))].currency
        self.payments[name] = Payment(dict(shares), currency, now, is_transfer=is_transfer)
        for to, amount in shares.items():
            self.holds[name, to] = ("pending", amount)

    def hear(self, name: str, status: str, received: tuple[int, str] | None, now: datetime) -> None:
        """What the gateway says of a payment. It is believed as it is, except that a settled payment is undone by a
        return or charge-back alone, and that `missing` counts from the second minute on."""
        one = self.payments[name]
        waits = one.state in ON_THE_WAY
        if status in ("succeeded", "charged_back") and (waits or one.state in ("failed", "cancelled")):
            assert received
            self.settle(name, *received)
        if status == "pending" and one.state in ("submitted", "unknown"):
            one.state = "pending"
        if status in ("failed", "cancelled") and waits:
            self.give_up(name, status)
        if status == "missing" and waits and now - one.entered > MINUTE:
            self.give_up(name, "failed")
        if status == "returned" and one.state not in ("returned", "charged_back"):
            self.go_back(name, "returned")
        if status == "charged_back" and one.state == "settled":
            self.go_back(name, "charged_back")

    def settle(self, name: str, amount: int, currency: str) -> None:
        """What came is cash of the accounts that were to be paid, what is due first first; the rest is of the account
        of what is due first. Each invoice takes of its account's cash what was meant for it, as far as it is free."""
        one = self.payments[name]
        self.release(name)
        one.state = "settled"
        order = sorted(one.shares, key=lambda to: (self.invoices[to].due, list(self.invoices).index(to)))
        rest, parts = amount, dict[str, int]()
        for to in order if currency == one.currency else ():
            part = min(rest, one.shares[to])
            parts[self.invoices[to].account] = parts.get(self.invoices[to].account, 0) + part
            rest -= part
        first = self.invoices[order[0]].account
        parts[first] = parts.get(first, 0) + rest
        for account, part in parts.items():
            if part:
                cash = f"{name}/{account}"
                self.sources[cash] = Source(account, currency, part, is_cash=True, payment=name)
                if currency == one.currency:
                    self._spread(cash, [to for to in order if self.invoices[to].account == account], one.shares)

    def give_up(self, name: str, state: str) -> None:
        self.payments[name].state = state
        self.release(name)

    def go_back(self, name: str, state: str) -> None:
        self.give_up(name, state)
        for source, one in self.sources.items():
            if one.payment == name and not one.gone:
                self.take_back(source)

    # --- refunds: set aside as soon as they are to go, and never more than came

    def may_refund(self, payment: str, amount: int) -> bool:
        standing = self.standing_of(payment)
        return self.payments[payment].state == "settled" and 0 < amount <= standing.get(self._came_in(payment), 0)

    def refund(self, name: str, payment: str, amount: int) -> None:
        """Taken from what no invoice has taken; then off the invoices that are due last."""
        cash = [source for source, one in self.sources.items() if one.payment == payment and not one.gone]
        parts: list[tuple[str, str, int]] = []
        missing = amount
        for source in cash:
            if part := min(self.left(source), missing):
                parts.append((source, "", part))
                missing -= part
        order = sorted(self.invoices, key=lambda to: (self.invoices[to].due, list(self.invoices).index(to)))
        for to in reversed(order):
            for source in cash:
                if part := min(self.used(source, to), missing):
                    parts.append((source, to, part))
                    missing -= part
        self.refunds[name] = Refund(payment, amount, parts)
        for source, to, part in parts:
            if to:
                self._use_less(source, to, part)
            self.sources[source].aside += part

    def hear_of_refund(self, name: str, status: str) -> None:
        one = self.refunds[name]
        waits = one.state in ON_THE_WAY
        if status == "pending" and one.state in ("submitted", "unknown"):
            one.state = "pending"
        if status == "succeeded" and waits:
            one.state = "succeeded"
            for source, _, part in one.parts:
                self.sources[source].aside -= part
                self.sources[source].given += part
        if status == "failed" and waits:
            one.state = "failed"
            for source, _, part in one.parts:
                self.sources[source].aside -= part
                if self.sources[source].gone:
                    self.sources[source].given += part
            self._put_again(one)

    def _put_again(self, refund: Refund) -> None:
        """What was taken off an invoice goes onto it again, as far as it is free and the money is there."""
        for source, to, part in refund.parts:
            if to:
                self.use(source, {to: min(part, self.free(to), self.left(source))})

    def _use_less(self, source: str, invoice: str, amount: int) -> None:
        rest = self.used(source, invoice) - amount
        self.uses = [use for use in self.uses if use[:2] != (source, invoice)]
        self.use(source, {invoice: rest})

    def _came_in(self, payment: str) -> str:
        return next((one.currency for one in self.sources.values() if one.payment == payment and not one.gone), "")

    def _spread(self, source: str, order: list[str], meant: Shares) -> None:
        for to in order:
            self.use(source, {to: min(meant[to], self.free(to), self.left(source))})
