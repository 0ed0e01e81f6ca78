"""The sandbox provider's hosted page: another party's, in its own dress, where the payer gives a card.

It knows nobody's session. Of a card number only the last four digits are kept; the number is neither stored nor logged.
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
from eipp.kernel.refusal import Refusal

#: Card numbers to try, and what each does.
TEST_CARDS = (
    ("4242 4242 4242 4242", "accepted"),
    ("4000 0000 0000 0002", "declined by the bank"),
    ("4000 0000 0000 9995", "not enough money"),
    ("4000 0000 0000 0069", "expired"),
)


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("card")], name="dispatch")
class Checkout(View):
    """One charge. Whoever has the signed address may pay it; pressing the button twice charges once."""

    def get(self, request: HttpRequest, charge_id: UUID, token: str) -> HttpResponse:
        return self._page(_charge(charge_id, token))

    def post(self, request: HttpRequest, charge_id: UUID, token: str) -> HttpResponse:
        charge = _charge(charge_id, token)
        if "back" in request.POST:
            return HttpResponseRedirect(sandbox.give_up(charge.pk).cancel_url)
        try:
            charge = sandbox.pay(charge.pk, card=request.POST.get("card", ""))
        except Refusal as refusal:
            return self._page(charge, error=refusal)
        return HttpResponseRedirect(charge.return_url)

    def _page(self, charge: SandboxCharge, *, error: Refusal | None = None) -> HttpResponse:
        context = {
            "charge": charge, "cards": TEST_CARDS, "error": error.sentence if error else "",
            "failure": failures.in_words(charge.failure),
        }  # fmt: skip
        return render(self.request, "demo/checkout.html", context, status=error.status if error else 200)


def _charge(charge_id: UUID, token: str) -> SandboxCharge:
    """Found by its signed address alone: a wrong token is as good as none."""
    charge = SandboxCharge.objects.filter(pk=charge_id).first()
    if charge is None or not sandbox.is_token_of(charge, token):
        raise Http404
    return charge
