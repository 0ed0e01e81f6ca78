"""One charge-back: what the bank says, until when it listens, and the evidence that the supplier sets against it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents.file import StoredFile, files_of
from documents.written import day_text
from eipp.web.pages import Page
from eipp.web.paper import Fact
from eipp.web.pieces import Crumb, Meaning
from eipp.web.sent_files import sent_files
from eipp.web.tags.values import money_text
from eipp.web.timelines import attachments, timeline
from messaging.notification import mark_seen
from messaging.thread import messages_about
from messaging.topics import topic
from workflows import chargeback_talk
from workflows.chargeback import Chargeback
from workflows.payment import PaymentShare

CHARGEBACK_WORDS: dict[str, tuple[Any, Meaning]] = {
    "opened": (words("To be answered"), "bad"), "sending": (words("Evidence being sent"), "waiting"),
    "contested": (words("Being weighed"), "waiting"), "won": (words("Won"), "good"), "lost": (words("Lost"), "quiet"),
}  # fmt: skip


class ChargebackPage(Page):
    """Answer with evidence, or take the loss."""

    side = "supplier"
    template = "desk/chargeback.html"
    makes: ClassVar[Mapping[str, str]] = {"answer": "answer", "lose": "lose"}

    @cached_property
    def chargeback(self) -> Chargeback:
        rows = Chargeback.objects.visible_to(self.request.actor)
        found: Chargeback = self.found(rows.select_related("payment__legal_entity", "buyer"), self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.chargeback)

    def answer(self) -> str:
        chosen = [file for file in self.files if str(file.pk) in self.request.POST.getlist("file")]
        files = [*chosen, *sent_files(self.request)]
        self.chargeback.answer(self.request.actor, text=self.typed("text"), files=files)
        chargeback_talk.send(self.chargeback)
        return _("Your evidence is on its way; while it is weighed, the customer is not asked to pay again.")

    def lose(self) -> str:
        self.chargeback.lose(self.request.actor)
        return _("The loss is taken: the invoices are to be paid in another way.")

    @cached_property
    def shares(self) -> list[PaymentShare]:
        rows = PaymentShare.objects.visible_to(self.request.actor).filter(payment=self.chargeback.payment_id)
        return list(rows.select_related("invoice").order_by("invoice__number", "pk"))

    @cached_property
    def files(self) -> list[StoredFile]:
        """What was filed with the payment's invoices: orders, proofs of delivery."""
        found = files_of(self.request.actor, [share.invoice for share in self.shares])
        return [file for share in self.shares for file in found[share.invoice_id] if file.is_clean]

    def context(self) -> dict[str, Any]:
        row, actor = self.chargeback, self.request.actor
        word, meaning = CHARGEBACK_WORDS[row.state]
        may = row.refusal(actor, "answer") is None
        tried = self.request.POST.get("move") == "answer"
        return {
            "chargeback": row, "word": word, "meaning": meaning, "may_answer": may, "facts": self._facts(),
            "may_lose": row.refusal(actor, "lose") is None, "shares": self.shares, "files": self.files if may else [],
            "text": self.typed("text") if tried else self._composed() if may else "",
            "sent": attachments(files_of(actor, [row])[row.pk]), "entries": timeline(actor, row),
            "crumbs": (Crumb(_("Payments"), reverse("desk:payments")), Crumb(_("Returns"), reverse("desk:returns")),
                       Crumb(row.number)),
            "live_topics": (topic("chargeback", row.pk),),
        }  # fmt: skip

    def _facts(self) -> Sequence[Fact]:
        row = self.chargeback
        facts = [
            Fact(_("Payment"), row.payment.number), Fact(_("Customer"), row.buyer.name if row.buyer else ""),
            Fact(_("The provider’s fee"), row.fee if row.fee_minor else None), Fact(_("Since"), row.opened_at),
            Fact(_("To be answered by"), row.answer_by), Fact(_("Answered"), row.answered_at),
        ]  # fmt: skip
        return [fact for fact in facts if fact.value]

    def _composed(self) -> str:
        """A beginning of the evidence, from what is on record: what was billed, paid, delivered and said."""
        row, payment = self.chargeback, self.chargeback.payment
        paid = {"number": payment.number, "amount": money_text(payment.amount), "means": payment.means,
                "day": day_text(payment.submitted_at), "name": row.buyer.name if row.buyer else ""}  # fmt: skip
        told = [_("%(name)s paid %(amount)s with %(means)s on %(day)s (payment %(number)s), for:") % paid]
        told += [self._billed(share) for share in self.shares[:20]]
        said = [line for share in self.shares[:5] for line in self._said(share)]
        if said:
            told += ["", _("What was said about it:"), *said]
        return "\n".join(told)

    def _billed(self, share: PaymentShare) -> str:
        invoice = share.invoice
        order = _(", order %(order)s") % {"order": invoice.order_reference} if invoice.order_reference else ""
        said = {"number": invoice.number, "day": day_text(invoice.issue_date), "amount": money_text(share.amount)}
        return "- " + _("invoice %(number)s of %(day)s, %(amount)s") % said + order

    def _said(self, share: PaymentShare) -> list[str]:
        said = messages_about(self.request.actor, share.invoice, limit=5)
        heard = [one for one in said if not one.internal and one.event_id is None]
        return [f"- {day_text(one.said_at)}: {one.body[:300]}" for one in heard]
