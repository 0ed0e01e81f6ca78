"""What `bench.posting` is measured against: a naive nested create by Django REST framework, of the same rows."""

from typing import Any

from django.db import transaction
from django.db.models import F, Model
from rest_framework import generics, serializers

from documents.models import FileLink, StoredFile
from eipp.kernel.events import Event, EventSubject, kind_of
from eipp.ledger.models import AccountBalance, DueBalance, Invoice, InvoiceLine, InvoiceTax, Posting
from workflows.presentment import Presentment


def rows_of(row: type[Model], *, without: tuple[str, ...]) -> Any:
    """The ModelSerializer of one model; what the nesting says itself is left out."""
    meta = type("Meta", (), {"model": row, "exclude": without})
    return type(f"{row.__name__}Rows", (serializers.ModelSerializer,), {"Meta": meta})


class InvoiceRows(serializers.ModelSerializer):
    """An invoice with every row that stands below and beside it."""

    lines = rows_of(InvoiceLine, without=("invoice",))(many=True)
    taxes = rows_of(InvoiceTax, without=("invoice",))(many=True)
    postings = rows_of(Posting, without=("invoice",))(many=True)
    presentments = rows_of(Presentment, without=("invoice", "original_id"))(many=True)
    file = rows_of(StoredFile, without=("content", "key"))(write_only=True)
    events = rows_of(Event, without=("subject_id",))(many=True, write_only=True)

    class Meta:
        model = Invoice
        exclude = ("original_id",)

    @transaction.atomic
    def create(self, data: dict[str, Any]) -> Invoice:
        below = {name: data.pop(name) for name in ("lines", "taxes", "postings", "presentments", "events")}
        file = StoredFile.objects.create(**data.pop("file"), content=self.context["request"]._request.body)
        invoice = Invoice.objects.create(original_id=file.pk, **data)
        for name, model in (("lines", InvoiceLine), ("taxes", InvoiceTax), ("postings", Posting)):
            for row in below[name]:
                model.objects.create(invoice=invoice, **row)
        (presentment,) = (
            Presentment.objects.create(invoice=invoice, original_id=file.pk, **row) for row in below["presentments"]
        )
        scope = {"supplier_id": invoice.supplier_id, "buyer_id": invoice.buyer_id, "account_id": invoice.account_id}
        FileLink.objects.create(file=file, kind="invoice", object_id=invoice.pk, linked_at=invoice.posted_at, **scope)
        self._balances(invoice)
        for row, concerned in zip(below["events"], (1, 2), strict=True):
            event = Event.objects.create(subject_id=presentment.pk, **row)
            for one in (presentment, invoice)[:concerned]:
                EventSubject.objects.create(event_id=event.pk, kind=kind_of(one), object_id=one.pk)
        return invoice

    def _balances(self, invoice: Invoice) -> None:
        more = {
            "payable_minor": F("payable_minor") + invoice.payable_minor,
            "open_count": F("open_count") + 1,
        }
        AccountBalance.objects.filter(account=invoice.account, currency=invoice.currency).update(
            receivable_minor=F("receivable_minor") + invoice.open_minor, invoice_count=F("invoice_count") + 1,
            invoiced_minor=F("invoiced_minor") + invoice.payable_minor, **more,
        )  # fmt: skip
        DueBalance.objects.filter(
            account=invoice.account, currency=invoice.currency, due_date=invoice.due_date
        ).update(open_minor=F("open_minor") + invoice.open_minor, **more)  # fmt: skip


class Invoices(generics.CreateAPIView):
    """POST one."""

    queryset = Invoice.objects.all()
    serializer_class = InvoiceRows
    authentication_classes = ()
    permission_classes = ()
