"""The table of the trend: every measure over the weeks, broken where its meaning changed, with its alarms."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import Difference, Trend, TrendPoint, WeekTrends
from evalharness.report.exports.table import MEASURE, WEEK, Column, Row, Table, measured, or_none


def trend_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a measure and week of all calls, then of each group of calls; nothing where no trend was made."""
    if summary.trend is None:
        return
    alarms = _alarms(summary.trend)
    for trend in summary.trend.trends:
        yield from _rows(trend, ("all", None), alarms)
    for part in summary.trend.slices:
        for trend in part.trends:
            yield from _rows(trend, (part.kind, or_none(part.value)), frozenset())


def _alarms(trends: WeekTrends) -> frozenset[tuple[str, str]]:
    """(measure, week) of every alarm."""
    return frozenset((watch.measure, alarm.week) for watch in trends.watches for alarm in watch.alarms)


def _rows(trend: Trend, group: tuple[str, str | None], alarms: frozenset[tuple[str, str]]) -> Iterator[Row]:
    for point in trend.points:
        place = {"week": point.week, "by": group[0], "group": group[1], "measure": trend.name}
        rest = {**_process(point.process), **_difference(point.difference), **_signed(point)}
        yield {**place, **measured(point.measure), "breaks": or_none(point.breaks), **rest,
               "bar": trend.bar.value if trend.bar else None, "alarm": (trend.name, point.week) in alarms}  # fmt: skip


def _process(process: Measure | None) -> Row:
    return {"process_low": process.low if process else None, "process_high": process.high if process else None}


def _difference(found: Difference | None) -> Row:
    if found is None:
        return dict.fromkeys(("difference_from", "difference", "difference_low", "difference_high"))
    return {
        "difference_from": found.before,
        "difference": found.value,
        "difference_low": found.low,
        "difference_high": found.high,
    }


def _signed(point: TrendPoint) -> Row:
    return {"signed_value": point.signed.value if point.signed else None, "signed_otherwise": point.signed is not None}


_NOT_JOINED = "not joined with a week before"
TREND = Table(
    "trend",
    "a measure in a week, as known when the newest of these weeks was reported",
    ("by", "group", "measure", "week"),
    (
        WEEK,
        Column("by", "word", "all calls, or which kind of group", among=("all", "intent", "version", "hour", "stratum")),
        Column("group", "word", "which group", missing="all calls, or the log names none"),
        Column("measure", "word", "its name"),
        *MEASURE,
        Column("breaks", "text", "what changed its meaning since the week before: no line is drawn over it", missing="nothing"),
        Column("process_low", "number", "95 % limit for the process behind the week", "as `unit` says", "as `low`"),
        Column("process_high", "number", "95 % limit for the process behind the week", "as `unit` says", "as `high`"),
        Column("difference_from", "word", "the week it is held against", missing=_NOT_JOINED),
        Column("difference", "number", "this week less that one", "as `unit` says", _NOT_JOINED),
        Column("difference_low", "number", "lower 95 % limit of the difference", "as `unit` says", "no limit is known"),
        Column("difference_high", "number", "upper 95 % limit of the difference", "as `unit` says", "no limit is known"),
        Column("signed_value", "number", "the figure as it was signed", "as `unit` says", "signed as it is, not signed, or none"),
        Column("signed_otherwise", "boolean", "another figure was signed"),
        Column("bar", "number", "the bar", "as `unit` says", "no check is about it"),
        Column("alarm", "boolean", "in this week the failures had become too many for their target"),
    ),
    trend_rows,
    newest=True,
)
