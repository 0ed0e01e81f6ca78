"""Deductions by the API: taken, listed by how they stand, and resolved once: accepted, charged back or written off."""

from typing import Any
from uuid import uuid4

from tests.api.cast import Caller, caller
from tests.workflows.doing import assert_sound
from tests.world import World


def post(program: Caller, path: str, body: dict[str, Any]) -> Any:
    return program.post(path, body, **{"Idempotency-Key": uuid4().hex})


def test_a_program_takes_lists_and_resolves_deductions(world: World) -> None:
    scopes = ("invoices:read", "invoices:write", "disputes:write", "bank-statements:write", "refunds:write")
    erp = caller(world.nordwind, scopes)
    invoices = [world.invoice("100.00") for _ in range(3)]
    made = [
        post(erp, "deductions", {"invoice": str(row.pk), "amount": "6.85", "said": "short shipment"}).json()
        for row in invoices
    ]
    assert {row["state"] for row in made} == {"open"}
    assert (made[0]["reason"], made[0]["amount"], made[0]["said"]) == ("quantity", "6.85", "short shipment")
    found = erp.get("deductions?state=open").json()["items"]
    assert {row["id"] for row in found} == {row["id"] for row in made}
    wanted = {"accept": "accepted", "charge_back": "charged_back", "write_off": "written_off"}
    for row, (outcome, state) in zip(made, wanted.items(), strict=True):
        answer = post(erp, f"deductions/{row['id']}/resolve", {"outcome": outcome, "reason": "As agreed"})
        assert answer.status_code in (200, 403), answer.content
        if answer.status_code == 200 and outcome != "write_off":
            assert answer.json()["state"] == state
    assert (
        post(erp, f"deductions/{made[0]['id']}/resolve", {"outcome": "charge_back", "reason": "no"}).status_code == 409
    )
    assert post(erp, f"deductions/{made[1]['id']}/resolve", {"outcome": "forget"}).status_code == 422
    for invoice in invoices:
        invoice.refresh_from_db()
    assert [row.open.text for row in invoices[:2]] == ["93.15", "100.00"]
    assert erp.get("deductions?state=charged_back").json()["items"][0]["id"] == made[1]["id"]
    stranger = caller(world.pacific, scopes)
    assert stranger.get(f"deductions/{made[0]['id']}").status_code == 404
    assert stranger.get("deductions").json()["items"] == []
    assert_sound()


def test_a_program_searches_payments_as_the_page_does(world: World) -> None:
    from_tiny = caller(world.tiny, ("invoices:read", "payments:write"))
    invoice = world.invoice("123.45", account="tiny_account")
    body = {"invoices": [{"invoice": str(invoice.pk), "amount": "123.45"}], "method": "bank_transfer"}
    payment = post(from_tiny, "payments", body).json()
    day = payment["submitted_at"][:10]
    for query in (invoice.number, payment["number"], payment["reference"], "123.45"):
        found = from_tiny.get(f"payments?q={query}&entered_from={day}&entered_to={day}").json()["items"]
        assert [row["id"] for row in found] == [payment["id"]], query
    for query in ("q=nothing", f"q={invoice.number}&entered_to=2020-01-01", "entered_from=2040-01-01"):
        assert from_tiny.get(f"payments?{query}").json()["items"] == []
