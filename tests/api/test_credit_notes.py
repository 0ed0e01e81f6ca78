"""Credit notes that an ERP posts: against an invoice or on the account, once by their id, and never changed."""

from typing import Any

from eipp.ledger.models import CreditNote
from eipp.ledger.verify import differences
from tests.api.cast import Cast


def note(**changes: Any) -> dict[str, Any]:
    return {
        "external_id": "ERP-C-12", "number": "C-2026-12", "account": "C-1001", "issue_date": "2026-03-09",
        "currency": "EUR", "reason": "Three bearings came back.",
        "lines": [{"number": "1", "name": "Ball bearing 6204", "quantity": "3", "unit_price": "12.50",
                   "tax_rate": "19"}], **changes,
    }  # fmt: skip


def test_a_credit_note_for_an_invoice_is_used_for_it_at_once(cast: Cast) -> None:
    id = cast.invoice(number="2026-1")
    response = cast.erp.post("credit-notes", note(invoice="2026-1"))
    assert response.status_code == 201, response.content
    assert response.json()["kind"] == "credit_note"
    seen = cast.payer.get(response["Location"]).json()
    assert (seen["payable"], seen["open"], seen["corrects"]) == ("44.63", "0.00", id)
    assert seen["reason"] == "Three bearings came back."
    assert cast.payer.get(f"invoices/{id}").json()["open"] == "121.97"
    assert [row["id"] for row in cast.payer.get(f"credit-notes?invoice={id}").json()["items"]] == [seen["id"]]
    assert list(differences()) == []


def test_a_credit_note_without_an_invoice_is_credit_on_the_account(cast: Cast) -> None:
    response = cast.erp.post("credit-notes", note())
    assert (response.status_code, response.json()["status"]) == (201, "presented")
    assert cast.payer.get(response["Location"]).json()["open"] == "44.63"
    assert cast.payer.get("summary").json()["currencies"][0]["unused_credit_notes"] == "44.63"


def test_a_credit_note_over_more_than_is_open_is_used_as_far_as_it_goes(cast: Cast) -> None:
    id = cast.invoice(number="2026-1")
    cast.payer.post("disputes", {"invoice": id, "reason": "price", "amount": "150.00"})
    first = cast.erp.post("credit-notes", note(invoice="2026-1")).json()
    assert cast.payer.get(f"invoices/{id}").json()["open"] == "150.00"
    seen = cast.payer.get(f"credit-notes/{first['id']}").json()
    assert (seen["corrects"], seen["open"]) == (id, "28.03")
    lines = [{"number": "1", "name": "All of it, again", "quantity": "1", "unit_price": "121.98", "tax_rate": "0"}]
    changes = {"external_id": "ERP-C-13", "number": "C-2026-13", "invoice": "2026-1", "lines": lines}
    more = cast.erp.post("credit-notes", note(**changes)).json()
    assert cast.payer.get(f"credit-notes/{more['id']}").json()["corrects"] is None, "more than was invoiced"
    assert list(differences()) == []


def test_the_same_again_changes_nothing_and_other_content_is_refused(cast: Cast) -> None:
    first, second = (cast.erp.post("credit-notes", note()) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    refused = cast.erp.post("credit-notes", note(reason="Four came back."))
    assert (refused.status_code, refused.json()["code"]) == (409, "credit_and_rebill")
    assert CreditNote.objects.count() == 1


def test_a_credit_note_for_nobody_known_is_held_back(cast: Cast) -> None:
    response = cast.erp.post("credit-notes", note(account="nobody"))
    assert (response.status_code, response.json()["status"]) == (202, "quarantined")
    assert not CreditNote.objects.exists()


def test_a_wrong_amount_names_its_place(cast: Cast) -> None:
    lines = [{"number": "1", "name": "A", "quantity": "1", "unit_price": "1e3"}]
    response = cast.erp.post("credit-notes", note(lines=lines))
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/lines/0/unit_price")


def test_a_buyer_posts_no_credit_notes(cast: Cast) -> None:
    assert cast.payer.post("credit-notes", note()).status_code == 403


def test_an_erp_credits_writes_off_and_raises_an_invoice_and_uses_credit_where_it_wants(cast: Cast) -> None:
    id, other = cast.invoice(number="2026-1"), cast.invoice(number="2026-2")

    def do(path: str, body: dict[str, Any]) -> Any:
        return cast.erp.post(path, body, Idempotency_Key=f"{path} {body}"[:80])

    credited = do(f"invoices/{id}/credit", {"amount": "6.60", "reason": "Freight"}).json()
    assert (credited["open"], credited["authority_request"]) == ("160.00", None)
    assert do(f"invoices/{id}/write-off", {"amount": "0.50", "reason": "Cents"}).json()["written_off"] == "0.50"
    assert do(f"invoices/{id}/write-off", {"amount": "999", "reason": "All"}).status_code == 409
    back = do(f"invoices/{id}/write-off/reverse", {"amount": "0.50", "reason": "They paid"})
    assert (back.status_code, back.json()["open"]) == (200, "160.00")
    debit = do(f"invoices/{id}/debit", {"amount": "10.00", "tax_rate": "19", "reason": "More"}).json()["debit"]
    assert cast.payer.get(f"invoices/{debit}").json()["payable"] == "11.90"
    free = do("credit-notes", note()).json()["id"]
    uses = {"applications": [{"invoice": other, "amount": "40.00"}]}
    used = do(f"credit-notes/{free}/apply", uses).json()
    assert (used["open"], cast.payer.get(f"invoices/{other}").json()["open"]) == ("4.63", "126.60")
    undone = do(f"credit-notes/{free}/undo", {"applications": [used["applications"][0]["id"]]}).json()
    assert (undone["open"], undone["applications"]) == ("44.63", [])
    assert list(differences()) == []
