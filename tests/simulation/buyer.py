"""What the buyer does: pays by card, debit or transfer, clicks twice, gives up; disputes, agrees, insists."""

from typing import Any
from uuid import UUID

from eipp.kernel.money import Money
from eipp.ledger.models import CreditNote, Invoice
from tests.simulation.papers import LIVE
from tests.simulation.story import Story
from workflows import gateway_talk, intent
from workflows.dispute import Dispute, open_dispute
from workflows.payment import Payment

WAYS = (("simulated", "card"), ("simulated", "card"), ("simulated", "bank_debit"), ("bank_transfer", "bank_transfer"))


def pays(story: Story) -> bool:
    """One to three invoices, in full, in part or for too much; then the provider's page is opened, or is not."""
    chosen = [name for name in story.books.invoices if story.books.open(name) > 0]
    if not chosen:
        return False
    first = story.books.invoices[story.dice.choice(chosen)]
    same = [name for name in chosen if story.books.invoices[name].currency == first.currency]
    some = story.dice.sample(same, min(len(same), story.dice.choice((1, 1, 2, 3))))
    shares = {name: story.part(story.books.free(name) or story.books.open(name)) for name in some}
    gateway, method = story.dice.choice(WAYS)
    if first.currency != "EUR":
        gateway, method = WAYS[0]  # the supplier has a bank account for euros alone
    name, attempt = story.name("P"), UUID(int=story.dice.getrandbits(128), version=4)

    def then(payment: Payment) -> None:
        story.books.pay(name, shares, story.nature.now, is_transfer=method == "bank_transfer")
        story.rows[name] = payment.pk
        story.kept.setdefault("attempts", {})[name] = (attempt, shares, gateway, method)

    entered = story.both(
        f"the buyer pays {shares} by {method} as {name}", allowed=story.books.may_pay(shares),
        call=lambda: _enter(story, shares, attempt, gateway, method), then=then,
    )  # fmt: skip
    if entered and story.dice.random() < 0.9:  # else the process dies between its intent and the call
        opens(story, name)
    return True


def clicks_again(story: Story) -> bool:
    """The same attempt once more: the same payment; with other amounts it is refused."""
    if not (name := story.one_of(story.kept.get("attempts", {}))):
        return False
    attempt, shares, gateway, method = story.kept["attempts"][name]
    if story.dice.random() < 0.25:
        other = {to: amount + 1 for to, amount in shares.items()}
        call = lambda: _enter(story, other, attempt, gateway, method)  # noqa: E731
        return story.both(f"the buyer sends {name} again with other amounts", allowed=False, call=call,
                          then=lambda _: None)  # fmt: skip

    def then(payment: Payment) -> None:
        assert payment.pk == story.rows[name], f"{name} was entered a second time as {payment}"

    done = story.both(f"the buyer sends {name} again", allowed=True, then=then,
                      call=lambda: _enter(story, shares, attempt, gateway, method))  # fmt: skip
    if done and story.books.payments[name].state == "submitted":
        opens(story, name)
    return True


def opens(story: Story, name: str) -> None:
    """The provider's page is opened, which the provider may not hear, or not answer; a transfer is waited for."""
    one = story.books.payments[name]
    with story.mood() as mood:
        story.tell(f"the page of {name} is opened; the provider is {mood}")
        gateway_talk.open_checkout(story.row(name))
    if one.is_transfer:
        story.books.hear(name, "pending", None, story.nature.now)
    elif mood != "well" and one.state == "submitted":
        one.state = "unknown"


def cancels(story: Story) -> bool:
    name = story.one_of(story.books.payments)
    if name is None:
        return False
    one = story.books.payments[name]
    waits = ("submitted", "unknown", "pending") if one.is_transfer else ("submitted", "unknown")

    def then(_: None) -> None:
        if one.is_transfer:
            story.books.give_up(name, "cancelled")

    return story.both(
        f"the buyer cancels {name}", allowed=one.state in waits, then=then, mortal=False,
        call=lambda: gateway_talk.request_cancel(story.actor("tom"), story.row(name)),
    )  # fmt: skip


def disputes(story: Story) -> bool:
    invoice = story.one_of(story.books.invoices)
    if invoice is None:
        return False
    amount = story.part(story.books.free(invoice) or story.books.open(invoice))
    name, attempt = story.name("D"), UUID(int=story.dice.getrandbits(128), version=4)

    def call() -> Dispute:
        row: Invoice = story.row(invoice)
        facts: dict[str, Any] = {"reason": "price", "amount": Money(amount, row.currency), "attempt": attempt}
        return open_dispute(story.actor("tom"), row, **facts)

    def then(dispute: Dispute) -> None:
        if name not in story.books.disputes:
            story.books.dispute(name, invoice, amount)
            story.rows[name] = dispute.pk
        assert dispute.pk == story.rows[name], "the same dispute was opened a second time"

    words = f"the buyer disputes {amount} of {invoice} as {name}"
    done = story.both(words, allowed=story.books.may_dispute(invoice, amount), call=call, then=then)
    if done and story.dice.random() < 0.25:
        story.both(f"{words}, again", allowed=True, call=call, then=then)
    return True


def gives_in(story: Story) -> bool:
    return _moves(story, "withdraw", lambda one: one.state in LIVE, lambda name: _ends(story, name, "withdrawn"))


def insists(story: Story) -> bool:
    name = story.one_of(story.books.disputes)
    if name is None:
        return False
    return story.both(
        f"the buyer escalates {name}", allowed=story.books.may_escalate(name),
        call=lambda: story.row(name).escalate(story.actor("tom")), then=lambda _: story.books.escalate(name),
    )  # fmt: skip


def agrees(story: Story) -> bool:
    name = story.one_of(story.books.disputes)
    if name is None:
        return False
    note, one = story.name("C"), story.books.disputes[name]

    def then(_: Any) -> None:
        story.books.accept(name, note, one.proposed)
        story.rows[note] = CreditNote.objects.get(dispute_id=story.rows[name]).pk

    return story.both(f"the buyer agrees to {name} by {note}", allowed=story.books.may_agree(name), then=then,
                      call=lambda: story.row(name).agree(story.actor("tom")))  # fmt: skip


def _moves(story: Story, move: str, may: Any, then: Any) -> bool:
    name = story.one_of(story.books.disputes)
    if name is None:
        return False
    return story.both(
        f"the buyer makes the move {move} of {name}", allowed=may(story.books.disputes[name]),
        call=lambda: getattr(story.row(name), move)(story.actor("tom")), then=lambda _: then(name),
    )  # fmt: skip


def _ends(story: Story, name: str, state: str) -> None:
    story.books.end_dispute(name, state)


def _enter(story: Story, shares: dict[str, int], attempt: UUID, gateway: str, method: str) -> Payment:
    rows = [(story.row(name), amount) for name, amount in shares.items()]
    money = [(row, Money(amount, row.currency)) for row, amount in rows]
    return intent.enter(story.actor("tom"), money, gateway=gateway, method=method, attempt=attempt)
