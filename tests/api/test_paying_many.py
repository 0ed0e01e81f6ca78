"""A payment over fifty invoices asks the database no more than one over five: entered, charged, settled, and read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eipp.kernel import rows
from tests.api.test_paying import Api
from tests.workflows.doing import assert_sound
from tests.workflows.saving import saved_card
from tests.world import World
from workflows.payment import Payment

KEYED = 2  # sets of events: what became of the money, and of the invoices


@pytest.mark.long
def test_a_payment_over_fifty_invoices_asks_the_database_no_more_than_one_over_five(world: World) -> None:
    api, card = Api(world), saved_card(world, "tom", world.tiny_account.legal_entity)
    sizes = (1, 5, rows.MANY, 50)  # the first is not counted: caches fill
    counts = [asked(world, api, str(card.pk), size) for size in sizes]
    _, (few, few_read), some, (many, many_read) = counts
    assert some == (many, many_read) and few_read == many_read
    # From so many rows on a COPY pays: of those that need ids, these are taken by a statement of their own.
    assert many - few == (KEYED if connection.vendor == "postgresql" else 0)
    assert [payment.shares.count() for payment in Payment.objects.order_by("pk")] == list(sizes)
    assert_sound()


def asked(world: World, api: Api, card: str, count: int) -> tuple[int, int]:
    numbers = [{"number": world.invoice("1.00", account="tiny_account").number} for _ in range(count)]
    with CaptureQueriesContext(connection) as paying:
        answer = api.post("payments", {"invoices": numbers, "saved_method": card})
    assert (answer.status_code, answer.json()["state"]) == (201, "settled"), answer.content
    with CaptureQueriesContext(connection) as reading:
        assert len(api.get(f"payments/{answer.json()['id']}")["invoices"]) == count
    return len(paying), len(reading)
