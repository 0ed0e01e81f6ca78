"""Adjustments: crediting an invoice, writing off its rest, raising it, using credit notes for invoices of choice."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from eipp.api import shapes
from eipp.api.operation import operation
from eipp.api.resource import Resource
from eipp.kernel import clock
from eipp.kernel.events import kind_of
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Application, CreditNote, Invoice
from workflows import answering, credit_application, debit_adjustment, write_off

Reason = Annotated[str, Meta(min_length=1, max_length=1000)]


#: What crediting comes to, by its kind -> the answer's field.
_GIVEN = {"creditnote": "credit_note", "creditrequest": "credit_request", "authorityrequest": "authority_request"}


class Adjustment(shapes.Written):
    """`amount` with tax; why."""

    amount: shapes.Amount
    reason: Reason


class Debit(shapes.Written):
    """`amount` without tax, and the rate of its tax in percent."""

    amount: shapes.Amount
    reason: Reason
    tax_rate: shapes.Number = "0"


class Use(shapes.Written):
    """How much of the credit note is for which invoice."""

    invoice: UUID
    amount: shapes.Amount


class Uses(shapes.Written):
    applications: Annotated[list[Use], Meta(min_length=1, max_length=500)]


class Undone(shapes.Written):
    """The applications that are undone, by their ids."""

    applications: Annotated[list[UUID], Meta(min_length=1, max_length=500)]


class Adjusted(msgspec.Struct):
    """What came of it, each null where it does not apply: the `credit_note` or debit note (`debit`) that was posted,
    the `credit_request` that waits for your ERP, the `authority_request` that waits for a second person."""

    invoice: UUID
    open: str
    written_off: str
    credit_note: UUID | None = None
    debit: UUID | None = None
    credit_request: UUID | None = None
    authority_request: UUID | None = None


class Used(msgspec.Struct):
    """What is left of the credit note, and where the rest stands."""

    id: UUID
    open: str
    applications: list["UsedItem"]


class UsedItem(msgspec.Struct):
    id: UUID
    invoice: UUID
    amount: str


class Credit(Resource):
    @operation("Credit an invoice", right=answering.RIGHT, tag="credit notes", body=Adjustment, money=True,
               answers={200: Adjusted}, example={"amount": "15.00", "reason": "Freight was to be free."})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """Without a dispute. What the invoice has no room for is credit on the account."""
        new: Adjustment = self.body()
        invoice = _invoice(self, id)
        amount = shapes.amount(new.amount, invoice.currency, "amount")
        given = answering.give_credit(self.actor, invoice, amount, reason=new.reason, now=clock.now())
        return _adjusted(self, id, **{_GIVEN[kind_of(given)]: given.pk})


class WriteOff(Resource):
    @operation("Write off the rest of an invoice", right=write_off.RIGHT, tag="invoices", body=Adjustment, money=True,
               answers={200: Adjusted}, example={"amount": "0.37", "reason": "Bank charges"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        new: Adjustment = self.body()
        invoice = _invoice(self, id)
        amount = shapes.amount(new.amount, invoice.currency, "amount")
        asked = write_off.write_off(self.actor, invoice, amount, reason=new.reason, now=clock.now())
        return _adjusted(self, id, authority_request=asked.pk if asked else None)


class WriteOffReverse(Resource):
    @operation("Take a write-off back", right=write_off.RIGHT, tag="invoices", body=Adjustment, money=True,
               answers={200: Adjusted}, example={"amount": "0.37", "reason": "They paid it after all"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        new: Adjustment = self.body()
        invoice = _invoice(self, id)
        amount = shapes.amount(new.amount, invoice.currency, "amount")
        write_off.reverse(self.actor, invoice, amount, reason=new.reason, now=clock.now())
        return _adjusted(self, id)


class DebitNote(Resource):
    @operation("Raise an invoice by a debit note", right=debit_adjustment.RIGHT, tag="invoices", body=Debit,
               money=True, answers={200: Adjusted},
               example={"amount": "10.00", "tax_rate": "19", "reason": "Price of two units"})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """A document of its own (type 383), presented at once; one of more lines is posted as such an invoice."""
        new: Debit = self.body()
        invoice = _invoice(self, id)
        amount = shapes.amount(new.amount, invoice.currency, "amount")
        rate = shapes.number(new.tax_rate, "tax_rate")
        posted = debit_adjustment.adjust(self.actor, invoice, amount, tax_rate=rate, reason=new.reason, now=clock.now())
        return _adjusted(self, id, debit=posted.pk)


class CreditNoteApply(Resource):
    @operation("Use a credit note for invoices", right=credit_application.RIGHT, tag="credit notes", body=Uses,
               money=True, answers={200: Used})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        """All or none; each at most by what is free of its invoice."""
        new: Uses = self.body()
        note = self.find(CreditNote.objects.visible_to(self.actor), id)
        known = Invoice.objects.visible_to(self.actor).in_bulk([one.invoice for one in new.applications])
        shares = [self._share(known, one, index, note.currency) for index, one in enumerate(new.applications)]
        credit_application.apply(self.actor, note, shares, now=clock.now())
        return _used(self, id)

    def _share(self, known: dict[UUID, Invoice], one: Use, index: int, currency: str) -> tuple[Invoice, Money]:
        if one.invoice not in known:
            raise Refusal("unknown_invoice", "There is no such invoice that you can see.", status=422,
                          field=f"applications[{index}].invoice")  # fmt: skip
        return known[one.invoice], shapes.amount(one.amount, currency, f"applications[{index}].amount")


class CreditNoteUndo(Resource):
    @operation("Undo uses of a credit note", right=credit_application.RIGHT, tag="credit notes", body=Undone,
               money=True, answers={200: Used})  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        new: Undone = self.body()
        note = self.find(CreditNote.objects.visible_to(self.actor), id)
        rows = Application.objects.visible_to(self.actor).select_related("invoice").filter(pk__in=new.applications)
        credit_application.undo(self.actor, note, list(rows), now=clock.now())
        return _used(self, id)


def _invoice(view: Resource, id: UUID) -> Invoice:
    rows = Invoice.objects.visible_to(view.actor).select_related("account", "legal_entity", "supplier")
    found: Invoice = view.find(rows, id)
    return found


def _adjusted(view: Resource, id: UUID, **came: Any) -> Response:
    invoice = view.find(Invoice.objects.visible_to(view.actor), id)
    return Response(Adjusted(invoice=id, open=invoice.open.text, written_off=invoice.written_off.text, **came))


def _used(view: Resource, id: UUID) -> Response:
    note = view.find(CreditNote.objects.visible_to(view.actor), id)
    rows = Application.objects.visible_to(view.actor).filter(credit_note=note, reverses=None, reversed_by=None)
    items = [UsedItem(row.pk, row.invoice_id, row.amount.text) for row in rows.order_by("recorded_at", "pk")[:500]]
    return Response(Used(id, note.open.text, items))
