"""What a week's grading can show, before anyone grades: widths, minutes, and in which week each check can be decided."""

from __future__ import annotations

from pydantic import Field

from evalharness.models.noun import Amount, Count, Name, Noun, Share
from evalharness.models.threshold import Threshold
from evalharness.models.week import Week


class PlannedCheck(Noun):
    """One judged check at one sample size. `assumed`: the rate it is planned with, `assumption`: where that comes from.

    `width`: expected width of the two-sided 95 % interval of this week's rate; `chance`: probability that this week alone
    decides it (met or missed) if the rate is as assumed; `week`: the first week in which the rate accumulated since `since`
    decides it if every week goes as assumed (None = not within `horizon` weeks, or the assumed rate is on the bar).
    """

    threshold: Threshold
    assumed: Share
    assumption: str
    width: Amount
    chance: Share
    since: Week
    accumulated: Count = 0
    week: Week | None = None
    weeks: Count | None = None
    horizon: Count = 104


class PlanSize(Noun):
    """A sample size: how it is divided over the strata (name -> calls), minutes by person, and what each check can show."""

    size: Count
    drawn: Count
    strata: dict[str, Count]
    minutes: dict[str, Amount]
    checks: tuple[PlannedCheck, ...]


class SamplePlan(Noun):
    """The plan of a week, for several sizes. `population`: calls by stratum that can be drawn; `decided`: checks that are
    measured over all calls and need no grading; `minutes_from`: what the minutes rest on."""

    week: Week
    population: dict[str, Count]
    sizes: tuple[PlanSize, ...]
    decided: tuple[str, ...] = ()
    minutes_from: str = ""
    notes: tuple[Name, ...] = Field(default=())
