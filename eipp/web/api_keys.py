"""API keys: by which an organisation's programs act; a new one is shown once, and never again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from eipp.accounts.api_key import create_api_key, revoke_api_key, rotate_api_key
from eipp.accounts.models import ApiKey
from eipp.accounts.roles import SCOPES, scopes_on
from eipp.kernel import clock
from eipp.web.sign_in.dress import needs_proof, way_to_prove
from eipp.web.team import TeamView, tabs

OVERLAPS = {"0": timedelta(0), "1": timedelta(days=1), "7": timedelta(days=7)}


class KeysPage(TeamView):
    """Making and rotating a key asks first who one is: whoever finds an open browser gets no key."""

    template = "web/api_keys.html"
    makes: ClassVar[Mapping[str, str]] = {"make": "make_key", "rotate": "rotate", "revoke": "revoke"}
    secret: str = ""
    made: ApiKey | None = None

    def opened(self) -> None:
        self._require_administrator()

    def make(self) -> Any:
        self._require_administrator()
        if self.request.POST.get("move") != "revoke" and needs_proof(self.request):
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    def make_key(self) -> HttpResponse:
        self.made, self.secret = create_api_key(
            actor=self.request.actor, organisation=self.organisation, name=self.typed("name") or _("Program"),
            scopes=self.request.POST.getlist("scope"),
        )  # fmt: skip
        return self.shown()

    def rotate(self) -> HttpResponse:
        overlap = OVERLAPS.get(self.typed("overlap"), OVERLAPS["1"])
        self.made, self.secret = rotate_api_key(self.request.actor, self._key(), overlap=overlap)
        return self.shown()

    def revoke(self) -> str:
        revoke_api_key(self.request.actor, self._key())
        return _("The key opens nothing any more.")

    def shown(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """No cache keeps the page on which a secret stands."""
        response = super().shown(status=status, **more)
        response["Cache-Control"] = "no-store, private"
        return response

    def context(self) -> dict[str, Any]:
        now = clock.now()
        rows = list(ApiKey.objects.visible_to(self.request.actor).order_by("-created_at")[:200])
        side = self.organisation.side
        return {
            "keys": [row for row in rows if _opens(row, now)], "closed": [row for row in rows if not _opens(row, now)],
            "scopes": [(name, scope.title) for name, scope in scopes_on(side).items()],
            "titles": {name: scope.title for name, scope in SCOPES.items()},
            "chosen_scopes": self.request.POST.getlist("scope"), "secret": self.secret, "made": self.made,
            "organisation": self.organisation, "tabs": tabs(self, "keys"),
            "proof": way_to_prove(self.request) if needs_proof(self.request) else "",
        }  # fmt: skip

    def _key(self) -> ApiKey:
        try:
            key = UUID(self.typed("key"))
        except ValueError:
            raise Http404 from None
        found: ApiKey = self.found(ApiKey.objects.visible_to(self.request.actor), key)
        return found

    def _require_administrator(self) -> None:
        actor = self.request.actor
        if not actor.may("key.administer") or actor.is_limited:
            raise Http404


def _opens(key: ApiKey, now: Any) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
