"""Credit note: what a supplier gives back, as a document; its open part is credit that may be used."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from eipp.kernel.tenancy import Scope
from eipp.ledger.document import (
    CurrentManager,
    DocumentAllowanceCharge,
    DocumentLine,
    DocumentTax,
    TradeDocument,
)
from eipp.ledger.invoice import Invoice, InvoiceLine


class CreditNote(TradeDocument):
    """open: not yet applied to an invoice. corrects: the invoice it is for; dispute_id: the dispute that asked."""

    reason = models.TextField(blank=True)
    corrects = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes", null=True)
    dispute_id = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints = TradeDocument.Meta.constraints
        indexes = (
            models.Index(fields=("buyer", "-issue_date", "-id"), name="credit_note_buyer_issued"),
            models.Index(fields=("supplier", "-issue_date", "-id"), name="credit_note_supplier_issued"),
            models.Index(fields=("account", "issue_date"), name="credit_note_usable", condition=Q(open_minor__gt=0)),
            models.Index(fields=("supplier", "number_folded"), name="credit_note_number_search"),
        )


class CreditNoteLine(DocumentLine):
    """A line of a credit note. Where it credits an invoice's line, it also says how much of the document's
    allowances, charges and tax went with it, so that the last part credited takes exactly the rest."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines")
    invoice_line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="credits", null=True)
    allowance_minor = models.BigIntegerField(default=0)
    charge_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    objects: ClassVar[Any] = CurrentManager()
    scope = Scope(buyer="credit_note__buyer_id", supplier="credit_note__supplier_id", account="credit_note__account_id")


class CreditNoteAllowanceCharge(DocumentAllowanceCharge):
    """An allowance or charge of a credit note or of one of its lines."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="allowances_charges")
    line = models.ForeignKey(CreditNoteLine, models.PROTECT, related_name="allowances_charges", null=True)
    objects: ClassVar[Any] = CurrentManager()


class CreditNoteTax(DocumentTax):
    """A row of a credit note's tax breakdown."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="taxes")
    objects: ClassVar[Any] = CurrentManager()
