"""Ways of paying: each payee's accounts at the payment providers, and when which way is offered; kept by the supplier's
administrator. Secrets are typed in and never shown again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.gateways.credential import Credential
from eipp.gateways.gateway import gateway
from eipp.gateways.gateway_account import RIGHT, GatewayAccount, account_for, connect
from eipp.gateways.method_rule import EVERYONE, EXCEPT, ONLY, MethodRule, in_words, remove_rule, set_rule
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.web.sign_in.dress import needs_proof, way_to_prove
from eipp.web.team import TeamView, tabs
from eipp.web.ways import MEANINGS

MOST_ACCOUNTS = 200


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider as it stands with one payee. callback_url: what is entered there as the address of its webhook."""

    name: str
    title: str
    wants: Sequence[Credential]
    account: GatewayAccount | None
    methods: Sequence[tuple[str, Any, Sequence[tuple[MethodRule, str]]]]
    callback_url: str

    @property
    def takes_debits(self) -> bool:
        return any(method == "bank_debit" for method, _name, _rules in self.methods)

    @property
    def is_connected(self) -> bool:
        return not self.wants or bool(self.account and self.account.locked_credentials)


class GatewaysPage(TeamView):
    """One payee at a time. Whoever types a secret proves first who they are."""

    side, face = "supplier", "desk"
    template = "desk/gateways.html"
    makes: ClassVar[Mapping[str, str]] = {"connect": "connect", "rule": "rule", "unrule": "unrule"}

    def opened(self) -> None:
        self._require_keeper()

    def make(self) -> Any:
        self._require_keeper()
        if self.request.POST.get("move") == "connect" and needs_proof(self.request):
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    def connect(self) -> str:
        provider = gateway(self._name)
        typed = {one.name: self.typed(one.name) for one in provider.wants}
        connect(
            self.request.actor, self.payee, gateway=self._name, wanted=provider.wants, credentials=typed,
            company_id=self.typed("company_id"),
        )  # fmt: skip
        return _("%(payee)s is connected with %(name)s.") % {"payee": self.payee.name, "name": provider.title}

    def rule(self) -> str:
        if self.typed("method") not in gateway(self._name).methods:
            raise Http404
        currency = self.typed("currency").upper()
        set_rule(
            self.request.actor, account_for(self.request.actor, self.payee, self._name), self.typed("method"),
            currency=currency, is_offered=self.typed("to") != "nobody", least=self._money("least", currency),
            most=self._money("most", currency), age_days=self._days(), accounts=self._accounts(),
            to=EVERYONE if self.typed("to") == "nobody" else self.typed("to"),
        )  # fmt: skip
        return _("It holds from now on.")

    def unrule(self) -> str:
        account = account_for(self.request.actor, self.payee, self._name)
        try:
            remove_rule(self.request.actor, account, UUID(self.typed("rule")))
        except ValueError:
            raise Http404 from None
        return _("The rule is gone.")

    def back(self) -> str:
        return f"{self.request.path}?payee={self.payee.pk}"

    def shown(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """What was typed as a secret does not come back on the page, and no cache keeps it."""
        response = super().shown(status=status, **more)
        response["Cache-Control"] = "no-store, private"
        return response

    def context(self) -> dict[str, Any]:
        return {
            "tabs": tabs(self, "gateways"), "payees": self.payees, "payee": self.payee,
            "providers": [self._provider(name) for name in settings.GATEWAYS],
            "proof": way_to_prove(self.request) if needs_proof(self.request) else "", "chosen": self.typed("gateway"),
        }  # fmt: skip

    @cached_property
    def payees(self) -> list[LegalEntity]:
        return list(LegalEntity.objects.visible_to(self.request.actor).order_by("-is_default", "name"))

    @cached_property
    def payee(self) -> LegalEntity:
        asked = self.request.POST.get("payee") or self.request.GET.get("payee", "")
        found = next((one for one in self.payees if str(one.pk) == asked or not asked), None)
        if found is None:
            raise Http404
        return found

    @property
    def _name(self) -> str:
        name = self.typed("gateway")
        if name not in settings.GATEWAYS:
            raise Http404
        return name

    def _require_keeper(self) -> None:
        if not self.request.actor.may(RIGHT) or self.request.actor.is_limited:
            raise Http404

    @cached_property
    def _known(self) -> dict[str, GatewayAccount]:
        rows = GatewayAccount.objects.visible_to(self.request.actor).filter(legal_entity=self.payee)
        return {row.gateway: row for row in rows.prefetch_related("rules__accounts")}

    def _provider(self, name: str) -> Provider:
        found, account = gateway(name), self._known.get(name)
        rules = list(account.rules.all()) if account else []
        methods = [(method, MEANINGS[method][0], [(rule, in_words(rule)) for rule in rules if rule.method == method])
                   for method in found.methods]  # fmt: skip
        callback = reverse("api:account-callback", args=[name, account.pk]) if account and found.wants else ""
        return Provider(
            name, found.title, found.wants, account, methods, settings.BASE_URL + callback if callback else ""
        )

    def _money(self, field: str, currency: str) -> Money | None:
        text = self.typed(field).replace(",", ".")
        if not text:
            return None
        if not currency:
            raise Refusal("amount_needs_currency", _("Type the currency that the amounts are in."), status=422,
                          field="currency")  # fmt: skip
        return Money.parse(text, currency)

    def _days(self) -> int:
        text = self.typed("age_days") or "0"
        if not text.isdecimal() or len(text) > 4:
            raise Refusal("invalid_days", _("Type a number of days, or nothing."), status=422, field="age_days")
        return int(text)

    def _accounts(self) -> list[CustomerAccount]:
        """Those whose numbers were typed, with commas or on lines of their own; one that is not there is named."""
        if self.typed("to") not in (ONLY, EXCEPT):
            return []
        typed = self.typed("accounts").replace("\n", ",").split(",")
        numbers = list(dict.fromkeys(part.strip() for part in typed if part.strip()))[:MOST_ACCOUNTS]
        rows = CustomerAccount.objects.visible_to(self.request.actor).filter(number__in=numbers)
        found = {row.number: row for row in rows.filter(supplier=self.organisation)}
        if missing := [number for number in numbers if number not in found]:
            sentence = _("There is no customer with the number %(number)s.") % {"number": missing[0]}
            raise Refusal("unknown_account", sentence, status=422, field="accounts")
        return [found[number] for number in numbers]
