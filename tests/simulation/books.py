"""The books as they must be: what the supplier gives back, what is disputed, and all that is paid (`paying.py`)."""

from dataclasses import dataclass

from tests.simulation.papers import Dispute, Source
from tests.simulation.paying import Paying


@dataclass
class Books(Paying):
    # --- credit

    def may_credit(self, invoice: str, amount: int) -> bool:
        return 0 < amount <= self.left_to_credit(invoice)

    def credit(self, name: str, invoice: str, amount: int) -> None:
        """A credit note is used at once for as much of its invoice as it can reach; the rest can be used for others."""
        about = self.invoices[invoice]
        self.sources[name] = Source(about.account, about.currency, amount, is_cash=False, corrects=invoice)
        self.use(name, {invoice: min(amount, self.reach(invoice))})

    def may_withdraw(self, invoice: str) -> bool:
        """Nothing of it is paid, disputed or on the way, something is open, and not all of it credited already."""
        touched = self.invoices[invoice].withdrawn or self.paid(invoice)
        touched = touched or self.held(invoice) > self.held(invoice, "planned")
        return not touched and self.open(invoice) > 0 and self.left_to_credit(invoice) > 0

    def withdraw(self, name: str, invoice: str) -> None:
        self.invoices[invoice].withdrawn = True
        self.give_way(invoice, self.reach(invoice))
        self.credit(name, invoice, self.left_to_credit(invoice))

    # --- disputes: what is disputed is held back until it is answered

    def may_dispute(self, invoice: str, amount: int) -> bool:
        return 0 < amount <= self.reach(invoice)

    def dispute(self, name: str, invoice: str, amount: int) -> None:
        self.disputes[name] = Dispute(invoice, amount)
        self.give_way(invoice, amount)
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
        held_again = one.state == "declined" and one.amount > self.reach(one.invoice)
        return one.state in ("declined", "proposed") and not one.escalated and not held_again

    def escalate(self, name: str) -> None:
        one = self.disputes[name]
        one.state, one.escalated = "escalated", True
        self.give_way(one.invoice, one.amount)
        self.holds[name, one.invoice] = ("disputed", one.amount)
