"""Bank details on both faces: the accounts in force, the changes under way with what one can do, and asking for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.models import LegalEntity, Organisation
from eipp.accounts.person import names_of
from eipp.kernel.refusal import Refusal
from eipp.web.pages import Page
from eipp.web.pieces import Meaning, Tab
from eipp.web.sign_in.dress import needs_proof, way_to_prove
from messaging.topics import topic
from workflows.bank_details import RIGHT, BankDetails, masked, propose

STATES: dict[str, tuple[Any, Meaning]] = {
    "proposed": (words("Waits for a second person"), "waiting"),
    "confirmed": (words("Confirmed, the wait runs"), "waiting"),
    "in_force": (words("In force"), "good"),
    "refused": (words("Refused"), "bad"),
    "cancelled": (words("Taken back"), "quiet"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A change with its state in words, who asked, who confirmed, and what the reader can do."""

    row: BankDetails
    word: Any
    meaning: Meaning
    asked_by: str
    confirmed_by: str
    moves: Sequence[Any]
    confirm_refused: str


class BankDetailsPage(Page):
    """Whoever asks proves first who they are; the second person is another one."""

    template = "web/bank_details.html"
    face: ClassVar[str]
    makes: ClassVar[Mapping[str, str]] = {
        "propose": "ask", "confirm": "confirm", "refuse": "refuse", "cancel": "cancel",
    }  # fmt: skip

    def make(self) -> str | HttpResponse:
        self.opened()
        if needs_proof(self.request):
            return HttpResponseRedirect(way_to_prove(self.request))
        return super().make()

    def opened(self) -> None:
        if not self.request.actor.may(RIGHT) or self.request.actor.is_limited:
            raise Http404

    @cached_property
    def entities(self) -> list[LegalEntity]:
        if self.request.actor.side == "buyer":
            return []
        return list(LegalEntity.objects.visible_to(self.request.actor).order_by("name", "pk"))

    @property
    def row(self) -> BankDetails:
        try:
            pk = UUID(self.typed("change"))
        except ValueError:
            raise Http404 from None
        rows = BankDetails.objects.visible_to(self.request.actor).select_related("legal_entity", "supplier", "buyer")
        found: BankDetails = self.found(rows, pk)
        return found

    def ask(self) -> str:
        entity = next((each for each in self.entities if str(each.pk) == self.typed("entity")), None)
        if self.entities and entity is None:
            raise Refusal("no_entity", _("Choose whose account it is."), status=422, field="entity")
        propose(
            self.request.actor, entity, holder=self.typed("holder"), account=self.typed("account"),
            bic=self.typed("bic"), currency=self.typed("currency").upper(), replaces=self.typed("replaces"),
        )  # fmt: skip
        return _("A colleague has to confirm it now; the contact on record hears of it by mail.")

    def confirm(self) -> str:
        row = self.row
        row.confirm(self.request.actor)
        return _("Confirmed: it counts from %(day)s on.") % {"day": f"{row.effective_at:%-d %B %Y}"}

    def refuse(self) -> str:
        if not self.typed("reason"):
            raise Refusal("no_reason", _("Say why, so that everybody knows."), status=422, field="reason")
        self.row.refuse(self.request.actor, reason=self.typed("reason"))
        return _("Refused: nothing is paid there.")

    def cancel(self) -> str:
        self.row.cancel(self.request.actor)
        return _("Taken back.")

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = BankDetails.objects.visible_to(actor).select_related("legal_entity", "supplier", "buyer")
        found = list(rows.order_by("-proposed_at")[:50])
        names = names_of([pk for row in found for pk in (row.proposed_by, row.confirmed_by)])
        current = [(entity.name, [(masked(each.get("iban", "")), each.get("currency", ""), each.get("holder", ""))
                                  for each in entity.bank_accounts]) for entity in self.entities]  # fmt: skip
        if actor.side == "buyer":
            assert actor.organisation_id  # a buyer's person works for one
            own = rows.filter(state="in_force", ended_at=None)
            current = [(Organisation.objects.visible_to(actor).get(pk=actor.organisation_id).name,
                        [(str(row), row.currency, row.holder) for row in own])]  # fmt: skip
        return {
            "lines": [self._line(row, names) for row in found], "current": current, "entities": self.entities,
            "replaceable": [each.get("iban", "") for entity in self.entities for each in entity.bank_accounts],
            "days": settings.BANK_DETAILS_DAYS, "tabs": self.tabs(), "buyer_side": actor.side == "buyer",
            "proof": way_to_prove(self.request) if needs_proof(self.request) else "",
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def tabs(self) -> Sequence[Tab]:
        """Where the page stands."""
        return ()

    def _line(self, row: BankDetails, names: Mapping[Any, str]) -> Line:
        word, meaning = STATES[row.state]
        actor = self.request.actor
        refusal = row.refusal(actor, "confirm") if row.state == "proposed" else None
        return Line(
            row, word, meaning, names.get(row.proposed_by, ""), names.get(row.confirmed_by, ""), row.moves(actor),
            refusal.sentence if refusal else "",
        )  # fmt: skip
