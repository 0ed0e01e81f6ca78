"""Dispute rule: by the dispute's reason and the supplier's setting, late fees and the discount wait or go on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from eipp.kernel import relays
from eipp.kernel.events import Event
from eipp.ledger.finance_charge import FinanceCharge
from eipp.ledger.finance_charge_setting import Wish, set_rule
from eipp.ledger.models import Invoice
from tests.workflows.doing import assert_sound, eur, refused
from tests.world import World
from workflows import dispute_rule
from workflows.dispute import Dispute, open_dispute
from workflows.jobs import charge_late_fees

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(BEGIN, tick=False) as traveller:
        yield traveller


def disputed(world: World, reason: str) -> tuple[Invoice, Dispute]:
    """1,000.00, of which 400.00 is in question before it is due."""
    due = {"issued": date(2026, 2, 20), "due": date(2026, 3, 10), "account": "tiny_account"}
    invoice = world.invoice("1000.00", **due)
    return invoice, open_dispute(world.actor("tom"), invoice, reason=reason, amount=eur("400.00"))


def charged(invoice: Invoice) -> list[int]:
    rows = FinanceCharge.objects.filter(invoice=invoice).order_by("pk")
    return [row.amount_minor for row in rows]


def test_fees_wait_by_the_reason_and_an_unfounded_dispute_leaves_no_difference(world: World, clock: Any) -> None:
    mona = world.actor("mona")
    wish = Wish(kind="percent_of_period", percent=Decimal(1), currency="EUR", grace_days=5)
    set_rule(mona, world.nordwind, wish)
    before, standing = disputed(world, "price")
    clock.move_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
    dispute_rule.set_rule(mona, "price", late_fees_wait=False, discount_waits=False)
    going, unfounded = disputed(world, "price")
    waiting, other = disputed(world, "damaged")
    clock.move_to(datetime(2026, 3, 17, 9, tzinfo=UTC))
    charge_late_fees()
    assert [charged(each) for each in (before, going, waiting)] == [[600], [1000], [600]]
    for row in (standing, unfounded, other):
        row.decline(world.actor("clara"), reason="The delivery note is signed")
    assert [sum(charged(each)) for each in (before, going, waiting)] == [1000, 1000, 1000]
    assert (dispute_rule.discount_waits(unfounded), dispute_rule.discount_waits(other)) == (False, True)
    while relays.run_once():
        pass
    assert_sound()


def test_who_keeps_late_fees_sets_the_table_and_nobody_else(world: World) -> None:
    page, mona = reverse("desk:dispute-rules"), world.client("mona")
    assert mona.get(page).content.decode().count("checked") == 28
    mona.post(page, {"move": "set", "reason": "freight", "discount_waits": "1"})
    assert mona.get(page).content.decode().count("checked") == 27
    assert ("freight", False, True) in dispute_rule.rules_of(world.actor("mona"))
    mona.post(page, {"move": "set", "reason": "freight", "discount_waits": "1"})
    (event,) = Event.objects.filter(name="dispute_rule.set")
    assert event.internal and event.data["late_fees_wait"] is False
    clara = world.client("clara")
    assert "checked" not in clara.get(page).content.decode()
    assert clara.post(page, {"move": "set", "reason": "tax"}).status_code == 403
    with refused("not_your_role", 403):
        dispute_rule.set_rule(world.actor("clara"), "tax", late_fees_wait=True, discount_waits=True)
    with refused("unknown_reason", 422):
        dispute_rule.set_rule(world.actor("mona"), "mood", late_fees_wait=True, discount_waits=True)
