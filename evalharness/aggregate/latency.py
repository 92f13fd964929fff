"""The week's latency: exact percentiles over all turns by (source, anchor), never mixed. DOMAIN: Latency."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evalharness import numbers
from evalharness.aggregate.latency_details import details
from evalharness.aggregate.population import ENOUGH_COVERAGE
from evalharness.models.facts import LatencyPool
from evalharness.models.measure import Measure, Verdict
from evalharness.models.summary import LatencyRow
from evalharness.models.threshold import Threshold
from evalharness.stats.design import Array
from evalharness.stats.interval import Interval
from evalharness.stats.quantile import quantile_interval, week_quantile

QUANTILES = {"latency_p50_ms": 0.50, "latency_p95_ms": 0.95, "latency_p99_ms": 0.99}
COARSE_MS = 100
TWO_SIDED = 0.025
_HOW = {
    "acoustic": "measured in the audio",
    "reported": "as the platform reports it",
    "transcript": "from the times of the turns",
    "components": "sum of its parts",
    "": "no times",
}
_CLOCK_NOISE_MS = 0.01  # whole seconds since 1970 as a float of milliseconds are off by up to a thousandth


@dataclass(frozen=True)
class PoolVerdict:
    """What one pool says to a latency bar."""

    measure: Measure
    verdict: Verdict
    reason: str = ""


def folded(pools: Sequence[LatencyPool]) -> list[LatencyPool]:
    """Calls without any measured reply have no anchor of their own: their unanswered and missing turns count in the
    commonest anchor of their source. A source without any measured reply stays as it is."""
    found = []
    for source in dict.fromkeys(pool.source for pool in pools):
        mine = [pool for pool in pools if pool.source == source]
        timed = sorted((pool for pool in mine if pool.anchor is not None), key=lambda pool: -pool.measured)
        blank = [pool for pool in mine if pool.anchor is None]
        found += [_with(timed[0], blank), *timed[1:]] if timed else blank
    return found


def _with(pool: LatencyPool, blank: Sequence[LatencyPool]) -> LatencyPool:
    names = ("calls", "due_calls", "slow_calls", "changes", "overlaps", "rejected", "missing")
    sums: dict[str, Any] = {name: sum(getattr(one, name) for one in (pool, *blank)) for name in names}
    unanswered, calls = [pool.unanswered_index], pool.calls
    for one in blank:  # its calls are others, numbered behind
        unanswered.append(one.unanswered_index + calls)
        calls += one.calls
    group_of = {by: np.concatenate([one.group_of[by] for one in (pool, *blank)]) for by in pool.group_of}
    return replace(pool, unanswered_index=np.concatenate(unanswered), group_of=group_of, **sums)


def percentile(pool: LatencyPool, name: str, *, missing_as: float | None = None) -> float | None:
    """The percentile in ms; math.inf where it touches an unanswered turn; None without any turn.

    `missing_as` 0 or inf adds the missing turns as the best or the worst that can be.
    """
    values, unanswered = pool.values_ms, pool.unanswered
    gap = 0 if missing_as is None else _due(pool) - pool.measured - unanswered
    if missing_as == 0:
        values = np.concatenate([values, np.zeros(gap)])
    elif missing_as is not None:
        unanswered += gap
    found = week_quantile(values, unanswered, QUANTILES[name], higher=name == "latency_p99_ms")
    return math.inf if found == "unanswered" else found


def _due(pool: LatencyPool) -> int:
    """Turns that should have a latency: changes + unanswered - overlaps."""
    return max(pool.changes + pool.unanswered - pool.overlaps, pool.measured + pool.unanswered)


def measure(pool: LatencyPool, name: str) -> Measure:
    """A percentile of one pool with its count of turns and its coverage."""
    value = percentile(pool, name)
    n = pool.measured + pool.unanswered
    return Measure(
        name=name,
        unit="ms",
        value=value if value is not None and math.isfinite(value) else None,
        n=n,
        of=_due(pool),
        missing=_due(pool) - n,
        unanswered=value == math.inf,
        note=f"{_HOW[pool.anchor or '']} (source {pool.source})",
    )


def row(pool: LatencyPool) -> LatencyRow:
    """Everything the report shows of one pool."""
    slow = _slow_calls(pool)
    p50, p95, p99 = (measure(pool, name) for name in QUANTILES)
    return LatencyRow(
        source=pool.source,
        anchor=pool.anchor or "none",
        n=pool.measured,
        calls=pool.calls,
        unanswered=pool.unanswered,
        overlaps=pool.overlaps,
        rejected=pool.rejected,
        missing=pool.missing,
        coverage=None if pool.coverage is None else min(pool.coverage, 1.0),
        p50=p50,
        p95=p95,
        p99=p99,
        slow_calls=slow,
        process=process(pool, {"p50": p50, "p95": p95, "p99": p99}),
        details=details(pool),
    )


def _slow_calls(pool: LatencyPool) -> Measure:
    """The share of calls with a slow reply, of those with a latency; where many lack one, also with none and all of them slow."""
    of = max(pool.due_calls, pool.calls)
    missing, thin = of - pool.calls, 0 < pool.calls < ENOUGH_COVERAGE * of
    return Measure(
        name="slow_calls",
        unit="share",
        value=pool.slow_calls / pool.calls if pool.calls else None,
        n=pool.calls,
        of=of,
        missing=missing,
        low=pool.slow_calls / of if thin else None,
        high=(pool.slow_calls + missing) / of if thin else None,
        note="calls with a reply above 1.5 s or none",
    )


def process(pool: LatencyPool, exact: Mapping[str, Measure]) -> dict[str, Measure]:
    """The week's percentiles (short name -> measure) with 95 % limits for the process behind them. [Woodruff 1952]

    Turns of one call are alike, so calls are the clusters; an unanswered turn ranks above every value. A limit that lies
    among the unanswered turns, or beyond the last turn, is no limit (None).
    """
    values = np.concatenate([pool.values_ms, np.full(pool.unanswered, math.inf)])
    calls = np.concatenate([pool.call_index, pool.unanswered_index])
    if not values.size:
        return {}
    return {
        name: _of_process(found, quantile_interval(values, calls, QUANTILES[found.name], TWO_SIDED))
        for name, found in exact.items()
    }


def _of_process(exact: Measure, found: Interval) -> Measure:
    """The limits about the week's own percentile, which may lie between two turns."""
    value = math.inf if exact.unanswered or exact.value is None else exact.value
    low, high = min(found.low, value), max(found.high, value)
    calls = numbers.figure(found.n_eff, "calls")
    parts = [f"the process behind the week: turns of {calls}", "" if math.isfinite(high) else "no upper limit", found.note]
    limits = {"low": low if math.isfinite(low) else None, "high": high if math.isfinite(high) else None}
    return exact.model_copy(update={**limits, "note": "; ".join(part for part in parts if part)})


def against(pools: Sequence[LatencyPool], threshold: Threshold) -> PoolVerdict:
    """The bar over all pools: each must pass; one that misses decides. Shown is the pool that decides."""
    found = [_pool_against(pool, threshold) for pool in pools if pool.measured or pool.unanswered]
    if not found:
        turns = sum(_due(pool) for pool in pools)
        empty = Measure(name=threshold.measure, unit="ms", of=turns, missing=turns, note="no turn has a latency or times")
        return PoolVerdict(empty, "not_measured", "the log gives no latency and no turn times")
    order: tuple[Verdict, ...] = ("missed", "not_proven", "not_measured", "met")
    worst = min(found, key=lambda one: (order.index(one.verdict), -_rank(one.measure)))
    if worst.verdict == "met" and any(not pool.measured and not pool.unanswered and _due(pool) for pool in pools):
        return _with_uncovered(pools, worst)
    return worst


def _with_uncovered(pools: Sequence[LatencyPool], worst: PoolVerdict) -> PoolVerdict:
    """Turns without any time belong to no anchor: where they are a tenth or more, a pass is not proven."""
    blank = sum(_due(pool) for pool in pools if not pool.measured and not pool.unanswered)
    due = sum(_due(pool) for pool in pools)
    covered = 1 - blank / due
    if covered >= ENOUGH_COVERAGE:
        return worst
    share = numbers.beside(covered, ENOUGH_COVERAGE, "share")
    return PoolVerdict(worst.measure, "not_proven", f"only {share} of the week's turns have a latency")


def _rank(measure: Measure) -> float:
    return math.inf if measure.unanswered else measure.value or 0.0


def _pool_against(pool: LatencyPool, threshold: Threshold) -> PoolVerdict:
    shown = measure(pool, threshold.measure)
    if _coarse(pool.values_ms):
        return PoolVerdict(shown, "not_measured", "the clock is coarser than 100 ms, so it decides nothing")
    value = percentile(pool, threshold.measure)
    verdict: Verdict = "met" if threshold.holds(value or 0.0) else "missed"
    reason = ""
    if pool.coverage is not None and pool.coverage < ENOUGH_COVERAGE:
        best, worst = (percentile(pool, threshold.measure, missing_as=fill) for fill in (0.0, math.inf))
        if threshold.holds(best or 0.0) != threshold.holds(worst or 0.0):
            verdict, covered = "not_proven", numbers.beside(pool.coverage, ENOUGH_COVERAGE, "share")
            reason = f"only {covered} of the turns have a latency; best and worst case differ"
    if verdict == "met" and pool.anchor == "components":
        return PoolVerdict(shown, "not_proven", "a sum of components leaves parts out: it can show a miss, never a pass")
    return PoolVerdict(shown, verdict, reason)


def _coarse(values: Array) -> bool:
    """Whether every value is a multiple of more than 100 ms (a clock of whole seconds, say); all 0 shows no clock at all.

    Few values decide nothing either where they look like it. Replies that are all the same are a fixed delay, no clock.
    """
    whole = np.rint(values)
    if values.size == 0 or (np.abs(values - whole) > _CLOCK_NOISE_MS).any():
        return False
    if values.min() == values.max():
        return values.size >= 5 and values[0] == 0
    return not 0 < np.gcd.reduce(whole.astype(np.int64)) <= COARSE_MS
