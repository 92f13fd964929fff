"""Do the limits for two versions on the same calls hold, and how often does the test of a judge's drift cry wolf?

Tango's limits by full enumeration of what n pairs can show (no chance error). McNemar: a year of weekly looks at the same
gold items, each item with its own chance of a right grade that never changes, the baseline grades drawn once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaln

from benchmarks.coverage.line import Line
from evalharness.stats.paired import mcnemar_exact, tango_interval

PAIRS = (20, 35, 50, 100)
FLIPS = ((0.01, 0.01), (0.05, 0.05), (0.2, 0.2), (0.15, 0.05), (0.05, 0.15), (0.02, 0.12), (0.3, 0.1))
GOLD = (60, 100, 200)
LOOKS, PER_LOOK = 52, 0.05 / 26
EXACT = 10**9
"""Stands for "no chance error" as a number of runs."""


def tango_lines() -> Iterator[Line]:
    """Coverage of the two-sided 95 % limits, and the error of the one-sided bound of a non-inferiority verdict."""
    for n in PAIRS:
        b, c = np.array([(b, c) for b in range(n + 1) for c in range(n + 1 - b)]).T
        both, one = (
            [tango_interval(*pair, n, tail) for pair in zip(b.tolist(), c.tolist(), strict=True)] for tail in (0.025, 0.05)
        )
        low, high, bound = (np.array(ends) for ends in ([i.low for i in both], [i.high for i in both], [i.low for i in one]))
        ways = gammaln(n + 1) - gammaln(b + 1) - gammaln(c + 1) - gammaln(n - b - c + 1)
        for new, old in FLIPS:
            chance = np.exp(ways + b * np.log(new) + c * np.log(old) + (n - b - c) * np.log(1 - new - old))
            truth, setting = new - old, f"only new {new:.0%}, only old {old:.0%}"
            held, width = (low <= truth) & (truth <= high), float((chance * (high - low)).sum())
            yield Line("Tango", setting, n, "coverage", float(chance[held].sum()), EXACT, 0.94, width=width)
            yield Line(
                "Tango, one-sided bound", setting, n, "too high", float(chance[bound > truth].sum()), EXACT, 0.075, "at most"
            )


def drift(gold: int, lost: float, runs: int, seed: int) -> np.ndarray:
    """(runs, looks) whether the test alarms: items right with chance Beta(4, .7), times 1 - lost from the first look on."""
    rng = np.random.default_rng([seed, gold, round(1000 * lost)])
    right = rng.beta(4, 0.7, (runs, 1, gold))
    baseline = rng.random(right.shape) < right
    weeks = rng.random((runs, LOOKS, gold)) < right * (1 - lost)
    wrong, better = (baseline & ~weeks).sum(2), (~baseline & weeks).sum(2)
    p = np.array([[mcnemar_exact(w, r) for r in range(gold + 1)] for w in range(gold + 1)])
    return np.asarray(p[wrong, better] <= PER_LOOK)


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Tango's limits, then McNemar's false alarms in a year of looks and the share of drifts seen in 4 weeks."""
    yield from tango_lines()
    some = max(runs // 4, 1)
    for gold in GOLD:
        false = drift(gold, 0.0, some, seed)
        yield Line(
            "McNemar at .05/26", "no drift, 52 looks", gold, "any alarm", float(false.any(1).mean()), some, 0.05, "at most"
        )
        yield Line("McNemar at .05/26", "no drift, one look", gold, "alarm", float(false.mean()), some, 0.05, "at most")
        found = drift(gold, 0.15, some, seed)[:, :4].any(1)
        yield Line("McNemar at .05/26", "15 % of right grades lost", gold, "seen in 4", float(found.mean()), some)
