"""Charts: a report's chart as an SVG drawn on the server, with direct labels, a zero line and words for who cannot see
it; the exact figures stand in the table beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_compact_decimal

from documents.written import MINUS, locale, number_text
from eipp.analytics.report import Chart

WIDTH, HEIGHT = 720, 232
TOP, BOTTOM, SIDE, NAMES = 26, 34, 8, 118


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; title: what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Word:
    """A text at a place; kind: `value`, `axis` or `name`; anchor as SVG has it."""

    x: float
    y: float
    text: str
    kind: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws; line: the points of a polyline, dots on each of them."""

    title: str
    description: str
    zero: float
    bars: Sequence[Bar]
    words: Sequence[Word]
    line: Sequence[tuple[float, float]] = ()
    right: float = WIDTH - SIDE
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def points(self) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.line)


def drawn(chart: Chart) -> Drawing:
    """The geometry of a chart."""
    several = chart.kind == "stacked" and len(chart.series) > 1
    right = WIDTH - SIDE - (NAMES if several else 0)
    scale = _scale(chart)
    bars = list(_bars(chart, scale, right))
    words = [*_axis(chart, right), *_values(chart, scale, right), *(_names(chart, scale, right) if several else ())]
    line: list[tuple[float, float]] = []
    if chart.kind == "pareto":
        line = [
            (_middle(at, len(chart.labels), right), _share(share)) for at, share in enumerate(chart.series[1].values)
        ]
        words += [
            Word(x, y - 8, f"{number_text(round(share))} %", "share")
            for (x, y), share in list(zip(line, chart.series[1].values, strict=True))[1:]
        ]
    return Drawing(chart.title, chart.description, scale.at(0), bars, words, line, right)


@dataclass(frozen=True, slots=True)
class _Scale:
    least: Decimal
    most: Decimal

    def at(self, value: Decimal | int) -> float:
        """The height of a value on the page; it grows downwards."""
        span = self.most - self.least or Decimal(1)
        return float(TOP + (HEIGHT - TOP - BOTTOM) * (self.most - value) / span)


def _scale(chart: Chart) -> _Scale:
    sums = [Decimal(value) for column in _columns(chart) for value in _levels(column)]
    most, least = max(sums, default=Decimal(0)), min(sums, default=Decimal(0))
    if chart.kind == "pareto":
        most = sum((Decimal(value) for value in chart.series[0].values), Decimal(0))  # the line ends at their sum
    return _Scale(min(least, Decimal(0)), max(most, Decimal(0)))


def _columns(chart: Chart) -> list[list[Decimal]]:
    """Column by column what stands upon each other."""
    if chart.kind == "columns":
        return [[Decimal(series.values[0])] for series in chart.series]
    stacked = chart.series[:1] if chart.kind == "pareto" else chart.series
    return [[Decimal(series.values[at]) for series in stacked] for at in range(len(chart.labels))]


def _levels(column: Sequence[Decimal]) -> Iterator[Decimal]:
    level = Decimal(0)
    yield level
    for value in column:
        level += value
        yield level


def _bars(chart: Chart, scale: _Scale, right: float) -> Iterator[Bar]:
    columns = _columns(chart)
    room = (right - SIDE) / max(1, len(columns))
    for at, column in enumerate(columns):
        level = Decimal(0)
        for number, value in enumerate(column):
            series = chart.series[at] if chart.kind == "columns" else chart.series[number]
            low, high = sorted((scale.at(level), scale.at(level + value)))
            level += value
            if value:
                label = series.name if chart.kind == "columns" else f"{chart.labels[at]}, {series.name}"
                title = f"{label}: {number_text(value)} {chart.unit}"
                yield Bar(SIDE + room * (at + 0.2), low, room * 0.6, max(1.0, high - low), series.tone, title)


def _axis(chart: Chart, right: float) -> Iterator[Word]:
    labels = [series.name for series in chart.series] if chart.kind == "columns" else chart.labels
    for at, label in enumerate(labels):
        lower = HEIGHT - 12 if len(label) <= 14 or at % 2 == 0 else HEIGHT - 1
        yield Word(_middle(at, len(labels), right), lower, label, "axis")


def _values(chart: Chart, scale: _Scale, right: float) -> Iterator[Word]:
    columns = _columns(chart)
    for at, column in enumerate(columns):
        height = sum(column, Decimal(0))
        if height:
            y = scale.at(max(height, Decimal(0))) - 6
            yield Word(_middle(at, len(columns), right), y, _short(height), "value")


def _names(chart: Chart, scale: _Scale, right: float) -> Iterator[Word]:
    """Beside the last column what its parts are, never upon each other."""
    level, lowest = Decimal(0), float(HEIGHT)
    for series in chart.series:
        value = Decimal(series.values[-1]) if series.values else Decimal(0)
        lowest = min(lowest - 15, scale.at(level + value / 2) + 4)
        level += value
        yield Word(right + 4, lowest, series.name, "name", "start")


def _middle(at: int, count: int, right: float) -> float:
    return SIDE + (right - SIDE) * (at + 0.5) / max(1, count)


def _share(percent: Decimal | int) -> float:
    """The height of a percentage: a hundred is at the top."""
    return float(TOP + (HEIGHT - TOP - BOTTOM) * (100 - Decimal(percent)) / 100)


def _short(value: Decimal) -> str:
    """`12K`: the table has the exact figure."""
    digits = 1 if abs(value) < 100_000 else 0
    return str(format_compact_decimal(value, fraction_digits=digits, locale=locale())).replace("-", MINUS)
