"""The mailed invitation: looking at it uses nothing up; a login is made, or the one that is signed in joins."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from eipp.accounts.invitation import Invitation, accept, accept_as_newcomer, find_invitation
from eipp.accounts.password import LONGEST
from eipp.accounts.person import USERNAME_LENGTH, Person
from eipp.kernel.refusal import Refusal
from eipp.web.framing import entrance, home_of
from eipp.web.middleware import ORGANISATION, ActingRequest
from eipp.web.sign_in.password import WHAT_MAY_BE_ONE
from eipp.web.sign_in.profile import show


class NewcomerForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    username = forms.CharField(
        label="User name", max_length=USERNAME_LENGTH, help_text="Your own choice: letters, digits and . _ - '",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    password = forms.CharField(
        label="Password", strip=False, max_length=LONGEST, help_text=WHAT_MAY_BE_ONE,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="Password again", strip=False, max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        written = super().clean() or {}
        if "password" in written and "again" in written and written["password"] != written["again"]:
            self.add_error("again", "Please type the same password twice.")
        return written


@method_decorator((login_not_required, never_cache, sensitive_post_parameters("password", "again")), name="dispatch")
class Join(FormView):
    """Used, expired, taken back and never made are one answer: 404 with a way on."""

    request: ActingRequest
    form_class = NewcomerForm
    template_name = "account/invitation.html"
    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = find_invitation(kwargs["token"])
        if found is None:
            return self._closed()
        self.invitation = found
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if refused := ratelimit.consume_or_429(request, action="signup"):
            return refused
        if self.request.user.is_authenticated:
            return self._join(self.request.user)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: NewcomerForm) -> HttpResponse:
        written = form.cleaned_data
        try:
            person = accept_as_newcomer(
                self.kwargs["token"], username=written["username"], name=written["name"], password=written["password"]
            )
        except Refusal as refusal:
            if refusal.code == "invitation_closed":
                return self._closed()
            show(form, refusal)
            return self.form_invalid(form)
        get_adapter().login(self.request, person)
        return self._enter()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = Person.objects.find(self.invitation.email) is not None
        return {**super().get_context_data(**kwargs), **entrance(), "invitation": self.invitation, "known": known}

    def _join(self, person: Person) -> HttpResponse:
        try:
            accept(self.kwargs["token"], person=person)
        except Refusal:
            return self._closed()
        return self._enter()

    def _enter(self) -> HttpResponse:
        organisation = self.invitation.organisation
        self.request.session[ORGANISATION] = str(organisation.pk)
        return HttpResponseRedirect(home_of(organisation.side))

    def _closed(self) -> HttpResponse:
        return render(self.request, "account/invitation_closed.html", entrance(), status=404)
