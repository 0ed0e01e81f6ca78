"""A report as a file: CSV and XLSX with a row for each line of each table, PDF as a paper."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from documents import pdf, sheet
from documents.paper import Column as PaperColumn
from documents.paper import Paper, Row, Section
from documents.sheet import Cell as SheetCell
from documents.sheet import Table
from documents.written import amount_text, day_text, number_text, tenths_text
from eipp.accounts.models import Organisation
from eipp.analytics.report import Block, Cell, Column, Report, Rows
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal

#: The rows that one PDF takes.
MOST_ROWS = 5_000


def write(ending: str, report: Report, actor: Actor, *, on: date) -> bytes:
    """The report as `pdf`, `csv` or `xlsx`; the latter has a sheet for each table."""
    if ending == "pdf":
        return pdf.of(_paper(report, actor, on))
    tables = [_table(block) for block in report.blocks] or [Table([_("Nothing")], [], title=report.title)]
    if ending == "xlsx":
        return sheet.xlsx(*tables)
    return b"".join(sheet.csv(_joined(report)))


def of_rows(title: str, rows: Rows) -> Report:
    """The rows of a figure as a report of one table."""
    total: Sequence[Cell] = ()
    if rows.sum is not None:
        total = [Cell(_("Sum")), *(Cell("") for _column in rows.columns[1:-1]), Cell(rows.sum)]
        if rows.columns[-1].kind != "money" or len(rows.columns) < 2:
            total = ()
    return Report(title, rows.title, [Block(rows.title, rows.columns, rows.lines, total)])


def _table(block: Block) -> Table:
    head = [column.label for column in block.columns]
    return Table(head, [[_plain(cell) for cell in line] for line in _lines(block)], title=block.title)


def _joined(report: Report) -> Table:
    """All tables below each other, each row with its table's title; heads of further tables stand as rows."""
    blocks = report.blocks
    head = [_("Table"), *(column.label for column in blocks[0].columns)] if blocks else [_("Nothing")]
    width = max((len(block.columns) for block in blocks), default=0) + 1

    def rows() -> Iterator[list[SheetCell]]:
        for number, block in enumerate(blocks):
            if number:
                yield _filled([_("Table"), *(column.label for column in block.columns)], width)
            for line in _lines(block):
                yield _filled([block.title, *(_plain(cell) for cell in line)], width)

    return Table(_filled(list(head), width) if blocks else head, rows(), title=report.title)  # type: ignore[arg-type]


def _filled(cells: list[SheetCell], width: int) -> list[SheetCell]:
    return cells + [""] * (width - len(cells))


def _lines(block: Block) -> Sequence[Sequence[Cell]]:
    return [*block.lines, *([block.total] if block.total else [])]


def _plain(cell: Cell) -> SheetCell:
    return str(cell.value) if cell.value is not None and not isinstance(cell.value, _KEPT) else cell.value


_KEPT = (str, int, Decimal, Money, date)


def _paper(report: Report, actor: Actor, on: date) -> Paper:
    if sum(len(block.lines) for block in report.blocks) > MOST_ROWS:
        raise Refusal(
            "too_long", _("A PDF takes %(most)s rows: narrow the report, or take it as CSV or XLSX.")
            % {"most": f"{MOST_ROWS:,}"}, status=422,
        )  # fmt: skip
    assert actor.organisation_id  # reports are made for people and programs of an organisation
    organisation = Organisation.objects.get(pk=actor.organisation_id)
    return Paper(
        kind=report.title, number=report.span, issuer=organisation.name, date=on, notes=list(report.notes),
        sections=[_section(block) for block in report.blocks], brand=organisation.brand_colour or "#4a52d1",
        foot=organisation.name, page=_("Page {n} of {of}"),
    )  # fmt: skip


def _section(block: Block) -> Section:
    columns = [PaperColumn(column.label, end=column.kind not in ("text", "date"), wide=column.lead)
               for column in block.columns]  # fmt: skip
    rows = [
        Row([_text(column, cell) for column, cell in zip(block.columns, line, strict=True)]) for line in block.lines
    ]
    if block.total:
        rows.append(Row([_text(column, cell) for column, cell in zip(block.columns, block.total, strict=True)],
                        strong=True))  # fmt: skip
    return Section(columns, rows, title=block.title)


def _text(column: Column, cell: Cell) -> str:
    match cell.value:
        case None:
            return ""
        case Money():
            return amount_text(cell.value)
        case Decimal():
            return tenths_text(cell.value) + (" %" if column.kind == "percent" else "")
        case int():
            return number_text(cell.value)
        case date():
            return day_text(cell.value)
    return str(cell.value)
