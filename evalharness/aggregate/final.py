"""The final value of a call and criterion, out of all its grades. DOMAIN: Grades; FORMATS: Rubric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from evalharness.models.grade import FinalValue, Grade, NotApplicable, Scored, Ungraded
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.trust import JudgeTrust, judge_name

if TYPE_CHECKING:
    from evalharness.models.act import Adjudication, Confirmation

Trusted = frozenset[tuple[str, str]]
"""(criterion, judge by `judge_name`): whose grades count where no person and no measurement answered."""
NOBODY: Trusted = frozenset()
By = Literal["adjudicated", "human", "llm"]


def trusted_of(found: Iterable[JudgeTrust]) -> Trusted:
    """The criteria and judges whose state is `trusted`."""
    return frozenset((one.criterion, one.judge) for one in found if one.state == "trusted")


def newest(grades: Iterable[Grade]) -> list[Grade]:
    """The grades that stand: of each grader, call, criterion, turn and lane the last one given, unless it was taken back."""
    slots: dict[tuple[object, ...], Grade] = {}
    for grade in grades:
        slots[grade.slot] = grade
    return [grade for grade in slots.values() if not (isinstance(grade, Ungraded) and grade.taken_back)]


def final_values(
    rubric: Rubric,
    grades: Sequence[Grade],
    applies: Mapping[str, bool],
    trusted: Trusted = NOBODY,
    decisions: Sequence[Adjudication] = (),
) -> dict[str, FinalValue]:
    """Criterion id -> final value of one call. `grades` are the standing ones; `applies` answers the `when` rules.

    `trusted`: whose LLM grades may stand where nothing else does (by="llm"); such values give call scores and decide no rate.
    `decisions`: an adjudicator's on this call, in the order made; of a criterion and turn the last one counts before any grade.
    """
    found, given = {}, defaultdict[str, list[Grade]](list)
    for grade in grades:
        given[grade.criterion].append(grade)
    for criterion in rubric.criteria():
        if criterion.type == "text":
            continue
        if not applies.get(criterion.id, True):
            found[criterion.id] = FinalValue(
                criterion=criterion.id, state="not_applicable", note="its condition does not hold for this call"
            )
            continue
        decided = {one.turn: one for one in decisions if one.criterion == criterion.id}
        found[criterion.id] = value_of_call(criterion, given[criterion.id], trusted, decided)
    return found


Decided = Mapping[int | None, "Adjudication"]
"""Turn (None: the whole call) -> the decision that stands."""
UNDECIDED: Decided = {}


def value_of_call(
    criterion: Criterion, grades: Sequence[Grade], trusted: Trusted = NOBODY, decided: Decided = UNDECIDED
) -> FinalValue:
    """The final value of a call, whether the criterion asks of the call or of its turns. `grades`: of this criterion alone.

    Turns of people and of a judge are never mixed: a trusted judge's turns count where people rated none.
    """
    if criterion.scope == "call":
        return final_value(criterion, grades, trusted, decided.get(None))
    found = _of_turns(criterion, grades, NOBODY, decided)
    if found.state != "ungraded" or found.conflict or not trusted:
        return found
    return _of_turns(criterion, grades, trusted)


def final_value(
    criterion: Criterion, grades: Sequence[Grade], trusted: Trusted = NOBODY, decision: Adjudication | None = None
) -> FinalValue:
    """An adjudicator before people before measurements before a trusted judge; blind before assisted. No judge is trusted
    unless named. Where people marked the transcript as wrong a judge, who has only the transcript, is not asked.
    """
    if decision is not None:
        return _decided(criterion, decision)
    people = [grade for grade in grades if grade.grader.kind == "human"]
    answered = [grade for grade in people if not isinstance(grade, Ungraded)]
    blind = [grade for grade in answered if grade.lane == "blind"]
    if answered:
        found = _of_people(criterion, blind or answered)
        return found if blind else found.model_copy(update={"assisted": True})
    measured = [
        grade for grade in grades if grade.grader.kind == "measured" and isinstance(grade, Scored) and grade.value != "unknown"
    ]
    if measured:
        value = measured[-1].value
        return FinalValue(
            criterion=criterion.id, state="scored", value=_number(value), by="measured", fail=criterion.fails(value)
        )
    reasons = sorted({grade.reason for grade in people if isinstance(grade, Ungraded)})
    judged = [grade for grade in grades if (criterion.id, _judge(grade)) in trusted and not isinstance(grade, Ungraded)]
    if judged and "transcript" not in reasons:
        return _given(criterion, judged[-1], "llm")
    return FinalValue(criterion=criterion.id, state="ungraded", note=", ".join(reasons))


def _decided(criterion: Criterion, decision: Adjudication) -> FinalValue:
    """What an adjudicator decided, with the reason; `assisted` where a value of the LLM had been seen."""
    value = decision.value
    return FinalValue(
        criterion=criterion.id,
        state="not_applicable" if value is None else "scored",
        value=None if value is None else _number(value),
        by="adjudicated",
        assisted=decision.lane == "assisted",
        fail=None if value is None else criterion.fails(value),
        note=f"decided by {decision.by}",
    )


def _judge(grade: Grade) -> str:
    return judge_name(grade.grader) if grade.grader.kind == "llm" else ""


def _given(criterion: Criterion, grade: Scored | NotApplicable, by: By) -> FinalValue:
    """The value of a single grade."""
    if isinstance(grade, NotApplicable):
        return FinalValue(criterion=criterion.id, state="not_applicable", by=by)
    value, fail = _number(grade.value), criterion.fails(grade.value)
    return FinalValue(criterion=criterion.id, state="scored", value=value, by=by, fail=fail)


def _of_people(criterion: Criterion, grades: Sequence[Scored | NotApplicable]) -> FinalValue:
    """Equal answers stand; ordinal answers one level apart, none a fail, give their mean; anything else waits."""
    answers = {grade.value if isinstance(grade, Scored) else None for grade in grades}
    if answers == {None}:
        return FinalValue(criterion=criterion.id, state="not_applicable", by="human")
    values = [grade.value for grade in grades if isinstance(grade, Scored)]
    if len(answers) == 1:
        return _given(criterion, grades[0], "human")
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


def _of_turns(
    criterion: Criterion, grades: Sequence[Grade], trusted: Trusted = NOBODY, decided: Decided = UNDECIDED
) -> FinalValue:
    """A turn criterion's value of the call: the mean (or minimum) of its rated turns; a fail in any turn is a fail.

    Of a yes/no criterion it is the share of turns with the good answer (yes, where none is named), 0 to 1.
    """
    turns = sorted({grade.turn for grade in grades if grade.turn is not None})
    finals = [
        final_value(criterion, [grade for grade in grades if grade.turn == turn], trusted, decided.get(turn)) for turn in turns
    ]
    by = _by_turns(finals)
    values = [final.value for final in finals if final.value is not None]
    numbers = [value if isinstance(value, float) else float(value == (criterion.good or "yes")) for value in values]
    conflict = any(final.conflict for final in finals)
    if numbers:
        return FinalValue(
            criterion=criterion.id,
            state="scored",
            value=min(numbers) if criterion.turns == "min" else sum(numbers) / len(numbers),
            by=by,
            conflict=conflict,
            assisted=any(final.assisted for final in finals),
            fail=_worst_fail(finals),
            note=f"rated turns: {len(numbers)}" + (", some in conflict" if conflict else ""),
        )
    if finals and all(final.state == "not_applicable" for final in finals):
        return FinalValue(criterion=criterion.id, state="not_applicable", by=by)
    return FinalValue(criterion=criterion.id, state="ungraded", conflict=conflict, note="no rated turn")


def _by_turns(finals: Sequence[FinalValue]) -> By:
    """Whose value the call's is: a judge's or an adjudicator's where any turn's is, else people's."""
    whose = {final.by for final in finals}
    return "llm" if "llm" in whose else "adjudicated" if "adjudicated" in whose else "human"


def _worst_fail(finals: Sequence[FinalValue]) -> Literal["call", "section"] | None:
    fails = {final.fail for final in finals}
    return "call" if "call" in fails else "section" if "section" in fails else None


def _number(value: int | str) -> float | str:
    return float(value) if isinstance(value, int) else value


def clear_failure(rubric: Rubric, final: dict[str, FinalValue], *, blind: bool = False) -> Literal["yes", "no"] | None:
    """Yes if any check is yes; no only if every check is no or N/A; else no value. None for a rubric without checks.

    A yes that no person has confirmed is no value yet, whoever is trusted. `blind`: answers of people who had seen another
    grade, and those of a trusted judge, count as none.
    """
    answers = [_check_answer(final[check.id], blind=blind) for check in rubric.checks]
    if "yes" in answers:
        return "yes"
    return "no" if answers and set(answers) == {"no"} else None


def _check_answer(final: FinalValue, *, blind: bool) -> Literal["yes", "no"] | None:
    if final.state == "ungraded" or (blind and (final.assisted or final.by == "llm")):
        return None
    if final.value != "yes":
        return "no"
    return None if final.by in ("measured", "llm") else "yes"


def confirmed_failure(confirmations: Iterable[Confirmation], grades: Iterable[Grade], final: Mapping[str, FinalValue]) -> bool:
    """Whether a person who looked at a flag sees a clear failure in the call, even against a blind no; unless an adjudicator
    decided on it. It finds the failure for people and decides no rate. Both sequences: of one call, the standing ones.
    """
    seen = {one.check for one in confirmations if one.answer == "yes"}
    seen |= {
        g.criterion for g in grades if g.lane == "assisted" and g.grader.kind == "human" and getattr(g, "value", None) == "yes"
    }
    return any(one in final and final[one].by != "adjudicated" for one in seen)


def rests_on_judge(rubric: Rubric, final: Mapping[str, FinalValue]) -> bool:
    """Whether a call's score rests on an LLM: one of its weighted criteria, or an automatic fail, has a trusted judge's value.

    Such a score is shown with the call; means of people's scores leave it out.
    """
    weighted = {criterion.id for _, criterion in rubric.scored()}
    return any(value.by == "llm" and (name in weighted or value.fail is not None) for name, value in final.items())
