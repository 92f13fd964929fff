"""Details of latency, what slow turns have in common: kind of turn, version, intent, hour, and the part that takes longest."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness import numbers
from evalharness.models.latency import LatencyPart, LatencySplit
from evalharness.models.summary import LatencyRow, WeekSummary
from evalharness.report import phrases
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import table

_SPLITS = ("source, how measured", "turns", "median", "p95", "p99", "turns over 1.5 s", "turns (n)")
_SPLITS_SAID = (
    "Exact for this week; never mixed over sources or ways of measuring. Of an unanswered turn nobody knows whether a tool ran: "
    "they stand in the other rows, above every value. Groups of fewer than 20 turns are not shown."
)
_PARTS = (
    "source, how measured", "part", "median", "p95", "p99", "replies with it (n)", "largest of slow replies",
    "slow replies (n)",
)  # fmt: skip
_PARTS_SAID = (
    "Exact for this week, over the replies that report the part. A reply is slow above 1.5 s; its largest part is the largest "
    "one known, and parts that a log leaves out may be larger."
)
_KINDS = {"tool": "with a tool call", "no_tool": "without a tool call", "without_fillers": "without fillers"}


def add_latency_details(page: Page, summary: WeekSummary) -> None:
    """Write the tables; none where the week's turns are all of one kind and no reply reports a part."""
    splits = [_split(row, split) for row in summary.latency for split in row.details.splits]
    parts = [_part(row, part) for row in summary.latency for part in row.details.parts]
    if splits:
        table(page, "Latency by kind of turn, version, intent and local hour", _SPLITS, splits, said=_said(summary))
    if parts:
        table(page, "Latency: what the slow replies spend their time on", _PARTS, parts, said=_PARTS_SAID)


def name(row: LatencyRow) -> str:
    """A source and how it was measured."""
    return f"{row.source}, {phrases.ANCHOR_WORDS.get(row.anchor, row.anchor)}"


def _said(summary: WeekSummary) -> str:
    return " ".join([_SPLITS_SAID, *_small(summary)])


def _small(summary: WeekSummary) -> Iterator[str]:
    for row in summary.latency:
        for by, turns in row.details.small.items():
            yield f"{name(row)}: {numbers.counted(turns, 'turn')} in such groups by {by}."


def _split(row: LatencyRow, split: LatencySplit) -> list[Content]:
    percentiles = [numbers.measured(measure) for measure in (split.p50, split.p95, split.p99)]
    return [name(row), _group(split), *percentiles, numbers.measured(split.slow), numbers.count(split.p50.n)]


def _group(split: LatencySplit) -> str:
    if split.by == "turn":
        return _KINDS[split.name]
    if split.by == "hour":
        return f"from {int(split.name):02d}:00" if split.name else "hour not known"
    return f"{split.by} {phrases.plain(split.name) if split.by == 'intent' else split.name}" if split.name else f"no {split.by}"


def _part(row: LatencyRow, part: LatencyPart) -> list[Content]:
    percentiles = [numbers.measured(measure) for measure in (part.p50, part.p95, part.p99)]
    largest = [numbers.measured(part.largest), numbers.count_of(part.largest.n, part.largest.of)]
    return [name(row), part.part, *percentiles, numbers.count(part.p50.n), *largest]
