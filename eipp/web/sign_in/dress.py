"""Dress: what django-allauth's pages need to stand in our frames, and the labels of its forms."""

from typing import Any

from django import forms
from django.http import HttpRequest

from eipp.web.framing import entrance, frame_of
from eipp.web.middleware import ActingRequest


class Inside:
    """A page of somebody who is signed in."""

    request: ActingRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**given, "frame": frame_of(self.request)}


class Before:
    """A page before the sign-in."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**given, **entrance()}


def dress_code(form: forms.Form | None, label: str, help_text: str = "") -> None:
    """The one field into which a code is typed, in our words."""
    if form is None:
        return
    code = form.fields["code"]
    code.label, code.help_text = label, help_text
    code.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20"}


def passkeys_work(request: HttpRequest) -> bool:
    """Whether a browser lets this address have passkeys: https, or this very machine by its name."""
    host = request.get_host().partition(":")[0]
    return host == "localhost" or (request.is_secure() and not host.replace(".", "").isdigit())
