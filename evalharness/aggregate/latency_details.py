"""What makes the slow turns slow: one pool's turns by kind, version, intent and hour, and the parts of its replies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalharness.models.facts import LatencyPool
from evalharness.models.latency import LatencyDetails, LatencyPart, LatencySplit
from evalharness.models.measure import Measure
from evalharness.stats.call_quantile import UNANSWERED
from evalharness.stats.quantile import week_quantile

SLOW_MS = 1500.0
FEWEST = 20
"""Turns from which a version, an intent or an hour is shown apart."""
_QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
Values = NDArray[np.float64]


def details(pool: LatencyPool) -> LatencyDetails:
    """The pool split and taken apart; nothing from nothing."""
    splits, small = [*_kinds(pool)], dict[str, int]()
    for by in pool.groups:
        found, few = _groups(pool, by)
        splits += found
        small |= {by: few} if few else {}
    slow = pool.values_ms > SLOW_MS
    parts = _parts(pool, slow)
    unknown = slow & ~_known(pool)
    return LatencyDetails(
        splits=tuple(splits), small=small, parts=tuple(parts), slow=int(slow.sum()), slow_unknown=int(unknown.sum())
    )


def _kinds(pool: LatencyPool) -> Iterator[LatencySplit]:
    """Turns with and without tool calls where there are both; all but fillers where there are any."""
    if pool.tool_ms is not None and 0 < pool.tool_ms.size < pool.values_ms.size:
        yield _split("turn", "tool", pool.tool_ms)
        yield _split("turn", "no_tool", _without(pool.values_ms, pool.tool_ms))
    if pool.plain_ms is not None and pool.plain_ms.size and not np.array_equal(pool.plain_ms, pool.values_ms):
        yield _split("turn", "without_fillers", pool.plain_ms, pool.unanswered)


def _without(values: Values, taken: Values) -> Values:
    """The values but those taken, each as often as it was taken."""
    found, counts = np.unique(values, return_counts=True)
    places, times = np.unique(taken, return_counts=True)
    counts[np.searchsorted(found, places)] -= times
    return np.repeat(found, counts)


def _groups(pool: LatencyPool, by: str) -> tuple[list[LatencySplit], int]:
    """The groups that are large enough, by name, and how many turns the others hold; nothing where no call names a group."""
    codes, names = pool.group_of[by], pool.groups[by]
    held = turns_by(pool, by)
    of_values, of_unanswered = codes[pool.call_index], codes[pool.unanswered_index]
    order = np.argsort(of_values, kind="stable")
    ends = np.searchsorted(of_values[order], np.arange(len(names) + 1))
    silent = np.bincount(of_unanswered, minlength=len(names))
    places = {name: code for code, name in enumerate(names)}
    found, few = [], 0
    for name, turns in sorted(held.items(), key=lambda one: _natural(one[0])):
        if turns >= FEWEST:
            code = places[name]
            values = pool.values_ms[order[ends[code] : ends[code + 1]]]
            found.append(_split(by, name, values, int(silent[code])))
        else:
            few += turns
    return found, few


def turns_by(pool: LatencyPool, by: str) -> dict[str, int]:
    """Group -> turns of its calls, measured or unanswered; nothing where no call names a group."""
    codes, names = pool.group_of[by], pool.groups[by]
    turns = np.bincount(np.concatenate([codes[pool.call_index], codes[pool.unanswered_index]]), minlength=len(names))
    known = {names[code]: int(turns[code]) for code in np.unique(codes).tolist()}
    return known if any(known) else {}


def _natural(name: str) -> tuple[int, str]:
    """Hours by number, all else by name."""
    return (int(name), "") if name.isascii() and name.isdigit() and len(name) < 3 else (99, name)


def _split(by: Any, name: str, values: Values, unanswered: int = 0) -> LatencySplit:
    turns = values.size + unanswered
    slow = (int((values > SLOW_MS).sum()) + unanswered) / turns if turns else None
    share = Measure(name="slow_turns", unit="share", value=slow, n=turns, of=turns)
    return LatencySplit(by=by, name=name, **_percentiles(values, unanswered), slow=share)


def _percentiles(values: Values, unanswered: int = 0) -> dict[str, Measure]:
    """Exact for the week; p99 takes the higher order statistic."""
    turns, found = values.size + unanswered, {}
    for name, q in _QUANTILES.items():
        value = week_quantile(values, unanswered, q, higher=name == "p99")
        known = value if isinstance(value, float) else None
        found[name] = Measure(name=name, unit="ms", value=known, n=turns, of=turns, unanswered=value == UNANSWERED)
    return found


def _known(pool: LatencyPool) -> NDArray[np.bool_]:
    """Replies with any known part."""
    known = np.zeros(pool.values_ms.size, dtype=bool)
    for times in pool.parts_ms.values():
        known |= times > 0
    return known


def _parts(pool: LatencyPool, slow: NDArray[np.bool_]) -> list[LatencyPart]:
    """Each part's percentiles over the replies that report it, and how often it is the largest of a slow reply."""
    names = list(pool.parts_ms)
    if not names:
        return []
    judged = slow & _known(pool)
    n = int(judged.sum())
    first = np.argmax(np.stack([pool.parts_ms[name][judged] for name in names]), axis=0)
    counts = dict(zip(names, np.bincount(first, minlength=len(names)).tolist(), strict=True))
    found = []
    for name in sorted(names, key=lambda name: -counts[name]):
        times = pool.parts_ms[name]
        share = Measure(name="largest_part", unit="share", value=counts[name] / n if n else None, n=n, of=int(slow.sum()))
        found.append(LatencyPart(part=name, **_percentiles(times[times > 0]), largest=share))
    return found
