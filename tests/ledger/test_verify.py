"""Whoever changes the ledger behind its back is refused by the database or named by `manage.py verify`."""

from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from eipp.kernel.append_only import lifted
from eipp.kernel.clock import now
from eipp.kernel.money import Money
from eipp.ledger import credit, posting
from eipp.ledger.models import Application, Posting
from eipp.ledger.verify import differences
from eipp.ledger.verify_checks import CHECKS
from tests.ledger.world import ACTOR, World


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def made_busy(world: World) -> World:
    """An invoice with payment, credit and every kind of hold, one paid from another account, one withdrawn."""
    invoice, closed = world.invoice("500.00", number="R-1"), world.invoice("20.00", number="R-2")
    receipt = world.receipt("150.00", reference="rent")
    posting.apply_receipt(ACTOR, receipt, [(invoice, euros("100.00")), (closed, euros("20.00"))])
    draft = credit.credit_amount(invoice, euros("50.00"), issue_date=date(2026, 6, 1))
    posting.post_credit_note(ACTOR, draft, apply_to=invoice)
    for kind in ("disputed", "pending", "planned"):
        posting.place_holds(ACTOR, kind, reason=("payment", uuid4()), shares=[(invoice, euros("10.00"))])
    for kind in ("promised", "announced"):
        expected = {"shares": [(invoice, euros("12.00"))], "expected_on": date(2026, 6, 9)}
        posting.expect(ACTOR, kind, reason=("promise", uuid4()), **expected)
    elsewhere = world.draft(euros("30.00"), number="R-3")
    elsewhere.account = world.branch
    (of_branch,) = posting.post_invoices(ACTOR, [elsewhere], now=now())
    posting.apply_receipt(ACTOR, receipt, [(of_branch, euros("7.00"))])
    posting.withdraw_invoice(ACTOR, world.invoice("5.00", number="R-4"), reason="twice")
    assert list(differences()) == []
    return world


@pytest.fixture
def busy(world: World) -> World:
    return made_busy(world)


@pytest.fixture
def committed(transactional_db: None) -> World:
    with transaction.atomic():
        return made_busy(World.make())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_invoice SET open_minor = -1, paid_minor = payable_minor + 1 - credited_minor",
        "UPDATE ledger_invoice SET open_minor = open_minor - 1 WHERE number = 'R-1'",
        "UPDATE ledger_invoice SET held_minor = held_minor + 1 WHERE number = 'R-1'",
        "UPDATE ledger_invoice SET disputed_minor = -1, pending_minor = pending_minor + 1001 WHERE number = 'R-1'",
        "UPDATE ledger_invoice SET held_minor = 40000, planned_minor = 38000 WHERE number = 'R-1'",
        "UPDATE ledger_invoice SET payable_minor = payable_minor + 1, open_minor = open_minor + 1",
        "UPDATE ledger_invoice SET tax_minor = tax_minor + 1",
        "UPDATE ledger_invoice SET number = 'R-1' WHERE number = 'R-2'",
        "UPDATE ledger_creditnote SET open_minor = payable_minor + 1",
        "UPDATE ledger_cashreceipt SET unapplied_minor = -1",
        "UPDATE ledger_cashreceipt SET unapplied_minor = amount_minor + 1",
        "UPDATE ledger_cashreceipt SET reversed_at = posted_at",
        "UPDATE ledger_hold SET amount_minor = 0",
        "UPDATE ledger_accountbalance SET disputed_minor = receivable_minor + 1",
        "UPDATE ledger_duebalance SET open_count = -1",
        "UPDATE ledger_expectation SET amount_minor = 0",
        "UPDATE ledger_accountbalance SET promised_minor = receivable_minor",
    ],
)
def test_the_database_refuses_amounts_that_cannot_be(busy: World, statement: str) -> None:
    with pytest.raises(IntegrityError):
        execute(statement)


_R1 = "WHERE number = 'R-1'"


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        (f"UPDATE ledger_invoice SET open_minor = open_minor - 1, paid_minor = paid_minor + 1 {_R1}",
         {"invoice open, by applications", "invoice open, by postings", "invoice paid",
          "account receivable, by invoices", "due date open"}),
        (f"UPDATE ledger_invoice SET credited_minor = credited_minor - 1, paid_minor = paid_minor + 1 {_R1}",
         {"invoice paid", "invoice credited"}),
        (f"UPDATE ledger_invoice SET disputed_minor = disputed_minor - 1, pending_minor = pending_minor + 1 {_R1}",
         {"invoice disputed", "invoice on the way", "account disputed", "account on the way", "due date disputed",
          "due date on the way"}),
        ("UPDATE ledger_invoice SET closed_at = NULL WHERE number = 'R-2'", {"invoice closed"}),
        (f"UPDATE ledger_invoice SET due_date = '2027-01-01' {_R1}",
         {"due date open", "due date disputed", "due date on the way", "due date planned", "due date payable",
          "due date open invoices", "due date promised", "due date announced"}),
        ("UPDATE ledger_cashreceipt SET unapplied_minor = unapplied_minor - 1",
         {"cash receipt unapplied, by applications", "cash receipt unapplied, by postings"}),
        ("UPDATE ledger_hold SET amount_minor = 999 WHERE kind = 'planned'", {"invoice planned"}),
        ("UPDATE ledger_accountbalance SET receivable_minor = receivable_minor + 1",
         {"account receivable, by invoices", "account receivable, by postings"}),
        ("UPDATE ledger_accountbalance SET credit_minor = 1", {"account credit, by postings"}),
        ("UPDATE ledger_accountbalance SET unapplied_minor = 1", {"account unapplied, by postings"}),
        ("UPDATE ledger_accountbalance SET planned_minor = 0", {"account planned"}),
        ("UPDATE ledger_expectation SET amount_minor = 999 WHERE kind = 'promised'", {"invoice promised"}),
        ("UPDATE ledger_duebalance SET announced_minor = 0", {"due date announced"}),
        ("UPDATE ledger_accountbalance SET promised_minor = 0", {"account promised"}),
        ("UPDATE ledger_accountbalance SET payable_minor = 0, open_count = 0",
         {"account payable", "account open invoices"}),
        ("UPDATE ledger_accountbalance SET invoiced_minor = 0, invoice_count = 0",
         {"account invoiced", "account invoices"}),
        ("UPDATE ledger_accountbalance SET last_payment_on = '2020-01-01'", {"account last payment"}),
        ("DELETE FROM ledger_accountbalance WHERE unapplied_minor = 0",
         {"account receivable, by invoices", "account receivable, by postings", "account invoiced",
          "account invoices", "account payable", "account open invoices"}),
    ],
)  # fmt: skip
def test_a_balance_changed_behind_the_ledgers_back_is_named(busy: World, statement: str, checks: set[str]) -> None:
    execute(statement)
    assert {difference.check for difference in differences()} == checks


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE kind = 'credit_note'",
         "credit note open, by postings"),
        ("UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE kind = 'receipt'",
         "cash receipt in cash, by postings"),
        ("UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE source = 'transfer'",
         "transfers between accounts"),
        ("UPDATE ledger_application SET amount_minor = amount_minor + 1 WHERE credit_note_id IS NOT NULL",
         "credit note open, by applications"),
    ],
)  # fmt: skip
def test_a_tampered_row_is_named(statement: str, check: str, committed: World) -> None:
    with lifted(connection):
        execute(statement)
    assert check in {difference.check for difference in differences()}


@pytest.mark.parametrize("table", ["ledger_posting", "ledger_application"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET amount_minor = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_postings_and_applications_are_only_ever_added(busy: World, table: str, statement: str) -> None:
    if connection.vendor == "sqlite" and statement.startswith("TRUNCATE"):
        statement = "DELETE FROM {} WHERE 1 = 1"  # SQLite's truncate is a delete of all rows
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what this test has just written stops the truncate before us
    with pytest.raises(DatabaseError, match="append-only"):
        execute(statement.format(table))


def test_a_row_in_hand_refuses_too(busy: World) -> None:
    for row in (Posting.objects.first(), Application.objects.first()):
        assert row is not None
        with pytest.raises(TypeError, match="never changed"):
            row.save()
        with pytest.raises(TypeError, match="never changed"):
            row.delete()


def test_the_command_names_each_difference_and_ends_with_one(busy: World) -> None:
    said = StringIO()
    call_command("verify", stdout=said)
    assert "as they were written" in said.getvalue()
    execute("UPDATE ledger_accountbalance SET credit_minor = 7")
    with pytest.raises(CommandError, match="difference"):
        call_command("verify", stdout=said)
    assert "account credit, by postings: 1001 EUR is kept as 7, recomputed 0" in said.getvalue()


def test_every_check_runs_on_an_empty_ledger(db: None) -> None:
    assert list(differences()) == [] and len(CHECKS) > 30
