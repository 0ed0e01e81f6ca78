"""What paying costs on top, as the supplier's administrator sets it: by body and method, within the law's cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from documents import figures
from eipp.accounts.models import LegalEntity
from eipp.kernel.refusal import Refusal
from eipp.web.pages import Page
from eipp.web.pieces import Crumb
from eipp.web.ways import MEANINGS
from workflows.price import cap, percents, set_price

METHODS = ("card", "bank_debit")


@dataclass(frozen=True, slots=True)
class Line:
    """A method of a body: what it costs now, and the most that it may."""

    entity: LegalEntity
    method: str
    name: Any
    percent: Decimal
    most: Decimal


class MethodPricesPage(Page):
    """Nothing costs anything until somebody sets it here; and it never costs more than the law allows."""

    side = "supplier"
    template = "desk/method_prices.html"
    makes: ClassVar[Mapping[str, str]] = {"set": "set"}

    def opened(self) -> None:
        if not self.request.actor.may("price.administer"):
            raise Http404

    def make(self) -> Any:
        self.opened()
        return super().make()

    @cached_property
    def entities(self) -> list[LegalEntity]:
        return list(LegalEntity.objects.visible_to(self.request.actor).order_by("name", "pk"))

    def set(self) -> str:
        entity = next((each for each in self.entities if str(each.pk) == self.typed("entity")), None)
        percent = figures.exact(self.typed("percent").replace(",", "."))
        if entity is None or self.typed("method") not in METHODS:
            raise Http404
        if percent is None:
            raise Refusal("invalid_percent", _("Write a percentage such as 1.5."), status=422, field="percent")
        set_price(self.request.actor, entity, method=self.typed("method"), percent=percent,
                  credit_only=bool(self.typed("credit_only")))  # fmt: skip
        return _("It holds from now on; whoever saw a price before pays that.")

    def context(self) -> dict[str, Any]:
        lines = []
        for entity in self.entities:
            charged = percents(entity)
            lines += [Line(entity, method, MEANINGS[method][0], charged.get(method, Decimal(0)), cap(entity, method))
                      for method in METHODS]  # fmt: skip
        return {"lines": lines, "crumbs": (Crumb(_("Payments"), reverse("desk:payments")), Crumb(_("Price of paying")))}
