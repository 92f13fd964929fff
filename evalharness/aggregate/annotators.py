"""May an LLM stand in for one of several people? The alternative annotator test on blind grades of the same calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalharness.aggregate.pairs import Graded
from evalharness.models.agreement import AlternativeTest
from evalharness.stats.agreement import Kind
from evalharness.stats.annotators import FEWEST_CALLS, FEWEST_HUMANS, alternative_annotator_test


def alternative(graded: Sequence[Graded], kind: Kind) -> AlternativeTest | None:
    """The test over calls that the judge and two or more people answered; None where fewer than three people share 30 each."""
    answers = [{name: value for name, value in one.persons.items() if not isinstance(value, str)} for one in graded]
    rows = [(own, one.judge) for own, one in zip(answers, graded, strict=True) if isinstance(one.judge, float) and len(own) > 1]
    return annotator_test([own for own, _ in rows], [judge for _, judge in rows], kind)


def annotator_test(rows: Sequence[Mapping[str, float]], judge: Sequence[float], kind: Kind) -> AlternativeTest | None:
    """The same from each call's answers by person and the LLM's answer; people with fewer than 30 shared calls are left out."""
    shared = [row if len(row) > 1 else {} for row in rows]
    names = [name for name in sorted({name for row in shared for name in row}) if _calls(shared, name) >= FEWEST_CALLS]
    if len(names) < FEWEST_HUMANS:
        return None
    table = [[row.get(name, float("nan")) for name in names] for row in shared]
    found = alternative_annotator_test(table, list(judge), "neg_rmse" if kind == "ordinal" else "accuracy")
    if found.winning_rate is None or found.advantage is None:
        return None
    return AlternativeTest(
        people=tuple(names),
        calls=found.calls,
        winning_rate=found.winning_rate,
        advantage=found.advantage,
        passed=found.passed is True,
    )


def _calls(rows: Sequence[Mapping[str, float]], name: str) -> int:
    return sum(name in row for row in rows)
