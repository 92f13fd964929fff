"""Every comparison of graders: who is beside whom, from how many pairs on, and how often each answer was given."""

from __future__ import annotations

import pytest

from evalharness.aggregate.comparisons import comparisons, labels, people_in
from evalharness.models.agreement import GraderComparison
from evalharness.models.rubric import Criterion
from tests.aggregate.histories import JUDGE, a_history, a_past_week, at_random, good, grades_of
from tests.builders import a_rubric

A, B = "Anna Keller", "Ben Ode"


def by_name(found: tuple[GraderComparison, ...]) -> dict[tuple[str, str], GraderComparison]:
    return {(one.criterion, one.between): one for one in found}


def test_people_then_judge_criterion_by_criterion() -> None:
    """Two weeks of 35 calls by two people and a judge: 70 pairs each way; the distributions add up to the pairs."""
    rows = comparisons(a_history(good, weeks=2, people=(A, B)), a_rubric())
    found = by_name(rows)
    assert [one.between for one in rows if one.criterion == "correctness"] == ["people", "people_and_llm"]
    people = found["correctness", "people"]
    assert (people.first, people.second, people.pairs, people.answers) == (A, B, 70, ("1", "2", "3", "4", "5"))
    assert (sum(people.first_gave), sum(people.second_gave)) == (70, 70)
    assert people.found is not None
    assert people.found.bias is not None
    assert people.found.within_one is not None
    judged = found["correctness", "people_and_llm"]
    assert judged.first.startswith(JUDGE.name)
    assert judged.second == "people"
    yes_no = found["wrong_information", "people_and_llm"]
    assert (yes_no.kind, yes_no.event, yes_no.answers) == ("yes_no", "yes", ("no", "yes"))
    assert yes_no.found is not None
    assert yes_no.found.sensitivity is not None


def test_below_twenty_pairs_only_their_number() -> None:
    """19 calls by two people: no coefficient at all; the 20th shows them."""
    said = [{A: {"correctness": 4}, B: {"correctness": 3 + i % 3}} for i in range(20)]
    few = by_name(comparisons([a_past_week(said[:19])], a_rubric()))["correctness", "people"]
    assert (few.pairs, few.found, few.answers) == (19, None, ())
    enough = by_name(comparisons([a_past_week(said)], a_rubric()))["correctness", "people"]
    assert enough.found is not None


def test_a_value_against_not_applicable_is_counted_beside() -> None:
    """20 pairs, and two calls to which one person said N/A."""
    said = [{A: {"correctness": 4}, B: {"correctness": 3 + i % 3}} for i in range(20)]
    said += [{A: {"correctness": None}, B: {"correctness": 2}}] * 2  # type: ignore[dict-item]
    found = by_name(comparisons([a_past_week(said)], a_rubric()))["correctness", "people"]
    assert (found.pairs, found.not_applicable) == (20, 2)


def test_assisted_grades_are_in_no_comparison() -> None:
    """20 calls that Ben graded after seeing Anna's grades: no pair; nobody but Anna graded blind."""
    seen = [
        grade for i in range(1, 21) for grade in grades_of(f"w1-c{i}", {B: {"correctness": 4}}, lane="assisted", week="2026-W01")
    ]
    week = a_past_week([{A: {"correctness": 4}} for _ in range(20)], more=seen)
    assert comparisons([week], a_rubric()) == ()
    assert people_in([week]) == (A,)


def test_three_people_and_the_alternative_annotator_test() -> None:
    """Three people read all of 35 calls and more: the good judge passes, one at random does not."""
    three = (A, B, "Cora Lind")
    passed = {}
    for judge in (good, at_random):
        found = by_name(comparisons(a_history(judge, weeks=3, people=three), a_rubric()))["correctness", "people_and_llm"]
        assert found.annotators is not None
        assert found.annotators.calls == (105, 105, 105)
        passed[judge.__name__] = found.annotators.passed
    assert passed == {"good": True, "at_random": False}
    pooled = by_name(comparisons(a_history(good, weeks=1, people=three), a_rubric()))["correctness", "people"]
    assert (pooled.first, pooled.second, pooled.pairs) == ("people", "people", 105)  # three pairs of people a call


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type": "yes_no"}, ("no", "yes")),
        ({"type": "yes_no", "good": "yes"}, ("yes", "no")),
        ({"type": "ordinal", "levels": {3: "c", 1: "a", 2: "b"}}, ("1", "2", "3")),
        ({"type": "category", "levels": {"red": "", "blue": ""}}, ("red", "blue")),
    ],
)
def test_the_words_stand_in_the_order_of_the_numbers(fields: dict[str, object], expected: tuple[str, ...]) -> None:
    """Levels rise, categories keep their place, and of yes and no the failing answer comes last."""
    assert labels(Criterion.model_validate({"id": "x", "question": "?", **fields})) == expected


def test_nothing_drawn_nothing_compared() -> None:
    """No week: no comparison and nobody."""
    assert comparisons([], a_rubric()) == ()
    assert people_in([]) == ()
