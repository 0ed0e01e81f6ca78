"""Many at once on PostgreSQL: part payments of up to 300 percent never take more than is open."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet, Sum

from eipp.kernel.clock import now
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.models import Application, CashReceipt, CreditNote, Invoice
from eipp.ledger.verify import differences
from tests.counts import rounds
from tests.ledger.test_balance import credit
from tests.ledger.world import ACTOR, World

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 20


@pytest.fixture
def world(transactional_db: None) -> World:
    with transaction.atomic():
        return World.make()


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The guard off: nobody locks anything."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows)
    yield


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Run the calls in threads that start together, each in its transaction; what came of each."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        try:
            barrier.wait(10)
            with transaction.atomic():
                call()
        except Refusal as refusal:
            return refusal.code
        except DatabaseError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def pay_three_times_over(world: World) -> tuple[Invoice, list[str]]:
    """Twenty part payments of 15 percent each, every one applied as if it were alone."""
    with transaction.atomic():
        invoice = world.invoice("100.00")
        receipts = [world.receipt("15.00") for _ in range(THREADS)]

    def applying(receipt: CashReceipt) -> Callable[[], Any]:
        return lambda: posting.apply_receipt(ACTOR, receipt, [(invoice, Money(1500, "EUR"))])

    return invoice, at_once(*[applying(receipt) for receipt in receipts])


def test_part_payments_of_three_hundred_percent_never_take_more_than_is_open(world: World) -> None:
    for _ in range(rounds(200)):
        invoice, results = pay_three_times_over(world)
        assert (results.count("done"), results.count("more_than_open")) == (6, THREADS - 6)
        invoice.refresh_from_db()
        paid = Application.objects.filter(invoice=invoice).aggregate(sum=Sum("amount_minor"))["sum"]
        assert (paid, invoice.open_minor) == (9000, 1000)
    assert list(differences()) == []


def test_without_the_lock_the_same_payments_take_too_much(world: World, unlocked: None) -> None:
    for _ in range(5):
        pay_three_times_over(world)
        if any(difference.check == "invoice open, by applications" for difference in differences()):
            return
    pytest.fail("the control shows no fault: the test above proves nothing")


def test_holds_payments_and_credits_at_once_share_out_what_is_open(world: World) -> None:
    for _ in range(rounds(50)):
        with transaction.atomic():
            invoice, receipt, note = world.invoice("100.00"), world.receipt("90.00"), credit(world, Money(9000, "EUR"))
        shares = [(invoice, Money(3000, "EUR"))]

        def hold() -> None:
            posting.place_holds(ACTOR, "disputed", reason=("dispute", uuid4()), shares=shares)  # noqa: B023

        def pay() -> None:
            posting.apply_receipt(ACTOR, receipt, shares)  # noqa: B023

        def use() -> None:
            posting.apply_credit(ACTOR, note, shares)  # noqa: B023

        results = at_once(*[hold, pay, use] * 3)
        assert (results.count("done"), results.count("more_than_open")) == (3, 6)
        assert Invoice.objects.get(pk=invoice.pk).free == Money(1000, "EUR")
    assert list(differences()) == []


def test_whoever_locks_many_accounts_in_any_order_never_deadlocks(world: World) -> None:
    with transaction.atomic():
        drafts = [world.draft(Money(100_000, "EUR")) for _ in range(10)]
        for draft in drafts[::2]:
            draft.account = world.branch
        invoices = posting.post_invoices(ACTOR, drafts, now=now())

    def hold(backwards: bool) -> None:
        chosen = invoices[::-1] if backwards else invoices
        reason = ("payment", uuid4())
        posting.place_holds(ACTOR, "pending", reason=reason, shares=[(one, Money(100, "EUR")) for one in chosen])
        posting.release_holds(ACTOR, reason)

    for _ in range(rounds(50)):
        assert set(at_once(*[lambda: hold(False), lambda: hold(True)] * 5)) == {"done"}
    assert list(differences()) == []


def test_one_number_is_posted_once(world: World) -> None:
    for attempt in range(rounds(50)):

        def post(number: str = f"R-{attempt}") -> None:
            world.invoice("10.00", number=number)

        def post_at_the_branch(number: str = f"R-{attempt}") -> None:
            draft = world.draft(Money(1000, "EUR"), number=number)
            draft.account = world.branch
            posting.post_invoices(ACTOR, [draft], now=now())

        results = at_once(*[post, post_at_the_branch] * 4)
        assert (results.count("done"), results.count("number_taken")) == (1, 7)


def test_our_numbers_have_no_gap_and_no_double_when_many_take_them(world: World) -> None:
    at_once(*[lambda: credit(world, Money(100, "EUR"))] * THREADS)
    numbers = sorted(CreditNote.objects.values_list("number", flat=True))
    assert numbers == [f"CN-2026-{number:05}" for number in range(1, THREADS + 1)]
