"""Details of latency: by source and how it was measured, for these calls and for the process behind them."""

from __future__ import annotations

from evalharness import numbers
from evalharness.models.measure import Measure
from evalharness.models.summary import LatencyRow, WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.report.workbook.details_latency_parts import add_latency_details, name
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import bars, table

_HEAD = (
    "source, how measured", "median", "p95", "p99", "calls with a reply over 1.5 s", "replies (n)", "calls", "coverage",
    "unanswered", "overlaps", "rejected (over 60 s)", "missing",
)  # fmt: skip


_PROCESS_HEAD = ("source, how measured", "median", "p95", "p99", "replies (n)", "calls", "note")
_PROCESS = (
    "For trends and comparisons: what other weeks of the same agent may show, turns taken as clusters of their call. This week's "
    "verdict rests on its own percentiles above, which are exact."
)


def _row(row: LatencyRow, limits: dict[str, Threshold]) -> list[Content]:
    named = (("latency_p50_ms", row.p50), ("latency_p95_ms", row.p95), ("latency_p99_ms", row.p99), ("", row.slow_calls))
    percentiles = (numbers.measured(measure, limits.get(name)) for name, measure in named)
    counts = (row.unanswered, row.overlaps, row.rejected, row.missing)
    coverage = numbers.figure(row.coverage, "share")
    return [
        name(row),
        *percentiles,
        numbers.count(row.n),
        numbers.count(row.calls),
        coverage,
        *map(numbers.count, counts),
    ]


def add_latency(page: Page, summary: WeekSummary) -> None:
    """Write the tables."""
    limits = bars(summary)
    title = "Latency by source and how it was measured"
    table(page, title, _HEAD, (_row(row, limits) for row in summary.latency))
    behind = [row for row in summary.latency if row.process]
    if behind:
        title = "Latency: 95 % limits for the process behind these calls"
        table(page, title, _PROCESS_HEAD, map(_process, behind), said=_PROCESS, spread=True)
    add_latency_details(page, summary)


def _process(row: LatencyRow) -> list[Content]:
    limits = [_limits(row.process.get(name)) for name in ("p50", "p95", "p99")]
    notes = dict.fromkeys(part for measure in row.process.values() for part in measure.note.split("; ") if part)
    return [name(row), *limits, numbers.count(row.n), numbers.count(row.calls), "; ".join(notes)]


def _limits(measure: Measure | None) -> str:
    """Both limits, or which one there is: "at least 1480 ms, no upper limit"."""
    if measure is None:
        return numbers.NO_DATA
    return numbers.span(measure.low, measure.high, measure.unit) or "no limit"
