"""Blind grades side by side: what an LLM and people, and people and people, gave to the same drawn calls. DOMAIN: Grades."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from zlib import crc32

from evalharness.aggregate.final import value_of_call
from evalharness.aggregate.inputs import PastWeek
from evalharness.models.grade import FinalValue, Grade
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.summary import CallResult
from evalharness.models.trust import judge_name
from evalharness.stats.agreement import Kind

NA = "N/A"
Answer = float | str
"""A place on the scale, or N/A."""


@dataclass(frozen=True)
class Scale:
    """A criterion's answers as numbers: all `values` a grade can take, and which of them are `failing`.

    Levels are themselves, categories their place in the rubric. Of yes and no the failing answer is 1 (yes where none is bad).
    """

    kind: Kind
    values: tuple[float, ...]
    failing: frozenset[float]


@dataclass(frozen=True)
class Graded:
    """One drawn call under one criterion. `judge`, `people`: what the judge and all people together said, None = nothing;
    `persons`: each person's own blind answer, where two or more gave one."""

    week: str
    call: tuple[str, str]
    stratum: str
    judge: Answer | None
    people: Answer | None
    persons: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """The two answers to one call."""

    call: tuple[str, str]
    stratum: str
    first: float
    second: float


@dataclass(frozen=True)
class Pairs:
    """The calls that both answered. `not_applicable`: where one gave a value and the other N/A: a disagreement, and no pair."""

    rows: tuple[Pair, ...]
    not_applicable: int


def scale_of(criterion: Criterion) -> Scale:
    """Failing: the bad answer of a yes/no criterion; every level that fails a call or section; of levels also the lowest two
    (of three or fewer the lowest one): a level that fails is too rare to test a judge on it alone."""
    if criterion.type == "yes_no":
        return Scale("yes_no", (0.0, 1.0), frozenset() if criterion.good is None else frozenset({1.0}))
    if criterion.type == "category":
        failing = {float(place) for place, value in enumerate(criterion.answers) if criterion.fails(value)}
        return Scale("category", tuple(map(float, range(len(criterion.answers)))), frozenset(failing))
    levels = sorted(map(float, criterion.answers))
    lowest = levels[:2] if len(levels) > 3 else levels[:1]
    return Scale("ordinal", tuple(levels), frozenset(lowest) | {float(v) for v in criterion.answers if criterion.fails(v)})


def compared(rubric: Rubric) -> list[Criterion]:
    """The criteria that people and an LLM may both answer, in form order."""
    return [one for one in rubric.criteria() if one.type not in ("text", "measured") and not one.heard and "llm" in one.graded_by]


def side_by_side(history: Sequence[PastWeek], criteria: Sequence[Criterion], rubric: Rubric, judge: str | None) -> Table:
    """Criterion id -> the drawn calls with their blind answers, oldest week first.

    Only grades under the criterion as `rubric` has it: a changed criterion starts anew. Calls picked by hand never enter, nor
    does anything a person answered after seeing another grade.
    """
    digests = rubric.digests()
    wanted = {one.id: (one, digests[one.id]) for one in criteria}
    found: Table = {name: [] for name in wanted}
    for week in history:
        for result in week.results:
            if result.probability is not None:
                for name, own in _by_criterion(result, wanted).items():
                    found[name].append(_graded(week.week, result, wanted[name][0], own, judge))
    return found


Table = dict[str, list[Graded]]
_Wanted = Mapping[str, tuple[Criterion, str]]


def _by_criterion(result: CallResult, wanted: _Wanted) -> dict[str, list[Grade]]:
    """The blind grades of people and LLMs by criterion; grades under another text of it are left out."""
    found: dict[str, list[Grade]] = defaultdict(list)
    for grade in result.grades:
        digest = wanted[grade.criterion][1] if grade.criterion in wanted else None
        if grade.criterion_digest == digest and grade.grader.kind != "measured" and grade.lane == "blind":
            found[grade.criterion].append(grade)
    return found


def _graded(week: str, result: CallResult, criterion: Criterion, own: Sequence[Grade], judge: str | None) -> Graded:
    people: dict[str, list[Grade]] = defaultdict(list)
    judged = []
    for grade in own:
        if grade.grader.kind == "human":
            people[grade.grader.name].append(grade)
        elif judge_name(grade.grader) == judge:
            judged.append(grade)
    coin = _coin(result.call.source, result.call.id)
    final = result.final.get(criterion.id) if people else None
    persons = {}
    if len(people) > 1:
        given = {name: _answer(criterion, value_of_call(criterion, grades), coin) for name, grades in sorted(people.items())}
        persons = {name: answer for name, answer in given.items() if answer is not None}
    return Graded(
        week,
        (result.call.source, result.call.id),
        result.stratum,
        judge_said(criterion, judged),
        _answer(criterion, final, coin) if final is not None and _blind(final) else None,
        persons,
    )


def judge_said(criterion: Criterion, grades: Sequence[Grade]) -> Answer | None:
    """A judge's answer to a call on the criterion's scale. grades: its own of one call and criterion; None: it gave none."""
    if not grades:
        return None
    trusted = frozenset((criterion.id, judge_name(grade.grader)) for grade in grades)
    return _answer(criterion, value_of_call(criterion, grades, trusted), _coin(*grades[0].identity))


def _coin(source: str, call_id: str) -> int:
    return crc32(repr((source, call_id)).encode()) & 1


def _blind(final: FinalValue) -> bool:
    """Whether a value is people's own, given before they saw any other; an adjudicated one is, unless it is assisted."""
    return final.by in ("human", "adjudicated") and not final.assisted


def _answer(criterion: Criterion, final: FinalValue, coin: int) -> Answer | None:
    if final.state == "not_applicable":
        return NA
    return None if final.value is None else _place(criterion, final.value, coin)


def _place(criterion: Criterion, value: float | str, coin: int) -> float:
    """The value on the scale. A mean between two levels is the nearer one; halfway the call's own coin decides, so that the
    judge gains nothing. Yes and no of several turns: one turn with the failing answer makes it the call's."""
    if criterion.type == "yes_no":
        bad = "yes" if criterion.good != "yes" else "no"
        if isinstance(value, str):
            return float(value == bad)
        return float(value < 1) if criterion.good else float(value > 0)
    if criterion.type == "category":
        return float(criterion.answers.index(str(value)))
    levels = sorted(float(level) for level in criterion.answers)
    apart = [abs(level - float(value)) for level in levels]
    nearest = [level for level, far in zip(levels, apart, strict=True) if far == min(apart)]
    return nearest[coin % len(nearest)]


def with_people(graded: Iterable[Graded]) -> Pairs:
    """The judge's answers (first) beside people's (second), one pair a call."""
    return _paired((one, one.judge, one.people) for one in graded)


def among_persons(graded: Iterable[Graded]) -> tuple[str, str, Pairs]:
    """People beside each other, by name; of three graders of a call each two are a pair. The names, "people" if several."""
    met = [(one, *names) for one in graded for names in combinations(one.persons, 2)]
    first, second = {a for _, a, _ in met}, {b for _, _, b in met}
    named = (first.pop(), second.pop()) if len(first) == len(second) == 1 else ("people", "people")
    return (*named, _paired((one, one.persons[a], one.persons[b]) for one, a, b in met))


def _paired(given: Iterable[tuple[Graded, Answer | None, Answer | None]]) -> Pairs:
    both = [(one, first, second) for one, first, second in given if first is not None and second is not None]
    rows = tuple(_rows(both))
    return Pairs(rows, sum((first == NA) != (second == NA) for _, first, second in both))


def _rows(both: Iterable[tuple[Graded, Answer, Answer]]) -> Iterator[Pair]:
    for one, first, second in both:
        if not isinstance(first, str) and not isinstance(second, str):
            yield Pair(one.call, one.stratum, first, second)
