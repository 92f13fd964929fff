"""A measure over weeks, and two versions beside each other. Weeks are joined only where they mean the same."""

from __future__ import annotations

from pydantic import Field, model_validator

from evalharness.models.measure import Measure
from evalharness.models.noun import Count, Name, Noun
from evalharness.models.week import Week


class TrendPoint(Noun):
    """A measure of one week. `breaks`: what changed its meaning since the week before (a criterion, the judge); "" = nothing."""

    week: Week
    measure: Measure
    breaks: str = ""


class Trend(Noun):
    """One measure, week by week, oldest first; a line is drawn only between points without a break."""

    name: Name
    points: tuple[TrendPoint, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Trend:
        weeks = [point.week for point in self.points]
        if weeks != sorted(set(weeks)):
            raise ValueError("the weeks of a trend are in time order, each once")
        if any(point.measure.name != self.name for point in self.points):
            raise ValueError("a trend holds one measure")
        return self


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
