"""Situations: how things stand with an invoice, beside its paper: headline, figures, approval, disputes, payments."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.person import names_of
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.credit import with_credit_given
from eipp.ledger.discount import lost, offer
from eipp.ledger.instalment import dues
from eipp.ledger.models import CreditNote, FinanceCharge, Invoice
from eipp.web.destinations import face_of
from eipp.web.late_fees import related_charges
from eipp.web.paper import Fact
from eipp.web.pieces import Meaning, Move, Step
from eipp.web.situation import Related, Situation
from eipp.web.tags.values import day_text
from workflows.approval import ApprovalRun
from workflows.credit_request import CreditRequest
from workflows.disputable import LIVE
from workflows.dispute import Dispute
from workflows.headline import headline
from workflows.payment import Payment

DISPUTE_WORDS: dict[str, tuple[Any, Meaning]] = {
    "opened": (words("New"), "waiting"), "in_review": (words("In review"), "waiting"),
    "asked": (words("Question asked"), "waiting"),
    "proposed": (words("Credit offered"), "waiting"), "escalated": (words("Escalated"), "waiting"),
    "accepted": (words("Accepted"), "good"), "declined": (words("Declined"), "bad"),
    "written_off": (words("Written off"), "quiet"),
    "withdrawn": (words("Withdrawn"), "quiet"),
}  # fmt: skip
PAYMENT_WORDS: dict[str, tuple[Any, Meaning]] = {
    "planned": (words("Planned"), "quiet"),
    "submitted": (words("Being paid"), "waiting"), "pending": (words("On the way"), "waiting"),
    "unknown": (words("Being asked about"), "waiting"), "settled": (words("Settled"), "good"),
    "failed": (words("Failed"), "bad"),
    "cancelled": (words("Cancelled"), "quiet"), "returned": (words("Returned"), "bad"),
    "charged_back": (words("Charged back"), "bad"),
}  # fmt: skip
APPROVAL_WORDS: dict[str, tuple[Any, Meaning]] = {
    "waiting": (words("Waits"), "waiting"), "approved": (words("Approved"), "good"),
    "rejected": (words("Rejected"), "bad"),
    "resubmitted": (words("Asked again"), "quiet"), "lapsed": (words("Lapsed"), "quiet"),
}  # fmt: skip


def with_related(invoices: QuerySet[Invoice], actor: Actor) -> QuerySet[Invoice]:
    """The invoices, each knowing whether there is anything seldom beside it: only then that is read."""
    requests = CreditRequest.objects.visible_to(actor).filter(invoice=OuterRef("pk"), state="open")
    charges = FinanceCharge.objects.visible_to(actor).filter(invoice=OuterRef("pk"))
    found = invoices.annotate(awaits_credit=Exists(requests), has_charges=Exists(charges))
    return with_credit_given(found).prefetch_related("taxes")


def situation_of(
    invoice: Invoice, actor: Actor, *, on: date, disputes: Sequence[Dispute], moves: Sequence[Move] = ()
) -> Situation:
    """Everything beside the paper. disputes: those that the actor sees; moves: the face's, the likely one first."""
    head = headline(invoice, actor, on=on, disputes=disputes)
    return Situation(
        headline=head.sentence, meaning=head.tone, since=_since(head.since), figure_label=_("Payable now"),
        figure=invoice.free, figure_url=reverse(f"{face_of(actor)}:amounts", args=[invoice.pk]),
        facts=_facts(invoice, on), moves=tuple(moves), steps=steps_of(invoice, actor),
        disputes=related_disputes(disputes, actor), payments=related_payments(invoice, actor),
        credit_notes=related_credit_notes(invoice, actor), charges=_charges(invoice, actor),
    )  # fmt: skip


def _charges(invoice: Invoice, actor: Actor) -> tuple[Related, ...]:
    if invoice.is_finance_charge or getattr(invoice, "has_charges", True):
        return related_charges(invoice, actor)
    return ()


def steps_of(invoice: Invoice, actor: Actor) -> tuple[Step, ...]:
    """The buyer's own approval, who has decided and who is still asked; the supplier does not see it."""
    runs = ApprovalRun.objects.visible_to(actor).filter(invoice=invoice).exclude(state__in=("lapsed", "resubmitted"))
    run = runs.prefetch_related("decisions").order_by("-requested_at").first()
    if run is None:
        return ()
    decisions = list(run.decisions.all())
    names = names_of(decision.decided_by for decision in decisions)
    steps = [
        Step(_("Approval"), APPROVAL_WORDS[each.verdict][1], APPROVAL_WORDS[each.verdict][0],
             names.get(each.decided_by, _("a program")), each.decided_at, each.reason)
        for each in decisions
    ]  # fmt: skip
    if run.state == "waiting":
        steps.append(Step(_("Approval"), "waiting", _("Waits"), _("whoever may approve"), run.requested_at))
    if run.four_eyes:
        steps.append(Step(_("Payment"), "quiet", _("By somebody else"), _("two people are needed")))
    return tuple(steps)


def related_disputes(rows: Sequence[Dispute], actor: Actor) -> tuple[Related, ...]:
    face = face_of(actor)
    return tuple(
        Related(
            f"{row.number}, {row.get_reason_display()}", *DISPUTE_WORDS[row.state],
            amount=row.amount if row.state in LIVE else row.accepted, url=reverse(f"{face}:dispute", args=[row.pk]),
            beside=_since(row.state_since),
        )
        for row in rows
    )  # fmt: skip


def related_payments(invoice: Invoice, actor: Actor) -> tuple[Related, ...]:
    face = face_of(actor)
    rows = Payment.objects.visible_to(actor).filter(shares__invoice=invoice).order_by("-submitted_at")
    return tuple(
        Related(
            f"{row.number}, {row.means or row.method_name}", *PAYMENT_WORDS[row.state], amount=row.amount,
            url=reverse(f"{face}:payment", args=[row.pk]), beside=_since(row.state_since),
        )
        for row in rows[:20]
    )  # fmt: skip


def related_credit_notes(invoice: Invoice, actor: Actor) -> tuple[Related, ...]:
    """What was given back of the invoice, after what its supplier's ERP was asked for and has not issued yet."""
    face = face_of(actor)
    rows = CreditNote.objects.visible_to(actor).filter(corrects=invoice).order_by("-issue_date", "-id")
    coming: tuple[Related, ...] = ()
    if getattr(invoice, "awaits_credit", True):
        coming = related_credit_requests(CreditRequest.objects.visible_to(actor).filter(invoice=invoice), actor)
    return coming + tuple(
        Related(
            row.number, _("used") if not row.open_minor else _("part unused"), "quiet", amount=row.payable,
            url=reverse(f"{face}:credit-note", args=[row.pk]), beside=day_text(row.issue_date),
        )
        for row in rows[:20]
    )  # fmt: skip


def related_credit_requests(rows: Any, actor: Actor) -> tuple[Related, ...]:
    """Credit on its way: what was agreed, and the supplier's ERP has not issued yet."""
    supplier = actor.side == "supplier"
    return tuple(
        Related(
            row.number, _("credit on its way"), "waiting", amount=row.amount,
            url=reverse("desk:credit-request", args=[row.pk]) if supplier else "",
            beside=_since(row.requested_at),
        )
        for row in rows.filter(state="open").order_by("requested_at")[:20]
    )  # fmt: skip


def _facts(invoice: Invoice, on: date) -> tuple[Fact, ...]:
    rows = (
        Fact(_("Total"), invoice.payable), Fact(_("Paid"), invoice.paid), Fact(_("Credited"), invoice.credited),
        Fact(_("Open"), invoice.open), Fact(_("In dispute"), invoice.disputed),
        Fact(_("On the way"), invoice.pending), Fact(_("Planned"), invoice.planned),
        Fact(_("Written off"), invoice.written_off),
        Fact(_("Early-payment discount"), invoice.discounted), Fact(_("Discount lost"), lost(invoice, on=on)),
        Fact(_("Announced"), invoice.announced), Fact(_("Promised"), invoice.promised),
    )  # fmt: skip
    kept = (_("Total"), _("Open"))
    offered = offer(invoice, on=on)
    early = (Fact(_("If paid by %(day)s") % {"day": day_text(offered.until)}, offered.to_pay),) if offered else ()
    shown = tuple(row for row in rows if row.value or row.label in kept)
    return (*shown, *_due(invoice), *early)


def _due(invoice: Invoice) -> list[Fact]:
    """When it is due; of several dates each with what is open of it."""
    if not invoice.due_plan:
        return [Fact(_("Due"), invoice.due_date)]
    return [
        Fact((_("Kept back until %(day)s") if due.is_retention else _("Due %(day)s")) % {"day": day_text(due.on)},
             Money(due.open, invoice.currency))
        for due in dues(invoice)
    ]  # fmt: skip


def _since(moment: object) -> str:
    return _("since %(day)s") % {"day": day_text(moment)} if moment else ""  # type: ignore[arg-type]
