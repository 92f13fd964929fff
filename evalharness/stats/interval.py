"""Interval: an estimate with its limits, and the honest word for how they came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scipy.special import stdtrit

State = Literal["ok", "wide", "census", "no data", "bad input"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its limits, in the unit of the values (shares are fractions of 1). Nothing here is ever NaN.

    `n`: graded units; `n_eff`: what they are worth in calls drawn with equal probability.
    `state`: "ok" = the method as documented; "wide" = too little to go on, limits deliberately wide, see `note`;
    "census" = everything was graded, the interval is the exact value; "no data" and "bad input" (counts that
    contradict each other, see `note`) have no value and the widest possible limits.
    """

    value: float | None
    low: float
    high: float
    state: State
    n: float = 0.0
    n_eff: float = 0.0
    note: str = ""


def student_t(df: float, tail: float) -> float:
    """The upper `tail` quantile of Student's t; df below 1 counts as 1. 2.093 for 19 and .025."""
    return float(stdtrit(max(df, 1.0), 1.0 - tail))


def never_seen(n: float, tail: float) -> float:
    """Upper limit for the share of something seen in none of n: 1 - tail^(1/n) (the exact binomial limit); 1 for n = 0."""
    return 1.0 if n <= 0 else 1.0 - tail ** (1.0 / n)
