"""What the latency of a week is made of: the same turns split by kind and group, and their parts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evalharness.models.measure import Measure
from evalharness.models.noun import Count, Name, Noun


class LatencySplit(Noun):
    """Some turns of one (source, anchor): p50, p95 and p99 exact for the week, each with its n.

    `by` "turn": `name` tool (a tool ran for the reply), no_tool, or without_fillers (replies that the log does not mark as a
    filler); unanswered turns are of no kind, and stand only in without_fillers. `by` version, intent, hour: all turns of the
    calls of that group, unanswered ones above all; `name` "" = the log names none. `slow`: share of these turns above 1.5 s.
    """

    by: Literal["turn", "version", "intent", "hour"]
    name: str
    p50: Measure
    p95: Measure
    p99: Measure
    slow: Measure


class LatencyPart(Noun):
    """One part of the replies under one (source, anchor): p50, p95 and p99 of the replies that report it, exact for the week.

    `largest`: share of the replies above 1.5 s with any known part in which it is the largest one known, with their n.
    """

    part: Name
    p50: Measure
    p95: Measure
    p99: Measure
    largest: Measure


class LatencyDetails(Noun):
    """`splits`: by kind of turn, version, intent and local hour, as far as the log names any; groups of fewer than 20 turns are
    only counted in `small` (by -> turns). `parts`: those that any reply reports, the one that is most often the largest first.
    `slow`: replies above 1.5 s, `slow_unknown`: those of them without a known part."""

    splits: tuple[LatencySplit, ...] = ()
    small: dict[str, Count] = Field(default_factory=dict)
    parts: tuple[LatencyPart, ...] = ()
    slow: Count = 0
    slow_unknown: Count = 0
