"""Both faces: what a person should hear of leads to its row and is read there; search finds only one's own."""

from django.urls import reverse

from messaging.notification import unread_count
from tests.desk.disputes import disputed


def test_a_notification_leads_to_the_row_and_opening_the_row_reads_it(world, settle):
    dispute, clara = disputed(world), world.client("clara")
    settle()
    url = reverse("desk:dispute", args=[dispute.pk])
    page = clara.get("/notifications/").content.decode()
    assert f'href="{url}"' in page
    assert "Anna Ashby (Brightwater Manufacturing Ltd) disputed 89.25 EUR" in page
    assert unread_count(world.actor("clara")) == 1
    clara.get(url)
    assert unread_count(world.actor("clara")) == 0
    assert unread_count(world.actor("carl")) == 1


def test_all_are_marked_read_by_one_press(world, settle):
    world.invoice("2000.00")
    settle()
    anna = world.client("anna")
    assert unread_count(world.actor("anna")) > 0
    assert b"Mark all as read" in anna.get("/notifications/").content
    anna.post("/notifications/", {"move": "read"})
    assert unread_count(world.actor("anna")) == 0
    assert b"Mark all as read" not in anna.get("/notifications/").content


def test_search_finds_invoices_disputes_and_accounts_of_the_reader_alone(world):
    invoice = world.invoice(lines=[("Bolt M8", 10, "25.00")], tax="19")
    dispute = disputed(world, invoice=invoice)
    for word, finds in (("clara", True), ("anna", True), ("sina", False), ("paula", False)):
        client = world.client(word)
        for text in (invoice.number, dispute.number):
            found = client.get("/search/", {"q": text}).content.decode()
            assert (f"{dispute.pk}/" in found) is finds, (word, text)
    assert str(world.main.pk) in world.client("clara").get("/search/", {"q": "bright 10001"}).content.decode()


def test_while_one_types_only_what_was_found_is_sent(world):
    invoice = world.invoice("100.00")
    answer = world.client("clara").get("/search/", {"q": invoice.number}, headers={"HX-Request": "true"})
    assert invoice.number in answer.content.decode()
    assert b"<html" not in answer.content
    nothing = world.client("clara").get("/search/", {"q": "<script>"}, headers={"HX-Request": "true"})
    assert b"&lt;script&gt;" in nothing.content
