"""What the bank says: transfers that carry a payment's reference, an invoice's number, or nothing; returns."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from documents.upload import store_bytes
from eipp.kernel.money import Money
from tests.simulation.money import match_receipts
from tests.simulation.nature import Died
from tests.simulation.papers import Source
from tests.simulation.story import Difference, Story
from tests.workflows.bank_file import Line, camt
from workflows import bank_intake, cash_posting
from workflows.bank_statement import BankEntry, BankStatement

COMES_LATE = ("pending", "submitted", "unknown", "failed", "cancelled")


@dataclass
class Said:
    """One line as the books know it: about a payment, an invoice, an earlier line's cash, or nothing."""

    amount: int
    payment: str = ""
    invoice: str = ""
    back: str = ""
    end_to_end: str = ""


def sends_a_statement(story: Story) -> bool:
    """Up to three lines; the same file may come twice."""
    some = [_line(story) for _ in range(story.dice.randint(1, 3))]
    said = [one for at, one in enumerate(some) if not any(_same(one, other) for other in some[:at])]
    number = story.name("S")
    content = camt(*[_written(story, one) for one in said], sequence=None, opening="0.00",
                   number=f"{story.seed}-{number}").replace(b"OPBD", b"OPAV")  # fmt: skip
    story.tell(f"the bank sends {number}: {said}")
    for times in range(story.dice.choice((1, 1, 2))):
        stored = store_bytes(story.actor("clara"), content, name="statement")
        (taken,) = bank_intake.receive(story.actor("clara"), stored)
        if taken.outcome != ("repeated" if times else "created"):
            raise Difference(f"{number} was {taken.outcome}")
    story.kept.setdefault("statements", []).append((number, taken.statement.pk, said))
    return True


def applies_statements(story: Story) -> bool:
    """The worker's turn; where it dies, it begins anew."""
    waiting = story.kept.setdefault("statements", [])
    for number, statement, said in list(waiting):
        story.tell(f"the platform applies {number}")
        try:
            with story.nature.dying_after(story.fate(0.1)):
                cash_posting.apply_statement(statement)
        except Died:
            story.tell("  ... and died")
            if BankStatement.objects.get(pk=statement).applied_at is None and _untouched(statement):
                continue
        waiting.remove((number, statement, said))
        _note(story, said, list(BankEntry.objects.filter(statement=statement).order_by("position")))
    return bool(waiting)


def _line(story: Story) -> Said:
    books, what = story.books, story.dice.random()
    late = [name for name, one in books.payments.items() if one.is_transfer and one.state in COMES_LATE]
    if what < 0.5 and late:
        name = story.dice.choice(late)
        asked = sum(books.payments[name].shares.values())
        return Said(max(1, story.part(asked)), payment=name)
    euros = [name for name, one in books.invoices.items() if one.currency == "EUR"]
    if what < 0.7 and euros:
        name = story.dice.choice(euros)
        return Said(max(1, story.part(books.free(name))), invoice=name, end_to_end=story.name("X"))
    backs = [name for name in story.kept.get("lines", {}) if not books.sources[name].gone]
    if what < 0.85 and backs:
        name = story.dice.choice(backs)
        return Said(-books.sources[name].amount, back=name, end_to_end=story.kept["lines"][name])
    return Said(story.dice.randint(1, 20_000), end_to_end=story.name("X"))


def _same(one: Said, other: Said) -> bool:
    about = (one.payment, one.invoice, one.back)
    return any(about) and about == (other.payment, other.invoice, other.back)


def _written(story: Story, said: Said) -> Line:
    amount = f"{Decimal(said.amount) / 100:.2f}"
    if said.payment:
        return Line(amount, reference=story.row(said.payment).reference)
    if said.back:
        return Line(amount, end_to_end=f"{story.seed}-{said.end_to_end}", reason="AC04")
    text = story.row(said.invoice).number if said.invoice else ""
    return Line(amount, text=text, end_to_end=f"{story.seed}-{said.end_to_end}")


def _untouched(statement: UUID) -> bool:
    return not BankEntry.objects.filter(statement=statement, looked_at__isnull=False).exists()


def _note(story: Story, said: list[Said], entries: list[BankEntry]) -> None:
    """What is an invoice's is posted as one set, by what was free before; then what is a payment's, line by line."""
    books = story.books
    exact = [one.invoice and one.amount == books.free(one.invoice) for one in said]
    for one, entry, fits in zip(said, entries, exact, strict=True):
        if one.invoice:
            name = story.name("R")
            account = books.invoices[one.invoice].account
            books.sources[name] = Source(account, "EUR", one.amount, is_cash=True)
            books.use(name, {one.invoice: one.amount} if fits else {})
            _outcome(entry, "applied" if fits else "account")
            assert entry.receipt_id
            story.rows[name] = entry.receipt_id
            story.kept.setdefault("lines", {})[name] = one.end_to_end
    for one, entry in zip(said, entries, strict=True):
        if one.payment:
            settles = books.payments[one.payment].state in COMES_LATE
            _outcome(entry, "payment" if settles else "waiting")
            books.hear(one.payment, "succeeded", (one.amount, "EUR"), story.nature.now)
            match_receipts(story, one.payment)
        elif one.back:
            takes = not books.sources[one.back].gone
            _outcome(entry, "returned" if takes else "return")
            if takes:
                books.take_back(one.back)
        elif not one.invoice:
            _outcome(entry, "waiting")
        if entry.outcome == "waiting":
            name = story.name("E")
            story.rows[name] = entry.pk
            story.kept.setdefault("waiting", {})[name] = one.amount


def _outcome(entry: BankEntry, expected: str) -> None:
    if entry.outcome != expected:
        said = Money(entry.amount_minor, entry.currency)
        raise Difference(f"the bank's line over {said} is {entry.outcome} ({entry.because}), must be {expected}")
