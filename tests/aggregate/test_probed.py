"""A judge beside itself."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.judges import key_of
from evalharness.aggregate.probed import grades_of_probe, repeated
from evalharness.models.grade import NotApplicable, Scored, Ungraded
from evalharness.models.measure import Measure
from tests.aggregate.histories import JUDGE, grades_of
from tests.aggregate.probing import a_probe
from tests.builders import a_grader


def same(grades: Any, *probes: Any) -> Measure:
    """How often correctness was the same again."""
    (found,) = repeated(grades, probes, key_of(JUDGE))
    assert found.criterion == "correctness"
    return found.same


def levels(*given: int | None) -> list[Any]:
    """The judge's grades of c1, c2 ..."""
    return [one for n, level in enumerate(given, 1) for one in grades_of(f"c{n}", {"judge": {"correctness": level}})]


def test_a_probe_reads_as_grades() -> None:
    found = grades_of_probe(a_probe(said={"correctness": 4, "greeted": None, "outcome": "!refused"}))
    assert [type(one) for one in found] == [Scored, NotApplicable, Ungraded]
    assert {one.grader for one in found} == {JUDGE}


def test_the_share_of_equal_second_answers_with_exact_limits() -> None:
    """3 of 4 the same: Clopper-Pearson .1941 to .9937."""
    probes = [a_probe(call_id=f"c{n}", said={"correctness": level}) for n, level in enumerate((4, 4, 2, None), 1)]
    found = same(levels(4, 4, 3, None), *probes)
    assert (found.value, found.n, found.of, found.missing) == (0.75, 4, 4, 0)
    assert (found.low, found.high) == pytest.approx((0.1941, 0.9937), abs=1e-4)


def test_a_call_asked_three_times_more_counts_once() -> None:
    """c1 the same in 2 of 3 repeats, c2 in its only one: (2/3 + 1) / 2."""
    probes = [a_probe(said={"correctness": level}, repeat=n) for n, level in enumerate((4, 4, 5), 1)]
    found = same(levels(4, 3), *probes, a_probe(call_id="c2", said={"correctness": 3}))
    assert (found.value, found.n) == (pytest.approx(5 / 6), 2)


def test_an_answer_that_is_missing_is_neither_the_same_nor_another() -> None:
    probes = [a_probe(said={"correctness": "!refused"}), a_probe(call_id="c2", said={"correctness": 4})]
    found = same(levels(4), *probes)
    assert (found.value, found.n, found.of, found.missing, found.low) == (None, 0, 2, 2, None)


def test_other_roles_and_other_judges_do_not_count() -> None:
    others = [
        a_probe("gold", said={"correctness": 1}),
        a_probe(said={"correctness": 1}, judge=a_grader("judge-2", "llm", prompt_digest="p" * 64)),
    ]
    assert repeated(levels(4), others, key_of(JUDGE)) == ()
