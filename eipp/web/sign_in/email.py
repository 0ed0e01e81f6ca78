"""Changing one's e-mail address: it counts once the link mailed to it was confirmed; the old one is told."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.views import ConfirmEmailView
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView

from eipp.accounts.password import LONGEST
from eipp.accounts.person import Person, clean_email
from eipp.accounts.plain_text import folded
from eipp.kernel.refusal import Refusal
from eipp.web.framing import entrance, frame_of
from eipp.web.middleware import ActingRequest


class EmailForm(forms.Form):
    """Asks for the password again, since whoever holds the address can reset it."""

    email = forms.EmailField(label="New e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label="Your password", strip=False, max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        try:
            email = clean_email(self.cleaned_data["email"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence, code=refusal.code) from None
        if folded(email) == self.person.email_folded:
            raise forms.ValidationError("This is your address already.", code="same_email")
        return email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.person, password):
            raise forms.ValidationError("This is not your password.", code="enter_current_password")
        return password


class Email(FormView):
    """Says the same whether or not somebody else has the address already: only its mailbox learns that."""

    request: ActingRequest
    form_class = EmailForm
    template_name = "account/email_change.html"
    success_url = reverse_lazy("account_profile")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refused = ratelimit.consume_or_429(request, action="manage_email")
        return refused or super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.request.user}

    def form_valid(self, form: EmailForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        EmailAddress.objects.add_new_email(self.request, self.request.user, email)
        messages.info(self.request, f"We sent a link to {email}: open it to make this your address.")
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "frame": frame_of(self.request)}


class ConfirmEmail(ConfirmEmailView):
    """The mailed link. Opening it changes nothing, for mail scanners open links too; the button does."""

    template_name = "account/email_confirm.html"

    def logout_other_user(self, confirmation: Any) -> None:
        """Whoever is signed in stays so: the link is about an address, not about this browser."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **entrance()}
