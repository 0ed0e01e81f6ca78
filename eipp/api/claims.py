"""Claims: the buyer files many objections at once; each becomes a dispute of its invoice."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents.claim_sheet import SheetRow
from eipp.accounts.models import CustomerAccount
from eipp.api import idempotency, shapes
from eipp.api.operation import operation
from eipp.api.resource import Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows.claim import Claim, ClaimLine, file_claim
from workflows.claim_check import MOST_ROWS, CheckedRow, check


class ClaimItem(msgspec.Struct):
    id: UUID
    number: str
    account: shapes.AccountBrief
    currency: str
    amount: str
    disputes_count: int
    filed_at: datetime


class ClaimedLine(msgspec.Struct):
    """A row as it was filed, and the dispute in which it went."""

    row: int
    dispute: UUID
    document_number: str
    line_number: str
    quantity: str | None
    amount: str
    reason: str
    comment: str


class ClaimDetail(ClaimItem):
    comment: str
    lines: list[ClaimedLine]


class ClaimQuery(Query):
    account: UUID | None = None


class NewClaimLine(shapes.Written):
    """Units of a line of an invoice, or an amount with tax; without an invoice it is about the account alone. `reason`
    as in disputes, or in words that people use for it."""

    reason: Annotated[str, Meta(min_length=1, max_length=100)]
    invoice_number: Annotated[str, Meta(max_length=100)] = ""
    line_number: Annotated[str, Meta(max_length=100)] = ""
    quantity: shapes.Number | None = None
    amount: shapes.Amount | None = None
    comment: Annotated[str, Meta(max_length=1000)] = ""


class NewClaim(shapes.Written):
    """`account` may be left out where you have but one."""

    lines: Annotated[list[NewClaimLine], Meta(min_length=1, max_length=MOST_ROWS)]
    account: UUID | None = None
    comment: shapes.Text = ""


class ClaimCheckLine(msgspec.Struct):
    """What a row comes to, or its `fault`."""

    row: int
    invoice: UUID | None
    reason: str
    amount: str | None
    note: str
    fault: str


class ClaimCheck(msgspec.Struct):
    lines: list[ClaimCheckLine]


class ClaimList(Resource):
    @operation("List claims", right="invoice.view", tag="claims", query=ClaimQuery, answers={200: Page[ClaimItem]})
    def get(self, request: Request) -> Response:
        query: ClaimQuery = self.query()
        rows = Claim.objects.visible_to(self.actor).select_related("account")
        return self.page(rows.filter(account=query.account) if query.account else rows, query, _item)

    @operation(
        "File a claim", right="dispute.open", tag="claims", body=NewClaim, answers={201: ClaimDetail},
        example={
            "account": "0199d0a0-0000-7000-8000-000000000000", "comment": "Delivery of 3 March",
            "lines": [
                {"invoice_number": "2026-0871", "line_number": "1", "quantity": "3", "reason": "damaged"},
                {"amount": "50.00", "reason": "promotion", "comment": "Bonus of the first quarter"},
            ],
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """All lines are filed, or none: `errors` then names each faulty one. Try it before by `claims/check`."""
        new: NewClaim = self.body()
        claim = file_claim(
            self.actor, account_of(self.actor, new.account), rows_of(new), comment=new.comment,
            attempt=_attempt(request), now=clock.now(),
        )  # fmt: skip
        headers = {"Location": f"{request.path}/{claim.pk}"}
        return Response(_detail(claim, self.actor), status=201, headers=headers)


class ClaimTry(Resource):
    @operation("Check a claim", right="dispute.open", tag="claims", body=NewClaim, answers={200: ClaimCheck},
               example={"account": "0199d0a0-0000-7000-8000-000000000000",
                        "lines": [{"amount": "50.00", "reason": "promotion"}]})  # fmt: skip
    def post(self, request: Request) -> Response:
        """What each line would come to, and what is wrong with it; nothing is filed."""
        new: NewClaim = self.body()
        checked = check(self.actor, account_of(self.actor, new.account), rows_of(new))
        return Response(ClaimCheck([_checked(row) for row in checked]))


class ClaimOne(Resource):
    @operation("Read a claim", right="invoice.view", tag="claims", answers={200: ClaimDetail})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_detail(self.find(Claim.objects.visible_to(self.actor), id), self.actor))


def account_of(actor: Actor, id: UUID | None) -> CustomerAccount:
    """The account that is named, or the only one that the actor sees."""
    rows = CustomerAccount.objects.visible_to(actor)
    found = list(rows.filter(pk=id) if id else rows[:2])
    if not found:
        raise Refusal("unknown_account", "There is no such account that you can see.", status=422, field="account")
    if len(found) > 1:
        raise Refusal("account_missing", "You have several accounts: say which is meant.", status=422, field="account")
    return found[0]


def rows_of(new: NewClaim) -> list[SheetRow]:
    """The lines as rows of a sheet, counted from 1."""
    return [
        SheetRow(
            row=index + 1, invoice=line.invoice_number, line=line.line_number, reason=line.reason, comment=line.comment,
            quantity=None if line.quantity is None else shapes.number(line.quantity, f"lines[{index}].quantity"),
            amount=None if line.amount is None else shapes.number(line.amount, f"lines[{index}].amount"),
        )
        for index, line in enumerate(new.lines)
    ]  # fmt: skip


def _attempt(request: Any) -> UUID | None:
    key = idempotency.key_of(request, required=False)
    return uuid5(request.auth.organisation_id, f"claim {request.auth.person_id or 'key'} {key}") if key else None


def _checked(row: CheckedRow) -> ClaimCheckLine:
    return ClaimCheckLine(
        row=row.sheet.row, invoice=row.invoice.pk if row.invoice else None, reason=row.reason,
        amount=row.amount.text if row.amount and not row.fault else None, note=row.note, fault=row.fault,
    )  # fmt: skip


def _item(claim: Claim) -> ClaimItem:
    return ClaimItem(**_head(claim))


def _head(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.pk, "number": claim.number, "account": shapes.account(claim.account), "currency": claim.currency,
        "amount": claim.amount.text, "disputes_count": claim.dispute_count, "filed_at": claim.filed_at,
    }  # fmt: skip


def _detail(claim: Claim, actor: Actor) -> ClaimDetail:
    lines = ClaimLine.objects.visible_to(actor).filter(claim=claim).order_by("position")
    return ClaimDetail(
        **_head(claim), comment=claim.comment,
        lines=[
            ClaimedLine(line.row, line.dispute_id, line.document_number, line.line_number, shapes.plain(line.quantity),
                        line.amount.text, line.reason, line.comment)
            for line in lines
        ],
    )  # fmt: skip
