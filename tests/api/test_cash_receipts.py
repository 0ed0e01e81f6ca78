"""Cash receipts that an ERP posts: once by their id, applied to invoices by number, taken back by a reversal."""

from typing import Any
from uuid import uuid4

import pytest

from eipp.kernel import events
from eipp.ledger.models import CashReceipt
from eipp.ledger.verify import differences
from tests.api.cast import BUYER_SCOPES, Cast, caller


def money(**changes: Any) -> dict[str, Any]:
    return {
        "external_id": "BANK-7", "account": "C-1001", "amount": "200.00", "currency": "EUR",
        "received_on": "2026-03-11", "reference": "our invoices of March", **changes,
    }  # fmt: skip


def post(cast: Cast, written: dict[str, Any]) -> Any:
    return cast.erp.post("cash-receipts", written, Idempotency_Key=uuid4().hex)


def test_money_is_posted_and_applied_and_both_sides_see_it(cast: Cast) -> None:
    id = cast.invoice(number="2026-1")
    response = post(cast, money(applications=[{"invoice": "2026-1", "amount": "166.60"}]))
    assert response.status_code == 201, response.content
    for one in (cast.erp, cast.payer):
        seen = one.get(response["Location"]).json()
        assert (seen["amount"], seen["unapplied"], seen["kind"]) == ("200.00", "33.40", "erp")
        (applied,) = seen["applications"]
        assert (applied["invoice"], applied["invoice_number"], applied["amount"]) == (id, "2026-1", "166.60")
        assert [row["id"] for row in one.get(f"cash-receipts?invoice={id}").json()["items"]] == [seen["id"]]
    assert cast.payer.get(f"invoices/{id}").json()["standing"] == ["paid"]
    assert cast.payer.get("summary").json()["currencies"][0]["unapplied"] == "33.40"
    told = [event.name for event in events.about(CashReceipt.objects.get())]
    assert told == ["cash_receipt.posted", "application.made"]
    assert list(differences()) == []


def test_the_same_money_again_is_the_same_receipt_and_other_money_is_refused(cast: Cast) -> None:
    cast.invoice(number="2026-1")
    written = money(applications=[{"invoice": "2026-1", "amount": "100.00"}])
    first, second = post(cast, written), post(cast, written)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    changes: list[dict[str, Any]] = [
        {"amount": "201.00"}, {"received_on": "2026-03-12"}, {"applications": []}, {"account": "C-2001"},
    ]  # fmt: skip
    for change in changes:
        refused = post(cast, {**written, **change})
        assert (refused.status_code, refused.json()["code"]) == (409, "receipt_known"), change
    assert CashReceipt.objects.count() == 1


def test_money_needs_a_key_of_the_call(cast: Cast) -> None:
    response = cast.erp.post("cash-receipts", money())
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")


def test_a_reversal_opens_the_invoices_again(cast: Cast) -> None:
    id = cast.invoice(number="2026-1")
    location = post(cast, money(applications=[{"invoice": "2026-1", "amount": "166.60"}]))["Location"]
    response = cast.erp.post(f"{location}/reverse", {"reason": "Wrong customer"}, Idempotency_Key="r-1")
    assert response.status_code == 200, response.content
    seen = response.json()
    assert (seen["reversal_reason"], seen["applications"], seen["unapplied"]) == ("Wrong customer", [], "0.00")
    assert cast.payer.get(f"invoices/{id}").json()["open"] == "166.60"
    again = cast.erp.post(f"{location}/reverse", {"reason": "Again"}, Idempotency_Key="r-2")
    assert (again.status_code, again.json()["code"]) == (409, "already_reversed")
    assert list(differences()) == []


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"account": "nobody"}, 422, "/account"), ({"amount": "1.234"}, 422, "/amount"),
        ({"currency": "EURO"}, 422, "/currency"), ({"legal_entity": "nope"}, 422, "/legal_entity"),
        ({"received_on": "1066-10-14"}, 422, "/received_on"), ({"payment_id": str(uuid4())}, 422, "/payment_id"),
        ({"applications": [{"invoice": "none", "amount": "1.00"}]}, 422, "/applications/0/invoice"),
        ({"applications": [{"invoice": "2026-1", "amount": "x"}]}, 422, "/applications/0/amount"),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_refused_naming_its_field(
    cast: Cast, change: dict[str, Any], status: int, pointer: str
) -> None:
    cast.invoice(number="2026-1")
    response = post(cast, money(**change))
    assert response.status_code == status, response.content
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert not CashReceipt.objects.exists()


@pytest.mark.parametrize(("amount", "code"), [("166.61", "more_than_open"), ("0.00", "amount_not_positive")])
def test_no_invoice_takes_more_than_is_open(cast: Cast, amount: str, code: str) -> None:
    cast.invoice(number="2026-1")
    response = post(cast, money(applications=[{"invoice": "2026-1", "amount": amount}]))
    assert response.json()["code"] == code
    assert not CashReceipt.objects.exists()


def test_a_buyers_program_posts_no_money(cast: Cast) -> None:
    buyer = caller(cast.buyer, BUYER_SCOPES)
    assert buyer.post("cash-receipts", money(), Idempotency_Key="b").status_code == 403
