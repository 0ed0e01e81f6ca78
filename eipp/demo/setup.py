"""The sandbox provider's hosted page on which an owner gives a card or account to be kept, and proves it theirs.

While an account is being proved, the page shows what its statement says: the example world has no other bank.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from eipp.demo.checkout import TRIES
from eipp.gateways import failures, sandbox_means
from eipp.gateways.sandbox import SandboxMeans
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("card", "account")], name="dispatch")
class Setup(View):
    """One card or account. Whoever has the signed address may give it, once."""

    def get(self, request: HttpRequest, means_id: UUID, token: str) -> HttpResponse:
        return self._page(_kept(means_id, token))

    def post(self, request: HttpRequest, means_id: UUID, token: str) -> HttpResponse:
        kept = _kept(means_id, token)
        if "back" in request.POST:
            return HttpResponseRedirect(sandbox_means.leave(kept.pk).cancel_url)
        try:
            kept = _given(kept, request)
        except Refusal as refusal:
            return self._page(kept, error=refusal)
        if kept.status == "open":  # the card's bank asks first
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(kept.return_url)

    def _page(self, kept: SandboxMeans, *, error: Refusal | None = None) -> HttpResponse:
        has_arrived = kept.amounts_at is not None and kept.amounts_at <= clock.now()
        context = {
            "kept": kept, "tries": TRIES[kept.method], "error": error.sentence if error else "",
            "failure": failures.in_words(kept.failure), "means": sandbox_means.means_of(kept).label,
            "is_challenged": kept.status == "open" and kept.challenged_at,
            "amounts": [f"0.{cents:02d}" for cents in sandbox_means.small_amounts(kept)] if has_arrived else [],
        }  # fmt: skip
        return render(self.request, "demo/setup.html", context, status=error.status if error else 200)


def _given(kept: SandboxMeans, request: HttpRequest) -> SandboxMeans:
    """The owner has given what the method asks for, or has answered the card's bank."""
    if "answer" in request.POST:
        return sandbox_means.confirm_owner(kept.pk, is_owner=request.POST["answer"] == "yes")
    if kept.method == "bank_debit":
        account = request.POST.get("account", "")
        return sandbox_means.give_account(kept.pk, account=account, signs_in="sign_in" in request.POST)
    return sandbox_means.give_card(kept.pk, card=request.POST.get("card", ""))


def _kept(means_id: UUID, token: str) -> SandboxMeans:
    """Found by its signed address alone: a wrong token is as good as none."""
    kept = SandboxMeans.objects.filter(pk=means_id).first()
    if kept is None or not sandbox_means.is_signature_of(kept, token):
        raise Http404
    return kept
