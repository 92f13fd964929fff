"""Which calls an owner should listen to, and why. Ranked: clear failures, disagreements, missed escalations, slowest, lowest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from evalharness.aggregate.escalation import needed
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult, CallToHear

Kind = Literal["clear_failure", "disagreement", "missed_escalation", "slow", "low_score"]
MOST_SLOW, MOST_LOW = 3, 3
SLOW_MS = 1500


def calls_to_hear(rubric: Rubric, results: Sequence[CallResult]) -> tuple[CallToHear, ...]:
    """Every drawn call with a reason, once, under its most serious one."""
    found: list[CallToHear] = []
    seen: set[int] = set()
    for result, kind, reason in _candidates(rubric, results):
        if result.position in seen:
            continue
        seen.add(result.position)
        call = result.call
        found.append(
            CallToHear(
                rank=len(found) + 1, position=result.position, source=call.source, call_id=call.id, kind=kind, reason=reason
            )
        )
    return tuple(found)


def _candidates(rubric: Rubric, results: Sequence[CallResult]) -> Iterator[tuple[CallResult, Kind, str]]:
    for result in results:
        if result.clear_failure == "yes":
            failed = [check.id for check in rubric.checks if result.final[check.id].value == "yes"]
            yield result, "clear_failure", "clear failure: " + ", ".join(failed)
    for result in results:
        conflicts = [final for final in result.final.values() if final.conflict]
        if conflicts:
            yield result, "disagreement", "; ".join(f"{final.criterion} {final.note}" for final in conflicts)
    for result in results:
        if needed(result) and not result.call.handed_off:
            yield result, "missed_escalation", "the policy required a human and none was reached"
    slow = [r for r in results if r.measures.p50_unanswered or (r.measures.p99_ms or 0) > SLOW_MS]
    for result in sorted(slow, key=lambda r: (not r.measures.p50_unanswered, -(r.measures.p99_ms or 0)))[:MOST_SLOW]:
        yield result, "slow", "the agent left the caller without an answer" if result.measures.p50_unanswered else "slow replies"
    low = [r for r in results if r.score is not None and r.score < 60]
    for result in sorted(low, key=lambda r: (r.score or 0.0, r.position))[:MOST_LOW]:
        yield result, "low_score", "among the lowest scores of the week"
