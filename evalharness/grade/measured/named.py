"""The measures a rubric can name for a `measured` criterion: a table of name -> function."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from evalharness.grade.measured.turns import known
from evalharness.models.call import Call
from evalharness.models.facts import CallMeasures

COARSE_MS = 100


@dataclass(frozen=True)
class Reading:
    """What a measure says of one call: a value in the measure's unit, or `unanswered`, which is worse than any value.

    `at_least`: parts are left out of the value, so the truth can only be worse.
    """

    value: float | None = None
    unanswered: bool = False
    at_least: bool = False


Measured = Callable[[Call, CallMeasures], Reading | None]
"""A measure of one call; None where the log has no data for it."""


def _p50_ms(call: Call, measures: CallMeasures) -> Reading | None:
    return _percentile(call, measures, measures.p50_ms, unanswered=measures.p50_unanswered)


def _p99_ms(call: Call, measures: CallMeasures) -> Reading | None:
    silent = any(latency.unanswered for latency in measures.latencies)
    return _percentile(call, measures, measures.p99_ms, unanswered=silent and measures.p99_ms is None)


def _percentile(call: Call, measures: CallMeasures, value: float | None, *, unanswered: bool) -> Reading | None:
    """A percentile of the call's replies. A clock coarser than 100 ms decides nothing, but a silence of seconds it does show."""
    if unanswered:
        return Reading(unanswered=True)
    anchor = measures.latencies[0].anchor if measures.latencies else None
    if value is None or (anchor == "transcript" and _coarse(call)):
        return None
    return Reading(value, at_least=anchor == "components")


def _coarse(call: Call) -> bool:
    """Whether all turn times, five at least, are multiples of more than 100 ms: a clock of whole seconds, say."""
    times = [time for turn in call.turns for time in (known(turn.start_ms), known(turn.end_ms)) if time]
    if len(times) < 5 or any(time != int(time) for time in times):
        return False
    return math.gcd(*(int(time) for time in times)) > COARSE_MS


def _plain(value: float | None) -> Reading | None:
    return None if value is None else Reading(value)


def _unanswered(_: Call, measures: CallMeasures) -> Reading | None:
    """How many caller turns nobody answered; no data where the call had no turn to measure."""
    return Reading(float(sum(latency.unanswered for latency in measures.latencies))) if measures.latencies else None


MEASURES: dict[str, Measured] = {
    "p50_ms": _p50_ms,
    "p99_ms": _p99_ms,
    "greeting_ms": lambda _, measures: _plain(measures.greeting_ms),
    "unanswered": _unanswered,
    "duration_s": lambda call, _: _plain(call.duration_s),
    "cost_usd": lambda call, _: _plain(call.cost.total if call.cost else None),
}
"""`p50_ms`, `p99_ms`: of the call's own replies under its commonest anchor. `cost_usd`: in the currency of the log."""
