"""Arrival: what a POST to `invoices` sets in motion, by channel, and how it is answered."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from rest_framework.response import Response

from documents.einvoice import reading
from documents.file import StoredFile
from documents.original import original
from documents.store import store
from documents.upload import store_bytes
from eipp.api import body, patience, shapes
from eipp.api.invoice_document import Entities, document_of, entities_named
from eipp.api.invoice_writing import NewInvoice
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from workflows.presentment import Presentment
from workflows.receiving import Arrival, Receipt, receive

_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*([0-9]{1,4})\s*(?:$|[,;])", re.IGNORECASE)


class PostQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """For XML and PDF, which cannot carry them: your own id, your number of the customer account, and the credit
    request that a credit note answers."""

    external_id: Annotated[str, Meta(max_length=200)] = ""
    account: Annotated[str, Meta(max_length=60)] = ""
    credit_request: UUID | None = None


class Posted(msgspec.Struct):
    """The invoice or credit note as it stands in the ledger; `intake` is the id of the document that came."""

    id: UUID
    kind: str
    number: str
    external_id: str
    version: int
    status: str
    intake: UUID
    warnings: list[shapes.Refused]


class Intake(msgspec.Struct):
    """A document that came. status `received`: the verdict follows within seconds; `quarantined`: it waits for someone
    to mend it, for every one of the `reasons`. `candidates`: the customer accounts that it may be for."""

    id: UUID
    status: str
    number: str
    external_id: str
    version: int
    channel: str
    received_at: datetime
    judged_at: datetime | None
    reasons: list[shapes.Refused]
    warnings: list[shapes.Refused]
    candidates: list[UUID]
    invoice: UUID | None
    credit_note: UUID | None
    actions: list[shapes.Action]


def take_json(
    actor: Any, content: bytes, new: NewInvoice, query: PostQuery, *, credit_request: UUID | None = None
) -> Response:
    """Check it wholly and present it at once."""
    given = next((name for name in query.__struct_fields__ if getattr(query, name)), "")
    if given:
        raise Refusal("in_the_body", "In JSON, all of this stands in the body.", status=422, field=f"?{given}")
    now = clock.now()
    arrival = arrival_of(actor, content, new, now, entities_named(actor, [new]))
    receipt = receive(actor, replace(arrival, credit_request=credit_request), now=now)
    return respond(actor, receipt.presentment, receipt.outcome)


def arrival_of(actor: Any, content: bytes, new: NewInvoice, now: datetime, entities: Entities) -> Arrival:
    """An invoice written as JSON, checked; raises Refusal 422 with every fault."""
    document, sums = document_of(new, entities)
    kept = original(actor, content, name=f"{new.number}.json", content_type="application/json", now=now)
    return Arrival(
        document, "json", True, external_id=new.external_id, account_number=new.account, original=kept,
        warnings=sums.warnings,
    )  # fmt: skip


def take_file(actor: Any, content: bytes, query: PostQuery, headers: Any) -> Response:
    """Read it and check it quickly; the verdict follows, for which `Prefer: wait=10` waits."""
    external_id = _external_id(query, headers)
    found = reading.read(content)
    name = f"{found.document.number or 'invoice'}.{found.container}"
    kept = store_bytes(actor, content, name=name, content_type=f"application/{found.container}")
    receipt = _receive(actor, kept, Arrival(
        found.document, found.container, False, external_id=external_id, account_number=query.account,
        original_id=kept.pk, faults=found.faults, credit_request=query.credit_request,
    ))  # fmt: skip
    presentment = receipt.presentment
    waited = _wait(presentment, _seconds(headers.get("Prefer", "")))
    response = respond(actor, presentment, receipt.outcome)
    if waited:
        response["Preference-Applied"] = f"wait={waited}"
    return response


def respond(actor: Any, presentment: Presentment, outcome: str) -> Response:
    """201 for what is new in the ledger, 200 for what was there, 202 for what waits."""
    document = presentment.invoice_id or presentment.credit_note_id
    if document is None:
        location = f"/api/v1/intakes/{presentment.pk}"
        return Response(intake_of(presentment, actor), status=202, headers={"Location": location})
    kind = "invoice" if presentment.invoice_id else "credit_note"
    posted = Posted(
        id=document, kind=kind, number=presentment.number, external_id=presentment.external_id,
        version=presentment.version, status=presentment.state, intake=presentment.pk,
        warnings=reasons_of(presentment.warnings),
    )  # fmt: skip
    location = f"/api/v1/{kind.replace('_', '-')}s/{document}"
    return Response(posted, status=201 if outcome == "created" else 200, headers={"Location": location})


def intake_of(presentment: Presentment, actor: Any) -> Intake:
    return Intake(
        id=presentment.pk, status=presentment.state, number=presentment.number, external_id=presentment.external_id,
        version=presentment.version, channel=presentment.channel, received_at=presentment.received_at,
        judged_at=presentment.judged_at, reasons=reasons_of(presentment.faults),
        warnings=reasons_of(presentment.warnings),
        candidates=[UUID(id) for id in presentment.candidates], invoice=presentment.invoice_id,
        credit_note=presentment.credit_note_id, actions=shapes.actions(presentment, actor),
    )  # fmt: skip


def _receive(actor: Any, kept: StoredFile, arrival: Arrival) -> Receipt:
    receipt = receive(actor, arrival, now=clock.now())
    if receipt.outcome == "repeated":  # the bytes of the first time are the original
        store().delete(kept.key)
        kept.delete()
    return receipt


def _wait(presentment: Presentment, seconds: int) -> int:
    """Wait for the verdict; how many seconds were granted."""

    def judged() -> bool:
        presentment.refresh_from_db()
        return presentment.judged_at is not None

    return seconds if presentment.judged_at is None and patience.wait(seconds, judged) else 0


def _seconds(prefer: str) -> int:
    """RFC 7240: what is not understood is passed over."""
    found = _WAIT.search(prefer)
    return min(int(found[1]), patience.LONGEST) if found else 0


def _external_id(query: PostQuery, headers: Any) -> str:
    written: str = query.external_id or headers.get("External-Id", "")
    body.refuse_unwritable(written, "External-Id")
    if len(written) > 200:
        raise Refusal("too_long", "An external id has at most 200 characters.", status=422, field="External-Id")
    return written


def reasons_of(faults: list[dict[str, Any]]) -> list[shapes.Refused]:
    return [shapes.Refused(fault["rule"], fault["message"], fault.get("path", "")) for fault in faults]
