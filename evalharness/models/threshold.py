"""The bar: what is good enough, one Threshold a check."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evalharness.models.noun import Name, Noun

Direction = Literal["at_least", "at_most", "below", "above"]
_SIDES: tuple[Direction, ...] = ("at_least", "at_most", "below", "above")
MEASURES = (
    "resolution_rate",
    "verified_resolution_rate",
    "containment_rate",
    "latency_p50_ms",
    "latency_p95_ms",
    "latency_p99_ms",
    "csat_gap_points",
    "clear_failure_rate",
    "cost_per_call",
    "owner_reviewed_calls",
)


class Threshold(Noun):
    """One line of the bar: a measure and exactly one of at_least, at_most, below, above. Shares are fractions (0.60)."""

    id: Name
    measure: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    above: float | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _one_side(self) -> Threshold:
        if sum(getattr(self, side) is not None for side in _SIDES) != 1:
            raise ValueError(f"{self.id}: give exactly one of {', '.join(_SIDES)}")
        if self.measure not in MEASURES and not self.measure.startswith("share_4_5."):
            raise ValueError(f"{self.id}: unknown measure {self.measure!r}; known: {', '.join(MEASURES)}, share_4_5.CRITERION")
        if self.measure.endswith("_rate") or self.measure.startswith("share_"):
            if not 0 <= self.value <= 1:
                raise ValueError(f"{self.id}: a share lies between 0 and 1; write 0.60 for 60 %, not {self.value:g}")
        elif self.measure.endswith("_ms") and self.value < 10:
            raise ValueError(f"{self.id}: {self.measure} is in milliseconds; write 600, not {self.value:g}")
        return self

    @property
    def direction(self) -> Direction:
        """Which side is good."""
        return next(side for side in _SIDES if getattr(self, side) is not None)

    @property
    def value(self) -> float:
        """The bar itself, in the measure's unit."""
        return float(getattr(self, self.direction))

    def holds(self, value: float) -> bool:
        """Whether an exactly known value meets the bar; compared unrounded."""
        tests = {
            "at_least": value >= self.value,
            "at_most": value <= self.value,
            "below": value < self.value,
            "above": value > self.value,
        }
        return tests[self.direction]


class Thresholds(Noun):
    """A profile: the checks of a week, in the order shown."""

    profile: Name
    checks: tuple[Threshold, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> Thresholds:
        ids = [check.id for check in self.checks]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"check {twice[0]!r} stands twice")
        return self
