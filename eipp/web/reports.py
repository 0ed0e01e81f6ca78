"""Reports on both faces: the catalogue, one report, and the rows that a figure is the sum of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from documents.download import MEDIA_TYPES, download
from documents.written import number_text, tenths_text
from eipp.accounts.models import CustomerAccount
from eipp.analytics import catalogue, report_file
from eipp.analytics.asked import Asked, asked
from eipp.analytics.catalogue import Definition
from eipp.analytics.report import Block, Cell, Column, Rows
from eipp.kernel.refusal import Refusal
from eipp.web.charts import drawn
from eipp.web.pages import ListPage, Page, address
from eipp.web.pieces import Crumb

#: Rows of a figure that are shown; all of them stand in the files.
MOST_SHOWN = 200
FIGURES = ("money", "count", "days", "percent")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the template shows it."""

    value: Any
    label: str
    figure: bool
    lead: bool
    money: bool
    url: str = ""


class ReportsView(Page):
    """The catalogue."""

    template = "web/reports.html"
    face: ClassVar[str]

    def context(self) -> dict[str, Any]:
        found = catalogue.reports_for(self.request.actor)
        if not found:
            raise Http404
        return {"reports": [(each, reverse(f"{self.face}:report-{each.name}")) for each in found]}


class ReportView(ListPage):
    """One report, named by its address; its figures are links to the rows behind it."""

    template = "web/report.html"
    face: ClassVar[str]
    report: str = ""

    @cached_property
    def definition(self) -> Definition:
        try:
            return catalogue.definition(self.request.actor, self.report)
        except Refusal:
            raise Http404 from None

    @cached_property
    def asked_for(self) -> Asked:
        query = {name: self.asked(name) for name in ("from", "to", "on", "currency", "account", "supplier")}
        return asked(query, zone=str(timezone.get_current_timezone()))

    @property
    def url(self) -> str:
        return reverse(f"{self.face}:report-{self.report}")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.definition  # noqa: B018 - 404 before anything is read
        try:
            return self.answer()
        except Refusal as refusal:
            return self.shown(status=refusal.status, refusal=refusal)

    def answer(self) -> HttpResponse:
        made = self.definition.make(self.request.actor, self.asked_for)
        ending = self.asked("format", among=MEDIA_TYPES)
        if ending:
            name = f"{made.title} {self.asked_for.last}.{ending}"
            return download(report_file.write(ending, made, self.request.actor, on=self.asked_for.last), name=name)
        blocks = [self._block(block) for block in made.blocks]
        return self.shown(report=made, blocks=blocks, files=self.files())

    def files(self) -> list[tuple[str, str]]:
        told = self.asked_for.query() | {name: self.asked(name) for name in self.kept() if self.asked(name)}
        return [(ending.upper(), address(self.request.path, **told, format=ending)) for ending in MEDIA_TYPES]

    def kept(self) -> tuple[str, ...]:
        """What else the URL says that the files need."""
        return ()

    def context(self) -> dict[str, Any]:
        today = self.today
        crumbs = [Crumb(_("Reports"), reverse(f"{self.face}:reports")), Crumb(str(self.definition.title))]
        return {
            "definition": self.definition, "title": self.definition.title, "crumbs": crumbs, "latest": today,
            "first": self.asked("from") or asked({}, zone=str(timezone.get_current_timezone())).first.isoformat(),
            "last": self.asked("to") or self.asked("on") or today.isoformat(), "presets": self._presets(today),
        }  # fmt: skip

    def _presets(self, today: date) -> list[tuple[str, str]]:
        """The days and periods that are asked for most."""
        begin = today.replace(day=1)
        before = date.fromordinal(begin.toordinal() - 1)
        if self.definition.span != "period":
            days = [(_("Today"), today), (_("End of last month"), before)]
            return [(words, address(self.url, to=day.isoformat())) for words, day in days]
        spans = [
            (_("This month"), begin, today), (_("Last month"), before.replace(day=1), before),
            (_("This year"), today.replace(month=1, day=1), today),
        ]  # fmt: skip
        named = [(words, address(self.url, **{"from": first.isoformat(), "to": last.isoformat()}))
                 for words, first, last in spans]  # fmt: skip
        return [*named, (_("Last 12 months"), self.url)]

    def _block(self, block: Block) -> dict[str, Any]:
        return {
            "block": block, "heads": heads(block.columns), "charts": [drawn(chart) for chart in block.charts],
            "lines": [self._cells(block.columns, line) for line in block.lines],
            "total": self._cells(block.columns, block.total) if block.total else (),
        }  # fmt: skip

    def _cells(self, columns: Any, line: Any) -> list[Shown]:
        return [cell_shown(column, cell, self._opens) for column, cell in zip(columns, line, strict=True)]

    def _opens(self, cell: Cell) -> str:
        if cell.rows:
            return address(f"{self.url}rows/", **self.asked_for.query() | dict(cell.rows))
        return document_url(self.face, self.definition.sides, cell)


class ReportRowsView(ReportView):
    """What one figure is the sum of."""

    template = "web/report_rows.html"

    def answer(self) -> HttpResponse:
        which = {name: self.asked(name) for name in self.request.GET if name not in ("format", "from", "to")}
        found = catalogue.rows(self.request.actor, self.definition.name, self.asked_for, which)
        ending = self.asked("format", among=MEDIA_TYPES)
        if ending:
            name = f"{found.title} {self.asked_for.last}.{ending}"
            made = report_file.of_rows(str(self.definition.title), found)
            return download(report_file.write(ending, made, self.request.actor, on=self.asked_for.last), name=name)
        lines = [self._cells(found.columns, line) for line in found.lines[:MOST_SHOWN]]
        return self.shown(
            rows=found,
            lines=lines,
            heads=heads(found.columns),
            hidden=found.count - len(lines),
            files=self.files(),
            narrowed=self._account(found),
        )

    def kept(self) -> tuple[str, ...]:
        return tuple(name for name in self.request.GET if name != "format")

    def context(self) -> dict[str, Any]:
        told = super().context()
        back = Crumb(str(self.definition.title), address(self.url, **self.asked_for.query() | {"account": ""}))
        return {**told, "crumbs": [told["crumbs"][0], back, Crumb(_("Rows"))]}

    def _account(self, found: Rows) -> str:
        """The name of the account that the rows are narrowed to."""
        if self.asked_for.account is None:
            return ""
        account = CustomerAccount.objects.visible_to(self.request.actor).filter(pk=self.asked_for.account).first()
        return account.name if account else ""


def heads(columns: Any) -> list[tuple[str, bool]]:
    """Each column's word, and whether figures stand below it."""
    return [(column.label, column.kind in FIGURES) for column in columns]


def cell_shown(column: Column, cell: Cell, opens: Callable[[Cell], str]) -> Shown:
    value = cell.value
    if column.kind == "percent" and value is not None:
        value = f"{tenths_text(Decimal(str(value)))} %"
    elif column.kind == "days" and isinstance(value, Decimal):
        value = tenths_text(value)
    elif column.kind == "count" and isinstance(value, int):
        value = number_text(value)
    elif isinstance(value, Promise):
        value = str(value)
    figure = column.kind in FIGURES
    return Shown(value, column.label, figure, column.lead, column.kind == "money", opens(cell))


def document_url(face: str, sides: Any, cell: Cell) -> str:
    """The page of the document that a cell names, where this face has one."""
    if cell.opens is None:
        return ""
    kind, key = cell.opens
    names: Mapping[str, str] = {"account": "customer", "credit_note": "credit-note-pdf", "cash_receipt": "cash-receipt"}
    try:
        return reverse(f"{face}:{names.get(kind, kind)}", args=[key])
    except NoReverseMatch:
        return ""
