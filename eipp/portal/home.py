"""The buyer's first page: what to pay now, what it is made of, what waits, what happened lately."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.ledger import balance
from eipp.ledger.balance import Summary
from eipp.web.pages import Page, address
from eipp.web.pieces import Part, Tone
from eipp.web.situation import Waiting
from eipp.web.timelines import happenings
from messaging.topics import topic
from workflows.approval import ApprovalRun
from workflows.dispute import WITH_BUYER, Dispute

LATELY = 8
MOST_WAITING = 6
TOLD = (
    "invoice.presented", "invoice.released", "dispute.asked", "dispute.proposed", "dispute.accepted", "dispute.declined",
    "credit_note.posted", "payment.settled", "payment.failed", "payment.returned", "approval.approved",
    "approval.rejected", "invoice.withdrawn",
)  # fmt: skip
#: bucket of the summary -> its tone and the list that it opens
LATE: dict[str, Tone] = {"1-30": "late-1", "31-60": "late-2", "61-90": "late-3", "90+": "late-4"}


class HomePage(Page):
    """One figure first, by currency; everybody sees what concerns the accounts that they see."""

    side = "buyer"
    template = "portal/home.html"

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        sums = balance.summary(actor, on=self.today)
        events = Event.objects.visible_to(actor).filter(name__in=TOLD).order_by("-pk")[:LATELY]
        return {
            "currencies": [Owed(each, may_pay=actor.may("payment.make")) for each in sums],
            "waiting": self.waiting(), "lately": happenings(actor, list(events)),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def waiting(self) -> Sequence[Waiting]:
        """What asks for this person: approvals for approvers, questions and offers for those who answer."""
        actor = self.request.actor
        found: list[Waiting] = []
        if actor.may("approval.decide"):
            runs = ApprovalRun.objects.visible_to(actor).filter(state="waiting").select_related("invoice__supplier")
            found += [_approval(run) for run in runs.order_by("invoice__due_date")[:MOST_WAITING]]
        if actor.may("dispute.answer"):
            rows = Dispute.objects.visible_to(actor).filter(state__in=WITH_BUYER).select_related("supplier")
            found += [_dispute(row) for row in rows.order_by("state_since")[:MOST_WAITING]]
        return found


class Owed:
    """One currency's figures with the lists that they open."""

    def __init__(self, summary: Summary, *, may_pay: bool) -> None:
        self.summary = summary
        self.currency = summary.currency
        self.now = summary.payable_now
        self.pay_url = address(reverse("portal:pay"), currency=self.currency, due="1") if may_pay and self.now else ""
        self.last_payment_url = reverse("portal:payments")

    def url(self, status: str) -> str:
        return address(reverse("portal:invoices"), status=status, currency=self.currency)

    @property
    def open_url(self) -> str:
        return self.url("open")

    @property
    def due_url(self) -> str:
        return self.url("due")

    @property
    def past_due_url(self) -> str:
        return self.url("past_due")

    @property
    def due_soon_url(self) -> str:
        return self.url("due_soon")

    @property
    def disputed_url(self) -> str:
        return self.url("disputed")

    @property
    def on_the_way_url(self) -> str:
        return self.url("on_the_way")

    def parts(self) -> tuple[Part, ...]:
        """What is free to pay, by age; it sums to open less what is set apart."""
        rows: list[tuple[str, Money, Tone, str]] = [
            (_("Not yet due"), self.summary.not_yet_due.free, "later", "not_yet_due"),
            (_("Due soon"), self.summary.due_soon.free, "soon", "due_soon"),
            (_("Due today"), self.summary.due_today.free, "soon", "due_today"),
        ]
        for name, parts in self.summary.ageing.items():
            rows.append((_("%(days)s days past due") % {"days": name}, parts.free, LATE[name], "past_due"))
        return tuple(Part(word, amount, tone, self.url(status)) for word, amount, tone, status in rows if amount)

    def apart(self) -> tuple[Part, ...]:
        payable = self.summary.payable
        rows: list[tuple[str, Money, Tone, str]] = [
            (_("Disputed"), payable.disputed, "disputed", "disputed"),
            (_("On the way"), payable.pending, "moving", "on_the_way"),
            (_("Planned"), payable.planned, "promised", "planned"),
        ]
        return tuple(Part(word, amount, tone, self.url(status)) for word, amount, tone, status in rows if amount)

    def count(self, parts: balance.DueParts) -> str:
        return ngettext("%(count)d invoice", "%(count)d invoices", parts.count) % {"count": parts.count}

    @property
    def past_due_count(self) -> str:
        return self.count(self.summary.past_due)

    @property
    def due_soon_count(self) -> str:
        return self.count(self.summary.due_soon)


def _approval(run: ApprovalRun) -> Waiting:
    invoice = run.invoice
    return Waiting(
        _("Approve invoice %(number)s from %(supplier)s") % {"number": invoice.number, "supplier": invoice.supplier.name},
        reverse("portal:invoice", args=[invoice.pk]), "approve", amount=invoice.open, button=_("Look at it"),
    )  # fmt: skip


def _dispute(row: Dispute) -> Waiting:
    sentence = _("Answer the question about dispute %(number)s") if row.state == "asked" else _(
        "Decide on the offer for dispute %(number)s")  # fmt: skip
    return Waiting(
        sentence % {"number": row.number}, reverse("portal:dispute", args=[row.pk]), "message",
        beside=row.supplier.name, amount=row.proposed or row.amount, button=_("Answer"),
    )  # fmt: skip
