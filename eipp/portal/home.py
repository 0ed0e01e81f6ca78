"""The buyer's first page: what to pay now, what it is made of, what waits, what happened lately."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.ledger import balance
from eipp.ledger.balance import Summary
from eipp.web.pages import Page, address
from eipp.web.situation import Waiting
from eipp.web.statements import recent_of
from eipp.web.summaries import SummaryFigures
from eipp.web.tags.values import day_text
from eipp.web.timelines import happenings
from messaging.topics import topic
from workflows import method_expiry
from workflows.approval import ApprovalRun
from workflows.dispute import WITH_BUYER, Dispute
from workflows.saved_method import SavedMethod

LATELY = 8
MOST_WAITING = 6
MOST_STATEMENTS = 3
TOLD = (
    "invoice.presented", "invoice.released", "invoice.withdrawn", "dispute.asked", "dispute.proposed",
    "dispute.accepted", "dispute.declined", "credit_note.posted", "payment.settled", "payment.failed",
    "payment.expired", "payment.returned", "approval.approved", "approval.rejected",
)  # fmt: skip


class HomePage(Page):
    """One figure first, by currency; everybody sees what concerns the accounts that they see."""

    side = "buyer"
    template = "portal/home.html"

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        sums = sorted(balance.summary(actor, on=self.today), key=_open_invoices, reverse=True)
        sums = [each for each in sums if each.open] or sums[:1]
        events = Event.objects.visible_to(actor).filter(name__in=TOLD).order_by("-pk")[:LATELY]
        return {
            "currencies": [Owed(each, may_pay=actor.may("payment.make")) for each in sums],
            "waiting": self.waiting(), "statements": statements(actor), "lately": happenings(actor, list(events)),
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
        if actor.may("method.keep"):
            cards = method_expiry.ending(SavedMethod.objects.visible_to(actor), self.today)
            found += [_ending(row, self.today) for row in cards[:MOST_WAITING]]
        return found


def statements(actor: Actor) -> list[tuple[CustomerAccount, list[tuple[str, str]]]]:
    """The recent statements of the first accounts."""
    rows = CustomerAccount.objects.visible_to(actor).select_related("supplier").order_by("supplier__name", "number")
    return [(account, recent_of("portal", account)[:3]) for account in rows[:MOST_STATEMENTS]]


class Owed(SummaryFigures):
    """One currency's figures with the lists that they open, and the way to pay what is due."""

    def __init__(self, summary: Summary, *, may_pay: bool) -> None:
        super().__init__(summary, invoices=reverse("portal:invoices"), payments=reverse("portal:payments"))
        self.now = summary.payable_now
        self.on_account_url = address(reverse("portal:receipts"), currency=self.currency)
        self.pay_url = address(reverse("portal:pay"), currency=self.currency, due="1") if may_pay and self.now else ""


def _open_invoices(summary: balance.Summary) -> int:
    return sum(parts.count for parts in summary.buckets.values())


def _approval(run: ApprovalRun) -> Waiting:
    invoice = run.invoice
    beside = _("%(supplier)s, due %(day)s") % {"supplier": invoice.supplier.name, "day": day_text(invoice.due_date)}
    return Waiting(
        _("Approve invoice %(number)s") % {"number": invoice.number}, reverse("portal:invoice", args=[invoice.pk]),
        "approve", beside=beside, amount=invoice.open, button=_("Look at it"),
    )  # fmt: skip


def _ending(row: SavedMethod, today: date) -> Waiting:
    assert row.expires_on  # only cards that end are asked about
    over = row.expires_on < today
    sentence = _("The %(card)s has ended") if over else _("The %(card)s is about to end")
    day = {"payee": row.legal_entity.name, "day": day_text(row.expires_on)}
    beside = _("%(payee)s, ended on %(day)s") % day if over else _("%(payee)s, ends on %(day)s") % day
    return Waiting(
        sentence % {"card": row}, reverse("portal:method", args=[row.pk]), "payment", beside=beside,
        button=_("Renew it"),
    )  # fmt: skip


def _dispute(row: Dispute) -> Waiting:
    sentence = _("Answer the question about dispute %(number)s") if row.state == "asked" else _(
        "Decide on the offer for dispute %(number)s")  # fmt: skip
    return Waiting(
        sentence % {"number": row.number}, reverse("portal:dispute", args=[row.pk]), "message",
        beside=row.supplier.name, amount=row.proposed or row.amount, button=_("Answer"),
    )  # fmt: skip
