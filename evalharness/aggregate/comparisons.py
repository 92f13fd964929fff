"""Every criterion's agreement in full: people with each other, people with an LLM, pooled over the weeks so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evalharness.aggregate.agreeing import SHOWN_FROM, Sizes, agreement_of, sizes_of
from evalharness.aggregate.annotators import alternative
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judges import Panel, judges_of
from evalharness.aggregate.pairs import (
    Graded,
    Pairs,
    Scale,
    Table,
    among_persons,
    compared,
    scale_of,
    side_by_side,
    with_people,
)
from evalharness.models.agreement import GraderComparison
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.trust import judge_name


@dataclass(frozen=True)
class _Beside:
    """Who is beside whom, and their pairs."""

    between: Literal["people", "people_and_llm"]
    first: str
    second: str
    pairs: Pairs


def comparisons(history: Sequence[PastWeek], rubric: Rubric, panel: Panel | None = None) -> tuple[GraderComparison, ...]:
    """Criteria in form order; people with each other first, then each judge that grades the newest week with people, the one
    that may take part (`panel`) before the others.

    Only criteria that two graders answered on the same call. Below 20 pairs their number stands alone.
    """
    judges: list[str | None] = [judge_name(one) for one in judges_of(history, panel)]
    criteria = [one for one in rubric.criteria() if one.type not in ("text", "measured")]
    tables = {judge: side_by_side(history, criteria, rubric, judge) for judge in judges or [None]}
    sizes, judged = sizes_of(history), {one.id for one in compared(rubric)}
    return tuple(
        _comparison(criterion, beside, graded, sizes)
        for criterion in criteria
        for beside, graded in _beside(criterion.id, tables, judged=criterion.id in judged)
        if beside.pairs.rows or beside.pairs.not_applicable
    )


def people_in(history: Sequence[PastWeek]) -> tuple[str, ...]:
    """Whose blind grades of drawn calls there are, by name."""
    return tuple(
        sorted(
            {
                grade.grader.name
                for week in history
                for result in week.results
                for grade in result.grades
                if grade.grader.kind == "human" and grade.lane == "blind" and grade.state != "ungraded"
            }
        )
    )


def labels(criterion: Criterion) -> tuple[str, ...]:
    """The criterion's answers in words, in the order of `scale_of`'s values."""
    if criterion.type == "yes_no":
        return ("no", "yes") if criterion.good != "yes" else ("yes", "no")
    if criterion.type == "category":
        return tuple(map(str, criterion.answers))
    return tuple(f"{level:g}" for level in sorted(float(answer) for answer in criterion.answers))


def given(pairs: Pairs, scale: Scale) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How often the first and the second gave each value of the scale, over the pairs."""
    first, second = Counter(pair.first for pair in pairs.rows), Counter(pair.second for pair in pairs.rows)
    return tuple(first[value] for value in scale.values), tuple(second[value] for value in scale.values)


def _beside(criterion: str, tables: Mapping[str | None, Table], *, judged: bool) -> Iterator[tuple[_Beside, Sequence[Graded]]]:
    graded = next(iter(tables.values()))[criterion]
    first, second, pairs = among_persons(graded)
    yield _Beside("people", first, second, pairs), graded
    for judge, table in tables.items() if judged else ():
        if judge is not None:
            yield _Beside("people_and_llm", judge, "people", with_people(table[criterion])), table[criterion]


def _comparison(criterion: Criterion, beside: _Beside, graded: Sequence[Graded], sizes: Sizes) -> GraderComparison:
    scale, pairs = scale_of(criterion), beside.pairs
    enough = len(pairs.rows) >= SHOWN_FROM
    words = labels(criterion)
    named = GraderComparison(
        criterion=criterion.id,
        kind=scale.kind,
        between=beside.between,
        first=beside.first,
        second=beside.second,
        pairs=len(pairs.rows),
        not_applicable=pairs.not_applicable,
        event=words[1] if scale.kind == "yes_no" else "",
    )
    if not enough:
        return named
    first, second = given(pairs, scale)
    return named.model_copy(
        update={
            "found": agreement_of(criterion.id, (beside.first, beside.second), pairs, scale, sizes),
            "answers": words,
            "first_gave": first,
            "second_gave": second,
            "annotators": alternative(graded, scale.kind) if beside.between == "people_and_llm" else None,
        }
    )
