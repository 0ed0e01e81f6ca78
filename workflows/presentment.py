"""Presentment: an invoice's way from the bytes that came to the buyer's eyes, and to its end.

`receive` is the one way in. The ledger's invoice exists only from the moment it is presented; until then, and when it
is held back, only the supplier sees what came and why it waits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from documents.file import attach
from documents.models import StoredFile
from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.credit import left_to_credit
from eipp.ledger.models import CreditNote, Invoice
from workflows import drafting
from workflows.credit_request import WITHDRAWAL, find_open, is_asked_of_the_erp
from workflows.machine import Machine, transition
from workflows.marks import remember_marks
from workflows.payee import foreign_bank_accounts, payee_of

PLATFORM = Actor.system("presentment")
WAITING = ("received", "quarantined")
SHOWN = ("presented", "viewed", "bounced")
MENDED_BY_CHOICE = frozenset({"EIPP-BUYER-UNKNOWN", "EIPP-BUYER-AMBIGUOUS"})  # a person may choose the account


def nothing_left_to_mend(presentment: "Presentment", actor: Actor) -> Refusal | None:
    rules = {fault["rule"] for fault in presentment.faults} - MENDED_BY_CHOICE
    return _faulty(rules) if rules else None


def judged(presentment: "Presentment", actor: Actor) -> Refusal | None:
    if presentment.judged_at is None:
        return Refusal("not_judged_yet", "The document is still being checked; try again in a moment.")
    return None


class Presentment(Machine):
    """One version of a document that came: what it says, what is wrong with it, and what became of it.

    channel: `json`, `xml` or `pdf`; external_id: the ERP's id; original_id: the stored bytes; document: the neutral
    form; faults: `{rule, message, path}` each; candidates: the accounts that a person may choose from; replaces: the
    version that is in the ledger; mends: the document that was held back, whose corrected file this is;
    credit_request_id: what was asked of the ERP, where this credit note answers that.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+", null=True)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+", null=True)
    channel = models.CharField(max_length=10)
    external_id = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=100, blank=True)
    is_credit_note = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64)
    document = models.JSONField()
    original_id = models.UUIDField(null=True)
    faults = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    received_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="presentments", null=True)
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="presentments", null=True)
    replaces = models.ForeignKey("self", models.PROTECT, related_name="replaced_by", null=True)
    mends = models.ForeignKey("self", models.PROTECT, related_name="mended_by", null=True)
    credit_request_id = models.UUIDField(null=True)
    scope = Scope(supplier="supplier_id")

    class Meta:
        verbose_name = "document"
        constraints = (
            models.UniqueConstraint(fields=["supplier", "external_id", "version"], name="presentment_version"),
        )
        indexes = (
            models.Index(fields=["supplier", "state", "-received_at"], name="presentment_state"),
            models.Index(fields=["received_at"], name="presentment_unjudged", condition=Q(judged_at=None)),
        )

    def __str__(self) -> str:
        """By what people call it: its number, the sender's id, or who sent it; never an id of ours."""
        if self.number or not self.is_named_by_us:
            return self.number or self.external_id
        seller = self.document.get("seller") or {}
        name = seller.get("name") or seller.get("trading_name")
        return f"without a number from {name}" if name else "without a number"

    @property
    def is_named_by_us(self) -> bool:
        """Whether its sender gave it no id, so that the id of its bytes stands in."""
        return self.original_id is not None and self.external_id == self.original_id.hex

    def event_scope(self) -> EventScope:
        """The buyer hears of it from the moment it is shown."""
        shown = self.invoice or self.credit_note
        return shown.event_scope() if shown else EventScope(self.supplier_id, None, self.account_id)

    def concerns(self) -> Sequence[models.Model]:
        return [row for row in (self.invoice, self.credit_note) if row]

    def account_ids(self) -> Iterable[UUID]:
        return (self.account_id,) if self.account_id else ()

    def read(self) -> Document:
        return Document.from_dict(self.document)

    @transition("received", "quarantined", by="invoice.post", event="invoice.quarantined")
    def quarantine(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """It is an invoice, but it has faults: it is kept, with every reason, until it is mended or replaced."""
        return self._told() | {"rules": sorted({fault["rule"] for fault in self.faults})}

    @transition("received", "presented", by="invoice.post", event="invoice.presented")
    def present(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """It is right: the ledger takes it (unless it did so with others, `post_together`) and the buyer sees it."""
        if self.invoice_id is None:
            self._take_over(actor, now)
        return self._told()

    @transition(
        "quarantined", "presented", by="quarantine.work", event="invoice.released", label="Release", likely=True,
        when=[judged, nothing_left_to_mend],
    )  # fmt: skip
    def release(
        self, actor: Actor, *, now: datetime, account: CustomerAccount, remember: Sequence[str] = ()
    ) -> dict[str, Any]:
        """A person has said whose it is: the ledger takes it and the buyer sees it. remember: the kinds of marks (such
        as `endpoint`) by which the account shall be recognised from now on."""
        if account.supplier_id != self.supplier_id:
            raise CustomerAccount.DoesNotExist
        document = self.read()
        entities = list(LegalEntity.objects.filter(organisation=self.supplier_id))
        self.account, self.legal_entity = account, payee_of(document, account, entities)
        if foreign_bank_accounts(document, self.legal_entity, entities):
            raise _faulty({"EIPP-BANK-ACCOUNT"})
        self.faults = []
        self._take_over(actor, now)
        return self._told() | ({"remembered": kept} if (kept := remember_marks(document, account, remember)) else {})

    @transition(("presented", "bounced"), "viewed", by="invoice.view", event="invoice.viewed")
    def view(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Somebody of the buyer's has opened it for the first time."""
        return self._told()

    @transition(SHOWN, "closed", by="system", event="invoice.closed")
    def close(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Nothing is open any more: paid, credited, or both."""
        return self._told()

    @transition("closed", "viewed", by="system", event="invoice.reopened")
    def reopen(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Money went back, so something is open again."""
        return self._told()

    @transition("presented", "bounced", by="system", event="invoice.bounced")
    def bounce(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """No channel reached anybody."""
        return self._told()

    @transition("bounced", "presented", by="system", event="invoice.tried_again")
    def try_again(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """It is sent to another address."""
        return self._told()

    @transition(SHOWN, "withdrawn", by="invoice.withdraw", event="invoice.withdrawn", label="Withdraw")
    def withdraw(self, actor: Actor, *, now: datetime, reason: str) -> dict[str, Any]:
        """The supplier takes the invoice back by a credit note over all of it."""
        if self.invoice is None:
            raise Refusal("not_an_invoice", "A credit note cannot be withdrawn: post an invoice instead.")
        if not reason.strip():
            raise Refusal("reason_missing", "Say why, so that the buyer can follow.", status=422, field="reason")
        if self.invoice.withdrawn_at is None:  # else the ERP's credit note has taken it back a moment ago
            if is_asked_of_the_erp(self.invoice.account, self.invoice.legal_entity):
                raise Refusal("erp_issues", "Credit notes come from the ERP: it is asked for one (`withdrawal`).")
            posting.withdraw_invoice(actor, self.invoice, reason=reason.strip(), now=now)
        return self._told() | {"reason": reason.strip()[:1000]}

    @transition((*WAITING, *SHOWN, "closed"), "superseded", by="invoice.post", event="invoice.superseded")
    def supersede(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """A newer version of the same document has taken its place."""
        return self._told()

    def _take_over(self, actor: Actor, now: datetime) -> None:
        """Post it. Of a newer version, other words are taken over and other money is posted anew, which the ledger
        refuses (`credit_and_rebill`) where something is paid, credited, disputed or on the way already."""
        older = self.replaces
        if older and older.invoice:
            self.invoice = posting.revise_invoice(actor, older.invoice, self.draft(self.read()), now=now)
        elif older and older.credit_note_id:
            raise Refusal("credit_and_rebill", "A credit note that was posted is not changed: post another document.")
        elif self.is_credit_note:
            self.credit_note = self._credit(actor, now)
        else:
            self.invoice = posting.post_invoices(actor, [self.draft(self.read())], now=now)[0]
        if older and older.state != "superseded":
            older.supersede(PLATFORM, now=now)  # whoever may release may not always post
        self._show_original(actor)

    def _show_original(self, actor: Actor) -> None:
        """Whoever sees the invoice sees the bytes that came."""
        if self.original_id and (original := StoredFile.objects.filter(pk=self.original_id).first()):
            attach([original], to=self.invoice or self.credit_note)

    def _credit(self, actor: Actor, now: datetime) -> CreditNote:
        """Posted on the account, and used at once for the invoice it names, as far as that is open; one over more than
        was invoiced credits no invoice alone."""
        document = self.read()
        draft = self.draft(document)
        if self.credit_request_id:
            return self._answer(actor, draft, now)
        numbers = [reference.number for reference in document.preceding_invoices]
        named = Invoice.objects.filter(account_id=self.account_id, number__in=numbers, currency=draft.currency)
        invoices = list(named[:2])
        invoice = invoices[0] if len(invoices) == 1 and draft.payable <= left_to_credit(invoices[0]) else None
        draft.corrects = invoice
        return posting.post_credit_note(actor, draft, apply_to=invoice, now=now)

    def _answer(self, actor: Actor, draft: Any, now: datetime) -> CreditNote:
        """It closes the credit request that it names; one for a withdrawal takes the invoice back."""
        assert self.credit_request_id
        by = actor if actor.may("credit.post") else PLATFORM  # whoever may release may not always post
        request = find_open(self.supplier_id, self.credit_request_id).close(by, now=now, draft=draft)
        if request.origin == WITHDRAWAL:
            shown = Presentment.objects.filter(invoice=request.invoice_id, state__in=SHOWN).order_by("-version").first()
            if shown:
                shown.withdraw(PLATFORM, now=now, reason=request.reason)
        note: CreditNote = request.credit_note
        return note

    def draft(self, document: Document) -> Any:
        """What the ledger is to post of the document, which this is a version of."""
        assert self.account and self.legal_entity  # every way into `present` is guarded by both being known
        return drafting.draft(
            document, said=self.document, account=self.account, legal_entity=self.legal_entity,
            external_id=self.external_id, content_hash=self.content_hash, warnings=self.warnings,
            original_id=self.original_id,
        )  # fmt: skip

    def _told(self) -> dict[str, Any]:
        document = self.invoice or self.credit_note
        amount = {"amount": document.payable.text, "currency": document.currency} if document else {}
        return {"number": self.number, "credit_note": self.is_credit_note, "version": self.version} | amount


def post_together(actor: Actor, chosen: Sequence[tuple[Presentment, Document]], now: datetime) -> None:
    """Let the ledger take many new invoices at once; `present` is then only their move."""
    drafts = [presentment.draft(document) for presentment, document in chosen]
    invoices = posting.post_invoices(actor, drafts, now=now) if drafts else []
    for (presentment, _), invoice in zip(chosen, invoices, strict=True):
        presentment.invoice = invoice


def _faulty(rules: set[str]) -> Refusal:
    return Refusal(
        "faulty_document",
        f"A document that breaks {', '.join(sorted(rules))} is not presented: ask the sender for a corrected one.",
    )


def fault_dict(fault: Fault) -> dict[str, Any]:
    return {"rule": fault.rule, "message": fault.message, "path": fault.path} | (
        {"line": fault.line} if fault.line else {}
    )
