"""Reauthentication: before something sensitive one proves once more who one is, by any means one has."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from eipp.accounts.password import LONGEST
from eipp.web.sign_in.dress import Inside, dress_code, passkeys_work
from eipp.web.sign_in.second_factor import elsewhere

_WAYS = {"account_reauthenticate": "Use your password", "mfa_reauthenticate": "Use a code",
         "mfa_reauthenticate_webauthn": "Use a passkey"}  # fmt: skip


class Confirming(Inside):
    """The other ways, with where one wanted to go."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        words = {reverse(name): word for name, word in _WAYS.items()}
        others = [
            {"url": way["url"], "word": words[way["url"].partition("?")[0]]}
            for way in context.get("reauthentication_alternatives", ())
        ]
        return {**context, "others": others}


class ConfirmByPassword(Confirming, ReauthenticateView):
    template_name = "account/reauthenticate.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["password"].label, form.fields["password"].help_text = "Your password", ""
        form.fields["password"].widget.attrs = {"autocomplete": "current-password", "maxlength": str(LONGEST)}
        return form


class ConfirmByCode(Confirming, ReauthenticateByCodeView):
    template_name = "mfa/reauthenticate.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        dress_code(form, "Code", "From your authenticator app, or one of your recovery codes.")
        return form


class ConfirmByPasskey(Confirming, ReauthenticateWebAuthnView):
    template_name = "mfa/webauthn/reauthenticate.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "This passkey was not accepted. Try again, or use another way.")
        return HttpResponseRedirect(self.request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        works, instead = passkeys_work(self.request), elsewhere(self.request)
        return {**super().get_context_data(**kwargs), "passkeys_work": works, "elsewhere": instead}
