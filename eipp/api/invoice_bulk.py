"""Bulk: thousands of invoices in one call, one JSON object a line; each line is taken in or refused by itself."""

from itertools import islice
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from eipp.api import body, ndjson, shapes
from eipp.api.invoice_arrival import arrival_of, reasons_of
from eipp.api.invoice_document import entities_named
from eipp.api.invoice_writing import NewInvoice
from eipp.api.operation import operation
from eipp.api.problems import Fault, faults_of
from eipp.api.resource import AnyForm, Resource
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from workflows.receiving import SET, Arrival, Receipt, receive_all


class BulkResult(msgspec.Struct, omit_defaults=True):
    """What became of one line. outcome: `created`, `repeated` (the same content again), `revised` (a newer version),
    `quarantined` (kept, for every one of the `reasons`), or `error` (not kept, for every one of the `errors`). `id` is
    that of the invoice or credit note, `intake` that of the document that came; `line` counts from 1."""

    line: int
    outcome: Literal["created", "repeated", "revised", "quarantined", "error"]
    external_id: str = ""
    number: str = ""
    kind: str = ""
    id: UUID | None = None
    intake: UUID | None = None
    version: int = 0
    warnings: list[shapes.Refused] = []
    reasons: list[shapes.Refused] = []
    code: str = ""
    detail: str = ""
    errors: list[Fault] = []


class InvoiceBulk(Resource):
    parser_classes = (ndjson.NdjsonParser,)
    content_negotiation_class = AnyForm

    @operation(
        "Post many invoices", right="invoice.post", tag="invoices", produces=ndjson.NDJSON, atomic=False,
        media={ndjson.NDJSON: ndjson.lines_of("an invoice as `POST invoices` takes it")}, answers={200: BulkResult},
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """At most 10,000 lines and 20 MB. The answer has one line for each, in their order; empty lines are passed
        over. A wrong line spoils no other. Lines are kept by sets of 500: when a call breaks off, send it again
        unchanged, and what was kept is `repeated`."""
        unread, results = iter(ndjson.numbered(self.content())), []
        while some := list(islice(unread, SET)):
            results += _take_in(self.actor, some)
        return ndjson.answer(results)


def _take_in(actor: Any, lines: list[tuple[int, bytes]]) -> list[BulkResult]:
    """The results of some lines. All of them are read and checked before the first is written."""
    read = [(number, line, _read(line)) for number, line in lines]
    entities = entities_named(actor, [new for _, _, new in read if isinstance(new, NewInvoice)])
    now = clock.now()
    checked: list[tuple[int, Arrival | Refusal]] = []
    for number, line, new in read:
        try:
            checked.append((number, new if isinstance(new, Refusal) else arrival_of(actor, line, new, now, entities)))
        except Refusal as refusal:
            checked.append((number, refusal))
    answers = iter(receive_all(actor, [found for _, found in checked if isinstance(found, Arrival)], now=now))
    return [_result(number, next(answers) if isinstance(found, Arrival) else found) for number, found in checked]


def _read(line: bytes) -> NewInvoice | Refusal:
    try:
        return body.read(line, NewInvoice)
    except Refusal as refusal:
        return refusal


def _result(number: int, answer: Receipt | Refusal) -> BulkResult:
    if isinstance(answer, Refusal):
        return BulkResult(number, "error", code=answer.code, detail=answer.sentence, errors=faults_of(answer))
    row = answer.presentment
    document = row.invoice_id or row.credit_note_id
    return BulkResult(
        number, answer.outcome if document else "quarantined", external_id=row.external_id, number=row.number,  # type: ignore[arg-type]
        kind="" if document is None else "invoice" if row.invoice_id else "credit_note", id=document, intake=row.pk,
        version=row.version, warnings=reasons_of(row.warnings), reasons=reasons_of(row.faults),
    )  # fmt: skip
