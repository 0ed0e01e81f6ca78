"""What the supplier's ERP does: posts, credits, takes back, books money; often twice, since it is never sure."""

from datetime import date, timedelta
from decimal import Decimal

from eipp.demo.bill import Bill, Good
from eipp.kernel.money import Money, decimals
from eipp.ledger import credit, posting
from eipp.ledger.models import CreditNote
from eipp.ledger.posting import Deposit
from tests.simulation.papers import Invoice, Source
from tests.simulation.story import Story
from workflows import erp_receipt
from workflows.presentment import Presentment
from workflows.receiving import Arrival, receive, receive_all

WHO = "erp"


def begins(story: Story) -> None:
    """A story begins with some invoices, sent together."""
    names = [story.name("I") for _ in range(story.dice.randint(2, 5))]
    bills = [_bill(story, name) for name in names]
    story.tell(f"the ERP posts {', '.join(names)}")
    receipts = receive_all(story.actor(WHO), [_arrival(bill) for bill in bills])
    for name, bill, receipt in zip(names, bills, receipts, strict=True):
        _note(story, name, bill, receipt.presentment)


def posts(story: Story) -> bool:
    name = story.name("I")
    bill = _bill(story, name)
    done = story.both(
        f"the ERP posts {name}", allowed=True, call=lambda: receive(story.actor(WHO), _arrival(bill)),
        then=lambda answer: _note(story, name, bill, answer.presentment),
    )  # fmt: skip
    return done or sends_again(story, bill, name)


def sends_again(story: Story, bill: Bill, name: str) -> bool:
    """It had no answer, and sends the same again."""
    return story.both(
        f"the ERP posts {name} again", allowed=True, call=lambda: receive(story.actor(WHO), _arrival(bill)),
        then=lambda answer: _note(story, name, bill, answer.presentment), mortal=False,
    )  # fmt: skip


def repeats(story: Story) -> bool:
    """The same document a second time is the same document."""
    if not (name := story.one_of(story.kept.get("bills", {}))):
        return False
    bill = story.kept["bills"][name]
    return story.both(
        f"the ERP repeats {name}", allowed=True, call=lambda: receive(story.actor(WHO), _arrival(bill)),
        then=lambda answer: None,
    )  # fmt: skip


def credits(story: Story) -> bool:
    """A credit note for an invoice, in full or in part, now and then for more than it was over."""
    invoice = story.one_of(story.books.invoices)
    if invoice is None:
        return False
    row, name = story.row(invoice), story.name("C")
    amount = story.part(story.books.invoices[invoice].amount)

    def call() -> CreditNote:
        draft = credit.credit_amount(row, Money(amount, row.currency), issue_date=story.nature.now.date())
        return posting.post_credit_note(story.actor(WHO), draft, apply_to=row)

    def then(note: CreditNote) -> None:
        story.books.credit(name, invoice, amount)
        story.rows[name] = note.pk

    allowed = story.books.may_credit(invoice, amount)
    return story.both(f"the ERP credits {amount} of {invoice} as {name}", allowed=allowed, call=call, then=then)


def withdraws(story: Story) -> bool:
    invoice = story.one_of(story.books.invoices)
    if invoice is None:
        return False
    name, allowed = story.name("C"), story.books.may_withdraw(invoice)

    def call() -> None:
        row = Presentment.objects.get(invoice=story.rows[invoice])
        row.withdraw(story.actor("mona"), reason="sent in error")

    def then(_: None) -> None:
        story.books.withdraw(name, invoice)
        story.rows[name] = CreditNote.objects.filter(corrects=story.rows[invoice]).latest("id").pk

    return story.both(f"the ERP withdraws {invoice} by {name}", allowed=allowed, call=call, then=then)


def books_money(story: Story) -> bool:
    """Money that the ERP has booked to an invoice or to the account; told twice, it is there once."""
    name, account = story.name("R"), story.scene.accounts[story.dice.choice(sorted(story.scene.accounts))]
    amount, invoice = story.dice.randint(1, 30_000), story.one_of(story.books.invoices)
    shares = {}
    if invoice and story.books.invoices[invoice].account == account.number and story.dice.random() < 0.6:
        shares = {invoice: min(amount, max(1, story.part(story.books.free(invoice))))}
    story.books.sources[name] = Source(account.number, account.currency, amount, is_cash=True)
    allowed = not shares or story.books.may_use(name, shares)
    del story.books.sources[name]
    deposit = Deposit(
        account=account, amount=Money(amount, account.currency), received_on=story.nature.now.date(), kind="erp",
        external_id=name, shares=[(story.row(to), Money(part, account.currency)) for to, part in shares.items()],
    )  # fmt: skip

    def then(answer: tuple) -> None:
        receipt, is_new = answer
        if is_new:
            story.books.sources[name] = Source(account.number, account.currency, amount, is_cash=True)
            story.books.use(name, shares)
            story.rows[name] = receipt.pk

    words = f"the ERP books {name}, {amount} of {account.number}, for {shares}"
    done = story.both(words, allowed=allowed, call=lambda: erp_receipt.take_receipt(story.actor(WHO), deposit),
                      then=then)  # fmt: skip
    if done and story.dice.random() < 0.3:
        story.both(f"{words}, again", allowed=True, mortal=False, then=then,
                   call=lambda: erp_receipt.take_receipt(story.actor(WHO), deposit))  # fmt: skip
    return True


def takes_money_back(story: Story) -> bool:
    """A receipt that it booked itself; what came by a payment of ours is not its to take back."""
    name = story.one_of(name for name, one in story.books.sources.items() if one.is_cash and name[0] in "RP")
    if name is None:
        return False
    one = story.books.sources[name]
    return story.both(
        f"the ERP takes {name} back", allowed=not one.gone and not one.payment,
        call=lambda: erp_receipt.reverse_receipt(story.actor(WHO), story.row(name), reason="booked in error"),
        then=lambda _: story.books.take_back(name),
    )  # fmt: skip


def _bill(story: Story, name: str) -> Bill:
    account = story.scene.accounts[story.dice.choice(sorted(story.scene.accounts))]
    places, today = decimals(account.currency), story.nature.now.date()
    price = Decimal(story.dice.randint(1, 40_000)).scaleb(-places)
    due = today + timedelta(days=story.dice.randint(-20, 40))
    return Bill(
        account=account, number=f"{story.seed}-{name}", currency=account.currency, issued=min(due, today), due=due,
        goods=((Good("Bolt M8", f"{price:f}"), Decimal(1)),), tax=story.dice.choice(("0", "19", "7")),
    )  # fmt: skip


def _arrival(bill: Bill) -> Arrival:
    return Arrival(
        bill.document(), channel="json", judged=True, account_number=bill.account.number, external_id=bill.number
    )


def _note(story: Story, name: str, bill: Bill, presentment: Presentment) -> None:
    invoice = presentment.invoice
    assert invoice, presentment.faults
    assert isinstance(bill.due, date)
    story.rows[name] = invoice.pk
    story.books.invoices[name] = Invoice(bill.account.number, bill.currency, invoice.payable_minor, bill.due)
    story.kept.setdefault("bills", {})[name] = bill
