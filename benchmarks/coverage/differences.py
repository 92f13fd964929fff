"""The difference of two shares, as the CSAT gap takes it: a baseline with its own n against the answers of a week.

Both sides are binomial. Coverage of the two-sided 95 % limits, and how often a one-sided 95 % bound is false with the truth on
the bar.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from benchmarks.coverage.line import Line
from evalharness.stats.difference import melded_difference

SETTINGS = (
    (412, 0.84, 20, 0.79),
    (412, 0.84, 35, 0.84),
    (412, 0.84, 50, 0.79),
    (120, 0.90, 35, 0.85),
    (120, 0.60, 50, 0.55),
    (40, 0.95, 50, 0.95),
)
"""Baseline n and share, answers of a week and their true share."""


@cache
def _limits(k1: int, n1: int, k2: int, n2: int, tail: float) -> tuple[float, float]:
    found = melded_difference(k1, n1, k2, n2, tail)
    return found.low, found.high


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Two lines a setting."""
    rng = np.random.default_rng([seed, 412])
    for n1, p1, n2, p2 in SETTINGS:
        seen = list(zip(rng.binomial(n1, p1, runs).tolist(), rng.binomial(n2, p2, runs).tolist(), strict=True))
        two = np.array([_limits(k1, n1, k2, n2, 0.025) for k1, k2 in seen])
        one = np.array([_limits(k1, n1, k2, n2, 0.05) for k1, k2 in seen])
        truth, setting = p1 - p2, f"{p1:.0%} of {n1} less {p2:.0%}"
        covered = float(((two[:, 0] <= truth) & (truth <= two[:, 1])).mean())
        false = max(float((one[:, 1] < truth).mean()), float((one[:, 0] > truth).mean()))
        width = float((two[:, 1] - two[:, 0]).mean())
        yield Line("difference", setting, n2, "coverage", covered, runs, 0.94, "at least", width)
        yield Line("difference", setting, n2, "false verdict", false, runs, 0.05, "at most")
