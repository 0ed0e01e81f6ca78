"""Authority: up to which amount each role decides alone and as the second person, and who issues credit notes; seen by
all, kept by the supplier's administrator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.legal_entity import choose_issuer
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.web.team import TeamView, tabs
from messaging.topics import topic
from workflows.authority_limit import HOLDERS, KINDS, PROGRAM, Limits, all_limits, set_limits

HOLDER_WORDS: dict[str, Any] = {
    "ar_clerk": words("AR clerk"), "ar_manager": words("AR manager"), "program": words("Programs"),
}  # fmt: skip
KIND_WORDS: dict[str, Any] = {
    "credit": words("Credit"), "write_off": words("Write-off"), "waiver": words("Waiver of a finance charge"),
    "refund": words("Refund"), "plan": words("Payment plan"),
    "discount": words("Early-payment discount"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """One role's limits for one kind; the fields' names and what stands in them, empty for no limit."""

    name: str
    title: Any
    limits: Limits
    alone: str
    second: str

    @property
    def is_program(self) -> bool:
        return self.name == PROGRAM


class AuthorityPage(TeamView):
    """One currency at a time."""

    side, face = "supplier", "desk"
    template = "desk/authority.html"
    makes: ClassVar[Mapping[str, str]] = {"set": "set", "issuer": "issuer"}

    def set(self) -> str:
        kind = self.typed("kind")
        if kind not in KINDS:
            raise Http404
        wanted = {(holder, kind): self._written(holder) for holder in HOLDERS}
        set_limits(self.request.actor, self.currency, wanted)
        return _("The limits for %(kind)s hold now.") % {"kind": KIND_WORDS[kind]}

    def issuer(self) -> str:
        try:
            key = UUID(self.typed("entity"))
        except ValueError:
            raise Http404 from None
        entity = self.found(LegalEntity.objects.visible_to(self.request.actor), key)
        choose_issuer(self.request.actor, entity, credit_notes_by=self.typed("credit_notes_by"))
        return _("It holds from the next credit on.")

    @cached_property
    def currencies(self) -> list[str]:
        rows = CustomerAccount.objects.visible_to(self.request.actor).values_list("currency", flat=True)
        return sorted(set(rows.order_by("currency").distinct()))

    @cached_property
    def currency(self) -> str:
        asked = self.request.GET.get("currency", "")
        return asked if asked in self.currencies else (self.currencies or ["EUR"])[0]

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        return {
            "kinds": [(kind, word, self._holders(kind)) for kind, word in KIND_WORDS.items()],
            "currencies": self.currencies, "currency": self.currency, "tabs": tabs(self, "authority"),
            "entities": LegalEntity.objects.visible_to(actor).order_by("name"),
            "may_administer": actor.may("authority.administer") and not actor.is_limited,
            "tried_kind": self.typed("kind"), "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _holders(self, kind: str) -> Sequence[Holder]:
        return [
            Holder(name, HOLDER_WORDS[name], limits := self._limits[name, kind], _text(limits.alone),
                   _text(limits.second))
            for name in HOLDERS
        ]  # fmt: skip

    @cached_property
    def _limits(self) -> Mapping[tuple[str, str], Limits]:
        return all_limits(self.request.actor, self.currency)

    def _written(self, holder: str) -> Limits:
        alone = self._amount(f"{holder}-alone")
        return Limits(alone, alone if holder == PROGRAM else self._amount(f"{holder}-second"))

    def _amount(self, field: str) -> Money | None:
        typed = self.typed(field).replace(",", ".")
        try:
            return Money.parse(typed, self.currency) if typed else None
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.sentence, status=422, field=field) from None


def _text(limit: Money | None) -> str:
    return "" if limit is None else limit.text
