"""Has the rate of failures risen above its target? An alarm that may be looked at every week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalharness.stats.design import Array
from evalharness.stats.exact import clopper_pearson

WEEKS_TO_A_FALSE_ALARM = 156.0
"""Threshold for one metric: on average at least three years of weeks at the target before a false alarm."""
ODDS_RATIOS = (1.5, 2.0, 3.0, 5.0)

_LARGEST_LOG = 600.0
_LARGEST = 1e300
_NEAR_EDGE = 1e-12


@dataclass(frozen=True, slots=True)
class Alarms:
    """By week, (..., weeks): the statistic before any reset (infinite: a failure where none may be; never nan) and alarms."""

    statistic: Array
    alarm: NDArray[np.bool_]


def e_detector(
    failures: ArrayLike,
    calls: ArrayLike,
    target: ArrayLike,
    threshold: float = WEEKS_TO_A_FALSE_ALARM,
    odds_ratios: Sequence[float] = ODDS_RATIOS,
) -> Alarms:
    """Shiryaev-Roberts e-detector of "the failure rate is above target". [Shin, Ramdas, Rinaldo, arXiv 2203.03532]

    failures, calls (..., weeks): counts of each week; target: scalar or (...), share of calls. For each odds ratio g

        p1 = g p0 / (1 - p0 + g p0);  L = (p1/p0)^k ((1 - p1)/(1 - p0))^(n - k), mean at most 1 for every p <= p0
        S_g <- (S_g + 1) L;  statistic = mean of the S_g;  alarm at >= threshold, then every S_g = 0

    Mean time to a false alarm is at least `threshold` weeks while the rate is at or below the target; watching several
    metrics, threshold = 156 x their number. Weeks without calls are skipped (the + 1 alone would raise an alarm after 156
    of them). Target 0: any failure alarms; target 1: nothing can. A small shift (5 to 8 %) is mostly missed.
    Raises ValueError where failures are more than calls or the target is no share. Only for equal-probability counts, not
    weighted shares; extra variation from week to week raises false alarms. A target from a baseline: `baseline_target`.
    """
    k, n = np.broadcast_arrays(*(np.atleast_1d(np.asarray(x, dtype=float)) for x in (failures, calls)))
    p0 = np.broadcast_to(np.asarray(target, dtype=float), k.shape[:-1])[..., None]
    if not ((k >= 0) & (k <= n)).all() or not ((p0 >= 0) & (p0 <= 1)).all():
        raise ValueError("failures lie within 0..calls and the target within 0..1")
    evidence = _log_evidence(k, n, np.clip(p0, _NEAR_EDGE, 1 - _NEAR_EDGE), np.asarray(odds_ratios, dtype=float))
    S, statistic, alarm = np.zeros(evidence.shape[:-2] + evidence.shape[-1:]), np.zeros(k.shape), np.zeros(k.shape, dtype=bool)
    for week in range(k.shape[-1]):
        graded = n[..., week] > 0
        grown = np.minimum((S + 1) * np.exp(np.minimum(evidence[..., week, :], _LARGEST_LOG)), _LARGEST)
        S = np.where(graded[..., None], grown, S)
        statistic[..., week] = _at_the_edges(S.mean(-1), k[..., week], p0[..., 0])
        alarm[..., week] = graded & (statistic[..., week] >= threshold)
        S = np.where(alarm[..., week, None], 0.0, S)
    return Alarms(statistic, alarm)


def _log_evidence(k: Array, n: Array, p0: Array, g: Array) -> Array:
    """(..., weeks, odds ratios) log L of each week."""
    p0 = p0[..., None]
    p1 = g * p0 / (1 - p0 + g * p0)
    return np.asarray(k[..., None] * np.log(p1 / p0) + (n - k)[..., None] * np.log((1 - p1) / (1 - p0)))


def _at_the_edges(mean: Array, k: Array, p0: Array) -> Array:
    """Where no failure may be, one is proof; where all may fail, nothing is."""
    return np.where(p0 <= 0, np.where(k > 0, np.inf, 0.0), np.where(p0 >= 1, 0.0, mean))


def baseline_target(failures: float, calls: float) -> float:
    """A target from a baseline period: its one-sided 80 % upper limit (Clopper-Pearson); 1 = cannot alarm, nothing was graded.

    Of the same kind as the weeks watched: equal-probability calls, before them, never overlapping them.
    """
    return clopper_pearson(failures, calls, 0.2)[1]
