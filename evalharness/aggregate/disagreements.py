"""Where graders differ by more than a mean can settle: people with each other, people with an LLM, either with a measurement;
and what is disputed.

DOMAIN: Grades.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Literal

from evalharness.models.act import Adjudication, Dispute
from evalharness.models.grade import FinalValue, Grade, NotApplicable, Scored
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.summary import CallResult, Disagreement

Answer = Scored | NotApplicable
Why = Literal["levels", "yes_no", "fail", "category", "not_applicable"]
ORDER: tuple[Why, ...] = ("fail", "yes_no", "not_applicable", "category", "levels")
"""What is named where several pairs differ: the most serious first."""
SIDES = ("people", "dispute", "people_and_llm", "log")
"""Who differs with whom, in the order shown."""


def disagreements(rubric: Rubric, results: Sequence[CallResult], disputes: Sequence[Dispute] = ()) -> tuple[Disagreement, ...]:
    """Every disagreement of these calls, and every grade disputed or decided: those of people first, then disputes, then those
    with an LLM, then those of a measurement with anybody, in queue and form order. How the log says that a call ended stands
    beside the graded outcome of every call, and is none."""
    found = [one for result in results for criterion in rubric.criteria() for one in _of_call(criterion, result, disputes)]
    return tuple(sorted(found, key=lambda one: SIDES.index(one.between)))


def _of_call(criterion: Criterion, result: CallResult, disputes: Sequence[Dispute]) -> Iterator[Disagreement]:
    if criterion.type == "text" or criterion.id not in result.final:
        return
    own = [grade for grade in result.grades if grade.criterion == criterion.id]
    decided = {one.turn: one for one in result.decisions if one.criterion == criterion.id}
    call = (result.call.source, result.call.id, criterion.id)
    disputed = [one for one in disputes if one.slot[:3] == call]
    turns = {grade.turn for grade in own} | set(decided) | {one.turn for one in disputed}
    for turn in sorted(turns, key=lambda turn: -1 if turn is None else turn):
        given = [grade for grade in own if grade.turn == turn]
        of_turn = tuple(one for one in disputed if one.turn == turn)
        found = _of_turn(criterion, result.final[criterion.id], given, of_turn, decided.get(turn))
        if found is not None:
            place: dict[str, Any] = {
                "position": result.position,
                "source": call[0],
                "call_id": call[1],
                "criterion": call[2],
                "turn": turn,
            }
            yield Disagreement(**place, **found)


def _of_turn(
    criterion: Criterion,
    final: FinalValue,
    given: Sequence[Grade],
    disputes: tuple[Dispute, ...],
    decision: Adjudication | None,
) -> dict[str, Any] | None:
    """What stands in a Disagreement beside its place; None where nobody differs and nothing is disputed or decided."""
    sides = _sides(criterion, given)
    among, other = sides.whys[0], next((why for why in sides.whys[1:] if why), None)
    acted = bool(disputes or decision)
    if not (among or other or acted):
        return None
    open_ = any(not one.decided for one in disputes)
    return {
        "between": "people" if among else "dispute" if acted else "people_and_llm" if sides.whys[1] else "log",
        "why": among or (None if acted else other) or "disputed",
        "grades": sides.shown(given),
        "final": final,
        "waits": open_ or (among is not None and decision is None),
        "decision": decision,
        "disputes": disputes,
    }


@dataclass(frozen=True)
class _Sides:
    """Who answered, and the most serious difference among people, of people and judges, and of either and the log."""

    people: Sequence[Answer]
    judges: Sequence[Answer]
    log: Sequence[Answer]
    whys: tuple[Why | None, Why | None, Why | None]

    def shown(self, given: Sequence[Grade]) -> tuple[Answer, ...]:
        """People first, then judges, then the log where it differs; whatever there is where neither of the first answered."""
        if not (self.people or self.judges):
            return tuple(_answered(given))
        return (*self.people, *self.judges, *(self.log if self.whys[2] else ()))


def _sides(criterion: Criterion, given: Sequence[Grade]) -> _Sides:
    people, judges = _people(given), [grade for grade in _answered(given) if grade.grader.kind == "llm"]
    log = [one for one in _answered(given) if one.grader.kind == "measured" and criterion.type != "category"]
    pairs = (combinations(people, 2), product(people, judges), product([*people, *judges], log))
    among, with_llm, with_log = (_most_serious(criterion, list(each)) for each in pairs)
    return _Sides(people, judges, log, (among, with_llm, with_log))


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
