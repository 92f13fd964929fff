"""Where graders differ by more than a mean can settle: people with each other, and people with an LLM. DOMAIN: Grades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

from evalharness.models.grade import FinalValue, Grade, NotApplicable, Scored
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.summary import CallResult, Disagreement

Answer = Scored | NotApplicable
Why = Literal["levels", "yes_no", "fail", "category", "not_applicable"]
ORDER: tuple[Why, ...] = ("fail", "yes_no", "not_applicable", "category", "levels")
"""What is named where several pairs differ: the most serious first."""


def disagreements(rubric: Rubric, results: Sequence[CallResult]) -> tuple[Disagreement, ...]:
    """Every disagreement of the drawn calls: those of people first, then those with an LLM, in queue and form order."""
    found = [one for result in results for criterion in rubric.criteria() for one in _of_call(criterion, result)]
    return tuple(sorted(found, key=lambda one: one.between != "people"))


def _of_call(criterion: Criterion, result: CallResult) -> Iterator[Disagreement]:
    if criterion.type == "text" or criterion.id not in result.final:
        return
    own = [grade for grade in result.grades if grade.criterion == criterion.id and grade.grader.kind != "measured"]
    for turn in sorted({grade.turn for grade in own}, key=lambda turn: -1 if turn is None else turn):
        given = [grade for grade in own if grade.turn == turn]
        people, judges = _people(given), [grade for grade in _answered(given) if grade.grader.kind == "llm"]
        among = _most_serious(criterion, list(combinations(people, 2)))
        with_llm = _most_serious(criterion, [(person, judge) for person in people for judge in judges])
        why = among or with_llm
        if why:
            final = result.final[criterion.id]
            yield Disagreement(
                position=result.position,
                source=result.call.source,
                call_id=result.call.id,
                criterion=criterion.id,
                turn=turn,
                between="people" if among else "people_and_llm",
                why=why,
                grades=(*people, *judges),
                final=final,
                waits=_waits(final, among),
            )


def _waits(final: FinalValue, among: Why | None) -> bool:
    """Whether an adjudicator is waited for: people differ, and none has decided."""
    return among is not None and final.by != "adjudicated"


def _answered(grades: Sequence[Grade]) -> list[Answer]:
    return [grade for grade in grades if isinstance(grade, Scored | NotApplicable)]


def _people(grades: Sequence[Grade]) -> list[Answer]:
    """The people's answers that count: blind ones, assisted ones only where there is no other."""
    people = [grade for grade in _answered(grades) if grade.grader.kind == "human"]
    return [grade for grade in people if grade.lane == "blind"] or people


def _most_serious(criterion: Criterion, pairs: Sequence[tuple[Answer, Answer]]) -> Why | None:
    found = {difference(criterion, first, second) for first, second in pairs}
    return next((why for why in ORDER if why in found), None)


def difference(criterion: Criterion, first: Answer, second: Answer) -> Why | None:
    """How two answers differ; None where they agree, or lie one level apart and neither fails."""
    if isinstance(first, NotApplicable) or isinstance(second, NotApplicable):
        both = isinstance(first, NotApplicable) and isinstance(second, NotApplicable)
        return None if both else "not_applicable"
    if first.value == second.value:
        return None
    if criterion.type == "yes_no":
        return "yes_no"
    if criterion.type == "category":
        return "category"
    if criterion.fails(first.value) != criterion.fails(second.value):
        return "fail"
    return "levels" if _apart(criterion, first.value, second.value) > 1 or criterion.fails(first.value) else None


def _apart(criterion: Criterion, first: int | str, second: int | str) -> int:
    """How many levels lie between two answers of an ordinal criterion: of levels 1, 3, 5 the answers 3 and 5 are one apart."""
    low, high = sorted((float(first), float(second)))
    return sum(low < float(level) <= high for level in criterion.answers)
