"""The grammar the workflows are written in, over django-fsm.

A workflow is a `Machine` whose methods are moves between states. `@transition` says from where, to where, by which
right, under which guards and with which event; making a move locks the account and the row, checks right (403), state
and guards (409), runs the body, saves, and records exactly one event, all in one transaction. The same lines give the
buttons, the permission matrix, the API's actions and the diagrams.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django_fsm import FSMField
from django_fsm import transition as fsm_transition

from eipp.kernel import clock, events
from eipp.kernel import rows as kept
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, ScopedQuerySet
from eipp.ledger.posting import lock_accounts

Guard = Callable[[Any, Actor], Refusal | None]


class MachineQuerySet(ScopedQuerySet):
    """Rows of a workflow: found through an actor, and never moved behind the machine's back."""

    def update(self, **columns: Any) -> int:
        if "state" in columns:
            raise TypeError("a state changes by its transition, never by update()")
        return super().update(**columns)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a machine: a move as it was declared."""

    name: str
    sources: tuple[str, ...]
    target: str
    right: str
    event: str
    label: str
    likely: bool
    guards: tuple[Guard, ...]
    by_hand: bool  # offered to people as a button; the others are made by the platform or by partners


@dataclass(frozen=True, slots=True)
class Move:
    """A move that an actor can make now: what a button is drawn from."""

    name: str
    label: str
    likely: bool


class Machine(Entity):
    """A workflow's row: its state is protected, and every change of it is an event."""

    state = FSMField(protected=True, max_length=20)
    state_since = models.DateTimeField()
    objects: ClassVar[Any] = models.Manager.from_queryset(MachineQuerySet)()

    class Meta:
        abstract = True

    def event_scope(self) -> EventScope:
        """Whose the events are."""
        raise TypeError(f"{type(self).__name__} must say whose its events are")

    def concerns(self) -> Sequence[models.Model]:
        """The other rows in whose timelines the events stand."""
        return ()

    def account_ids(self) -> Iterable[UUID]:
        """The customer accounts that are locked before the row, so that locks have one order everywhere."""
        return ()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        # A protected state may be set only once per instance: forget it, then reload. (django-fsm's own mixin
        # unprotects the field on the shared class instead, on which racing threads fail.)
        self.__dict__.pop("state", None)
        if not args and kwargs.get("fields") is None:
            # Named, since what is forgotten counts as deferred and would cost a query of its own.
            kwargs["fields"] = [column.attname for column in self._meta.concrete_fields]
            self.__dict__.pop("_prefetched_objects_cache", None)
        super().refresh_from_db(*args, **kwargs)

    def moves(self, actor: Actor) -> list[Move]:
        """The moves this actor can make now, the likely one first."""
        steps = [step for step in steps_of(type(self)) if step.by_hand and _refusal(self, actor, step) is None]
        return [Move(step.name, step.label, step.likely) for step in sorted(steps, key=lambda step: not step.likely)]

    def refusal(self, actor: Actor, name: str) -> Refusal | None:
        """Why this actor cannot make a move now; None when it can."""
        return _refusal(self, actor, step_named(type(self), name))


def transition(
    source: str | Sequence[str],
    target: str,
    *,
    by: str,
    event: str,
    label: str = "",
    likely: bool = False,
    when: Sequence[Guard] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a move. by: the right it asks for; when: guards, each returning a Refusal or None; label: the button.

    The body gets (row, actor, now=..., details...) and may return what the event's `data` shall hold.
    """
    sources = (source,) if isinstance(source, str) else tuple(source)

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        step = Step(method.__name__, sources, target, by, event, label, likely, tuple(when), bool(label))
        fsm_step = fsm_transition(field="state", source=list(sources), target=target, custom={"step": step})(method)

        @wraps(fsm_step)
        def make(row: Machine, actor: Actor, *, now: datetime | None = None, **details: Any) -> Any:
            moment = now or clock.now()
            with database.atomic():
                _lock(row)
                if refusal := _refusal(row, actor, step):
                    raise refusal
                before = row.state
                data = fsm_step(row, actor, now=moment, **details)
                row.state_since = moment
                row.save()
                _record(row, actor, step, before, data or {}, moment)
            return row

        make.unlocked = fsm_step  # type: ignore[attr-defined]
        return make

    return decorate


def move_all(chosen: models.QuerySet, actor: Actor, name: str, *, now: datetime, **details: Any) -> None:
    """Make one move of many rows together: the same locks, right, states, guards and body as of one, in a constant
    number of statements. All or none: the first refusal is raised."""
    waiting = list(chosen)
    if not waiting:
        return
    step = step_named(type(waiting[0]), name)
    with database.atomic():
        lock_accounts({account for row in waiting for account in row.account_ids()})
        rows = list(chosen.select_for_update(of=("self",)).order_by("pk"))
        drafts, columns = [], {"state", "state_since"}
        for row in rows:
            if refusal := _refusal(row, actor, step):
                raise refusal
            before, held = row.state, dict(row.__dict__)
            data = getattr(type(row), name).unlocked(row, actor, now=now, **details) or {}
            row.state_since = now
            columns |= {column.name for column in row._meta.concrete_fields
                        if row.__dict__.get(column.attname) != held.get(column.attname)}  # fmt: skip
            drafts.append(_draft(row, step, before, data, now))
        if rows:
            kept.update(rows, sorted(columns))
            events.record_all(drafts, actor)


def move_new(rows: Sequence[Machine], actor: Actor, name: str, *, now: datetime) -> list[events.Draft]:
    """Make one move of rows that are not written yet, so that nobody else can move them: the same right, states, guards
    and body as of any row, without its locks. The caller writes the rows, then records what is returned."""
    drafts = []
    for row in rows:
        step = step_named(type(row), name)
        if refusal := _refusal(row, actor, step):
            raise refusal
        before, body = row.state, getattr(type(row), name).unlocked
        data = body(row, actor, now=now) or {}
        row.state_since = now
        drafts.append(_draft(row, step, before, data, now))
    return drafts


def steps_of(machine: type[Machine]) -> Iterator[Step]:
    """A machine's moves in the order in which they were written."""
    declared = [getattr(value, "_django_fsm", None) for value in vars(machine).values()]
    for meta in filter(None, declared):
        yield next(iter(meta.transitions.values())).custom["step"]


def step_named(machine: type[Machine], name: str) -> Step:
    for step in steps_of(machine):
        if step.name == name:
            return step
    raise Refusal("unknown_action", f"There is no action called {name!r} here.", status=404)


def machines() -> list[type[Machine]]:
    """All workflows of the platform."""
    return sorted(_below(Machine), key=lambda machine: machine.__name__)


def _below(base: type[Any]) -> Iterator[type[Machine]]:
    for machine in base.__subclasses__():
        if not machine._meta.abstract:
            yield machine
        yield from _below(machine)


def _lock(row: Machine) -> None:
    """First the customer accounts in the order of their ids, then the row: nobody waits in a circle."""
    lock_accounts(row.account_ids())
    row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())


def _refusal(row: Machine, actor: Actor, step: Step) -> Refusal | None:
    if not actor.may(step.right):
        return Refusal("not_your_role", f"Your role does not let you {_words(step)}.", status=403)
    if row.state not in step.sources:
        return Refusal(
            "not_now",
            f"You cannot {_words(step)}: the {row._meta.verbose_name} is {row.state.replace('_', ' ')} by now.",
        )
    return next((refusal for guard in step.guards if (refusal := guard(row, actor))), None)


def _words(step: Step) -> str:
    words = step.label or step.name.replace("_", " ")
    return words[0].lower() + words[1:]


def _record(row: Machine, actor: Actor, step: Step, before: str, data: dict[str, Any], now: datetime) -> None:
    events.record_all([_draft(row, step, before, data, now)], actor)


def _draft(row: Machine, step: Step, before: str, data: dict[str, Any], now: datetime) -> events.Draft:
    return events.Draft(
        step.event, row, concerns=row.concerns(), before=before, after=row.state, data=data,
        internal=bool(data.pop("internal", False)), occurred_at=now,
    )  # fmt: skip
