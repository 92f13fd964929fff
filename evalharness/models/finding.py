"""What detectors find in a call without judging it: figures that every call of a kind has, and the places that show something."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import Field

from evalharness.models.noun import CallId, Count, Name, Noun
from evalharness.models.rubric import Identifier


class Finding(Noun):
    """One place in a call that shows something: `measure` names the detector's figure, `turns` the turns by index (() = the log
    of the call shows it, no turn), `value` its size in the figure's unit, `state` what became of it where the detector tells
    (handled, partly, improvised; matched, contradicted, unsupported; late ...), `note` a few words of ours, none of the caller's.
    """

    measure: Identifier
    turns: tuple[Count, ...] = ()
    value: float | None = None
    state: Identifier | None = None
    note: str = Field(default="", max_length=200)


class CallFindings(Noun):
    """What the detectors say of one call. `values`: figure -> number, for figures that this call's log allows to be told: a 0 was
    looked for and not found, a figure without data is absent. `findings`: in order of detector, then turn."""

    source: Name
    call_id: CallId
    values: dict[Identifier, float] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class FigureTally:
    """One figure over calls that are alike in `group` (of `by`: all, version, intent, hour). `calls`: in-scope calls; `n`: those
    with the figure; `hits`: those where it is above 0; `total`: its sum; `low`, `median`, `high`: smallest, middle, largest."""

    figure: str
    by: str
    group: str
    calls: int
    n: int
    hits: int
    total: float
    low: float | None = None
    median: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class FoundPlace:
    """A finding with the call it stands in, for lists in reports."""

    source: str
    call_id: str
    finding: Finding


@dataclass(frozen=True)
class WeekFound:
    """What the detectors found in a week's calls in scope: tallies of every figure, counts of findings by (measure, state), the
    strongest places of each measure, and of findings that name what was looked for their counts by (measure, name, state). Empty
    where nothing was measured yet."""

    tallies: tuple[FigureTally, ...] = ()
    states: dict[tuple[str, str], int] = field(default_factory=dict)
    places: tuple[FoundPlace, ...] = ()
    named: dict[tuple[str, str, str], int] = field(default_factory=dict)
