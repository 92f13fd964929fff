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
    people = [grade for grade in people if grade.lane == "blind"] or people
    if any(not isinstance(grade, Ungraded) for grade in people):
        return _of_people(criterion, [grade for grade in people if not isinstance(grade, Ungraded)])
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
    close = len(numbers) == len(grades) and criterion.type == "ordinal" and max(numbers) - min(numbers) <= 1
    if close and not any(criterion.fails(value) for value in numbers):
        return FinalValue(
            criterion=criterion.id, state="scored", value=sum(numbers) / len(numbers), by="human", note="mean of two graders"
        )
    differing = ", ".join(f"{g.grader.name}: {g.value if isinstance(g, Scored) else 'N/A'}" for g in grades)
    return FinalValue(criterion=criterion.id, state="ungraded", conflict=True, note=f"waits for an adjudicator ({differing})")


def _of_turns(criterion: Criterion, grades: Sequence[Grade]) -> FinalValue:
    """A turn criterion's value of the call: the mean (or minimum) of its rated turns; a fail in any turn is a fail."""
    turns = sorted({grade.turn for grade in grades if grade.turn is not None})
    finals = [final_value(criterion, [grade for grade in grades if grade.turn == turn]) for turn in turns]
    numbers = [final.value for final in finals if isinstance(final.value, float)]
    conflict = any(final.conflict for final in finals)
    if numbers:
        value = min(numbers) if criterion.turns == "min" else sum(numbers) / len(numbers)
        note = f"{len(numbers)} rated turns" + (", some in conflict" if conflict else "")
        return FinalValue(criterion=criterion.id, state="scored", value=value, by="human", fail=_worst_fail(finals), note=note)
    if finals and all(final.state == "not_applicable" for final in finals):
        return FinalValue(criterion=criterion.id, state="not_applicable", by="human")
    return FinalValue(criterion=criterion.id, state="ungraded", conflict=conflict, note="no rated turn")


def _worst_fail(finals: Sequence[FinalValue]) -> Literal["call", "section"] | None:
    fails = {final.fail for final in finals}
    return "call" if "call" in fails else "section" if "section" in fails else None


def _number(value: int | str) -> float | str:
    return float(value) if isinstance(value, int) else value


def clear_failure(rubric: Rubric, final: dict[str, FinalValue]) -> Literal["yes", "no"] | None:
    """Yes if any check is yes; no only if every check is no or N/A; else no value. None for a rubric without checks."""
    states = [final[check.id] for check in rubric.checks]
    if any(value.value == "yes" for value in states):
        return "yes"
    settled = bool(states) and all(value.value == "no" or value.state == "not_applicable" for value in states)
    return "no" if settled else None
