"""Dispute: the buyer questions an invoice, some of its lines or an amount; the supplier answers; a credit settles it.

What is disputed is held in the ledger, so that nobody is asked to pay it; accepting posts the credit note, or asks the
supplier's ERP for it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db import transaction as database
from django.db.models import Q

from documents.file import StoredFile, attach
from eipp.accounts.models import CustomerAccount, Organisation, Person
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import MoneyOf
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger import posting
from eipp.ledger.draft import CreditNoteDraft
from eipp.ledger.models import Invoice, InvoiceLine
from eipp.ledger.posting import lock_accounts
from workflows import authority, credit_request, crediting
from workflows.authority import AuthorityRequest
from workflows.credit_request import CreditRequest
from workflows.disputable import LIVE, DisputeLine, check_units, disputed_amount, of_invoice
from workflows.machine import Machine, transition

REASONS = {
    "price": "Price", "quantity": "Quantity", "not_received": "Not received", "damaged": "Damaged",
    "duplicate": "Duplicate", "order_number": "Missing or wrong order number", "bill_to": "Wrong bill-to",
    "freight": "Freight", "promotion": "Rebate or promotion", "tax": "Tax or exemption", "terms": "Terms",
    "unearned_discount": "Unearned discount", "proof_of_delivery": "No proof of delivery", "other": "Other",
}  # fmt: skip
WITH_SUPPLIER = ("opened", "in_review", "escalated")
WITH_BUYER = ("asked", "proposed")


def not_escalated_yet(dispute: "Dispute", actor: Actor) -> Refusal | None:
    if dispute.escalated_at:
        return Refusal("escalated_already", "A dispute is escalated once: the supplier's last answer stands.")
    return None


class Dispute(Machine):
    """One question about an invoice, with the amount it keeps back (tax included) until it is answered."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="disputes")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="disputes", null=True)
    number = models.CharField(max_length=20)
    reason = models.CharField(max_length=20, choices=list(REASONS.items()))
    comment = models.TextField(max_length=5000, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    proposed_minor = models.BigIntegerField(null=True)
    accepted_minor = models.BigIntegerField(default=0)
    attempt = models.UUIDField(null=True)
    opened_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=5000, blank=True)
    amount = MoneyOf("amount_minor")
    proposed = MoneyOf("proposed_minor")
    accepted = MoneyOf("accepted_minor")
    scope = Scope(buyer="buyer_id", supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "number"], name="dispute_number"),
            models.UniqueConstraint(fields=["buyer", "attempt"], name="one_dispute_per_attempt"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(
                condition=Q(accepted_minor__gte=0, accepted_minor__lte=models.F("amount_minor")),
                name="dispute_accepted_within",
            ),
        )
        indexes = (
            models.Index(fields=["supplier", "state", "-amount_minor", "id"], name="dispute_worklist"),
            models.Index(fields=["buyer", "state", "-opened_at"], name="dispute_buyer"),
            models.Index(fields=["invoice", "state"], name="dispute_invoice"),
        )

    def __str__(self) -> str:
        return self.number

    def event_scope(self) -> EventScope:
        return EventScope(self.supplier_id, self.buyer_id, self.account_id)

    def concerns(self) -> Sequence[models.Model]:
        return (self.invoice,) if self.invoice else ()

    def account_ids(self) -> Iterable[UUID]:
        return (self.account_id,)

    @property
    def ball(self) -> str:
        """Who is to act: `supplier`, `buyer`, or nobody once it is closed."""
        return "supplier" if self.state in WITH_SUPPLIER else "buyer" if self.state in WITH_BUYER else ""

    @transition(("opened", "escalated"), "in_review", by="dispute.work", event="dispute.taken", label="Take it")
    def take(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Somebody of the supplier's makes it theirs."""
        self.owner_id = actor.person_id
        return self._told()

    @transition(
        ("opened", "in_review", "escalated"), "asked", by="dispute.work", event="dispute.asked", label="Ask the buyer"
    )
    def ask(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The supplier wants to know more; the question itself stands in the thread."""
        return self._told()

    @transition(
        "asked", "in_review", by="dispute.answer", event="dispute.answered", label="Answer the question", likely=True
    )
    def give_answer(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The buyer has answered; the answer itself stands in the thread."""
        return self._told()

    @transition(
        ("opened", "in_review", "asked", "escalated"), "proposed", by="dispute.work", event="dispute.proposed",
        label="Propose a credit",
    )  # fmt: skip
    def propose(
        self, actor: Actor, *, now: datetime, amount: Money, granted: AuthorityRequest | None = None
    ) -> dict[str, Any]:
        """The supplier offers to credit a part, within what its person may decide; the buyer agrees or not."""
        crediting.within(self, amount)
        authority.refuse_above(actor, "credit", amount, about=self, deed="dispute.propose", granted=granted)
        self.proposed = amount
        return self._told(amount)

    @transition(
        ("opened", "in_review", "asked", "escalated"), "accepted", by="dispute.work", event="dispute.accepted",
        label="Accept and credit", likely=True,
    )  # fmt: skip
    def accept(
        self,
        actor: Actor,
        *,
        now: datetime,
        amount: Money | None = None,
        quantities: dict[UUID, Decimal] | None = None,
        granted: AuthorityRequest | None = None,
    ) -> dict[str, Any]:
        """The supplier credits all of it, an amount of it, or so many units of each line; the rest is to be paid.

        quantities: dispute line id -> units accepted, at most the units disputed. Within what its person may decide
        (`answering` asks for a second person above it).
        """
        draft = crediting.draft_of(self, amount, quantities, now)
        authority.refuse_above(actor, "credit", draft.payable, about=self, deed="dispute.accept", granted=granted)
        crediting.note_units(self, quantities, amount)
        return self._credited(actor, draft, now)

    @transition("proposed", "accepted", by="dispute.answer", event="dispute.agreed", label="Agree", likely=True)
    def agree(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The buyer takes the supplier's proposal, which was within what its person may decide."""
        return self._credited(actor, crediting.draft_of(self, self.proposed, None, now), now)

    @transition(
        ("opened", "in_review", "asked", "proposed", "escalated"), "declined", by="dispute.work",
        event="dispute.declined", label="Decline",
    )  # fmt: skip
    def decline(self, actor: Actor, *, now: datetime, reason: str) -> dict[str, Any]:
        """The supplier says no, and why; what was held back is to be paid."""
        if not reason.strip():
            raise Refusal("reason_missing", "Say why, so that the buyer can follow.", status=422, field="reason")
        posting.release_holds(actor, reason=("dispute", self.pk), now=now)
        self.answer, self.closed_at = reason.strip()[:5000], now
        return self._told()

    @transition(
        LIVE, "written_off", by="write_off.make", event="dispute.written_off", label="Write it off", when=[of_invoice]
    )
    def write_off(self, actor: Actor, *, now: datetime, granted: AuthorityRequest | None = None) -> dict[str, Any]:
        """The supplier gives up what is held back, within its person's authority."""
        authority.refuse_above(actor, "write_off", self.amount, about=self, deed="dispute.write_off", granted=granted)
        posting.release_holds(actor, reason=("dispute", self.pk), now=now)
        assert self.invoice  # of_invoice
        posting.write_off(actor, self.invoice, self.amount, reason=self.get_reason_display(), now=now)
        self.closed_at = now
        return self._told()

    @transition(
        ("declined", "proposed"), "escalated", by="dispute.escalate", event="dispute.escalated", label="Escalate",
        when=[not_escalated_yet],
    )  # fmt: skip
    def escalate(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The buyer asks for somebody else's judgement, once; the amount is held back again."""
        if self.closed_at:
            self._hold(actor, now)
        self.escalated_at, self.closed_at, self.owner_id = now, None, None
        return self._told()

    @transition(LIVE, "withdrawn", by="dispute.withdraw", event="dispute.withdrawn", label="Withdraw")
    def withdraw(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The buyer gives in; what was held back is to be paid."""
        posting.release_holds(actor, reason=("dispute", self.pk), now=now)
        self.closed_at = now
        return self._told()

    @transition("accepted", "in_review", by="system", event="dispute.reopened")
    def reopen(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """The ERP does not issue what was accepted: it is held back again, and the supplier has to answer anew."""
        crediting.forget_units(self)
        if self.invoice:
            held = min(Invoice.objects.get(pk=self.invoice.pk).free, self.accepted)
            shares = [(self.invoice, held)] if held else []
            posting.place_holds(actor, "disputed", reason=("dispute", self.pk), shares=shares, now=now)
        self.accepted_minor, self.closed_at, self.owner_id = 0, None, None
        return self._told()

    def _hold(self, actor: Actor, now: datetime) -> None:
        if self.invoice:
            shares = [(self.invoice, self.amount)]
            posting.place_holds(actor, "disputed", reason=("dispute", self.pk), shares=shares, now=now)

    def _credited(self, actor: Actor, draft: CreditNoteDraft, now: datetime) -> dict[str, Any]:
        """The credit note is posted, or asked of the ERP, for which what is accepted stays held back."""
        posting.release_holds(actor, reason=("dispute", self.pk), now=now)
        given = credit_request.give(actor, draft, apply_to=self.invoice, origin="dispute", dispute=self, now=now)
        self.accepted_minor, self.closed_at = draft.payable.minor, now
        # The last units of a line take what rounding left of it: a cent more than they were thought to be worth.
        self.amount_minor = max(self.amount_minor, self.accepted_minor)
        on_its_way = isinstance(given, CreditRequest)
        return self._told(self.accepted) | {"credit_request" if on_its_way else "credit_note": given.number}

    def _told(self, amount: Money | None = None) -> dict[str, Any]:
        return {
            "number": self.number, "amount": (amount or self.amount).text, "currency": self.currency,
            "invoice": self.invoice.number if self.invoice else None,
        }  # fmt: skip


def open_dispute(
    actor: Actor,
    matter: Invoice | CustomerAccount,
    *,
    reason: str,
    comment: str = "",
    lines: Sequence[tuple[InvoiceLine, Decimal]] = (),
    amount: Money | None = None,
    files: Sequence[StoredFile] = (),
    attempt: UUID | None = None,
    now: datetime | None = None,
) -> Dispute:
    """The buyer disputes so many units of some lines, an amount (tax included), or all that is open and not held; of an
    account alone (a rebate, a programme) an amount, which holds nothing back.

    files: evidence, found through the actor; attempt: the client's key, by which the same dispute sent twice is one.

    Refusals: `not_your_role` (403), `unknown_reason`, `nothing_disputed` (422), `more_than_open` (409).
    """
    moment, invoice = now or clock.now(), matter if isinstance(matter, Invoice) else None
    account_id = invoice.account_id if invoice else matter.pk
    if not actor.may("dispute.open"):
        raise Refusal("not_your_role", "Your role does not let you dispute an invoice.", status=403)
    if reason not in REASONS:
        raise Refusal("unknown_reason", "Choose a reason from the list.", status=422, field="reason")
    with database.atomic():
        lock_accounts([account_id])
        if attempt and (before := Dispute.objects.filter(buyer=matter.buyer_id, attempt=attempt).first()):
            return _same(before, matter)
        matter.refresh_from_db()
        check_units(lines)
        disputed = disputed_amount(matter, lines, amount)
        dispute = Dispute.objects.create(
            state="opened", state_since=moment, supplier_id=matter.supplier_id, buyer_id=matter.buyer_id,
            account_id=account_id, invoice=invoice, number=_number(matter.supplier_id), reason=reason,
            comment=comment.strip()[:5000], currency=matter.currency, amount_minor=disputed.minor,
            attempt=attempt, opened_by=actor.id, opened_at=moment,
        )  # fmt: skip
        DisputeLine.objects.bulk_create([DisputeLine(dispute=dispute, line=line, quantity=q) for line, q in lines])
        dispute._hold(actor, moment)
        attach(files, to=dispute)
        events.record("dispute.opened", dispute, actor, concerns=dispute.concerns(), after="opened",
                      data=dispute._told() | {"reason": reason}, occurred_at=moment)  # fmt: skip
    return dispute


def _same(dispute: Dispute, matter: Invoice | CustomerAccount) -> Dispute:
    if (dispute.invoice_id or dispute.account_id) != matter.pk:
        raise Refusal("other_dispute", "This was sent before about something else: begin again.", status=422)
    return dispute


def _number(supplier_id: UUID) -> str:
    return f"D-{numbering.take(f'dispute:{supplier_id}')[0]:05d}"
