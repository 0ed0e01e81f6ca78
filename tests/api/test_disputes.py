"""Disputes by the API: the buyer questions, the supplier answers, money follows."""

from typing import Any

import pytest

from tests.api.cast import Cast


@pytest.fixture
def dispute(cast: Cast) -> dict[str, Any]:
    """Three of ten units of line 1 are in question: 3 x 12.50 with 19 %."""
    lines = [{"line_number": "1", "quantity": "3"}]
    written = {"invoice": cast.invoice(), "reason": "damaged", "comment": "Three broke.", "lines": lines}
    response = cast.payer.post("disputes", written)
    assert response.status_code == 201, response.content
    found: dict[str, Any] = response.json()
    assert response["Location"] == f"/api/v1/disputes/{found['id']}"
    return found


def test_what_is_disputed_is_held_back_at_once(cast: Cast, dispute: dict[str, Any]) -> None:
    assert (dispute["state"], dispute["waiting_for"], dispute["amount"]) == ("opened", "supplier", "44.63")
    invoice = cast.erp.get(f"invoices/{dispute['invoice']}").json()
    assert (invoice["disputed"], invoice["free"]) == ("44.63", "121.97")
    assert invoice["standing"][0] == "disputed"


def test_the_supplier_takes_asks_and_accepts_two_of_three(cast: Cast, dispute: dict[str, Any]) -> None:
    path = f"disputes/{dispute['id']}"
    assert cast.erp.post(f"{path}/take").json()["state"] == "in_review"
    assert cast.erp.post(f"{path}/ask", {"message": "A photo?"}).json()["waiting_for"] == "buyer"
    assert cast.payer.post(f"{path}/answer", {"message": "Here."}).json()["state"] == "in_review"
    thread = cast.payer.post("threads", {"kind": "dispute", "id": dispute["id"]}).json()["id"]
    said = cast.erp.get(f"threads/{thread}/messages").json()["items"]
    assert [message["body"] for message in said if message["body"]] == ["A photo?", "Here."]
    lines = [{"id": dispute["lines"][0]["id"], "quantity": "2"}]
    accepted = cast.erp.post(f"{path}/accept", {"lines": lines})
    assert accepted.status_code == 200, accepted.content
    assert (accepted.json()["state"], accepted.json()["accepted"]) == ("accepted", "29.75")
    assert accepted.json()["lines"][0]["accepted_quantity"] == "2"
    (note,) = cast.payer.get(f"credit-notes?invoice={dispute['invoice']}").json()["items"]
    assert (note["payable"], note["open"], note["dispute"]) == ("29.75", "0.00", dispute["id"])
    invoice = cast.payer.get(f"invoices/{dispute['invoice']}").json()
    assert (invoice["open"], invoice["credited"], invoice["free"]) == ("136.85", "29.75", "136.85")


def test_a_proposal_is_agreed_to_by_the_buyer(cast: Cast, dispute: dict[str, Any]) -> None:
    path = f"disputes/{dispute['id']}"
    assert cast.erp.post(f"{path}/propose", {"amount": "20.00"}).json()["proposed"] == "20.00"
    assert cast.payer.post(f"{path}/agree").json()["accepted"] == "20.00"


def test_a_declined_dispute_is_escalated_once(cast: Cast, dispute: dict[str, Any]) -> None:
    path = f"disputes/{dispute['id']}"
    assert cast.erp.post(f"{path}/decline", {"reason": "Signed for."}).json()["answer"] == "Signed for."
    assert cast.payer.post(f"{path}/escalate").json()["state"] == "escalated"
    cast.erp.post(f"{path}/decline", {"reason": "Still."})
    assert cast.payer.post(f"{path}/escalate").status_code == 409


def test_a_withdrawn_dispute_lets_go_of_the_money(cast: Cast, dispute: dict[str, Any]) -> None:
    assert cast.payer.post(f"disputes/{dispute['id']}/withdraw").json()["state"] == "withdrawn"
    assert cast.payer.get(f"invoices/{dispute['invoice']}").json()["disputed"] == "0.00"


def test_actions_are_what_the_caller_can_do_now(cast: Cast, dispute: dict[str, Any]) -> None:
    """Each action that is offered exists as an address, and what is not offered is refused."""
    own = {action["name"] for action in cast.erp.get(f"disputes/{dispute['id']}").json()["actions"]}
    assert {"take", "ask", "propose", "accept", "decline", "write_off"} == own
    for name in own:  # there is such an address, though not for reading
        assert cast.erp.get(f"disputes/{dispute['id']}/{name}").status_code == 405, name
    theirs = {action["name"] for action in cast.payer.get(f"disputes/{dispute['id']}").json()["actions"]}
    assert theirs == {"withdraw"}
    refused = cast.payer.post(f"disputes/{dispute['id']}/agree")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_now")


def test_a_program_writes_off_what_is_not_worth_arguing_or_asks_a_second_person(
    cast: Cast, dispute: dict[str, Any]
) -> None:
    path = f"disputes/{dispute['id']}/write_off"
    assert cast.payer.post(path).status_code == 403
    assert cast.other_supplier.post(path).status_code == 404
    answer = cast.erp.post(path)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"] == "written_off") != bool(answer.json()["authority_request"])


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"reason": "mood"}, 422, "/reason"), ({"lines": [{"line_number": "9", "quantity": "1"}]}, 422, "/lines/0"),
        ({"lines": [{"line_number": "1", "quantity": "11"}]}, 422, None),
        ({"lines": [{"line_number": "1", "quantity": "1E0"}]}, 422, "/lines/0/quantity"),
        ({"lines": [{"line_number": "1", "quantity": "1"}] * 2}, 422, "/lines/1"),
        ({"lines": [], "amount": "1.234"}, 422, "/amount"), ({"lines": [], "amount": "0.00"}, 422, "/amount"),
        ({"lines": [], "amount": "166.61"}, 409, None), ({"state": "accepted"}, 422, "/state"),
    ],
)  # fmt: skip
def test_a_dispute_that_cannot_be_is_refused(cast: Cast, change: dict[str, Any], status: int, pointer: Any) -> None:
    written = {"invoice": cast.invoice(), "reason": "damaged", **change}
    response = cast.payer.post("disputes", written)
    assert response.status_code == status, response.content
    assert pointer is None or pointer in [error["pointer"] for error in response.json()["errors"]]
    assert cast.payer.get("disputes").json()["items"] == []


def test_lists_are_narrowed_by_state_and_invoice(cast: Cast, dispute: dict[str, Any]) -> None:
    for question, found in (("state=opened", 1), ("state=accepted", 0), (f"invoice={dispute['invoice']}", 1),
                            ("opened_from=2999-01-01", 422)):  # fmt: skip
        response = cast.erp.get(f"disputes?{question}")
        assert response.status_code == found or len(response.json()["items"]) == found
