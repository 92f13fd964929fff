"""How often do the limits of alpha, kappa and AC hold the truth? Two graders of latent ratings, 20, 35 and 50 calls.

Ordinal, 1 to 5: a normal quality a call, each grader sees it with normal noise and cuts it into five; "centred" grades
spread over the scale, "skewed" ones are mostly 4 and 5. Yes or no: the second grader's failures at a rate, of which the
first finds a share. The truth is the coefficient of a very large sample, or of the exact shares. Samples in which a
coefficient is undefined ("no data") make no claim and are left out of its coverage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from benchmarks.coverage.line import Line
from evalharness.stats.agreement import Kind, coefficients
from evalharness.stats.bootstrap import fisher_z_interval

CALLS = (20, 35, 50)
LEAST = 0.92
REPLICATES = 400
_MANY = 1e9
_GRID = np.linspace(-6, 6, 2001)


@dataclass(frozen=True)
class Graders:
    """The joint shares (q, q) of two graders' grades."""

    name: str
    kind: Kind
    shares: np.ndarray

    def lines(self, n: int, runs: int, seed: int) -> Iterator[Line]:
        """Coverage of each coefficient's limits over `runs` samples of n calls."""
        rng = np.random.default_rng([seed, n, *self.name.encode()])
        scale = list(range(len(self.shares)))
        statistics = coefficients(self.kind, scale)
        truth = {name: float(statistic(_MANY * self.shares[None]).coefficients()[0]) for name, statistic in statistics.items()}
        held: dict[str, list[bool]] = {name: [] for name in statistics}
        widths: dict[str, list[float]] = {name: [] for name in statistics}
        for _ in range(runs):
            calls = self.sample(n, rng)
            for name, statistic in statistics.items():
                found = fisher_z_interval(calls, statistic, rng, REPLICATES)
                if found.value is not None:
                    held[name].append(found.low <= truth[name] <= found.high)
                    widths[name].append(found.high - found.low)
        for name, hits in held.items():
            setting = f"{self.name}, true {name} {truth[name]:.2f}"
            yield Line(
                f"agreement, {name}",
                setting,
                n,
                "coverage",
                float(np.mean(hits)),
                len(hits),
                LEAST,
                width=float(np.mean(widths[name])),
            )

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """(n, q, q) a single 1 a call."""
        q = len(self.shares)
        cells = rng.choice(q * q, n, p=self.shares.ravel())
        return np.eye(q * q)[cells].reshape(n, q, q)


def latent(name: str, cuts: tuple[float, ...], noise: float, bias: float = 0.0) -> Graders:
    """Graders who both see the quality t ~ N(0, 1) with that noise, the second shifted by `bias`; integrated over t."""
    weight = np.exp(-(_GRID**2) / 2)
    edges = np.array([-np.inf, *cuts, np.inf])
    first, second = (np.diff(ndtr((edges - (_GRID[:, None] + shift)) / noise), axis=1) for shift in (0.0, bias))
    shares = np.einsum("t,ti,tj->ij", weight / weight.sum(), first, second)
    return Graders(name, "ordinal", shares / shares.sum())


def failures(rate: float, found: float, spared: float) -> Graders:
    """The second grader fails calls at `rate`; the first finds `found` of them and leaves `spared` of the others alone."""
    shares = np.array([[(1 - rate) * spared, rate * (1 - found)], [(1 - rate) * (1 - spared), rate * found]])
    return Graders(f"failures {rate:.0%}, found {found:.0%}, spared {spared:.0%}", "yes_no", shares)


def graders() -> Iterator[Graders]:
    """Spread and skewed grades by close, fair and poor graders; common and rare failures."""
    for grades, cuts in (("centred", (-1.2, -0.4, 0.4, 1.2)), ("skewed", (-2.2, -1.6, -1.0, 0.2))):
        yield latent(f"{grades}, close", cuts, 0.25)
        yield latent(f"{grades}, fair", cuts, 0.6)
        yield latent(f"{grades}, poor and biased", cuts, 1.3, 0.5)
    yield failures(0.30, 0.8, 0.9)
    yield failures(0.30, 0.95, 0.97)
    yield failures(0.10, 0.8, 0.95)
    yield failures(0.05, 0.7, 0.98)
    yield failures(0.05, 0.3, 0.95)
    yield failures(0.01, 0.6, 0.99)


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Three coefficients of each pair of graders at each size."""
    for pair in graders():
        for n in CALLS:
            yield from pair.lines(n, runs, seed)
