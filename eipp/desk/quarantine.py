"""Documents that were held back: every reason in words, whom they may be for, and releasing them to an account."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents.models import StoredFile
from eipp.accounts.models import CustomerAccount
from eipp.desk.held_document import facts_of, lines_of, parties_of, reasons_of, remembered_of
from eipp.desk.worklist import customer_of, stated_amount
from eipp.kernel.refusal import Refusal
from eipp.web.pages import ListPage, Page
from eipp.web.pieces import Attachment, Crumb, Meaning
from eipp.web.timelines import attachments, timeline
from messaging.correction import CorrectionRequest, ask_for_correction, letter_about, senders_of
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows.presentment import WAITING, Presentment

CHIPS: dict[str, Any] = {
    "": words("Held back"), "received": words("Being checked"), "superseded": words("Replaced"), "all": words("All"),
}  # fmt: skip
DOCUMENT_WORDS: dict[str, tuple[Any, Meaning]] = {
    "received": (words("Being checked"), "waiting"), "quarantined": (words("Held back"), "bad"),
    "presented": (words("Presented"), "good"), "viewed": (words("Seen by the customer"), "good"),
    "closed": (words("Closed"), "quiet"), "bounced": (words("Reached nobody"), "bad"),
    "withdrawn": (words("Withdrawn"), "quiet"), "superseded": (words("Replaced"), "quiet"),
}  # fmt: skip
MOST_ACCOUNTS = 20


class QuarantinePage(ListPage):
    """The newest first; what is in the ledger by now is found among the invoices."""

    side = "supplier"
    template = "desk/quarantine.html"
    orders: ClassVar[Mapping[str, str]] = {"-received": "-received_at", "received": "received_at", "number": "number"}

    def context(self) -> dict[str, Any]:
        actor, status = self.request.actor, self.asked("status", among=CHIPS)
        rows = Presentment.objects.visible_to(actor).select_related("account")
        if status != "all":
            rows = rows.filter(state=status or "quarantined")
        found = self.page_of(rows)
        return {
            **found, "chips": CHIPS.items(), "status": status,
            "lines": [
                (row, customer_of(row), stated_amount(row.document), reasons_of(row), *DOCUMENT_WORDS[row.state])
                for row in found["rows"]
            ],
            "live_topics": (topic("worklist", actor.organisation_id),),
        }  # fmt: skip


class DocumentPage(Page):
    """One document: what it says, why it waits, whom to ask for a corrected file, and, where only the customer was
    unknown, the way to release it."""

    side = "supplier"
    template = "desk/document.html"
    item: ClassVar[str] = "desk/item_document.html"
    makes: ClassVar[Mapping[str, str]] = {"release": "release", "ask": "ask"}

    @property
    def matter(self) -> Presentment:
        return self.document

    @cached_property
    def document(self) -> Presentment:
        rows = Presentment.objects.visible_to(self.request.actor).select_related(
            "account", "invoice", "credit_note", "mends", "supplier"
        )
        found: Presentment = self.found(rows, self.kwargs["pk"])
        return found

    def opened(self) -> None:
        mark_seen(self.request.actor, self.document)

    def release(self) -> str:
        remember = self.request.POST.getlist("remember")
        self.document.release(self.request.actor, account=self._chosen(), remember=remember)
        return _("Document %(number)s is released to %(account)s.") % {
            "number": self.document.number, "account": self.document.account,
        }  # fmt: skip

    def ask(self) -> str:
        asked = ask_for_correction(
            self.request.actor, self.document, email=self.request.POST.get("email", ""), text=self.typed("text")
        )
        return _("%(email)s is asked for a corrected file.") % {"email": asked.email}

    def context(self) -> dict[str, Any]:
        document, actor = self.document, self.request.actor
        word, meaning = DOCUMENT_WORDS[document.state]
        can = {move.name for move in document.moves(actor)}
        return {
            "document": document, "word": word, "meaning": meaning, "amount": stated_amount(document.document),
            "customer": customer_of(document), "parties": parties_of(document), "facts": facts_of(document),
            "doc_lines": lines_of(document), "files": self._original(), "entries": timeline(actor, document),
            "may_release": "release" in can, "accounts": self._accounts() if "release" in can else (),
            "reasons": reasons_of(document), "asked": self._asked(), **self._asking(),
            "remembered": remembered_of(document) if "release" in can else (),
            "mended_by": self._mended_by(), "tried": self.request.POST.get("move", ""),
            "find": self._wanted, "waits": document.state in WAITING, "chosen": self.request.POST.get("account", ""),
            "refusal_of_release": None if "release" in can else document.refusal(actor, "release"),
            "invoice_url": reverse("desk:invoice", args=[document.invoice_id]) if document.invoice_id else "",
            "crumbs": (Crumb(_("Held back"), reverse("desk:quarantine")), Crumb(str(document))),
            "live_topics": (topic("presentment", document.pk),),
        }  # fmt: skip

    def _asked(self) -> list[CorrectionRequest]:
        """Who was asked for a corrected file, the newest first."""
        rows = CorrectionRequest.objects.visible_to(self.request.actor).filter(presentment=self.document)
        return list(rows.select_related("mail").order_by("-asked_at")[:10])

    def _asking(self) -> dict[str, Any]:
        """The form that asks, with what is likely right; for those who may, while the document is held back."""
        actor, document = self.request.actor, self.document
        if document.state != "quarantined" or not actor.may("quarantine.work"):
            return {"may_ask": False}
        return {
            "may_ask": True, "senders": senders_of(actor, document), "letter": letter_about(document, by=actor.name),
        }  # fmt: skip

    def _mended_by(self) -> Presentment | None:
        """The corrected file that took this one's place."""
        rows = Presentment.objects.visible_to(self.request.actor).filter(mends=self.document)
        found: Presentment | None = rows.order_by("-received_at").first()
        return found

    @property
    def _wanted(self) -> str:
        return self.request.GET.get("find", "").replace("\0", "").strip()[:100]

    def _accounts(self) -> Sequence[CustomerAccount]:
        """What was searched for; otherwise those whose marks the document carries."""
        rows = CustomerAccount.objects.visible_to(self.request.actor).order_by("name", "pk")
        for word in self._wanted.split():
            rows = rows.filter(Q(name__icontains=word) | Q(number__icontains=word))
        if not self._wanted:
            rows = rows.filter(pk__in=self.document.candidates)
        return list(rows[:MOST_ACCOUNTS])

    def _chosen(self) -> CustomerAccount:
        try:
            key = UUID(self.typed("account"))
        except ValueError:
            raise Refusal("account_missing", _("Choose the customer account."), status=422, field="account") from None
        found: CustomerAccount = self.found(CustomerAccount.objects.visible_to(self.request.actor), key)
        return found

    def _original(self) -> Sequence[Attachment]:
        if self.document.original_id is None:
            return ()
        return attachments(list(StoredFile.objects.visible_to(self.request.actor).filter(pk=self.document.original_id)))
