"""Remittance advices: the buyer says what a payment is for, by a file sent before or line by line; both read it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents import remittance_advice as neutral
from documents.models import StoredFile
from eipp.accounts.models import CustomerAccount
from eipp.api import shapes
from eipp.api.claims import account_of
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows.models import RemittanceAdvice, RemittanceLine
from workflows.remittance_arrival import MOST_LINES, send_file, send_lines

VERDICTS = list(RemittanceAdvice.Verdict.values)


class RemittanceItem(msgspec.Struct):
    """`verdict`: pending until a file is read, then read, unread (for `reason`) or refused. `amount` is the payment as
    its payer says it; `sum` is what the lines add up to; `matched` counts those whose document was found."""

    id: UUID
    number: str
    account: shapes.AccountBrief
    verdict: str
    reason: str
    notation: str
    reference: str
    paid_on: date | None
    currency: str
    amount: str | None
    sum: str
    lines_count: int
    matched: int
    sent_at: datetime
    checked_at: datetime | None


class RemittedLine(msgspec.Struct):
    """`invoice` or `credit_note` where one was found, else `fault` says why not; `where`: its place in the file."""

    document_number: str
    invoice: UUID | None
    credit_note: UUID | None
    currency: str
    amount: str | None
    discount: str
    deduction: str
    reason: str
    where: str
    fault: str


class RemittanceDetail(RemittanceItem):
    """`remarks` are sentences about what was not understood or does not fit; `file` is what was sent."""

    payer: str
    payee: str
    comment: str
    remarks: list[str]
    file: UUID | None
    lines: list[RemittedLine]


class RemittanceQuery(Query):
    verdict: Annotated[str, Meta(max_length=10, extra_json_schema={"enum": ["", *VERDICTS]})] = ""
    account: UUID | None = None
    invoice: UUID | None = None
    reference: Annotated[str, Meta(max_length=140)] = ""


class NewRemittanceLine(shapes.Written):
    """The document's number as it stands on it, what is paid, and what was kept back."""

    number: Annotated[str, Meta(min_length=1, max_length=100)]
    amount: shapes.Amount
    discount: shapes.Amount | None = None
    deduction: shapes.Amount | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""


class NewRemittance(shapes.Written):
    """`account` is the customer account that is paid; it may be left out where you have but one. Give `file` (finished,
    see files) or `lines`."""

    account: UUID | None = None
    file: UUID | None = None
    lines: Annotated[list[NewRemittanceLine], Meta(max_length=MOST_LINES)] = []
    reference: Annotated[str, Meta(max_length=140)] = ""
    paid_on: date | None = None
    amount: shapes.Amount | None = None
    comment: Annotated[str, Meta(max_length=2000)] = ""


class RemittanceList(Resource):
    @operation("List remittance advices", right="payment.view", tag="remittances", query=RemittanceQuery,
               answers={200: Page[RemittanceItem]})  # fmt: skip
    def get(self, request: Request) -> Response:
        query: RemittanceQuery = self.query()
        if query.verdict:
            shapes.one_of(query.verdict, VERDICTS, "?verdict")
        wanted = {"verdict": query.verdict or None, "account": query.account, "reference": query.reference or None}
        rows = RemittanceAdvice.objects.visible_to(self.actor).select_related("account")
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        if query.invoice:
            naming = RemittanceLine.objects.visible_to(self.actor).filter(invoice=query.invoice)
            rows = rows.filter(pk__in=naming.values("advice"))
        return self.page(rows, query, lambda row: RemittanceItem(**_head(row)))

    @operation(
        "Send a remittance advice", right="remittance.send", tag="remittances", body=NewRemittance,
        answers={201: RemittanceDetail, 202: RemittanceDetail},
        example={
            "account": "0199d0a0-0000-7000-8000-000000000000", "reference": "BW-2026-0007", "paid_on": "2026-11-20",
            "lines": [{"number": "2026-0871", "amount": "163.27", "discount": "3.33"}],
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Lines stand at once (201); a file is read within seconds (202): ask again at `Location`."""
        new: NewRemittance = self.body()
        if bool(new.lines) == bool(new.file):
            raise Refusal("file_or_lines", "Give a file or lines, one of both.", status=422, field="lines")
        account = account_of(self.actor, new.account)
        advice = self._by_file(new, new.file, account) if new.file else self._by_lines(new, account)
        headers = {"Location": f"{request.path}/{advice.pk}"}
        found = self.find(_rows(self.actor), advice.pk)
        return Response(_detail(found, self.actor), status=202 if new.file else 201, headers=headers)

    def _by_file(self, new: NewRemittance, key: UUID, account: CustomerAccount) -> RemittanceAdvice:
        file = StoredFile.objects.visible_to(self.actor).filter(pk=key).first()
        if file is None:
            raise Refusal("unknown_file", "There is no such file that you can see.", status=422, field="file")
        return send_file(self.actor, file, account=account, comment=new.comment, now=clock.now())

    def _by_lines(self, new: NewRemittance, account: CustomerAccount) -> RemittanceAdvice:
        currency = account.currency
        return send_lines(
            self.actor, account, [_line(index, line, currency) for index, line in enumerate(new.lines)],
            reference=new.reference, paid_on=shapes.day(new.paid_on, "paid_on") if new.paid_on else None,
            amount=shapes.amount(new.amount, currency, "amount") if new.amount else None, comment=new.comment,
            now=clock.now(),
        )  # fmt: skip


class RemittanceOne(Resource):
    @operation("Read a remittance advice", right="payment.view", tag="remittances", answers={200: RemittanceDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(_rows(self.actor), id), self.actor))


def _line(index: int, line: NewRemittanceLine, currency: str) -> neutral.RemittanceLine:
    def exact(name: str) -> Decimal | None:
        text = getattr(line, name)
        return None if text is None else shapes.amount(text, currency, f"lines[{index}].{name}").amount

    return neutral.RemittanceLine(
        where=f"line {index + 1}", number=line.number, amount=exact("amount"), discount=exact("discount"),
        deduction=exact("deduction"), reason=line.reason,
    )  # fmt: skip


def _rows(actor: Actor) -> QuerySet[RemittanceAdvice]:
    return RemittanceAdvice.objects.visible_to(actor).select_related("account")


def _detail(advice: RemittanceAdvice, actor: Actor) -> RemittanceDetail:
    lines = RemittanceLine.objects.visible_to(actor).filter(advice=advice).order_by("position")
    files = StoredFile.objects.visible_to(actor).filter(pk=advice.file_id) if advice.file_id else ()
    return RemittanceDetail(
        **_head(advice), payer=advice.payer, payee=advice.payee, comment=advice.comment, remarks=advice.remarks,
        file=next((file.pk for file in files), None), lines=[_remitted(line) for line in lines],
    )  # fmt: skip


def _remitted(line: RemittanceLine) -> RemittedLine:
    return RemittedLine(
        document_number=line.document_number, invoice=line.invoice_id, credit_note=line.credit_note_id,
        currency=line.currency, amount=None if line.amount is None else line.amount.text,
        discount=line.discount.text, deduction=line.deduction.text, reason=line.reason, where=line.where,
        fault=line.fault,
    )  # fmt: skip


def _head(advice: RemittanceAdvice) -> dict[str, Any]:
    return {
        "id": advice.pk, "number": advice.number, "account": shapes.account(advice.account),
        "verdict": advice.verdict, "reason": advice.reason, "notation": advice.notation,
        "reference": advice.reference, "paid_on": advice.paid_on, "currency": advice.currency,
        "amount": advice.amount.text if advice.amount_minor is not None else None, "sum": advice.sum.text,
        "lines_count": advice.line_count, "matched": advice.matched_count, "sent_at": advice.sent_at,
        "checked_at": advice.checked_at,
    }  # fmt: skip
