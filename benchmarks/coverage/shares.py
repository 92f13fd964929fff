"""Shares: do the limits of `weighted_share` hold the truth, in whole weeks, stopped queues and domains, and at the threshold?

Each design is a week of known size. A sample is a count of hits a stratum, so one-sided errors of weeks whose true share
lies exactly on the threshold are summed over all samples, not simulated; coverage over weeks drawn from a process is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np

from benchmarks.coverage.line import Line
from evalharness.stats.exact import hypergeometric_tail
from evalharness.stats.share import Interval, weighted_share

RATES = (0.01, 0.05, 0.30)
THRESHOLDS = (0.01, 0.05, 0.30, 0.60)
EXACT = 10**9
"""Runs of a figure without chance error."""
_SLACK = 1e-12


@dataclass(frozen=True)
class Design:
    """Strata with their sizes in the week, calls drawn, and how many times more likely a hit is there than on average.

    `domain`: share of the calls the question applies to; the others are graded N/A.
    """

    name: str
    population: tuple[int, ...]
    drawn: tuple[int, ...]
    lift: tuple[float, ...]
    domain: float = 1.0

    def rates(self, rate: float) -> np.ndarray:
        """(strata,) hit rates that average to `rate` over the week; none above 90 %."""
        sizes, lift = np.array(self.population), np.array(self.lift)
        return np.minimum(rate * lift * sizes.sum() / (sizes * lift).sum(), 0.9)

    def stopped(self, graded: int) -> Design:
        """The same week where people stopped after `graded` calls of the interleaved queue."""
        queue = sorted(((2 * rank - 1) / (2 * n), h) for h, n in enumerate(self.drawn) for rank in range(1, n + 1))
        counts = [sum(h == stratum for _, h in queue[:graded]) for stratum in range(len(self.drawn))]
        return replace(self, name=f"{self.name}, stopped", drawn=tuple(counts))

    def limits(self, hits: tuple[int, ...], sizes: tuple[int, ...], tail: float) -> Interval:
        """Of a sample with these hits among these calls of the domain in each stratum."""
        strata = [h for h, n in enumerate(self.drawn) for _ in range(n)]
        sample = [(int(i < k), int(i < d)) for k, d, n in zip(hits, sizes, self.drawn, strict=True) for i in range(n)]
        y, m = zip(*sample, strict=True)
        return weighted_share(y, None if self.domain == 1 else m, strata, dict(enumerate(self.population)), tail)


@dataclass(frozen=True)
class Row:
    """What the simulated weeks of one design and rate came to."""

    coverage: float
    width: float
    bias: float


def designs() -> Iterator[Design]:
    """The designs of a week: plain, two strata, a tail of one fifth, four strata; small and large weeks."""
    for n in (20, 35, 50):
        yield Design("150 calls", (150,), (n,), (1,))
        yield Design("1000 calls", (1000,), (n,), (1,))
        kept = round(0.8 * n)
        yield Design("proportional 80/20 of 1000", (800, 200), (kept, n - kept), (1, 3))
        if n < 35:
            continue
        tail = n // 5
        yield Design("tail 1/5 of 10 %", (900, 100), (n - tail, tail), (1, 4))
        yield Design("tail 2/5 of 10 %", (900, 100), (n - 2 * tail, 2 * tail), (1, 8))
        yield Design("four strata of 600", (360, 120, 80, 40), (n - 24, 8, 8, 8), (1, 2, 0.5, 4))
        yield Design("three of 10 % without a hit", (700, 100, 100, 100), (n - 24, 8, 8, 8), (1, 0, 0, 0))


def stopped() -> Iterator[Design]:
    """Queues left after 5, 12 and 27 calls, each stratum with a call."""
    for design in designs():
        if len(design.drawn) > 1 and sum(design.drawn) != 35:
            found = (design.stopped(graded) for graded in (5, 12, 27) if graded < sum(design.drawn))
            yield from (left for left in found if min(left.drawn) > 0)


def domains() -> Iterator[Design]:
    """Questions that apply to 30 or 80 % of the calls."""
    for design in designs():
        if len(design.drawn) < 4:
            yield from (replace(design, name=f"{design.name}, {share:.0%}", domain=share) for share in (0.3, 0.8))


def simulate(design: Design, rate: float, weeks: int, seed: int) -> Row:
    """Draws the weeks and their samples, and holds the two-sided 95 % limits against each week's truth."""
    rng = np.random.default_rng([seed, round(rate * 1000), sum(design.drawn), len(design.population), design.population[0]])
    population, drawn = np.array(design.population), np.array(design.drawn)
    asked = rng.binomial(population, design.domain, (weeks, len(population)))
    hits = rng.binomial(asked, design.rates(rate))
    sizes = rng.hypergeometric(asked, population - asked, drawn)
    seen = rng.hypergeometric(hits, asked - hits, sizes)
    truth = hits.sum(1) / asked.sum(1)
    limits = cache(lambda k, d: design.limits(k, d, 0.025))
    found = [limits(tuple(k), tuple(d)) for k, d in zip(seen.tolist(), sizes.tolist(), strict=True)]
    low, high = np.array([share.low for share in found]), np.array([share.high for share in found])
    value = np.array([np.nan if share.value is None else share.value for share in found])
    held = (low <= truth + _SLACK) & (truth <= high + _SLACK)
    return Row(float(held.mean()), float((high - low).mean()), float(np.nanmean(value - truth)))


def at_the_threshold(design: Design, threshold: float) -> tuple[float, float]:
    """Chances that a one-sided 95 % bound puts a week on the wrong side whose share is exactly the threshold.

    (upper bound below it, lower bound above it), summed over all samples. Hits lie in the strata as the design's lifts say.
    """
    hits = _whole(design.rates(threshold) * design.population, threshold * sum(design.population))
    truth = sum(hits) / sum(design.population)
    chances = [
        np.diff([hypergeometric_tail(k, n, N, K) for k in range(n + 1)], prepend=0.0)
        for n, N, K in zip(design.drawn, design.population, hits, strict=True)
    ]
    below = above = 0.0
    for counts in product(*(np.flatnonzero(chance > 1e-6).tolist() for chance in chances)):
        share = design.limits(counts, design.drawn, 0.05)
        chance = float(np.prod([part[k] for part, k in zip(chances, counts, strict=True)]))
        below += chance * (share.high < truth - _SLACK)
        above += chance * (share.low > truth + _SLACK)
    return below, above


def of_a_domain(design: Design, threshold: float, runs: int, seed: int) -> tuple[float, float]:
    """The same where only some calls are asked about; simulated."""
    rng = np.random.default_rng([seed, round(threshold * 1000), sum(design.drawn), len(design.population)])
    population, drawn = np.array(design.population), np.array(design.drawn)
    asked = np.round(population * design.domain).astype(int)
    hits = np.array(_whole(design.rates(threshold) * asked, threshold * asked.sum()))
    sizes = rng.hypergeometric(asked, population - asked, drawn, (runs, len(drawn)))
    seen = rng.hypergeometric(hits, asked - hits, sizes)
    limits = cache(lambda k, d: design.limits(k, d, 0.05))
    found = [limits(tuple(k), tuple(d)) for k, d in zip(seen.tolist(), sizes.tolist(), strict=True)]
    truth = hits.sum() / asked.sum()
    below = np.mean([share.high < truth - _SLACK for share in found])
    return float(below), float(np.mean([share.low > truth + _SLACK for share in found]))


def _whole(expected: np.ndarray, total: float) -> list[int]:
    """Whole numbers near the expected ones whose sum is the total."""
    hits = [round(hits) for hits in expected.tolist()]
    hits[0] += round(total) - sum(hits)
    return hits


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Coverage of the two-sided interval; false met and false missed at the threshold."""
    for design in (*designs(), *stopped(), *domains()):
        n = sum(design.drawn)
        for rate in RATES:
            row = simulate(design, rate, runs, seed)
            setting = f"{design.name}, {rate:.0%}"
            yield Line("share", setting, n, "coverage", row.coverage, runs, limit=0.94, width=row.width)
    for design, threshold in product((*designs(), *stopped()), THRESHOLDS):
        error = max(at_the_threshold(design, threshold))
        setting = f"{design.name}, true {threshold:.0%}"
        yield Line("share", setting, sum(design.drawn), "false verdict", error, EXACT, 0.05, "at most")
    for design, threshold in product(domains(), THRESHOLDS):
        error = max(of_a_domain(design, threshold, runs, seed))
        setting = f"{design.name}, true {threshold:.0%}"
        yield Line("share", setting, sum(design.drawn), "false verdict", error, runs, 0.05, "at most")
