"""Webhooks by REST: registered with a secret shown once, tried out, read back, told again, removed."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings

from eipp.api.idempotency import IdempotencyKey
from messaging.webhook_sending import call_webhooks
from tests.api.cast import BUYER_SCOPES, SUPPLIER_SCOPES, Caller, Cast, caller
from tests.messaging.receiver import Receiver, receiving

PATH = "webhooks"


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    with receiving() as one:
        settings.OUTSIDE_ALLOW = [f"127.0.0.1:{one.port}"]
        yield one


@pytest.fixture
def keeper(cast: Cast) -> Caller:
    return caller(cast.supplier, (*SUPPLIER_SCOPES, "webhooks:write"))


def test_an_erp_hears_of_its_invoice_and_reads_how_it_went(
    cast: Cast, keeper: Caller, receiver: Receiver, settle: Callable[[], None]
) -> None:
    added = keeper.post(PATH, {"url": receiver.url, "names": ["invoice.presented"]}, Idempotency_Key="one")
    assert added.status_code == 201
    told = added.json()
    here = f"{PATH}/{told['id']}"
    assert told["secret"].startswith("whsec_") and "secret" not in keeper.get(here).json()
    assert not IdempotencyKey.objects.filter(answer__contains="whsec_").exists()
    cast.invoice()
    settle()
    call_webhooks()
    assert [event["name"] for event in receiver.events(told["secret"])] == ["invoice.presented"]
    calls = keeper.get(f"{here}/calls?state=taken").json()["items"]
    assert [each["tries"][0]["status"] for each in calls] == [200]
    fed = cast.erp.get("events?names=invoice.presented").json()["items"]
    assert fed == [json.loads(body) for _, body in receiver.heard]  # the same body as the feed's
    assert keeper.post(f"{here}/repeat", {"calls": [calls[0]["id"]]}).json() == {"count": 1, "next": None}
    assert keeper.post(f"{here}/repeat", {"after": 0}).json()["count"] == 1
    call_webhooks()
    assert len(receiver.heard) == 2
    assert keeper.post(f"{here}/test", {}).status_code == 202
    settle()
    call_webhooks()
    assert receiver.names()[-1] == "webhook.tested"


def test_a_webhook_is_changed_switched_off_rotated_and_removed(keeper: Caller, receiver: Receiver) -> None:
    told = keeper.post(PATH, {"url": receiver.url}).json()
    here = f"{PATH}/{told['id']}"
    changed = keeper.patch(here, {"title": "ERP", "active": False}).json()
    assert (changed["title"], changed["active"], changed["url"]) == ("ERP", False, receiver.url)
    assert keeper.post(f"{here}/test", {}).status_code == 409
    assert keeper.post(f"{here}/repeat", {"after": 0}).status_code == 409
    rotated = keeper.post(f"{here}/rotate", {"overlap_hours": 1}).json()
    assert rotated["secret"] != told["secret"]
    assert keeper.post(f"{here}/remove", {}).json()["active"] is False
    assert keeper.get(here).status_code == 404
    assert keeper.get(PATH).json()["items"] == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "https://[::1]/", "http://169.254.169.254/latest/", "https://0x7f.1/", "ftp://a.example.com/",
     "https://localhost/", "x"],
)  # fmt: skip
def test_an_address_inside_a_network_is_refused_with_a_sentence(keeper: Caller, url: str) -> None:
    answer = keeper.post(PATH, {"url": url})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "url"


def test_without_the_scope_nothing_is_kept_or_read(cast: Cast, keeper: Caller, receiver: Receiver) -> None:
    told = keeper.post(PATH, {"url": receiver.url}).json()
    poor = caller(cast.supplier, ("invoices:read",))
    assert poor.get(PATH).status_code == poor.post(PATH, {"url": receiver.url}).status_code == 403
    other = caller(cast.buyer, (*BUYER_SCOPES, "webhooks:write"))
    assert other.get(f"{PATH}/{told['id']}").status_code == 404
    assert other.get(PATH).json()["items"] == []
