"""Approving and paying by the API."""

from typing import Any

import pytest

from eipp.api.idempotency import IdempotencyKey
from eipp.ledger.models import Invoice
from tests.api.cast import Cast, member, signed_in
from workflows.approval import ApprovalRule
from workflows.payment import Payment


def pay(cast: Cast, *shares: tuple[str, str], key: str = "key-1") -> Any:
    written = {"invoices": [{"invoice": invoice, "amount": amount} for invoice, amount in shares]}
    return cast.payer.post("payments", written, Idempotency_Key=key)


def test_three_invoices_are_paid_in_one_payment(cast: Cast) -> None:
    ids = [cast.invoice() for _ in range(3)]
    response = pay(cast, *[(id, "166.60") for id in ids])
    assert response.status_code == 201, response.content
    payment = response.json()
    assert (payment["state"], payment["amount"], len(payment["invoices"])) == ("submitted", "499.80", 3)
    assert payment["checkout_url"].startswith("http")
    assert cast.payer.get(response["Location"]).json() == payment
    assert [cast.payer.get(f"invoices/{id}").json()["on_the_way"] for id in ids] == ["166.60"] * 3


def test_the_same_key_makes_one_payment_even_when_the_stored_answer_is_lost(cast: Cast) -> None:
    from_first = pay(cast, (cast.invoice(), "1.00")).json()
    share = (from_first["invoices"][0]["invoice"], "1.00")
    assert pay(cast, share).json() == from_first
    IdempotencyKey.objects.all().delete()
    assert pay(cast, share).json()["id"] == from_first["id"]
    assert pay(cast, (share[0], "2.00")).status_code == 422
    assert Payment.objects.count() == 1


def test_what_is_on_the_way_is_not_paid_twice(cast: Cast) -> None:
    id = cast.invoice()
    assert pay(cast, (id, "166.60")).status_code == 201
    second = pay(cast, (id, "166.60"), key="key-2")
    assert (second.status_code, second.json()["code"]) == (409, "already_on_the_way")


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.234", "1E1", "166.61"])
def test_an_amount_that_cannot_be_paid_is_refused(cast: Cast, amount: str) -> None:
    response = pay(cast, (cast.invoice(), amount))
    assert response.status_code in (409, 422), response.content
    assert not Payment.objects.exists()


def test_an_unknown_gateway_and_a_double_invoice_are_refused(cast: Cast) -> None:
    id = cast.invoice()
    assert pay(cast, (id, "1.00"), (id, "1.00")).status_code == 422
    written = {"invoices": [{"invoice": id, "amount": "1.00"}], "gateway": "x"}
    assert cast.payer.post("payments", written, Idempotency_Key="k").json()["errors"][0]["pointer"] == "/gateway"


def test_a_payment_is_cancelled_by_asking_the_gateway(cast: Cast) -> None:
    payment = pay(cast, (cast.invoice(), "1.00")).json()
    response = cast.payer.post(f"payments/{payment['id']}/cancel", Idempotency_Key="cancel")
    assert (response.status_code, response["Location"]) == (202, f"/api/v1/payments/{payment['id']}")
    assert Payment.objects.get().cancel_requested_at


def test_a_rule_asks_for_approval_before_payment(cast: Cast) -> None:
    ApprovalRule.objects.create(buyer=cast.buyer, currency="EUR", quorum=2)
    id = cast.invoice()
    assert pay(cast, (id, "166.60")).json()["code"] == "approval_missing"
    (run,) = cast.payer.get("approvals?state=waiting").json()["items"]
    assert (run["invoice"], run["missing"], [action["name"] for action in run["actions"]]) == (
        id,
        2,
        ["approve", "reject"],
    )
    path = f"approvals/{run['id']}/decide"
    assert cast.payer.post(path, {"verdict": "approve"}).json()["code"] == "person_needed"
    first, second = (signed_in(member(cast, name, "approver")) for name in ("anna", "ben"))
    assert first.post(path, {"verdict": "approve"}).json()["missing"] == 1
    assert first.post(path, {"verdict": "approve"}).json()["code"] == "already_approved"
    assert second.post(path, {"verdict": "approve"}).json()["state"] == "approved"
    assert pay(cast, (id, "166.60"), key="key-2").status_code == 201


def test_a_rejection_needs_a_reason(cast: Cast) -> None:
    ApprovalRule.objects.create(buyer=cast.buyer, currency="EUR")
    cast.invoice()
    (run,) = cast.payer.get("approvals").json()["items"]
    path = f"approvals/{run['id']}/decide"
    assert cast.payer.post(path, {"verdict": "reject"}).json()["errors"][0]["pointer"] == "/reason"
    assert cast.payer.post(path, {"verdict": "maybe"}).status_code == 422
    assert cast.payer.post(path, {"verdict": "reject", "reason": "Wrong order"}).json()["state"] == "rejected"


def test_a_forged_callback_changes_nothing(cast: Cast) -> None:
    pay(cast, (cast.invoice(), "1.00"))
    for headers in ({}, {"X_Sandbox_Signature": "t=1,v1=00"}, {"Idempotency_Key": "x"}):
        response = cast.stranger.client.post("/api/v1/callbacks/sandbox", b"{}", "application/json",
                                             headers={k.replace("_", "-"): v for k, v in headers.items()})  # fmt: skip
        assert (response.status_code, response.json()["code"]) == (400, "wrong_signature")
    assert cast.stranger.client.post("/api/v1/callbacks/other", b"{}", "application/json").status_code == 404
    assert Payment.objects.get().callback_at is None
    assert Invoice.objects.get().paid_minor == 0


def test_a_transfer_says_where_to_send_what_with_which_reference(cast: Cast) -> None:
    written = {"invoices": [{"invoice": cast.invoice(), "amount": "100.00"}], "method": "bank_transfer"}
    answer = cast.payer.post("payments", written, Idempotency_Key="k")
    payment = answer.json()
    assert (answer.status_code, payment["state"], payment["method"]) == (201, "pending", "bank_transfer")
    assert (payment["checkout_url"], payment["received"]) == ("", "")
    assert payment["reference"].startswith("RF")
    assert payment["pay_to"]["account"]
    assert payment["expires_at"] > payment["submitted_at"]
    gone = cast.payer.post(f"payments/{payment['id']}/cancel", {}, Idempotency_Key="c")
    assert (gone.status_code, gone.json()["state"], gone.json()["pay_to"]) == (202, "cancelled", None)


def test_a_debit_is_asked_for_by_its_method(cast: Cast) -> None:
    written = {"invoices": [{"invoice": cast.invoice(), "amount": "100.00"}], "method": "bank_debit"}
    payment = cast.payer.post("payments", written, Idempotency_Key="k").json()
    assert (payment["method"], payment["gateway"], payment["state"]) == ("bank_debit", "sandbox", "submitted")


@pytest.mark.parametrize(
    ("said", "code", "status"),
    [({"method": "cheque"}, "", 422), ({"method": "bank_transfer", "gateway": "sandbox"}, "method_not_offered", 422)],
)
def test_a_method_that_is_not_offered_is_refused(cast: Cast, said: dict[str, str], code: str, status: int) -> None:
    written = {"invoices": [{"invoice": cast.invoice(), "amount": "1.00"}], **said}
    answer = cast.payer.post("payments", written, Idempotency_Key="k")
    assert answer.status_code == status
    assert code in answer.json().get("code", "")
    assert not Payment.objects.exists()
