"""Is this statement genuine? Whoever holds the paper types its code, or opens it, and compares a total; nobody learns a
figure, a name or a day that is not on the paper."""

import hmac
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View

from eipp.kernel.money import CURRENCIES, Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.statement_seal import Verdict, check, tidy
from eipp.web.framing import entrance


@method_decorator(login_not_required, name="dispatch")
class GenuinePage(View):
    """Without a code it asks for one. With one it says whether the statement is genuine; POST compares a total."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        if asked := request.GET.get("code", ""):
            return HttpResponseRedirect(reverse("web:genuine", args=[tidy(asked) or "-"]))
        return self._shown(code)

    def post(self, request: HttpRequest, code: str = "") -> HttpResponse:
        total, currency = request.POST.get("total", "").strip(), request.POST.get("currency", "").strip().upper()
        shown: dict[str, Any] = {"total": total, "currency": currency}
        try:
            if currency not in CURRENCIES:
                raise Refusal("unknown_currency", _("Type the currency as it stands on the paper, such as EUR."))
            typed = Money.parse(total.replace(",", "").replace("\N{MINUS SIGN}", "-"), currency)
        except Refusal as refusal:
            return self._shown(code, **shown, refusal=refusal)
        return self._shown(code, **shown, typed=typed)

    def _shown(self, code: str, *, typed: Money | None = None, **more: Any) -> HttpResponse:
        if code and (refused := ratelimit.consume_or_429(self.request, action="statement_check", limit_get=True)):
            return _quiet(refused)
        verdict = check(code) if code else None
        shown = {
            **entrance(), "code": code, "verdict": verdict, "typed": typed, "agrees": _agrees(verdict, typed), **more,
        }  # fmt: skip
        return _quiet(render(self.request, "web/genuine.html", shown, status=404 if code and not verdict else 200))


def _agrees(verdict: Verdict | None, typed: Money | None) -> bool:
    if verdict is None or typed is None:
        return False
    return hmac.compare_digest(verdict.closings.get(typed.currency, ""), typed.text)


def _quiet(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response
