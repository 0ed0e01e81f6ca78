"""Returns: dealt with by AR, and watched by rate; an alarm is told once until the rate is under its limit again."""

from datetime import timedelta

from eipp.kernel import clock
from eipp.kernel.events import Event
from tests.workflows.doing import enter, refused
from tests.world import World
from workflows import return_watch
from workflows.payment import Payment


def debited(world: World, *, back: str = "") -> Payment:
    """Paid by bank debit, and maybe sent back for this reason."""
    system = world.actor("mona").system("gateway")
    payment = enter(world, "tom", world.invoice("10.00", account="tiny_account"), method="bank_debit")
    payment.settle(system, received=payment.amount, gateway_reference="g", means="bank account ending 6789")
    if back:
        payment.come_back(system, failure=back)
    return payment


def test_an_unauthorised_return_in_two_passes_its_limits_and_is_told_once(world: World) -> None:
    payments = [debited(world), debited(world, back="R10")]
    entity = payments[0].legal_entity
    found = {rate.kind: (rate.returned, rate.made, str(rate.percent), rate.is_passed)
             for rate in return_watch.rates(entity, now=clock.now())}  # fmt: skip
    assert found == {"unauthorised": (1, 2, "50.00", True), "administrative": (0, 2, "0.00", False),
                     "overall": (1, 2, "50.00", True)}  # fmt: skip
    for _ in range(2):
        return_watch.watch()
    told = Event.objects.filter(name="return_rate.passed")
    assert sorted(event.data["kind"] for event in told) == ["overall", "unauthorised"]
    return_watch.watch(now=clock.now() + timedelta(days=61))  # nothing of it counts any more
    assert not return_watch.ReturnAlarm.objects.filter(ended_at=None).exists()


def test_a_rate_at_its_limit_has_not_passed_it() -> None:
    assert not return_watch.Rate("unauthorised", 1, 200).is_passed
    assert return_watch.Rate("unauthorised", 1, 199).is_passed


def test_a_return_is_done_with_a_note(world: World) -> None:
    payment, other = debited(world, back="R01"), debited(world)
    clara = world.actor("clara")
    return_watch.done(clara, payment, note="They pay by transfer")
    assert payment.return_done.note == "They pay by transfer"
    with refused("note_missing", 422):
        return_watch.done(clara, payment, note=" ")
    with refused("not_returned", 409):
        return_watch.done(clara, other, note="x")
    with refused("not_your_role", 403):
        return_watch.done(world.actor("tom"), payment, note="x")
