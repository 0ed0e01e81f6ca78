"""Exports: a list as it is seen, with its filters and its order, as CSV or XLSX: `?format=csv` at its own address."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from documents import sheet
from documents.download import download
from documents.sheet import Cell, Table
from eipp.kernel.refusal import Refusal
from eipp.web.pages import ListPage
from eipp.web.tags.lists import PAGING

#: The rows that one export takes; a longer list is narrowed first.
MOST_ROWS = 50_000
_AT_ONCE = 2_000


class ExportedList(ListPage):
    """A list that can be taken away. Subclasses give `export()`, over all rows that the filters find."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = self.asked("format", among=sheet.KINDS)
        if not kind:
            return super().get(request, *args, **kwargs)
        try:
            table = self.export()
        except Refusal as refusal:
            return self.shown(status=refusal.status, refusal=refusal)
        return download(sheet.write(kind, table), name=f"{table.title} {self.today}.{kind}")

    def export(self) -> Table:
        """The table of what is seen."""
        raise TypeError(f"{type(self).__name__} does not say what it exports")

    @property
    def exports(self) -> list[tuple[str, str]]:
        """The kinds of file and the addresses at which this very list is had as one."""
        asked = self.request.GET.copy()
        for name in PAGING:
            asked.pop(name, None)
        found = []
        for kind in sheet.KINDS:
            asked["format"] = kind
            found.append((kind.upper(), f"?{asked.urlencode()}"))
        return found

    def exported(self, title: str, head: Sequence[str], rows: Any, cells: Any) -> Table:
        """A table of the query's rows in the list's order, read some thousands at a time.

        Raises Refusal (422, `too_long`) past `MOST_ROWS`.
        """
        descending, column = self.order.startswith("-"), self.order.removeprefix("-")
        sign = "-" if descending else ""
        ordered = rows.order_by(f"{sign}{column}", f"{sign}pk")
        if (count := ordered.count()) > MOST_ROWS:
            raise Refusal(
                "too_long",
                _("This list has %(count)s rows and an export takes %(most)s: narrow it by a filter or a search.")
                % {"count": f"{count:,}", "most": f"{MOST_ROWS:,}"},
                status=422,
            )
        return Table(head, _read(ordered.iterator(chunk_size=_AT_ONCE), cells), title=title)


def _read(rows: Iterable[Any], cells: Any) -> Iterator[Sequence[Cell]]:
    for row in rows:
        yield cells(row)
