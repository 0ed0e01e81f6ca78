"""Pages: the base of every page of the two web faces: whose side, what it shows, what can be done on it.

A page answers one question. `get` shows; `post` makes one domain call, named by the form's field `move`, and answers
with a redirect (or, for a fragment's request, with the fragment anew). What is refused is shown where it was tried.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.generic import View

from eipp.kernel import clock, paging
from eipp.kernel.refusal import Refusal
from eipp.web.frame import Frame
from eipp.web.framing import frame_of, home_of
from eipp.web.middleware import ActingRequest

Row = TypeVar("Row", bound=models.Model)
PAGE = 25


class Page(View):
    """side: whose page it is (`buyer`, `supplier`, empty for both); template: filled by `context()`.

    Subclasses list in `makes` what can be done: the form's `move` -> a method that makes one domain call and returns
    the sentence to show, or an answer of its own; `usual` is meant where the form names none.
    """

    side: ClassVar[str] = ""
    template: ClassVar[str]
    makes: ClassVar[Mapping[str, str]] = {}
    usual: ClassVar[str] = ""
    request: ActingRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = self.request.actor
        if actor.organisation_id is None:
            raise Http404
        if self.side and actor.side != self.side:
            if request.path == home_of(self.side) and request.method == "GET":
                return redirect(home_of(actor.side))
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.opened()
        return self.shown()

    def opened(self) -> None:
        """What it means that somebody looks at the page: nothing, or that what there was to hear of it is read."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            outcome = self.make()
        except Refusal as refusal:
            return self.refused(refusal)
        if isinstance(outcome, HttpResponse):
            return outcome
        if outcome:
            messages.success(request, outcome)
        return HttpResponseRedirect(self.back())

    def make(self) -> str | HttpResponse:
        """Do what the form's `move` names."""
        name = self.makes.get(self.request.POST.get("move", self.usual))
        if name is None:
            raise Http404
        deed: Callable[[], str | HttpResponse] = getattr(self, name)
        return deed()

    def refused(self, refusal: Refusal) -> HttpResponse:
        """The same page with the sentence and with all that was typed; a script can tell by the status."""
        return self.shown(status=refusal.status, refusal=refusal)

    def back(self) -> str:
        """Where to go after something was done."""
        return self.request.get_full_path()

    def shown(self, *, status: int = 200, **more: Any) -> HttpResponse:
        typed = self.request.POST if self.request.method == "POST" else {}
        context = {"typed": typed, "here": self.here, **self.context(), **more, "frame": self.frame(), "page": self}
        return render(self.request, self.template, context, status=status)

    @cached_property
    def here(self) -> str:
        """Where the page's forms are sent and its live parts fetched: its own address, or that of what holds it."""
        return self.request.get_full_path()

    def context(self) -> dict[str, Any]:
        """What the template shows."""
        return {}

    def frame(self) -> Frame:
        """What stands around the page; a page adds its topics with `topics()`."""
        frame = frame_of(self.request)
        return replace(frame, topics=(*frame.topics, *self.topics()))

    def topics(self) -> tuple[str, ...]:
        """What the open page listens to beside its live parts."""
        return ()

    @property
    def today(self) -> date:
        """The calendar day where the acting organisation is (its time zone is the request's)."""
        return clock.today(_zone())

    def found(self, rows: models.QuerySet, pk: UUID) -> Any:
        """The row of that id, among those that exist for the actor; 404 otherwise."""
        row = rows.filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def found_first(self, rows: models.QuerySet) -> Any:
        """The one row that fits; 404 where it is gone or never was."""
        row = rows.first()
        if row is None:
            raise Http404
        return row

    def typed(self, name: str) -> str:
        """What was typed into a field of the form, without blanks around it."""
        return self.request.POST.get(name, "").replace("\0", "").strip()


class ListPage(Page):
    """A list: steered by its URL (filters, `sort`, cursors), one page at a time, counted in the database's own time.

    orders: the URL's sort key -> column; the first is the default.
    """

    orders: ClassVar[Mapping[str, str]] = {}

    def page_of(self, rows: models.QuerySet[Row], *, limit: int = PAGE) -> dict[str, Any]:
        """`rows`, and the cursor of what follows, for `{% pages next=next_cursor %}`."""
        try:
            found, following = paging.page(rows, order=self.order, cursor=self.asked("after"), limit=limit)
        except Refusal:  # a cursor of another order, or an old one: begin at the beginning
            found, following = paging.page(rows, order=self.order, cursor="", limit=limit)
        return {"rows": found, "next_cursor": following}

    @property
    def order(self) -> str:
        """The column to order by, with a minus for downwards."""
        asked = self.asked("sort")
        column = self.orders.get(asked.removeprefix("-"))
        if column is None:
            return next(iter(self.orders.values()))
        return f"-{column}" if asked.startswith("-") else column

    def asked(self, name: str, *, among: Mapping[str, Any] | None = None, otherwise: str = "") -> str:
        """A parameter of the URL; with `among`, only one of its keys counts."""
        value = self.request.GET.get(name, otherwise).replace("\0", "").strip()[:200]
        return value if among is None or value in among else otherwise


def address(url: str, **query: str) -> str:
    """A URL with a query, as links from figures to their rows need it."""
    asked = {name: value for name, value in query.items() if value}
    return f"{url}?{urlencode(asked)}" if asked else url


def _zone() -> str:
    return str(timezone.get_current_timezone())
