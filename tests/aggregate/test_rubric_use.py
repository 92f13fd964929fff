"""How people used a criterion's answers: counts of blind grades, nothing else."""

from __future__ import annotations

import pytest

from evalharness.aggregate.rubric_use import steps_apart, usage
from evalharness.models.improvement import CriterionUse
from tests.aggregate.histories import Said, a_past_week, grades_of
from tests.builders import a_rubric


def _use(*said: Said, criterion: str = "correctness") -> CriterionUse:
    return next(one for one in usage([a_past_week(said)], a_rubric()) if one.criterion == criterion)


def test_every_answer_is_counted_those_nobody_gave_as_none() -> None:
    """4, 4, 5 and N/A: four answered, three rated."""
    use = _use(*({"Anna": {"correctness": value}} for value in (4, 4, 5, None)))
    assert (use.answered, use.rated, use.not_applicable) == (4, 3, 1)
    assert use.answers == {"1": 0, "2": 0, "3": 0, "4": 2, "5": 1}


def test_an_llm_is_not_people() -> None:
    """Its grade is not counted."""
    assert _use({"judge": {"correctness": 4}}).answered == 0


def test_assisted_answers_are_not_counted() -> None:
    """Anna had seen another grade."""
    more = grades_of("w1-c1", {"Anna": {"correctness": 4}}, week="2026-W01", lane="assisted")
    use = usage([a_past_week([{}], more=more)], a_rubric())
    assert use[0].answered == 0


def test_two_people_apart_by_more_than_a_mean_can_settle() -> None:
    """Of four calls with two people: alike, one level, two levels, N/A against a value: two are apart."""
    pairs = ((4, 4), (4, 5), (3, 5), (None, 4))
    use = _use(*({"Anna": {"correctness": a}, "Ben": {"correctness": b}} for a, b in pairs))
    assert (use.pairs, use.apart) == (4, 2)


def test_yes_against_no_is_apart() -> None:
    """There is nothing between them."""
    use = _use({"Anna": {"greeted": "yes"}, "Ben": {"greeted": "no"}}, criterion="greeted")
    assert (use.pairs, use.apart, use.answers) == (1, 1, {"yes": 0, "no": 0})  # no value until somebody decides


def test_a_check_is_known_as_one() -> None:
    """Its yes is meant to be rare; measured criteria are not there at all."""
    use = {one.criterion: one.check for one in usage([a_past_week([{}])], a_rubric())}
    assert use["wrong_information"]
    assert not use["greeted"]
    assert "latency" not in use


@pytest.mark.parametrize(
    ("first", "second", "steps"), [(3.0, 3.0, 0), (3.0, 5.0, 2), (5.0, 4.0, 1), ("N/A", 4.0, 1), ("N/A", "N/A", 0)]
)
def test_steps_of_levels(first: float | str, second: float | str, steps: int) -> None:
    """Levels between two answers, either way."""
    assert steps_apart(a_rubric().criterion("correctness"), first, second) == steps
