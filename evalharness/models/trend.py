"""A measure over weeks, and two versions beside each other. Weeks are joined only where they mean the same."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evalharness.models.act import SignedFigure, SignOff
from evalharness.models.call import Change
from evalharness.models.measure import Measure, Since, WeekVerdict
from evalharness.models.noun import Amount, Count, Name, Noun, Share
from evalharness.models.threshold import Threshold
from evalharness.models.week import Week

BY_THE_LOG = "failed by the log"
"""The group of the technical failures that a judged rate counts in without anybody grading them; a part of every kind."""


class Difference(Noun):
    """A measure less the same of the week before it, with the two-sided 95 % limits of that difference; never an alarm.

    In the unit of the measure (a share as a fraction). `low`, `high` None: no limit is known. Only between weeks that are joined.
    """

    before: Week
    value: float
    low: float | None = None
    high: float | None = None


class TrendPoint(Noun):
    """A measure of one week. `breaks`: what changed its meaning since the week before (a criterion, the judge); "" = nothing.

    `measure` has the limits for this week's calls, `process` (None: the same) those for the process behind the week, by which
    weeks are compared. `difference`: from the newest week before it that it is joined to.
    `signed`: the figure that was signed, only where it differs from `measure` as computed now.
    """

    week: Week
    measure: Measure
    breaks: str = ""
    signed: SignedFigure | None = None
    process: Measure | None = None
    difference: Difference | None = None


class Trend(Noun):
    """One measure, week by week, oldest first; a line is drawn only between points without a break."""

    name: Name
    points: tuple[TrendPoint, ...]
    bar: Threshold | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Trend:
        weeks = [point.week for point in self.points]
        if weeks != sorted(set(weeks)):
            raise ValueError("the weeks of a trend are in time order, each once")
        if any(point.measure.name != self.name for point in self.points):
            raise ValueError("a trend holds one measure")
        return self


class Alarm(Noun):
    """In that week the failures since `watched_from` had become too many for their target. STATISTICS f, e-detector.

    `failures` of `calls` from `watched_from` to `week`; `statistic` None: beyond all bounds (a failure where none may be).
    """

    week: Week
    watched_from: Week
    failures: Count
    calls: Count
    statistic: Amount | None


class Watch(Noun):
    """What an alarm is waited for in one measure, and what came of it.

    `target`: the share of failures held against, `target_from` the bar, or the 80 % upper limit of the weeks named in
    `baseline`; None: `why_not` says why nothing can be watched. `threshold`: 156 weeks x `watched` (how many measures are).
    `sees`: the smallest share of failures that would be seen within 12 weeks in at least 80 % of cases at these sizes; None: no
    share at all. `weeks`: watched ones with calls, since the last break. `spread`: a week's calls are counted as so many times
    fewer, since the rate varies from week to week by itself (1 where the bar is the target). `of`: the calls, in words.
    """

    measure: Name
    of: str = ""
    target: Share | None = None
    target_from: Literal["bar", "baseline"] | None = None
    baseline: tuple[Week, ...] = ()
    threshold: Amount = 156.0
    watched: Count = 1
    weeks: Count = 0
    alarms: tuple[Alarm, ...] = ()
    sees: Share | None = None
    spread: Amount = 1.0
    why_not: str = ""


class GraderShift(Noun):
    """Whether a movement can lie in the judge: its answers to gold calls in that week against those before.

    `verdict`: changed (more newly wrong than chance), steady, too_few gold calls, no_gold, or another judge (`before`).
    """

    week: Week
    judge: Name
    verdict: Literal["changed", "steady", "too_few", "no_gold", "another_judge"]
    before: Name | None = None
    newly_wrong: Count = 0
    newly_right: Count = 0
    gold: Count = 0
    p: Share | None = None
    criteria: tuple[Name, ...] = ()


class TrendSlice(Noun):
    """The calls of one intent, version, hour of the day (local, "09") or stratum over the same weeks."""

    kind: Literal["intent", "version", "hour", "stratum"]
    value: str
    trends: tuple[Trend, ...]


class MovedPart(Noun):
    """What one group of calls has to do with a movement. Counts, never a cause.

    `hits` of `calls` now and before; `moved`: what it adds to the whole's difference (hits / all calls now less before, weighted
    as the measure is); over the groups of one kind these add up to the difference. None: does not add up (an error tag, a
    criterion), the counts speak alone.
    """

    kind: Literal["stratum", "intent", "version", "criterion", "error_tag", "hour"]
    name: str
    hits: Count
    calls: Count
    hits_before: Count
    calls_before: Count
    moved: float | None = None


class Movement(Noun):
    """A measure that is another than in the week before, and the groups beside it, those that moved most first.

    `clear`: the limits of the difference exclude 0. `note`: what forbids to read more into it (a break, few calls).
    """

    measure: Name
    difference: Difference
    clear: bool
    n: Count
    n_before: Count
    parts: tuple[MovedPart, ...] = ()
    note: str = ""


class WhatChanged(Noun):
    """A week beside the one before that it can be compared with; no such week: `why_not`."""

    week: Week
    before: Week | None = None
    movements: tuple[Movement, ...] = ()
    shifts: tuple[GraderShift, ...] = ()
    why_not: str = ""


class TrendWeek(Noun):
    """What is known of a week beside its measures. `versions`: calls by the version the log names; `differs`: signed, and a
    figure as computed now is another one; `missed`: the measures that missed their bar."""

    week: Week
    calls: Count = 0
    drawn: Count = 0
    graded: Count = 0
    verdict: WeekVerdict | None = None
    changes: tuple[Change, ...] = ()
    versions: dict[str, Count] = Field(default_factory=dict)
    signed: SignOff | None = None
    differs: bool = False
    missed: tuple[Name, ...] = ()


class WeekTrends(Noun):
    """Every measure over the same weeks, every week of the calendar from the first to the last, oldest first.

    `watches`: what an alarm is waited for; `slices`: the same by group of calls; `shifts`: what gold calls say of the judge.
    `since`: judged rates accumulated since the newest declared version, up to the last week, by measure.
    """

    weeks: tuple[TrendWeek, ...]
    trends: tuple[Trend, ...]
    timezone: str = "UTC"
    watches: tuple[Watch, ...] = ()
    slices: tuple[TrendSlice, ...] = ()
    shifts: tuple[GraderShift, ...] = ()
    since: dict[Name, Since] = Field(default_factory=dict)

    def trend(self, name: str) -> Trend:
        """The trend of that measure. Raises KeyError."""
        for trend in self.trends:
            if trend.name == name:
                return trend
        raise KeyError(name)


class Comparison(Noun):
    """Versions a and b on the same calls: new minus old with its two-sided 95 % limits; pairs, not two independent samples."""

    measure: Name
    a: Name
    b: Name
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    pairs: Count = 0
    margin: float = Field(default=0.1, gt=0)

    @model_validator(mode="after")
    def _no_value_from_nothing(self) -> Comparison:
        if self.pairs == 0 and self.difference is not None:
            raise ValueError("a difference from no pairs")
        return self
