"""Random histories in four currencies, against a small ledger written separately; verify is clean after each step."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
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
SHARES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 120)), min_size=1, max_size=4)


class Histories(RuleBasedStateMachine):
    """Each call is tried on both; both do it or both refuse it."""

    invoices, receipts, credits, reasons = Bundle("invoices"), Bundle("receipts"), Bundle("credits"), Bundle("reasons")

    @initialize()
    def begin(self) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.world = World.make()
        self.reference = ReferenceLedger()
        self.rows: dict[Any, Any] = {}

    def teardown(self) -> None:
        if hasattr(self, "frame"):
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @rule(target=invoices, amount=AMOUNTS, currency=CURRENCIES, days=st.integers(-120, 20), branch=st.booleans())
    def post(self, amount: int, currency: str, days: int, branch: bool) -> Any:
        due = TODAY + timedelta(days=days)
        account = self.world.branch if branch else self.world.account
        draft = self.world.draft(Money(amount, currency), due_date=due, issue_date=due - timedelta(days=20))
        draft.account = account
        (invoice,) = posting.post_invoices(ACTOR, [draft], now=now())
        self.rows[invoice.pk] = invoice
        self.reference.invoices[invoice.pk] = Paper(account.number, currency, amount, due)
        return invoice.pk

    @rule(target=receipts, amount=AMOUNTS, currency=CURRENCIES, branch=st.booleans())
    def receive(self, amount: int, currency: str, branch: bool) -> Any:
        account = self.world.branch if branch else self.world.account
        receipt = self.world.receipt(Money(amount, currency), account=account)
        self.rows[receipt.pk] = receipt
        self.reference.receipts[receipt.pk] = Paper(account.number, currency, amount)
        return receipt.pk

    @rule(target=credits, amount=AMOUNTS, currency=CURRENCIES)
    def credit(self, amount: int, currency: str) -> Any:
        note = posting.post_credit_note(ACTOR, self.credit_draft(Money(amount, currency)))
        return self.note_credit(note, amount)

    @rule(target=credits, invoice=invoices, percent=st.integers(1, 150))
    def credit_an_invoice(self, invoice: Any, percent: int) -> Any:
        row = self.rows[invoice]
        amount = max(1, row.payable_minor * percent // 100)
        used = min(amount, self.reference.free(invoice))
        draft = self.credit_draft(Money(amount, row.currency))
        draft.account = row.account
        note = posting.post_credit_note(ACTOR, draft, apply_to=row)
        self.note_credit(note, amount)
        if used:
            self.reference.use(note.pk, {invoice: used})
        return note.pk

    @rule(source=st.one_of(receipts, credits), shares=SHARES)
    def apply(self, source: Any, shares: list[tuple[int, int]]) -> None:
        wanted = self.shares(shares)
        if not wanted:
            return
        call = posting.apply_receipt if source in self.reference.receipts else posting.apply_credit
        money = [(self.rows[key], Money(amount, self.rows[key].currency)) for key, amount in wanted.items()]
        allowed = self.reference.may_use(source, wanted)
        assert self.tried(lambda: call(ACTOR, self.rows[source], money)) == allowed
        if allowed:
            self.reference.use(source, wanted)

    @rule(receipt=receipts)
    def reverse(self, receipt: Any) -> None:
        allowed = not self.reference.receipts[receipt].gone
        assert self.tried(lambda: posting.reverse_receipt(ACTOR, self.rows[receipt], reason="R01")) == allowed
        if allowed:
            self.reference.take_back(receipt)

    @rule(source=st.one_of(receipts, credits))
    def unapply(self, source: Any) -> None:
        column = "receipt" if source in self.reference.receipts else "credit_note"
        standing = Application.objects.filter(**{column: source}, reverses=None, reversed_by=None)
        posting.reverse_applications(ACTOR, list(standing))
        self.reference.uses = [use for use in self.reference.uses if use[0] != source]

    @rule(target=reasons, kind=st.sampled_from(["disputed", "pending", "planned"]), shares=SHARES)
    def hold(self, kind: str, shares: list[tuple[int, int]]) -> Any:
        wanted, reason = self.shares(shares), uuid4()
        if not wanted:
            return multiple()
        money = [(self.rows[key], Money(amount, self.rows[key].currency)) for key, amount in wanted.items()]
        allowed = all(amount <= self.reference.free(key) for key, amount in wanted.items())
        called = self.tried(lambda: posting.place_holds(ACTOR, kind, reason=("payment", reason), shares=money))
        assert called == allowed
        if not allowed:
            return multiple()
        self.reference.holds.update({(reason, key): (kind, amount) for key, amount in wanted.items()})
        return reason

    @rule(reason=reasons)
    def release(self, reason: Any) -> None:
        posting.release_holds(ACTOR, ("payment", reason))
        self.reference.holds = {key: held for key, held in self.reference.holds.items() if key[0] != reason}

    @rule(reason=reasons, part=st.integers(0, 100))
    def shrink(self, reason: Any, part: int) -> None:
        for key, (kind, amount) in list(self.reference.holds.items()):
            if key[0] == reason:
                row, smaller = self.rows[key[1]], amount * part // 100
                posting.shrink_hold(ACTOR, ("payment", reason), invoice=row, amount=Money(smaller, row.currency))
                del self.reference.holds[key]
                if smaller:
                    self.reference.holds[key] = (kind, smaller)
                return

    @rule(invoice=invoices, amount=AMOUNTS, days=st.integers(-60, 60))
    def change(self, invoice: Any, amount: int, days: int) -> None:
        row, paper = self.rows[invoice], self.reference.invoices[invoice]
        assert paper.due is not None
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
            paper.amount, paper.due = amount, due

    @rule(target=credits, invoice=invoices)
    def withdraw(self, invoice: Any) -> Any:
        row = self.rows[invoice]
        allowed = self.reference.untouched(invoice) and not Invoice.objects.get(pk=invoice).withdrawn_at
        if not allowed:
            return multiple()
        note = posting.withdraw_invoice(ACTOR, row, reason="sent in error")
        self.note_credit(note, self.reference.invoices[invoice].amount)
        self.reference.use(note.pk, {invoice: self.reference.invoices[invoice].amount})
        return note.pk

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

    def note_credit(self, note: Any, amount: int) -> Any:
        self.rows[note.pk] = note
        self.reference.credits[note.pk] = Paper(note.account.number, note.currency, amount)
        return note.pk

    def shares(self, drawn: list[tuple[int, int]]) -> dict[Any, int]:
        """Invoices by place, with a percentage of their amount."""
        keys = list(self.reference.invoices)
        chosen = {keys[place % len(keys)]: percent for place, percent in drawn} if keys else {}
        return {key: max(1, self.reference.invoices[key].amount * percent // 100) for key, percent in chosen.items()}

    def tried(self, call: Any) -> bool:
        try:
            with transaction.atomic():
                call()
        except Refusal:
            return False
        return True


@pytest.mark.django_db
def test_any_history_gives_the_sums_of_a_ledger_written_separately() -> None:
    limits = settings(
        max_examples=rounds(150), stateful_step_count=25, deadline=None, derandomize=not PROVE,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Histories, settings=limits)


def test_the_reference_counts_in_decimals_of_the_currency() -> None:
    assert [Money(12345, code).amount for code in ("JPY", "EUR", "KWD", "CLF")] == [
        Decimal("12345"), Decimal("123.45"), Decimal("12.345"), Decimal("1.2345"),
    ]  # fmt: skip
