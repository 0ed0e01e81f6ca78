"""Invoices by the API: an ERP posts, a buyer reads."""

from tests.api.cast import Cast, invoice


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
