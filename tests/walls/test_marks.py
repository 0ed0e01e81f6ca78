"""Marks: words that stand in one company's rows alone are looked for everywhere that others can reach."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from django.http import QueryDict
from django.test import Client

from documents.models import FileLink, StoredFile
from eipp.ledger.models import Invoice
from messaging.models import Message, Notification, OutgoingMail, Thread
from messaging.thread import thread_of
from tests.walls.addresses import OWN, PERSONAL, addresses
from tests.walls.reading import text_of
from tests.walls.scene import MARK, Scene
from tests.walls.test_walls import leaks
from workflows.dispute import Dispute
from workflows.payment import Payment
from workflows.presentment import Presentment

pytestmark = pytest.mark.long

MOST_PAGES = 120
_LINK = re.compile(r"""(?:href|hx-get|action|src)="(/[^"#]*)|"(?:next|url)":\\s*"(/[^"]*)""")
_LEAVE = ("/accounts/logout/", "/static/", "/example/", "/showcase/")


def crawl(client: Client) -> Iterator[tuple[str, Any]]:
    """Every page that can be reached by links, beginning at all addresses that name no row."""
    waiting = [address.path() for address in addresses() if address.name in OWN | PERSONAL]
    waiting += [f"{path}?q={MARK}&status=all&text={MARK}" for path in waiting if "/api/" not in path]
    seen = set(waiting)
    while waiting and len(seen) < MOST_PAGES * 4:
        path = waiting.pop(0)
        answer = client.get(path)
        assert answer.status_code < 500, path
        yield path, answer
        if answer.streaming or answer.status_code >= 400:
            continue
        for groups in _LINK.findall(text_of(answer)):
            link = unescape(next(filter(None, groups)))
            if link not in seen and not link.startswith(_LEAVE) and len(seen) < MOST_PAGES:
                seen.add(link)
                waiting.append(link)


@pytest.mark.parametrize("who", ["sina", "paula", "lena"])
def test_a_crawl_by_a_stranger_never_meets_a_mark(scene: Scene, who: str) -> None:
    pages = 0
    for path, answer in crawl(scene.world.client(who)):
        assert not leaks(scene, answer, path), path
        pages += answer.status_code == 200
    assert pages > 25


@pytest.mark.parametrize("who", ["anna", "mona"])
def test_the_same_crawl_by_the_entitled_meets_the_marks(scene: Scene, who: str) -> None:
    """The control: the crawl is able to find them."""
    wanted = {MARK, *(str(scene.rows[kind].pk) for kind in ("invoice", "dispute", "payment"))}
    for path, answer in crawl(scene.world.client(who)):
        wanted -= set(leaks(scene, answer, path))
        if not wanted:
            return
    pytest.fail(f"the crawl never met {wanted}: it proves nothing")


def test_programs_read_their_own_alone(scene: Scene) -> None:
    lists = [address for address in addresses() if address.is_api and address.name in OWN]
    for company in ("elsewhere", "pacific"):
        program = scene.world.program(company)
        for address in lists:
            path = address.path()
            while path:
                answer = program.get(path)
                assert not leaks(scene, answer, ""), path
                path = answer.json().get("next") or "" if answer.status_code == 200 else ""
    met = {mark for address in lists for company in ("nordwind", "brightwater")
           for mark in leaks(scene, scene.world.program(company).get(address.path()), "")}  # fmt: skip
    assert {MARK, *(str(scene.rows[kind].pk) for kind in ("invoice", "dispute", "payment", "held"))} <= met


def test_every_filter_that_names_a_row_finds_nothing_of_others(scene: Scene) -> None:
    """Read from the structs of the queries, so that a new filter is tried too."""
    tried = 0
    for address in addresses():
        operation = getattr(getattr(getattr(address.view, "view_class", None), "get", None), "operation", None)
        if address.name not in OWN or operation is None or operation.query is None:
            continue
        for field in msgspec.structs.fields(operation.query):
            for value in _foreign(scene, field):
                answer = scene.world.program("elsewhere").get(address.path(), {field.name: value})
                where = (address.name, field.name, value, answer.content)
                assert answer.status_code in (200, 403, 422), where
                assert answer.status_code != 200 or not answer.json()["items"], where
                tried += 1
    assert tried > 10


def _foreign(scene: Scene, field: Any) -> list[str]:
    """Values by which the field would find rows of the scene."""
    if UUID in getattr(field.type, "__args__", (field.type,)) or "UUID" in str(field.type):
        return [str(row.pk) for kind, row in scene.rows.items() if kind != "organisation"]
    invoice, account = scene.rows["invoice"], scene.rows["account"]
    known = {"number": invoice.number, "external_id": invoice.external_id, "text": MARK, "account": account.number}
    return [known[field.name]] if field.name in known else []


# --- what a client names in a form


def test_other_peoples_invoices_are_not_paid_nor_shown(scene: Scene) -> None:
    sina, theirs, own = scene.world.client("sina"), scene.rows["invoice"], _own(scene)
    before = Payment.objects.count()
    paid_by_its_own = set(Payment.objects.filter(shares__invoice=theirs).values_list("pk", flat=True))
    page = sina.get("/payments/new/", {"invoice": [str(theirs.pk), str(own.pk)]})
    assert theirs.legal_entity_id == own.legal_entity_id  # the payee of both, which the page names
    assert set(leaks(scene, page, "")) <= {str(own.legal_entity_id)} and own.number in page.content.decode()
    for invoice in ({"invoice": str(theirs.pk)}, {"due": "1", "account": str(theirs.account_id)}):
        sina.post("/payments/new/", {"move": "pay", "attempt": str(uuid4()), **invoice})
    assert set(Payment.objects.filter(shares__invoice=theirs).values_list("pk", flat=True)) == paid_by_its_own
    assert Payment.objects.filter(buyer=scene.world.brightwater).count() <= before
    answer = scene.world.program("elsewhere").post(
        "/api/v1/payments", {"invoices": [{"invoice": str(theirs.pk), "amount": "1.00"}]},
        content_type="application/json", headers={"Idempotency-Key": "theirs"},
    )  # fmt: skip
    assert answer.status_code == 422 and not leaks(scene, answer, "")


def test_a_file_of_others_is_not_sent_along(scene: Scene) -> None:
    sina, own, file = scene.world.client("sina"), _own(scene), scene.rows["file"]
    links = FileLink.objects.filter(file=file).count()
    told = {"move": "say", "body": "Look at this", "files_ids": str(file.pk)}
    assert sina.post(f"/invoices/{own.pk}/", told).status_code == 302
    told = {"move": "dispute", "reason": "price", "amount": "1.00", "files_ids": str(file.pk), "attempt": str(uuid4())}
    assert sina.post(f"/invoices/{own.pk}/dispute/", told).status_code == 302
    assert Message.objects.filter(thread=thread_of(own), body="Look at this").exists()
    assert FileLink.objects.filter(file=file).count() == links
    assert not StoredFile.objects.visible_to(scene.world.actor("sina")).filter(pk=file.pk).exists()
    assert not leaks(scene, sina.get(f"/invoices/{own.pk}/"), "")


def test_a_line_of_others_is_not_disputed(scene: Scene) -> None:
    sina, own, line = scene.world.client("sina"), _own(scene), scene.rows["invoice"].lines.first()
    before = Dispute.objects.count()
    told = {"move": "dispute", "reason": "price", f"quantity-{line.pk}": "1", "amount": "1.00",
            "attempt": str(uuid4())}  # fmt: skip
    sina.post(f"/invoices/{own.pk}/dispute/", told)
    answer = scene.world.program("elsewhere").post(
        "/api/v1/disputes",
        {"invoice": str(own.pk), "reason": "price", "lines": [{"id": str(line.pk), "quantity": "1"}]},
        content_type="application/json", headers={"Idempotency-Key": "line"},
    )  # fmt: skip
    assert answer.status_code == 422
    (opened,) = Dispute.objects.order_by("-opened_at")[: Dispute.objects.count() - before]
    assert not opened.lines.exists() and opened.invoice_id == own.pk


def test_a_document_is_not_released_to_an_account_of_others(scene: Scene) -> None:
    """Neither into another supplier's account, nor another supplier's document into ours."""
    held, theirs = scene.rows["held"], scene.world.accounts["pacific_usd"]
    answer = scene.world.client("mona").post(
        f"/desk/documents/{held.pk}/", {"move": "release", "account": str(theirs.pk)}
    )
    assert answer.status_code in (404, 422)
    assert Presentment.objects.get(pk=held.pk).state == "quarantined"


def test_a_thread_of_others_is_not_begun_nor_read(scene: Scene) -> None:
    threads = Thread.objects.count()
    for kind, row in scene.rows.items():
        for company in ("elsewhere", "pacific"):
            answer = scene.world.program(company).post(
                "/api/v1/threads", {"kind": kind, "id": str(row.pk)}, content_type="application/json"
            )
            assert answer.status_code == 422, (kind, company)
    assert Thread.objects.count() == threads


def test_nobody_elsewhere_hears_of_it(scene: Scene) -> None:
    """Notifications and mails go to the scene's own people alone."""
    elsewhere = [scene.world.people[word].pk for word in ("sina", "paula", "pete", "tom")]
    ids = {str(row.pk) for row in scene.rows.values()}
    told = Notification.objects.filter(person_id__in=elsewhere)
    assert not [row for row in told if str(row.object_id) in ids]
    for mail in OutgoingMail.objects.all():
        if MARK.encode() in bytes(mail.content):
            assert all(to.endswith(("@brightwater.example", "@nordwind.example")) for to in mail.recipients)


def test_a_mark_in_the_query_is_not_an_answer(scene: Scene) -> None:
    asked = QueryDict(mutable=True)
    asked["q"] = scene.rows["invoice"].number
    for who, finds in (("anna", True), ("mona", True), ("sina", False), ("pete", False), ("lena", False)):
        found = scene.world.client(who).get(f"/search/?{asked.urlencode()}").content.decode()
        assert (str(scene.rows["invoice"].pk) in found) == finds, who


def _own(scene: Scene) -> Invoice:
    return scene.world.invoice("50.00", account="elsewhere_account")
