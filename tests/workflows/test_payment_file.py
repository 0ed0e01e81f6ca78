"""An announced bank run as a file: only what may be paid, only into verified accounts, right to the cent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree
from stdnum import iban

from documents.bank.transfers import NAMESPACE
from eipp.gateways.creditor_reference import is_structured
from eipp.kernel import clock
from eipp.ledger.models import Application
from tests.workflows.bank_file import Line, applied, camt
from tests.workflows.doing import approve, eur, refused
from tests.world import World
from workflows import announced_payment, approval, payment_file
from workflows.announced_payment import AnnouncedPayment

IN = {"p": NAMESPACE}
PAYERS = "GB29 NWBK 6016 1331 9268 19"


def bank_run(world: World, *totals: str) -> AnnouncedPayment:
    invoices = [world.invoice(total) for total in totals]
    for invoice in invoices:
        approve(world, "ben", invoice)
    return announced_payment.announce(
        world.actor("anna"), [(invoice, invoice.free) for invoice in invoices], bank_run=uuid4(),
        pays_on=clock.today() + timedelta(days=2),
    )  # fmt: skip


def names(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(each.text) for each in root.findall(path, IN)]


def test_a_pain_001_holds_its_sums_references_and_verified_accounts(world: World) -> None:
    made = bank_run(world, "100.00", "20.50")
    file = payment_file.payment_file(world.actor("anna"), [made], form="pain.001", account=PAYERS)
    root = etree.fromstring(file.content)
    assert root.tag == f"{{{NAMESPACE}}}Document"
    order = root[0]
    assert [etree.QName(child).localname for child in order] == ["GrpHdr", "PmtInf"]
    assert [etree.QName(child).localname for child in order[0]] == [
        "MsgId",
        "CreDtTm",
        "NbOfTxs",
        "CtrlSum",
        "InitgPty",
    ]
    assert [etree.QName(child).localname for child in order[1]] == [
        "PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "ChrgBr",
        "CdtTrfTxInf",
    ]  # fmt: skip
    row = order[1][-1]
    assert names(row) == ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"]
    amounts = texts(root, ".//p:InstdAmt")
    sums = texts(root, ".//p:CtrlSum")
    assert {Decimal(each) for each in sums} == {sum(map(Decimal, amounts), Decimal(0))} == {Decimal("120.50")}
    assert texts(root, ".//p:NbOfTxs") == [str(len(amounts))] * 2
    assert texts(root, ".//p:EndToEndId") == texts(root, ".//p:CdtrRefInf/p:Ref") == [made.reference]
    assert is_structured(made.reference)
    payee, payer = texts(root, ".//p:CdtrAcct/p:Id/p:IBAN"), texts(root, ".//p:DbtrAcct/p:Id/p:IBAN")
    assert payee == [made.legal_entity.bank_accounts[0]["iban"]]
    assert payer == [iban.compact(PAYERS)]
    assert all(len(text) <= 35 for text in texts(root, ".//p:MsgId") + texts(root, ".//p:PmtInfId"))
    assert texts(root, ".//p:ReqdExctnDt/p:Dt") == [made.pays_on.isoformat()]


def test_what_may_not_be_paid_any_more_is_left_out(world: World) -> None:
    made = bank_run(world, "100.00", "20.50")
    left, lapsed = (share.invoice for share in made.shares.order_by("-amount_minor"))
    approval.begin_again(lapsed, because="corrected", now=clock.now())
    file = payment_file.payment_file(world.actor("anna"), [made], form="csv")
    assert file.left_out == [lapsed.number]
    assert b"100.00" in file.content and b"20.50" not in file.content
    assert left.number.encode() in file.content
    made.withdraw(world.actor("anna"))
    with refused("nothing_to_transfer", 409):
        payment_file.payment_file(world.actor("anna"), [made], form="csv")
    with refused("wrong_iban", 422):
        payment_file.payment_file(world.actor("anna"), [made], form="pain.001", account="GB29 0000")


@pytest.mark.parametrize("form", ["pain.001", "csv"])
def test_the_page_gives_the_file_to_who_pays(world: World, form: str) -> None:
    made = bank_run(world, "100.00")
    url = f"/payments/announced/{made.pk}/"
    sent = world.client("anna").post(url, {"move": "file", "form": form, "account": ""})
    assert sent.status_code == 200 and "attachment" in sent["Content-Disposition"]
    assert made.reference.encode() in sent.content
    assert world.client("vera").post(url, {"move": "file", "form": form}).status_code == 403
    assert world.client("sina").get(url).status_code == 404


def test_the_banks_money_is_known_by_the_reference(world: World) -> None:
    made = bank_run(world, "100.00", "20.50")
    statement = applied(world, camt(Line("120.50", text=f"Payment {made.reference}", name="Somebody")))
    entry = statement.entries.get()
    assert entry.because["code"] == "announced"
    assert (
        sum(row.amount_minor for row in Application.objects.filter(invoice__announced_shares__announced=made)) == 12050
    )


def test_programs_promise_announce_and_take_the_file(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    program = world.program("brightwater")
    day = (clock.today() + timedelta(days=2)).isoformat()
    body = {"invoices": [{"invoice": str(invoice.pk), "amount": "60.00"}], "day": day}
    own = world.invoice("80.00")
    approve(world, "ben", own)
    mine = {"invoices": [{"invoice": str(own.pk), "amount": "60.00"}], "day": day}

    def post(path: str, sent: Any, key: str) -> Any:
        return program.post(f"/api/v1/{path}", sent, content_type="application/json",
                            headers={"Idempotency-Key": key})  # fmt: skip

    assert post("promises", body, "a").status_code == 422  # somebody else's invoice
    made = post("promises", mine, "b")
    assert (made.status_code, post("promises", mine, "b").json()["id"]) == (201, made.json()["id"])
    assert program.get(f"/api/v1/promises/{made.json()['id']}").json()["state"] == "promised"
    assert post(f"promises/{made.json()['id']}/withdraw", {}, "c").json()["state"] == "withdrawn"
    announced = post("announced-payments", mine, "d").json()
    assert announced["amount"] == eur("60.00").text
    file = post(f"announced-payments/{announced['id']}/file", {"form": "pain.001"}, "e").json()
    assert announced["reference"] in file["content"]
