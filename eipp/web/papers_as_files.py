"""Papers as files: an invoice, a credit note and a receipt as PDF/A, for both faces; only to be saved."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from documents.download import download
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit_note_paper, invoice_paper
from eipp.ledger.models import CreditNote, Invoice
from eipp.web.pages import Page
from workflows import payment_receipt, refund_receipt, transfer_paper
from workflows.payment import Payment
from workflows.refund import Refund


class PaperFile(Page):
    """One row as a PDF; a paper that does not exist says so on a page. Subclasses give `rows` and `paper`."""

    template = "web/no_paper.html"
    paper: ClassVar[Any]

    def rows(self) -> QuerySet[Any]:
        """Those that exist for the reader, with what the paper reads."""
        raise TypeError(f"{type(self).__name__} does not say what it is a paper of")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.found(self.rows(), self.kwargs["pk"])
        try:
            return download(self.paper.pdf(row), name=self.paper.name(row))
        except Refusal as refusal:
            return self.shown(status=refusal.status, refusal=refusal)


class InvoicePdf(PaperFile):
    """As it stands in the ledger; what came is the original, and stands beside it."""

    paper: ClassVar[Any] = invoice_paper

    def rows(self) -> QuerySet[Invoice]:
        rows = Invoice.objects.visible_to(self.request.actor)
        return cast("QuerySet[Invoice]", rows.select_related("supplier", "account", "legal_entity"))


class CreditNotePdf(PaperFile):
    paper: ClassVar[Any] = credit_note_paper

    def rows(self) -> QuerySet[CreditNote]:
        rows = CreditNote.objects.visible_to(self.request.actor)
        return rows.select_related("supplier", "account", "legal_entity", "corrects")


class RefundPdf(PaperFile):
    paper: ClassVar[Any] = refund_receipt

    def rows(self) -> QuerySet[Refund]:
        rows = Refund.objects.visible_to(self.request.actor)
        return cast("QuerySet[Refund]", rows.select_related("supplier", "payment"))


class ReceiptPdf(PaperFile):
    paper: ClassVar[Any] = payment_receipt

    def rows(self) -> QuerySet[Payment]:
        rows = Payment.objects.visible_to(self.request.actor)
        return cast("QuerySet[Payment]", rows.select_related("supplier"))


class TransferPdf(PaperFile):
    """How to send a transfer that is waited for."""

    paper: ClassVar[Any] = transfer_paper

    def rows(self) -> QuerySet[Payment]:
        rows = Payment.objects.visible_to(self.request.actor)
        return cast("QuerySet[Payment]", rows.select_related("supplier", "legal_entity"))
