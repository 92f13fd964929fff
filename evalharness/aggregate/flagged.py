"""Clear failures that wait for a person: flags to confirm, and failures of which nobody named error tag and cause.

DOMAIN: Clear failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from evalharness.aggregate.final import newest
from evalharness.models.act import Confirmation
from evalharness.models.grade import FinalValue, Grade, Scored
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult, Flagged
from evalharness.models.trust import FoundCase


def standing(confirmations: Sequence[Confirmation]) -> tuple[Confirmation, ...]:
    """Of each call and check the answer given last, in the order of the first. `confirmations`: in ledger order."""
    return tuple({(*one.identity, one.check): one for one in confirmations}.values())


def flagged(
    rubric: Rubric, results: Sequence[CallResult], found: Sequence[FoundCase], grades: Sequence[Grade]
) -> tuple[Flagged, ...]:
    """What waits: flags on drawn calls in queue and form order, then failures without a cause, then found cases.

    A blind yes of a person needs no confirmation, only tag and cause. Where people differ on a check, and where an adjudicator
    decided it, a flag waits for nobody. `found`: cases outside the draw; `grades`: all of the week in ledger order.
    """
    drawn = [one for result in results for one in _of_call(rubric, result)]
    return (*sorted(drawn, key=lambda one: one.kind == "cause"), *_outside(found, grades))


def _of_call(rubric: Rubric, result: CallResult) -> Iterator[Flagged]:
    call = result.call
    answered = {one.check: one.answer for one in result.confirmations}
    for check in rubric.checks:
        own = [grade for grade in result.grades if grade.criterion == check.id]
        kind = _kind(own, result.final[check.id], answered.get(check.id))
        if kind:
            said = tuple(one for one in own if _says_yes(one) and (one.grader.kind == "human") == (kind == "cause"))
            place = {"position": result.position, "source": call.source, "call_id": call.id, "check": check.id}
            yield Flagged.model_validate({"kind": kind, **place, "grades": said})


def _kind(own: Sequence[Grade], final: FinalValue, answer: str | None) -> Literal["flag", "cause"] | None:
    """What is missing: somebody who looks at a flag, or tag and cause of a failure that people see."""
    if final.by == "adjudicated":
        return "cause" if final.value == "yes" and answer != "yes" else None
    looked = [one for one in own if one.grader.kind == "human" and one.lane == "assisted"]
    if any(map(_says_yes, looked)) or (final.by == "human" and final.value == "yes"):
        return None if answer == "yes" else "cause"
    flags = any(_says_yes(one) for one in own if one.grader.kind != "human")
    return "flag" if flags and not (looked or answer or final.conflict) else None


def _says_yes(grade: Grade) -> bool:
    return isinstance(grade, Scored) and grade.value == "yes"


def _outside(found: Sequence[FoundCase], grades: Sequence[Grade]) -> Iterator[Flagged]:
    """Found cases, a line a check; who answered a check has been heard."""
    cases = {(one.source, one.call_id): one for one in found}
    said = [one for one in newest(grades) if one.identity in cases and one.grader.kind == "llm" and _says_yes(one)]
    for (source, call_id), case in cases.items():
        for check in case.checks:
            own = tuple(one for one in said if one.identity == (source, call_id) and one.criterion == check)
            yield Flagged(kind="found", position=None, source=source, call_id=call_id, check=check, grades=own)
