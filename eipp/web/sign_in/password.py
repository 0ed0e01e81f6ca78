"""Changing one's password: every other session ends."""

from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.account.views import PasswordChangeView
from django import forms

from eipp.accounts.password import LONGEST
from eipp.web.framing import frame_of

WHAT_MAY_BE_ONE = "At least 10 characters; not a common one, not only digits, not like your name."


def dress_new_password(form: forms.Form) -> None:
    """The two fields of a new password, in our words."""
    for name, label, help_text in (
        ("password1", "New password", WHAT_MAY_BE_ONE),
        ("password2", "New password again", ""),
    ):
        field = form.fields[name]
        field.label, field.help_text = label, help_text
        field.widget.attrs = {"autocomplete": "new-password", "maxlength": str(LONGEST)}


class PasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old = self.fields["oldpassword"]
        old.label, old.help_text = "Current password", ""
        old.widget.attrs = {"autocomplete": "current-password", "maxlength": str(LONGEST)}
        dress_new_password(self)

    def clean_oldpassword(self) -> str:
        if len(self.cleaned_data["oldpassword"]) > LONGEST:
            raise forms.ValidationError("This is not your current password.", code="enter_current_password")
        return super().clean_oldpassword()


class Password(PasswordChangeView):
    form_class = PasswordForm
    template_name = "account/password_change.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "frame": frame_of(self.request)}
