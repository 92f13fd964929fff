"""Which judge may take part, and which stand beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judges import Panel, judge_before, judges_of, newest_judge
from evalharness.models.grade import Grader
from evalharness.models.trust import judge_name
from tests.aggregate.histories import JUDGE, a_past_week, grades_of
from tests.builders import MONDAY, a_grader

ANNA = "Anna Keller"
OTHER = a_grader("judge-2", "llm", prompt_digest="p" * 64)
NEWER = a_grader("judge-1", "llm", prompt_digest="p" * 64, version="judge-1-b")


def a_week(*judges: Grader, number: int = 1) -> PastWeek:
    """One call by Anna and each of these judges, an hour after each other."""
    more = [
        grade.model_copy(update={"grader": judge, "at": MONDAY + timedelta(hours=hour)})
        for hour, judge in enumerate(judges)
        for grade in grades_of(f"w{number}-c1", {"judge": {"correctness": 4}})
    ]
    return a_past_week([{ANNA: {"correctness": 4}}], number, more=more)


@pytest.mark.parametrize(
    ("panel", "order"),
    [
        (Panel(), (OTHER, JUDGE)),  # nobody is named: who graded last
        (Panel("judge-1"), (JUDGE, OTHER)),
        (Panel("judge-2"), (OTHER, JUDGE)),
        (Panel("judge-3", frozenset({"judge-2"})), (JUDGE, OTHER)),  # the first model of those days
        (Panel("judge-1", frozenset({"judge-2"})), (JUDGE, OTHER)),
    ],
)
def test_the_first_judge_takes_part_and_a_further_one_only_stands_beside_it(panel: Panel, order: Any) -> None:
    assert judges_of([a_week(JUDGE, OTHER)], panel) == order


def test_a_further_judge_alone_is_still_shown() -> None:
    assert judges_of([a_week(OTHER)], Panel("judge-1", frozenset({"judge-2"}))) == (OTHER,)


def test_another_version_is_a_judge_of_its_own_and_the_last_one_counts() -> None:
    """The first call by one version, the second an hour later by another."""
    later = {"grader": NEWER, "at": MONDAY + timedelta(hours=1)}
    more = [one.model_copy(update=later) for one in grades_of("w1-c2", {"judge": {"correctness": 4}})]
    week = a_past_week([{"judge": {"correctness": 4}}, {ANNA: {"correctness": 4}}], more=more)
    assert judges_of([week], Panel("judge-1")) == (NEWER, JUDGE)
    assert newest_judge([week], Panel("judge-1")) == judge_name(NEWER)


def test_nobody_graded() -> None:
    assert judges_of([a_week()]) == ()
    assert newest_judge([]) is None


def test_the_judge_before_is_named_only_where_it_is_another_one() -> None:
    """A week that no LLM graded between them changes nothing."""
    weeks = [a_week(JUDGE), a_week(number=2)]
    assert judge_before(weeks, NEWER) == JUDGE
    assert judge_before(weeks, JUDGE) is None
    assert judge_before([a_week()], JUDGE) is None
