"""Bank intake: the one way in for bank statements. What is wrong with one is kept with it, and where to mend it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction as database

from documents.bank.fault import UnreadableStatement
from documents.bank.reading import Hints, read
from documents.bank.statement import BankStatement as Neutral
from documents.file import attach
from documents.models import StoredFile
from eipp.accounts.models import LegalEntity
from eipp.accounts.roles import require
from eipp.kernel import clock, events, jobs, rows
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows.bank_order import faults_of
from workflows.bank_reading import content_hash, fill, unread
from workflows.bank_statement import OF_THE_FILE, BankStatement, owner_of

RIGHT = "cash.apply"
APPLY = "workflows.jobs.apply_bank_statements"
PLATFORM = Actor.system("bank intake")


@dataclass(frozen=True, slots=True)
class Taken:
    """outcome: `created`, `repeated` (it is here already: nothing was changed)."""

    statement: BankStatement
    outcome: str


def receive(actor: Actor, file: StoredFile, *, hints: Hints | None = None, now: datetime | None = None) -> list[Taken]:
    """Take in every statement of a file of the actor's organisation: all of them or none.

    Each is afterwards about to be applied, or held with its faults; a file that cannot be read is one held statement.
    Events: `bank_statement.received`, `bank_statement.held`. Refused: `not_your_role` (403).
    """
    require(actor, RIGHT)
    assert actor.organisation_id and actor.side == "supplier"  # nobody else has the right
    moment, content = now or clock.now(), file.read()
    try:
        found: Sequence[Neutral] = read(content, hints)
    except UnreadableStatement as refusal:
        return [_keep_unread(actor, file, content, refusal, moment)]
    with database.atomic():
        entities = _locked_entities(actor.organisation_id)
        taken = [_take(actor, file, one, entities, moment) for one in found]
        jobs.nudge(APPLY)
    return taken


@database.atomic
def accept(actor: Actor, statement: BankStatement, *, reason: str, now: datetime | None = None) -> BankStatement:
    """Take in a statement that does not follow the one before, saying why. Event: `bank_statement.accepted`.

    Refused: `not_held`, `not_acceptable` (409), `reason_missing` (422).
    """
    require(actor, RIGHT)
    row = _locked(actor, statement)
    if row.standing != "held":
        raise Refusal("not_held", "This statement is not held any more. Reload to see where it stands.")
    if not row.is_acceptable:
        raise Refusal("not_acceptable", "A statement with this fault is not taken in: load the bank's corrected one.")
    if not reason.strip():
        raise Refusal("reason_missing", "Say why it is right to go on.", status=422, field="reason")
    row.accepted_at, row.accepted_by, row.accept_reason = now or clock.now(), actor.id, reason.strip()[:1000]
    row.save(update_fields=["accepted_at", "accepted_by", "accept_reason"])
    events.record("bank_statement.accepted", row, actor, data=told(row) | {"reason": row.accept_reason})
    jobs.nudge(APPLY)
    return row


@database.atomic
def set_aside(actor: Actor, statement: BankStatement, *, reason: str, now: datetime | None = None) -> BankStatement:
    """A held statement is not wanted: it can be read and counts for nothing. Event: `bank_statement.set_aside`."""
    require(actor, RIGHT)
    row = _locked(actor, statement)
    if row.standing != "held":
        raise Refusal("not_held", "Only a statement that is held can be set aside: this one counts already.")
    row.set_aside_at, row.set_aside_reason = now or clock.now(), reason.strip()[:1000]
    row.save(update_fields=["set_aside_at", "set_aside_reason"])
    events.record("bank_statement.set_aside", row, actor, data=told(row) | {"reason": row.set_aside_reason})
    _judge_again(row)
    return row


@database.atomic
def check_again(actor: Actor, statement: BankStatement) -> BankStatement:
    """Judge a held statement anew: its account may be verified by now, or the missing one have come."""
    require(actor, RIGHT)
    row = _locked(actor, statement)
    if row.standing == "held":
        _judge(row, list(LegalEntity.objects.filter(organisation=row.supplier_id)))
        row.save(update_fields=["faults", "legal_entity"])
        jobs.nudge(APPLY)
    return row


def judge_followers(statement: BankStatement) -> None:
    """A statement has been taken in: what waited for it may follow."""
    _judge_again(statement)


def told(row: BankStatement) -> dict[str, str]:
    amount = {"amount": row.came.text, "currency": row.currency} if row.currency and row.entry_count else {}
    return {"number": str(row), "account": row.stated_account} | amount


def _take(actor: Actor, file: StoredFile, one: Neutral, entities: list[LegalEntity], now: datetime) -> Taken:
    digest = content_hash(one)
    before = BankStatement.objects.filter(supplier=actor.organisation_id, content_hash=digest).first()
    if before and not before.set_aside_at:
        return Taken(before, "repeated")
    if before:
        return _take_up_again(actor, before, entities)
    row = _row(actor, file, digest, now)
    entries = fill(row, one)
    _judge(row, entities)
    row.save(force_insert=True)
    rows.insert(entries)
    _told_of(actor, row, file)
    return Taken(row, "created")


def _take_up_again(actor: Actor, row: BankStatement, entities: list[LegalEntity]) -> Taken:
    """It was set aside and is sent again: it counts again, as far as it is right."""
    row.set_aside_at, row.set_aside_reason = None, ""
    _judge(row, entities)
    row.save(update_fields=["set_aside_at", "set_aside_reason", "faults", "legal_entity"])
    events.record("bank_statement.received", row, actor, data=told(row))
    return Taken(row, "created")


def _row(actor: Actor, file: StoredFile, digest: str, now: datetime) -> BankStatement:
    assert actor.organisation_id
    return BankStatement(
        supplier_id=actor.organisation_id, original_id=file.pk, content_hash=digest, received_at=now,
        received_by=actor.id,
    )  # fmt: skip


def _told_of(actor: Actor, row: BankStatement, file: StoredFile) -> None:
    attach(file, to=row, internal=True)
    events.record("bank_statement.received", row, actor, data=told(row))
    if row.faults:
        reason = row.faults[0]["message"]
        events.record("bank_statement.held", row, PLATFORM, data=told(row) | {"reason": reason})


@database.atomic
def _keep_unread(actor: Actor, file: StoredFile, content: bytes, refusal: Refusal, now: datetime) -> Taken:
    assert actor.organisation_id
    _locked_entities(actor.organisation_id)
    digest = hashlib.sha256(content).hexdigest()
    before = BankStatement.objects.filter(supplier=actor.organisation_id, content_hash=digest).first()
    if before:
        return Taken(before, "repeated")
    row = _row(actor, file, digest, now)
    unread(row, refusal, now)
    row.stated_account = ""
    row.number = file.name[:60]
    row.save(force_insert=True)
    _told_of(actor, row, file)
    return Taken(row, "created")


def _judge(row: BankStatement, entities: list[LegalEntity]) -> None:
    """The faults that depend on what else is known, beside those of the file itself."""
    own = [fault for fault in row.faults if fault["code"] in OF_THE_FILE]
    row.legal_entity, currency = owner_of(row.stated_account, entities)
    if "unreadable" not in {fault["code"] for fault in own}:
        own += faults_of(row, currency)
    row.faults = own


def _judge_again(changed: BankStatement) -> None:
    """The held statements of the same account, whose order may be right now."""
    entities = list(LegalEntity.objects.filter(organisation=changed.supplier_id))
    held = BankStatement.objects.filter(supplier=changed.supplier_id, bank_account=changed.bank_account).held()
    for row in held.order_by("ends_on", "sequence", "pk"):
        before = row.faults
        _judge(row, entities)
        if row.faults != before:
            row.save(update_fields=["faults", "legal_entity"])
            jobs.nudge(APPLY)


def _locked_entities(supplier_id: UUID) -> list[LegalEntity]:
    """Statements of one supplier are taken in one after the other, so that their order can be told."""
    found = LegalEntity.objects.select_for_update(no_key=True).filter(organisation=supplier_id).order_by("pk")
    return list(found)


def _locked(actor: Actor, statement: BankStatement) -> BankStatement:
    _locked_entities(actor.organisation_id or statement.supplier_id)
    row: BankStatement = BankStatement.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=statement.pk)
    return row
