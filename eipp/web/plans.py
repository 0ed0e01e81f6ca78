"""Instalment plans on both faces: the list, one plan with its parts, and the form by which either side proposes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.web.pages import ListPage, Page
from eipp.web.pieces import Crumb, Meaning
from eipp.web.remittances import payment_tabs
from eipp.web.sign_in.dress import needs_proof, way_to_prove
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows import authority, planning
from workflows.plan import LIVE, RIGHT, Plan
from workflows.plan_parts import PlanInstalment
from workflows.saved_method import SavedMethod, usable_by

CHIPS: dict[str, Any] = {"": words("All"), "live": words("Open"), "kept": words("Kept"), "broken": words("Broken")}
STATES = {"live": ("drafted", *LIVE), "kept": ("kept",), "broken": ("broken",)}
PLAN_WORDS: dict[str, tuple[Any, Meaning]] = {
    "drafted": (words("Waits for a second person"), "waiting"), "proposed": (words("Proposed"), "waiting"),
    "agreed": (words("Agreed"), "good"), "declined": (words("Declined"), "quiet"),
    "withdrawn": (words("Withdrawn"), "quiet"), "kept": (words("Kept"), "good"), "broken": (words("Broken"), "bad"),
}  # fmt: skip
RHYTHMS: dict[str, Any] = {"month": words("Every month"), "fortnight": words("Every two weeks"),
                           "week": words("Every week")}  # fmt: skip
MOST_INVOICES = 100


@dataclass(frozen=True, slots=True)
class PartRow:
    """An instalment, and how it stands."""

    part: PlanInstalment
    word: Any
    meaning: Meaning


class PlanList(ListPage):
    """The plans that the reader sees, the newest first."""

    template = "web/plans.html"
    face: ClassVar[str]
    orders: ClassVar[Mapping[str, str]] = {"-made": "-made_at", "made": "made_at", "amount": "amount_minor"}

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Plan.objects.visible_to(actor).select_related("supplier", "buyer")
        if status := self.asked("status", among=STATES):
            rows = rows.filter(state__in=STATES[status])
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *PLAN_WORDS[row.state]) for row in found["rows"]], "chips": CHIPS.items(),
            "buyer_side": actor.side == "buyer", "detail": f"{self.face}:plan",
            "new_url": reverse(f"{self.face}:new-plan") if actor.may(RIGHT) and actor.side == "buyer" else "",
            "tabs": payment_tabs(self.face, "plans"), "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


class PlanView(Page):
    """One plan: agree, decline, withdraw, change. `face` names the URLs' namespace."""

    template = "web/plan.html"
    face: ClassVar[str]
    makes: ClassVar[Mapping[str, str]] = {
        "agree": "agree", "decline": "decline", "withdraw": "withdraw", "change": "change",
        "accept_change": "accept_change", "drop_change": "drop_change", "means": "choose_means",
        "no_means": "charge_no_more",
    }  # fmt: skip

    def make(self) -> str | HttpResponse:
        """Whoever may not see the plan, or not pay, is told so before they are asked to prove who they are."""
        asks = self.request.POST.get("move") == "means" and self.plan and self.request.actor.may("payment.make")
        if asks and needs_proof(self.request):
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    @cached_property
    def plan(self) -> Plan:
        rows = Plan.objects.visible_to(self.request.actor).select_related(
            "supplier", "buyer", "legal_entity", "saved_method"
        )
        found: Plan = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.plan)

    def agree(self) -> str:
        if planning.agree(self.request.actor, self.plan):
            return _("It is above your limit: it waits for a second person.")
        return _("The plan is agreed. As long as it is kept, its invoices are not chased.")

    def decline(self) -> str:
        self.plan.decline(self.request.actor, reason=self.typed("reason"))
        return _("The plan is declined; the invoices stay as they are.")

    def withdraw(self) -> str:
        self.plan.withdraw(self.request.actor)
        return _("The proposal is taken back.")

    def change(self) -> str:
        self.plan.propose_change(self.request.actor, parts=typed_parts(self, self.plan.currency))
        return _("The change is proposed; the plan holds as it is until the other side agrees.")

    def accept_change(self) -> str:
        self.plan.accept_change(self.request.actor)
        return _("The new instalments hold.")

    def drop_change(self) -> str:
        self.plan.drop_change(self.request.actor)
        return _("The plan stays as it is.")

    def choose_means(self) -> str:
        saved = next((row for row in self.saved if str(row.pk) == self.typed("saved")), None)
        if saved is None:
            raise Refusal("no_method", _("Choose the card or account that pays."), status=422, field="saved")
        if self.plan.state == "agreed":
            self.plan.change_means(self.request.actor, saved=saved)
        else:
            self.plan.choose_means(self.request.actor, saved=saved)
        return _("Each instalment is charged to it on its day.")

    def charge_no_more(self) -> str:
        self.plan.charge_no_more(self.request.actor)
        return _("Nothing is charged by itself any more: pay each instalment in time.")

    @property
    def saved(self) -> list[SavedMethod]:
        """What the reader may have the instalments charged to."""
        actor = self.request.actor
        if actor.side != "buyer" or self.plan.state not in LIVE:
            return []
        return usable_by(actor, payee=self.plan.legal_entity, on=self.today)

    def context(self) -> dict[str, Any]:
        plan, actor = self.plan, self.request.actor
        word, meaning = PLAN_WORDS[plan.state]
        found = plan.outcome()
        return {
            "plan": plan, "word": word, "meaning": meaning, "rows": self._rows(), "came": found.came,
            "missing": found.missing, "shares": plan.shares.select_related("invoice").order_by("invoice__due_date"),
            "changed": plan.parts(plan.version + 1) if plan.change_side else [],
            "own_change": plan.change_side == actor.side,
            "moves": plan.moves(actor), "may_change": plan.refusal(actor, "propose_change") is None,
            "waits_for": authority.waiting_for(plan) if actor.side == "supplier" else None,
            "pays": planning.next_shares(plan, self.today) if self._pays else [], "detail": f"{self.face}:invoice",
            "entries": timeline(actor, plan), "live_topics": (topic("plan", plan.pk),),
            "saved": self.saved, "means": plan.saved_method,
            "may_end_means": plan.refusal(actor, "charge_no_more") is None, "blanks": range(3),
            "last": plan.parts()[-1].due_on,
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(_("Plans"), reverse(f"{self.face}:plans")), Crumb(plan.number)),
        }  # fmt: skip

    @property
    def _pays(self) -> bool:
        actor = self.request.actor
        return actor.side == "buyer" and actor.may("payment.make") and self.plan.state == "agreed"

    def _rows(self) -> list[PartRow]:
        """Each instalment, judged by what came of all of it."""
        plan, found = self.plan, self.plan.outcome()
        covered = plan.amount - found.missing - found.on_the_way
        rows = []
        for part in plan.parts():
            due = plan.due_by(part.due_on)
            if covered >= due:
                rows.append(PartRow(part, _("Paid"), "good"))
            elif plan.amount - found.missing >= due:
                rows.append(PartRow(part, _("On the way"), "waiting"))
            elif part.due_on < self.today:
                rows.append(PartRow(part, _("Late"), "bad"))
            else:
                rows.append(PartRow(part, _("To come"), "quiet"))
        return rows


class NewPlanView(Page):
    """Invoices, how many instalments, from when and how often; the first ones take the cents that do not divide."""

    template = "web/new_plan.html"
    face: ClassVar[str]
    makes: ClassVar[Mapping[str, str]] = {"propose": "propose"}

    def offered(self) -> Any:
        """The open invoices that a plan could be about, those due first."""
        raise TypeError(f"{type(self).__name__} does not say which invoices")

    @cached_property
    def invoices(self) -> list[Invoice]:
        rows = self.offered().filter(open_minor__gt=0).select_related("account", "legal_entity")
        return [row for row in rows.order_by("due_date", "pk")[:MOST_INVOICES] if row.free]

    def propose(self) -> HttpResponse:
        chosen = set(self.request.POST.getlist("invoice"))
        shares = [(row, row.free) for row in self.invoices if str(row.pk) in chosen]
        if not shares:
            raise Refusal("no_invoices", _("Choose at least one invoice."), status=422, field="invoice")
        whole = total((amount for _row, amount in shares), shares[0][1].currency)
        parts = planning.evenly(whole, self._days())
        plan = planning.propose(
            self.request.actor, shares, parts, comment=self.typed("comment"), attempt=self._attempt()
        )
        return HttpResponseRedirect(reverse(f"{self.face}:plan", args=[plan.pk]))

    def _days(self) -> list[date]:
        first, count = typed_day(self.typed("first")), self.typed("count")
        if not count.isdecimal() or not 0 < int(count) <= 60:
            raise Refusal("wrong_days", _("Between 1 and 60 instalments."), status=422, field="count")
        return [_later(first, self.typed("rhythm"), position) for position in range(int(count))]

    def _attempt(self) -> UUID | None:
        try:
            return UUID(self.typed("attempt"))
        except ValueError:
            return None

    def context(self) -> dict[str, Any]:
        chosen = set(self.request.POST.getlist("invoice") or self.request.GET.getlist("invoice"))
        past = [row for row in self.invoices if row.due_date < self.today]
        ticked = chosen or {str(row.pk) for row in past}
        return {
            "choices": [(row, str(row.pk) in ticked) for row in self.invoices], "rhythms": RHYTHMS.items(),
            "first": self.today + timedelta(days=14), "attempt": self.typed("attempt") or uuid4(),
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(_("Plans"), reverse(f"{self.face}:plans")), Crumb(_("New plan"))),
        }  # fmt: skip


def typed_parts(page: Page, currency: str) -> Sequence[tuple[date, Money]]:
    """The rows of the form for a change; an empty row is none."""
    days, amounts = page.request.POST.getlist("day"), page.request.POST.getlist("amount")
    filled = [(day.strip(), amount.strip()) for day, amount in zip(days, amounts, strict=False)]
    return [
        (typed_day(day), Money.parse(amount.replace(",", "."), currency)) for day, amount in filled if day and amount
    ]


def typed_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("wrong_days", _("Write each day as a date."), status=422, field="day") from None


def _later(first: date, rhythm: str, position: int) -> date:
    """So many weeks or months after the first day; the 31st becomes a shorter month's last day."""
    if rhythm in ("week", "fortnight"):
        return first + timedelta(weeks=position * (2 if rhythm == "fortnight" else 1))
    month = first.month - 1 + position
    year, month = first.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(first.day, last))
