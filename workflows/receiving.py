"""Receiving: the one way in for invoices and credit notes, whichever channel they come by, and the worker's verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db import transaction as database

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from eipp.accounts.customer_account import find_accounts
from eipp.accounts.models import CustomerAccount, Organisation
from eipp.kernel import clock, events, jobs
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CreditNote, Invoice
from workflows import drafting
from workflows.payee import foreign_bank_accounts, payee_of
from workflows.presentment import WAITING, Presentment, fault_dict

MATCHING = frozenset({"EIPP-BUYER-UNKNOWN", "EIPP-BUYER-AMBIGUOUS", "EIPP-BANK-ACCOUNT"})  # what `_match` finds
JUDGE = "workflows.jobs.judge_received"
AT_ONCE = 20  # so many versions of one document may arrive together


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came: the neutral document with its bytes' id, and what was found at once.

    judged: nothing more is to be checked (JSON, which our own code checks wholly); account_number: the ERP's id of the
    customer account, which beats the document's own marks; warnings: worth showing, no reason to hold it back.
    """

    document: Document
    channel: str
    judged: bool
    external_id: str = ""
    account_number: str = ""
    original_id: UUID | None = None
    faults: Sequence[Fault] = ()
    warnings: Sequence[dict[str, Any]] = ()


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
    moment = now or clock.now()
    if not actor.may("invoice.post"):
        raise Refusal("not_your_role", "This key may not post invoices.", status=403)
    for _ in range(AT_ONCE):
        try:
            with database.atomic():
                return _receive(actor, arrival, moment)
        except IntegrityError as error:  # another version arrived at this very moment: it is in by now
            cause = error
    raise cause


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


def _receive(actor: Actor, arrival: Arrival, now: datetime) -> Receipt:
    assert actor.organisation_id  # documents come from a supplier's people and programs alone
    supplier = Organisation.objects.get(pk=actor.organisation_id)
    document = arrival.document
    external_id = arrival.external_id or document.number or (arrival.original_id.hex if arrival.original_id else "")
    older = Presentment.objects.filter(supplier=supplier, external_id=external_id).order_by("-version").first()
    content = drafting.content_hash(document)
    presentment = _row(supplier, arrival, external_id, older, content, now)
    _match(presentment, document, arrival.account_number)
    if older and older.content_hash == content and older.state != "superseded" and not _mends(presentment, older):
        return Receipt(older, "repeated")
    _refuse_taken_number(presentment)
    mended = _mended(presentment, older)
    presentment.mends = mended[0] if mended else None
    presentment.save(force_insert=True)
    events.record("invoice.received", presentment, actor, after="received", occurred_at=now,
                  data={"number": presentment.number, "channel": arrival.channel})  # fmt: skip
    for held in mended:
        held.supersede(actor, now=now)
    _begin(presentment, actor, arrival, now)
    return Receipt(presentment, "revised" if older else "created")


def _row(
    supplier: Organisation, arrival: Arrival, external_id: str, older: Presentment | None, content: str, now: datetime
) -> Presentment:
    document = arrival.document
    return Presentment(
        state="received", state_since=now, supplier=supplier, channel=arrival.channel, external_id=external_id,
        version=older.version + 1 if older else 1, number=document.number or "", content_hash=content,
        is_credit_note=document.is_credit_note,
        document=document.without_contents().to_dict(), original_id=arrival.original_id, received_at=now,
        warnings=list(arrival.warnings), replaces=_standing(older), judged_at=now if arrival.judged else None,
    )  # fmt: skip


def _mends(presentment: Presentment, older: Presentment) -> bool:
    """The same document was held back for want of its account (or for its bank account), and now no longer would be."""
    matched = {fault["rule"] for fault in presentment.faults}
    held = {fault["rule"] for fault in older.faults} & MATCHING
    return older.state == "quarantined" and not held <= matched


def _mended(presentment: Presentment, older: Presentment | None) -> list[Presentment]:
    """What was held back and is corrected by this, the newest first: the same id, or the same seller's same number.

    Programs give a corrected file a new id as often as the old one; a number is one document's within its year.
    """
    if older and older.state in WAITING:
        return [older]
    if older or not presentment.number:
        return []
    rows = Presentment.objects.filter(
        supplier=presentment.supplier, number=presentment.number, is_credit_note=presentment.is_credit_note,
        state="quarantined",
    )  # fmt: skip
    return [row for row in rows.order_by("-received_at") if _whose(row) == _whose(presentment)]


def _whose(presentment: Presentment) -> tuple[Any, str]:
    """By whom a number was given, and in which year."""
    seller = presentment.document.get("seller") or {}
    return seller.get("vat_id") or seller.get("name"), str(presentment.document.get("issue_date"))[:4]


def _standing(older: Presentment | None) -> Presentment | None:
    """The version that is in the ledger, which may not be the last one that came."""
    while older and not (older.invoice_id or older.credit_note_id):
        older = older.replaces
    return older


def _begin(presentment: Presentment, actor: Actor, arrival: Arrival, now: datetime) -> None:
    if arrival.judged or presentment.faults or any(fault.blocks for fault in arrival.faults):
        _conclude(presentment, actor, arrival.faults, now)
    if not arrival.judged:
        jobs.nudge(JUDGE)


def _conclude(presentment: Presentment, actor: Actor, faults: Sequence[Fault], now: datetime) -> None:
    """Add the reasons found, and make the move they call for; what is held back already only gains reasons."""
    known = {(fault["rule"], fault.get("path", "")) for fault in presentment.faults}
    presentment.faults += [fault_dict(f) for f in faults if f.blocks and (f.rule, f.path) not in known]
    presentment.warnings += [fault_dict(f) for f in faults if not f.blocks]
    if actor.side == "system":
        presentment.judged_at = now
    Presentment.objects.filter(pk=presentment.pk).update(
        faults=presentment.faults, warnings=presentment.warnings, judged_at=presentment.judged_at
    )
    if presentment.state == "received":
        (presentment.quarantine if presentment.faults else presentment.present)(actor, now=now)


def _match(presentment: Presentment, document: Document, account_number: str) -> None:
    """Find the customer account and the legal entity; who is not found for certain is a reason to wait."""
    buyer = document.buyer
    accounts = find_accounts(
        presentment.supplier, number=account_number or None, endpoint=None if account_number else buyer.endpoint,
        endpoint_scheme=buyer.endpoint_scheme or "", vat_id=None if account_number else buyer.vat_id,
        legal_id=None if account_number else buyer.legal_id, legal_scheme=buyer.legal_scheme or "",
    )  # fmt: skip
    if len(accounts) == 1:
        presentment.account = accounts[0]
        presentment.legal_entity = payee_of(document, accounts[0])
    else:
        presentment.candidates = [str(account.pk) for account in accounts]
        reason = _several(accounts) if accounts else _nobody(buyer.name, account_number)
        presentment.faults.append(fault_dict(reason))
    bait = foreign_bank_accounts(document, presentment.supplier_id, presentment.legal_entity)
    presentment.faults += [fault_dict(fault) for fault in bait]


def _refuse_taken_number(presentment: Presentment) -> None:
    if presentment.legal_entity is None or not presentment.number:
        return
    year = (presentment.read().issue_date or "0000")[:4]
    model: Any = CreditNote if presentment.is_credit_note else Invoice
    taken = model.objects.filter(legal_entity=presentment.legal_entity, number=presentment.number,
                                 fiscal_year=int(year) if year.isdecimal() else 0)  # fmt: skip
    if taken.exclude(external_id=presentment.external_id).exists():
        raise Refusal("number_taken", f"The number {presentment.number} is taken by another document of {year}.",
                      field="number")  # fmt: skip


def _nobody(name: str | None, account_number: str) -> Fault:
    who = f"the account {account_number}" if account_number else (name or "the buyer")
    return Fault("EIPP-BUYER-UNKNOWN", f"No customer account was found for {who[:200]}.", "buyer")


def _several(accounts: Sequence[CustomerAccount]) -> Fault:
    numbers = ", ".join(account.number for account in accounts[:10])
    return Fault("EIPP-BUYER-AMBIGUOUS", f"Several customer accounts fit the buyer: {numbers}.", "buyer")


def _as_fault(refusal: Refusal) -> Fault:
    return Fault(f"EIPP-{refusal.code.upper().replace('_', '-')}", refusal.sentence, refusal.field or "")
