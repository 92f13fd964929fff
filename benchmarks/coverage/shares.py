"""How often do the limits of `weighted_share` hold the truth? `python -m benchmarks.coverage [--weeks 4000]`, seeded.

Each row draws that many finite weeks from a process and a stratified sample from each. A week's truth is the share of
its own calls. Printed: coverage of the two-sided 95 % interval, its mean width, the share of weeks in which a one-sided
95 % bound (the verdict's) lies on the wrong side, and the mean error of the estimate.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from evalharness.stats.share import Interval, weighted_share

RATES = (0.01, 0.05, 0.30)


@dataclass(frozen=True)
class Design:
    """Strata with their sizes in the week, calls drawn, and how many times more likely a hit is there than on average."""

    name: str
    population: tuple[int, ...]
    drawn: tuple[int, ...]
    lift: tuple[float, ...]

    def rates(self, rate: float) -> np.ndarray:
        """(strata,) hit rates that average to `rate` over the week; none above 90 %."""
        sizes, lift = np.array(self.population), np.array(self.lift)
        return np.minimum(rate * lift * sizes.sum() / (sizes * lift).sum(), 0.9)


@dataclass(frozen=True)
class Row:
    """What the simulated weeks of one design and rate came to."""

    design: Design
    rate: float
    coverage: float
    width: float
    too_low: float
    too_high: float
    bias: float

    def line(self) -> str:
        """One line of the table."""
        cells = (f"{value:>9.3f}" for value in (self.coverage, self.width, self.too_low, self.too_high))
        return f"{self.design.name:<34}{sum(self.design.drawn):>4}{self.rate:>7.0%}{''.join(cells)}{self.bias:>+9.4f}"


def designs() -> Iterator[Design]:
    """The designs of a week: plain, two strata, a tail of one fifth, four strata; small and large weeks."""
    for n in (20, 35, 50):
        yield Design("plain, 150 calls", (150,), (n,), (1,))
        yield Design("plain, 1000 calls", (1000,), (n,), (1,))
        kept = round(0.8 * n)
        yield Design("proportional 80/20, 1000 calls", (800, 200), (kept, n - kept), (1, 3))
        if n < 35:
            continue
        tail = n // 5
        yield Design("tail 1/5 of 10 %, 1000 calls", (900, 100), (n - tail, tail), (1, 4))
        yield Design("tail 2/5 of 10 %, 1000 calls", (900, 100), (n - 2 * tail, 2 * tail), (1, 8))
        rest = n - 24
        yield Design("four strata, 600 calls", (360, 120, 80, 40), (rest, 8, 8, 8), (1, 2, 0.5, 4))


def simulate(design: Design, rate: float, weeks: int, seed: int) -> Row:
    """Draws the weeks and their samples, and holds the limits against each week's truth."""
    rng = np.random.default_rng([seed, round(rate * 1000), sum(design.drawn), len(design.population), design.population[0]])
    population, drawn = np.array(design.population), np.array(design.drawn)
    hits = rng.binomial(population, design.rates(rate), (weeks, len(population)))
    seen = rng.hypergeometric(hits, population - hits, drawn)
    truth = hits.sum(1) / population.sum()

    @cache
    def limits(counts: tuple[int, ...], tail: float) -> Interval:
        strata = [h for h, n in enumerate(design.drawn) for _ in range(n)]
        sample = [int(i < k) for k, n in zip(counts, design.drawn, strict=True) for i in range(n)]
        return weighted_share(sample, None, strata, dict(enumerate(design.population)), tail)

    def all_limits(tail: float) -> tuple[np.ndarray, np.ndarray]:
        found = [limits(tuple(counts), tail) for counts in seen.tolist()]
        return np.array([share.low for share in found]), np.array([share.high for share in found])

    (low, high), (least, most) = all_limits(0.025), all_limits(0.05)
    value = (seen / drawn * population).sum(1) / population.sum()
    slack = 1e-12
    return Row(
        design,
        rate,
        coverage=float(((low <= truth + slack) & (truth <= high + slack)).mean()),
        width=float((high - low).mean()),
        too_low=float((most < truth - slack).mean()),
        too_high=float((least > truth + slack).mean()),
        bias=float((value - truth).mean()),
    )


def main() -> None:
    """Prints the table and the worst coverage."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weeks", type=int, default=4000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print(f"{'design':<34}{'n':>4}{'rate':>7}{'cover':>9}{'width':>9}{'hi miss':>9}{'lo miss':>9}{'bias':>9}")
    rows = [simulate(design, rate, given.weeks, given.seed) for design in designs() for rate in RATES]
    for row in rows:
        print(row.line())
    print(f"lowest coverage {min(row.coverage for row in rows):.3f} of nominal .95; {given.weeks} weeks a row, seed {given.seed}")


if __name__ == "__main__":
    main()
