"""What comes back: refused for good or reported later, it is noted at the delivery and at the address, and is work."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from eipp.kernel import clock
from messaging.bounce import message_id, take_report
from messaging.delivery import Delivery
from messaging.invoice_mail import write_invoice_mails
from messaging.mail_delivery import deliver_mail
from tests.messaging.post import AP, carry, mailed_invoice, wants_mail
from tests.messaging.sink import Sink
from tests.workflows.doing import told
from tests.world import World

Settle = Callable[[], None]
REPORT = """From: mailer-daemon@example.com
To: invoices@localhost
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It could not be delivered.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 Mailbox is gone

--x
Content-Type: text/rfc822-headers

Message-ID: {mail}
To: {to}

--x--
"""


def report(delivery: Delivery, *, action: str = "failed", status: str = "5.1.1", mail: str = "") -> bytes:
    filled = REPORT.format(to=delivery.email, action=action, status=status, mail=mail or message_id(delivery))
    return filled.encode()


def test_a_mailbox_that_is_refused_is_noted_and_work(world: World, settle: Settle, sink: Sink) -> None:
    address = wants_mail(world)
    sink.refuses = {AP}
    invoice = mailed_invoice(world, settle)
    delivery = invoice.deliveries.get()
    address.refresh_from_db()
    assert delivery.bounced_at and "No such mailbox" in delivery.bounce_reason and address.bounced_at
    assert told(delivery) == ["delivery.bounced"]
    clara = world.client("clara")
    assert AP in clara.get("/desk/").content.decode()
    assert AP in clara.get("/desk/?kind=addresses").content.decode()
    assert f"address-{address.pk}" in clara.get("/desk/").content.decode()
    assert "Came back" in clara.get(f"/desk/invoices/{invoice.pk}/").content.decode()
    assert "No such mailbox" in clara.get(f"/desk/customers/{world.main.pk}/").content.decode()
    assert "came back" not in world.client("anna").get(f"/invoices/{invoice.pk}/").content.decode().lower()


def test_while_the_portal_reaches_somebody_the_invoice_has_not_bounced(
    world: World, settle: Settle, sink: Sink
) -> None:
    wants_mail(world)
    sink.refuses = {AP}
    assert mailed_invoice(world, settle).presentments.get().state == "presented"


def test_when_no_channel_reaches_anybody_it_has_bounced(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world, account="unconnected")
    wants_mail(world, "second@brightwater.example", account="unconnected")
    sink.refuses = {AP}
    invoice = mailed_invoice(world, settle, account="unconnected")
    assert invoice.presentments.get().state == "presented"  # the second may have arrived
    second = invoice.deliveries.get(email="second@brightwater.example")
    assert take_report(report(second)) == 1
    assert invoice.presentments.get().state == "bounced"
    assert "invoice.bounced" in told(invoice.presentments.get())


def test_a_new_address_gets_what_came_back(world: World, settle: Settle, sink: Sink) -> None:
    address = wants_mail(world, account="unconnected")
    sink.refuses = {AP}
    invoice = mailed_invoice(world, settle, account="unconnected")
    assert invoice.presentments.get().state == "bounced"
    clara, url = world.client("clara"), f"/desk/addresses/{address.pk}/"
    assert invoice.number in clara.get(url).content.decode()
    wrong = clara.post(url, {"move": "replace", "email": "a@b.example\nBcc: x@y.example"})
    assert wrong.status_code == 422 and "is one line" in wrong.content.decode()
    assert clara.post(url, {"move": "replace", "email": "new@brightwater.example"}).status_code == 302
    carry(settle)
    assert [recipients for recipients, _ in sink.taken] == [["new@brightwater.example"]]
    assert invoice.presentments.get().state == "presented"
    assert f"address-{address.pk}" not in clara.get("/desk/").content.decode()


def test_an_address_that_works_again_gets_what_came_back(world: World, settle: Settle, sink: Sink) -> None:
    address = wants_mail(world)
    sink.refuses = {AP}
    invoice = mailed_invoice(world, settle)
    sink.refuses = set()
    assert world.client("clara").post(f"/desk/addresses/{address.pk}/", {"move": "try_again"}).status_code == 302
    carry(settle)
    assert [recipients for recipients, _ in sink.taken] == [[AP]]
    address.refresh_from_db()
    assert address.bounced_at is None and invoice.deliveries.count() == 2


def test_a_report_is_taken_with_the_key_alone(world: World, settle: Settle, sink: Sink, settings: Any) -> None:
    wants_mail(world)
    delivery = mailed_invoice(world, settle).deliveries.get()
    sent, kind = report(delivery), "message/rfc822"
    post = Client(enforce_csrf_checks=True).post
    assert post("/mail/reports/", sent, content_type=kind).status_code == 404
    settings.MAIL_REPORT_KEY = "a long key"
    for shown in ("", "Bearer ", "Bearer another"):
        headers = {"Authorization": shown}
        assert post("/mail/reports/", sent, content_type=kind, headers=headers).status_code == 404
    headers = {"Authorization": "Bearer a long key"}
    assert post("/mail/reports/", sent, content_type=kind, headers=headers).json() == {"noted": 1}
    assert post("/mail/reports/", sent, content_type=kind, headers=headers).json() == {"noted": 0}
    delivery.refresh_from_db()
    assert delivery.bounce_reason == "550 5.1.1 Mailbox is gone"


@pytest.mark.parametrize(
    "changed",
    [{"action": "delayed", "status": "4.4.1"}, {"action": "failed", "status": "4.4.1"}, {"action": "delivered"},
     {"mail": "<0199d0a0000070008000000000000000.00000000000000000000@localhost>"}, {"mail": "<x@y>"}],
)  # fmt: skip
def test_a_delay_or_a_forged_report_changes_nothing(
    world: World, settle: Settle, sink: Sink, changed: dict[str, str]
) -> None:
    wants_mail(world)
    delivery = mailed_invoice(world, settle).deliveries.get()
    if "0199" in changed.get("mail", ""):
        changed = {"mail": f"<{delivery.pk.hex}.{'0' * 20}@localhost>"}
    assert take_report(report(delivery, **changed)) == 0
    delivery.refresh_from_db()
    assert delivery.bounced_at is None


def test_nonsense_is_no_report() -> None:
    for content in (b"", b"\0\xff", b"Content-Type: multipart/report\n\n--x", REPORT.encode()):
        assert take_report(content) == 0


def test_a_mail_that_cannot_be_written_is_given_up_and_shown(
    world: World, settle: Settle, sink: Sink, settings: Any
) -> None:
    wants_mail(world)
    world.nordwind.contact_email = "two\nlines@nordwind.example"
    world.nordwind.save()
    invoice = world.invoice("10.00")
    settle()
    for _ in range(5):
        write_invoice_mails()
        Delivery.objects.update(retry_at=clock.now())
    delivery = invoice.deliveries.get()
    assert delivery.mail is None and delivery.bounce_reason == "The mail could not be written."
    deliver_mail()
    assert sink.taken == []
