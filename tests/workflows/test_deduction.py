"""Deduction: what a payer keeps back is held as disputed and answered: credited, billed back or written off."""

import pytest

from eipp.kernel import clock
from eipp.kernel.events import Event
from eipp.ledger import posting
from eipp.ledger.models import CashReceipt, Invoice
from tests.workflows.doing import assert_sound, eur, refused, told
from tests.world import World
from workflows import authorised, deduction
from workflows.deduction import Deduction
from workflows.dispute import Dispute


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("100.00", account="tiny_account")


def came(world: World, amount: str) -> CashReceipt:
    return posting.post_receipt(
        world.actor("mona"), account=world.tiny_account, amount=eur(amount), received_on=clock.today(), kind="transfer"
    )


def short(world: World, invoice: Invoice, amount: str = "90.00") -> Dispute:
    """AR applies what came, and takes what is missing as a deduction."""
    shares = [(invoice, eur(amount))]
    (row,) = deduction.apply_short(
        world.actor("clara"), came(world, amount), shares, reason="damaged", said="Two boxes broken"
    )
    return row


def test_what_a_short_payment_leaves_is_held_as_disputed(world: World, invoice: Invoice) -> None:
    row = short(world, invoice)
    invoice.refresh_from_db()
    assert (invoice.paid, invoice.disputed, invoice.free) == (eur("90.00"), eur("10.00"), eur("0"))
    assert (row.amount, row.reason, row.deduction.said) == (eur("10.00"), "damaged", "Two boxes broken")
    assert told(row) == ["dispute.opened", "deduction.taken"]
    assert Event.objects.get(name="dispute.opened").actor_id == world.clara.pk
    assert_sound()


def test_it_is_credited_billed_back_or_written_off(world: World, invoice: Invoice) -> None:
    rows = [short(world, world.invoice("100.00", account="tiny_account")) for _ in range(3)]
    mona = world.actor("mona")
    rows[0].accept(mona)
    rows[1].decline(mona, reason="It was delivered whole")
    assert deduction.write_off(mona, rows[2]) is None
    left = []
    for row in rows:
        row.refresh_from_db()
        assert row.invoice
        row.invoice.refresh_from_db()
        left.append((row.state, row.invoice.open, row.invoice.free))
    assert left == [("accepted", eur("0"), eur("0")), ("declined", eur("10.00"), eur("10.00")),
                    ("written_off", eur("0"), eur("0"))]  # fmt: skip
    assert_sound()


def test_above_the_limit_a_second_person_writes_off(world: World, invoice: Invoice) -> None:
    row = short(world, invoice)
    request = deduction.write_off(world.actor("clara"), row)
    assert request
    authorised.grant(world.actor("mona"), request)
    row.refresh_from_db()
    assert row.state == "written_off"
    assert_sound()


def test_nothing_is_taken_of_what_is_paid_or_by_who_may_not(world: World, invoice: Invoice) -> None:
    with refused("not_your_role", 403):
        deduction.take(world.actor("tom"), invoice, eur("1.00"), reason="price")
    with refused("more_than_open", 409):
        deduction.take(world.actor("clara"), invoice, eur("100.01"), reason="price")
    assert not Deduction.objects.exists()
