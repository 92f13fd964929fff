"""Latency quantiles: does `quantile_interval` hold the quantile of the process, with turns that resemble each other in a call?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import ndtri

from benchmarks.coverage.line import Line
from evalharness.stats.quantile import quantile_interval, share_above

MEDIAN_MS = 600.0
BETWEEN_CALLS, WITHIN_CALLS = 0.25, 0.35
"""Standard deviations of log latency between and within calls."""
TURNS = 10.0
CALLS = (20, 50, 200)
LEAST = 0.94
"""Coverage that is asked for."""


@dataclass(frozen=True)
class Row:
    """Shares of the runs; `open_`: without an upper limit; `width` in seconds where there are both limits."""

    coverage: float
    open_: float
    width: float | None


def turns(calls: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(T,) latencies in ms and the call of each: lognormal with a call effect, a geometric number of turns (mean 10)."""
    sizes = rng.geometric(1 / TURNS, calls)
    call = np.repeat(np.arange(calls), sizes)
    log_ms = rng.normal(0, BETWEEN_CALLS, calls)[call] + rng.normal(0, WITHIN_CALLS, call.size)
    return MEDIAN_MS * np.exp(log_ms), call


def truth(q: float) -> float:
    """The quantile over all turns of the process, in ms."""
    return MEDIAN_MS * math.exp(math.hypot(BETWEEN_CALLS, WITHIN_CALLS) * float(ndtri(q)))


def simulate(calls: int, q: float, runs: int, seed: int) -> Row:
    """Coverage of the two-sided 95 % interval."""
    rng = np.random.default_rng([seed, calls, round(q * 100)])
    found = [quantile_interval(*turns(calls, rng), q) for _ in range(runs)]
    held = np.mean([limits.low <= truth(q) <= limits.high for limits in found])
    closed = [limits.high - limits.low for limits in found if math.isfinite(limits.high - limits.low)]
    return Row(
        float(held),
        float(np.mean([math.isinf(limits.high) for limits in found])),
        float(np.mean(closed)) / 1000 if closed else None,
    )


def false_claim(calls: int, runs: int, seed: int) -> float:
    """How often the one-sided 95 % bound shows "the share above x is below 1 %" where it is 1 %; few calls (below 300) cannot."""
    rng = np.random.default_rng([seed, calls])
    return float(np.mean([share_above(*turns(calls, rng), truth(0.99), 0.05).high < 0.01 for _ in range(runs)]))


def lines(runs: int, seed: int) -> Iterator[Line]:
    """p50, p95, p99 at 20, 50 and 200 calls; width in seconds where there are both limits."""
    for calls, q in product(CALLS, (0.50, 0.95, 0.99)):
        row, name = simulate(calls, q, runs, seed), f"p{q * 100:.0f} of turns"
        yield Line("quantile", name, calls, "coverage", row.coverage, runs, LEAST, width=row.width)
        yield Line("quantile", name, calls, "no upper limit", row.open_, runs)
    for calls in (*CALLS, 1000):
        error = false_claim(calls, runs, seed)
        yield Line("share above", "true p99 is the limit", calls, "false met", error, runs, 0.05, "at most")
