"""Dress: what django-allauth's pages need to stand in our frames, and the labels of its forms."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django import forms
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import urlencode

from eipp.web.framing import entrance, frame_of
from eipp.web.middleware import ActingRequest


class Inside:
    """A page of somebody who is signed in."""

    request: ActingRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**given, "frame": frame_of(self.request)}


class Sensitive(Inside):
    """A page before which one proves once more who one is, unless one has just done so; a form is begun anew then."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if needs_proof(request):
            return HttpResponseRedirect(way_to_prove(request))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class Before:
    """A page before the sign-in."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**given, **entrance()}


def needs_proof(request: HttpRequest) -> bool:
    """Whether the person's last proof in this session is too old for something sensitive."""
    return is_reauthentication_required(request, app="allauth.mfa")


def way_to_prove(request: HttpRequest) -> str:
    """Where one proves who one is, and comes back from to this page."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    return f"{ways[0]['url']}?{urlencode({'next': request.get_full_path()})}"


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
