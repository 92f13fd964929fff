"""Details of latency: by source and how it was measured, for these calls and for the process behind them."""

from __future__ import annotations

from evalharness.models.summary import LatencyRow, WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.report import numbers, phrases
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import bars, table

_HEAD = (
    "source, how measured", "median", "p95", "p99", "calls with a reply over 1.5 s", "replies (n)", "calls", "coverage",
    "unanswered", "overlaps", "rejected (over 60 s)", "missing",
)  # fmt: skip


def _row(row: LatencyRow, limits: dict[str, Threshold]) -> list[Content]:
    named = (("latency_p50_ms", row.p50), ("latency_p95_ms", row.p95), ("latency_p99_ms", row.p99), ("", row.slow_calls))
    percentiles = (numbers.measured(measure, limits.get(name)) for name, measure in named)
    counts = (row.unanswered, row.overlaps, row.rejected, row.missing)
    coverage = numbers.figure(row.coverage, "share")
    return [
        f"{row.source}, {phrases.ANCHOR_WORDS.get(row.anchor, row.anchor)}",
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
