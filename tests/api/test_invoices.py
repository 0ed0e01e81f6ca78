"""Invoices by the API: an ERP posts, a buyer reads."""

from typing import Any

import pytest

from eipp.kernel import events
from eipp.ledger.models import Invoice
from tests.api.cast import IBAN, Cast, invoice
from workflows.presentment import Presentment


def test_a_json_invoice_is_presented_at_once(cast: Cast) -> None:
    response = cast.erp.post("invoices", invoice(number="2026-1"))
    assert response.status_code == 201, response.content
    posted = response.json()
    assert (posted["kind"], posted["status"], posted["number"]) == ("invoice", "presented", "2026-1")
    assert response["Location"] == f"/api/v1/invoices/{posted['id']}"
    seen = cast.payer.get(response["Location"]).json()
    assert (seen["payable"], seen["open"], seen["due_date"]) == ("166.60", "166.60", "2026-04-01")
    assert seen["document"]["totals"]["tax"] == "26.60"
    assert [line["net_amount"] for line in seen["document"]["lines"]] == ["125.00", "15.00"]
    assert [event.name for event in events.about(Invoice.objects.get())] == ["invoice.presented"]


def test_totals_and_taxes_are_reckoned_where_the_erp_leaves_them_out(cast: Cast) -> None:
    lines = [
        {"number": "1", "name": "A", "quantity": "3", "unit_price": "0.3333", "tax_rate": "19"},
        {"number": "2", "name": "B", "quantity": "1", "unit_price": "10", "tax_rate": "0",
         "allowances": [{"amount": "1.50", "reason": "Loyalty"}]},
    ]  # fmt: skip
    written = invoice(lines=lines, totals=None)
    seen = cast.payer.get(cast.erp.post("invoices", written)["Location"]).json()
    assert seen["payable"] == "9.69"  # 1.00 + 8.50 + 0.19
    taxes = [(tax["category"], tax["taxable"], tax["tax"]) for tax in seen["document"]["taxes"]]
    assert sorted(taxes) == [("S", "1.00", "0.19"), ("Z", "8.50", "0.00")]


def test_a_cent_of_difference_per_line_is_shown_as_rounding_with_a_warning(cast: Cast) -> None:
    totals = {"total_without_tax": "140.00", "tax": "26.61", "total_with_tax": "166.61", "payable": "166.61"}
    response = cast.erp.post("invoices", invoice(totals=totals))
    assert response.status_code == 201, response.content
    assert "BR-CO-16" in [warning["code"] for warning in response.json()["warnings"]]
    seen = cast.payer.get(response["Location"]).json()
    assert (seen["payable"], seen["document"]["totals"]["rounding"]) == ("166.61", "0.01")
    assert seen["document"]["warnings"]


def test_more_than_a_cent_per_line_is_refused_naming_rule_and_field(cast: Cast) -> None:
    totals = {"total_without_tax": "140.00", "tax": "26.60", "total_with_tax": "166.63", "payable": "166.63"}
    response = cast.erp.post("invoices", invoice(totals=totals))
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "totals_differ"
    found = {(error["code"], error["pointer"]) for error in problem["errors"]}
    assert found == {("BR-CO-15", "/totals/total_with_tax"), ("BR-CO-16", "/totals/payable")}
    assert not Presentment.objects.exists()


def test_the_same_content_again_is_the_same_invoice(cast: Cast) -> None:
    written = invoice()
    first, second = cast.erp.post("invoices", written), cast.erp.post("invoices", written)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Invoice.objects.count() == 1


def test_other_words_under_the_same_external_id_are_the_next_version(cast: Cast) -> None:
    written = invoice()
    first = cast.erp.post("invoices", written).json()
    second = cast.erp.post("invoices", {**written, "order_reference": "PO-4711"})
    assert second.status_code == 200, second.content
    assert (second.json()["id"], second.json()["version"]) == (first["id"], 2)
    seen = cast.payer.get(f"invoices/{first['id']}").json()
    assert (seen["version"], seen["document"]["order_reference"]) == (2, "PO-4711")


def test_another_external_id_with_a_taken_number_is_refused(cast: Cast) -> None:
    written = invoice()
    cast.erp.post("invoices", written)
    response = cast.erp.post("invoices", {**written, "external_id": "another"})
    assert (response.status_code, response.json()["code"]) == (409, "number_taken")


def test_an_unknown_buyer_is_quarantined_with_the_reason(cast: Cast) -> None:
    response = cast.erp.post("invoices", invoice(account="nobody"))
    assert response.status_code == 202, response.content
    intake = response.json()
    assert intake["status"] == "quarantined"
    assert [reason["code"] for reason in intake["reasons"]] == ["EIPP-BUYER-UNKNOWN"]
    assert cast.erp.get(response["Location"]).json()["id"] == intake["id"]
    assert cast.payer.get(response["Location"]).status_code == 404
    assert not Invoice.objects.exists()


def test_a_quarantined_invoice_is_released_to_the_account_that_a_person_chose(cast: Cast) -> None:
    intake = cast.erp.post("invoices", invoice(account="nobody")).json()
    assert [action["name"] for action in intake["actions"]] == ["release"]
    response = cast.erp.post(f"intakes/{intake['id']}/release", {"account": str(cast.account.pk)})
    assert response.status_code == 200, response.content
    assert response.json()["status"] == "presented"
    assert cast.payer.get(f"invoices/{response.json()['invoice']}").status_code == 200


def test_the_buyer_is_found_by_vat_id(cast: Cast) -> None:
    written = invoice(buyer={"vat_id": "GB123456789", "name": "Brightwater"})
    del written["account"]
    assert cast.erp.post("invoices", written).status_code == 201


def test_a_credit_note_is_posted_as_one(cast: Cast) -> None:
    response = cast.erp.post("invoices", invoice(type_code="381", due_date=None))
    assert (response.status_code, response.json()["kind"]) == (201, "credit_note")
    seen = cast.payer.get(response["Location"]).json()
    assert (seen["payable"], seen["open"]) == ("166.60", "166.60")


def test_the_original_is_given_back_byte_by_byte(cast: Cast) -> None:
    content = b'{"number": "X-1", "issue_date": "2026-03-02", "currency": "EUR", "account": "C-1001",\n' \
              b' "lines": [{"number": "1", "name": "A", "quantity": "1", "unit_price": "5"}]}'  # fmt: skip
    location = cast.erp.post("invoices", content)["Location"]
    for caller in (cast.payer, cast.erp):
        response = caller.get(f"{location}/original", Accept="application/pdf")
        assert b"".join(response.streaming_content) == content
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
    assert cast.stranger.get(f"{location}/original").status_code == 404


def test_the_history_tells_what_happened(cast: Cast) -> None:
    id = cast.invoice()
    items = cast.payer.get(f"invoices/{id}/history").json()["items"]
    assert [item["name"] for item in items] == ["invoice.presented"]
    assert items[0]["by"] == {"kind": "key", "side": "supplier", "id": None}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("", 2), ("status=open", 2), ("status=paid", 0), ("account=C-1001", 1), ("account=C-9", 0),
        ("currency=EUR", 2), ("currency=USD", 0), ("due_from=2026-05-01", 1), ("due_to=2026-04-30", 1),
        ("number=b-2", 1), ("text=elsewhere", 1), ("updated_after=2020-01-01T00:00:00Z", 2),
        ("updated_after=2999-01-01T00:00:00Z", 0), ("updated_after=1399-03-21T19:02:30-19:38", 2),
        ("sort=-open&limit=1", 1),
    ],
)  # fmt: skip
def test_a_list_is_narrowed_by_its_filters(cast: Cast, question: str, found: int) -> None:
    cast.invoice(number="A-1")
    cast.invoice(number="B-2", account="C-2001", due_date="2026-05-20")
    response = cast.erp.get(f"invoices?{question}")
    assert response.status_code == 200, response.content
    assert len(response.json()["items"]) == found


@pytest.mark.parametrize("sort", ["-issue_date", "number", "-amount", "due_date"])
def test_pages_follow_each_other_without_gap_or_double(cast: Cast, sort: str) -> None:
    ids = {cast.invoice() for _ in range(7)}
    seen: list[str] = []
    address: Any = f"invoices?limit=3&sort={sort}"
    while address:
        response = cast.payer.get(address)
        page = response.json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
        assert (f'<{address}>; rel="next"' == response.get("Link")) is bool(address)
    assert len(seen) == 7
    assert set(seen) == ids


def test_an_invoice_that_names_an_unverified_bank_account_does_not_exist_in_json(cast: Cast) -> None:
    response = cast.erp.post("invoices", {**invoice(), "payment_means": [{"account": IBAN}]})
    assert (response.status_code, response.json()["code"]) == (422, "unknown_field")


def test_an_invoice_is_withdrawn_by_a_credit_note(cast: Cast) -> None:
    id = cast.invoice()
    response = cast.erp.post(f"invoices/{id}/withdraw", {"reason": "Wrong customer"})
    assert response.status_code == 200, response.content
    assert response.json()["standing"] == ["withdrawn"]
    assert cast.payer.post(f"invoices/{id}/withdraw", {"reason": "x"}).status_code == 403
