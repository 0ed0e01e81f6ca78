"""The mailed link opens one document for its recipient, is not used up by a look, expires, and can be revoked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from eipp.accounts.mail_address import remove_mail_address
from eipp.kernel import clock, secrets
from eipp.ledger.models import Invoice
from messaging.delivery import Delivery
from messaging.link import LASTS, PAUSE, MailLink, revoke_links
from messaging.mail_delivery import deliver_mail
from messaging.outgoing_mail import OutgoingMail
from tests.messaging.post import AP, link_in, mailed_invoice, wants_mail
from tests.messaging.sink import Sink
from tests.workflows.doing import refused, told
from tests.world import World

Settle = Callable[[], None]
BROWSER = {"Sec-Fetch-Dest": "document"}


class Mailed:
    """An invoice with the link as its recipient got it."""

    def __init__(self, world: World, settle: Settle, sink: Sink, **facts: Any) -> None:
        self.address = wants_mail(world)
        self.invoice: Invoice = mailed_invoice(world, settle, **facts)
        self.sink = sink
        self.path = self.last_link()
        self.delivery: Delivery = self.invoice.deliveries.get()

    def last_link(self) -> str:
        return link_in(self.sink.read()[-1].get_body(("plain",)).get_content())


@pytest.fixture
def mailed(world: World, settle: Settle, sink: Sink) -> Mailed:
    return Mailed(world, settle, sink)


def test_it_opens_the_invoice_and_its_papers_without_a_sign_in(mailed: Mailed) -> None:
    page = Client().get(mailed.path)
    text = page.content.decode()
    assert page.status_code == 200
    assert mailed.invoice.number in text and "1,190.00" in text
    assert Client().get(f"{mailed.path}pdf/").content.startswith(b"%PDF")
    assert b"<Invoice" in Client().get(f"{mailed.path}xml/").content
    assert Client().get(f"{mailed.path}exe/").status_code == 404


def test_it_tells_its_address_to_nobody(mailed: Mailed) -> None:
    for path in (mailed.path, f"{mailed.path}pdf/"):
        answer = Client().get(path)
        assert answer["Referrer-Policy"] == "no-referrer", path
        assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
    assert 'name="referrer" content="no-referrer"' in Client().get(mailed.path).content.decode()


def test_looking_uses_nothing_up(mailed: Mailed) -> None:
    for method in ("get", "head", "get"):
        assert getattr(Client(), method)(mailed.path).status_code == 200


def test_a_scanner_is_not_a_reader(mailed: Mailed, world: World) -> None:
    Client().get(mailed.path)
    Client().head(mailed.path, headers=BROWSER)
    mailed.delivery.refresh_from_db()
    assert mailed.delivery.opened_at is None
    Client().get(mailed.path, headers=BROWSER)
    Client().get(mailed.path, headers=BROWSER)
    mailed.delivery.refresh_from_db()
    assert mailed.delivery.opened_at
    assert told(mailed.delivery) == ["delivery.opened"]
    page = world.client("clara").get(f"/desk/invoices/{mailed.invoice.pk}/").content.decode()
    assert "Opened by its link" in page and AP in page


def test_nothing_can_be_done_by_it(mailed: Mailed) -> None:
    text = Client().get(mailed.path).content.decode()
    assert "<form" not in text.split("<main")[1]
    assert f"/invoices/{mailed.invoice.pk}/" in text
    assert "/accounts/login/" in Client().get(f"/invoices/{mailed.invoice.pk}/")["Location"]
    assert Client().post(mailed.path, {"move": "approve"}).status_code == 200
    mailed.invoice.refresh_from_db()
    assert not mailed.invoice.held_minor and mailed.invoice.approval_runs.get().state == "waiting"


def test_a_stranger_without_the_token_finds_nothing(mailed: Mailed) -> None:
    token = mailed.path.strip("/").split("/")[-1]
    kept = MailLink.objects.get().fingerprint
    for wrong in (token[:-1], token + "x", token.swapcase(), str(mailed.delivery.pk), kept):
        for path in (f"/mail/{wrong}/", f"/mail/{wrong}/pdf/"):
            assert Client().get(path).status_code == 404, path
            assert Client().post(path).status_code in (404, 405), path


def test_only_a_fingerprint_of_it_is_kept(mailed: Mailed) -> None:
    token = mailed.path.strip("/").split("/")[-1]
    assert MailLink.objects.get().fingerprint == secrets.fingerprint(token)
    assert bytes(OutgoingMail.objects.get().content) == b""


def test_it_shows_this_invoice_and_nothing_else(mailed: Mailed, world: World) -> None:
    other = world.invoice("55.00", number="OTHER-1")
    text = Client().get(mailed.path).content.decode()
    assert other.number not in text and "Elsewhere" not in text and "Pacific" not in text


def test_an_expired_one_says_so_and_mails_a_fresh_one_to_the_same_address(mailed: Mailed) -> None:
    with time_machine.travel(clock.now() + LASTS + timedelta(minutes=1), tick=False):
        page = Client().get(mailed.path)
        assert page.status_code == 410 and "has expired" in page.content.decode()
        assert mailed.invoice.number not in page.content.decode()
        assert Client().get(f"{mailed.path}pdf/").status_code == 404
        assert AP not in page.content.decode() and "a…@brightwater.example" in page.content.decode()
        answer = Client().post(mailed.path, {"email": "thief@example.com"})
        assert answer.status_code == 200
        deliver_mail()
        recipients, _ = mailed.sink.taken[-1]
        assert recipients == [AP]
        fresh = mailed.last_link()
        assert fresh != mailed.path and Client().get(fresh).status_code == 200
        assert Client().post(mailed.path).status_code == 429
    with time_machine.travel(clock.now() + LASTS + PAUSE + timedelta(minutes=2), tick=False):
        assert Client().post(mailed.path).status_code == 200
    assert told(mailed.delivery).count("delivery.renewed") == 2


def test_ar_revokes_it_for_one_recipient(world: World, settle: Settle, sink: Sink) -> None:
    wants_mail(world, "archive@brightwater.example")
    wants_mail(world)
    invoice = mailed_invoice(world, settle)
    paths = {mail["To"]: link_in(mail.get_body(("plain",)).get_content()) for mail in sink.read()}
    delivery = invoice.deliveries.get(email=AP)
    clara = world.client("clara")
    for stranger, status in (("paula", 404), ("anna", 404)):
        form = {"move": "revoke_link", "delivery": str(delivery.pk)}
        assert world.client(stranger).post(f"/desk/invoices/{invoice.pk}/", form).status_code == status
    form = {"move": "revoke_link", "delivery": str(delivery.pk)}
    assert clara.post(f"/desk/invoices/{invoice.pk}/", form).status_code == 302
    assert Client().get(paths[AP]).status_code == 410
    assert "revoked" in Client().get(paths[AP]).content.decode()
    assert Client().get(paths["archive@brightwater.example"]).status_code == 200
    with refused("revoked_already", 409):
        revoke_links(world.actor("clara"), delivery)


def test_an_address_off_the_record_opens_nothing_and_gets_no_fresh_one(mailed: Mailed, world: World) -> None:
    remove_mail_address(world.actor("clara"), mailed.address)
    page = Client().get(mailed.path)
    assert page.status_code == 410 and "Mail a new link" not in page.content.decode()
    sent = len(mailed.sink.taken)
    assert Client().post(mailed.path).status_code == 409
    deliver_mail()
    assert len(mailed.sink.taken) == sent


def test_guessing_is_slowed_down(mailed: Mailed, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "mailed_link": "3/m/ip"}
    codes = [Client().get("/mail/guess/").status_code for _ in range(5)]
    assert codes == [404, 404, 404, 429, 429]
