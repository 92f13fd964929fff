"""Which calls an owner should listen to, and why. Ranked: clear failures, disagreements, missed escalations, slowest, lowest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from evalharness import numbers
from evalharness.aggregate.escalation import needed
from evalharness.models.removed import removed
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult, CallToHear, Disagreement

Kind = Literal["clear_failure", "automatic_fail", "disagreement", "missed_escalation", "slow", "low_score"]
MOST_SLOW, MOST_LOW = 3, 3
SLOW_MS, LOW_SCORE = 1500, 60
PICKED = "picked by hand"
_OF_PICKED: tuple[Kind, ...] = ("clear_failure", "automatic_fail")


def calls_to_hear(
    rubric: Rubric,
    results: Sequence[CallResult],
    differing: Sequence[Disagreement] = (),
    picked: Sequence[CallResult] = (),
) -> tuple[CallToHear, ...]:
    """Every drawn call with a reason, once, under its most serious one. `differing`: what is disputed stands among them.

    Of a call whose text was taken out the reason says so: there is nothing to hear or to read any more.
    `picked`: calls added by hand; one graded as a clear failure or an automatic fail stands behind the drawn ones of its kind.
    """
    found: list[CallToHear] = []
    seen: set[int] = set()
    for result, kind, reason in _candidates(rubric, results, differing, picked):
        if result.position in seen:
            continue
        seen.add(result.position)
        call, rank = result.call, len(found) + 1
        told = f"{reason}; {gone}" if (gone := removed(call)) else reason
        found.append(CallToHear(rank=rank, position=result.position, source=call.source, call_id=call.id, kind=kind, reason=told))
    return tuple(found)


def _candidates(
    rubric: Rubric, results: Sequence[CallResult], differing: Sequence[Disagreement], picked: Sequence[CallResult]
) -> Iterator[tuple[CallResult, Kind, str]]:
    """Every reason of every call, the most serious kind first."""
    for kind, reason_of in _REASONS.items():
        for result in results:
            reason = reason_of(rubric, result)
            if reason:
                yield result, kind, reason
        if kind in _OF_PICKED:
            yield from ((one, kind, f"{PICKED}: {reason}") for one in picked if (reason := reason_of(rubric, one)))
        if kind == "disagreement":
            yield from _disputed(results, differing)
    yield from _slowest(results)
    low = [result for result in results if result.score is not None and result.score < LOW_SCORE]
    for result in sorted(low, key=lambda r: (r.score or 0.0, r.position))[:MOST_LOW]:
        yield result, "low_score", f"low score: {numbers.figure(result.score, 'score')} of 100"


def _failed(rubric: Rubric, result: CallResult) -> str:
    confirmed = {one.check for one in result.confirmations if one.answer == "yes"}
    failed = [check.id for check in rubric.checks if result.final[check.id].value == "yes" or check.id in confirmed]
    return f"clear failure: {_plain(failed)}" if result.clear_failure == "yes" else ""


def _zeroed(_: Rubric, result: CallResult) -> str:
    fails = [final.criterion for final in result.final.values() if final.fail == "call"]
    return f"graded as a fail of the call: {_plain(fails)}" if fails else ""


def _in_conflict(_: Rubric, result: CallResult) -> str:
    conflicts = [final.criterion for final in result.final.values() if final.conflict]
    return f"people differ on {_plain(conflicts)}: waits for an adjudicator" if conflicts else ""


def _disputed(results: Sequence[CallResult], differing: Sequence[Disagreement]) -> Iterator[tuple[CallResult, Kind, str]]:
    """The calls of which a grade is disputed and not decided yet."""
    for result in results:
        own = [one.criterion for one in differing if one.position == result.position and any(not d.decided for d in one.disputes)]
        if own:
            yield result, "disagreement", f"disputed: {_plain(own)}: waits for an adjudicator"


def _not_handed_over(_: Rubric, result: CallResult) -> str:
    missed = needed(result) and not result.call.handed_off
    return "people say that a human was needed; the log shows no handoff" if missed else ""


def _plain(ids: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in ids)


def _slowest(results: Sequence[CallResult]) -> Iterator[tuple[CallResult, Kind, str]]:
    slow = [r for r in results if r.measures.p50_unanswered or (r.measures.p99_ms or 0) > SLOW_MS]
    for result in sorted(slow, key=lambda r: (not r.measures.p50_unanswered, -(r.measures.p99_ms or 0)))[:MOST_SLOW]:
        replies = f"slow replies: 99 of 100 within {numbers.figure(result.measures.p99_ms, 'ms')}"
        yield result, "slow", "the agent left the caller without an answer" if result.measures.p50_unanswered else replies


_REASONS: dict[Kind, Callable[[Rubric, CallResult], str]] = {
    "clear_failure": _failed,
    "automatic_fail": _zeroed,
    "disagreement": _in_conflict,
    "missed_escalation": _not_handed_over,
}
