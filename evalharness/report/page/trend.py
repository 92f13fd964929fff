"""The part of the trend: a picture and a table of each main measure, the tables of the workbook, the changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from evalharness import numbers
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import Trend, TrendPoint, WeekTrends
from evalharness.report import phrases, trend_words
from evalharness.report.page.details import trend_tables
from evalharness.report.page.recorded import Block
from evalharness.report.page.trend_chart import Chart, chart

MAIN = 6
"""How many measures, the first ones, get a picture, and beside them those that raised an alarm."""


@dataclass(frozen=True)
class Row:
    """A week of a measure; `breaks`: why it is not joined with the weeks before."""

    week: str
    value: str
    limits: str
    n_of: str
    breaks: str
    remarks: str


@dataclass(frozen=True)
class Shown:
    """A main measure: its name, its bar in words, its picture and its table."""

    name: str
    bar: str
    chart: Chart | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class TrendPart:
    """What the part shows; nothing of it is computed here."""

    heading: str
    caution: str
    main: tuple[Shown, ...]
    tables: tuple[Block, ...]
    changes: tuple[str, ...]

    def in_short(self) -> TrendPart:
        """The part with the first rows of its long tables alone."""
        return replace(self, tables=tuple(block.in_short() for block in self.tables))


def trend_part(summary: WeekSummary) -> TrendPart | None:
    """The trend up to the week; None where no week is drawn."""
    trends = summary.trend
    if trends is None or not trends.weeks:
        return None
    return TrendPart(
        trend_words.heading(trends),
        trend_words.CAUTION,
        tuple(_shown(one, trends) for one in _main(trends)),
        trend_tables(summary),
        tuple(trend_words.changes(trends)),
    )


def _main(trends: WeekTrends) -> list[Trend]:
    """The first measures, and each that raised an alarm."""
    alarmed = {watch.measure for watch in trends.watches if watch.alarms}
    return [one for number, one in enumerate(trends.trends) if number < MAIN or one.name in alarmed]


def _name(trend: Trend) -> str:
    title = trend_words.title(trend)
    return title if title.startswith("p9") else title[:1].upper() + title[1:]


def _shown(trend: Trend, trends: WeekTrends) -> Shown:
    currency = trend.points[-1].measure.currency
    bar = numbers.bar(trend.bar, currency) if trend.bar else ""
    picture = chart(trend, trends) if len(trends.weeks) > 1 else None
    return Shown(_name(trend), bar, picture, tuple(_row(trend, point) for point in trend.points))


def _row(trend: Trend, point: TrendPoint) -> Row:
    breaks = f"{trend_words.NOT_JOINED}: {point.breaks}" if point.breaks else ""
    return Row(
        point.week,
        trend_words.value(trend, point),
        trend_words.limits(trend, point),
        phrases.n_of(point.measure),
        breaks,
        trend_words.remarks(point),
    )
