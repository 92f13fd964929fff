"""What the log and the graded calls of one week say beyond its summary: what a trend splits by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.latency_details import SLOW_MS
from evalharness.aggregate.population import ENOUGH_COVERAGE
from evalharness.models.facts import FactGroup, LatencyPool
from evalharness.models.finding import FigureTally
from evalharness.models.measure import Measure
from evalharness.models.measured import COUNTED
from evalharness.models.measured import Meaning as Figure
from evalharness.models.summary import WeekSummary

TECHNICAL, SLOW, CALLS_WITH = "technical_failure_rate", "slow_calls", "calls_with."
TOOL_ERRORS = f"{CALLS_WITH}tool_errors"
APART = ("tool_errors",)
"""Figures of detectors that are told by group too."""


@dataclass(frozen=True)
class WeekLog:
    """`past`: the drawn week as people graded it (None: not drawn); `facts`: the calls in groups that are alike; `pools`: the
    turns by (source, anchor), the largest first; `tallies`: the figures of the detectors, declared in `figures`."""

    past: PastWeek | None = None
    facts: Sequence[FactGroup] = ()
    pools: Sequence[LatencyPool] = ()
    tallies: Sequence[FigureTally] = ()
    figures: Sequence[Figure] = ()
    zone: ZoneInfo | None = None

    @property
    def in_scope(self) -> list[FactGroup]:
        """The groups that the log does not show as out of scope."""
        return [group for group in self.facts if group.in_scope]


def largest_first(pools: Sequence[LatencyPool]) -> list[LatencyPool]:
    """The pools by their measured replies, as `LatencyRow.n` counts them: whatever speaks for the week is the same pool."""
    return sorted(pools, key=lambda pool: -pool.measured)


def over_all_calls(summary: WeekSummary, log: WeekLog) -> list[Measure]:
    """Shares of calls that the log alone shows: technical failures, slow calls of the largest pool, calls with anything bad that
    detectors look for."""
    found = [technical(log.in_scope)] if log.facts else []
    if summary.latency:
        row = max(summary.latency, key=lambda row: row.n)
        found.append(row.slow_calls.model_copy(update={"name": SLOW}))
    bad = {figure.figure: figure for figure in log.figures if figure.bad and figure.unit in COUNTED}
    return found + [calls_with(one, bad[one.figure]) for one in log.tallies if one.by == "all" and one.figure in bad]


def technical(groups: Sequence[FactGroup]) -> Measure:
    """Calls that the log shows as failed_technical, of these in-scope ones."""
    n = sum(group.calls for group in groups)
    failed = sum(group.calls for group in groups if group.outcome == "failed_technical")
    return Measure(name=TECHNICAL, unit="share", value=failed / n if n else None, n=n, of=n, note="as the log shows it")


def calls_with(tally: FigureTally, figure: Figure) -> Measure:
    """The share of calls with at least one, of those whose log tells; where many do not, as none and as all of them.

    `of` are all calls, as everywhere this figure is told. A figure that is told of some calls only lacks none of the others.
    """
    of, missing = tally.calls, 0 if figure.among else tally.calls - tally.n
    share = tally.hits / tally.n if tally.n else None
    ends: tuple[float | None, float | None] = (None, None)
    if tally.n and (of - missing) / of < ENOUGH_COVERAGE:
        ends = (tally.hits / of, (tally.hits + missing) / of)
    note = f"{figure.words}{f', of {figure.among}' if figure.among else ''}"
    name = f"{CALLS_WITH}{tally.figure}"
    return Measure(name=name, unit="share", value=share, n=tally.n, of=of, missing=missing, low=ends[0], high=ends[1], note=note)


def hits_of(measure: Measure) -> int | None:
    """How many of the n calls a share that is counted over calls is made of; None for any other figure."""
    if measure.unit != "share" or measure.basis != "all_calls" or measure.value is None:
        return None
    return round(measure.value * measure.n)


def group_name(by: str, name: str) -> str:
    """The name of a group as everybody writes it: hours with two digits, "09"."""
    return name.zfill(2) if by == "hour" and name.isdecimal() else name


def slow_by(pool: LatencyPool, by: str) -> dict[str, tuple[int, int]]:
    """Group -> (slow calls, calls) of the pool; the group of a call without one is ""."""
    slow = np.zeros(pool.calls, dtype=bool)
    slow[pool.call_index[pool.values_ms > SLOW_MS]] = True
    slow[pool.unanswered_index] = True
    codes, names = pool.group_of[by], pool.groups[by]
    hits, calls = np.bincount(codes, slow, len(names)), np.bincount(codes, minlength=len(names))
    counts = ((name, int(hits[code]), int(calls[code])) for code, name in enumerate(names) if calls[code])
    return {group_name(by, name): (slow_, of) for name, slow_, of in counts}
