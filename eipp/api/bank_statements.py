"""Bank statements, as the bank sent them, loaded by programs; what holds one back; where each entry went."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.http import HttpResponseBase
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents.bank.reading import Hints
from documents.delivery import deliver
from documents.file import StoredFile
from documents.upload import store_bytes
from eipp.api import shapes
from eipp.api.invoices import Raw, TextXmlParser, XmlParser
from eipp.api.operation import operation
from eipp.api.resource import AnyForm, JsonParser, Page, Query, Resource
from eipp.kernel.refusal import Refusal
from workflows.bank_intake import receive
from workflows.bank_statement import OUTCOMES, BankEntry, BankStatement

STATES = ("received", "held", "applied", "set_aside")


class CsvParser(JsonParser):
    media_type = "text/csv"


class TextParser(JsonParser):
    media_type = "text/plain"


class Statement(msgspec.Struct):
    """state: `received` (it is applied within seconds), `applied`, `held` (for every one of the `reasons`), or
    `set_aside`. `came` and `went` are the sums of its entries."""

    id: UUID
    state: str
    reasons: list[shapes.Refused]
    notation: str
    number: str
    sequence: int | None
    account: str
    currency: str
    starts_on: date | None
    ends_on: date | None
    opening: str | None
    closing: str | None
    came: str
    went: str
    entries: int
    received_at: datetime
    applied_at: datetime | None


class Loaded(msgspec.Struct):
    """outcome: `created`, or `repeated` where the same statement was here already and nothing changed."""

    outcome: str
    statement: Statement


class LoadedFile(msgspec.Struct):
    items: list[Loaded]


class Entry(msgspec.Struct):
    """One movement. outcome: where it went; because: why, as a code; `receipt` and `payment` where it became money."""

    id: UUID
    booked_on: date
    value_on: date
    currency: str
    amount: str
    counterparty: str
    counterparty_account: str
    end_to_end: str
    references: list[str]
    text: str
    bank_id: str
    outcome: str
    because: str
    account: UUID | None
    receipt: UUID | None
    payment: UUID | None
    note: str


class StatementQuery(Query):
    state: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", "held"]})] = ""


class LoadQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """For a table (CSV) that does not say it: your bank account, and its currency."""

    account: Annotated[str, Meta(max_length=60)] = ""
    currency: Annotated[str, Meta(max_length=3)] = ""


class EntryQuery(Query):
    outcome: Annotated[str, Meta(max_length=10, extra_json_schema={"enum": list(OUTCOMES)})] = ""


class StatementList(Resource):
    parser_classes = (XmlParser, TextXmlParser, CsvParser, TextParser)

    @operation("List bank statements", right="cash.apply", tag="bank statements", query=StatementQuery,
               answers={200: Page[Statement]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: StatementQuery = self.query()
        rows = BankStatement.objects.visible_to(self.actor)
        if query.state:
            shapes.one_of(query.state, ("held",), "?state")
            rows = rows.held()
        return self.page(rows, query, _statement, order="-received_at")

    @operation(
        "Load a bank statement", right="cash.apply", tag="bank statements", query=LoadQuery, atomic=False,
        media={"application/xml": Raw, "text/csv": Raw, "text/plain": Raw},
        answers={200: LoadedFile, 201: LoadedFile}, refuses=(409,),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The bank's file as it is: camt.053 or camt.054 (XML), BAI2 or MT940 (text), CSV. 201, and each entry is
        applied within seconds, unless the statement is `held`. All of it here already: 200. A file that cannot be read
        is kept for people to see, and refused with 422 and the line."""
        query: LoadQuery = self.query()
        content = self.content()
        if not content:
            raise Refusal("empty_file", "Send the bank's file as the body.", status=422)
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        name = {"text/csv": "statement.csv", "text/plain": "statement.txt"}.get(kind, "statement.xml")
        file = store_bytes(self.actor, content, name=name, content_type=kind)
        taken = receive(self.actor, file, hints=Hints(account=query.account, currency=query.currency.upper()))
        for each in taken:
            if "unreadable" in each.statement.codes:
                raise Refusal("unreadable_statement", each.statement.faults[0]["message"], status=422)
        status = 201 if any(each.outcome == "created" for each in taken) else 200
        return Response(LoadedFile([Loaded(each.outcome, _statement(each.statement)) for each in taken]), status=status)


class StatementOne(Resource):
    @operation("Read a bank statement", right="cash.apply", tag="bank statements", answers={200: Statement})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_statement(self.find(BankStatement.objects.visible_to(self.actor), id)))


class StatementEntries(Resource):
    @operation("List the entries of a bank statement", right="cash.apply", tag="bank statements", query=EntryQuery,
               answers={200: Page[Entry]})  # fmt: skip
    def get(self, request: Request, id: UUID) -> Response:
        """In the order of the statement."""
        query: EntryQuery = self.query()
        statement = self.find(BankStatement.objects.visible_to(self.actor), id)
        rows: QuerySet = BankEntry.objects.visible_to(self.actor).filter(statement=statement)
        if query.outcome:
            rows = rows.filter(outcome=shapes.one_of(query.outcome, OUTCOMES, "?outcome"))
        return self.page(rows, query, _entry, order="position")


class StatementOriginal(Resource):
    content_negotiation_class = AnyForm

    @operation("Download the bank's file", right="cash.apply", tag="bank statements", answers={200: bytes},
               produces="application/octet-stream")  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        statement = self.find(BankStatement.objects.visible_to(self.actor), id)
        file = StoredFile.objects.visible_to(self.actor).get(pk=statement.original_id)
        return deliver(self.actor, file)


def _statement(row: BankStatement) -> Statement:
    known = bool(row.currency)
    return Statement(
        id=row.pk, state=row.standing, reasons=[shapes.Refused(each["code"], each["message"]) for each in row.faults],
        notation=row.notation, number=row.number, sequence=row.sequence, account=row.stated_account,
        currency=row.currency, starts_on=row.starts_on, ends_on=row.ends_on,
        opening=row.opening.text if known and row.opening is not None else None,
        closing=row.closing.text if known and row.closing is not None else None,
        came=row.came.text if known and row.entry_count else "0", entries=row.entry_count,
        went=row.went.text if known and row.entry_count else "0", received_at=row.received_at,
        applied_at=row.applied_at,
    )  # fmt: skip


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.pk, booked_on=row.booked_on, value_on=row.value_on, currency=row.currency, amount=row.amount.text,
        counterparty=row.counterparty, counterparty_account=row.counterparty_account, end_to_end=row.end_to_end,
        references=row.references, text=row.text, bank_id=row.bank_id, outcome=row.outcome,
        because=row.because.get("code", ""), account=row.account_id, receipt=row.receipt_id, payment=row.payment_id,
        note=row.note,
    )  # fmt: skip
