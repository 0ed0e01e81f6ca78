"""Money against an order before its invoice is kept apart, used for that invoice, and free when the order is not."""

from typing import Any

from eipp.ledger import payable
from eipp.ledger.models import AccountBalance, CashReceipt
from eipp.ledger.statement import statement
from tests.workflows.doing import assert_sound, eur, refused
from tests.world import World
from workflows import deposit


def money(world: World, amount: str, order: str = "PO-1", **more: Any) -> CashReceipt:
    """As the supplier's ERP posts it."""
    body = {"account": "10020", "amount": amount, "currency": "EUR", "received_on": "2026-03-02",
            "order_reference": order, **more}  # fmt: skip
    client, key = world.program("nordwind"), {"Idempotency-Key": f"deposit {order} {amount}"}
    answer = client.post("/api/v1/cash-receipts", body, content_type="application/json", headers=key)
    assert answer.status_code == 201, answer.content
    assert answer.json()["order_reference"] == order
    found: CashReceipt = CashReceipt.objects.get(pk=answer.json()["id"])
    return found


def test_a_deposit_is_no_credit_for_other_invoices_and_pays_the_one_that_names_its_order(world: World) -> None:
    tom, today = world.actor("tom"), world.invoice("10.00", account="tiny_account").issue_date
    kept = money(world, "30.00", "PO 1")
    (sums,) = payable.of_accounts(tom, on=today).values()
    assert (sums.payable, sums.unapplied, sums.deposits) == (eur("10.00"), eur("0.00"), eur("30.00"))
    assert sums.balance == eur("-20.00")
    other = world.invoice("25.00", account="tiny_account", order="PO-2")
    invoice = world.invoice("100.00", account="tiny_account", order="po 1")
    for row in (kept, other, invoice):
        row.refresh_from_db()
    assert (kept.unapplied, invoice.open, other.open) == (eur("0.00"), eur("70.00"), eur("25.00"))
    assert AccountBalance.objects.get(account=world.tiny_account, currency="EUR").deposit_minor == 0
    assert_sound()


def test_where_there_is_doubt_ar_decides(world: World) -> None:
    mona = world.actor("mona")
    first, second = money(world, "30.00"), money(world, "20.00")
    invoice = world.invoice("100.00", account="tiny_account", order="PO-1")
    invoice.refresh_from_db()
    assert invoice.open == eur("100.00")
    assert list(deposit.deposits_for(mona, invoice)) == [first, second]
    page = world.client("mona").get(f"/desk/payments/cash/{first.pk}/").content.decode()
    assert "Deposit for order" in page and invoice.number in page
    page = world.client("mona").get(f"/desk/invoices/{invoice.pk}/").content.decode()
    assert page.count("Deposit for its order") == 2 and f"/desk/payments/cash/{first.pk}/" in page
    apply = {"move": "apply", "invoice": str(invoice.pk), f"amount-{invoice.pk}": "30.00"}
    assert world.client("mona").post(f"/desk/payments/cash/{first.pk}/", apply).status_code == 302
    deposit.free(mona, second)
    second.refresh_from_db()
    assert (second.order_reference, second.unapplied) == ("", eur("20.00"))
    with refused("nothing_left", 409):
        deposit.keep_for_order(mona, first, "PO-9")
    with refused("order_missing", 422):
        deposit.keep_for_order(mona, second, " ")
    deposit.keep_for_order(mona, second, "PO-1")  # now it is the only one, and so is the invoice
    invoice.refresh_from_db()
    assert invoice.open == eur("50.00")
    assert_sound()


def test_a_deposit_stands_in_the_statement_and_in_the_summary_of_both_sides(world: World) -> None:
    money(world, "30.00", "PO-7")
    found = statement(world.actor("tom"), world.tiny_account)
    assert [item.what for section in found.sections for item in section.items] == ["Deposit for order PO-7"]
    summary = world.program("nordwind").get("/api/v1/summary").json()["currencies"]
    assert next(row for row in summary if row["currency"] == "EUR")["deposits"] == "30.00"
    for page in (world.client("tom").get("/"), world.client("mona").get(f"/desk/customers/{world.tiny_account.pk}/")):
        assert "Deposits for orders" in page.content.decode()
