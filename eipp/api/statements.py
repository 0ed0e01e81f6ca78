"""Statements of account: what was owed on any day, and how it came to that; as JSON, PDF, CSV and XLSX."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponseBase
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents import sheet
from documents.download import MEDIA_TYPES, download
from eipp.accounts.models import CustomerAccount
from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import AnyForm, Resource
from eipp.kernel.refusal import Refusal
from eipp.ledger import statement_paper
from eipp.ledger.statement import BALANCE_FORWARD, KINDS, OPEN_ITEM, Section, Statement, statement

Day = date
FORMATS = ("json", *MEDIA_TYPES)


class StatementQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`account` is an id, or the ERP's number. Open items take `on`; a balance brought forward takes `from` and `to`.
    Without them: today, and this month. Days are the supplier's."""

    account: Annotated[str, Meta(min_length=1, max_length=60)]
    kind: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": list(KINDS)})] = OPEN_ITEM
    on: date | None = None
    first: date | None = msgspec.field(default=None, name="from")
    last: date | None = msgspec.field(default=None, name="to")
    known: Annotated[
        date | None, Meta(description="As the ledger knew it at the end of this day; without it, all that it knows.")
    ] = None
    format: Annotated[
        str, Meta(max_length=4, description="Without it, by `Accept`.", extra_json_schema={"enum": ["", *FORMATS]})
    ] = ""


class StatementMovement(msgspec.Struct):
    """`amount` is positive where more is owed afterwards; `balance` is what is owed then; `document` is the invoice,
    credit note or cash receipt, where it is the account's own."""

    date: Day
    kind: str
    document: UUID | None
    reference: str
    document_date: Day
    amount: str
    balance: str


class StatementItem(msgspec.Struct):
    """A document with something open at the end of the day; credit and cash that are not used yet are negative."""

    kind: str
    document: UUID
    reference: str
    issued: date
    due: date | None
    amount: str
    open: str
    past_due: bool


class StatementSection(msgspec.Struct):
    """One currency: opening + movements = closing; the items' `open` sum to closing."""

    currency: str
    opening: str
    closing: str
    charged: str
    credited: str
    past_due: str
    movements: list[StatementMovement]
    items: list[StatementItem]


class StatementDetail(msgspec.Struct):
    """`from` is null for open items, which are of the end of the day `to`."""

    account: shapes.AccountBrief
    kind: str
    first: date | None = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    known: date | None
    currencies: list[StatementSection]


class StatementOne(Resource):
    content_negotiation_class = AnyForm

    @operation("State an account", right="account.view", tag="accounts", query=StatementQuery,
               answers={200: StatementDetail}, downloads=tuple(MEDIA_TYPES.values()), refuses=(409,))  # fmt: skip
    def get(self, request: Request) -> Response | HttpResponseBase:
        """What was owed, by posting date, as the ledger knew it at the end of the day `known`: asked for again, it
        gives the same figures. A day to come is refused. The PDF carries a code by which it is seen to be genuine."""
        query: StatementQuery = self.query()
        shapes.one_of(query.kind, KINDS, "?kind")
        ending = query.format or _accepted(request)
        shapes.one_of(ending, FORMATS, "?format")
        stated = _stated(self.actor, query)
        if ending == "json":
            return Response(_detail(stated))
        name = statement_paper.name(stated, ending)
        if ending == "pdf":
            return download(statement_paper.pdf(self.actor, stated), name=name)
        return download(sheet.write(ending, statement_paper.table(stated)), name=name)


def _accepted(request: Any) -> str:
    accepted = request.META.get("HTTP_ACCEPT", "")
    for ending, kind in MEDIA_TYPES.items():
        if kind.partition(";")[0] in accepted:
            return ending
    return "json"


def _stated(actor: Any, query: StatementQuery) -> Statement:
    by_period = query.kind == BALANCE_FORWARD
    if query.on and (query.first or query.last):
        raise Refusal("parameter_twice", "Give either `on`, or `from` and `to`.", status=422, field="?on")
    if query.first and not by_period:
        raise Refusal("invalid_parameter", "Open items are of one day: give `on`, or ask for the kind "
                      f"{BALANCE_FORWARD}.", status=422, field="?from")  # fmt: skip
    try:
        return statement(
            actor,
            _account(actor, query.account),
            kind=query.kind,
            last=query.last or query.on,
            first=query.first,
            known=query.known,
        )
    except Refusal as refusal:
        field = refusal.errors[0]["field"] if refusal.errors else ""
        at = f"?{field}" if field and not field.startswith("?") else field or None
        raise Refusal(refusal.code, refusal.sentence, status=refusal.status, field=at,
                      retry_after=refusal.retry_after) from None  # fmt: skip


def _account(actor: Any, written: str) -> CustomerAccount:
    rows = CustomerAccount.objects.visible_to(actor).select_related("supplier", "legal_entity")
    try:
        found = list(rows.filter(pk=UUID(written)))
    except ValueError:
        found = list(rows.filter(number=written)[:2])
    if len(found) != 1:
        code, sentence = "unknown_account", "There is no such account that you can see."
        if found:
            code, sentence = "ambiguous_account", "Several suppliers know you by this number: give the account's id."
        raise Refusal(code, sentence, status=422, field="?account")
    return found[0]


def _detail(stated: Statement) -> StatementDetail:
    return StatementDetail(
        account=shapes.account(stated.account), kind=stated.kind, first=stated.first, last=stated.last,
        known=stated.known,
        currencies=[_section(section) for section in stated.sections],
    )  # fmt: skip


def _section(section: Section) -> StatementSection:
    running, movements = section.opening, []
    for row in section.movements:
        running += row.amount
        document = row.document.pk if row.document else None
        movements.append(StatementMovement(
            row.day, row.kind, document, row.reference, row.document_date, row.amount.text, running.text
        ))  # fmt: skip
    items = [
        StatementItem(item.kind, item.document.pk, item.reference, item.issued, item.due, item.amount.text,
                      item.open.text, item.is_past_due)
        for item in section.items
    ]  # fmt: skip
    return StatementSection(
        section.currency, section.opening.text, section.closing.text, section.charged.text, section.credited.text,
        section.past_due.text, movements, items,
    )  # fmt: skip
