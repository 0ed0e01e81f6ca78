"""Threads and the feed of events by the API."""

from collections.abc import Callable

from tests.api.cast import Cast


def test_both_sides_talk_in_one_thread_and_read_on_from_where_they_were(cast: Cast) -> None:
    about = {"kind": "invoice", "id": cast.invoice()}
    thread = cast.payer.post("threads", about).json()["id"]
    assert cast.erp.post("threads", about).json()["id"] == thread
    path = f"threads/{thread}/messages"
    first = cast.payer.post(path, {"body": "Where is it?"}).json()
    cast.erp.post(path, {"body": "On its way."})
    everything = cast.payer.get(path).json()
    assert [(message["body"], message["own"]) for message in everything["items"]] == [
        ("Where is it?", True), ("On its way.", False)
    ]  # fmt: skip
    rest = cast.payer.get(f"{path}?after={first['sequence']}").json()
    assert [message["body"] for message in rest["items"]] == ["On its way."]
    assert cast.payer.get(f"{path}?after={rest['next']}").json() == {"items": [], "next": rest["next"]}
    (found,) = cast.erp.get(f"threads?about={about['id']}").json()["items"]
    assert found["last_sequence"] == 2


def test_a_message_with_the_senders_own_id_is_said_once(cast: Cast) -> None:
    thread = cast.payer.post("threads", {"kind": "invoice", "id": cast.invoice()}).json()["id"]
    said = {cast.payer.post(f"threads/{thread}/messages", {"body": "Hi", "client_id": "1"}).json()["id"] for _ in "ab"}
    assert len(said) == 1


def test_a_file_of_others_cannot_be_sent_along(cast: Cast) -> None:
    thread = cast.payer.post("threads", {"kind": "invoice", "id": cast.invoice()}).json()["id"]
    files = ["0199d0a0-0000-7000-8000-000000000000"]
    response = cast.payer.post(f"threads/{thread}/messages", {"body": "Hi", "files": files})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/files/0")


def test_the_feed_tells_each_side_its_own_events_in_order(cast: Cast, settle: Callable[[], None]) -> None:
    invoice = cast.invoice()
    cast.invoice(account="C-2001")
    cast.payer.post("disputes", {"invoice": invoice, "reason": "price", "amount": "10.00"})
    settle()
    page = cast.payer.get("events").json()
    names = [event["name"] for event in page["items"]]
    assert names.count("invoice.presented") == 1
    assert "dispute.opened" in names
    opened = next(event for event in page["items"] if event["name"] == "dispute.opened")
    assert {"kind": "invoice", "id": invoice} in opened["concerns"]
    assert opened["by"]["id"] is not None
    told = next(e for e in cast.erp.get("events?limit=500").json()["items"] if e["name"] == "dispute.opened")
    assert (told["position"], told["by"]["id"]) == (opened["position"], None)
    positions = [event["position"] for event in page["items"]]
    assert positions == sorted(positions)


def test_reading_in_small_steps_gives_the_same_feed(cast: Cast, settle: Callable[[], None]) -> None:
    for _ in range(5):
        cast.invoice()
    settle()
    whole = cast.erp.get("events?limit=500").json()
    seen, after = [], 0
    while True:
        page = cast.erp.get(f"events?after={after}&limit=3").json()
        seen += page["items"]
        if page["next"] == after:
            break
        after = page["next"]
    assert seen == whole["items"]
    assert after == whole["next"]
    cast.invoice()
    assert cast.erp.get(f"events?after={after}").json()["items"] == [], "what is not sealed is not told"
    settle()
    assert "invoice.presented" in [e["name"] for e in cast.erp.get(f"events?after={after}").json()["items"]]
