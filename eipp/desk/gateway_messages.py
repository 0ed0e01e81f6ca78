"""Messages from the payment providers, as they came: which were heard, which were refused and why."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as words

from eipp.gateways.gateway import gateway
from eipp.gateways.gateway_account import RIGHT
from eipp.gateways.models import Callback
from eipp.web.pages import ListPage
from eipp.web.team import TeamView, tabs

#: By verdict: its word and its meaning.
VERDICTS: dict[str, tuple[Any, str]] = {
    "heard": (words("Heard"), "good"), "forged": (words("Not signed right"), "bad"),
    "unknown": (words("About nothing of ours"), "quiet"), "foreign": (words("About another's"), "bad"),
}  # fmt: skip
KINDS: dict[str, Any] = {
    "payment": words("a payment"), "setup": words("a saved method"), "refund": words("a refund"), "": words("–"),
}  # fmt: skip


class GatewayMessagesPage(TeamView, ListPage):
    """Those about one's own payments, for the administrator alone; what was sent stands behind each."""

    side, face = "supplier", "desk"
    template = "desk/gateway_messages.html"
    orders: ClassVar[Mapping[str, str]] = {"newest": "-received_at"}

    def opened(self) -> None:
        if not self.request.actor.may(RIGHT) or self.request.actor.is_limited:
            raise Http404

    def context(self) -> dict[str, Any]:
        verdict = self.asked("verdict", among=VERDICTS)
        rows = Callback.objects.visible_to(self.request.actor)
        found = self.page_of(rows.filter(verdict=verdict) if verdict else rows)
        shown = [
            (row, *VERDICTS[row.verdict], KINDS[row.kind],
             gateway(row.gateway).title if row.gateway in settings.GATEWAYS else row.gateway)
            for row in found["rows"]
        ]  # fmt: skip
        chips = [(word, name) for name, (word, _meaning) in VERDICTS.items()]
        return {"tabs": tabs(self, "gateways"), "shown": shown, "chips": chips, "next_cursor": found["next_cursor"]}
