"""The invoice page: one page for an invoice's whole life, seen from either side. The faces add what can be done."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from eipp.accounts.payee import verified_payee
from eipp.ledger import invoice_paper
from eipp.ledger.models import Invoice, InvoiceLine
from eipp.web.pages import Page
from eipp.web.paper import LineNote, Stretch
from eipp.web.papers import paper_of
from eipp.web.pieces import Attachment, Crumb, Move
from eipp.web.sent_files import sent_files
from eipp.web.situations import situation_of, with_related
from eipp.web.tags.values import number_text
from eipp.web.timelines import History, history
from messaging.notification import mark_seen
from messaging.thread import post_message, thread_of
from messaging.topics import topic
from workflows.disputable import LIVE, DisputeLine
from workflows.dispute import Dispute

STRETCH = 200  # lines that are shown at once


class InvoicePage(Page):
    """Left the paper, right how it stands, below what happened and was said. `face` names the URLs' namespace."""

    template = "web/invoice.html"
    face: ClassVar[str]
    makes: ClassVar[dict[str, str]] = {"say": "say"}
    usual = "say"

    @cached_property
    def invoice(self) -> Invoice:
        rows = Invoice.objects.visible_to(self.request.actor).select_related("supplier", "buyer", "account")
        found: Invoice = self.found(with_related(rows, self.request.actor), self.kwargs["pk"])
        return found

    @cached_property
    def lines(self) -> list[InvoiceLine]:
        """The lines that are shown: a browser would choke on thousands of them."""
        return list(self.invoice.lines.all()[self.first - 1 : self.first - 1 + STRETCH])

    @property
    def first(self) -> int:
        """The place of the first line that is shown, from 1."""
        asked = self.request.GET.get("line", "")
        return int(asked) if asked.isdecimal() and 0 < len(asked) < 6 and int(asked) else 1

    def opened(self) -> None:
        mark_seen(self.request.actor, self.invoice)

    def say(self) -> str:
        """Send a message, or keep an internal note, with its files."""
        actor = self.request.actor
        post_message(
            actor, thread_of(self.invoice), self.typed("body"), files=sent_files(self.request),
            internal=bool(self.request.POST.get("internal")), client_id=self.typed("client_id")[:64],
        )  # fmt: skip
        return ""

    def moves(self) -> Sequence[Move]:
        """What this side can do now, the likely one first."""
        return ()

    def line_moves(self, line: InvoiceLine) -> Sequence[Move]:
        """What can be done about one line."""
        return ()

    def context(self) -> dict[str, Any]:
        invoice, actor = self.invoice, self.request.actor
        other = invoice.supplier if actor.side == "buyer" else invoice.buyer or invoice.account
        lines, told = self.lines, self.history
        return {
            "invoice": invoice,
            "paper": paper_of(
                invoice, files=[self.as_pdf(), *told.files], notes=self._notes(lines),
                moves={line.pk: self.line_moves(line) for line in lines}, lines=lines, stretch=self._stretch(),
            ),
            "situation": situation_of(invoice, actor, on=self.today, moves=self.moves(), disputes=self.disputes),
            "entries": told.entries, "crumbs": self.crumbs(), "other": other.name,
            "may_write": actor.may("thread.write"), "may_note": actor.may("thread.internal"),
            "live_topics": (topic("invoice", invoice.pk), topic("account", invoice.account_id)),
            "pay_to": self.pay_to(), "warnings": invoice.warnings, "pdf_url": self.as_pdf().url,
        }  # fmt: skip

    def as_pdf(self) -> Attachment:
        """The invoice as it prints; what came is among the other files."""
        return Attachment(invoice_paper.name(self.invoice), reverse(f"{self.face}:invoice-pdf", args=[self.invoice.pk]))

    @cached_property
    def history(self) -> History:
        return history(self.request.actor, self.invoice)

    @cached_property
    def disputes(self) -> list[Dispute]:
        """The disputes about the invoice, the newest first."""
        rows = Dispute.objects.visible_to(self.request.actor).filter(invoice=self.invoice)
        return list(rows.order_by("-opened_at"))

    def pay_to(self) -> dict[str, Any] | None:
        """Who is to be paid in the supplier's place, and where; no account where none is verified."""
        invoice = self.invoice
        if not invoice.payee_name or not invoice.open_minor:
            return None
        payee = verified_payee(invoice.supplier_id, invoice.payee_name)
        return {"name": invoice.payee_name, "account": payee, "reference": invoice.payment_reference or invoice.number}

    def crumbs(self) -> tuple[Crumb, ...]:
        return (Crumb(_("Invoices"), reverse(f"{self.face}:invoices")), Crumb(self.invoice.number))

    def _stretch(self) -> Stretch | None:
        """Where the other lines are, if there are any."""
        if self.first == 1 and len(self.lines) < STRETCH:
            return None
        all_of_them, last = self.invoice.lines.count(), self.first + len(self.lines) - 1
        if self.first == 1 and last == all_of_them:
            return None
        shown = {"first": self.first, "last": last, "all": f"{all_of_them:,}"}
        return Stretch(
            _("Lines %(first)s to %(last)s of %(all)s") % shown,
            previous_url=f"?line={max(1, self.first - STRETCH)}" if self.first > 1 else "",
            next_url=f"?line={last + 1}" if last < all_of_them else "",
        )

    def _notes(self, lines: Sequence[InvoiceLine]) -> dict[Any, list[LineNote]]:
        """What of each line is in question or was credited."""
        rows = DisputeLine.objects.visible_to(self.request.actor).filter(line__in=lines).select_related("dispute")
        notes: dict[Any, list[LineNote]] = {}
        whole = {line.pk: line.quantity for line in lines}
        for row in rows:
            url = reverse(f"{self.face}:dispute", args=[row.dispute_id])
            if row.dispute.state in LIVE:
                words = _("%(part)s of %(all)s disputed") % _quantities(row.quantity, whole[row.line_id])
                notes.setdefault(row.line_id, []).append(LineNote(words, "waiting", url))
            elif row.accepted_quantity:
                words = _("%(part)s of %(all)s credited") % _quantities(row.accepted_quantity, whole[row.line_id])
                notes.setdefault(row.line_id, []).append(LineNote(words, "quiet", url))
        return notes


def _quantities(part: Any, whole: Any) -> dict[str, str]:
    return {"part": number_text(part), "all": number_text(whole)}
