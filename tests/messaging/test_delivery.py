"""Delivery: a presented invoice goes by mail to each address on record, once, with its paper and its e-invoice."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
import time_machine
from django.test import Client

from documents.einvoice import reading
from documents.upload import store_bytes
from eipp.accounts.customer_account import change_account
from eipp.accounts.mail_address import MailAddress, add_mail_address, remove_mail_address
from eipp.kernel import clock
from eipp.kernel.bookmark import Bookmark
from messaging.delivery import Delivery, send
from messaging.invoice_mail import write_invoice_mails
from messaging.mail_delivery import PAUSES
from tests.messaging.post import AP, carry, link_in, mailed_invoice, wants_mail
from tests.messaging.sink import Sink
from tests.workflows.arriving import bill, of_nobody
from tests.workflows.arriving import send as send_in
from tests.workflows.doing import refused, told
from tests.world import World
from workflows.presentment import Presentment

Settle = Callable[[], None]


def parts(mail: Any) -> dict[str, bytes]:
    return {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}


def test_a_presented_invoice_is_mailed_with_paper_and_e_invoice(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    invoice = mailed_invoice(world, settle, number="4711", issued=date(2026, 11, 3), due=date(2026, 12, 3))
    (mail,) = sink.read()
    assert sink.taken[0][0] == [AP]
    assert mail["Subject"] == "Invoice 4711 from Nordwind: 1,190.00 EUR, due 3 Dec"
    assert mail["From"].addresses[0].display_name == "Nordwind"
    assert mail["Reply-To"] == "ar@nordwind.example"
    files = parts(mail)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(files["Invoice 4711.pdf"])).pages)
    assert "4711" in text and "1,190.00" in text
    found = reading.read(files["4711.xml"])
    assert [fault for fault in reading.judge(found) if fault.blocks] == []
    assert (found.document.number, str(found.document.payable)) == ("4711", "1190.00")
    body = mail.get_body(("plain",)).get_content()
    page = Client().get(link_in(body))
    assert page.status_code == 200 and "4711" in page.content.decode()
    html = mail.get_body(("html",)).get_content()
    assert link_in(html) == link_in(body) and "#0b5c6b" in html
    assert invoice.deliveries.get().sent_at


def test_told_twice_it_is_mailed_once(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    mailed_invoice(world, settle)
    Bookmark.objects.filter(name="messaging.delivery.deliver").update(position=0)
    carry(settle)
    write_invoice_mails()
    assert len(sink.taken) == Delivery.objects.count() == 1


def test_each_address_gets_its_own_mail_with_its_own_link(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    wants_mail(world, "archive@brightwater.example")
    wants_mail(world, "dunning@brightwater.example", purpose="reminders")
    mailed_invoice(world, settle)
    assert sorted(recipients for recipients, _ in sink.taken) == [[AP], ["archive@brightwater.example"]]
    links = {link_in(mail.get_body(("plain",)).get_content()) for mail in sink.read()}
    assert len(links) == 2


def test_a_branch_without_an_address_uses_that_of_the_account_above(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    mailed_invoice(world, settle, account="branch")
    assert [recipients for recipients, _ in sink.taken] == [[AP]]


def test_the_original_is_attached_as_it_came(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    erp = world.erp("nordwind")
    original = store_bytes(erp, b"<Invoice>as it came</Invoice>", name="RE-1.xml", content_type="application/xml")
    world.invoice("10.00", number="RE-1")
    Presentment.objects.filter(number="RE-1").update(channel="xml", original_id=original.pk)
    carry(settle)
    (mail,) = sink.read()
    assert parts(mail)["RE-1.xml"] == b"<Invoice>as it came</Invoice>"


def test_history_is_not_mailed(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    world.invoice("10.00", now=clock.now() - timedelta(days=40))
    carry(settle)
    assert sink.taken == [] and not Delivery.objects.exists()


def test_what_was_presented_before_an_address_was_on_record_is_not_mailed_there(
    world: World, settle: Settle, sink: Sink
) -> None:
    world.invoice("10.00")
    wants_mail(world)
    carry(settle)
    assert sink.taken == []


def test_an_invoice_withdrawn_before_its_mail_was_written_is_not_mailed(
    world: World, settle: Settle, sink: Sink
) -> None:
    wants_mail(world)
    invoice = world.invoice("10.00")
    settle()
    invoice.presentments.get().withdraw(world.actor("mona"), reason="wrong customer")
    carry(settle)
    (mail,) = sink.read()
    note = invoice.credit_notes.get()
    assert "Credit note" in mail["Subject"] and note.number in mail["Subject"]
    assert not Delivery.objects.exists()


def test_a_document_held_back_is_mailed_when_it_is_released(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    row = send_in(world, of_nobody(bill(world)), account_number="").presentment
    carry(settle)
    assert sink.taken == []
    row.release(world.actor("clara"), account=world.main)
    carry(settle)
    assert len(sink.taken) == 1


def test_a_line_break_in_a_name_or_number_makes_no_head_of_its_own(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    world.nordwind.portal_title = "Nordwind\r\nBcc: all@example.com"
    world.nordwind.save()
    mailed_invoice(world, settle)
    (mail,) = sink.read()
    assert mail["Bcc"] is None and sink.taken[0][0] == [AP]
    assert mail["From"].addresses[0].display_name == "Nordwind Bcc: all@example.com"


def test_nothing_of_another_customer_stands_in_the_mail(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    world.invoice("77.00", account="elsewhere_account", number="SECRET-1")
    change_account(world.actor("mona"), world.elsewhere_account, name="Zwetschgenknoedel AG")
    mailed_invoice(world, settle)
    (mail,) = sink.read()
    whole = mail.as_bytes().decode() + "".join(
        page.extract_text() for page in pypdf.PdfReader(BytesIO(next(iter(parts(mail).values())))).pages
    )
    assert "SECRET-1" not in whole and "Zwetschgenknoedel" not in whole


def test_a_mail_that_cannot_be_sent_is_tried_again_and_then_shown_as_come_back(
    world: World, settle: Settle, sink: Sink
) -> None:
    address = wants_mail(world)
    sink.answer = "451 Later, please"
    invoice = mailed_invoice(world, settle)
    delivery = invoice.deliveries.get()
    assert delivery.mail.attempts == 1 and delivery.bounced_at is None
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for pause in PAUSES:
            traveller.shift(pause)
            carry(settle)
    delivery.refresh_from_db()
    address.refresh_from_db()
    assert (delivery.bounced_at and "451" in delivery.bounce_reason) or "Later" in delivery.bounce_reason
    assert address.bounced_at
    assert "delivery.bounced" in told(delivery)


def test_ar_mails_it_once_more_or_to_a_further_address(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world)
    invoice = mailed_invoice(world, settle)
    clara = world.actor("clara")
    send(clara, invoice.presentments.get(), "boss@brightwater.example")
    send(clara, invoice.presentments.get(), AP)
    carry(settle)
    assert [recipients for recipients, _ in sink.taken] == [[AP], ["boss@brightwater.example"], [AP]]
    with refused("not_your_role", 403):
        send(world.actor("anna"), invoice.presentments.get(), AP)


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("ap@brightwater.example\nBcc: all@example.com", "email_line_break"),
        ("ap@brightwater.example\r\nSubject: x", "email_line_break"),
        ("ap@brightwater.example\n", "email_line_break"),
        ("ap@brightwater.example\u2028x@y.example", "email_line_break"),
        ("ap@brightwater.example, all@example.com", "email_several"),
        ("ap@brightwater.example;all@example.com", "email_several"),
        ("Anna <ap@brightwater.example>", "email_several"),
        ("ap", "email_invalid"),
        ("", "email_invalid"),
    ],
)
def test_an_address_is_one_address_on_one_line(world: World, email: str, code: str) -> None:
    with refused(code, 422):
        add_mail_address(world.actor("clara"), world.main, purpose="invoices", email=email)
    assert not MailAddress.objects.exists()


def test_addresses_are_kept_by_either_side_and_by_nobody_else(world: World) -> None:
    row = add_mail_address(world.actor("dora"), world.main, purpose="invoices", email=AP)
    assert add_mail_address(world.actor("clara"), world.main, purpose="invoices", email=AP.upper()).pk == row.pk
    assert told(row) == ["mail_address.added"]
    for who in ("anna", "vera", "ben"):
        with refused("not_your_role", 403):
            add_mail_address(world.actor(who), world.main, purpose="invoices", email="x@brightwater.example")
    for who in ("sina", "tom"):
        with pytest.raises(type(world.main).DoesNotExist):
            add_mail_address(world.actor(who), world.main, purpose="invoices", email="x@brightwater.example")
        with pytest.raises(MailAddress.DoesNotExist):
            remove_mail_address(world.actor(who), row)
    remove_mail_address(world.actor("clara"), row)
    assert told(row) == ["mail_address.added", "mail_address.removed"]
    assert not MailAddress.objects.on_record().exists()
