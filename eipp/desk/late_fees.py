"""Late fees on the desk: all that were charged, and the rules by which they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents.written import month_text
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel import clock
from eipp.kernel.money import CURRENCIES, Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.finance_charge_setting import RIGHT, Wish, draft_rule, preview, set_rule
from eipp.ledger.models import FinanceCharge, FinanceChargeRule
from eipp.web.late_fees import rule_words, state_of
from eipp.web.pages import ListPage
from eipp.web.pieces import Crumb
from eipp.web.tags.values import day_text
from eipp.web.team import TeamView, tabs
from messaging.topics import topic
from workflows.finance_charge import unfounded

CHIPS: dict[str, Any] = {"": words("All"), "open": words("Open"), "waived": words("Waived")}
KINDS: dict[str, Any] = {
    "percent_of_period": words("A percentage for each period that begins"),
    "percent_of_year": words("Interest: a yearly percentage, by days"),
    "fixed": words("A fixed amount for each period"),
    "none": words("Nothing: no late fee"), "wider": words("As the rule for everybody says"),
}  # fmt: skip


class LateFeesPage(ListPage):
    """What was charged, the newest first; a fee is opened to be waived."""

    side = "supplier"
    template = "desk/late_fees.html"
    orders: ClassVar[Mapping[str, str]] = {"-charged": "-charged_at", "charged": "charged_at", "amount": "amount_minor"}

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = FinanceCharge.objects.visible_to(actor).select_related("document__account", "invoice")
        status = self.asked("status", among=CHIPS)
        rows = rows.filter(document__open_minor__gt=0) if status == "open" else rows
        rows = rows.filter(waived_at__isnull=False) if status == "waived" else rows
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *state_of(row)) for row in found["rows"]], "chips": CHIPS.items(),
            "crumbs": (Crumb(_("Invoices"), reverse("desk:invoices")), Crumb(_("Late fees"))),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a rule would have charged last month: how often, per currency how much, and the largest few."""

    month: str
    count: int
    amount: Money
    rows: Sequence[tuple[Any, Money, Money]]


class LateFeeRulesPage(TeamView):
    """Seen by all of the supplier's people; AR managers and administrators set a rule, after they have seen what it
    would have charged."""

    side, face = "supplier", "desk"
    template = "desk/late_fee_rules.html"
    makes: ClassVar[Mapping[str, str]] = {"set": "set", "preview": "look"}

    def set(self) -> str:
        rule = set_rule(self.request.actor, self.organisation, self._wish())
        return _("From %(day)s on: %(rule)s") % {"day": day_text(rule.starts_on), "rule": rule_words(rule)}

    def look(self) -> HttpResponse:
        """Nothing is written: the page anew, with what was typed and what it would have charged."""
        actor, now = self.request.actor, clock.now()
        rule = draft_rule(actor, self.organisation, self._wish(), now=now)
        last = self.today.replace(day=1) - timedelta(days=1)
        found = preview(self.organisation, rule, first=last.replace(day=1), last=last, unfounded=unfounded)
        amounts = [Money(each.amount, rule.currency) for each in found]
        largest = sorted(found, key=lambda each: -each.amount)[:10]
        rows = [(each.invoice, Money(each.base, rule.currency), Money(each.amount, rule.currency)) for each in largest]
        shown = Previewed(month_text(last), len(found), total(amounts, rule.currency), rows)
        return self.shown(previewed=shown)

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rules = FinanceChargeRule.objects.visible_to(actor).select_related("legal_entity", "account")
        rows = rules.order_by("-starts_on", "-set_at")[:100]
        return {
            "tabs": tabs(self, "late-fee-rules"), "rules": [(row, rule_words(row)) for row in rows],
            "kinds": KINDS.items(), "entities": self._entities, "currencies": self._currencies,
            "may_set": actor.may(RIGHT) and not actor.is_limited, "tomorrow": self.today + timedelta(days=1),
            "values": self.request.POST if self.request.method == "POST" else _STANDARD,
        }  # fmt: skip

    @cached_property
    def _entities(self) -> list[LegalEntity]:
        return list(LegalEntity.objects.visible_to(self.request.actor).order_by("name"))

    @cached_property
    def _currencies(self) -> list[str]:
        rows = CustomerAccount.objects.visible_to(self.request.actor).values_list("currency", flat=True)
        return sorted(set(rows.order_by("currency").distinct())) or ["EUR"]

    def _wish(self) -> Wish:
        currency, kind = self.typed("currency").upper(), self.typed("kind")
        if currency not in CURRENCIES:
            raise Refusal("unknown_currency", _("Choose a currency."), status=422, field="currency")
        return Wish(
            kind=kind, currency=currency, legal_entity=self._entity(), account=self._account(),
            starts_on=self._day("starts_on"), grace_days=self._number("grace_days") or 0,
            every_days=self._number("every_days"), fixed=self._amount("fixed", currency) if kind == "fixed" else None,
            percent=self._rate() if kind.startswith("percent") else None, minimum=self._amount("minimum", currency),
            cap=self._amount("cap", currency), compounding=bool(self.typed("compounding")),
            waits_for_disputes=bool(self.typed("waits")), due_days=self._number("due_days") or 0,
        )  # fmt: skip

    def _entity(self) -> LegalEntity | None:
        typed = self.typed("entity")
        return next((entity for entity in self._entities if str(entity.pk) == typed), None)

    def _account(self) -> CustomerAccount | None:
        typed = self.typed("account")
        if not typed:
            return None
        found = CustomerAccount.objects.visible_to(self.request.actor).filter(number=typed).first()
        if found is None:
            sentence = _("You have no customer %(number)s.") % {"number": typed[:60]}
            raise Refusal("unknown_account", sentence, status=422, field="account")
        return found

    def _day(self, field: str) -> date | None:
        try:
            return date.fromisoformat(self.typed(field)) if self.typed(field) else None
        except ValueError:
            raise Refusal("invalid_date", _("Write a day as 2026-03-31."), status=422, field=field) from None

    def _number(self, field: str) -> int | None:
        typed = self.typed(field)
        if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
            raise Refusal(f"unfit_{field}", _("Write a whole number of days."), status=422, field=field)
        return int(typed) if typed else None

    def _amount(self, field: str, currency: str) -> Money | None:
        typed = self.typed(field).replace(",", ".")
        try:
            return Money.parse(typed, currency) if typed else None
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.sentence, status=422, field=field) from None

    def _rate(self) -> Decimal | None:
        typed = self.typed("percent").replace(",", ".")
        try:
            plain = len(typed) <= 10 and set(typed) <= set("0123456789.")
            return Decimal(typed) if typed and plain else None
        except InvalidOperation:
            return None


_STANDARD = {
    "kind": "percent_of_period", "grace_days": "5", "due_days": "14", "waits": "1",
}  # fmt: skip
