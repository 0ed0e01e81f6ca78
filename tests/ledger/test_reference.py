"""Random histories in four currencies, against a small ledger written separately; verify is clean after each step."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from eipp.kernel.clock import now
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import balance, posting
from eipp.ledger.application import Application
from eipp.ledger.draft import CreditNoteDraft
from eipp.ledger.invoice import Invoice
from eipp.ledger.verify import differences
from tests.counts import PROVE, rounds
from tests.ledger.reference_ledger import Paper, ReferenceLedger
from tests.ledger.world import ACTOR, World

TODAY = date(2026, 6, 15)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
AMOUNTS = st.integers(1, 400_000)
PLACES = st.integers(0, 11)
SHARES = st.lists(st.tuples(st.integers(0, 50), st.sampled_from([5, 20, 33, 50, 100, 101])), min_size=1, max_size=3)


class Histories(RuleBasedStateMachine):
    """Each call is tried on both; both do it or both refuse it."""

    @initialize(currencies=st.lists(CURRENCIES, min_size=2, max_size=2, unique=True))
    def begin(self, currencies: list[str]) -> None:
        """A world with something to act on: four invoices, three receipts, one credit note, in two currencies."""
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.world = World.make()
        self.reference = ReferenceLedger()
        self.rows: dict[Any, Any] = {}
        first, second = currencies
        for currency, days in ((first, 0), (first, -5), (first, 40), (second, 10)):
            self.post_one(10_000, currency, days, branch=days == 40)
        for currency in (first, first, second):
            self.receive_one(9_000, currency, branch=False)
        self.note_credit(posting.post_credit_note(ACTOR, self.credit_draft(Money(4_000, first))), 4_000)

    def teardown(self) -> None:
        if hasattr(self, "frame"):
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @rule(amount=AMOUNTS, currency=CURRENCIES, days=st.integers(-120, 20), branch=st.booleans())
    def post(self, amount: int, currency: str, days: int, branch: bool) -> None:
        self.post_one(amount, currency, days, branch)

    def post_one(self, amount: int, currency: str, days: int, branch: bool) -> None:
        due = TODAY + timedelta(days=days)
        account = self.world.branch if branch else self.world.account
        draft = self.world.draft(Money(amount, currency), due_date=due, issue_date=due - timedelta(days=20))
        draft.account = account
        (invoice,) = posting.post_invoices(ACTOR, [draft], now=now())
        self.rows[invoice.pk] = invoice
        self.reference.invoices[invoice.pk] = Paper(account.number, currency, amount, due)

    @rule(amount=AMOUNTS, currency=CURRENCIES, branch=st.booleans())
    def receive(self, amount: int, currency: str, branch: bool) -> None:
        self.receive_one(amount, currency, branch)

    def receive_one(self, amount: int, currency: str, branch: bool) -> None:
        account = self.world.branch if branch else self.world.account
        receipt = self.world.receipt(Money(amount, currency), account=account)
        self.rows[receipt.pk] = receipt
        self.reference.receipts[receipt.pk] = Paper(account.number, currency, amount)

    @rule(amount=AMOUNTS, currency=CURRENCIES)
    def credit(self, amount: int, currency: str) -> None:
        self.note_credit(posting.post_credit_note(ACTOR, self.credit_draft(Money(amount, currency))), amount)

    @rule(place=PLACES, percent=st.integers(1, 150))
    def credit_an_invoice(self, place: int, percent: int) -> None:
        invoice = self.at(place, self.reference.invoices)
        row = self.rows[invoice]
        amount = max(1, row.payable_minor * percent // 100)
        used = min(amount, self.reference.within_reach(invoice))
        draft = self.credit_draft(Money(amount, row.currency))
        draft.account = row.account
        note = posting.post_credit_note(ACTOR, draft, apply_to=row)
        self.note_credit(note, amount)
        if used:
            self.reference.use(note.pk, {invoice: used})

    @rule(place=PLACES, shares=SHARES, mixed=st.sampled_from([False, False, False, True]))
    def apply(self, place: int, shares: list[tuple[int, int]], mixed: bool) -> None:
        source = self.at(place, self.reference.receipts | self.reference.credits)
        wanted = self.shares(shares, currency="" if mixed else self.rows[source].currency)
        call = posting.apply_receipt if source in self.reference.receipts else posting.apply_credit
        money = [(self.rows[key], Money(amount, self.rows[key].currency)) for key, amount in wanted.items()]
        allowed = self.reference.may_use(source, wanted)
        assert self.tried(lambda: call(ACTOR, self.rows[source], money)) == allowed
        if allowed:
            self.reference.use(source, wanted)

    @rule(place=PLACES)
    def reverse(self, place: int) -> None:
        receipt = self.at(place, self.reference.receipts)
        allowed = not self.reference.receipts[receipt].gone
        assert self.tried(lambda: posting.reverse_receipt(ACTOR, self.rows[receipt], reason="R01")) == allowed
        if allowed:
            self.reference.take_back(receipt)

    @rule(place=PLACES)
    def unapply(self, place: int) -> None:
        source = self.at(place, self.reference.receipts | self.reference.credits)
        column = "receipt" if source in self.reference.receipts else "credit_note"
        standing = Application.objects.filter(**{column: source}, reverses=None, reversed_by=None)
        posting.reverse_applications(ACTOR, list(standing))
        self.reference.uses = [use for use in self.reference.uses if use[0] != source]

    @rule(kind=st.sampled_from(["disputed", "pending", "planned"]), shares=SHARES)
    def hold(self, kind: str, shares: list[tuple[int, int]]) -> None:
        wanted, reason = self.shares(shares), uuid4()
        money = [(self.rows[key], Money(amount, self.rows[key].currency)) for key, amount in wanted.items()]
        most = self.reference.within_reach if kind == "disputed" else self.reference.free
        allowed = all(amount <= most(key) for key, amount in wanted.items())
        called = self.tried(lambda: posting.place_holds(ACTOR, kind, reason=("payment", reason), shares=money))
        assert called == allowed
        if allowed:
            if kind == "disputed":
                self.reference.give_way(wanted)
            self.reference.holds.update({(reason, key): (kind, amount) for key, amount in wanted.items()})

    @precondition(lambda self: self.reference.holds)
    @rule(place=PLACES)
    def release(self, place: int) -> None:
        reason, _ = self.at(place, self.reference.holds)
        posting.release_holds(ACTOR, ("payment", reason))
        self.reference.holds = {key: held for key, held in self.reference.holds.items() if key[0] != reason}

    @precondition(lambda self: self.reference.holds)
    @rule(place=PLACES, part=st.integers(0, 100))
    def shrink(self, place: int, part: int) -> None:
        reason, invoice = key = self.at(place, self.reference.holds)
        kind, amount = self.reference.holds.pop(key)
        row, smaller = self.rows[invoice], amount * part // 100
        posting.shrink_hold(ACTOR, ("payment", reason), invoice=row, amount=Money(smaller, row.currency))
        if smaller:
            self.reference.holds[key] = (kind, smaller)

    @rule(place=PLACES, percent=st.sampled_from([50, 100, 100, 130]), days=st.integers(-60, 60))
    def change(self, place: int, percent: int, days: int) -> None:
        invoice = self.at(place, self.reference.invoices)
        row, paper = self.rows[invoice], self.reference.invoices[invoice]
        assert paper.due is not None
        amount = max(1, paper.amount * percent // 100)
        due = max(paper.due + timedelta(days=days), row.issue_date)
        draft = self.world.draft(
            Money(amount, row.currency), number=row.number, issue_date=row.issue_date, due_date=due
        )
        draft.account = row.account
        allowed = amount == paper.amount or self.reference.untouched(invoice)
        if row.withdrawn_at and amount != paper.amount:
            allowed = False
        assert self.tried(lambda: posting.revise_invoice(ACTOR, row, draft)) == allowed
        if allowed:
            if amount != paper.amount:
                self.reference.give_way({invoice: paper.amount})
            paper.amount, paper.due = amount, due

    @rule(place=PLACES)
    def withdraw(self, place: int) -> None:
        invoice = self.at(place, self.reference.invoices)
        amount = self.reference.invoices[invoice].amount
        gone = Invoice.objects.get(pk=invoice).withdrawn_at
        if self.reference.untouched(invoice) and not gone:
            note = posting.withdraw_invoice(ACTOR, self.rows[invoice], reason="sent in error")
            self.note_credit(note, amount)
            self.reference.use(note.pk, {invoice: amount})

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "reference"):
            return
        assert [str(difference) for difference in differences()] == []
        for row in Invoice.objects.filter(pk__in=self.reference.invoices):
            held = {kind: self.reference.held(row.pk, kind) for kind in ("disputed", "pending", "planned")}
            assert row.open_minor == self.reference.open(row.pk)
            assert {kind: getattr(row, f"{kind}_minor") for kind in held} == held
        expected = self.reference.summary(TODAY)
        for one in balance.summary(self.world.buyer_actor(), on=TODAY):
            sums = expected.pop(one.currency)
            payable = one.payable
            names = ("open", "disputed", "pending", "planned", "credit_notes", "unapplied", "payable", "due_now")
            assert {name: getattr(payable, name).minor for name in names} == {name: sums[name] for name in names}
            assert (one.due.open.minor, one.past_due.open.minor) == (sums["due"], sums["past_due"])
            assert payable.open_count == sums["count"]
            assert sum(part.amount.minor for part in one.parts()) == sums["open"]
        assert not any(any(sums.values()) for sums in expected.values())

    def credit_draft(self, amount: Money) -> CreditNoteDraft:
        return CreditNoteDraft(
            account=self.world.account, number="", issue_date=TODAY, currency=amount.currency, line_total=amount,
            tax_exclusive=amount, tax=Money.zero(amount.currency), tax_inclusive=amount, payable=amount,
        )  # fmt: skip

    def note_credit(self, note: Any, amount: int) -> None:
        self.rows[note.pk] = note
        self.reference.credits[note.pk] = Paper(note.account.number, note.currency, amount)

    def at(self, place: int, rows: Any) -> Any:
        return list(rows)[place % len(rows)]

    def shares(self, drawn: list[tuple[int, int]], *, currency: str = "") -> dict[Any, int]:
        """Invoices by place, with a percentage of their amount; of one currency, where there is one."""
        papers = self.reference.invoices
        keys = [key for key, paper in papers.items() if paper.currency == currency] or list(papers)
        chosen = {keys[place % len(keys)]: percent for place, percent in drawn}
        return {key: max(1, papers[key].amount * percent // 100) for key, percent in chosen.items()}

    def tried(self, call: Any) -> bool:
        try:
            with transaction.atomic():
                call()
        except Refusal:
            return False
        return True


@pytest.mark.long
@pytest.mark.django_db
def test_any_history_gives_the_sums_of_a_ledger_written_separately() -> None:
    limits = settings(
        max_examples=rounds(60), stateful_step_count=25, deadline=None, derandomize=not PROVE,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Histories, settings=limits)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(rounds(50)))
@pytest.mark.django_db
def test_a_long_seeded_history_gives_the_sums_of_a_ledger_written_separately(seed: int) -> None:
    """Broader than what a search for small examples tries: sixty moves, each as likely as the other."""
    chance = Random(seed)
    histories = Histories()
    histories.begin(chance.sample(["EUR", "JPY", "KWD", "CLF"], 2))
    try:
        for _ in range(60):
            MOVES[chance.randrange(len(MOVES))](histories, chance)
            histories.both_say_the_same()
    finally:
        histories.teardown()


def drawn_shares(chance: Random) -> list[tuple[int, int]]:
    return [(chance.randrange(12), chance.choice([5, 20, 33, 50, 100])) for _ in range(chance.randint(1, 3))]


def a_currency(histories: Histories, chance: Random) -> str:
    return chance.choice([paper.currency for paper in histories.reference.invoices.values()])


MOVES: list[Callable[[Histories, Random], None]] = [
    lambda h, c: h.post(c.randint(1, 10**6), a_currency(h, c), c.randint(-120, 20), c.random() < 0.3),
    lambda h, c: h.receive(c.randint(1, 10**6), a_currency(h, c), c.random() < 0.3),
    lambda h, c: h.credit(c.randint(1, 10**5), a_currency(h, c)),
    lambda h, c: h.credit_an_invoice(c.randrange(12), c.randint(1, 120)),
    lambda h, c: h.apply(c.randrange(12), drawn_shares(c), c.random() < 0.1),
    lambda h, c: h.apply(c.randrange(12), drawn_shares(c), False),
    lambda h, c: h.reverse(c.randrange(12)),
    lambda h, c: h.unapply(c.randrange(12)),
    lambda h, c: h.hold(c.choice(["disputed", "pending", "planned"]), drawn_shares(c)),
    lambda h, c: h.hold(c.choice(["disputed", "pending", "planned"]), drawn_shares(c)),
    lambda h, c: h.release(c.randrange(12)) if h.reference.holds else None,
    lambda h, c: h.shrink(c.randrange(12), c.randint(0, 100)) if h.reference.holds else None,
    lambda h, c: h.change(c.randrange(12), c.choice([50, 100, 100, 130]), c.randint(-60, 60)),
    lambda h, c: h.withdraw(c.randrange(12)) if c.random() < 0.3 else None,
]


def test_the_reference_counts_in_decimals_of_the_currency() -> None:
    assert [Money(12345, code).amount for code in ("JPY", "EUR", "KWD", "CLF")] == [
        Decimal("12345"), Decimal("123.45"), Decimal("12.345"), Decimal("1.2345"),
    ]  # fmt: skip
