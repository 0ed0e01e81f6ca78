"""Papers: invoices, credit notes and receipts as PDF/A, set by us from what the ledger holds."""

from uuid import UUID

from django.http import HttpResponseBase
from rest_framework.request import Request

from documents.download import download
from documents.pdf import MEDIA_TYPE
from eipp.api.operation import operation
from eipp.api.resource import AnyForm, Resource
from eipp.ledger import credit_note_paper, invoice_paper
from eipp.ledger.models import CreditNote, Invoice
from workflows import payment_receipt, refund_receipt, transfer_paper
from workflows.payment import Payment
from workflows.refund import Refund


class InvoicePdf(Resource):
    content_negotiation_class = AnyForm

    @operation("Download an invoice as PDF", right="invoice.view", tag="invoices", answers={200: bytes},
               produces=MEDIA_TYPE)  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """PDF/A-3b as it prints; the same bytes each time. What came is at `/original`."""
        rows = Invoice.objects.visible_to(self.actor).select_related("supplier", "account", "legal_entity")
        invoice = self.find(rows, id)
        return download(invoice_paper.pdf(invoice), name=invoice_paper.name(invoice))


class CreditNotePdf(Resource):
    content_negotiation_class = AnyForm

    @operation("Download a credit note as PDF", right="invoice.view", tag="credit notes", answers={200: bytes},
               produces=MEDIA_TYPE)  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """PDF/A-3b as it prints; the same bytes each time."""
        rows = CreditNote.objects.visible_to(self.actor)
        note = self.find(rows.select_related("supplier", "account", "legal_entity", "corrects"), id)
        return download(credit_note_paper.pdf(note), name=credit_note_paper.name(note))


class RefundPdf(Resource):
    content_negotiation_class = AnyForm

    @operation("Download a refund as PDF", right="payment.view", tag="refunds", answers={200: bytes},
               produces=MEDIA_TYPE)  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """PDF/A-3b. Only a refund that went back has one: 404 `no_receipt` before."""
        refund = self.find(Refund.objects.visible_to(self.actor).select_related("supplier", "payment"), id)
        return download(refund_receipt.pdf(refund), name=refund_receipt.name(refund))


class PaymentReceipt(Resource):
    content_negotiation_class = AnyForm

    @operation("Download a payment's receipt", right="payment.view", tag="payments", answers={200: bytes},
               produces=MEDIA_TYPE)  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """PDF/A-3b. Only a payment that has settled has one: 404 `no_receipt` before, and when the money went back."""
        payment = self.find(Payment.objects.visible_to(self.actor).select_related("supplier"), id)
        return download(payment_receipt.pdf(payment), name=payment_receipt.name(payment))


class PaymentTransfer(Resource):
    content_negotiation_class = AnyForm

    @operation("Download how to send a bank transfer", right="payment.view", tag="payments", answers={200: bytes},
               produces=MEDIA_TYPE)  # fmt: skip
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """PDF/A-3b with the code that banking apps read (SEPA, or the Swiss QR-bill's), while the transfer is waited
        for: 404 `no_transfer` otherwise."""
        rows = Payment.objects.visible_to(self.actor).select_related("supplier", "legal_entity")
        payment = self.find(rows, id)
        return download(transfer_paper.pdf(payment), name=transfer_paper.name(payment))
