"""Presentment: what an ERP sends becomes an invoice once, in the right hands, or is kept with every reason."""

from typing import Any

import pytest

from documents.einvoice.document import Document
from documents.einvoice.parts import Reference
from eipp.ledger.models import CreditNote, Invoice
from tests.workflows.arriving import bill, changed, rules, send
from tests.workflows.doing import approve, assert_sound, enter, eur, hear, paid, refused, told
from tests.world import World
from workflows import approval
from workflows.dispute import open_dispute
from workflows.machine import steps_of
from workflows.presentment import Presentment
from workflows.receiving import Arrival, receive


def test_what_is_right_is_posted_shown_and_sent_through_the_buyers_rules(world: World) -> None:
    receipt = send(world, bill(world))
    row = receipt.presentment
    assert (receipt.outcome, row.state, row.invoice.open) == ("created", "presented", eur("100.00"))
    assert told(row) == ["invoice.received", "invoice.presented"]
    assert approval.active_run(row.invoice).state == "waiting"
    assert_sound()


def test_the_same_words_again_are_the_same_invoice(world: World) -> None:
    first, second = send(world, bill(world)), send(world, bill(world))
    assert (second.outcome, second.presentment.pk) == ("repeated", first.presentment.pk)
    assert (Invoice.objects.count(), Presentment.objects.count()) == (1, 1)
    assert_sound()


def test_other_words_are_the_next_version_of_the_same_invoice(world: World) -> None:
    first = send(world, bill(world)).presentment
    second = send(world, bill(world, note="Gate 2, please", order="PO-9"))
    first.refresh_from_db()
    invoice = Invoice.objects.get()
    assert (second.outcome, second.presentment.invoice_id) == ("revised", first.invoice_id)
    assert (first.state, second.presentment.state) == ("superseded", "presented")
    assert (invoice.version, invoice.note, invoice.order_reference) == (2, "Gate 2, please", "PO-9")
    assert_sound()


def test_other_words_make_the_approval_lapse(world: World) -> None:
    invoice = send(world, bill(world)).presentment.invoice
    approve(world, "ben", invoice)
    send(world, bill(world, note="Read me again"))
    invoice.refresh_from_db()
    assert approval.active_run(invoice).state == "waiting"
    with refused("approval_missing"):
        enter(world, "anna", invoice)
    assert_sound()


def test_other_money_of_an_untouched_invoice_is_posted_anew_under_the_same_id(world: World) -> None:
    first = send(world, bill(world)).presentment
    second = send(world, bill(world, price="90.00"))
    invoice = Invoice.objects.get()
    assert (second.outcome, second.presentment.invoice_id) == ("revised", first.invoice_id)
    assert (invoice.open, invoice.payable, invoice.version) == (eur("90.00"), eur("90.00"), 2)
    assert_sound()


@pytest.mark.parametrize("touched", ["paid", "disputed", "on the way"])
def test_other_money_of_a_touched_invoice_is_refused_and_changes_nothing(world: World, touched: str) -> None:
    invoice = send(world, bill(world)).presentment.invoice
    if touched == "disputed":
        open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("1.00"))
    else:
        approve(world, "ben", invoice)
        (paid if touched == "paid" else enter)(world, "anna", (invoice, eur("1.00")))
    with refused("credit_and_rebill", 409):
        send(world, bill(world, price="90.00"))
    assert Presentment.objects.get().state in ("presented", "viewed")
    assert Invoice.objects.get().payable == eur("100.00")
    assert send(world, bill(world, note="words may change")).outcome == "revised"
    assert_sound()


def test_the_number_of_another_document_is_refused(world: World) -> None:
    send(world, bill(world))
    with refused("number_taken", 409):
        send(world, bill(world, price="5.00"), external_id="ERP-2")
    assert Invoice.objects.count() == 1


def test_without_an_external_id_the_number_is_it(world: World) -> None:
    assert send(world, bill(world), external_id="").outcome == "created"
    assert send(world, bill(world), external_id="").outcome == "repeated"


def test_another_suppliers_external_id_and_number_are_its_own(world: World) -> None:
    send(world, bill(world))
    theirs = bill(world, account="pacific_usd")
    facts: dict[str, Any] = {"channel": "json", "judged": True, "account_number": "BWM-US", "external_id": "ERP-1"}
    assert receive(world.erp("pacific"), Arrival(theirs, **facts)).outcome == "created"
    assert Invoice.objects.count() == 2


def test_an_account_of_another_supplier_is_nobodys(world: World) -> None:
    row = send(world, bill(world), account_number="BWM-US").presentment
    assert (row.state, rules(row), row.invoice) == ("quarantined", {"EIPP-BUYER-UNKNOWN"}, None)


def test_only_who_may_post_posts(world: World) -> None:
    with refused("not_your_role", 403):
        receive(world.actor("clara"), Arrival(bill(world), channel="json", judged=True))


def credit_note(world: World, of: str, price: str = "30.00") -> Document:
    return changed(bill(world, "GS-1", price=price), is_credit_note=True, type_code="381", due_date=None,
                   payment_means=(), preceding_invoices=(Reference(number=of),))  # fmt: skip


def test_a_credit_note_is_used_for_the_invoice_it_names(world: World) -> None:
    invoice = send(world, bill(world)).presentment.invoice
    row = send(world, credit_note(world, "4711"), external_id="ERP-C").presentment
    invoice.refresh_from_db()
    assert (row.state, row.credit_note.open, invoice.open) == ("presented", eur("0"), eur("70.00"))
    assert_sound()


def test_a_credit_note_that_names_nothing_we_know_stays_on_the_account(world: World) -> None:
    invoice = send(world, bill(world)).presentment.invoice
    for number, names in (("ERP-C", "never heard of"), ("ERP-D", "4711")):
        document = changed(credit_note(world, names, "130.00"), number=number)
        row = send(world, document, external_id=number).presentment
        assert row.credit_note.open == eur("130.00")
    invoice.refresh_from_db()
    assert invoice.open == eur("100.00")
    assert_sound()


def test_a_credit_note_once_posted_is_not_changed(world: World) -> None:
    send(world, credit_note(world, "4711"), external_id="ERP-C")
    with refused("credit_and_rebill", 409):
        send(world, credit_note(world, "4711", "31.00"), external_id="ERP-C")
    assert CreditNote.objects.get().payable == eur("30.00")


def test_an_invoice_over_nothing_is_closed_at_once(world: World) -> None:
    row = send(world, bill(world, price="0.00")).presentment
    row.refresh_from_db()
    assert (row.state, approval.active_run(row.invoice)) == ("closed", None)
    assert_sound()


def test_a_paid_invoice_is_closed_and_one_that_is_open_again_is_reopened(world: World) -> None:
    row = send(world, bill(world)).presentment
    approve(world, "ben", row.invoice)
    entered = paid(world, "anna", row.invoice)
    row.refresh_from_db()
    assert row.state == "closed"
    from_the_bank = entered.charge_back
    from_the_bank(approval.Actor.system("gateway"), failure="card_declined")
    row.refresh_from_db()
    assert (row.state, row.invoice.open) == ("viewed", eur("100.00"))
    assert_sound()


def test_an_invoice_closed_before_its_approval_is_asked_about_again_when_it_reopens(world: World) -> None:
    row = send(world, bill(world)).presentment
    row.close(approval.Actor.system("ledger"))
    assert approval.active_run(row.invoice) is None
    row.reopen(approval.Actor.system("ledger"))
    run = approval.active_run(row.invoice)
    assert run and run.state == "waiting"
    assert_sound()


def test_a_withdrawn_invoice_is_credited_in_full_and_asks_nobody_for_anything(world: World) -> None:
    row = send(world, bill(world)).presentment
    with refused("reason_missing", 422):
        row.withdraw(world.actor("mona"), reason=" ")
    row.withdraw(world.actor("mona"), reason="Sent by mistake")
    row.refresh_from_db()
    row.invoice.refresh_from_db()
    assert (row.state, row.invoice.open, row.invoice.withdrawn_at is not None) == ("withdrawn", eur("0"), True)
    assert approval.active_run(row.invoice) is None
    assert told(row) == ["invoice.received", "invoice.presented", "invoice.withdrawn"]
    assert_sound()


def test_what_is_paid_or_on_the_way_is_not_withdrawn(world: World) -> None:
    row = send(world, bill(world)).presentment
    approve(world, "ben", row.invoice)
    entered = enter(world, "anna", (row.invoice, eur("40.00")))
    with refused("not_withdrawable", 409):
        row.withdraw(world.actor("mona"), reason="x")
    hear(entered)
    with refused("not_withdrawable", 409):
        row.withdraw(world.actor("mona"), reason="x")
    assert_sound()


def test_an_invoice_that_bounced_is_sent_once_more_or_seen_after_all(world: World) -> None:
    row = send(world, bill(world)).presentment
    mail = approval.Actor.system("mail")
    row.bounce(mail)
    row.try_again(mail)
    assert row.state == "presented"
    row.bounce(mail)
    row.view(world.actor("anna"))
    assert row.state == "viewed"
    bounces = ["invoice.bounced", "invoice.tried_again", "invoice.bounced", "invoice.viewed"]
    assert told(row) == ["invoice.received", "invoice.presented", *bounces]
    assert_sound()


def test_no_move_of_a_presentment_is_left_untried_by_these_tests() -> None:
    tried = {"quarantine", "present", "release", "view", "close", "reopen", "bounce", "withdraw", "supersede"}
    tried |= {"try_again"}
    assert {step.name for step in steps_of(Presentment)} == tried
