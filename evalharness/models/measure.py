"""Measure: a number that never travels without its count. Check: a measure held against its threshold."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from evalharness.models.noun import Count, Name, Noun
from evalharness.models.threshold import Threshold

Unit = Literal["share", "ms", "money", "points", "calls", "score", "minutes"]
Basis = Literal["all_calls", "sample", "ledger"]
Verdict = Literal["met", "missed", "not_proven", "not_measured"]
WeekVerdict = Literal["good enough", "not good enough", "not proven yet"]


class Measure(Noun):
    """A value with what it stands on. Empty has no value: not 0, not 1, not 100 %.

    `n` of `of` were measured or graded, `missing` were not. `low`, `high`: two-sided 95 % limits for these `of` calls
    (None = exact, or no limit known), missing ones taken as all bad, then as all good.
    `unanswered`: the percentile touches an unanswered turn; it ranks above every bar and `value` is None.
    """

    name: Name
    unit: Unit
    value: float | None = None
    n: Count = 0
    of: Count = 0
    missing: Count = 0
    low: float | None = None
    high: float | None = None
    basis: Basis = "all_calls"
    unanswered: bool = False
    currency: str | None = None
    note: str = ""

    @model_validator(mode="after")
    def _no_value_from_nothing(self) -> Measure:
        if self.n == 0 and self.value is not None:
            raise ValueError(f"{self.name}: a value from nothing")
        return self


class Check(Noun):
    """One line of the scorecard. `low` and `high` are the one-sided 95 % bounds the verdict rests on (equal if exact).

    `calls_needed`: graded calls in all that would settle it if the rate stays as seen; None = cannot be said.
    """

    threshold: Threshold
    measure: Measure
    verdict: Verdict
    low: float | None = None
    high: float | None = None
    calls_needed: Count | None = None
    reason: str = ""
