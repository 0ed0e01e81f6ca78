"""Store, scanner and mail server are away for a while: what needs them waits, and is done once they are back."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import LazySettings

from documents.file import StoredFile
from eipp.accounts.mail_address import add_mail_address
from eipp.demo.photo import photo
from messaging.delivery import Delivery
from messaging.outgoing_mail import OutgoingMail
from tests.resilience.house import House, house, until
from tests.resilience.visitor import Visitor, can_sign_in
from tests.servers.clamd import clamd
from tests.servers.gate import Gate, gate
from tests.servers.mail import MailSink, mail_sink
from tests.servers.seaweedfs import SeaweedFS
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]
AP = "ap@brightwater.example"


@dataclass
class Town:
    """A house and the parts that it needs, each behind a gate that is closed."""

    house: House
    mails: MailSink
    store: Gate
    scanner: Gate
    post: Gate


@pytest.fixture
def town(transactional_db: None, seaweedfs: SeaweedFS, tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as stack:
        mails = stack.enter_context(mail_sink())
        targets = (seaweedfs.endpoint, stack.enter_context(clamd()).url, mails.url)
        store, scanner, post = (stack.enter_context(gate(target)) for target in targets)
        variables = seaweedfs.environment | {
            "EIPP_S3_ENDPOINT": f"http://127.0.0.1:{store.port}",
            "EIPP_CLAMAV_URL": f"tcp://127.0.0.1:{scanner.port}",
            "EIPP_SMTP_URL": f"smtp://127.0.0.1:{post.port}",
        }
        yield Town(stack.enter_context(house(tmp_path, **variables)), mails, store, scanner, post)


def test_what_needs_a_part_waits_for_it_and_is_done_once_it_is_back(
    world: World, town: Town, settings: LazySettings
) -> None:
    can_sign_in(settings, world.people["anna"])
    add_mail_address(world.actor("clara"), world.main, purpose="invoices", email=AP)
    town.house.beat()
    town.house.worker()
    web = town.house.web()
    httpx.get(f"{web.url}/accounts/login/", timeout=60)  # the first page of a process takes a while
    invoice = world.invoice("80.00")
    with Visitor(web) as anna:
        anna.sign_in("anna")
        assert invoice.number in anna.see("/invoices/")
        parts = anna.client.get("/readyz").json()["parts"]
        assert parts == {"database": "ok", "broker": "ok", "store": "away", "scanner": "away"}

        begun = anna.send("/files/begin", name="pallet.png", size=str(len(photo())), content_type="image/png").json()
        finish = f"/files/{begun['id']}/finish"
        refused = anna.client.post(finish, headers={"X-CSRFToken": anna.client.cookies["csrftoken"]})
        assert refused.status_code == 503 and "nothing was lost" in refused.text

        town.store.open()
        sent = httpx.post(
            begun["ticket"]["url"], data=begun["ticket"]["fields"], files={"file": ("pallet.png", photo())}
        )
        assert sent.status_code < 300, sent.text
        assert anna.send(finish).json()["verdict"] == "pending"
        assert anna.client.get(f"/files/{begun['id']}/").status_code in (404, 409)

        town.scanner.open()
        until(lambda: StoredFile.objects.get(pk=begun["id"]).verdict == "clean")
        assert anna.client.get(f"/files/{begun['id']}/").content == photo()

    tried = until(lambda: OutgoingMail.objects.filter(attempts__gte=1).exclude(error="").first())
    assert tried.sent_at is None and tried.failed_at is None and "ConnectionRefused" in tried.error
    town.post.open()
    until(lambda: Delivery.objects.get(invoice=invoice).sent_at)
    assert len(town.mails.to(AP)) == 1
