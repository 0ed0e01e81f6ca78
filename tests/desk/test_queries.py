"""The desk's pages cost the same number of queries with 3 rows and with 60."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.thread import post_message, thread_of
from tests.desk.disputes import disputed

MOST = 25


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def fill(world, count):
    """So many invoices with lines, messages and disputes, and the first of them once more with all of it."""
    for number in range(count):
        dispute = disputed(world, units="1")
        post_message(world.actor("anna"), thread_of(dispute.invoice), f"Question {number}")
    return dispute


@pytest.mark.long
def test_lists_and_pages_ask_the_same_for_sixty_rows_as_for_three(world, settle):
    first, clients = fill(world, 3), {word: world.client(word) for word in ("clara", "mona")}
    settle()
    urls = [
        "/desk/", "/desk/?kind=questions", f"/desk/?item=dispute-{first.pk}", "/desk/invoices/", "/desk/disputes/",
        "/desk/customers/", "/desk/payments/", "/desk/documents/", f"/desk/invoices/{first.invoice_id}/",
        f"/desk/disputes/{first.pk}/", f"/desk/customers/{world.main.pk}/", "/notifications/", "/search/?q=T-",
    ]  # fmt: skip
    few = {(word, url): queries(client, url) for word, client in clients.items() for url in urls}
    fill(world, 57)
    for number in range(57):
        post_message(world.actor("anna"), thread_of(first.invoice), f"Again {number}")
    settle()
    many = {(word, url): queries(client, url) for word, client in clients.items() for url in urls}
    assert {page: (few[page], many[page]) for page in few if few[page] != many[page]} == {}
    assert {page: count for page, count in many.items() if count > MOST} == {}
