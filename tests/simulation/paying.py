"""What is paid, in the books: held while on the way, booked as what came, open again when it goes back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.simulation.papers import ON_THE_WAY, Payment, Refund, Source
from tests.simulation.sums import Shares, Sums

MINUTE = timedelta(minutes=1)


@dataclass
class Paying(Sums):
    def may_pay(self, shares: Shares) -> bool:
        return len({self.invoices[to].currency for to in shares}) == 1 and all(
            0 < amount <= self.free(to) for to, amount in shares.items()
        )

    def pay(self, name: str, shares: Shares, now: datetime, *, is_transfer: bool) -> None:
        currency = self.invoices[next(iter(shares))].currency
        self.payments[name] = Payment(dict(shares), currency, now, is_transfer=is_transfer)
        for to, amount in shares.items():
            self.holds[name, to] = ("pending", amount)

    # --- plans: they give way to whatever is disputed, credited or settled meanwhile, and what is left is paid

    def plan(self, name: str, shares: Shares, day: date, now: datetime, *, saved: str) -> None:
        currency = self.invoices[next(iter(shares))].currency
        self.payments[name] = Payment(dict(shares), currency, now, "planned", planned_for=day, saved=saved)
        for to, amount in shares.items():
            self.holds[name, to] = ("planned", amount)

    def due_plans(self, day: date) -> list[str]:
        return [name for name, one in self.payments.items()
                if one.state == "planned" and one.planned_for and one.planned_for <= day]  # fmt: skip

    def review(self) -> None:
        """Who planned is told what is left of it; of what nothing is left is off."""
        for name, one in self.payments.items():
            if one.state == "planned":
                one.shares = {to: amount for (reason, to), (_, amount) in self.holds.items() if reason == name}
                one.state = "planned" if one.shares else "cancelled"

    def submit(self, name: str, now: datetime) -> None:
        """Its day has come."""
        self.review()
        one = self.payments[name]
        if one.state == "planned":
            one.state, one.entered = "submitted", now
            for to, amount in one.shares.items():
                self.holds[name, to] = ("pending", amount)

    # --- what is heard

    def hear(
        self, name: str, status: str, received: tuple[int, str] | None, now: datetime, back: int | None = None
    ) -> None:
        """What the gateway says of a payment. It is believed as it is, except that a settled payment is undone by a
        return or charge-back alone, and that `missing` counts from the second minute on. back: what of it the payer's
        bank took by the charge-back."""
        one = self.payments[name]
        waits = one.state in ON_THE_WAY
        if status in ("succeeded", "charged_back") and (waits or one.state in ("failed", "cancelled")):
            assert received
            self.settle(name, *received)
        elif status == "succeeded" and one.state == "charged_back":
            self.win_back(name)
        if status == "pending" and one.state in ("submitted", "unknown"):
            one.state = "pending"
        if status in ("failed", "cancelled") and waits:
            self.give_up(name, status)
        if status == "missing" and waits and now - one.entered > MINUTE:
            self.give_up(name, "failed")
        if status == "returned" and one.state not in ("returned", "charged_back"):
            self.go_back(name, "returned")
        if status == "charged_back" and one.state == "settled" and not self._waits_for_refund(name, back):
            self.charge_back(name, back)

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
                cash = f"{name}/{account}" + (f"~{one.wins}" if one.wins else "")
                self.sources[cash] = Source(account, currency, part, is_cash=True, payment=name)
                if currency == one.currency:
                    self._spread(cash, [to for to in order if self.invoices[to].account == account], one.shares)

    def charge_back(self, name: str, amount: int | None) -> None:
        """The payer's bank took all that was left, or a part of it: from one account after the other, unapplied money
        first, then off what is due last. What is on its way back to the payer is not there to be taken."""
        one, cash = self.payments[name], self._cash(name)
        one.state = "charged_back"
        left = sum(self.standing_of(name).values())
        one.back = (left if amount is None else min(amount, left), self._came_in(name))
        if one.back[0] == left and not any(self.sources[source].aside for source in cash):
            self.go_back(name, "charged_back")
            return
        wanted = one.back[0]
        for source in cash:
            own = self.sources[source]
            part = min(own.amount - own.aside - own.given - own.charged, wanted)
            missing = part - min(part, self.left(source))
            for to in reversed(self.by_due()):
                off = min(self.used(source, to), missing)
                if off:
                    self._use_less(source, to, off)
                missing -= off
            own.charged += part
            wanted -= part

    def win_back(self, name: str) -> None:
        """The money is there again: on what it was taken from, or, where that is gone, as though it came anew."""
        one = self.payments[name]
        assert one.back
        one.wins += 1
        again = [source for source in self._cash(name) if self.sources[source].charged]
        rest = one.back[0] - sum(self.sources[source].charged for source in again)
        for source in again:
            self.sources[source].charged = 0
        if rest:
            self.settle(name, rest, one.back[1])
            return
        one.state = "settled"
        for source in self._cash(name):
            own = [to for to in self.by_due() if self.invoices[to].account == self.sources[source].account]
            self._spread(source, [to for to in own if to in one.shares], one.shares)

    def _waits_for_refund(self, name: str, back: int | None) -> bool:
        """More was taken than is there beside what is on its way back: so that will not go, and is heard of first."""
        aside = sum(self.sources[source].aside for source in self._cash(name))
        return bool(aside) and back is not None and back > sum(self.standing_of(name).values())

    def _cash(self, name: str) -> list[str]:
        """What a payment brought and was not taken back, account by account."""
        mine = [source for source, one in self.sources.items() if one.payment == name and not one.gone]
        return sorted(mine, key=lambda source: self.sources[source].account)

    def by_due(self) -> list[str]:
        return sorted(self.invoices, key=lambda to: (self.invoices[to].due, list(self.invoices).index(to)))

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
        for to in reversed(self.by_due()):
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
