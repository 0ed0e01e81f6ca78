"""Credit request: credit that was agreed here and that the supplier's ERP issues: open until its credit note arrives.

Meanwhile what it is about is held, as while it was disputed, so that nobody pays it and nothing counts twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from eipp.accounts.legal_entity import ERP
from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.kernel import events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.credit import left_to_credit
from eipp.ledger.draft import CreditNoteDraft
from eipp.ledger.models import CreditNote, Invoice
from eipp.ledger.posting.planned import within_reach
from workflows.machine import Machine, transition

PLATFORM = Actor.system("credit requests")
WITHDRAWAL = "withdrawal"


class CreditRequest(Machine):
    """What the ERP is asked to credit. origin: `dispute`, `credit` (AR's own) or `withdrawal` of the whole invoice;
    lines: what of which line, as the platform would have credited it; answer: why it was cancelled."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="credit_requests")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_requests", null=True)
    dispute = models.ForeignKey("workflows.Dispute", models.PROTECT, related_name="credit_requests", null=True)
    credit_note = models.OneToOneField(CreditNote, models.PROTECT, related_name="credit_request", null=True)
    origin = models.CharField(max_length=20)
    number = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.TextField(max_length=5000, blank=True)
    lines = models.JSONField(default=list)
    answer = models.CharField(max_length=1000, blank=True)
    requested_by = models.UUIDField(null=True)
    requested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    class Meta:
        verbose_name = "credit request"
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="credit_request_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="credit_request_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="closed", credit_note__isnull=False) | Q(~Q(state="closed"), credit_note=None),
                name="credit_request_closed_by_its_note",
            ),
            models.UniqueConstraint(fields=["dispute"], condition=Q(state="open"), name="credit_request_of_dispute"),
        )
        indexes = (
            models.Index(fields=["supplier", "state", "-requested_at"], name="credit_request_list"),
            models.Index(fields=["buyer", "state", "-requested_at"], name="credit_request_buyer"),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)

    def concerns(self) -> Sequence[models.Model]:
        return [row for row in (self.invoice, self.dispute, self.credit_note) if row]

    def account_ids(self) -> Iterable[UUID]:
        return {self.account_id, *([self.invoice.account_id] if self.invoice else ())}

    @property
    def hold(self) -> tuple[str, UUID]:
        """For what the ledger holds the part of the invoice."""
        return ("credit_request", self.pk)

    @transition("open", "closed", by="credit.post", event="credit_request.closed")
    def close(self, actor: Actor, *, now: datetime, draft: CreditNoteDraft) -> dict[str, Any]:
        """The ERP's credit note is posted and used for the invoice, of which nothing is held for it any more."""
        self._refuse_unfit(draft)
        posting.release_holds(actor, self.hold, now=now)
        if self.invoice and self.origin == WITHDRAWAL:
            posting.mark_withdrawn(self.invoice, now=now)
        draft.corrects, draft.dispute_id = self.invoice, self.dispute_id
        self.credit_note = posting.post_credit_note(actor, draft, apply_to=self.invoice, now=now)
        self.closed_at = now
        return self.told() | {"credit_note": self.credit_note.number}

    @transition("open", "cancelled", by="credit.give", event="credit_request.cancelled", label="Cancel")
    def cancel(self, actor: Actor, *, now: datetime, reason: str) -> dict[str, Any]:
        """The ERP does not issue it: what was held is to be paid; a dispute is taken up again (`consequences`)."""
        if not reason.strip():
            raise Refusal("reason_missing", "Say why, so that the buyer can follow.", status=422, field="reason")
        posting.release_holds(actor, self.hold, now=now)
        self.answer, self.closed_at = reason.strip()[:1000], now
        return self.told() | {"reason": self.answer}

    def _refuse_unfit(self, draft: CreditNoteDraft) -> None:
        """The note is for the same account, from the same body, in the same currency and over the same amount."""
        entity_id = draft.legal_entity.pk if draft.legal_entity else draft.account.legal_entity_id
        if draft.account.pk != self.account_id or entity_id != self.legal_entity_id:
            raise _unfit("account", f"Credit request {self.number} is for another customer account or company.")
        if draft.currency != self.currency:
            raise _unfit("currency", f"Credit request {self.number} is in {self.currency}, not in {draft.currency}.")
        if draft.payable != self.amount:
            raise _unfit(
                "payable", f"Credit request {self.number} is over {self.amount}, the credit note over {draft.payable}: "
                           "send one over exactly that, or cancel the request.",
            )  # fmt: skip

    def told(self) -> dict[str, Any]:
        return {
            "number": self.number, "amount": self.amount.text, "currency": self.currency, "origin": self.origin,
            "invoice": self.invoice.number if self.invoice else None, "reason": self.reason,
            "dispute": str(self.dispute_id or ""),
        }  # fmt: skip


def is_asked_of_the_erp(account: CustomerAccount, entity: LegalEntity | None = None) -> bool:
    """Whether credit of this account (from this body, the account's own where None) is issued by the ERP."""
    return (entity or account.legal_entity).credit_notes_by == ERP


def give(
    actor: Actor, draft: CreditNoteDraft, *, apply_to: Invoice | None, origin: str, now: datetime, dispute: Any = None
) -> CreditNote | CreditRequest:
    """The one way to credit: a credit note posted here and used for the invoice, or a request where the ERP issues it.

    Release a dispute's hold before. Events: `credit_note.posted` and `application.made`, or `credit_request.opened`.
    """
    if not is_asked_of_the_erp(draft.account, draft.legal_entity):
        return posting.post_credit_note(actor, draft, apply_to=apply_to, now=now)
    _refuse_more_than_left(draft, apply_to)
    (number,) = numbering.take(f"credit_request:{draft.account.supplier_id}")
    request = CreditRequest.objects.create(
        state="open", state_since=now, supplier_id=draft.account.supplier_id, buyer_id=draft.account.buyer_id,
        account=draft.account, legal_entity=draft.legal_entity or draft.account.legal_entity, invoice=apply_to,
        dispute=dispute, origin=origin, number=f"CR-{number:05d}", currency=draft.currency,
        amount_minor=draft.payable.minor, reason=draft.reason[:5000], lines=_lines(draft), requested_by=actor.id,
        requested_at=now,
    )  # fmt: skip
    _hold(actor, request, now)
    events.record("credit_request.opened", request, actor, concerns=request.concerns(), after="open",
                  data=request.told(), occurred_at=now)  # fmt: skip
    return request


def find_open(supplier_id: UUID, key: UUID) -> CreditRequest:
    """The request that a credit note answers. Refusal (422) for one that there is not, (409) for one that is done."""
    row = CreditRequest.objects.filter(supplier=supplier_id, pk=key).select_related("invoice", "account").first()
    if row is None:
        raise Refusal("unknown_credit_request", "You were asked for no such credit.", status=422,
                      field="credit_request")  # fmt: skip
    if row.state != "open":
        by = f" by credit note {row.credit_note.number}" if row.credit_note else ""
        raise Refusal("credit_request_done", f"Credit request {row.number} is {row.state}{by} by now: a second credit "
                                             "for it would count twice.", field="credit_request")  # fmt: skip
    found: CreditRequest = row
    return found


def _refuse_more_than_left(draft: CreditNoteDraft, invoice: Invoice | None) -> None:
    """What is asked for already counts, though no credit note says so yet."""
    if invoice is None:
        return
    asked = CreditRequest.objects.filter(invoice=invoice, state="open").aggregate(sum=models.Sum("amount_minor"))["sum"]
    left = left_to_credit(invoice) - Money(asked or 0, invoice.currency)
    if draft.payable > left:
        raise Refusal("more_than_invoice", f"Of invoice {invoice.number}, {left} is left to credit, with what your ERP "
                                           "was asked for already.", status=422, field="amount")  # fmt: skip


def _hold(actor: Actor, request: CreditRequest, now: datetime) -> None:
    """As much of the invoice as the credit will close; what is paid already becomes usable credit when it comes."""
    if request.invoice is None:
        return
    (invoice,), _ = posting.lock_invoices([request.invoice])
    held = min(within_reach(invoice), request.amount)
    if held:
        posting.place_holds(actor, "disputed", reason=request.hold, shares=[(invoice, held)], now=now)


def _lines(draft: CreditNoteDraft) -> list[dict[str, Any]]:
    return [
        {
            "invoice_line": str(line.invoice_line.pk) if line.invoice_line else None,
            "line_number": line.invoice_line.line_number if line.invoice_line else "", "name": line.item_name,
            "quantity": f"{line.quantity:f}", "unit_price": f"{line.unit_price:f}", "net": line.net.text,
            "tax_category": line.tax_category, "tax_rate": None if line.tax_rate is None else f"{line.tax_rate:f}",
        }
        for line in draft.lines
    ]  # fmt: skip


def _unfit(field: str, sentence: str) -> Refusal:
    return Refusal("other_credit", sentence, status=422, field=field)
