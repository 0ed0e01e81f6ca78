"""Middleware: every request has a number, and whoever is signed in acts for one organisation, verified each time."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from eipp.accounts import second_factor
from eipp.accounts.membership import Membership, active_memberships, actor_of
from eipp.accounts.organisation import Organisation
from eipp.accounts.person import Person
from eipp.kernel.actor import Actor
from eipp.web.seen import note_seen

ORGANISATION = "organisation"  # the session's key for whom the person acts
API = "/api/"  # programs show a key with every request; `eipp.api` asks for it
OWN_LOGIN = "/accounts/"  # about the login itself, open also to whoever has still to set up a second factor

Respond = Callable[[HttpRequest], HttpResponseBase]


class ActingRequest(HttpRequest):
    """What views receive: who acts (`nobody` before sign-in), for whom one may act, and the request's number.

    wanting: the organisation for which one would act, once the second factor is set up that it asks for.
    """

    user: Person
    actor: Actor
    memberships: list[Membership]
    correlation_id: str
    wanting: Organisation | None


def correlation(get_response: Respond) -> Respond:
    """Number each request: in logs, in events, on error pages and in the answer's X-Request-ID."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        number = uuid4().hex
        request.correlation_id = number  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=number)
        response = get_response(request)
        response["X-Request-ID"] = number
        return response

    return respond


class Acting:
    """Sets `request.actor`. Every page asks for a sign-in unless its view is marked `login_not_required`.

    Nothing about memberships is remembered between requests: who was removed a moment ago acts for nobody now.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponseBase:
        request.actor, request.memberships, request.wanting = Actor.nobody(), [], None
        try:
            response = self.get_response(request)
        finally:
            translation.deactivate()
            timezone.deactivate()
        if request.actor.person_id and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def process_view(
        self, request: ActingRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.path_info.startswith(API):
            return None
        if request.user.is_authenticated:
            _act(request)
            if request.wanting and getattr(view, "login_required", True) and not request.path.startswith(OWN_LOGIN):
                return HttpResponseRedirect(reverse("mfa_index"))
        elif getattr(view, "login_required", True):
            return _ask_for_sign_in(request)
        return None


def _act(request: ActingRequest) -> None:
    """One query for the memberships, one more where the membership is limited to some accounts."""
    person = request.user
    note_seen(request, person)
    request.memberships = active_memberships(person)
    wanted = request.session.get(ORGANISATION)
    chosen = [each for each in request.memberships if str(each.organisation_id) == wanted] or request.memberships
    if not chosen:
        translation.activate(person.language or "en")
        return
    organisation = chosen[0].organisation
    if second_factor.is_wanting(request.session, organisation):
        request.wanting = organisation
        translation.activate(person.language or organisation.language or "en")
        return
    request.actor = actor_of(chosen[0], person, request_id=request.correlation_id)
    structlog.contextvars.bind_contextvars(organisation=str(organisation.pk), person=str(person.pk))
    translation.activate(person.language or organisation.language or "en")
    timezone.activate(ZoneInfo(organisation.time_zone))


def _ask_for_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment's request sends the whole page there."""
    if "HX-Request" in request.headers:
        shown = urlsplit(request.headers.get("HX-Current-URL", "/"))
        to = redirect_to_login(shown.path or "/", reverse("account_login"))
        return HttpResponse(headers={"HX-Redirect": to["Location"]})
    back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(back, reverse("account_login"))
