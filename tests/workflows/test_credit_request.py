"""Credit that the supplier's ERP issues: asked for here, held until its note answers, and never counted twice."""

from typing import Any

import pytest

from eipp.accounts.legal_entity import choose_issuer
from eipp.accounts.models import LegalEntity
from eipp.ledger.models import CreditNote, Hold, Invoice
from tests.workflows.doing import assert_sound, enter, eur, refused, told
from tests.world import World
from workflows import answering
from workflows.credit_request import CreditRequest
from workflows.dispute import Dispute, open_dispute
from workflows.presentment import Presentment
from workflows.withdrawal import withdraw


@pytest.fixture
def erp_issues(world: World) -> World:
    """Nordwind's ERP issues its credit notes, as its administrator said."""
    choose_issuer(world.actor("silke"), world.main.legal_entity, credit_notes_by="erp")
    for account in world.accounts.values():
        account.legal_entity.refresh_from_db()
    return world


def note(request: CreditRequest | str, amount: str = "30.00", **changes: Any) -> dict[str, Any]:
    return {
        "external_id": "ERP-C-1", "number": "ERP-1", "account": "10001", "issue_date": "2026-03-09", "currency": "EUR",
        "credit_request": str(getattr(request, "pk", request)), "reason": "As agreed",
        "lines": [{"number": "1", "name": "Credit", "quantity": "1", "unit_price": amount}], **changes,
    }  # fmt: skip


def post(world: World, body: dict[str, Any], by: str = "nordwind") -> Any:
    return world.program(by).post("/api/v1/credit-notes", body, content_type="application/json")


def disputed(world: World, amount: str = "30.00") -> tuple[Invoice, Dispute]:
    invoice = world.invoice("100.00", account="tiny_account")
    return invoice, open_dispute(world.actor("tom"), invoice, reason="price", amount=eur(amount))


def test_accepting_asks_the_erp_and_what_is_accepted_stays_held_until_its_note_comes(erp_issues: World) -> None:
    world = erp_issues
    invoice, dispute = disputed(world, "50.00")
    assert answering.accept(world.actor("clara"), dispute, amount=eur("30.00")) is None
    request = CreditRequest.objects.get()
    invoice.refresh_from_db()
    assert (dispute.state, request.state, request.amount, request.dispute) == (
        "accepted",
        "open",
        eur("30.00"),
        dispute,
    )
    assert (invoice.open, invoice.disputed, invoice.free) == (eur("100.00"), eur("30.00"), eur("70.00"))
    assert not CreditNote.objects.exists()
    with refused("more_than_open"):
        enter(world, "tom", (invoice, eur("70.01")))
    asked = world.program("nordwind").get("/api/v1/credit-requests?state=open").json()["items"]
    assert [(row["id"], row["amount"], row["invoice_number"]) for row in asked] == [
        (str(request.pk), "30.00", invoice.number)
    ]
    answer = post(world, note(request, account="10020"))
    assert answer.status_code == 201, answer.content
    invoice.refresh_from_db()
    request.refresh_from_db()
    credit_note = CreditNote.objects.get()
    assert (invoice.open, invoice.disputed, invoice.credited) == (eur("70.00"), eur("0.00"), eur("30.00"))
    assert (request.state, request.credit_note, credit_note.open) == ("closed", credit_note, eur("0.00"))
    assert (credit_note.corrects, credit_note.dispute_id) == (invoice, dispute.pk)
    assert told(request) == ["credit_request.opened", "credit_request.closed"]
    assert post(world, note(request, account="10020")).status_code == 200  # the same again is the same
    assert_sound()


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"amount": "29.99"}, "other_credit", 422), ({"amount": "30.01"}, "other_credit", 422),
        ({"currency": "USD"}, "other_credit", 422), ({"account": "10001"}, "other_credit", 422),
        ({"credit_request": "0199d0a0-0000-7000-8000-000000000000"}, "unknown_credit_request", 422),
    ],
    ids=["less", "more", "currency", "account", "unknown"],
)  # fmt: skip
def test_a_note_that_does_not_fit_is_refused_and_nothing_moves(
    erp_issues: World, changes: dict[str, Any], code: str, status: int
) -> None:
    world = erp_issues
    invoice, dispute = disputed(world)
    answering.accept(world.actor("clara"), dispute)
    request = CreditRequest.objects.get()
    answer = post(world, note(request, **{"account": "10020", **changes}))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    request.refresh_from_db()
    invoice.refresh_from_db()
    assert (request.state, invoice.disputed, CreditNote.objects.count()) == ("open", eur("30.00"), 0)
    assert_sound()


def test_a_second_note_for_one_request_and_a_stranger_s_are_refused(erp_issues: World) -> None:
    world = erp_issues
    _, dispute = disputed(world)
    answering.accept(world.actor("clara"), dispute)
    request = CreditRequest.objects.get()
    assert post(world, note(request, account="BWM-US", currency="USD"), by="pacific").status_code == 422
    assert post(world, note(request, account="10020")).status_code == 201
    again = post(world, note(request, account="10020", external_id="ERP-C-2", number="ERP-2"))
    assert (again.status_code, again.json()["code"]) == (409, "credit_request_done")
    assert "ERP-1" in again.json()["detail"]
    assert_sound()


def test_cancelling_takes_the_dispute_up_again_and_holds_its_part(erp_issues: World) -> None:
    world = erp_issues
    invoice, dispute = disputed(world, "50.00")
    answering.accept(world.actor("clara"), dispute, amount=eur("30.00"))
    request = CreditRequest.objects.get()
    with refused("reason_missing", 422):
        request.cancel(world.actor("clara"), reason=" ")
    url = f"/api/v1/credit-requests/{request.pk}/cancel"
    program = world.program("nordwind")
    assert program.post(url, {"reason": "Not in our books"}, content_type="application/json").status_code == 200
    dispute.refresh_from_db()
    invoice.refresh_from_db()
    assert (dispute.state, dispute.accepted_minor, invoice.disputed) == ("in_review", 0, eur("30.00"))
    assert not Hold.objects.filter(reason_kind="credit_request", released_at=None).exists()
    answering.accept(world.actor("clara"), dispute, amount=eur("20.00"))  # and now it is asked for anew
    assert post(world, note(CreditRequest.objects.get(state="open"), "20.00", account="10020")).status_code == 201
    assert_sound()


def test_withdrawing_an_invoice_waits_for_the_erp_s_note_and_then_takes_it_back(erp_issues: World) -> None:
    world = erp_issues
    invoice = world.invoice("100.00", account="tiny_account")
    presentment = Presentment.objects.get(invoice=invoice)
    with refused("erp_issues", 409):
        presentment.withdraw(world.actor("mona"), reason="Sent twice")
    request = withdraw(world.actor("mona"), presentment, reason="Sent twice")
    invoice.refresh_from_db()
    assert request
    assert (invoice.withdrawn_at, invoice.free, presentment.state) == (None, eur("0.00"), "presented")
    assert post(world, note(request, "100.00", account="10020")).status_code == 201
    invoice.refresh_from_db()
    presentment.refresh_from_db()
    assert (invoice.open, presentment.state, invoice.withdrawn_at is None) == (eur("0.00"), "withdrawn", False)
    assert_sound()


def test_credit_of_ar_s_own_for_a_paid_invoice_becomes_usable_when_it_comes(erp_issues: World) -> None:
    world, mona = erp_issues, erp_issues.actor("mona")
    invoice = world.invoice("100.00", account="tiny_account")
    request = answering.give_credit(mona, invoice, eur("80.00"), reason="Price of last year")
    assert isinstance(request, CreditRequest)
    with refused("more_than_invoice", 422):
        answering.give_credit(mona, invoice, eur("20.01"), reason="And more")
    with refused("reason_missing", 422):
        answering.give_credit(mona, invoice, eur("1.00"), reason="")
    invoice.refresh_from_db()
    assert invoice.free == eur("20.00")
    assert post(world, note(request, "80.00", account="10020")).status_code == 201
    assert_sound()


def test_who_issues_credit_notes_is_the_administrator_s_to_say(world: World) -> None:
    entity = LegalEntity.objects.get(organisation=world.nordwind)
    with refused("not_your_role", 403):
        choose_issuer(world.actor("mona"), entity, credit_notes_by="erp")
    with refused("unknown_word", 422):
        choose_issuer(world.actor("silke"), entity, credit_notes_by="nobody")
    assert choose_issuer(world.actor("silke"), entity, credit_notes_by="here").credit_notes_by == "here"
