"""Refund payout: money goes back by bank to the payer's confirmed account alone, once, and by a file that says so."""

from uuid import uuid4

import pytest
from django.urls import reverse
from lxml import etree

from documents.bank.transfers import NAMESPACE
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.ledger import posting
from eipp.ledger.models import CashReceipt
from tests.api.cast import caller
from tests.workflows.doing import approve, assert_sound, confirmed_account, eur, paid, refused, told
from tests.world import World
from workflows import bank_details, refund_file, refund_request
from workflows.refund import Refund

SYSTEM = Actor.system("test")
ONE, OTHER = "DE89370400440532013000", "GB33BUKB20201555555555"


@pytest.fixture
def receipt(world: World) -> CashReceipt:
    """A transfer of Brightwater's that stands on its account."""
    return posting.post_receipt(SYSTEM, account=world.main, amount=eur("50.00"), received_on=clock.today(),
                                kind="transfer")  # fmt: skip


def asked(world: World, receipt: CashReceipt, amount: str = "20.00") -> Refund:
    return refund_request.request(world.actor("mona"), receipt, eur(amount), reason="Paid twice")


def made(world: World, run, form: str = "pain.001"):
    return refund_file.make(world.actor("mona"), world.main.legal_entity, "EUR", form=form, bank_run=run)


def test_nothing_is_sent_where_no_account_is_confirmed_and_waited_for(world: World, receipt: CashReceipt) -> None:
    with refused("no_bank_details", 409):
        asked(world, receipt)
    row = bank_details.propose(world.actor("anna"), None, holder="Brightwater", account=ONE, currency="EUR")
    for _ in ("a second person is missing", "the wait runs"):
        with refused("bank_details_wait", 409):
            asked(world, receipt)
        if row.state == "proposed":
            row.confirm(world.actor("dora"))
    assert not Refund.objects.exists()
    confirmed_account(world, account=OTHER, currency="GBP")
    with refused("bank_details_wait", 409):
        asked(world, receipt)
    assert_sound()


def test_the_file_sends_each_once_to_the_account_in_force_by_then(world: World, receipt: CashReceipt) -> None:
    confirmed_account(world, account=ONE)
    refunds = [asked(world, receipt, amount) for amount in ("20.00", "5.00")]
    assert {row.paid_to.account for row in refunds if row.paid_to} == {ONE}
    confirmed_account(world, account=OTHER)
    run = uuid4()
    content = made(world, run).content
    found = etree.fromstring(content)
    for row in refunds:
        row.refresh_from_db()
    assert [row.text for row in found.iter(f"{{{NAMESPACE}}}IBAN")].count(OTHER) == 2
    assert sorted(row.text or "" for row in found.iter(f"{{{NAMESPACE}}}Ustrd")) == [
        f"Refund {row.number}" for row in refunds]  # fmt: skip
    assert [(row.state, row.bank_run) for row in refunds] == [("pending", run)] * 2
    assert told(refunds[0]) == ["refund.requested", "refund.submitted", "refund.sent"]
    assert made(world, run).content == content
    assert refunds[0].number.encode() in made(world, run, "csv").content
    with refused("nothing_to_transfer", 409):
        made(world, uuid4())
    with refused("not_your_role", 403):
        refund_file.make(world.actor("tom"), world.main.legal_entity, "EUR", form="csv", bank_run=run)
    refunds[0].mark_not_sent(world.actor("mona"))
    refunds[0].cancel(world.actor("mona"))
    refunds[1].succeed(SYSTEM)
    receipt.refresh_from_db()
    assert (receipt.given_back, receipt.set_aside, receipt.unapplied) == (eur("5.00"), eur("0"), eur("45.00"))
    assert_sound()


def test_what_was_paid_by_card_goes_by_bank_only_after_the_card_has_failed(world: World) -> None:
    confirmed_account(world)
    invoice = world.invoice("100.00")
    approve(world, "ben", invoice)
    payment = paid(world, "anna", invoice)
    mona = world.actor("mona")
    with refused("goes_back_as_it_came", 409):
        refund_request.request(mona, payment, eur("30.00"), reason="Two boxes", by_bank=True)
    first = refund_request.request(mona, payment, eur("30.00"), reason="Two boxes")
    first.fail(SYSTEM, failure="card_declined")
    second = refund_request.request(mona, payment, eur("30.00"), reason="Two boxes", by_bank=True)
    assert (second.is_payout, second.paid_to.account) == (True, ONE)
    assert_sound()


def test_both_faces_and_programs_see_where_it_goes(world: World, receipt: CashReceipt) -> None:
    confirmed_account(world)
    refund = asked(world, receipt)
    mona, anna = world.client("mona"), world.client("anna")
    assert ONE in mona.get(f"/desk/payments/refunds/{refund.pk}/").content.decode()
    theirs = anna.get(reverse("portal:refund", args=[refund.pk])).content.decode()
    assert ONE not in theirs and "DE89 … 3000" in theirs
    page = mona.get("/desk/payments/refunds/").content.decode()
    assert "Make the payment file" in page
    of, run = f"{refund.legal_entity_id}:EUR", uuid4()
    answer = mona.post("/desk/payments/refunds/", {"move": "file", "of": of, "run": run, "form": "pain.001"})
    assert ONE.encode() in b"".join(answer)
    again = mona.post(f"/desk/payments/refunds/{refund.pk}/", {"move": "file"})
    assert ONE.encode() in b"".join(again)
    program = caller(world.nordwind, ("invoices:read", "refunds:write"))
    read = program.get(f"refunds/{refund.pk}").json()
    assert (read["state"], read["paid_to"]["account"], read["bank_run"]) == ("pending", ONE, str(run))
    body = {"legal_entity": str(refund.legal_entity_id), "currency": "EUR", "bank_run": str(run)}
    file = program.post("refunds/file", body, **{"Idempotency-Key": "one"})
    assert file.status_code == 200 and ONE in file.json()["content"]
    assert (
        program.post(f"refunds/{refund.pk}/not_sent", {}, **{"Idempotency-Key": "two"}).json()["state"] == "submitted"
    )
