"""The credit note's page on both faces: what was given back and why, what it was used for, what of it is left."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.kernel.money import total
from eipp.ledger import credit_note_paper
from eipp.ledger.models import Application, CreditNote
from eipp.web.pages import Page
from eipp.web.paper import Fact
from eipp.web.papers import paper_of
from eipp.web.pieces import Attachment, Crumb, Move
from eipp.web.situation import Situation
from eipp.web.timelines import History, history
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.dispute import Dispute


class CreditNotePage(Page):
    """Left the paper, right what is left of it and where it went. `face` names the URLs' namespace."""

    template = "web/credit_note.html"
    face: ClassVar[str]

    @cached_property
    def note(self) -> CreditNote:
        rows = CreditNote.objects.visible_to(self.request.actor)
        rows = rows.select_related("supplier", "buyer", "account", "legal_entity", "corrects")
        found: CreditNote = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.note)

    def moves(self) -> Sequence[Move]:
        """What this side can do now."""
        return ()

    def context(self) -> dict[str, Any]:
        note, told = self.note, self.history
        return {
            "note": note, "paper": paper_of(note, kind=_("Credit note"), files=[self.as_pdf(), *told.files]),
            "situation": self._situation(), "entries": told.entries, "pdf_url": self.as_pdf().url,
            "lines": self.lines, "invoice_url": f"{self.face}:invoice", "crumbs": self.crumbs(),
            "live_topics": (topic("credit_note", note.pk), topic("account", note.account_id)),
        }  # fmt: skip

    def as_pdf(self) -> Attachment:
        url = reverse(f"{self.face}:credit-note-pdf", args=[self.note.pk])
        return Attachment(credit_note_paper.name(self.note), url)

    @cached_property
    def history(self) -> History:
        return history(self.request.actor, self.note)

    @cached_property
    def lines(self) -> Sequence[tuple[Application, bool]]:
        """Each use of it, and whether that still stands."""
        rows = Application.objects.visible_to(self.request.actor).filter(credit_note=self.note, reverses=None)
        found = rows.select_related("invoice", "reversed_by").order_by("recorded_at", "pk")[:500]
        return [(row, not hasattr(row, "reversed_by")) for row in found]

    def crumbs(self) -> tuple[Crumb, ...]:
        return (Crumb(_("Invoices"), reverse(f"{self.face}:invoices")), Crumb(self.note.number))

    def facts(self) -> tuple[Fact, ...]:
        """What stands beside the paper."""
        note = self.note
        used = total((row.amount for row, stands in self.lines if stands), note.currency)
        return (
            Fact(_("Total"), note.payable), Fact(_("Used"), used),
            Fact(_("For invoice"), note.corrects.number if note.corrects else None, self._invoice_url()),
            Fact(_("Dispute"), *self._dispute()), Fact(_("Reason"), note.reason or None),
        )  # fmt: skip

    def _situation(self) -> Situation:
        note = self.note
        headline, meaning = (_("Used"), "good") if not note.open_minor else (_("Part unused"), "waiting")
        if note.open == note.payable:
            headline, meaning = _("Not used yet"), "waiting"
        return Situation(
            headline=headline, meaning=meaning, figure=note.open, figure_label=_("Left to use"),  # type: ignore[arg-type]
            facts=tuple(fact for fact in self.facts() if fact.value is not None), moves=tuple(self.moves()),
        )  # fmt: skip

    def _invoice_url(self) -> str:
        return reverse(f"{self.face}:invoice", args=[self.note.corrects_id]) if self.note.corrects_id else ""

    def _dispute(self) -> tuple[str | None, str]:
        key = self.note.dispute_id
        found = Dispute.objects.visible_to(self.request.actor).filter(pk=key).first() if key else None
        return (found.number, reverse(f"{self.face}:dispute", args=[found.pk])) if found else (None, "")
