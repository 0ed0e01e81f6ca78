"""Intakes: the documents that came, also those that wait for someone to mend them; the supplier's alone."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponseBase
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from documents.delivery import deliver
from documents.file import StoredFile
from eipp.accounts.models import CustomerAccount
from eipp.api import shapes
from eipp.api.invoice_arrival import Intake, intake_of
from eipp.api.operation import operation
from eipp.api.resource import AnyForm, Page, Query, Resource
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from workflows.presentment import Presentment


class IntakeQuery(Query):
    status: Annotated[str, Meta(max_length=20, extra_json_schema={"enum": ["", *shapes.states(Presentment)]})] = ""
    external_id: Annotated[str, Meta(max_length=200)] = ""


class Release(shapes.Written):
    """The customer account that the document is for."""

    account: UUID


class IntakeList(Resource):
    @operation("List intakes", right="invoice.view", tag="intakes", query=IntakeQuery, answers={200: Page[Intake]})
    def get(self, request: Request) -> Response:
        query: IntakeQuery = self.query()
        if query.status:
            shapes.one_of(query.status, shapes.states(Presentment), "?status")
        wanted: dict[str, Any] = {"state": query.status or None, "external_id": query.external_id or None}
        rows = Presentment.objects.visible_to(self.actor)
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        return self.page(rows, query, lambda row: intake_of(row, self.actor))


class IntakeOne(Resource):
    @operation("Read an intake", right="invoice.view", tag="intakes", answers={200: Intake})
    def get(self, request: Request, id: UUID) -> Response:
        return Response(intake_of(self.find(Presentment.objects.visible_to(self.actor), id), self.actor))


class IntakeOriginal(Resource):
    content_negotiation_class = AnyForm

    @operation("Download what came", right="invoice.view", tag="intakes", answers={200: bytes},
               produces="application/octet-stream")  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        presentment = self.find(Presentment.objects.visible_to(self.actor), id)
        file = StoredFile.objects.visible_to(self.actor).filter(pk=presentment.original_id).first()
        if file is None:
            raise Refusal("no_original", "This document came without a file.", status=404)
        return deliver(self.actor, file)


class IntakeRelease(Resource):
    @operation("Release from quarantine", right="quarantine.work", tag="intakes", body=Release, answers={200: Intake},
               example={"account": "0199d0a0-0000-7000-8000-000000000000"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Say whose it is: then it is presented."""
        new: Release = self.body()
        presentment = self.find(Presentment.objects.visible_to(self.actor), id)
        account = CustomerAccount.objects.visible_to(self.actor).filter(pk=new.account).first()
        if account is None:
            raise Refusal("unknown_account", "There is no such account that you can see.", status=422, field="account")
        presentment.release(self.actor, now=clock.now(), account=account)
        return Response(intake_of(presentment, self.actor))
