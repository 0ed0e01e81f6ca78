"""Profile: everyone changes name, user name, phone, address, language and theme without help."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView

from eipp.accounts.address import LONGEST, PARTS
from eipp.accounts.person import LANGUAGES, THEMES, USERNAME_LENGTH, change_profile, change_username
from eipp.kernel.refusal import Refusal
from eipp.web.framing import frame_of
from eipp.web.middleware import ActingRequest
from eipp.web.theme import remember_theme

_COMPLETES = {
    "line1": ("Street and number", "address-line1"),
    "line2": ("Further line", "address-line2"),
    "postal_code": ("Postal code", "postal-code"),
    "city": ("Town", "address-level2"),
    "subdivision": ("State or region", "address-level1"),
    "country": ("Country", "country-name"),
}


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
    )
    language = forms.ChoiceField(choices=LANGUAGES, required=False)
    theme = forms.ChoiceField(choices=THEMES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, (label, completes) in _COMPLETES.items():
            widget = forms.TextInput(attrs={"autocomplete": completes})
            self.fields[part] = forms.CharField(label=label, max_length=LONGEST, required=False, widget=widget)
        self.order_fields(["name", "phone", *_COMPLETES, "language", "theme"])


class Profile(FormView):
    request: ActingRequest
    form_class = ProfileForm
    template_name = "account/profile.html"
    success_url = reverse_lazy("account_profile")

    def get_initial(self) -> dict[str, Any]:
        person = self.request.user
        own = {name: getattr(person, name) for name in ("name", "phone", "language", "theme")}
        return {**own, **person.address}

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        written = form.cleaned_data
        try:
            change_profile(
                self.request.user, name=written["name"], phone=written["phone"], language=written["language"],
                theme=written["theme"], postal={part: written[part] for part in PARTS},
            )  # fmt: skip
        except Refusal as refusal:
            show(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, "Your profile is saved.")
        response = super().form_valid(form)
        remember_theme(response, written["theme"] or "system")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked_for = EmailAddress.objects.get_new(self.request.user)
        return {**super().get_context_data(**kwargs), "frame": frame_of(self.request), "new_email": asked_for}


class UsernameForm(forms.Form):
    username = forms.CharField(
        label="User name", max_length=USERNAME_LENGTH, help_text="Letters, digits and . _ - ' without spaces and @.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip


class Username(FormView):
    request: ActingRequest
    form_class = UsernameForm
    template_name = "account/username_change.html"
    success_url = reverse_lazy("account_profile")

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.request.user.username}

    def form_valid(self, form: UsernameForm) -> HttpResponse:
        try:
            change_username(self.request.user, username=form.cleaned_data["username"])
        except Refusal as refusal:
            self.request.user.refresh_from_db()
            show(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, "Your user name is changed.")
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "frame": frame_of(self.request)}


def show(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal's sentences at the fields they speak of, or at the form's head."""
    for error in refusal.errors or [{"field": None, "code": refusal.code, "message": refusal.sentence}]:
        name = (error["field"] or "").removeprefix("address.")
        sentence = forms.ValidationError(error["message"], code=error["code"])
        form.add_error(name if name in form.fields else None, sentence)
