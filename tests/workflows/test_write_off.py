"""What is left of an invoice and not worth asking for is written off, within limits, and can be asked for again."""

import random

import pytest

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.models import Invoice, Posting
from tests.workflows.doing import assert_sound, enter, eur, refused, told
from tests.world import World
from workflows import authorised, write_off
from workflows.authority import AuthorityRequest
from workflows.headline import headline
from workflows.presentment import Presentment


def test_a_manager_writes_off_the_rest_and_the_invoice_is_closed_and_reopens(world: World) -> None:
    mona = world.actor("mona")
    invoice = world.invoice("100.00", account="tiny_account")
    enter(world, "tom", (invoice, eur("98.00")))
    with refused("more_than_open", 409):
        write_off.write_off(mona, invoice, eur("2.01"), reason="Bank charges")
    with refused("reason_missing", 422):
        write_off.write_off(mona, invoice, eur("2.00"), reason=" ")
    assert write_off.write_off(mona, invoice, eur("2.00"), reason="Bank charges") is None
    invoice.refresh_from_db()
    assert (invoice.open, invoice.written_off, invoice.free) == (eur("98.00"), eur("2.00"), eur("0.00"))
    posting = Posting.objects.get(kind="write_off")
    assert (posting.source, posting.target, posting.amount) == ("receivable", "write_offs", eur("2.00"))
    assert "invoice.written_off" in told(invoice)
    write_off.reverse(mona, invoice, reason="They pay after all")
    invoice.refresh_from_db()
    assert (invoice.open, invoice.written_off_minor) == (eur("100.00"), 0)
    with refused("more_than_written_off", 409):
        write_off.reverse(mona, invoice, reason="again")
    assert_sound()


def test_an_invoice_that_is_written_off_whole_is_closed_and_called_so(world: World) -> None:
    mona = world.actor("mona")
    invoice = world.invoice("3.00", account="tiny_account")
    write_off.write_off(mona, invoice, eur("3.00"), reason="Not worth a letter")
    invoice.refresh_from_db()
    assert Presentment.objects.get(invoice=invoice).state == "closed"
    assert headline(invoice, mona, on=invoice.issue_date).sentence == "Written off"
    assert invoice.standing(invoice.issue_date) == ["written off"]
    write_off.reverse(mona, invoice, eur("1.00"), reason="One of it")
    assert Presentment.objects.get(invoice=invoice).state == "viewed"
    assert_sound()


def test_above_the_limit_a_second_person_has_it_written_off_and_never_the_asker(world: World) -> None:
    clara, carl, mona = (world.actor(word) for word in ("clara", "carl", "mona"))
    invoice = world.invoice("50.00", account="tiny_account")
    request = write_off.write_off(clara, invoice, eur("5.00"), reason="Freight")
    assert isinstance(request, AuthorityRequest)
    invoice.refresh_from_db()
    assert invoice.open == eur("50.00")
    with refused("asked_already", 409):
        write_off.write_off(carl, invoice, eur("5.00"), reason="Freight")
    with refused("not_your_role", 403):
        authorised.grant(carl, request)
    authorised.grant(mona, request)
    invoice.refresh_from_db()
    assert (request.state, request.decided_by, invoice.open) == ("granted", mona.id, eur("45.00"))
    large = world.invoice("2000.00", account="tiny_account")
    asked = write_off.write_off(mona, large, eur("2000.00"), reason="Insolvent")
    assert asked
    with refused("second_person_needed", 409):
        authorised.grant(mona, asked)
    with refused("not_the_asker", 409):
        asked.withdraw(clara)
    asked.withdraw(mona)
    assert_sound()


def test_what_does_not_fit_any_more_is_not_granted_and_still_waits(world: World) -> None:
    clara, mona = world.actor("clara"), world.actor("mona")
    invoice = world.invoice("50.00", account="tiny_account")
    request = write_off.write_off(clara, invoice, eur("50.00"), reason="Lost")
    assert request
    enter(world, "tom", (invoice, eur("10.00")))
    with refused("more_than_open", 409):
        authorised.grant(mona, request)
    request.refresh_from_db()
    assert request.state == "waiting"
    request.decline(mona, reason="They are paying")
    assert request.answer == "They are paying"
    assert_sound()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_off_and_taken_back_the_parts_are_the_whole(world: World, seed: int) -> None:
    mona, dice = world.actor("mona"), random.Random(seed)
    invoice: Invoice = world.invoice("1.00", account="tiny_account")
    off = 0
    for _ in range(10):
        invoice.refresh_from_db()
        back, minor = dice.random() < 0.4, dice.randint(1, 60)
        amount = Money(minor, "EUR")
        if minor > (off if back else 100 - off):
            with refused("more_than_written_off" if back else "more_than_open"):
                _move(mona, invoice, amount, back=back)
            continue
        _move(mona, invoice, amount, back=back)
        off += -minor if back else minor
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.written_off_minor) == (100 - off, off)
    assert_sound()


def _move(actor: Actor, invoice: Invoice, amount: Money, *, back: bool) -> None:
    if back:
        write_off.reverse(actor, invoice, amount, reason="x")
    else:
        assert write_off.write_off(actor, invoice, amount, reason="x") is None
