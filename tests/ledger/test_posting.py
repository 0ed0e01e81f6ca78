"""Posting invoices and receipts: what is refused, what is kept, and that many cost as few statements as few."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from eipp.kernel.clock import now
from eipp.kernel.events import Event, about
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.draft import AllowanceChargeDraft, LineDraft
from eipp.ledger.models import AccountBalance, DueBalance, Invoice, Posting
from tests.ledger.world import ACTOR, World, composed


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def queries(call: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_an_invoice_keeps_every_fact_of_its_lines_allowances_charges_and_taxes(world: World) -> None:
    line = LineDraft(
        line_number="10.1", item_name="Schraube M8", description="verzinkt", seller_item_id="S-1", buyer_item_id="B-1",
        quantity=Decimal("10.123456"), unit="C62", unit_price=Decimal("1.23456789"), base_quantity=Decimal(1),
        net=euros("12.50"), tax_category="S", tax_rate=Decimal("19"), order_line_reference="7", note="by hand",
        allowances_charges=[AllowanceChargeDraft(is_charge=False, amount=euros("0.10"), reason="bulk")],
    )  # fmt: skip
    freight = AllowanceChargeDraft(is_charge=True, amount=euros("5.00"), tax_category="S", tax_rate=Decimal("19"))
    draft = composed(world.account, [line], allowances_charges=(freight,), order_reference="PO-77")
    (invoice,) = posting.post_invoices(ACTOR, [draft], now=now())
    row = Invoice.objects.get(pk=invoice.pk)
    kept = row.lines.get()
    assert (kept.quantity, kept.unit_price) == (Decimal("10.123456"), Decimal("1.23456789"))
    assert (kept.line_number, kept.order_line_reference, kept.note) == ("10.1", "7", "by hand")
    assert kept.allowances_charges.get().amount == euros("0.10")
    assert row.allowances_charges.get(line=None).amount == euros("5.00")
    assert (row.taxes.get().taxable, row.tax, row.payable) == (euros("17.50"), euros("3.33"), euros("20.83"))
    assert (row.buyer_id, row.supplier_id, row.due_date) == (world.buyer.pk, world.supplier.pk, date(2026, 5, 31))
    assert Posting.objects.get(invoice=row).amount == row.payable


def test_many_invoices_cost_as_many_statements_as_few(world: World) -> None:
    def post(number: int) -> None:
        drafts = [world.draft(Money(100 + n, "EUR")) for n in range(number)]
        posting.post_invoices(ACTOR, drafts, now=now())

    post(1)
    many = 200 if connection.vendor == "postgresql" else 15  # SQLite takes 999 values in one statement
    assert queries(lambda: post(many)) == queries(lambda: post(3)) <= 16


def test_a_payment_over_fifty_invoices_costs_as_many_statements_as_over_twenty(world: World) -> None:
    def pay(number: int) -> int:
        drafts = [world.draft(euros("10.00")) for _ in range(number)]
        invoices = posting.post_invoices(ACTOR, drafts, now=now())
        receipt = world.receipt(Money(1000 * number, "EUR"))
        reason = ("payment", uuid4())
        shares = [(invoice, invoice.open) for invoice in invoices]

        def whole() -> None:
            posting.place_holds(ACTOR, "pending", reason=reason, shares=shares)
            posting.release_holds(ACTOR, reason)
            posting.apply_receipt(ACTOR, receipt, shares)
            posting.reverse_receipt(ACTOR, receipt, reason="R01")

        return queries(whole)

    pay(1)
    assert pay(50) == pay(20)  # fewer than that are written in another way
    assert pay(50) <= pay(3) + 3


def test_a_taken_number_is_refused_and_none_of_the_batch_is_posted(world: World) -> None:
    world.invoice("10.00", number="R-1", external_id="erp-1")
    with pytest.raises(Refusal) as refused, transaction.atomic():
        posting.post_invoices(ACTOR, [world.draft(euros("1.00")), world.draft(euros("2.00"), number="R-1")], now=now())
    assert (refused.value.code, refused.value.status) == ("number_taken", 409)
    with pytest.raises(Refusal, match="erp-1"), transaction.atomic():
        world.invoice("10.00", number="R-2", external_id="erp-1")
    assert Invoice.objects.count() == 1
    world.invoice("10.00", number="R-1", issue_date=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"payable": euros("9.99")}, "totals_differ"),
        ({"tax": euros("0.01")}, "totals_differ"),
        ({"line_total": euros("10.01")}, "totals_differ"),
        ({"due_date": date(2026, 4, 30)}, "due_before_issue"),
        ({"order_reference": "x" * 201}, "too_long"),
        ({"prepaid": euros("20.00"), "payable": euros("-10.00")}, "negative_payable"),
        ({"payable": Money(1000, "USD")}, "wrong_currency"),
    ],
)
def test_a_draft_that_does_not_add_up_is_refused(world: World, change: dict[str, Any], code: str) -> None:
    draft = world.draft(euros("10.00"))
    for name, value in change.items():
        setattr(draft, name, value)
    with pytest.raises(Refusal) as refused, transaction.atomic():
        posting.post_invoices(ACTOR, [draft], now=now())
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert not Invoice.objects.exists()


def test_a_receipt_pays_invoices_of_two_accounts_of_the_buyer(world: World) -> None:
    draft = world.draft(euros("30.00"))
    draft.account = world.branch
    (ours,) = posting.post_invoices(ACTOR, [draft], now=now())
    other = world.invoice("20.00")
    receipt = world.receipt("60.00")
    posting.apply_receipt(ACTOR, receipt, [(ours, euros("30.00")), (other, euros("20.00"))])
    assert (ours.open, other.open, receipt.unapplied) == (euros("0.00"), euros("0.00"), euros("10.00"))
    assert ours.closed_at and ours.standing(date(2026, 6, 1)) == ["paid"]
    made = Event.objects.filter(name="application.made")
    assert made.count() == 2
    assert [event.name for event in about(ours)] == ["application.made"]
    assert [event.name for event in about(receipt)] == ["cash_receipt.posted", "application.made", "application.made"]
    assert AccountBalance.objects.get(account=world.account).last_payment == euros("60.00")


def test_a_returned_receipt_reopens_what_it_paid(world: World) -> None:
    invoice = world.invoice("100.00")
    receipt = world.receipt("100.00", received_on=date(2026, 6, 2))
    world.receipt("5.00", received_on=date(2026, 6, 1))
    posting.apply_receipt(ACTOR, receipt, [(invoice, euros("100.00"))])
    posting.reverse_receipt(ACTOR, receipt, reason="R01 insufficient funds")
    invoice.refresh_from_db()
    assert (invoice.open, invoice.closed_at, receipt.unapplied) == (euros("100.00"), None, euros("0.00"))
    assert [event.name for event in about(invoice)] == [
        "application.made", "application.reversed", "cash_receipt.reversed",
    ]  # fmt: skip
    assert AccountBalance.objects.get(account=world.account).last_payment_on == date(2026, 6, 1)
    with pytest.raises(Refusal, match="taken back before"), transaction.atomic():
        posting.reverse_receipt(ACTOR, receipt, reason="again")


def test_money_for_another_company_of_the_supplier_does_not_pay_this_one(world: World) -> None:
    from_other = world.receipt("10.00", legal_entity=world.second_entity())
    with pytest.raises(Refusal) as refused, transaction.atomic():
        posting.apply_receipt(ACTOR, from_other, [(world.invoice("10.00"), euros("10.00"))])
    assert refused.value.code == "other_payee"


def test_the_same_payment_is_posted_once(world: World) -> None:
    payment_id = uuid4()
    world.receipt("10.00", payment_id=payment_id)
    with pytest.raises(Refusal, match="posted already"), transaction.atomic():
        world.receipt("10.00", payment_id=payment_id)


def test_a_hold_takes_what_is_free_and_no_more(world: World) -> None:
    invoice = world.invoice("100.00")
    dispute, payment = ("dispute", uuid4()), ("payment", uuid4())
    posting.place_holds(ACTOR, "disputed", reason=dispute, shares=[(invoice, euros("30.00"))])
    with pytest.raises(Refusal) as refused, transaction.atomic():
        posting.place_holds(ACTOR, "pending", reason=payment, shares=[(invoice, euros("70.01"))])
    assert (refused.value.code, refused.value.status) == ("more_than_open", 409)
    assert "30.00 EUR in dispute" in refused.value.sentence and "70.00 EUR is free" in refused.value.sentence
    posting.place_holds(ACTOR, "planned", reason=payment, shares=[(invoice, euros("70.00"))])
    posting.place_holds(ACTOR, "pending", reason=payment, shares=[(invoice, euros("70.00"))])
    assert (invoice.disputed, invoice.planned, invoice.pending) == (euros("30.00"), euros("0.00"), euros("70.00"))
    posting.shrink_hold(ACTOR, dispute, invoice=invoice, amount=euros("10.00"))
    assert invoice.free == euros("20.00")
    assert invoice.standing(date(2026, 7, 1)) == ["disputed", "overdue", "on the way", "open"]
    posting.release_holds(ACTOR, payment, invoices=[invoice])
    posting.release_holds(ACTOR, dispute, invoices=[invoice])
    assert invoice.free == invoice.open == euros("100.00")


def test_the_ledger_is_changed_inside_a_transaction_only(world: World) -> None:
    atomic = connection.in_atomic_block
    connection.in_atomic_block = False
    try:
        with pytest.raises(RuntimeError, match="transaction"):
            posting.lock_accounts([world.account.pk])
    finally:
        connection.in_atomic_block = atomic


def test_documents_follow_an_account_that_finds_its_buyer(world: World) -> None:
    world.account.buyer = None
    world.account.save()
    invoice = world.invoice("10.00")
    assert not Invoice.objects.visible_to(world.buyer_actor()).exists()
    world.account.buyer = world.buyer
    world.account.save()
    posting.follow_account(world.account)
    assert Invoice.objects.visible_to(world.buyer_actor()).get() == invoice
    assert DueBalance.objects.visible_to(world.buyer_actor()).count() == 1
