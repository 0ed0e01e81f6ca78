"""Preferences: what a person wants by mail, by kind; and the link in our mails that stops them (RFC 8058)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from eipp.web.framing import entrance
from eipp.web.pages import Page
from messaging import preference
from messaging.preference import KINDS, OF_SIDE, WAYS, way_for


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of notice, and the way that holds now."""

    kind: str
    title: str
    way: str


class PreferencesPage(Page):
    """Both faces have it; it is the person's own, whoever they act for."""

    template = "web/preferences.html"
    makes: ClassVar[Mapping[str, str]] = {"keep": "keep"}
    usual = "keep"

    def keep(self) -> str:
        kinds = OF_SIDE[self.request.actor.side]
        ways = {kind: way for kind in kinds if (way := self.typed(kind))}
        preference.choose(self.request.user, ways=ways, time_zone=self.typed("time_zone"))
        return _("Your choice is kept.")

    def context(self) -> dict[str, Any]:
        kept = preference.preference_of(self.request.user)
        kinds = OF_SIDE[self.request.actor.side]
        return {
            "choices": [Choice(kind, KINDS[kind][0], way_for(kept.ways, kind)) for kind in kinds], "ways": WAYS,
            "zone": kept.time_zone, "zones": sorted(available_timezones()), "email": self.request.user.email,
        }  # fmt: skip


@method_decorator((login_not_required, csrf_exempt), name="dispatch")
class Unsubscribe(View):
    """Looking changes nothing; one press, or the mail program's own, does. A link that we did not make is 404."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._shown(request, token, done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        person = preference.whose_token(token)
        if person is not None:
            preference.unsubscribe(person)
        return self._shown(request, token, done=True)

    def _shown(self, request: HttpRequest, token: str, *, done: bool) -> HttpResponse:
        if preference.whose_token(token) is None:
            raise Http404
        response = render(request, "web/unsubscribe.html", {**entrance(), "done": done})
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "private, no-store"
        return response
