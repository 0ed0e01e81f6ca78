"""The form of an early-payment offer's terms, and the choice of the invoices that one could be about."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from documents.written import day_text
from eipp.kernel.money import Money, total
from eipp.kernel.refusal import Refusal
from eipp.ledger.agreed_discount import Scale
from eipp.ledger.models import Invoice
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from workflows import offering
from workflows.offer_setting import OfferSetting, standing
from workflows.offer_terms import OfferShare, can_be_offered, paying_days, scale_asked

type_of_group = tuple[UUID, str]
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
ROWS = 3  # for fixed percentages
USUAL_DAYS = 10  # days ahead that are filled in


class NewOfferView(Page):
    """Invoices of one account and currency, the terms, and what each paying day would come to before it is proposed."""

    template = "web/new_offer.html"
    face: ClassVar[str]
    makes: ClassVar[dict[str, str]] = {"propose": "propose", "preview": "preview"}

    def offered(self) -> Any:
        """The invoices among which to choose."""
        raise TypeError(f"{type(self).__name__} does not say which invoices")

    @cached_property
    def groups(self) -> dict[type_of_group, list[Invoice]]:
        """What can be paid early, by account and currency, those due last first: they gain most."""
        rows = self.offered().filter(open_minor__gt=0, due_date__gt=self.today + timedelta(days=1), disputed_minor=0)
        found: dict[type_of_group, list[Invoice]] = {}
        for row in rows.select_related("account", "legal_entity", "supplier").order_by("-due_date", "pk")[:500]:
            if can_be_offered(row) and row.free.minor > 0 and row.buyer_id:
                found.setdefault((row.account_id, row.currency), []).append(row)
        return found

    @cached_property
    def group(self) -> type_of_group | None:
        """The account and currency that are asked for, or those of the chosen invoice, or the only ones."""
        chosen = set(self._chosen())
        for key, rows in self.groups.items():
            if self._key(key) == self._asked("of") or any(str(row.pk) in chosen for row in rows):
                return key
        return next(iter(self.groups)) if len(self.groups) == 1 else None

    @property
    def invoices(self) -> list[Invoice]:
        return self.groups[self.group][: offering.MOST_INVOICES] if self.group else []

    def propose(self) -> HttpResponse:
        offer = offering.propose(
            self.request.actor, self._ticked(), typed_scale(self), expires_on=typed_expiry(self),
            comment=self.typed("comment"), attempt=_uuid(self.typed("attempt")),
        )  # fmt: skip
        return HttpResponseRedirect(reverse(f"{self.face}:offer", args=[offer.pk]))

    def preview(self) -> HttpResponse:
        scale, rows = typed_scale(self), self._ticked()
        shares = [OfferShare(invoice=row, currency=row.currency, amount_minor=row.free.minor, due_on=row.due_date)
                  for row in rows]  # fmt: skip
        days = paying_days(shares, scale, first=self.today)
        return self.shown(days=days, said=said_terms(scale), whole=total((row.free for row in rows), rows[0].currency))

    def context(self) -> dict[str, Any]:
        chosen = set(self._chosen())
        given = self._given()
        latest = max((row.due_date for row in self.invoices), default=self.today) - timedelta(days=1)
        return {
            "choices": [(row, str(row.pk) in chosen) for row in self.invoices], "given": given,
            "others": [self._other(key, rows) for key, rows in self.groups.items()] if self.group is None else [],
            "of": self._key(self.group) if self.group else "", "attempt": self.typed("attempt") or uuid4(),
            "first_day": self.today, "shown_pay_by": min(latest, self.today + timedelta(days=USUAL_DAYS)),
            "rate": f"{given.yearly.normalize():f}" if given else "", "steps_typed": steps_typed(self),
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(_("Early payment"), reverse(f"{self.face}:offers")), Crumb(_("New offer"))),
        }  # fmt: skip

    def _given(self) -> OfferSetting | None:
        """What the supplier gives by itself to this account."""
        if not self.invoices:
            return None
        return standing(self.invoices[0].account, self.invoices[0].currency)

    def _other(self, key: type_of_group, rows: Sequence[Invoice]) -> dict[str, Any]:
        return {"account": rows[0].account, "supplier": rows[0].supplier, "count": len(rows),
                "amount": total((row.free for row in rows), key[1]), "url": f"?of={self._key(key)}"}  # fmt: skip

    def _key(self, key: type_of_group) -> str:
        return f"{key[0]}-{key[1]}"

    def _asked(self, name: str) -> str:
        return self.typed(name) or self.request.GET.get(name, "")

    def _chosen(self) -> list[str]:
        return self.request.POST.getlist("invoice") or self.request.GET.getlist("invoice")

    def _ticked(self) -> list[Invoice]:
        chosen = set(self.request.POST.getlist("invoice"))
        rows = [row for row in self.invoices if str(row.pk) in chosen]
        if not rows:
            raise Refusal("no_invoices", _("Choose at least one invoice."), status=422, field="invoice")
        return rows


def typed_scale(page: Page) -> Scale:
    """The terms as they were typed: a yearly rate up to a day, or rows of a percentage and its last day."""
    posted = page.request.POST
    if page.typed("how") == "steps":
        rows = zip(posted.getlist("percent"), posted.getlist("step_until"), strict=False)
        steps = [(typed_rate(percent, "percent"), _day(day)) for percent, day in rows if percent.strip() or day.strip()]
        until = max((day for _percent, day in steps), default=page.today)
        return scale_asked(until=until, yearly=None, steps=steps, today=page.today)
    return scale_asked(until=_day(page.typed("pay_by")), yearly=typed_rate(page.typed("rate"), "rate"), steps=(),
                       today=page.today)  # fmt: skip


def typed_expiry(page: Page) -> date | None:
    """Until when the other side can answer; a week from now where nothing was typed."""
    return _day(page.typed("answer_by")) if page.typed("answer_by") else None


def steps_typed(page: Page) -> list[tuple[str, str]]:
    """What stands in the rows for fixed percentages."""
    posted = page.request.POST
    rows = list(zip(posted.getlist("percent"), posted.getlist("step_until"), strict=False))[:ROWS]
    return rows + [("", "")] * (ROWS - len(rows))


def said_terms(scale: Scale) -> str:
    """The terms in words."""
    if scale.yearly is not None:
        return _("%(rate)s %% a year for each day before the due date, if paid by %(day)s") % {
            "rate": f"{scale.yearly.normalize():f}", "day": day_text(scale.until),
        }  # fmt: skip
    steps = (
        _("%(percent)s %% if paid by %(day)s") % {"percent": f"{percent.normalize():f}", "day": day_text(last)}
        for percent, last in scale.steps
    )
    return ", ".join(steps)


def typed_money(text: str, currency: str, field: str) -> Money:
    try:
        return Money.parse(text.replace(",", "."), currency)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, status=422, field=field) from None


def typed_rate(text: str, field: str) -> Decimal:
    """A percentage as people write it, with a point or a comma."""
    written = text.strip().removesuffix("%").strip().replace(",", ".")
    if not PERCENT.fullmatch(written):
        raise Refusal("invalid_number", _("Write a percentage, such as 1.2."), status=422, field=field)
    return Decimal(written)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal("wrong_day", _("Choose the day."), status=422, field="pay_by") from None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
