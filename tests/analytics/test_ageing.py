"""Ageing as of any day: equal to the postings to the cent, and each figure the sum of its rows."""

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q, Sum
from django.test.utils import CaptureQueriesContext

from eipp.analytics.ageing import BUCKETS, UNUSED, ageing, rows_of, totals
from eipp.analytics.receivable import RECEIVABLE, effect
from eipp.demo.world import World
from eipp.kernel import clock
from eipp.ledger.journal import LedgerAccount, Posting

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def days() -> list[date]:
    """Today, and days back over the whole of the example world's fourteen months."""
    return [clock.today() - timedelta(days=back) for back in (0, 1, 17, 45, 90, 200, 330, 430)]


def test_the_ageing_of_any_day_is_what_the_postings_up_to_it_say(full_world: World) -> None:
    clara = full_world.actor("clara")
    for on in days():
        books: dict[tuple[UUID, str], dict[str, int]] = defaultdict(dict)
        earlier = Posting.objects.visible_to(clara).filter(posting_date__lte=on).order_by()
        for place in (RECEIVABLE, LedgerAccount.CREDIT_NOTES, LedgerAccount.UNAPPLIED):
            for row in earlier.values("account_id", "currency").annotate(sum=Sum(effect(place))):
                books[row["account_id"], row["currency"]][place] = int(row["sum"])
        aged = {(row.account_id, row.currency): row for row in ageing(clara, on=on)}
        for key, sums in books.items():
            if not any(sums.values()):
                assert key not in aged
                continue
            assert aged[key].open.minor == sums[RECEIVABLE]
            assert aged[key].credit.minor == -sums[LedgerAccount.CREDIT_NOTES]
            assert aged[key].unapplied.minor == -sums[LedgerAccount.UNAPPLIED]
        assert set(aged) <= set(books)


def test_each_bucket_is_the_sum_of_its_invoices(full_world: World) -> None:
    clara = full_world.actor("clara")
    for on in days():
        for row in ageing(clara, on=on):
            narrow = Q(account=row.account_id, currency=row.currency)
            for bucket in BUCKETS:
                found = rows_of(clara, bucket, on=on, narrow=narrow)
                assert sum(invoice.open_then for invoice in found) == row.buckets[bucket].minor, (on, row, bucket)
            for column in UNUSED:
                unused = rows_of(clara, column, on=on, narrow=narrow)
                assert sum(document.open_then for document in unused) == getattr(row, column).minor, (on, row, column)


def test_totals_are_the_sum_of_all_rows_by_currency(full_world: World) -> None:
    rows = ageing(full_world.actor("paula"), on=clock.today())
    for currency, total in totals(rows).items():
        assert total.balance.minor == sum(row.balance.minor for row in rows if row.currency == currency)
    assert {row.currency for row in rows} == {"USD", "JPY"}


def test_a_stranger_sees_nobody_elses_ageing(full_world: World) -> None:
    sina, anna = full_world.actor("sina"), full_world.actor("anna")
    strange = {row.account_id for row in ageing(sina, on=clock.today())}
    assert not strange & {row.account_id for row in ageing(anna, on=clock.today())}


def test_it_costs_the_same_number_of_queries_for_many_customers(full_world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        ageing(full_world.actor("clara"), on=clock.today() - timedelta(days=30))
    assert len(queries) <= 7  # the actor's own included
