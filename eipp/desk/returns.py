"""Returns: payments that failed, came back or were charged back, each with its code in words and what comes next; and
how many debits of each payee come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.accounts.models import LegalEntity
from eipp.gateways import failures
from eipp.kernel import clock
from eipp.web.pages import ListPage
from eipp.web.pieces import Meaning
from eipp.web.remittances import payment_tabs
from eipp.web.situations import PAYMENT_WORDS
from messaging.topics import topic
from workflows import return_watch
from workflows.chargeback import Chargeback
from workflows.payment import Payment
from workflows.return_watch import NOT_PAID, Rate

CHIPS: dict[str, Any] = {"": words("To be dealt with"), "done": words("Done"), "all": words("All")}
RATE_WORDS: dict[str, Any] = {
    "unauthorised": words("Unauthorised"), "administrative": words("Wrong account"), "overall": words("All returns"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A payment that went back. said: what the bank says; next: what to do; url: where that is done."""

    payment: Payment
    word: str
    meaning: Meaning
    said: str
    next: str
    url: str
    done: str


class ReturnsPage(ListPage):
    """The newest first; a note takes one off the list."""

    side = "supplier"
    template = "desk/returns.html"
    makes: ClassVar[Mapping[str, str]] = {"done": "done"}
    orders: ClassVar[Mapping[str, str]] = {"-since": "-state_since", "since": "state_since", "amount": "amount_minor"}

    def done(self) -> str:
        try:
            key = UUID(self.typed("payment"))
        except ValueError:
            raise Http404 from None
        payment: Payment = self.found(Payment.objects.visible_to(self.request.actor), key)
        return_watch.done(self.request.actor, payment, note=self.typed("note"))
        return _("Payment %(number)s is dealt with.") % {"number": payment.number}

    def context(self) -> dict[str, Any]:
        actor = self.request.actor
        rows = Payment.objects.visible_to(actor).filter(state__in=NOT_PAID)
        match self.asked("status", among=CHIPS):
            case "done":
                rows = rows.filter(return_done__isnull=False)
            case "":
                rows = return_watch.to_deal_with(rows)
        found = self.page_of(rows.select_related("buyer", "legal_entity", "return_done"))
        return {
            **found, "lines": self._lines(found["rows"]), "chips": CHIPS.items(), "rates": self._rates(),
            "may": actor.may(return_watch.RIGHT), "tabs": payment_tabs("desk", "returns"),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _lines(self, rows: Sequence[Payment]) -> list[ReturnRow]:
        actor = self.request.actor
        back = {row.payment_id: row for row in Chargeback.objects.visible_to(actor).filter(payment__in=rows)}
        return [self._line(row, back.get(row.pk)) for row in rows]

    def _line(self, row: Payment, chargeback: Chargeback | None) -> ReturnRow:
        word, meaning = PAYMENT_WORDS[row.state]
        done = getattr(row, "return_done", None)
        url = reverse("desk:payment", args=[row.pk])
        if chargeback and chargeback.closed_at is None:
            url = reverse("desk:chargeback", args=[chargeback.pk])
        return ReturnRow(row, word, meaning, failures.in_words(row.failure), next_step(row, chargeback), url,
                         done.note if done else "")  # fmt: skip

    def _rates(self) -> list[tuple[str, list[tuple[Any, Rate]]]]:
        """By payee that debits accounts."""
        entities = LegalEntity.objects.visible_to(self.request.actor).order_by("name")
        found = [(entity.name, return_watch.rates(entity, now=clock.now())) for entity in entities[:20]]
        return [(name, [(RATE_WORDS[rate.kind], rate) for rate in rates]) for name, rates in found if rates[0].made]


def next_step(payment: Payment, chargeback: Chargeback | None) -> str:
    """What AR does about it."""
    if chargeback and chargeback.state == "opened":
        return _("Answer it with evidence, or take the loss.")
    if chargeback and chargeback.closed_at is None:
        return _("Nothing: the bank weighs your evidence.")
    what = failures.failure(payment.failure)
    if what.is_unauthorised:
        return _("Ask the customer for a new authorisation; do not debit again before.")
    if what.stops_method:
        return _("The saved method is stopped; ask the customer for another one.")
    if what.may_retry:
        return _("The customer can pay again; its invoices are open.")
    return _("Its invoices are open again; ask the customer to pay in another way.")
