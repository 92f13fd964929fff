"""Measure: a number that never travels without its count. Check: a measure held against its threshold."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from evalharness.models.noun import Count, Instant, Name, Noun
from evalharness.models.threshold import Threshold
from evalharness.models.week import Week

Unit = Literal["share", "ms", "money", "points", "calls", "score", "minutes", "coefficient", "levels"]
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


class Since(Noun):
    """A judged rate accumulated from a fixed start, by a method that is valid at every look (STATISTICS b, sequences).

    `week`: the first week of it, `start`: the instant from which calls count (None = from that week's beginning), `why` it
    starts there. Only calls drawn with equal probability within their week count: `hits` of `n`, `open` of which have no answer
    yet, over `weeks` weeks.
    `value`: the rate of the in-scope calls since then, a week counted by its `n` and not by its size, `low` and `high` its
    one-sided 95 % bounds. `calls_needed`: such calls in
    all that would settle it if the rate stays as seen.
    """

    week: Week
    start: Instant | None = None
    why: str
    weeks: Count
    hits: Count
    n: Count
    open: Count = 0
    value: float | None = None
    low: float = 0.0
    high: float = 1.0
    verdict: Verdict = "not_proven"
    calls_needed: Count | None = None

    @model_validator(mode="after")
    def _no_value_from_nothing(self) -> Since:
        if self.n == 0 and self.value is not None:
            raise ValueError("a rate from nothing")
        return self


class Variant(Noun):
    """A check computed without something: `left_out` (contested calls, a grader to calibrate), `calls` of them; its verdict."""

    left_out: str
    calls: Count
    verdict: Verdict


class Check(Noun):
    """One line of the scorecard. `low` and `high` are the one-sided 95 % bounds the verdict rests on (equal if exact).

    `verdict` decides: missed this week wins, else this week's verdict, and where that is not proven the accumulated one.
    `this_week`: the verdict of this week's calls alone (None: the same). `since`: the rate accumulated from its epoch;
    `since_version`: the same since the last declared version, where that is later. `by_since`: the accumulated one decided.
    `variants`: the same check without contested calls; where one differs, the verdict is not_proven and `reason` says why.
    `calls_needed`: graded calls in all that would settle this week if the rate stays as seen; None = cannot be said.
    """

    threshold: Threshold
    measure: Measure
    verdict: Verdict
    low: float | None = None
    high: float | None = None
    calls_needed: Count | None = None
    reason: str = ""
    this_week: Verdict | None = None
    since: Since | None = None
    since_version: Since | None = None
    by_since: bool = False
    variants: tuple[Variant, ...] = ()
