"""Report: a question with its answer in tables and charts; each figure names the rows that it is the sum of.

Plain facts that the faces show, print and export: a report is made for an actor and holds what this actor may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from eipp.kernel.money import Money

#: The rows of one figure that are read at most; more of them are narrowed first.
MOST_ROWS = 20_000

Value = str | int | Decimal | Money | date | None
Kind = Literal["text", "money", "count", "days", "percent", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; kind says how its values are written. lead: the one that names the row."""

    label: str
    kind: Kind = "text"
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value; rows: what to ask the report's rows for, to see what the figure is the sum of; opens: the kind and id of
    the document that a text names."""

    value: Value
    rows: Mapping[str, str] = field(default_factory=dict)
    opens: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values of a chart; tone: a part of the palette (`pieces.Tone`, or `main` and `beside`)."""

    name: str
    values: Sequence[Decimal | int]
    tone: str = "main"


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns side by side, stacked, or with a line over them (the last series, in percent); unit: of the values."""

    kind: Literal["columns", "stacked", "pareto", "line"]
    title: str
    description: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str


@dataclass(frozen=True, slots=True)
class Block:
    """A table with its chart; total: the last line, where sums make sense."""

    title: str
    columns: Sequence[Column]
    lines: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    charts: Sequence[Chart] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The answer. notes: how the figures are defined, in words."""

    title: str
    span: str
    blocks: Sequence[Block]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a figure is the sum of: `sum` and `count` are of all rows, of which `lines` has at most `MOST_ROWS`."""

    title: str
    columns: Sequence[Column]
    lines: Sequence[Sequence[Cell]]
    sum: Money | int | None
    count: int
