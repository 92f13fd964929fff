"""Verified resolution: resolved, and the caller did not call again for the same within 7 days. DOMAIN: Call outcome."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from evalharness.aggregate.estimate import Answer, read_blind
from evalharness.aggregate.inputs import Identity
from evalharness.aggregate.judged import WeekRate, rate_of, read_by_people, resolved
from evalharness.models.measure import Measure
from evalharness.models.sample import Design
from evalharness.models.summary import CallResult, Population

NAME = "verified_resolution_rate"
WAIT = timedelta(days=7)
NO_KEYS = "not computed: the log has no caller keys, so nobody knows who called again"


def verified_resolution(
    design: Design,
    results: Sequence[CallResult],
    again: Collection[Identity],
    known_until: datetime | None,
    population: Population,
) -> WeekRate | Measure:
    """resolved and not in `again` (`CallLog.calls_again`) / in-scope calls, estimated as resolution is.

    `known_until`: the newest call start of the log, in the workspace's zone. A resolved call that ended less than 7 days before
    it is resolved so far: the value counts it, the lower limit does not, and the note says until when that is so. A call
    without a caller key is open, whatever its outcome. Where no drawn call has one: a Measure without value that says so.
    """
    if results and not any(result.call.caller_key for result in results):
        return Measure(name=NAME, unit="share", of=population.judged, missing=population.judged, basis="sample", note=NO_KEYS)

    def waits(result: CallResult) -> bool:
        return _answer(result, again) == "hit" and (known_until is None or known_until < _until(result))

    def so_far(result: CallResult) -> Answer:
        return _answer(result, again)

    def at_worst(result: CallResult) -> Answer:
        return "no" if waits(result) else _answer(result, again)

    rate, worst = (rate_of(NAME, design, results, population, answer) for answer in (so_far, at_worst))
    low = None if rate.measure.low is None else worst.measure.low
    read = read_blind(read_by_people(results))
    keyless = sum(_answer(result, again) == "open" and not result.call.caller_key for result in read)
    note = _note(rate.measure.note, keyless, [_until(result) for result in results if waits(result)], known_until)
    return replace(
        rate,
        measure=rate.measure.model_copy(update={"low": low, "note": note}),
        bounds=(worst.bounds[0], rate.bounds[1]),
        estimate=replace(
            rate.estimate,
            interval=(worst.estimate.interval[0], rate.estimate.interval[1]),
            bounds=(worst.estimate.bounds[0], rate.estimate.bounds[1]),
        ),
    )


def _answer(result: CallResult, again: Collection[Identity]) -> Answer:
    call, given = result.call, resolved(result)
    if given in ("hit", "no") and not call.caller_key:
        return "open"
    return "no" if given == "hit" and (call.source, call.id) in again else given


def _until(result: CallResult) -> datetime:
    """Until when a call again would count."""
    call = result.call
    return max(call.started_at, call.ended_at or call.started_at) + WAIT


def _note(of_rate: str, keyless: int, waiting: Sequence[datetime], known_until: datetime | None) -> str:
    parts = [f"resolved, and no call again for the same within {WAIT.days} days"]
    if waiting and known_until is not None:
        last, known = max(waiting).astimezone(known_until.tzinfo), known_until
        calls = "1 resolved call" if len(waiting) == 1 else f"{len(waiting)} resolved calls"
        parts.append(f"provisional until {last:%Y-%m-%d}: {calls} may still be called about (the log ends on {known:%Y-%m-%d})")
    if keyless:
        parts.append(f"{keyless} graded without a caller key, taken both ways")
    return "; ".join(part for part in (*parts, of_rate) if part)
