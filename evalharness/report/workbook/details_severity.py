"""Details of graders beside each other: how severely each person grades, and whose grades are left out."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness import numbers
from evalharness.models.summary import WeekSummary
from evalharness.report import agreement_words, phrases, trust_words
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import table

_SEVERITY_HEAD = (
    "criterion", "person", "difference in levels, 95 %", "calls shared", "state", "last 4 weeks", "calls", "with", "drift",
)  # fmt: skip
_SEVERITY = (
    "Own answer minus the mean of the other people's, on the calls they share, pooled over the weeks so far; below 0 = more "
    "severe than the others. Nothing is ever corrected by it."
)
_EXCLUDED_HEAD = ("person", "left out from", "by", "on", "reason")
_EXCLUDED = "Their grades enter no figure from that week on; they stay in the ledger."


def add_severity(page: Page, summary: WeekSummary) -> None:
    """Write the tables; one without anything to say is left out."""
    if summary.severity:
        table(page, "Severity of graders", _SEVERITY_HEAD, _severity_rows(summary), said=_SEVERITY, spread=True)
    if summary.excluded:
        rows = ([one.person, one.start, one.by, f"{one.at:%Y-%m-%d}", one.reason] for one in summary.excluded)
        table(page, "Graders left out", _EXCLUDED_HEAD, rows, said=_EXCLUDED, spread=True)


def _severity_rows(summary: WeekSummary) -> Iterator[list[Content]]:
    for one in summary.severity:
        yield [
            phrases.plain(one.criterion),
            one.person,
            trust_words.levels(one.difference),
            numbers.count(one.difference.n),
            agreement_words.state_of(one),
            trust_words.levels(one.lately) if one.lately.n else "no data",
            numbers.count(one.lately.n),
            ", ".join(one.others),
            agreement_words.drift_of(one),
        ]
