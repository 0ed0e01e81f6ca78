"""Signing in and out, and switching to another organisation that one works for."""

from typing import Any
from uuid import UUID

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from eipp.accounts.password import LONGEST
from eipp.accounts.person import act_next_time_for
from eipp.web.framing import entrance, home_of
from eipp.web.middleware import ORGANISATION, ActingRequest
from eipp.web.sign_in.dress import passkeys_work


class SignInForm(LoginForm):
    """User name or e-mail address, in any case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="User name or e-mail address", max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )  # fmt: skip
        self.fields["password"] = forms.CharField(
            label="Password", strip=False, max_length=LONGEST,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )  # fmt: skip
        self.fields["remember"].label = "Keep me signed in on this device for 14 days"
        self.order_fields(["login", "password", "remember"])


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        works = passkeys_work(self.request)
        return {**super().get_context_data(**kwargs), **entrance(), "passkeys_work": works}


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    template_name = "account/logout.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **entrance()}


@require_POST
def act_for(request: ActingRequest, organisation_id: UUID) -> HttpResponse:
    """Act for another organisation from now on; one the person does not work for does not exist for them."""
    for membership in request.memberships:
        if membership.organisation_id == organisation_id:
            request.session[ORGANISATION] = str(organisation_id)
            act_next_time_for(request.user, organisation_id)
            return HttpResponseRedirect(home_of(membership.organisation.side))
    raise Http404
