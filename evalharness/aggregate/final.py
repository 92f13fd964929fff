"""The final value of a call and criterion, out of all its grades. DOMAIN: Grades; FORMATS: Rubric."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from evalharness.models.grade import FinalValue, Grade, NotApplicable, Scored, Ungraded
from evalharness.models.rubric import Criterion, Rubric


def newest(grades: Iterable[Grade]) -> list[Grade]:
    """The grades that stand: of each grader, call, criterion, turn and lane the last one given."""
    slots: dict[tuple[object, ...], Grade] = {}
    for grade in grades:
        slots[grade.slot] = grade
    return list(slots.values())


def final_values(rubric: Rubric, grades: Sequence[Grade], applies: dict[str, bool]) -> dict[str, FinalValue]:
    """Criterion id -> final value of one call. `grades` are the standing ones; `applies` answers the `when` rules."""
    found = {}
    for criterion in rubric.criteria():
        if criterion.type == "text":
            continue
        if not applies.get(criterion.id, True):
            found[criterion.id] = FinalValue(
                criterion=criterion.id, state="not_applicable", note="its condition does not hold for this call"
            )
            continue
        own = [grade for grade in grades if grade.criterion == criterion.id]
        found[criterion.id] = _of_turns(criterion, own) if criterion.scope == "turn" else final_value(criterion, own)
    return found


def final_value(criterion: Criterion, grades: Sequence[Grade]) -> FinalValue:
    """People before measurements; blind before assisted. A judge's grade decides nothing while it is not trusted."""
    people = [grade for grade in grades if grade.grader.kind == "human"]
    answered = [grade for grade in people if not isinstance(grade, Ungraded)]
    blind = [grade for grade in answered if grade.lane == "blind"]
    if answered:
        return _of_people(criterion, blind or answered).model_copy(update={"assisted": not blind})
    measured = [
        grade for grade in grades if grade.grader.kind == "measured" and isinstance(grade, Scored) and grade.value != "unknown"
    ]
    if measured:
        value = measured[-1].value
        return FinalValue(
            criterion=criterion.id, state="scored", value=_number(value), by="measured", fail=criterion.fails(value)
        )
    reasons = sorted({grade.reason for grade in people if isinstance(grade, Ungraded)})
    return FinalValue(criterion=criterion.id, state="ungraded", note=", ".join(reasons))


def _of_people(criterion: Criterion, grades: Sequence[Scored | NotApplicable]) -> FinalValue:
    """Equal answers stand; ordinal answers one level apart, none a fail, give their mean; anything else waits."""
    answers = {grade.value if isinstance(grade, Scored) else None for grade in grades}
    if answers == {None}:
        return FinalValue(criterion=criterion.id, state="not_applicable", by="human")
    values = [grade.value for grade in grades if isinstance(grade, Scored)]
    if len(answers) == 1:
        return FinalValue(
            criterion=criterion.id, state="scored", value=_number(values[0]), by="human", fail=criterion.fails(values[0])
        )
    numbers = [value for value in values if isinstance(value, int)]
    close = len(numbers) == len(grades) and criterion.type == "ordinal" and _levels_apart(criterion, numbers) <= 1
    if close and not any(criterion.fails(value) for value in numbers):
        return FinalValue(
            criterion=criterion.id,
            state="scored",
            value=sum(numbers) / len(numbers),
            by="human",
            note=f"mean of {len(numbers)} graders",
        )
    differing = ", ".join(f"{g.grader.name}: {g.value if isinstance(g, Scored) else 'N/A'}" for g in grades)
    return FinalValue(criterion=criterion.id, state="ungraded", conflict=True, note=f"waits for an adjudicator ({differing})")


def _levels_apart(criterion: Criterion, values: Sequence[int]) -> int:
    """How many levels lie between the lowest and the highest answer: of levels 1, 3, 5 the answers 3 and 5 are one apart."""
    return sum(min(values) < float(level) <= max(values) for level in criterion.answers)


def _of_turns(criterion: Criterion, grades: Sequence[Grade]) -> FinalValue:
    """A turn criterion's value of the call: the mean (or minimum) of its rated turns; a fail in any turn is a fail.

    Of a yes/no criterion it is the share of turns with the good answer (yes, where none is named), 0 to 1.
    """
    turns = sorted({grade.turn for grade in grades if grade.turn is not None})
    finals = [final_value(criterion, [grade for grade in grades if grade.turn == turn]) for turn in turns]
    values = [final.value for final in finals if final.value is not None]
    numbers = [value if isinstance(value, float) else float(value == (criterion.good or "yes")) for value in values]
    conflict = any(final.conflict for final in finals)
    if numbers:
        return FinalValue(
            criterion=criterion.id,
            state="scored",
            value=min(numbers) if criterion.turns == "min" else sum(numbers) / len(numbers),
            by="human",
            conflict=conflict,
            assisted=any(final.assisted for final in finals),
            fail=_worst_fail(finals),
            note=f"rated turns: {len(numbers)}" + (", some in conflict" if conflict else ""),
        )
    if finals and all(final.state == "not_applicable" for final in finals):
        return FinalValue(criterion=criterion.id, state="not_applicable", by="human")
    return FinalValue(criterion=criterion.id, state="ungraded", conflict=conflict, note="no rated turn")


def _worst_fail(finals: Sequence[FinalValue]) -> Literal["call", "section"] | None:
    fails = {final.fail for final in finals}
    return "call" if "call" in fails else "section" if "section" in fails else None


def _number(value: int | str) -> float | str:
    return float(value) if isinstance(value, int) else value


def clear_failure(rubric: Rubric, final: dict[str, FinalValue], *, blind: bool = False) -> Literal["yes", "no"] | None:
    """Yes if any check is yes; no only if every check is no or N/A; else no value. None for a rubric without checks.

    A yes that no person has confirmed is no value yet. `blind`: answers of people who had seen another grade count as none.
    """
    answers = [_check_answer(final[check.id], blind=blind) for check in rubric.checks]
    if "yes" in answers:
        return "yes"
    return "no" if answers and set(answers) == {"no"} else None


def _check_answer(final: FinalValue, *, blind: bool) -> Literal["yes", "no"] | None:
    if final.state == "ungraded" or (blind and final.assisted):
        return None
    if final.value != "yes":
        return "no"
    return None if final.by == "measured" else "yes"
