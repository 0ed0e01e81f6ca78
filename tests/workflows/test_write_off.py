"""What is left of an invoice and not worth asking for is written off, within limits, and can be asked for again."""

from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["off", "back"]), st.integers(1, 60)), min_size=1, max_size=6))
def test_whatever_is_written_off_and_taken_back_the_parts_are_the_whole(
    world: World, steps: list[tuple[str, int]]
) -> None:
    mona = world.actor("mona")
    invoice: Invoice = world.invoice("1.00", account="tiny_account")
    off = 0
    for what, minor in steps:
        invoice.refresh_from_db()
        amount = Money(minor, "EUR")
        fits = minor <= 100 - off if what == "off" else minor <= off
        try:
            if what == "off":
                write_off.write_off(mona, invoice, amount, reason="x")
            else:
                write_off.reverse(mona, invoice, amount, reason="x")
            assert fits
            off += minor if what == "off" else -minor
        except Exception as error:
            assert not fits, error
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.written_off_minor) == (100 - off, off)
    assert_sound()
