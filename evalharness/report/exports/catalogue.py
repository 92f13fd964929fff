"""Every table, in the order of the dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness.models.summary import WeekSummary
from evalharness.report.exports.calls import CALLS, TURNS, WEEKS
from evalharness.report.exports.figures import ANSWERS, CHECKS, CRITERIA, MEASURES
from evalharness.report.exports.found import FINDINGS, MEASURED
from evalharness.report.exports.people import ACTIONS, AGREEMENT
from evalharness.report.exports.running import COST, LATENCY
from evalharness.report.exports.scores import PAIRS, SCORES
from evalharness.report.exports.table import Row, Table
from evalharness.report.exports.weeks import TREND

TABLES: tuple[Table, ...] = (
    SCORES, WEEKS, CALLS, TURNS, CHECKS, MEASURES, CRITERIA, ANSWERS, MEASURED, FINDINGS, LATENCY, COST, TREND, ACTIONS, PAIRS,
    AGREEMENT,
)  # fmt: skip


def table(name: str) -> Table:
    """The table of that name. Raises KeyError."""
    for one in TABLES:
        if one.name == name:
            return one
    raise KeyError(name)


def rows(of: Table, summaries: Sequence[WeekSummary]) -> Iterator[Row]:
    """The rows of these weeks, oldest first; a table that covers the weeks before is taken from the newest one."""
    for summary in summaries[-1:] if of.newest else summaries:
        yield from of.rows(summary)
