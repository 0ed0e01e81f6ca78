"""Statements on both faces: account, kind and span stand in the URL; shown, and had as PDF, CSV and XLSX."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from documents import sheet
from documents.download import MEDIA_TYPES, download
from documents.written import month_text
from eipp.accounts.models import CustomerAccount
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import statement_paper
from eipp.ledger.statement import BALANCE_FORWARD, KINDS, OPEN_ITEM, Statement, statement
from eipp.web.pages import ListPage, address
from eipp.web.pieces import Tab

#: The rows of a currency that are shown; all of them stand in the files.
MOST_SHOWN = 500


class StatementView(ListPage):
    """One account's statement. `face` names the URLs' namespace; subclasses say which `account`, and where it lies."""

    template = "web/statement.html"
    face: ClassVar[str]

    @property
    def account(self) -> CustomerAccount | None:
        """The account that is asked for, or the first that there is."""
        raise TypeError(f"{type(self).__name__} does not say whose statement it shows")

    @property
    def url(self) -> str:
        """The page's address without its query."""
        return self.request.path

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.account is None:
            return self.shown(statement=None)
        try:
            stated = self.stated(self.account)
            ending = self.asked("format")
            if ending in MEDIA_TYPES:
                return as_file(self.request.actor, stated, ending)
        except Refusal as refusal:
            return self.shown(status=refusal.status, refusal=refusal, statement=None)
        return self.shown(statement=stated, figures=[self._figures(section) for section in stated.sections])

    def stated(self, account: CustomerAccount) -> Statement:
        """What the URL asks for."""
        last = self._day("to") or self._day("on")
        first = self._day("from") if self.kind == BALANCE_FORWARD else None
        return statement(self.request.actor, account, kind=self.kind, last=last, first=first,
                         known=self._day("known"))  # fmt: skip

    @cached_property
    def kind(self) -> str:
        asked = self.asked("kind")
        return asked if asked in KINDS else OPEN_ITEM

    def context(self) -> dict[str, Any]:
        account = self.account
        if account is None:
            return {"account": None}
        today = clock.today(account.supplier.time_zone)
        return {
            "account": account, "kind": self.kind, "by_period": self.kind == BALANCE_FORWARD, "latest": today,
            "first": self.asked("from") or today.replace(day=1).isoformat(),
            "known": self.asked("known"),
            "last": self.asked("to") or self.asked("on") or today.isoformat(), "tabs": self._tabs(account),
            "files": [(ending.upper(), self.link(account, format=ending)) for ending in MEDIA_TYPES],
            "recent": recent(self.url, account, today), "detail": f"{self.face}:invoice", "most": MOST_SHOWN,
            "credit_note_url": f"{self.face}:credit-note-pdf", "payment_url": f"{self.face}:payment",
        }  # fmt: skip

    def link(self, account: CustomerAccount, **changed: str) -> str:
        """This statement's address with something changed."""
        asked = {name: self.asked(name) for name in ("from", "to", "on", "known")}
        return statement_url(self.url, account, **{"kind": self.kind, **asked, **changed})

    def _tabs(self, account: CustomerAccount) -> Sequence[Tab]:
        words = {OPEN_ITEM: _("Open items"), BALANCE_FORWARD: _("Movements and balance")}
        return [Tab(words[kind], self.link(account, kind=kind), kind == self.kind) for kind in KINDS]

    def _day(self, name: str) -> date | None:
        written = self.asked(name)
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            raise Refusal(
                "invalid_date", _("“%(text)s” is not a day: write it as 2026-03-31.") % {"text": written[:40]},
                status=422, field=name,
            ) from None  # fmt: skip

    def _figures(self, section: Any) -> dict[str, Any]:
        running, rows = section.opening, []
        for row in section.movements[:MOST_SHOWN]:
            running += row.amount
            rows.append((row, running))
        return {"section": section, "movements": rows, "items": section.items[:MOST_SHOWN],
                "hidden": max(0, len(section.movements) + len(section.items) - MOST_SHOWN)}  # fmt: skip


def as_file(actor: Actor, stated: Statement, ending: str) -> HttpResponse:
    """A statement as PDF, CSV or XLSX."""
    name = statement_paper.name(stated, ending)
    if ending == "pdf":
        return download(statement_paper.pdf(actor, stated), name=name)
    return download(sheet.write(ending, statement_paper.table(stated)), name=name)


def statement_url(url: str, account: CustomerAccount, **asked: str) -> str:
    """The address of a statement; the desk's names the account in its path."""
    own = {} if str(account.pk) in url else {"account": str(account.pk)}
    return address(url, **own, **asked)


def recent(url: str, account: CustomerAccount, today: date) -> list[tuple[str, str]]:
    """The statements that are asked for most: open today, and what moved in this month and in the two before."""
    begin = today.replace(day=1)
    before = (begin - timedelta(days=1)).replace(day=1)
    earlier = (before - timedelta(days=1)).replace(day=1)
    months = [(begin, today), (before, begin - timedelta(days=1)), (earlier, before - timedelta(days=1))]
    found = [(_("Open today"), statement_url(url, account, kind=OPEN_ITEM))]
    for first, last in months:
        span = {"from": first.isoformat(), "to": last.isoformat()}
        found.append((month_text(first), statement_url(url, account, kind=BALANCE_FORWARD, **span)))
    return found


def recent_of(face: str, account: CustomerAccount, **path: Any) -> list[tuple[str, str]]:
    """The same for a page of that face which shows the account's summary."""
    url = reverse(f"{face}:statement" if path else f"{face}:statements", kwargs=path or None)
    return recent(url, account, clock.today(account.supplier.time_zone))
