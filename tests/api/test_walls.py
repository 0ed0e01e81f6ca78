"""Walls: every route, against strangers and nobody, with an entitled twin for each; enumerated from the URLconf."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import URLPattern

from documents.upload import store_bytes
from eipp.accounts.api_key import actor_for_key
from eipp.api.urls import version_1
from messaging.models import Thread
from tests.api.cast import Caller, Cast, caller, invoice
from tests.walls.addresses import OWN, ROW
from tests.walls.scene import API_BODIES
from tests.workflows.bank_file import Line, camt
from workflows.approval import ApprovalRule, ApprovalRun

PUBLIC = {"callback", "account-callback"}
FOR_WHO_HAS_THE_RIGHT = {
    "bookings",
    "bank-statements",
    "webhooks",
    "authority-requests",
    "periods",
    "saved-methods",
}  # the other side is told 403
NOT_YET = {"payment-receipt", "payment-transfer"}  # not each payment has one, as its own tests tell
NAMES_A_ROW = {"credit-note-apply", "credit-note-undo"}  # one that is not there: their own people are told so
ABOUT_AN_ACCOUNT = {"statements"}  # asked for by an account, with walls told by their own tests
#: Rows that programs alone do not bring about; tests/walls walks their addresses with people, strangers and twins.
BY_PEOPLE = {"deduction", "chargeback", "finance_charge", "plan", "offer", "refund", "payout", "legal_entity",
             "credit_request", "authority_request", "saved_method", "promise", "announced_payment",
             "autopay"}  # fmt: skip
LISTS_BY_PEOPLE = {"deductions", "chargebacks", "finance-charges", "plans", "offers", "early-payment-terms",
                   "refunds", "legal-entities", "credit-requests",
                   "authority-requests", "saved-methods", "promises", "announced-payments", "autopays",
                   "periods"}  # fmt: skip
NOWHERE = "0199d0a0-0000-7000-8000-000000000000"


@dataclass
class Scene:
    """One of everything, belonging to the cast's supplier and buyer."""

    cast: Cast
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, cast: Cast) -> "Scene":
        ApprovalRule.objects.create(buyer=cast.buyer, currency="EUR")
        found = cls(cast)
        ids = found.ids
        ids["invoice"] = cast.invoice()
        ids["intake"] = cast.erp.post("invoices", invoice(account="nobody")).json()["id"]
        ids["credit-note"] = cast.erp.post("invoices", invoice(type_code="381", due_date=None)).json()["id"]
        ids["dispute"] = cast.payer.post(
            "disputes",
            {"invoice": ids["invoice"], "reason": "damaged", "lines": [{"line_number": "1", "quantity": "3"}]},
        ).json()["id"]
        ids["approval"] = str(ApprovalRun.objects.get(invoice_id=ids["invoice"]).pk)
        cast.payer.post(f"approvals/{ids['approval']}/decide", {"verdict": "approve"})
        share = {"invoice": ids["invoice"], "amount": "1.00"}
        ids["payment"] = cast.payer.post("payments", {"invoices": [share]}, Idempotency_Key="walls").json()["id"]
        ids["thread"] = cast.payer.post("threads", {"kind": "invoice", "id": ids["invoice"]}).json()["id"]
        ids["account"] = str(cast.account.pk)
        money = {"account": "C-1001", "amount": "7.00", "currency": "EUR", "received_on": "2026-03-11"}
        ids["cash-receipt"] = cast.erp.post("cash-receipts", money, Idempotency_Key="walls").json()["id"]
        sent = cast.erp.post("bank-statements", camt(Line("10.00", name="Brightwater")), kind="application/xml")
        ids["bank-statement"] = sent.json()["items"][0]["statement"]["id"]
        sender = actor_for_key(cast.payer.key)
        assert sender
        ids["file"] = str(store_bytes(sender, b"Brightwater only", name="Brightwater.txt", purpose="message").pk)
        hook = {"url": "https://hooks.example.com/brightwater", "title": "Brightwater"}
        ids["webhook"] = cast.erp.post("webhooks", hook, Idempotency_Key="walls").json()["id"]
        line = {"number": "Brightwater-1", "amount": "166.60"}
        ids["remittance"] = cast.payer.post("remittances", {"lines": [line]}).json()["id"]
        rebate = {"amount": "5.00", "reason": "promotion", "comment": "Brightwater bonus"}
        ids["claim"] = cast.payer.post("claims", {"lines": [rebate]}).json()["id"]
        cast.payer.post(f"threads/{ids['thread']}/messages", {"body": "Brightwater only"})
        return found

    def address(self, pattern: URLPattern) -> str:
        route = str(pattern.pattern)
        kind = route.split("/")[0].rstrip("s")
        return route.replace("<uuid:id>", self.ids.get(kind, NOWHERE)).replace("<slug:gateway>", "sandbox")


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return Scene.make(cast)


def methods(pattern: URLPattern) -> list[str]:
    view = pattern.callback.view_class  # type: ignore[attr-defined]
    return [name for name in ("get", "post", "patch") if hasattr(getattr(view, name, None), "operation")]


def private() -> list[URLPattern]:
    """What is removed is so at the end."""
    found = [pattern for pattern in version_1 if pattern.name not in PUBLIC]
    return sorted(found, key=lambda pattern: (pattern.name or "").endswith("-remove"))


def bodies(scene: Scene) -> dict[str, Any]:
    """What an entitled caller writes; the moves of a dispute are told apart by their own tests."""
    told = {name.removeprefix("api:"): body for name, body in API_BODIES.items()}
    return told | {
        "threads": {"kind": "invoice", "id": scene.ids["invoice"]},
        "messages": {"body": "Hello"},
        "invoice-withdraw": {"reason": "x"},
        "intake-release": {"account": scene.ids["account"]},
        "dispute-ask": {"message": "x"},
        "dispute-answer": {"message": "x"},
        "dispute-propose": {"amount": "1.00"},
        "dispute-decline": {"reason": "x"},
        "approval-decide": {"verdict": "approve"},
        "cash-receipt-reverse": {"reason": "x"},
        "account": {"phone": "+44 113 496 0000"},
        "webhook": {"title": "x"},
        "webhook-repeat": {"after": 0},
        "files": {"name": "a.txt", "size": 1},
        "remittances": {"lines": [{"number": "1", "amount": "1.00"}]},
        "claims": {"lines": [{"amount": "1.00", "reason": "price"}]},
        "claim-check": {"lines": [{"amount": "1.00", "reason": "price"}]},
    }


@pytest.mark.long
def test_every_route_with_an_id_is_404_for_strangers_and_not_for_its_own_people(scene: Scene) -> None:
    written, tried = bodies(scene), 0
    for pattern in private():
        if "<uuid:id>" not in str(pattern.pattern):
            continue
        for method in methods(pattern):
            path = scene.address(pattern)
            if NOWHERE in path and ROW[f"api:{pattern.name}"] in BY_PEOPLE:
                continue
            assert set(scene.ids.values()) & set(path.split("/")), f"the scene has nothing at {pattern.name}"
            # Somebody with every right of their own side, and a row that is not theirs.
            for stranger in (scene.cast.stranger, scene.cast.other_supplier):
                response = ask(stranger, method, path, written.get(pattern.name or ""))
                side_lacks_right = response.status_code == 403
                assert response.status_code == 404 or side_lacks_right, (pattern.name, method, response.content)
                assert "Brightwater" not in response.content.decode()
                tried += 1
            own = [ask(one, method, path, written.get(pattern.name or "")).status_code
                   for one in (scene.cast.payer, scene.cast.erp)]  # fmt: skip
            answered = {200, 201, 202, 409} | ({422} if pattern.name in NAMES_A_ROW else set())
            assert set(own) & answered or pattern.name in NOT_YET, (pattern.name, method, own)
    assert tried >= 50


def test_a_right_of_the_other_side_is_403_without_telling_what_exists(scene: Scene) -> None:
    """A 403 above never depends on the row: the same caller gets it for a row that nobody has."""
    for id in (scene.ids["dispute"], NOWHERE):
        assert scene.cast.stranger.post(f"disputes/{id}/take").status_code == 403
    for id in (scene.ids["invoice"], NOWHERE):
        assert scene.cast.stranger.post(f"invoices/{id}/withdraw", {"reason": "x"}).status_code == 403


@pytest.mark.long
def test_lists_hold_nothing_of_others(scene: Scene, settle: Callable[[], None]) -> None:
    settle()
    for pattern in private():
        if "get" not in methods(pattern) or "<uuid:id>" in str(pattern.pattern) or pattern.name in ABOUT_AN_ACCOUNT:
            continue
        for stranger in (scene.cast.stranger, scene.cast.other_supplier):
            response = stranger.get(scene.address(pattern))
            text = response.content.decode()
            assert response.status_code == 200 or pattern.name in FOR_WHO_HAS_THE_RIGHT, text
            assert not [id for id in scene.ids.values() if id in text], pattern.name
            assert "Brightwater" not in text
            assert "166.60" not in text
        if pattern.name in LISTS_BY_PEOPLE:
            assert f"api:{pattern.name}" in OWN
            continue
        own = scene.cast.payer.get(scene.address(pattern)).content.decode()
        theirs = scene.cast.erp.get(scene.address(pattern)).content.decode()
        marks = ["Brightwater", '"open":"166.60"', *scene.ids.values()]
        assert [mark for mark in marks if mark in own + theirs], pattern.name


def test_every_route_asks_who_is_there(scene: Scene) -> None:
    for pattern in private():
        for method in methods(pattern):
            response = ask(Caller(), method, scene.address(pattern), None)
            assert response.status_code == 401, (pattern.name, method)
            assert response["WWW-Authenticate"]


@pytest.mark.long
def test_a_key_without_the_scope_is_refused_everywhere(scene: Scene) -> None:
    """The weakest key of each side: what a route needs, one of both lacks, or it is open to all readers."""
    poor = [caller(scene.cast.buyer, ("payments:write",)), caller(scene.cast.supplier, ("receipts:write",))]
    for pattern in private():
        for method in methods(pattern):
            right = getattr(pattern.callback.view_class, method).operation.right  # type: ignore[attr-defined]
            assert right, f"{pattern.name} needs no right"
            codes = [ask(one, method, scene.address(pattern), None).status_code for one in poor]
            assert 403 in codes or right in ("account.view", "payment.view"), (pattern.name, method, codes)


def test_relations_are_looked_up_in_scope(scene: Scene) -> None:
    stranger, ids = scene.cast.stranger, scene.ids
    share = {"invoice": ids["invoice"], "amount": "1.00"}
    for path, written, place in (
        ("disputes", {"invoice": ids["invoice"], "reason": "damaged"}, "/invoice"),
        ("payments", {"invoices": [share]}, "/invoices/0/invoice"),
        ("threads", {"kind": "invoice", "id": ids["invoice"]}, "/id"),
    ):
        response = stranger.post(path, written, Idempotency_Key=path)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == place
    money = {"account": "C-1001", "amount": "7.00", "currency": "EUR", "received_on": "2026-03-11"}
    refused = scene.cast.other_supplier.post("cash-receipts", money, Idempotency_Key="walls")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/account")
    release = {"account": str(scene.cast.account.pk)}
    foreign = scene.cast.other_supplier.post("invoices", invoice(account="nobody")).json()["id"]
    assert scene.cast.other_supplier.post(f"intakes/{foreign}/release", release).status_code == 422


@pytest.mark.parametrize("question", ["account={account}", "invoice={invoice}", "about={invoice}"])
def test_filters_find_nothing_of_others(scene: Scene, question: str) -> None:
    for name in ("invoices", "disputes", "approvals", "payments", "credit-notes", "cash-receipts", "threads"):
        response = scene.cast.stranger.get(f"{name}?{question.format(**scene.ids)}")
        assert response.status_code == 422 or response.json()["items"] == [], name


def test_internal_notes_stay_with_the_supplier(scene: Scene) -> None:
    path = f"threads/{scene.ids['thread']}/messages"
    assert scene.cast.erp.post(path, {"body": "Be generous", "internal": True}).status_code == 201
    assert "generous" in scene.cast.erp.get(path).content.decode()
    assert "generous" not in scene.cast.payer.get(path).content.decode()
    assert scene.cast.payer.post(path, {"body": "x", "internal": True}).status_code == 403
    assert Thread.objects.count() == 1


def test_the_payers_page_is_the_payers_alone(scene: Scene) -> None:
    path = f"payments/{scene.ids['payment']}"
    assert scene.cast.payer.get(path).json()["checkout_url"]
    assert scene.cast.erp.get(path).json()["checkout_url"] == ""


def ask(who: Caller, method: str, path: str, written: Any) -> Any:
    if method == "get":
        return who.get(path)
    if method == "patch":
        return who.patch(path, written)
    return who.post(path, written, Idempotency_Key=f"{path} {id(written)}"[:200])
