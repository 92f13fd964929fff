"""A measure over weeks, and two versions beside each other. Weeks are joined only where they mean the same."""

from __future__ import annotations

from pydantic import Field, model_validator

from evalharness.models.act import SignedFigure, SignOff
from evalharness.models.call import Change
from evalharness.models.measure import Measure, WeekVerdict
from evalharness.models.noun import Count, Name, Noun
from evalharness.models.threshold import Threshold
from evalharness.models.week import Week


class TrendPoint(Noun):
    """A measure of one week. `breaks`: what changed its meaning since the week before (a criterion, the judge); "" = nothing.

    `signed`: the figure that was signed, only where it differs from `measure` as computed now.
    """

    week: Week
    measure: Measure
    breaks: str = ""
    signed: SignedFigure | None = None


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


class TrendWeek(Noun):
    """What is known of a week beside its measures. `versions`: calls by the version the log names; `differs`: signed, and a
    figure as computed now is another one."""

    week: Week
    calls: Count = 0
    drawn: Count = 0
    graded: Count = 0
    verdict: WeekVerdict | None = None
    changes: tuple[Change, ...] = ()
    versions: dict[str, Count] = Field(default_factory=dict)
    signed: SignOff | None = None
    differs: bool = False


class WeekTrends(Noun):
    """Every measure over the same weeks, every week of the calendar from the first to the last, oldest first."""

    weeks: tuple[TrendWeek, ...]
    trends: tuple[Trend, ...]
    timezone: str = "UTC"

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
