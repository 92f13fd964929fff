"""How often does the weekly alarm cry wolf, and how soon does it see a real shift? Years of weeks of 20, 35 and 50 calls.

False alarms are counted in a year at the target, shifts within 12 weeks after half a year at the target. The target is
fixed, or estimated from a baseline of 12 weeks (80 % upper limit). With four metrics watched the threshold is four times
as high and the alarms are those of one of them.

Then as the trend watches what is counted over all calls (aggregate/alarms.py): five metrics, a target from the first four weeks,
weeks whose rate varies by itself (its standard deviation as a share of it), counted as `spread` times fewer calls.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.coverage.line import Line
from evalharness.aggregate.alarms import BASELINE_WEEKS as FIRST_WEEKS
from evalharness.aggregate.alarms import spread_of
from evalharness.stats.alarm import WEEKS_TO_A_FALSE_ALARM, baseline_target, e_detector

CALLS = (20, 35, 50)
RATES = (0.01, 0.05, 0.30)
LARGE, SMALL = ((0.01, 0.05), (0.05, 0.12), (0.30, 0.45)), ((0.01, 0.02), (0.05, 0.08), (0.30, 0.36))
MOST_FALSE_A_YEAR = 0.15
LEAST_SEEN = 0.90
BASELINE_WEEKS, QUIET_WEEKS, WEEKS_TO_SEE = 12, 26, 12


def targets(rate: float, n: int, runs: int, estimated: bool, rng: np.random.Generator) -> np.ndarray:
    """(runs,) the rate itself, or what a baseline at that rate gives."""
    if not estimated:
        return np.full(runs, rate)
    calls = BASELINE_WEEKS * n
    limits = np.array([baseline_target(k, calls) for k in range(calls + 1)])
    return np.asarray(limits[rng.binomial(calls, rate, runs)])


def false_alarms(rate: float, n: int, runs: int, seed: int, *, estimated: bool, metrics: int) -> float:
    """Mean number in a year of 52 weeks, one metric."""
    rng = np.random.default_rng([seed, n, round(1000 * rate), estimated, metrics])
    target = targets(rate, n, runs, estimated, rng)
    found = e_detector(rng.binomial(n, rate, (runs, 52)), n, target, WEEKS_TO_A_FALSE_ALARM * metrics)
    return float(found.alarm.sum(1).mean())


def seen(shift: tuple[float, float], n: int, runs: int, seed: int, *, estimated: bool) -> float:
    """Share of runs with an alarm within 12 weeks after the shift, one metric."""
    before, after = shift
    rng = np.random.default_rng([seed, n, round(1000 * before), round(1000 * after), estimated])
    target = targets(before, n, runs, estimated, rng)
    failures = np.hstack([rng.binomial(n, before, (runs, QUIET_WEEKS)), rng.binomial(n, after, (runs, WEEKS_TO_SEE))])
    return float(e_detector(failures, n, target).alarm[:, QUIET_WEEKS:].any(1).mean())


OF_ALL = (150, 1000, 10_000)
VARIES = (0.0, 0.1, 0.2, 0.3, 0.4)
RISES = {0.02: (0.05, 0.10), 0.10: (0.16,)}
WATCHED = 5
MOST_OF_ALL = 0.2
"""False alarms a year where a rate varies by up to 30 % from week to week."""


def varying(rate: float, varies: float, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Rates of weeks: Beta with this mean and standard deviation varies x rate."""
    if not varies:
        return np.full(shape, rate)
    size = rate * (1 - rate) / (varies * rate) ** 2 - 1
    return np.asarray(rng.beta(rate * size, (1 - rate) * size, shape))


def over_all_calls(rates: tuple[float, float], n: int, varies: float, weeks: int, runs: int, seed: int) -> np.ndarray:
    """(runs, weeks) alarms behind a baseline at the first rate, in weeks at the second."""
    rng = np.random.default_rng([seed, n, round(1000 * rates[0]), round(1000 * rates[1]), round(100 * varies), weeks])
    first = rng.binomial(n, varying(rates[0], varies, (runs, FIRST_WEEKS), rng))
    then = rng.binomial(n, varying(rates[1], varies, (runs, weeks), rng))
    spread = np.array([spread_of([(k, n) for k in row]) for row in first.tolist()])
    target = np.array([baseline_target(k / s, FIRST_WEEKS * n / s) for k, s in zip(first.sum(1).tolist(), spread, strict=True)])
    calls = np.broadcast_to((n / spread)[:, None], then.shape)
    return e_detector(then / spread[:, None], calls, target, WEEKS_TO_A_FALSE_ALARM * WATCHED).alarm


def watched_lines(runs: int, seed: int) -> Iterator[Line]:
    """The measures that are counted over all calls, as the trend watches them."""
    for n in OF_ALL:
        for before, rises in RISES.items():
            for varies in VARIES:
                quiet = float(over_all_calls((before, before), n, varies, 52, runs, seed).sum(1).mean())
                bar = MOST_OF_ALL if varies <= VARIES[3] else None
                yield Line(
                    "over all calls", f"rate {before:.0%}, varies {varies:.0%}", n, "false a year", quiet, runs, bar, "at most"
                )
                for after in rises:
                    found = float(over_all_calls((before, after), n, varies, WEEKS_TO_SEE, runs, seed).any(1).mean())
                    yield Line(
                        "over all calls", f"{before:.0%} to {after:.0%}, varies {varies:.0%}", n, "seen in 12", found, runs
                    )


def lines(runs: int, seed: int) -> Iterator[Line]:
    """False alarms a year, and shares of shifts seen; the limit on the latter is for 5 to 12 % at 35 calls, fixed target."""
    for estimated, name in ((False, "fixed target"), (True, "estimated target")):
        for n in CALLS:
            for rate in RATES:
                for metrics in (1, 4):
                    value = false_alarms(rate, n, runs, seed, estimated=estimated, metrics=metrics)
                    setting = f"{name}, rate {rate:.0%}, {metrics} watched"
                    yield Line("e-detector", setting, n, "false a year", value, runs, MOST_FALSE_A_YEAR, "at most")
            for shift in (*LARGE, *SMALL):
                bar = LEAST_SEEN if (shift, n, estimated) == ((0.05, 0.12), 35, False) else None
                setting = f"{name}, {shift[0]:.0%} to {shift[1]:.0%}"
                yield Line("e-detector", setting, n, "seen in 12", seen(shift, n, runs, seed, estimated=estimated), runs, bar)
    yield from watched_lines(runs, seed)
