"""The sandbox provider's hosted page: another party's, in its own dress; the payer gives a card or account there.

It knows nobody's session. Of a number only the last four digits are kept; it is neither stored nor logged.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from eipp.gateways import failures, sandbox
from eipp.gateways.sandbox import SandboxCharge
from eipp.gateways.sandbox_accounts import TEST_ACCOUNTS
from eipp.gateways.sandbox_cards import TEST_CARDS
from eipp.kernel.refusal import Refusal

#: Numbers to try, and what each does, by method.
TRIES = {
    "card": tuple((card.number, card.outcome) for card in TEST_CARDS),
    "bank_debit": tuple((account.number, account.outcome) for account in TEST_ACCOUNTS),
}


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("card", "account")], name="dispatch")
class Checkout(View):
    """One charge. Whoever has the signed address may pay it; pressing the button twice charges once."""

    def get(self, request: HttpRequest, charge_id: UUID, token: str) -> HttpResponse:
        return self._page(_charge(charge_id, token))

    def post(self, request: HttpRequest, charge_id: UUID, token: str) -> HttpResponse:
        charge = _charge(charge_id, token)
        if "back" in request.POST:
            return HttpResponseRedirect(sandbox.give_up(charge.pk).cancel_url)
        try:
            charge = _paid(charge, request)
        except Refusal as refusal:
            return self._page(charge, error=refusal)
        if charge.status == "open":  # the card's bank asks first
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(charge.return_url)

    def _page(self, charge: SandboxCharge, *, error: Refusal | None = None) -> HttpResponse:
        context = {
            "charge": charge, "tries": TRIES[charge.method], "error": error.sentence if error else "",
            "failure": failures.in_words(charge.failure), "means": sandbox.means_of(charge),
            "is_challenged": charge.status == "open" and charge.challenged_at,
        }  # fmt: skip
        return render(self.request, "demo/checkout.html", context, status=error.status if error else 200)


def _paid(charge: SandboxCharge, request: HttpRequest) -> SandboxCharge:
    """The payer has given what the method asks for, or has answered the card's bank."""
    if "answer" in request.POST:
        return sandbox.answer_challenge(charge.pk, is_owner=request.POST["answer"] == "yes")
    if charge.method == "bank_debit":
        return sandbox.debit(charge.pk, account=request.POST.get("account", ""))
    return sandbox.pay(charge.pk, card=request.POST.get("card", ""))


def _charge(charge_id: UUID, token: str) -> SandboxCharge:
    """Found by its signed address alone: a wrong token is as good as none."""
    charge = SandboxCharge.objects.filter(pk=charge_id).first()
    if charge is None or not sandbox.is_token_of(charge, token):
        raise Http404
    return charge
