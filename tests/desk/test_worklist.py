"""The queue: what waits for the supplier, the weightiest first; what is answered leaves it."""

import re
from datetime import timedelta

from eipp.kernel import clock
from messaging.thread import Message, post_message, thread_of
from tests.desk.disputes import disputed

NOW = clock.now()


def keys(client, url="/desk/"):
    """The rows of the queue in their order."""
    return re.findall(r'<li id="(\w+)-[0-9a-f-]{36}"><a class="queue-row"', client.get(url).content.decode())


def rows(client, url="/desk/"):
    return re.findall(r'<li id="(\w+-[0-9a-f-]{36})"><a class="queue-row"', client.get(url).content.decode())


def test_what_keeps_most_money_waiting_longest_is_first(world):
    small = disputed(world, units="1", now=NOW - timedelta(days=60))
    large = disputed(world, units="9")
    middle = disputed(world, units="2", now=NOW - timedelta(days=3))
    expected = [f"dispute-{dispute.pk}" for dispute in (small, large, middle)]
    assert rows(world.client("clara")) == expected


def test_an_unanswered_message_waits_until_somebody_answers(world):
    invoice = world.invoice("100.00")
    clara = world.client("clara")
    post_message(world.actor("anna"), thread_of(invoice), "Where is the delivery note?")
    assert keys(clara) == ["invoice"]
    assert keys(clara, "/desk/?kind=questions") == ["invoice"]
    assert keys(clara, "/desk/?kind=disputes") == []
    here = f"/desk/?item=invoice-{invoice.pk}"
    clara.post(here, {"body": "Ask the warehouse.", "internal": "1"})
    assert keys(clara) == ["invoice"]
    clara.post(here, {"body": "It is on its way."})
    assert keys(clara) == []


def test_a_thank_you_needs_no_answer_and_colleagues_see_who_said_so(world):
    invoice = world.invoice("100.00")
    post_message(world.actor("anna"), thread_of(invoice), "Thank you!")
    clara, url = world.client("clara"), f"/desk/invoices/{invoice.pk}/"
    assert b"No answer is needed" in clara.get(url).content
    assert clara.post(url, {"move": "settle"}).status_code == 302
    assert keys(clara) == []
    assert Message.objects.get(body="No answer is needed.").internal
    assert b"No answer is needed" not in world.client("anna").get(f"/invoices/{invoice.pk}/").content
    assert clara.post(url, {"move": "settle"}).status_code == 409
    post_message(world.actor("anna"), thread_of(invoice), "One more thing.")
    assert keys(clara) == ["invoice"]


def test_a_message_about_a_dispute_that_waits_anyway_is_no_second_row(world):
    dispute = disputed(world)
    post_message(world.actor("anna"), thread_of(dispute), "Any news?")
    assert keys(world.client("clara")) == ["dispute"]


def test_counters_say_how_many_wait_in_all(world):
    for _ in range(3):
        disputed(world)
    text = world.client("clara").get("/desk/").content.decode()
    assert "3 wait" in text
    assert re.search(r'Disputes</span><span class="count">3', text)


def test_an_item_of_nobody_is_a_page_that_does_not_exist(world):
    dispute = disputed(world)
    clara = world.client("clara")
    for item in ("dispute", "dispute-1", "other-" + str(dispute.pk), f"invoice-{dispute.pk}"):
        assert clara.get(f"/desk/?item={item}").status_code == 404
    assert clara.post("/desk/", {"move": "take"}).status_code == 404
    assert world.client("paula").get(f"/desk/?item=dispute-{dispute.pk}").status_code == 404
    assert world.client("paula").post(f"/desk/?item=dispute-{dispute.pk}", {"move": "take"}).status_code == 404


def test_the_open_page_listens_to_what_concerns_the_organisation(world):
    text = world.client("clara").get("/desk/").content.decode()
    assert f'data-live="worklist:{world.nordwind.pk} organisation:{world.nordwind.pk}"' in text
