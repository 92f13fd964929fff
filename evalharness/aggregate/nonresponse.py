"""What became of the drawn calls: none is lost without a word. DOMAIN: The queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evalharness.aggregate.estimate import reached, set_aside
from evalharness.models.grade import FinalValue, Ungraded
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult, Nonresponse

LONGEST_REASON = 80


def nonresponse(rubric: Rubric, results: Sequence[CallResult]) -> Nonresponse:
    """Each drawn call under one heading; `rubric` says which criteria people are asked."""
    asked = [c.id for c in rubric.criteria() if "human" in c.graded_by and c.type != "text"]
    queue = {result.position for result in reached(results, lambda result: _answered(result, asked))}
    found = Counter(_state(result, asked) if result.position in queue else "not_reached" for result in results)
    reasons = Counter(_why(result) for result in results if set_aside(result) and not _marked(result))
    counts = {"graded": 0, **found}
    return Nonresponse(drawn=len(results), **counts, reasons=dict(sorted(reasons.items())))


def _answered(result: CallResult, asked: Sequence[str]) -> bool:
    return any(_by_people(result.final[one]) for one in asked if one in result.final)


def _by_people(final: FinalValue) -> bool:
    return final.conflict or final.by in ("human", "adjudicated")


def _state(result: CallResult, asked: Sequence[str]) -> str:
    if set_aside(result):
        return "transcript" if _marked(result) else "skipped"
    finals = [result.final[one] for one in asked if one in result.final]
    if any(final.conflict for final in finals):
        return "open"
    settled = all(_by_people(final) or final.state != "ungraded" for final in finals)
    return "graded" if settled and any(map(_by_people, finals)) else "ungraded"


def _marked(result: CallResult) -> bool:
    return any(isinstance(grade, Ungraded) and grade.reason == "transcript" for grade in result.grades)


def _why(result: CallResult) -> str:
    """The reason a person gave for skipping it."""
    given = [grade.rationale.strip() for grade in result.grades if isinstance(grade, Ungraded) and grade.rationale.strip()]
    return given[0][:LONGEST_REASON] if given else "no reason given"
