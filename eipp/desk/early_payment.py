"""Early payment: what each company of the supplier's gives by itself to customers who ask to pay early."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.refusal import Refusal
from eipp.web.offer_terms import typed_money, typed_rate
from eipp.web.team import TeamView, tabs
from workflows.offer_setting import RIGHT, OfferSetting, set_setting

MOST_ACCOUNTS = 200


class EarlyPaymentPage(TeamView):
    side, face = "supplier", "desk"
    template = "desk/early_payment.html"
    makes: ClassVar[Mapping[str, str]] = {"give": "give", "end": "end"}

    def give(self) -> str:
        entity, currency = self._entity(), self.typed("currency").upper()
        days = self.typed("least_days")
        if not days.isdecimal():
            raise Refusal("invalid_days", _("Between 1 and 180 days are gained."), status=422, field="least_days")
        largest = typed_money(self.typed("largest"), currency, "largest") if self.typed("largest") else None
        set_setting(
            self.request.actor, entity, currency, yearly=typed_rate(self.typed("rate"), "rate"), least_days=int(days),
            largest=largest, chosen=self._chosen(),
        )  # fmt: skip
        return _("Whoever asks for no more is given it at once.")

    def end(self) -> str:
        rows = OfferSetting.objects.visible_to(self.request.actor).filter(active=True)
        row: OfferSetting = self.found(rows.select_related("legal_entity"), self._id("setting"))
        set_setting(
            self.request.actor, row.legal_entity, row.currency, yearly=row.yearly, least_days=row.least_days,
            largest=row.largest, chosen=[UUID(key) for key in row.chosen], active=False,
        )  # fmt: skip
        return _("Nothing is given by itself any more; what was agreed stays.")

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        entities = list(LegalEntity.objects.visible_to(actor).order_by("-is_default", "name"))
        accounts = CustomerAccount.objects.visible_to(actor).order_by("name", "number")
        rows = OfferSetting.objects.visible_to(actor).filter(active=True).select_related("legal_entity")
        names = {str(row.pk): row.name for row in accounts.filter(pk__in=[key for row in rows for key in row.chosen])}
        return {
            "tabs": tabs(self, "early-payment"), "entities": entities, "accounts": accounts[:MOST_ACCOUNTS],
            "rows": [(row, f"{Decimal(row.yearly).normalize():f}", [names[key] for key in row.chosen if key in names])
                     for row in rows.order_by("legal_entity__name", "currency")],
            "may_set": actor.may(RIGHT) and not actor.is_limited, "chosen": set(self.request.POST.getlist("account")),
            "currency": accounts[0].currency if accounts else "EUR",
        }  # fmt: skip

    def _entity(self) -> LegalEntity:
        found: LegalEntity = self.found(LegalEntity.objects.visible_to(self.request.actor), self._id("entity"))
        return found

    def _chosen(self) -> list[UUID]:
        try:
            return [UUID(key) for key in self.request.POST.getlist("account")]
        except ValueError:
            raise Http404 from None

    def _id(self, name: str) -> UUID:
        try:
            return UUID(self.typed(name))
        except ValueError:
            raise Http404 from None
