"""How people use a rubric's answers: which levels, how often N/A, and where two of them differ. Plain counts, no estimate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from evalharness.aggregate.comparisons import labels
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.pairs import NA, Answer, Graded, scale_of, side_by_side
from evalharness.models.improvement import CriterionUse
from evalharness.models.rubric import Criterion, Rubric


def usage(history: Sequence[PastWeek], rubric: Rubric) -> tuple[CriterionUse, ...]:
    """Each criterion that people answer, in form order, over these weeks; under its text as `rubric` has it.

    Blind grades of drawn calls only; a call's answer is what people together say of it. Counts are of the graded calls as
    they are: a stratum that is drawn more often counts more. Not for a rate of the week.
    """
    asked = [one for one in rubric.criteria() if "human" in one.graded_by and one.type not in ("text", "measured")]
    table = side_by_side(history, asked, rubric, None)
    checks = {check.id for check in rubric.checks}
    return tuple(_use(one, table[one.id], check=one.id in checks) for one in asked)


def _use(criterion: Criterion, graded: Sequence[Graded], *, check: bool) -> CriterionUse:
    words = dict(zip(scale_of(criterion).values, labels(criterion), strict=True))
    given = [one.people for one in graded if one.people is not None]
    counts = Counter(given)
    shared = [list(one.persons.values()) for one in graded if len(one.persons) > 1]
    return CriterionUse(
        criterion=criterion.id,
        type=criterion.type,
        answered=len(given),
        answers={word: counts[value] for value, word in words.items()},
        not_applicable=counts[NA],
        pairs=len(shared),
        apart=sum(any(_pairs_apart(criterion, answers)) for answers in shared),
        check=check,
    )


def _pairs_apart(criterion: Criterion, answers: Iterable[Answer]) -> Iterator[bool]:
    for first, second in combinations(answers, 2):
        yield steps_apart(criterion, first, second) > (1 if criterion.type == "ordinal" and NA not in (first, second) else 0)


def steps_apart(criterion: Criterion, first: Answer, second: Answer) -> int:
    """Levels between two answers of an ordinal criterion (of levels 1, 3, 5 the answers 3 and 5 are one apart); 1 for any other
    two that are not alike, N/A against a value included; 0 = alike."""
    if first == second:
        return 0
    if isinstance(first, str) or isinstance(second, str) or criterion.type != "ordinal":
        return 1
    low, high = sorted((first, second))
    return sum(low < float(level) <= high for level in criterion.answers)
