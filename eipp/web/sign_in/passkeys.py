"""Passkeys: made, renamed, removed, and signed in with."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.generic import FormView

from eipp.accounts import second_factor
from eipp.accounts.plain_text import plain
from eipp.kernel.refusal import Refusal
from eipp.web.middleware import ActingRequest
from eipp.web.sign_in.dress import Before, Sensitive, passkeys_work
from eipp.web.sign_in.profile import show
from eipp.web.sign_in.second_factor import dropped, elsewhere, kept

LONGEST = 60


class AddPasskey(Sensitive, AddWebAuthnView):
    """The browser asks for finger, face or PIN; what it answers is kept."""

    template_name = "mfa/webauthn/add_form.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["name"].label = "Name of this passkey"
        form.fields["name"].help_text = "So that you know it again: “Office laptop”, “Phone”."
        form.fields["name"].max_length = LONGEST
        form.fields["passwordless"].label = "Sign in with it alone, without user name and password"
        form.fields["passwordless"].help_text = "Leave it off for a security key that has no PIN."
        form.fields["passwordless"].initial = True
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        works, instead = passkeys_work(self.request), elsewhere(self.request)
        return {**super().get_context_data(**kwargs), "passkeys_work": works, "elsewhere": instead}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            form.cleaned_data["name"] = plain(form.cleaned_data["name"], field="name", longest=LONGEST)
        except Refusal as refusal:
            show(form, refusal)
            return self.form_invalid(form)
        return kept(self.request, lambda: AddWebAuthnView.form_valid(self, form), kind="webauthn")


class PasskeyForm(forms.Form):
    name = forms.CharField(label="Name", max_length=LONGEST)


class ChangePasskey(Sensitive, FormView):
    """One of one's own, named by `key` in the address: another name, or gone."""

    request: ActingRequest
    form_class = PasskeyForm
    template_name = "mfa/webauthn/edit_form.html"
    passkey: Authenticator

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        key = request.GET.get("key", "")
        own = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)
        found = own.filter(pk=key).first() if key.isdecimal() and len(key) < 18 else None
        if found is not None:
            self.passkey = found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._refuse_unknown()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._refuse_unknown()
        if request.POST.get("move") == "remove":
            return dropped(self.request, self._remove, kind="webauthn")
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.passkey.wrap().name}

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        try:
            name = plain(form.cleaned_data["name"], field="name", longest=LONGEST)
        except Refusal as refusal:
            show(form, refusal)
            return self.form_invalid(form)
        with transaction.atomic():
            flows.rename_authenticator(self.request, self.passkey, name)
            second_factor.renamed(self.request.user, request_id=self.request.correlation_id)
        return HttpResponseRedirect(reverse("mfa_index"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "passkey": self.passkey}

    def _remove(self) -> HttpResponse:
        flows.remove_authenticator(self.request, self.passkey)
        return HttpResponseRedirect(reverse("mfa_index"))

    def _refuse_unknown(self) -> None:
        if not hasattr(self, "passkey"):
            raise Http404


class SignInByPasskey(Before, LoginWebAuthnView):
    """A script asks for the question that the passkey is to answer, and posts the answer."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "application/json" not in request.headers.get("Accept", ""):
            return HttpResponseRedirect(reverse("account_login"))
        return JsonResponse({"request_options": auth.begin_authentication(user=None)})

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "This passkey does not open a login here. Use your password instead.")
        return HttpResponseRedirect(reverse("account_login"))
