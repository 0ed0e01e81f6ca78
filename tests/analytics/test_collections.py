"""Collections: the parts of each figure are what the ageing and the postings of the same days say."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from eipp.analytics.ageing import ageing, totals
from eipp.analytics.collections import months
from eipp.demo.world import World
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger.models import Invoice

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def today(world: World) -> date:
    """The supplier's."""
    return clock.today(world.companies["nordwind"].time_zone)


def test_each_month_stands_on_what_the_ageing_says_of_its_days(full_world: World) -> None:
    clara = full_world.actor("clara")
    told = months(clara, until=today(full_world), currency="EUR")
    assert len(told) == 12
    for month in told:
        aged = totals(ageing(clara, on=month.last))["EUR"]
        assert month.receivable == aged.open
        assert month.current == aged.buckets["not_due"]
    for earlier, later in pairwise(told):
        assert later.opening == earlier.receivable


def test_the_months_sales_are_all_that_was_invoiced(full_world: World) -> None:
    clara = full_world.actor("clara")
    told = months(clara, until=today(full_world), currency="EUR", count=20)
    sold = Invoice.objects.visible_to(clara).filter(currency="EUR", kind="invoice")  # a late fee is no sale
    invoiced = sold.values_list("payable_minor", flat=True)
    assert sum((month.sales for month in told), Money.zero("EUR")).minor == sum(invoiced)


def test_the_figures_follow_their_formulas(full_world: World) -> None:
    for month in months(full_world.actor("clara"), until=today(full_world), currency="EUR"):
        if month.span_sales.minor:
            exact = Decimal(month.receivable.minor) * month.span_days / month.span_sales.minor
            assert month.days_sales_outstanding is not None
            assert abs(month.days_sales_outstanding - exact) <= Decimal("0.05")
            assert month.days_delinquent == month.days_sales_outstanding - (month.best_possible or 0)
        if month.effectiveness is not None:
            assert month.effectiveness <= 100


def test_a_month_without_sales_has_no_figure_rather_than_a_wrong_one(full_world: World) -> None:
    for month in months(full_world.actor("clara"), until=today(full_world), currency="CHF"):
        assert month.days_sales_outstanding is None
        assert month.effectiveness is None


def test_twelve_months_cost_four_queries_and_can_be_narrowed_to_one_customer(full_world: World) -> None:
    clara, account = full_world.actor("clara"), full_world.accounts["main"]
    with CaptureQueriesContext(connection) as queries:
        months(clara, until=today(full_world), currency="EUR", narrow=Q(account=account.pk))
    assert len(queries) == 4
