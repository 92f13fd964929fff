"""Do the limits for two versions on the same calls hold, and how often does the test of a judge's drift cry wolf?

Tango's limits by full enumeration of what n pairs can show (no chance error). McNemar: a year of weekly looks at the same
gold items, each item with its own chance of a right grade that never changes, the baseline grades drawn once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaln

from benchmarks.coverage.line import Line
from evalharness.stats.interval import Interval
from evalharness.stats.paired import mcnemar_exact, tango_interval

PAIRS = (20, 35, 50, 100)
FLIPS = ((0.01, 0.01), (0.05, 0.05), (0.2, 0.2), (0.15, 0.05), (0.05, 0.15), (0.02, 0.12), (0.3, 0.1))
GOLD = (60, 100, 200)
LOOKS, PER_LOOK = 52, 0.05 / 26
EXACT = 10**9
"""Stands for "no chance error" as a number of runs."""
MOST_TOO_HIGH = 0.06
"""Of the bound of a non-inferiority verdict where the new version is no better; where it is, the bound decides nothing."""


def tango_lines(n: int) -> Iterator[Line]:
    """Coverage of the two-sided 95 % limits, and the error of the one-sided bound of a non-inferiority verdict."""
    b, c = np.array([(b, c) for b in range(n + 1) for c in range(n + 1 - b)]).T
    shown = list(zip(b.tolist(), c.tolist(), strict=True))
    low, high = _limits([tango_interval(*pair, n) for pair in shown])
    bound, _ = _limits([tango_interval(*pair, n, 0.05) for pair in shown])
    ways = gammaln(n + 1) - gammaln(b + 1) - gammaln(c + 1) - gammaln(n - b - c + 1)
    for new, old in FLIPS:
        chance = np.exp(ways + b * np.log(new) + c * np.log(old) + (n - b - c) * np.log(1 - new - old))
        truth, setting = new - old, f"only new {new:.0%}, only old {old:.0%}"
        covered = float(chance[(low <= truth) & (truth <= high)].sum())
        yield Line("Tango", setting, n, "coverage", covered, EXACT, 0.94, width=float((chance * (high - low)).sum()))
        bar = MOST_TOO_HIGH if new <= old else None
        yield Line("Tango, one-sided bound", setting, n, "too high", float(chance[bound > truth].sum()), EXACT, bar, "at most")


def _limits(intervals: list[Interval]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([found.low for found in intervals]), np.array([found.high for found in intervals])


def drift(gold: int, lost: float, rng: np.random.Generator) -> np.ndarray:
    """(looks,) whether the test alarms in one year: items right with chance Beta(4, .7), times 1 - lost after the baseline."""
    right = rng.beta(4, 0.7, gold)
    baseline = rng.random(gold) < right
    weeks = rng.random((LOOKS, gold)) < right * (1 - lost)
    counts = zip((baseline & ~weeks).sum(1).tolist(), (~baseline & weeks).sum(1).tolist(), strict=True)
    return np.array([mcnemar_exact(wrong, better) <= PER_LOOK for wrong, better in counts])


def drift_lines(gold: int, runs: int, seed: int) -> Iterator[Line]:
    """False alarms in a year of looks, and the share of drifts seen in 4 weeks."""
    rng = np.random.default_rng([seed, gold])
    false = np.array([drift(gold, 0.0, rng).any() for _ in range(runs)])
    yield Line("McNemar at .05/26", "no drift, 52 looks", gold, "any alarm", float(false.mean()), runs, 0.05, "at most")
    found = np.array([drift(gold, 0.15, rng)[:4].any() for _ in range(runs)])
    yield Line("McNemar at .05/26", "15 % of right grades lost", gold, "seen in 4", float(found.mean()), runs)


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Tango's limits, then McNemar's test."""
    for n in PAIRS:
        yield from tango_lines(n)
    for gold in GOLD:
        yield from drift_lines(gold, runs, seed)
