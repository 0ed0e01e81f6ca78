"""The desk's first page: a mail program's three panes: the queue, the item, the thread."""

from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.desk.answering import Answering
from eipp.desk.authority_requests import AuthorityRequestPage
from eipp.desk.bank_entries import BankEntryPage
from eipp.desk.bank_statements import BankStatementPage
from eipp.desk.cash_receipts import CashReceiptPage
from eipp.desk.disputes import SupplierDisputePage
from eipp.desk.invoices import SupplierInvoicePage
from eipp.desk.payments import PaymentPage
from eipp.desk.places import waiting_for
from eipp.desk.quarantine import DocumentPage
from eipp.desk.returned_mail import ReturnedMailPage
from eipp.desk.worklist import Task, tasks
from eipp.kernel import clock
from eipp.web.pages import ListPage, Page, address
from eipp.web.situation import QueueRow
from eipp.web.tags.values import distance
from messaging.topics import topic

CHIPS: dict[str, Any] = {
    "": words("All"), "mine": words("Mine"), "disputes": words("Disputes"), "questions": words("Questions"),
    "quarantine": words("Held back"), "payments": words("Payments"), "cash": words("Cash"),
    "addresses": words("Mail addresses"), "authority": words("Second person"),
}  # fmt: skip
#: What the queue can open: the kind in the item's key -> the page that shows it in the middle.
ITEMS: dict[str, Any] = {
    "dispute": SupplierDisputePage, "invoice": SupplierInvoicePage, "payment": PaymentPage, "document": DocumentPage,
    "address": ReturnedMailPage, "authority": AuthorityRequestPage, "entry": BankEntryPage,
    "receipt": CashReceiptPage, "statement": BankStatementPage,
}  # fmt: skip


class HomePage(ListPage):
    """Without `item` in the URL the first of the queue is open; on a narrow screen the queue stands alone then."""

    side = "supplier"
    template = "desk/home.html"
    SHOWN_AT_ONCE: ClassVar[int] = 100

    def opened(self) -> None:
        if self.item and self.asked("item"):
            self.item.opened()

    def make(self) -> str | HttpResponse:
        """What is done on the open item is done by the item's page; one comes back to the queue."""
        if self.item is None or not self.asked("item"):
            raise Http404
        outcome: str | HttpResponse = self.item.make()
        return outcome

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        return {
            **(self.item.context() if self.item else {}), "item": self.item, "open": bool(self.asked("item")),
            "here": self._address(self.item_key),
            "queue": [self._row(task) for task in self.tasks[: self.SHOWN_AT_ONCE]],
            "kinds": self._chips(), "back": self._address(""), "more": max(len(self.tasks) - self.SHOWN_AT_ONCE, 0),
            "waiting": self.counted[self.kind or "all"],
            "queue_topics": (topic("worklist", actor.organisation_id), topic("organisation", actor.organisation_id)),
        }  # fmt: skip

    @cached_property
    def kind(self) -> str:
        return self.asked("kind", among=CHIPS)

    @cached_property
    def tasks(self) -> list[Task]:
        return tasks(self.request.actor, self.kind, now=clock.now(), waiting=self.counted)

    @cached_property
    def item_key(self) -> str:
        return self.asked("item") or (self.tasks[0].key if self.tasks else "")

    @cached_property
    def item(self) -> Any:
        """The page of the open item, held by this one; 404 for what does not exist for the reader."""
        if not self.item_key:
            return None
        kind, _dash, key = self.item_key.partition("-")
        try:
            found: Page = ITEMS[kind]()
            found.setup(self.request, pk=UUID(key))
        except (KeyError, ValueError):
            raise Http404 from None
        found.here = self._address(self.item_key)
        if self.kind in ("", "questions") and isinstance(found, Answering):
            found.question = next((task.message for task in self.tasks if task.key == self.item_key), None)
        return found

    def _address(self, item: str) -> str:
        return address(reverse("desk:home"), kind=self.kind, item=item)

    @cached_property
    def counted(self) -> dict[str, int]:
        return waiting_for(self.request)

    def _chips(self) -> list[tuple[Any, str, bool, int]]:
        """Each chip with its address and number; the open item is left behind."""
        home = reverse("desk:home")
        return [
            (word, address(home, kind=key), key == self.kind, self.counted[key or "all"])
            for key, word in CHIPS.items()
        ]  # fmt: skip

    def _row(self, task: Task) -> QueueRow:
        ago = distance(task.since.date(), self.today)
        return QueueRow(
            key=task.key, url=self._address(task.key), who=task.who, what=task.what, amount=task.amount,
            word=str(task.word), meaning=task.meaning, current=task.key == self.item_key,
            since=_("%(owner)s, %(ago)s") % {"owner": task.owner, "ago": ago} if task.owner else ago,
        )  # fmt: skip
