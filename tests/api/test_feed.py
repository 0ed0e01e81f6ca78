"""The feed as programs read it: by name, with waiting, and with data as its guide says."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from eipp.kernel import relays
from eipp.kernel.events import Event
from messaging.sentences import SENTENCES
from tests.api.cast import Caller, Cast
from tests.world import World

GUIDE = Path(__file__).parents[2] / "docs" / "events.md"
ROW = re.compile(r"\| `(\w+\.\w+)` \| .* \| (.*?) ?\|")


def documented() -> dict[str, set[str]]:
    return {name: set(re.findall(r"`(\w+)`", fields)) for name, fields in ROW.findall(GUIDE.read_text())}


def names_of(caller: Caller, question: str) -> list[str]:
    return [item["name"] for item in caller.get(f"events?{question}").json()["items"]]


def test_every_event_stands_in_the_guide() -> None:
    assert set(documented()) == set(SENTENCES)


def test_events_hold_what_the_guide_says(full_world: World) -> None:
    told = documented()
    more = {
        (event.name, field) for event in Event.objects.all() for field in event.data if field not in told[event.name]
    }
    assert more == set()


def test_only_the_names_that_are_asked_for_are_given(cast: Cast, settle: Callable[[], None]) -> None:
    cast.invoice()
    cast.invoice()
    settle()
    assert names_of(cast.erp, "names=invoice.presented") == ["invoice.presented"] * 2
    both = names_of(cast.erp, "names=invoice.presented,%20invoice.received")
    assert sorted(both) == ["invoice.presented"] * 2 + ["invoice.received"] * 2
    assert names_of(cast.payer, "names=invoice.received") == []  # the supplier's own affair
    first = cast.erp.get("events?names=invoice.presented&limit=1").json()
    rest = cast.erp.get(f"events?names=invoice.presented&after={first['next']}").json()
    assert [len(first["items"]), len(rest["items"])] == [1, 1]
    assert cast.erp.get(f"events?after={rest['next']}").json()["items"] == []


def test_a_name_that_no_event_has_is_refused(cast: Cast) -> None:
    response = cast.erp.get("events?names=invoice.presentd")
    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (422, "names")


def test_who_waits_where_there_is_something_gets_it_at_once(cast: Cast, settle: Callable[[], None]) -> None:
    cast.invoice()
    settle()
    assert names_of(cast.erp, "names=invoice.presented&wait=30") == ["invoice.presented"]


def test_who_waits_in_vain_is_told_where_to_go_on(cast: Cast, settle: Callable[[], None]) -> None:
    settle()
    last = cast.erp.get("events").json()["next"]
    answer = cast.erp.get(f"events?after={last}&wait=1").json()
    assert answer == {"items": [], "next": last}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_waits_hears_of_what_comes(transactional_db: None) -> None:
    cast = Cast.make()
    while relays.run_once():
        pass
    last = cast.erp.get("events").json()["next"]

    def wait() -> list[str]:
        try:
            return names_of(cast.erp, f"after={last}&names=invoice.presented&wait=30")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        cast.invoice()
        while relays.run_once():
            pass
        assert waiting.result() == ["invoice.presented"]
