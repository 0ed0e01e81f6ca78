"""Promised and announced money on both faces: the lists, one of them, and saying it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from documents import payment_sheet
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.web.pages import ListPage, Page
from eipp.web.pieces import Crumb, Meaning
from eipp.web.remittances import payment_tabs
from eipp.web.timelines import timeline
from messaging.notification import mark_seen
from messaging.topics import topic
from workflows import announced_payment, promise
from workflows.announced_payment import AnnouncedPayment, AnnouncedShare
from workflows.payment_rows import Judged, judge
from workflows.promise import Promise, PromiseShare

MOST_TEXT = 60_000
Said = Promise | AnnouncedPayment
WORDS: dict[str, tuple[Any, Meaning]] = {
    "promised": (words("Promised"), "waiting"), "announced": (words("Announced"), "waiting"),
    "kept": (words("Kept"), "good"), "paid": (words("Arrived"), "good"), "part_kept": (words("Kept in part"), "bad"),
    "broken": (words("Broken"), "bad"), "expired": (words("Did not come"), "bad"),
    "withdrawn": (words("Withdrawn"), "quiet"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the two: their rows, their right, the day's column, and the words of their pages."""

    model: Any
    shares: Any
    right: str
    name: str
    plural: str
    one: Any
    title: Any
    lead: Any
    new: Any
    empty: Any
    day: Any
    consequence: Any


PROMISES = Kind(
    Promise, PromiseShare, "promise.make", "promise", "promises", words("Promise"), words("Promises"),
    words("By when which invoices will be paid; until then nobody asks for them."), words("Promise a payment"),
    words("Say by when you pay, and you are not reminded until that day is over."), words("Paid by"),
    words("No money moves. These amounts are not asked for until the day is over."),
)  # fmt: skip
ANNOUNCED = Kind(
    AnnouncedPayment, AnnouncedShare, "payment.make", "announced-payment", "announced-payments",
    words("Announced transfer"), words("Announced transfers"),
    words("What goes in your own bank run: with a file for your bank, and a reference."),
    words("Announce a transfer"),
    words("Say which invoices go in your own bank run; you get a file for your bank."), words("Sent on"),
    words("No money moves here: your bank sends it. These amounts are not asked for meanwhile."),
)  # fmt: skip


class ExpectedList(ListPage):
    """Those that the reader sees, the newest first."""

    template = "web/expected_money.html"
    face: ClassVar[str]
    kind: ClassVar[Kind]
    chips: ClassVar[Mapping[str, Any]] = {
        "": words("All"),
        "open": words("Waited for"),
        "missed": words("Did not come"),
    }

    @property
    def orders(self) -> Mapping[str, str]:  # type: ignore[override]
        said = "made_at" if self.kind is PROMISES else "announced_at"
        day = "promised_on" if self.kind is PROMISES else "pays_on"
        return {"-said": f"-{said}", "said": said, "day": day, "number": "number", "amount": "amount_minor"}

    def context(self) -> dict[str, Any]:
        actor, kind = self.request.actor, self.kind
        rows = kind.model.objects.visible_to(actor).select_related("supplier", "buyer", "legal_entity")
        status = self.asked("status", among=self.chips)
        if status:
            states = {"open": ("promised", "announced"), "missed": ("broken", "part_kept", "expired")}
            rows = rows.filter(state__in=states[status])
        found = self.page_of(rows)
        return {
            **found, "lines": [(row, *WORDS[row.state]) for row in found["rows"]], "chips": self.chips.items(),
            "kind": kind, "buyer_side": actor.side == "buyer", "detail": f"{self.face}:{kind.name}",
            "new_label": _new_label(kind, self.face),
            "new_url": reverse(f"{self.face}:new-{kind.name}") if self._may_say() else "",
            "tabs": payment_tabs(self.face, kind.plural),
            "live_topics": (topic("organisation", actor.organisation_id),),
        }  # fmt: skip

    def _may_say(self) -> bool:
        return self.request.actor.may(self.kind.right) and (self.kind is PROMISES or self.face == "portal")


class ExpectedView(Page):
    """One of them: its invoices, what came, and its history."""

    template = "web/expected.html"
    face: ClassVar[str]
    kind: ClassVar[Kind]
    makes: ClassVar[Mapping[str, str]] = {"withdraw": "withdraw"}

    @cached_property
    def row(self) -> Any:
        rows = self.kind.model.objects.visible_to(self.request.actor)
        return self.found(rows.select_related("supplier", "buyer", "legal_entity"), self.kwargs["pk"])

    def opened(self) -> None:
        mark_seen(self.request.actor, self.row)

    def withdraw(self) -> str:
        self.row.withdraw(self.request.actor)
        return _("It is withdrawn; the invoices are asked for again.")

    def context(self) -> dict[str, Any]:
        row, kind, actor = self.row, self.kind, self.request.actor
        shares = kind.shares.objects.visible_to(actor).filter(**{kind.name.replace("-payment", ""): row})
        word, meaning = WORDS[row.state]
        found = row.outcome() if row.state in ("promised", "announced") else None
        return {
            "row": row, "kind": kind, "word": word, "meaning": meaning, "outcome": found,
            "shares": list(shares.select_related("invoice").order_by("invoice__due_date", "pk")),
            "may_withdraw": any(move.name == "withdraw" for move in row.moves(actor)),
            "entries": timeline(actor, row), "detail": f"{self.face}:invoice", "buyer_side": actor.side == "buyer",
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(str(kind.title), reverse(f"{self.face}:{kind.plural}")), Crumb(row.number)),
            "live_topics": (topic(kind.name.replace("-", "_"), row.pk),),
        }  # fmt: skip


class NewExpected(Page):
    """Invoices and amounts, a line each, and the day; the faults are named by row."""

    template = "web/new_expected.html"
    face: ClassVar[str]
    kind: ClassVar[Kind]
    makes: ClassVar[Mapping[str, str]] = {"say": "say"}

    def say(self) -> HttpResponse:
        attempt, text = _uuid(self.typed("attempt")), self.request.POST.get("rows", "").replace("\0", "")
        if attempt is None:
            raise Refusal("attempt_missing", _("The form is out of date: open it again."), status=422)
        if len(text) > MOST_TEXT:
            raise Refusal("too_many_rows", _("That is too much text."), status=422, field="rows")
        judged = judge(self.request.actor, payment_sheet.pasted(text), on=self.today)
        if any(each.fault for each in judged):
            return self.shown(status=422, faulty=[each for each in judged if each.fault])
        made = [self._said(group, attempt, key) for key, group in _groups(judged).items()]
        if len(made) == 1:
            return HttpResponseRedirect(reverse(f"{self.face}:{self.kind.name}", args=[made[0].pk]))
        return HttpResponseRedirect(reverse(f"{self.face}:{self.kind.plural}"))

    def _said(self, shares: list[tuple[Invoice, Money]], attempt: UUID, key: str) -> Said:
        actor, day = self.request.actor, self._day()
        own = uuid5(attempt, key)
        if self.kind is PROMISES:
            return promise.make(actor, shares, promised_on=day, reference=self.typed("reference"),
                                comment=self.typed("comment"), attempt=own)  # fmt: skip
        return announced_payment.announce(actor, shares, pays_on=day, bank_run=attempt, comment=self.typed("comment"),
                                          attempt=own)  # fmt: skip

    def _day(self) -> date:
        try:
            return date.fromisoformat(self.typed("day"))
        except ValueError:
            raise Refusal("wrong_day", _("Choose the day."), status=422, field="day") from None

    def context(self) -> dict[str, Any]:
        kind, posted = self.kind, self.request.method == "POST"
        return {
            "kind": kind, "new_label": _new_label(kind, self.face),
            "buyer_side": self.request.actor.side == "buyer", "lead": _lead(kind, self.face),
            "may_say": self.request.actor.may(kind.right), "first_day": self.today,
            "rows": self.request.POST.get("rows", "") if posted else self._chosen(),
            "attempt": self.request.POST.get("attempt") or uuid4(), "is_promise": kind is PROMISES,
            "crumbs": (Crumb(_("Payments"), reverse(f"{self.face}:payments")),
                       Crumb(str(kind.title), reverse(f"{self.face}:{kind.plural}")), Crumb(_("New"))),
        }  # fmt: skip

    def _chosen(self) -> str:
        """What the URL names, or all that is due, a line each, so that nobody types it."""
        rows = Invoice.objects.visible_to(self.request.actor)
        ids = [key for key in map(_uuid, self.request.GET.getlist("invoice")[:500]) if key]
        if not ids and not self.request.GET.get("due"):
            return ""
        found = rows.filter(pk__in=ids) if ids else rows.search(on=self.today, status="due", sort="due_date")
        return "\n".join(f"{invoice.number}\t{invoice.free.text}" for invoice in found[:500] if invoice.free)


def _new_label(kind: Kind, face: str) -> str:
    return _("Note a promise") if face == "desk" else str(kind.new)


def _lead(kind: Kind, face: str) -> str:
    if face == "desk":
        return _("By when the customer says they pay; nobody reminds them until that day is over.")
    return str(kind.empty)


def _groups(judged: list[Judged]) -> dict[str, list[tuple[Invoice, Money]]]:
    """By payee, customer and currency: each is said by itself."""
    groups: dict[str, list[tuple[Invoice, Money]]] = {}
    for each in judged:
        assert each.invoice and each.amount
        key = f"{each.invoice.legal_entity_id} {each.invoice.buyer_id} {each.invoice.currency}"
        groups.setdefault(key, []).append((each.invoice, each.amount))
    return groups


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
