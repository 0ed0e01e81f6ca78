"""Remittance advices, claims and files by REST: what an ERP sends is matched, checked, kept, and read by both sides."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.api.cast import Caller, Cast, invoice
from workflows import jobs

NOWHERE = "0199d0a0-0000-7000-8000-000000000000"


def uploaded(caller: Caller, content: bytes, name: str, purpose: str = "remittance") -> str:
    """A file sent in its two steps; its id."""
    told = {"name": name, "size": len(content), "purpose": purpose}
    begun = caller.post("files", told).json()
    ticket = begun["ticket"]
    sent = Client().post(ticket["url"], {**ticket["fields"], "file": SimpleUploadedFile(name, content)})
    assert sent.status_code == 204
    finished = caller.post(f"files/{begun['id']}/finish")
    assert (finished.status_code, finished.json()["verdict"]) == (200, "clean")
    found: str = begun["id"]
    return found


def posted(cast: Cast) -> dict[str, Any]:
    written = invoice()
    found: dict[str, Any] = cast.erp.post("invoices", written).json()
    return {**found, "number": written["number"]}


def test_a_file_goes_up_in_two_steps_is_read_and_both_sides_see_its_lines(cast: Cast) -> None:
    bill = posted(cast)
    content = f"Invoice;Amount paid;Discount\n{bill['number']};163.27;3.33\nNO-SUCH;1.00;\n".encode()
    file = uploaded(cast.payer, content, "remittance.csv")
    answer = cast.payer.post("remittances", {"file": file, "comment": "November"})
    assert (answer.status_code, answer.json()["verdict"], answer.json()["lines"]) == (202, "pending", [])
    jobs.read_remittances()
    for side in (cast.payer, cast.erp):
        advice = side.get(answer["Location"]).json()
        assert (advice["verdict"], advice["matched"], advice["sum"], advice["file"]) == ("read", 1, "164.27", file)
        first, second = advice["lines"]
        assert (first["invoice"], first["amount"], first["discount"]) == (bill["id"], "163.27", "3.33")
        assert second["fault"].startswith("No invoice or credit note has the number NO-SUCH")
        assert b"".join(side.get(f"files/{file}/content")) == content
    for stranger in (cast.stranger, cast.other_supplier):
        assert stranger.get(answer["Location"]).status_code == 404
        assert stranger.get(f"files/{file}/content").status_code == 404


def test_before_it_is_read_a_file_is_its_senders_alone(cast: Cast) -> None:
    file = uploaded(cast.payer, b"Invoice;Amount\n1;1\n", "a.csv")
    cast.payer.post("remittances", {"file": file})
    assert cast.payer.get(f"files/{file}").status_code == 200
    assert cast.erp.get(f"files/{file}").status_code == 404


def test_lines_stand_at_once_and_sending_them_twice_is_once(cast: Cast) -> None:
    bill = posted(cast)
    told = {"reference": "BW-7", "amount": "100.00", "lines": [{"number": bill["number"], "amount": "90.00"}]}
    first, again = (cast.payer.post("remittances", told, Idempotency_Key="one") for _ in range(2))
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    assert first.json()["remarks"] == ["The lines add up to 90.00, the payment is 100.00."]
    for question in ("reference=BW-7", f"invoice={bill['id']}", "verdict=read"):
        assert [each["id"] for each in cast.erp.get(f"remittances?{question}").json()["items"]] == [first.json()["id"]]
    assert cast.erp.get("remittances?reference=other").json()["items"] == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "file_or_lines"), ({"lines": [{"number": "1", "amount": "1.00"}], "file": NOWHERE}, "file_or_lines"),
        ({"file": NOWHERE}, "unknown_file"),
        ({"lines": [{"number": "1", "amount": "1.001"}]}, "invalid_amount"),
        ({"lines": [{"number": "1", "amount": "1"}], "account": NOWHERE}, "unknown_account"),
        ({"lines": [{"number": "1", "amount": "1"}], "paid_on": "0001-01-01"}, "invalid_date"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_reason(cast: Cast, told: dict[str, Any], code: str) -> None:
    answer = cast.payer.post("remittances", told)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_another_buyers_account_and_file_do_not_exist(cast: Cast) -> None:
    file = uploaded(cast.payer, b"Invoice;Amount\n1;1\n", "a.csv")
    assert cast.stranger.post("remittances", {"file": file}).json()["code"] == "unknown_file"
    told = {"account": str(cast.account.pk), "lines": [{"number": "1", "amount": "1.00"}]}
    assert cast.stranger.post("remittances", told).json()["code"] == "unknown_account"
    assert cast.stranger.post("claims", {**told, "lines": [{"amount": "1", "reason": "price"}]}).status_code == 422
    assert cast.erp.post("remittances", told).status_code == 403


def test_a_claim_is_tried_then_filed_whole_or_not_at_all(cast: Cast) -> None:
    bill = posted(cast)
    good = {"invoice_number": bill["number"], "line_number": "1", "quantity": "3", "reason": "damaged"}
    bad = {"invoice_number": "NO-SUCH", "amount": "1.00", "reason": "price"}
    tried = cast.payer.post("claims/check", {"lines": [good, bad]}).json()["lines"]
    assert [(line["amount"], bool(line["fault"])) for line in tried] == [("44.63", False), (None, True)]
    refused = cast.payer.post("claims", {"lines": [good, bad]})
    assert (refused.status_code, refused.json()["code"]) == (422, "rows_refused")
    assert cast.payer.get("disputes").json()["items"] == []
    filed = cast.payer.post("claims", {"lines": [good, {"amount": "5.00", "reason": "rebate"}]})
    assert (filed.status_code, filed.json()["amount"]) == (201, "49.63")
    assert cast.erp.get(filed["Location"]).json()["lines"][0]["document_number"] == bill["number"]
    disputes = cast.erp.get("disputes").json()["items"]
    assert sorted((each["invoice"], each["amount"]) for each in disputes if each["invoice"]) == [(bill["id"], "44.63")]
    assert len(disputes) == 2


def test_a_file_is_finished_only_when_it_has_arrived(cast: Cast) -> None:
    begun = cast.payer.post("files", {"name": "a.csv", "size": 3}).json()
    assert cast.payer.post(f"files/{begun['id']}/finish").json()["code"] == "nothing_sent"
    assert cast.payer.get(f"files/{begun['id']}/content").status_code == 404
    assert cast.payer.post("remittances", {"file": begun["id"]}).json()["code"] == "nothing_sent"
    assert cast.payer.post("files", {"name": "a.csv", "size": 3, "purpose": "original"}).status_code == 422
