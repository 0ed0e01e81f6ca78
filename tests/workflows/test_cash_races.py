"""Many clerks at once on PostgreSQL: an entry is one customer's, no cent is applied twice; guards off, it is."""

from collections.abc import Callable
from functools import partial
from itertools import count

import pytest

from eipp.ledger.models import Application, CashReceipt, Invoice
from eipp.ledger.verify import verify
from tests.counts import rounds
from tests.workflows.at_once import THREADS, at_once, each_in_twenty, unlock
from tests.workflows.bank_file import Line, applied, camt, entries, load
from tests.workflows.doing import assert_sound, eur
from tests.world import World
from workflows import cash_application, cash_posting
from workflows.bank_statement import BankEntry

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = rounds(30)
TRIES = 60
_numbers = count(1)


def statement_of(world: World, *lines: Line) -> list[BankEntry]:
    """The entries of a statement that follows no other, once the worker has looked at them."""
    return list(entries(applied(world, camt(*lines, sequence=None, number=f"R-{next(_numbers)}", opening="0.00")
                                        .replace(b"OPBD", b"OPAV"))))  # fmt: skip


def waiting(world: World) -> BankEntry:
    return statement_of(world, Line("100.00", name=f"Stranger {next(_numbers)}"))[0]


def receipt(world: World, amount: str) -> CashReceipt:
    entry = waiting_of(world, amount)
    return cash_application.assign(world.actor("clara"), entry, world.tiny_account)


def waiting_of(world: World, amount: str) -> BankEntry:
    return statement_of(world, Line(amount, name=f"Stranger {next(_numbers)}"))[0]


def test_twenty_clerks_give_an_entry_to_one_customer(world: World) -> None:
    clara = world.actor("clara")
    accounts = [world.tiny_account, world.elsewhere_account]
    for _ in range(ROUNDS):
        entry = waiting(world)
        calls = [assigning(clara, entry, accounts[at % 2]) for at in range(THREADS)]
        results = at_once(*calls)
        assert sorted(results) == ["already_dealt_with"] * (THREADS - 1) + ["done"]
        assert CashReceipt.objects.filter(external_id__startswith=f"bank:{entry.pk}").count() == 1
    assert_sound()


def test_twenty_clerks_apply_no_more_than_came(world: World) -> None:
    clara = world.actor("clara")
    for _ in range(ROUNDS):
        one, invoice = receipt(world, "100.00"), world.invoice("5000.00", account="tiny_account")
        results = each_in_twenty(applying(clara, one, invoice, "60.00"))
        assert sorted(results) == ["done"] + ["more_than_left"] * (THREADS - 1)
    assert_sound()


def test_twenty_receipts_pay_an_invoice_no_more_than_it_is_open(world: World) -> None:
    clara = world.actor("clara")
    for _ in range(max(1, ROUNDS // 3)):
        receipts = [receipt(world, "10.00") for _ in range(THREADS)]
        invoice = world.invoice("95.00", account="tiny_account")
        results = at_once(*[applying(clara, each, invoice, "10.00") for each in receipts])
        assert sorted(results) == ["done"] * 9 + ["more_than_open"] * (THREADS - 9)
        invoice.refresh_from_db()
        assert invoice.open == eur("5.00")
    assert_sound()


def test_a_statement_and_a_clerk_at_once_pay_an_invoice_once(world: World) -> None:
    clara = world.actor("clara")
    for _ in range(ROUNDS):
        invoice, one = world.invoice("50.00", account="tiny_account"), receipt(world, "50.00")
        line = Line("50.00", text=invoice.number)
        statement = load(world, camt(line, sequence=None, number=f"R-{next(_numbers)}").replace(b"OPBD", b"OPAV"))
        results = at_once(applying(clara, one, invoice, "50.00"), partial(cash_posting.apply_statement, statement.pk))
        assert results[1] == "done"
        (entry,) = entries(statement)
        assert (results[0], entry.outcome) in {("done", "account"), ("more_than_open", "applied")}
        invoice.refresh_from_db()
        assert invoice.open == eur("0.00")
    assert_sound()


def test_two_workers_apply_a_statement_once(world: World) -> None:
    for _ in range(max(1, ROUNDS // 3)):
        lines = [Line("10.00", name="Tiny Studio")] * 5
        statement = load(world, camt(*lines, sequence=None, number=f"R-{next(_numbers)}").replace(b"OPBD", b"OPAV"))
        results = at_once(*[partial(cash_posting.apply_statement, statement.pk)] * 4)
        assert set(results) == {"done"}
        assert [entry.outcome for entry in entries(statement)] == ["account"] * 5
    assert_sound()


def test_control_without_locks_more_is_applied_than_came(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clara = world.actor("clara")
    prepared = [(receipt(world, "100.00"), world.invoice("5000.00", account="tiny_account")) for _ in range(TRIES)]
    unlock(monkeypatch)

    def fault() -> bool:
        one, invoice = prepared.pop()
        each_in_twenty(applying(clara, one, invoice, "60.00"))
        used = sum(row.amount_minor for row in Application.objects.filter(receipt=one))
        return used > one.amount_minor or bool(list(verify()))

    if not any(fault() for _ in range(TRIES)):
        pytest.fail("the control shows no fault: the tests beside it prove nothing")


def assigning(actor: object, entry: BankEntry, account: object) -> Callable[[], object]:
    return lambda: cash_application.assign(actor, entry, account)


def applying(actor: object, one: CashReceipt, invoice: Invoice, amount: str) -> Callable[[], object]:
    return lambda: cash_application.apply(actor, one, [(invoice, eur(amount))])
