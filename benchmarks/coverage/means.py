"""Means of grades from 1 to 5 on 0-100: does `weighted_mean` hold the week's mean, also near the top of the scale?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.coverage.line import Line
from evalharness.stats.mean import weighted_mean

LEVELS = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
HALF_POINTS = np.arange(0.0, 101.0, 12.5)
SCORES: dict[str, tuple[np.ndarray, tuple[float, ...]]] = {
    "symmetric": (LEVELS, (0.1, 0.2, 0.4, 0.2, 0.1)),
    "usual 3/7/15/35/40": (LEVELS, (0.03, 0.07, 0.15, 0.35, 0.40)),
    "95 % fives, 5 % ones": (LEVELS, (0.05, 0, 0, 0, 0.95)),
    "99 % fives, 1 % ones": (LEVELS, (0.01, 0, 0, 0, 0.99)),
    "90/8/2 % 5, 4, 1": (LEVELS, (0.02, 0, 0, 0.08, 0.90)),
    "bimodal": (LEVELS, (0.4, 0.1, 0, 0.1, 0.4)),
    "half points": (HALF_POINTS, (0.01, 0.01, 0.02, 0.03, 0.08, 0.15, 0.25, 0.25, 0.20)),
}
DESIGNS = (
    *(((N,), (n,)) for n in (20, 35, 50) for N in (150, 1000)),
    ((800, 200), (28, 7)),
    ((900, 100), (40, 10)),
    ((900, 100), (30, 20)),
)
"""(calls of the week, graded calls) a stratum; the second stratum holds four times as many low grades."""


@dataclass(frozen=True)
class Row:
    """Shares of the weeks; `textbook`: coverage of the t interval alone, `wrong`: the worse of the two one-sided 5 % bounds."""

    coverage: float
    width: float
    textbook: float
    textbook_width: float
    wrong: float


def simulate(scores: str, population: tuple[int, ...], drawn: tuple[int, ...], weeks: int, seed: int) -> Row:
    """Draws the weeks and a sample of each."""
    rng = np.random.default_rng([seed, len(scores), *population, *drawn])
    strata = [h for h, n in enumerate(drawn) for _ in range(n)]
    found = np.empty((weeks, 7))
    for week in range(weeks):
        values = [rng.choice(SCORES[scores][0], N, p=_shares(scores, h)) for h, N in enumerate(population)]
        sample = [value for part, n in zip(values, drawn, strict=True) for value in part[:n].tolist()]
        asked = (sample, strata, dict(enumerate(population)))
        guarded, textbook, verdict = (
            weighted_mean(*asked),
            weighted_mean(*asked, guard=False),
            weighted_mean(*asked, tail=0.05),
        )
        limits = [limit for mean in (guarded, textbook, verdict) for limit in (mean.low, mean.high)]
        found[week] = [*limits, np.concatenate(values).mean()]
    low, high, least, most, bottom, top, truth = found.T
    slack = 1e-9
    return Row(
        coverage=float(((low <= truth + slack) & (truth <= high + slack)).mean()),
        width=float((high - low).mean()),
        textbook=float(((least <= truth + slack) & (truth <= most + slack)).mean()),
        textbook_width=float((most - least).mean()),
        wrong=float(max((bottom > truth + slack).mean(), (top < truth - slack).mean())),
    )


def _shares(scores: str, stratum: int) -> np.ndarray:
    levels, shares = SCORES[scores]
    lifted = np.array(shares) * np.where((levels < 60) & (stratum > 0), 4, 1)
    return np.asarray(lifted / lifted.sum())


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Coverage with and without the guard, and how often a one-sided bound errs. Widths in points of 100."""
    for scores in SCORES:
        for population, drawn in DESIGNS:
            row = simulate(scores, population, drawn, max(runs // 4, 100), seed)
            n, weeks = sum(drawn), max(runs // 4, 100)
            setting = f"{scores}, {'+'.join(map(str, drawn))} of {'+'.join(map(str, population))}"
            yield Line("mean", setting, n, "coverage", row.coverage, weeks, limit=0.94, width=row.width)
            yield Line("mean", setting, n, "false verdict", row.wrong, weeks, 0.05, "at most")
            yield Line("mean, t alone", setting, n, "coverage", row.textbook, weeks, width=row.textbook_width)
