"""Bank statements by the API: loaded as the bank sent them, applied within seconds, kept where something is wrong."""

from typing import Any

from django.test import Client

from eipp.ledger.models import CashReceipt
from tests.workflows.bank_file import IBAN, Line, camt, work
from tests.world import World
from workflows.bank_statement import BankStatement

PATH = "/api/v1/bank-statements"


def load(client: Client, content: bytes, kind: str = "application/xml", **query: str) -> tuple[int, Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = client.post(f"{PATH}?{asked}" if asked else PATH, content, content_type=kind)
    return answer.status_code, answer.json()


def test_a_program_loads_a_statement_and_reads_where_its_entries_went(world: World) -> None:
    erp, invoice = world.program("nordwind"), world.invoice("100.00", account="tiny_account")
    content = camt(Line("100.00", text=invoice.number), Line("20.00", name="Nobody we know"), Line("-3.50"))
    status, told = load(erp, content)
    (item,) = told["items"]
    assert (status, item["outcome"], item["statement"]["state"]) == (201, "created", "received")
    work()
    found = erp.get(f"{PATH}/{item['statement']['id']}").json()
    assert (found["state"], found["came"], found["went"], found["entries"]) == ("applied", "120.00", "-3.50", 3)
    entries = erp.get(f"{PATH}/{found['id']}/entries").json()["items"]
    assert [(each["outcome"], each["because"]) for each in entries] == [
        ("applied", "invoice"), ("waiting", "unknown_payer"), ("outgoing", "outgoing"),
    ]  # fmt: skip
    assert entries[0]["receipt"] == str(CashReceipt.objects.get().pk)
    assert erp.get(f"{PATH}/{found['id']}/entries?outcome=waiting").json()["items"] == [entries[1]]
    original = erp.get(f"{PATH}/{found['id']}/original")
    assert b"".join(original.streaming_content) == content  # type: ignore[attr-defined]


def test_the_same_statement_again_is_the_same_one(world: World) -> None:
    erp, content = world.program("nordwind"), camt(Line("10.00"))
    first, second = load(erp, content), load(erp, content)
    assert [first[0], second[0]] == [201, 200]
    assert second[1]["items"][0]["outcome"] == "repeated"
    assert first[1]["items"][0]["statement"]["id"] == second[1]["items"][0]["statement"]["id"]


def test_what_is_wrong_is_said_and_kept(world: World) -> None:
    erp = world.program("nordwind")
    status, told = load(erp, camt(Line("50.00"), closing="1050.01"))
    (reason,) = told["items"][0]["statement"]["reasons"]
    assert (status, reason["code"]) == (201, "does_not_add_up")
    assert "0.01 EUR is missing" in reason["message"]
    status, told = load(erp, b"<Document>", "application/xml")
    assert (status, told["code"]) == (422, "unreadable_statement")
    assert "(line 1)" in told["detail"]
    held = erp.get(f"{PATH}?state=held").json()["items"]
    assert {each["reasons"][0]["code"] for each in held} == {"unreadable", "does_not_add_up"}
    assert BankStatement.objects.count() == 2


def test_a_table_is_told_its_account(world: World) -> None:
    erp, content = world.program("nordwind"), b"Date,Name,Amount\n2026-03-02,Tiny Studio,50.00\n"
    status, told = load(erp, content, "text/csv", account=IBAN, currency="EUR")
    assert (status, told["items"][0]["statement"]["state"]) == (201, "received")
    assert (
        load(erp, content, "text/csv", account="nowhere", currency="EUR")[1]["items"][0]["statement"]["state"] == "held"
    )


def test_only_a_supplier_s_program_with_the_scope_may(world: World) -> None:
    assert load(world.program("brightwater"), camt(Line("1.00")))[0] == 403
    assert load(world.program("nordwind"), b"{}", "application/json")[0] == 415
    assert load(world.program("nordwind"), b"")[0] == 422
    load(world.program("nordwind"), camt(Line("1.00")))
    assert world.program("pacific").get(PATH).json()["items"] == []
