"""The broker is flushed, hangs, or is gone while people work: nobody waits for it, and what was lost is made up."""

import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from django.conf import LazySettings

from eipp.accounts.mail_address import add_mail_address
from eipp.demo.photo import photo
from eipp.ledger.models import Invoice
from messaging.delivery import Delivery
from messaging.models import Notification
from messaging.thread import Message
from messaging.topics import topic_of
from tests.messaging.page import Page
from tests.resilience.house import PATIENCE, House, Process, until
from tests.resilience.visitor import Visitor, can_sign_in
from tests.world import World
from workflows.models import Dispute, Payment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]

TROUBLES: dict[str, tuple[Callable[[House], None], Callable[[House], None]]] = {
    "flushed": (lambda house: house.broker.flush(), lambda house: house.broker.flush()),
    "hung": (lambda house: house.broker.halt(), lambda house: house.broker.go_on()),
    "gone": (lambda house: house.broker.kill(), lambda house: house.broker.start()),
}


@pytest.fixture
def web(world: World, house: House, settings: LazySettings) -> Process:
    can_sign_in(settings, world.people["anna"], world.people["clara"])
    add_mail_address(world.actor("clara"), world.main, purpose="invoices", email="ap@brightwater.example")
    house.beat()
    house.worker()
    serving = house.web()
    httpx.get(f"{serving.url}/accounts/login/", timeout=60)  # the first page of a process takes a while
    return serving


@pytest.mark.parametrize("trouble", TROUBLES)
def test_people_go_on_and_the_rest_is_caught_up(world: World, house: House, web: Process, trouble: str) -> None:
    begin, end = TROUBLES[trouble]
    paid, disputed = world.invoice("80.00"), world.invoice("90.00")
    with Visitor(web).sign_in("clara") as clara, Visitor(web) as anna:
        listening = clara.page()
        listening.subscribe(topic_of(world.main))
        _is_lively(listening, clara, disputed)

        begin(house)
        anna.sign_in("anna")
        _work(anna, paid, disputed)
        posted = _post(world, web)
        # The courier needs the database alone.
        until(lambda: Message.objects.filter(thread__object_id=disputed.pk).exclude(event_id=None).exists())
        until(lambda: Notification.objects.filter(person_id=world.people["clara"].pk).exists())
        until(lambda: Delivery.objects.filter(invoice=posted).exists())

        end(house)
        if trouble != "flushed":
            listening.told(until={"refresh": True}, seconds=PATIENCE)
        _is_lively(listening, clara, disputed)
        until(lambda: Delivery.objects.get(invoice=posted).sent_at)
        listening.close()
    assert Message.objects.filter(body="While it was away.").count() == 1
    assert (Dispute.objects.count(), Payment.objects.count()) == (1, 1)


def _work(anna: Visitor, paid: Invoice, disputed: Invoice) -> None:
    """A morning of a buyer: read, approve, pay, dispute, upload, write."""
    for page in ("/", "/invoices/", f"/invoices/{paid.pk}/", "/approvals/"):
        anna.see(page)
    anna.press(f"/invoices/{paid.pk}/", move="approve")
    way = {"way": "sandbox/card", "attempt": str(uuid4())}
    anna.press("/payments/new/", move="pay", invoice=str(paid.pk), **way)
    assert anna.upload("pallet.png", photo())["verdict"] == "clean"
    anna.see(f"/invoices/{disputed.pk}/dispute/")
    anna.press(f"/invoices/{disputed.pk}/dispute/", move="dispute", reason="damaged", amount="9.00", comment="Broken.")
    anna.press(f"/invoices/{disputed.pk}/", move="say", body="While it was away.", client_id=str(uuid4()))


def _post(world: World, web: Process) -> Invoice:
    """The supplier's ERP posts an invoice."""
    line = {"number": "1", "name": "Bush", "quantity": "1", "unit_price": "10.00", "tax_rate": "19"}
    written = {"number": "AWAY-1", "account": world.main.number, "issue_date": "2026-11-02", "currency": "EUR"}
    answer = httpx.post(
        f"{web.url}/api/v1/invoices", json={**written, "lines": [line]}, timeout=30,
        headers={"Authorization": f"Bearer {world.key('nordwind')}"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return Invoice.objects.get(pk=answer.json()["id"])


def _is_lively(listening: Page, clara: Visitor, invoice: Invoice) -> None:
    """What is said moves the open page; a hint that was still lost is made up, and the next one comes."""
    changed, end = {"changed": topic_of(invoice.account)}, time.monotonic() + PATIENCE
    while True:
        clara.press(f"/desk/invoices/{invoice.pk}/", move="say", body="Hello.", client_id=str(uuid4()))
        while (frame := listening.next(seconds=max(0.01, end - time.monotonic()))) != {"refresh": True}:
            if frame == changed:
                return
