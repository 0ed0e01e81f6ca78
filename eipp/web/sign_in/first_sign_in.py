"""First sign-in by oneself: three facts that are on record; whatever they are worth, the answer is the same."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView

from eipp.accounts import first_sign_in
from eipp.accounts.plain_text import folded
from eipp.kernel.refusal import Refusal
from eipp.web.sign_in.dress import Before
from eipp.web.sign_in.profile import show


class FactsForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", help_text="The one that your supplier has on record for your company.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label="Business phone", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
    )
    postal_code = forms.CharField(
        label="Postal code", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )


@method_decorator(login_not_required, name="dispatch")
class FirstSignIn(Before, FormView):
    """Only keeps what was typed: looking it up is a job's work, so that the time tells nothing either."""

    form_class = FactsForm
    template_name = "account/first_sign_in.html"
    success_url = reverse_lazy("account_first_sign_in_asked")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = folded(request.POST.get("email", "").strip())[:254]
        refused = ratelimit.consume_or_429(request, action="first_sign_in", key=key)
        return refused or super().post(request, *args, **kwargs)

    def form_valid(self, form: FactsForm) -> HttpResponse:
        try:
            first_sign_in.ask(**form.cleaned_data)
        except Refusal as refusal:
            show(form, refusal)
            return self.form_invalid(form)
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class FirstSignInAsked(Before, TemplateView):
    """The same words for everybody, and a human to turn to."""

    template_name = "account/first_sign_in_asked.html"
