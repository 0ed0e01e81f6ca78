"""The rate of promises that were kept, by the money that came, month by month."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from eipp.analytics import collections_report
from eipp.analytics.asked import Asked
from eipp.analytics.promises import kept_rates
from eipp.ledger import posting
from tests.workflows.doing import eur
from tests.workflows.test_finance_charge import clock
from tests.world import World
from workflows import promise
from workflows.finance_charge import PLATFORM

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
MARCH, APRIL = (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30))


def test_what_came_of_the_money_that_was_promised_for_a_month(world: World, clock: Any) -> None:
    tom, clara = world.actor("tom"), world.actor("clara")
    for amount, came in (("300.00", "300.00"), ("100.00", ""), ("100.00", "20.00")):
        invoice = world.invoice(amount, account="tiny_account", issued=date(2026, 2, 20))
        promise.make(tom, [(invoice, eur(amount))], promised_on=date(2026, 3, 10))
        if came:
            receipt = posting.post_receipt(PLATFORM, account=world.tiny_account, amount=eur(came),
                                           received_on=date(2026, 3, 1), kind="transfer")  # fmt: skip
            posting.apply_receipt(PLATFORM, receipt, [(invoice, eur(came))])
    clock.move_to(datetime(2026, 4, 20, 9, tzinfo=UTC))
    promise.judge_all()
    account = world.tiny_account.pk
    assert kept_rates(clara, [MARCH, APRIL], currency="EUR", account=account) == [Decimal("64.0"), None]
    assert kept_rates(clara, [MARCH], currency="USD") == [None]
    assert kept_rates(world.actor("paula"), [MARCH], currency="EUR") == [None]  # another supplier's promises are unseen
    told = collections_report.report(clara, Asked(date(2025, 5, 1), date(2026, 4, 20), "UTC", "EUR", account))
    assert [column.label for column in told.blocks[0].columns][-1] == "Promises kept"
    assert [line[-1].value for line in told.blocks[0].lines[:2]] == [None, Decimal("64.0")]
