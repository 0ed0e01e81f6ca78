"""A payment over fifty invoices asks the database no more than one over five: entered, charged, settled, and read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.test_paying import Api
from tests.workflows.doing import assert_sound
from tests.workflows.saving import saved_card
from tests.world import World
from workflows.payment import Payment


@pytest.mark.long
def test_a_payment_over_fifty_invoices_asks_the_database_no_more_than_one_over_five(world: World) -> None:
    api, card = Api(world), saved_card(world, "tom", world.tiny_account.legal_entity)
    counts = [asked(world, api, str(card.pk), count) for count in (1, 5, 50)]  # the first is not counted: caches fill
    assert counts[1] == counts[2]
    assert [payment.shares.count() for payment in Payment.objects.order_by("pk")] == [1, 5, 50]
    assert_sound()


def asked(world: World, api: Api, card: str, count: int) -> tuple[int, int]:
    numbers = [{"number": world.invoice("1.00", account="tiny_account").number} for _ in range(count)]
    with CaptureQueriesContext(connection) as paying:
        answer = api.post("payments", {"invoices": numbers, "saved_method": card})
    assert (answer.status_code, answer.json()["state"]) == (201, "settled"), answer.content
    with CaptureQueriesContext(connection) as reading:
        assert len(api.get(f"payments/{answer.json()['id']}")["invoices"]) == count
    return len(paying), len(reading)
