"""Receiving: the one way in for invoices and credit notes, whichever channel they come by, and the worker's verdict.

Documents are taken in by sets, of which one alone is the smallest. What is new in a set is written together; what
changes something that is there - another version, a correction, a credit note - makes its moves one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import IntegrityError
from django.db import transaction as database

from documents.einvoice.fault import Fault
from documents.file import attach_each
from eipp.kernel import clock, events, jobs, rows
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope
from workflows.arrival import Arrival, Arriving, add_reasons
from workflows.machine import move_new
from workflows.matching import look_up
from workflows.presentment import Presentment, post_together

__all__ = ["SET", "Arrival", "Receipt", "judge", "receive", "receive_all"]

JUDGE = "workflows.jobs.judge_received"
SET = 500  # so many documents are written in one transaction
AT_ONCE = 20  # so many versions of one document may arrive together


@dataclass(frozen=True, slots=True)
class Receipt:
    """outcome: `created`, `repeated` (the same content again: nothing was changed) or `revised` (a newer version)."""

    presentment: Presentment
    outcome: str


def receive(actor: Actor, arrival: Arrival, *, now: datetime | None = None) -> Receipt:
    """Take in a document of the actor's organisation; the same `external_id` with the same content is the same one.

    Afterwards the presentment is `presented`, `quarantined` with every reason, or `received` until the worker's
    verdict. Refusals (409): `number_taken`, `credit_and_rebill`.
    """
    (answer,) = receive_all(actor, [arrival], now=now)
    if isinstance(answer, Refusal):
        raise answer
    return answer


def receive_all(actor: Actor, arrivals: Sequence[Arrival], *, now: datetime | None = None) -> list[Receipt | Refusal]:
    """Take in documents in their order, each with the outcome that `receive` would have: one that is refused spoils no
    other. Each set of at most `SET` is a transaction, so what breaks off leaves whole sets."""
    if not actor.may("invoice.post"):
        raise Refusal("not_your_role", "This key may not post invoices.", status=403)
    moment = now or clock.now()
    return [answer for together in _sets(arrivals) for answer in _take_in(actor, together, moment)]


def judge(presentment: Presentment, faults: Sequence[Fault], *, now: datetime | None = None) -> None:
    """The worker's verdict on what came as a file: present it, or hold it back with every reason."""
    moment, actor = now or clock.now(), Actor.system("judge")
    try:
        with database.atomic():
            _conclude(presentment, actor, faults, moment)
    except Refusal as refusal:  # such as a number taken meanwhile: nobody waits for an answer, so it is kept
        presentment.refresh_from_db()
        with database.atomic():
            _conclude(presentment, actor, [*faults, _as_fault(refusal)], moment)


def _sets(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    """The arrivals in their order, cut where one would meet another of its own name or number."""
    together: list[Arrival] = []
    known: set[tuple[str, str | None]] = set()
    for arrival in arrivals:
        names = {("name", arrival.name), ("number", arrival.document.number)}
        if len(together) == SET or names & known:
            yield together
            together, known = [], set()
        together.append(arrival)
        known |= names
    if together:
        yield together


def _take_in(actor: Actor, arrivals: Sequence[Arrival], now: datetime) -> list[Receipt | Refusal]:
    """One transaction; a set that is refused as a whole is halved, until it is known whose the refusal is."""
    cause: Exception | None = None
    for _ in range(AT_ONCE):
        try:
            with database.atomic():
                return _take(actor, arrivals, now)
        except Refusal as refusal:
            if len(arrivals) > 1:
                break
            if cause or not _is_in(actor, arrivals[0]):
                return [refusal]
            cause = refusal  # its twin may have come in at this very moment, and has its number: look again, once
        except IntegrityError as error:  # another version arrived at this very moment: it is in by now
            cause = error
            if len(arrivals) > 1:
                break
    else:
        assert cause
        raise cause
    half = len(arrivals) // 2
    return [*_take_in(actor, arrivals[:half], now), *_take_in(actor, arrivals[half:], now)]


def _is_in(actor: Actor, arrival: Arrival) -> bool:
    return Presentment.objects.filter(supplier=actor.organisation_id, external_id=arrival.name).exists()


def _take(actor: Actor, arrivals: Sequence[Arrival], now: datetime) -> list[Receipt | Refusal]:
    assert actor.organisation_id  # documents come from a supplier's people and programs alone
    found = look_up(actor.organisation_id, arrivals, now)
    if len(found) == 1 and not found[0].is_new:
        return [_one(actor, found[0], now)]
    parts = [[one.arrival for one in part] for part in _parts(found)]
    if len(parts) > 1:
        return [answer for part in parts for answer in _take_in(actor, part, now)]
    _write(actor, [one for one in found if one.refusal is None and not one.is_repeated], now)
    return [_answer(one) for one in found]


def _parts(found: Sequence[Arriving]) -> Iterator[list[Arriving]]:
    """What can be written together, and between it, each by itself, what changes something that is there."""
    for alone, part in groupby(found, key=lambda one: not one.is_new and not one.is_repeated):
        those = list(part)
        yield from [[one] for one in those] if alone else [those]


def _answer(one: Arriving) -> Receipt | Refusal:
    if one.older and one.is_repeated:
        return Receipt(one.older, "repeated")
    return one.refusal or Receipt(one.row, "revised" if one.older else "created")


def _write(actor: Actor, new: Sequence[Arriving], now: datetime) -> None:
    """Write what is new: the moves are made first, then every kind of row is inserted at once, as it is by then."""
    if not new:
        return
    told = [_received(one, now) for one in new]
    for one in new:
        add_reasons(one.row, one.arrival.faults)
    wrong = [one.row for one in new if one.row.faults]
    right = [one for one in new if one.arrival.judged and not one.row.faults]
    rows.insert([one.arrival.original for one in new if one.arrival.original and one.arrival.original._state.adding])
    post_together(actor, [(one.row, one.arrival.document) for one in right], now)
    told += move_new([one.row for one in right], actor, "present", now=now)
    told += move_new(wrong, actor, "quarantine", now=now)
    rows.insert([one.row for one in new])
    attach_each([(one.row.original_id, one.row.invoice) for one in right if one.row.original_id],
                known=[one.arrival.original for one in right if one.arrival.original], now=now)  # fmt: skip
    events.record_all(told, actor)
    if not all(one.arrival.judged for one in new):
        jobs.nudge(JUDGE)


def _received(one: Arriving, now: datetime) -> events.Draft:
    row = one.row
    return events.Draft(
        "invoice.received", row, after="received", occurred_at=now,
        scope=EventScope(row.supplier_id, None, row.account_id),
        data={"number": row.number, "channel": one.arrival.channel},
    )  # fmt: skip


def _one(actor: Actor, one: Arriving, now: datetime) -> Receipt | Refusal:
    """Take in what changes something that is there, move by move."""
    if one.is_repeated or one.refusal:
        return _answer(one)
    if one.arrival.original and one.arrival.original._state.adding:
        one.arrival.original.save(force_insert=True)
    one.row.save(force_insert=True)
    events.record_all([_received(one, now)], actor)
    for held in one.held:
        held.supersede(actor, now=now)
    _begin(one.row, actor, one.arrival, now)
    return _answer(one)


def _begin(presentment: Presentment, actor: Actor, arrival: Arrival, now: datetime) -> None:
    if arrival.judged or presentment.faults or any(fault.blocks for fault in arrival.faults):
        _conclude(presentment, actor, arrival.faults, now)
    if not arrival.judged:
        jobs.nudge(JUDGE)


def _conclude(presentment: Presentment, actor: Actor, faults: Sequence[Fault], now: datetime) -> None:
    """Add the reasons found, and make the move they call for; what is held back already only gains reasons."""
    add_reasons(presentment, faults)
    if actor.side == "system":
        presentment.judged_at = now
    Presentment.objects.filter(pk=presentment.pk).update(
        faults=presentment.faults, warnings=presentment.warnings, judged_at=presentment.judged_at
    )
    if presentment.state == "received":
        (presentment.quarantine if presentment.faults else presentment.present)(actor, now=now)


def _as_fault(refusal: Refusal) -> Fault:
    return Fault(f"EIPP-{refusal.code.upper().replace('_', '-')}", refusal.sentence, refusal.field or "")
