"""The headline of an invoice: how it stands in one sentence, whom it waits for and since when. Computed, never kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from documents.written import day_text
from eipp.kernel.actor import Actor
from eipp.ledger.models import Expectation, Invoice
from workflows.approval import ACTIVE, ApprovalRun
from workflows.dispute import LIVE, Dispute
from workflows.payment_share import PaymentShare

Tone = Literal["good", "bad", "waiting", "quiet"]


@dataclass(frozen=True, slots=True)
class Headline:
    """sentence: for the reader's side; waits_for: `you`, `buyer`, `supplier` or nobody; since: when that began."""

    sentence: str
    tone: Tone
    waits_for: str = ""
    since: datetime | date | None = None


def headline(invoice: Invoice, actor: Actor, *, on: date, disputes: Iterable[Dispute] | None = None) -> Headline:
    """One invoice's headline, seen by the actor on a day; `disputes`: those about it, where they are at hand."""
    return headlines([invoice], actor, on=on, disputes=disputes)[invoice.pk]


def headlines(
    invoices: Iterable[Invoice], actor: Actor, *, on: date, disputes: Iterable[Dispute] | None = None
) -> dict[UUID, Headline]:
    """The headlines of many invoices: at most four queries. Supplier and buyer should be at hand on each."""
    rows = list(invoices)
    if disputes is None:
        disputes = Dispute.objects.filter(invoice__in=rows, state__in=LIVE)
    live = sorted((each for each in disputes if each.state in LIVE), key=lambda each: each.opened_at)
    first = _first_by_invoice(live)
    runs = _first_by_invoice(ApprovalRun.objects.filter(invoice__in=rows, state__in=ACTIVE))
    days = _days(rows)
    return {row.pk: _headline(row, actor, on, first.get(row.pk), runs.get(row.pk), days.get(row.pk)) for row in rows}


def _headline(
    invoice: Invoice, actor: Actor, on: date, dispute: Dispute | None, run: ApprovalRun | None,
    day: tuple[str, date] | None,
) -> Headline:  # fmt: skip
    if invoice.withdrawn_at:
        return Headline(_("Withdrawn"), "quiet", since=invoice.withdrawn_at)
    if dispute:
        return _waiting(invoice, actor, dispute.ball, dispute.state_since)
    if invoice.is_closed:
        return Headline(_closed(invoice), "good", since=invoice.closed_at)
    if invoice.pending_minor:
        return Headline(_("Payment on the way"), "waiting")
    if run and run.state == "rejected":
        return _waiting(invoice, actor, "supplier", run.state_since)
    if day:
        word = {"planned": _("Planned for %(day)s"), "announced": _("Announced for %(day)s")}
        sentence = word.get(day[0], _("Promised for %(day)s")) % {"day": day_text(day[1])}
        return Headline(sentence, "waiting", _you(actor, "buyer"))
    return _by_date(invoice, actor, on, run)


def _days(rows: Sequence[Invoice]) -> dict[UUID, tuple[str, date]]:
    """For which day all that is left of an invoice is planned, announced or promised; asked for only where it is."""
    found: dict[UUID, tuple[str, date]] = {}
    said = [row.pk for row in rows if row.free and row.announced + row.promised == row.free]
    if said:
        for each in Expectation.objects.filter(invoice__in=said, released_at=None).order_by("expected_on"):
            found[each.invoice_id] = (each.kind, each.expected_on)
    planned = [row.pk for row in rows if row.planned_minor and not row.free]
    if planned:
        shares = PaymentShare.objects.filter(invoice__in=planned, payment__state="planned")
        for share in shares.select_related("payment").order_by("payment__planned_for"):
            if share.payment.planned_for:
                found[share.invoice_id] = ("planned", share.payment.planned_for)
    return found


def _by_date(invoice: Invoice, actor: Actor, on: date, run: ApprovalRun | None) -> Headline:
    waits = run and run.state == "waiting"
    if invoice.is_past_due(on):
        sentence = _("Past due, waiting for approval") if waits else _("Past due")
        return Headline(sentence, "bad", _you(actor, "buyer"), invoice.due_date)
    if waits and run:
        return Headline(_("Waiting for approval"), "waiting", _you(actor, "buyer"), run.requested_at)
    sentence = _("Due today") if invoice.due_date == on else _("Open, due")
    return Headline(sentence, "quiet", _you(actor, "buyer"), invoice.due_date)


def _closed(invoice: Invoice) -> str:
    if invoice.is_all_credit:
        return _("Credited")
    return _("Written off") if invoice.is_given_up else _("Paid")


def _waiting(invoice: Invoice, actor: Actor, ball: str, since: datetime) -> Headline:
    you = _you(actor, ball)
    if you == "you":
        return Headline(_("Waiting for you"), "waiting", you, since)
    other = invoice.supplier if ball == "supplier" else invoice.buyer
    return Headline(_("Waiting for %(name)s") % {"name": other.name if other else ""}, "waiting", ball, since)


def _you(actor: Actor, side: str) -> str:
    return "you" if actor.side == side else side


def _first_by_invoice(rows: Iterable[Dispute] | Iterable[ApprovalRun]) -> dict[UUID | None, Any]:
    found: dict[UUID | None, Any] = {}
    for row in rows:
        found.setdefault(row.invoice_id, row)
    return found
