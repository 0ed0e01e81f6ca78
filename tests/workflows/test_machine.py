"""Every workflow keeps the grammar: each move from each state, each move after each other, one event for each."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from eipp.kernel import events
from eipp.kernel.events import Event, EventSubject
from eipp.kernel.refusal import Refusal
from tests.workflows.doing import assert_chain, assert_sound, refused
from tests.workflows.states import REACHABLE, States
from tests.world import World
from workflows.dispute import Dispute
from workflows.machine import Machine, Step, machines, step_named, steps_of

CELLS = [(machine, state) for machine in machines() for state in REACHABLE[machine]]
NAMED = [f"{machine.__name__}-{state}" for machine, state in CELLS]


@pytest.fixture
def states(world: World) -> States:
    return States(world)


def test_every_state_that_a_move_leads_to_or_from_is_tried_here() -> None:
    for machine in machines():
        named = {state for step in steps_of(machine) for state in (*step.sources, step.target)}
        assert named == set(REACHABLE[machine]), machine


@pytest.mark.parametrize(("machine", "state"), CELLS, ids=NAMED)
def test_from_each_state_exactly_the_declared_moves_can_be_made_and_each_is_one_event(
    states: States, machine: type[Machine], state: str
) -> None:
    row = states.reach(machine, state)
    for step in steps_of(machine):
        with undone():
            _try(states, row, step, state)
    row.refresh_from_db()
    assert row.state == state


def _try(states: States, row: Machine, step: Step, state: str) -> None:
    actor, told = states.allowed(step), states.told(step)
    before = _last_event()
    fresh = type(row)._base_manager.get(pk=row.pk)
    if state not in step.sources:
        with refused("not_now", 409):
            getattr(fresh, step.name)(actor, **told)
        assert (_last_event(), type(row)._base_manager.get(pk=row.pk).state) == (before, state)
        return
    try:
        getattr(fresh, step.name)(actor, **told)
    except Refusal as refusal:  # a guard, or the ledger: nothing has happened
        assert refusal.status in (409, 422), refusal
        assert (state, step.name) in GUARDED, (state, step.name, refusal)
        assert _last_event() == before
        return
    (event,) = Event.objects.filter(pk__gt=before, subject_id=row.pk, name=step.event)
    assert (event.before, event.after) == (state, step.target)
    assert (event.actor_kind, event.actor_id, event.actor_side) == (actor.kind, actor.id, actor.side)
    about = set(EventSubject.objects.filter(event_id=event.pk).values_list("object_id", flat=True))
    assert about == {row.pk, *(concerned.pk for concerned in fresh.concerns())}
    assert_chain(type(row)._base_manager.get(pk=row.pk))


#: Moves that a guard of theirs refuses in these states as they are reached here.
GUARDED = {
    ("requested", "submit"),
    ("drafted", "put_forward"),
    ("drafted", "withdraw"),
    ("proposed", "withdraw"),
    ("proposed", "accept"),
    ("countered", "accept"),
    ("countered", "withdraw"),
    ("agreed", "accept_change"),
    ("agreed", "drop_change"),
    ("agreed", "charge_no_more"),
    ("escalated", "escalate"),
    ("waiting", "approve_step"),
    ("waiting", "withdraw"),
}


@pytest.mark.long
@pytest.mark.parametrize(("machine", "state"), CELLS, ids=NAMED)
def test_of_two_moves_at_once_the_second_sees_what_the_first_has_done(
    states: States, machine: type[Machine], state: str
) -> None:
    """Both have read the row; one of them moves first: the other gets 409, or comes where it would have come after."""
    row = states.reach(machine, state)
    possible = [step for step in steps_of(machine) if state in step.sources]
    for first in possible:
        for second in possible:
            with undone():
                _one_after_the_other(states, row, first, second)


def _one_after_the_other(states: States, row: Machine, first: Step, second: Step) -> None:
    mine, yours = (type(row)._base_manager.get(pk=row.pk) for _ in range(2))
    try:
        getattr(mine, first.name)(states.allowed(first), **states.told(first))
    except Refusal:
        return
    between, told = type(row)._base_manager.get(pk=row.pk).state, states.told(second)
    before = _last_event()
    try:
        getattr(yours, second.name)(states.allowed(second), **told)
    except Refusal as refusal:
        assert refusal.status in (409, 422), refusal
        assert (refusal.code == "not_now") == (between not in second.sources)
        assert (_last_event(), type(row)._base_manager.get(pk=row.pk).state) == (before, between)
    else:
        assert between in second.sources, (first.name, second.name)
    assert_chain(type(row)._base_manager.get(pk=row.pk))


def test_without_reading_the_row_anew_both_moves_would_be_made(states: States, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the lock is also the fresh look."""
    monkeypatch.setattr("workflows.machine._lock", lambda row: None)
    row, dispute = states.reach(Dispute, "opened"), Dispute
    for name in ("accept", "decline"):
        step = step_named(dispute, name)
        stale = dispute._base_manager.get(pk=row.pk)
        stale.__dict__["state"] = "opened"
        getattr(stale, name)(states.allowed(step), **states.told(step))
    with pytest.raises(AssertionError):
        assert_chain(dispute._base_manager.get(pk=row.pk))


@pytest.mark.parametrize("machine", machines())
def test_a_state_is_changed_by_its_moves_alone(states: States, machine: type[Machine]) -> None:
    row = states.reach(machine, REACHABLE[machine][0])
    with pytest.raises(TypeError):
        machine.objects.filter(pk=row.pk).update(state=REACHABLE[machine][-1])
    with pytest.raises(TypeError), transaction.atomic():
        machine.objects.bulk_update([row], ["state"])
    with pytest.raises(AttributeError):
        row.state = REACHABLE[machine][-1]
    row.refresh_from_db()
    assert row.state == REACHABLE[machine][0]


@pytest.mark.parametrize("machine", machines())
def test_a_row_can_be_read_anew_as_often_as_one_likes(states: States, machine: type[Machine]) -> None:
    row = states.reach(machine, REACHABLE[machine][0])
    for _ in range(3):
        row.refresh_from_db()
        row.refresh_from_db(fields=["state"])
        assert row.state == REACHABLE[machine][0]
    with pytest.raises(AttributeError):
        row.state = "elsewhere"


def test_a_move_that_fails_half_way_leaves_no_trace(states: States, monkeypatch: pytest.MonkeyPatch) -> None:
    row, dispute = states.reach(Dispute, "opened"), Dispute
    before = _last_event()

    def breaks(*args: object, **facts: object) -> None:
        raise RuntimeError("the record broke")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(events, "record_all", breaks)
        row.accept(states.allowed(step_named(dispute, "accept")))  # type: ignore[attr-defined]
    assert (_last_event(), dispute._base_manager.get(pk=row.pk).state) == (before, "opened")
    assert_sound()


@pytest.mark.long
def test_moves_are_offered_to_those_who_can_make_them(states: States) -> None:
    for machine, state in CELLS:
        with undone():
            row = states.reach(machine, state)
            for step in steps_of(machine):
                if not step.by_hand:
                    continue
                actor = states.allowed(step)
                offered = {move.name for move in row.moves(actor)}
                assert (step.name in offered) == (row.refusal(actor, step.name) is None)


def test_an_action_that_does_not_exist_is_refused(states: States) -> None:
    for machine in machines():
        with refused("unknown_action", 404):
            step_named(machine, "explode")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _last_event() -> int:
    last: int | None = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return last or 0
