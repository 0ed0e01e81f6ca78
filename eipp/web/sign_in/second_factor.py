"""Second factor: what one has, and an authenticator app; passkeys and recovery codes have files of their own."""

from typing import Any

from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from eipp.accounts import second_factor
from eipp.kernel.refusal import Refusal
from eipp.web.middleware import ActingRequest
from eipp.web.sign_in.dress import Before, Inside, Sensitive, dress_code, passkeys_work
from eipp.web.sign_in.factor_adapter import factors_of

APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN


class SecondFactor(Inside, IndexView):
    """What one has, what is missing, and who asks for it."""

    template_name = "mfa/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user
        factors = factors_of(person)
        codes = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
        return {
            **super().get_context_data(**kwargs), "app": next((one for one in factors if one.type == APP), None),
            "passkeys": [one for one in factors if one.type == PASSKEY], "has_factor": bool(factors),
            "codes_left": len(RecoveryCodes(codes).get_unused_codes()) if codes else None,
            "wanting": self.request.wanting, "demanded_by": second_factor.demanded_by(person),
            "passkeys_work": passkeys_work(self.request), "elsewhere": elsewhere(self.request),
        }  # fmt: skip


class SetUpApp(Sensitive, ActivateTOTPView):
    """Scan, type the code, done."""

    template_name = "mfa/totp/activate_form.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        dress_code(form, "Code that the app shows", "Six digits; they change every half minute.")
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        return kept(self.request, lambda: ActivateTOTPView.form_valid(self, form), kind="totp")


class RemoveApp(Sensitive, DeactivateTOTPView):
    """Asked once more; refused while somebody asks for a second factor and there is no other."""

    template_name = "mfa/totp/deactivate_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        return dropped(self.request, lambda: DeactivateTOTPView.form_valid(self, form), kind="totp")


class ProveSecondFactor(Before, AuthenticateView):
    """In the middle of a sign-in: the password was right, now the second proof."""

    template_name = "mfa/authenticate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        dress_code(context["form"], "Code", "From your authenticator app, or one of your recovery codes.")
        kinds = {one.type for one in factors_of(self.stage.login.user)}
        return {**context, "has_app": APP in kinds, "has_passkey": PASSKEY in kinds,
                "passkeys_work": passkeys_work(self.request), "elsewhere": elsewhere(self.request)}  # fmt: skip


def kept(request: ActingRequest, keep: Any, *, kind: str) -> HttpResponse:
    """Keep a new factor and put it on record, both or neither; this session has proven it."""
    with transaction.atomic():
        response: HttpResponse = keep()
        second_factor.added(request.user, kind=kind, request_id=request.correlation_id)
    request.session[second_factor.USED] = True
    return response


def dropped(request: ActingRequest, drop: Any, *, kind: str) -> HttpResponse:
    """Drop a factor and put it on record, unless it is the last one and an organisation asks for one."""
    try:
        with transaction.atomic():
            second_factor.refuse_last(request.user, others=len(factors_of(request.user)) - 1)
            response: HttpResponse = drop()
            second_factor.removed(request.user, kind=kind, request_id=request.correlation_id)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return HttpResponseRedirect(reverse("mfa_index"))
    return response


def elsewhere(request: HttpRequest) -> str:
    """The same page by this machine's name, where passkeys work; empty where that would be another machine."""
    host, _colon, port = request.get_host().partition(":")
    if host != "127.0.0.1" or not port:
        return ""
    return f"http://localhost:{port}{request.path}"
