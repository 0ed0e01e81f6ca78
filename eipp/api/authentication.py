"""Authentication: an API key, or the session of a person on our own pages; both become an Actor, `request.auth`."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework import authentication, exceptions

from eipp.accounts import second_factor
from eipp.accounts.api_key import actor_for_key
from eipp.accounts.membership import active_memberships, actor_of
from eipp.api import problems
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.web.middleware import ORGANISATION

REALM = 'Bearer realm="EIPP"'
_SCHEMES = ("bearer", "api-key")


class KeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <key>`, or `Api-Key <key>`; a wrong key is refused, even with a session beside it."""

    def authenticate(self, request: Any) -> tuple[Any, Actor] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() not in _SCHEMES:
            raise exceptions.AuthenticationFailed("Send `Authorization: Bearer <API key>`.", "unknown_scheme")
        actor = actor_for_key(token.strip(), now=clock.now(), via="api", request_id=problems.request_id(request))
        if actor is None:
            raise exceptions.AuthenticationFailed("This API key opens nothing: it is wrong, or withdrawn.", "wrong_key")
        return AnonymousUser(), actor

    def authenticate_header(self, request: Any) -> str:
        return REALM


class SessionAuthentication(authentication.SessionAuthentication):
    """The person who is signed in on our pages; what changes something needs the CSRF token."""

    def authenticate(self, request: Any) -> tuple[Any, Actor] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        person = found[0]
        return person, _acting(request._request, person)


def _acting(request: Any, person: Any) -> Actor:
    """For which organisation the person acts was chosen on our pages; without a choice, the one joined first."""
    chosen = request.session.get(ORGANISATION)
    memberships = active_memberships(person)
    wanted = [each for each in memberships if str(each.organisation_id) == chosen] or memberships
    if not wanted or second_factor.is_wanting(request.session, wanted[0].organisation):
        return Actor.nobody()
    return actor_of(wanted[0], person, via="api", request_id=problems.request_id(request))
