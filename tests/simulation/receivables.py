"""What the supplier's people do: answer disputes, apply cash and credit, undo it, say whose money it is."""

from typing import Any
from uuid import UUID

from eipp.accounts.models import CustomerAccount
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.models import Application, CashReceipt, CreditNote
from tests.simulation.papers import Source
from tests.simulation.story import Story
from workflows import cash_application, refund_request, refund_talk
from workflows.refund import Refund

WHO = "clara"


def takes(story: Story) -> bool:
    return _moves(story, "take", ("opened", "escalated"), "in_review")


def accepts(story: Story) -> bool:
    """All of it or a part, now and then too much."""
    name = story.one_of(story.books.disputes)
    if name is None:
        return False
    one, note = story.books.disputes[name], story.name("C")
    amount = story.part(one.amount)

    def then(_: Any) -> None:
        story.books.accept(name, note, amount)
        story.rows[note] = CreditNote.objects.get(dispute_id=story.rows[name]).pk

    def call() -> None:
        row = story.row(name)
        row.accept(story.actor(WHO), amount=Money(amount, row.currency))

    return story.both(f"AR accepts {amount} of {name} by {note}", allowed=story.books.may_accept(name, amount),
                      call=call, then=then)  # fmt: skip


def declines(story: Story) -> bool:
    live = ("opened", "in_review", "proposed", "escalated")
    return _moves(story, "decline", live, "declined", reason="as agreed")


def proposes(story: Story) -> bool:
    name = story.one_of(story.books.disputes)
    if name is None:
        return False
    one = story.books.disputes[name]
    amount = story.part(one.amount)

    def then(_: Any) -> None:
        one.state, one.proposed = "proposed", amount

    def call() -> None:
        row = story.row(name)
        row.propose(story.actor(WHO), amount=Money(amount, row.currency))

    allowed = one.state in ("opened", "in_review", "escalated") and 0 < amount <= one.amount
    return story.both(f"AR proposes {amount} for {name}", allowed=allowed, call=call, then=then)


def applies(story: Story) -> bool:
    """Cash or credit that is left, to one or two invoices; now and then more than there is, or another currency's."""
    source = story.one_of(story.books.sources)
    if source is None:
        return False
    one = story.books.sources[source]
    wanted = [name for name, each in story.books.invoices.items()
              if story.books.open(name) and (each.currency == one.currency or story.dice.random() < 0.05)]  # fmt: skip
    if not wanted:
        return False
    some = story.dice.sample(wanted, min(len(wanted), story.dice.choice((1, 1, 2))))
    shares = {name: story.part(min(story.books.free(name), story.books.left(source)) or 1) for name in some}

    def call() -> None:
        rows = [story.row(name) for name in shares]
        money = [(row, Money(amount, row.currency)) for row, amount in zip(rows, shares.values(), strict=True)]
        if one.is_cash:
            cash_application.apply(story.actor(WHO), story.row(source), money)
        else:
            posting.apply_credit(story.actor(WHO), story.row(source), money)

    return story.both(f"AR applies {source} to {shares}", allowed=story.books.may_use(source, shares), call=call,
                      then=lambda _: story.books.use(source, shares))  # fmt: skip


def undoes(story: Story) -> bool:
    """All applications of one receipt."""
    source = story.one_of(name for name, one in story.books.sources.items() if one.is_cash)
    if source is None:
        return False
    used = any(use[0] == source for use in story.books.uses)

    def call() -> None:
        row: CashReceipt = story.row(source)
        standing = Application.objects.filter(receipt=row, reverses=None, reversed_by=None).select_related("invoice")
        cash_application.undo(story.actor(WHO), row, list(standing))

    return story.both(f"AR undoes the application of {source}", allowed=used, call=call,
                      then=lambda _: story.books.take_off(source))  # fmt: skip


def refunds(story: Story) -> bool:
    """Money goes back, in whole or part, now and then too much; asked for twice by one key, it goes once."""
    settled = [name for name, one in story.books.payments.items() if one.state == "settled" and not one.is_transfer]
    payment = story.one_of(settled)
    if payment is None:
        return False
    amount = story.part(sum(story.books.payments[payment].shares.values()))
    name, attempt = story.name("F"), UUID(int=story.dice.getrandbits(128), version=4)

    def call() -> Refund:
        row = story.row(payment)
        money = Money(amount, row.currency)
        return refund_request.request(story.actor(WHO), row, money, reason="sent back", attempt=attempt)

    def then(refund: Refund) -> None:
        if name not in story.books.refunds:
            story.books.refund(name, payment, amount)
            story.rows[name] = refund.pk
        assert refund.pk == story.rows[name], "the same refund was entered a second time"

    words = f"AR refunds {amount} of {payment} as {name}"
    allowed = story.books.may_refund(payment, amount) and story.came_as_meant(payment)
    if not story.both(words, allowed=allowed, call=call, then=then):
        return True
    if story.dice.random() < 0.3:
        story.both(f"{words}, again", allowed=True, call=call, then=then)
    if story.dice.random() < 0.9:  # else the process dies between its row and the call
        sends(story, name)
    return True


def sends(story: Story, name: str) -> None:
    one = story.books.refunds[name]
    with story.mood() as mood:
        story.tell(f"{name} is sent; the provider is {mood}")
        refund_talk.send(story.row(name))
    if mood == "well":
        story.books.hear_of_refund(name, story.provider.truth_of_refund(story.rows[name]).status)
    elif one.state == "submitted":
        one.state = "unknown"


def assigns(story: Story) -> bool:
    """Money of which nobody knew whose it is."""
    waiting = story.kept.setdefault("waiting", {})
    if not (entry := story.one_of(waiting)):
        return False
    amount, euros = waiting[entry], [one for one in story.scene.accounts.values() if one.currency == "EUR"]
    account: CustomerAccount = story.dice.choice(euros)

    def then(receipt: CashReceipt) -> None:
        del waiting[entry]
        name = f"{entry}/{account.number}"
        story.books.sources[name] = Source(account.number, "EUR", amount, is_cash=True)
        story.rows[name] = receipt.pk

    return story.both(f"AR says that {entry} is {account.number}'s", allowed=True, then=then,
                      call=lambda: cash_application.assign(story.actor(WHO), story.row(entry), account))  # fmt: skip


def _moves(story: Story, move: str, sources: tuple[str, ...], target: str, **facts: Any) -> bool:
    name = story.one_of(story.books.disputes)
    if name is None:
        return False
    one = story.books.disputes[name]

    def then(_: Any) -> None:
        one.state = target
        if target == "declined":
            story.books.release(name)

    return story.both(f"AR makes the move {move} of {name}", allowed=one.state in sources, then=then,
                      call=lambda: getattr(story.row(name), move)(story.actor(WHO), **facts))  # fmt: skip
