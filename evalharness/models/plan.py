"""What a week's grading can show, before anyone grades: widths, minutes, and in which week each check can be decided."""

from __future__ import annotations

from pydantic import Field

from evalharness.models.noun import Amount, Count, Name, Noun, Share
from evalharness.models.sample import Stratum
from evalharness.models.threshold import Threshold
from evalharness.models.week import Week

HORIZON = 104


class Assumed(Noun):
    """What a judged check is planned with. `rate`: of the week's in-scope calls (of the judged ones for shares of good answers).

    `why`: where the rate comes from. `since`: the week from which calls accumulate, `n` by now, through week `through`; so many
    `needed` in all settle it if the weeks go on as they were (n = it is settled; None = none would), as the report says.
    """

    threshold: Threshold
    rate: Share
    why: str
    since: Week
    n: Count = 0
    needed: Count | None = None
    through: Week | None = None


class PlannedCheck(Noun):
    """One judged check at one sample size. `assumed`: the rate it is planned with, `assumption`: where that comes from.

    `low` to `high`, `width` apart: the two-sided 95 % interval of this week's rate if the answers fall as assumed; `graded`:
    the calls it rests on; `worth`: how many calls drawn with equal probability show as much. `chance`: probability that this
    week alone decides it, of which `met` that it is met. `week`: the first week in which the rate accumulated since `since`
    decides it, `weeks` weeks from now on (0 = it is decided already, None = not within `horizon` weeks, or the assumed rate is on
    the bar), by `accumulated` calls so far and `per_week` more a week.
    """

    threshold: Threshold
    assumed: Share
    assumption: str
    graded: Count
    worth: Amount
    low: Share
    high: Share
    width: Share
    chance: Share
    met: Share
    since: Week
    accumulated: Count = 0
    per_week: Amount = 0.0
    week: Week | None = None
    weeks: Count | None = None
    horizon: Count = HORIZON


class PlanSize(Noun):
    """A sample size: calls drawn of each stratum (`strata`) of how many (`population`); what that is worth in calls of equal
    probability; calls and minutes by person; what each check can show. `left_out`: strata that the size does not carry."""

    size: Count
    drawn: Count
    worth: Amount
    strata: dict[str, Count]
    population: dict[str, Count]
    left_out: tuple[Name, ...] = ()
    reads: dict[str, Count]
    minutes: dict[str, Amount]
    checks: tuple[PlannedCheck, ...]


class SamplePlan(Noun):
    """The plan of a week, for several sizes. `size`: the configured one; `strata`: the configured groups; `population`: calls
    with a transcript by group. `decided`: checks that need no grading; `minutes_from`: what the minutes rest on."""

    week: Week
    size: Count
    strata: tuple[Stratum, ...]
    population: dict[str, Count]
    sizes: tuple[PlanSize, ...]
    decided: tuple[Threshold, ...] = ()
    minutes_from: str = ""
    notes: tuple[str, ...] = Field(default=())
