"""Recovery: whoever forgot user name or password gets both by mail, at the address on record and nowhere else."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.account.views import (
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from django import forms
from django.http import HttpRequest

from eipp.accounts.person import Person
from eipp.web.framing import entrance
from eipp.web.sign_in.adapter import address_of
from eipp.web.sign_in.password import dress_new_password


class RecoveryForm(ResetPasswordForm):
    """One mail goes out whether the address is known or not; it says which of the two."""

    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def clean_email(self) -> str:
        return self.cleaned_data["email"]

    def save(self, request: HttpRequest, **_: Any) -> str:
        typed = self.cleaned_data["email"]
        person = Person.objects.find(typed)
        if person is None or not person.is_active:
            get_adapter().send_mail("account/email/unknown_account", typed, {})
        else:
            _mail(person)
        return typed


class Recovery(PasswordResetView):
    form_class = RecoveryForm
    template_name = "account/password_reset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **entrance()}


class RecoverySent(PasswordResetDoneView):
    template_name = "account/password_reset_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **entrance()}


class NewPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_new_password(self)


class NewPassword(PasswordResetFromKeyView):
    """The mailed link. Opening it uses nothing up; choosing a password does, and so does any other change of it."""

    form_class = NewPasswordForm
    template_name = "account/password_reset_from_key.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **entrance(), "person": self.reset_user}


class NewPasswordKept(PasswordResetFromKeyDoneView):
    template_name = "account/password_reset_from_key_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **entrance()}


def _mail(person: Person) -> None:
    """To the address as it stands on record: what was typed may only look the same and belong to somebody else."""
    key = default_token_generator.make_token(person)
    link = address_of("account_reset_password_from_key", user_pk_to_url_str(person), key)
    get_adapter().send_mail("account/email/password_reset_key", person.email, {"person": person, "link": link})
