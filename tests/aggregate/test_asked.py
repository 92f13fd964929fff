"""What people and the LLM each answer to a judged measure."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.asked import questions, scorings
from evalharness.aggregate.frame import Row
from evalharness.aggregate.melding import Question
from evalharness.aggregate.scoring import Scoring
from evalharness.models.trust import judge_name
from tests.aggregate.histories import JUDGE, Said, a_past_week, grades_of
from tests.builders import a_rubric, rubric_form

BY_JUDGE = judge_name(JUDGE)
FINE = {"correctness": 4, "greeted": "yes", "outcome": "resolved", "wrong_information": "no", "unsafe_speech": "no"}


def asked(name: str, said: Said | None = None, **fields: Any) -> tuple[Question, Any]:
    """The question of that name and the one drawn call, of which this was said."""
    week = a_past_week([said or {}], **fields)
    return next(one for one in questions(week, BY_JUDGE) if one.people.name == name), week.results[0]


def scoring(name: str, said: Said | None = None, **fields: Any) -> tuple[Scoring, Any]:
    """The mean score of that name and the one drawn call."""
    week = a_past_week([said or {}], **fields)
    return next(one for one in scorings(week, BY_JUDGE) if one.people.name == name), week.results[0]


def a_row(result: Any = None, **values: Any) -> Row:
    """What the judge said of a call: everything fine, keywords replacing answers, None leaving one out."""
    given = {name: value for name, value in {**FINE, **values}.items() if value is not None}
    found: dict[str, list[Any]] = {}
    for grade in grades_of("c1", {"judge": {name: None if value == "N/A" else value for name, value in given.items()}}):
        found.setdefault(grade.criterion, []).append(grade)
    return Row("core", result, found)


@pytest.mark.parametrize(
    ("name", "values", "verdict"),
    [
        ("resolution_rate", {}, "hit"),
        ("resolution_rate", {"outcome": "transferred"}, "no"),
        ("resolution_rate", {"outcome": "out_of_scope"}, "out"),
        ("resolution_rate", {"outcome": "unknown"}, None),
        ("resolution_rate", {"outcome": None}, None),
        ("clear_failure_rate", {}, "no"),
        ("clear_failure_rate", {"unsafe_speech": "yes"}, "hit"),
        ("clear_failure_rate", {"unsafe_speech": "yes", "wrong_information": None}, "hit"),
        ("clear_failure_rate", {"wrong_information": None}, None),  # one check unanswered: no verdict
        ("clear_failure_rate", {"wrong_information": "N/A"}, "no"),
        ("share_4_5.correctness", {}, "hit"),
        ("share_4_5.correctness", {"correctness": 3}, "no"),
        ("share_4_5.correctness", {"correctness": "N/A"}, "out"),
        ("share_yes.greeted", {"greeted": "no"}, "no"),
        ("share_yes.unsafe_speech", {"unsafe_speech": "yes"}, "hit"),
    ],
)
def test_the_llms_verdicts(name: str, values: dict[str, Any], verdict: str | None) -> None:
    """A hit, a no, out of the domain, or nothing."""
    question, _ = asked(name)
    assert question.says(a_row(**values)) == verdict


@pytest.mark.parametrize(
    ("name", "said", "answer"),
    [
        ("resolution_rate", {"outcome": "resolved"}, "hit"),
        ("resolution_rate", {"outcome": "out_of_scope"}, "out"),
        ("resolution_rate", {"outcome": "unknown"}, "open"),
        ("resolution_rate", {}, None),
        ("clear_failure_rate", {"wrong_information": "no", "unsafe_speech": "yes"}, "hit"),
        ("share_4_5.correctness", {"correctness": 5}, "hit"),
        ("share_4_5.correctness", {"correctness": None}, "out"),
        ("share_yes.greeted", {"greeted": "no"}, "no"),
    ],
)
def test_peoples_answers(name: str, said: dict[str, Any], answer: str | None) -> None:
    """The same for the drawn call as Anna read it; an unknown outcome is open."""
    question, result = asked(name, {"Anna Keller": said})
    assert question.answer(result) == answer


def test_the_criteria_behind_each_measure() -> None:
    """A rate of clear failures rests on every check; a call score on every weighted criterion that is judged."""
    week = a_past_week([{}])
    found = {one.people.name: one.criteria for one in questions(week, BY_JUDGE)}
    assert found["clear_failure_rate"] == ("wrong_information", "unsafe_speech")
    assert found["resolution_rate"] == ("outcome",)
    scores = {one.people.name: (one.criteria, one.measured) for one in scorings(week, BY_JUDGE)}
    assert scores == {"correctness": (("correctness",), ()), "call_score": (("correctness", "greeted"), ("latency",))}


def test_what_an_llm_may_not_grade_is_not_combined() -> None:
    """A check for people alone: the clear-failure rate has no LLM side, nor has a call score with such a criterion."""
    form = rubric_form()
    form["checks"][0]["graded_by"] = ["human"]
    form["sections"][1]["criteria"][0]["graded_by"] = ["human"]
    week = a_past_week([{}], rubric=a_rubric(**form))
    names = [one.people.name for one in (*questions(week, BY_JUDGE), *scorings(week, BY_JUDGE))]
    assert names == ["resolution_rate", "share_4_5.correctness", "share_yes.unsafe_speech", "correctness"]


@pytest.mark.parametrize(
    ("said", "lane", "score"),
    [
        ({"correctness": 4}, "blind", 75.0),
        ({"correctness": None}, "blind", "out"),
        ({"correctness": 4}, "assisted", None),
        ({}, "blind", None),
    ],
)
def test_peoples_levels_from_blind_grades_alone(said: dict[str, Any], lane: str, score: Any) -> None:
    """(4 - 1) / 4 x 100; an assisted answer is none."""
    more = grades_of("w1-c1", {"Anna Keller": said}, lane=lane, week="2026-W01")
    one, result = scoring("correctness", more=more)
    assert one.score(result) == score


def test_call_scores() -> None:
    """Correctness 60 of 85: (60 x 75 + 25 x 100) / 85 = 82.35; a level that fails zeroes the call, which leaves the mean."""
    anna = {"correctness": 4, "greeted": "yes", "wrong_information": "no", "unsafe_speech": "no"}
    one, result = scoring("call_score", {"Anna Keller": anna})
    assert one.score(result) == pytest.approx(7000 / 85)
    assert one.says(a_row(result)) == pytest.approx(7000 / 85)
    assert one.says(a_row(result, correctness=1)) == "out"
    assert one.says(a_row(result, greeted=None)) is None
    failed, result = scoring("call_score", {"Anna Keller": {**anna, "correctness": 1}})
    assert failed.score(result) == "out"


def test_a_call_score_with_an_assisted_part_is_not_peoples() -> None:
    """Anna answered correctness blind and confirmed the greeting: the score stands with the call and is left out here."""
    shown = grades_of("w1-c1", {"Anna Keller": {"greeted": "yes"}}, lane="assisted", week="2026-W01")
    one, result = scoring("call_score", {"Anna Keller": {"correctness": 4}}, more=shown)
    assert result.score is not None
    assert one.score(result) is None


@pytest.mark.parametrize("fields", [{"by": "llm"}, {"assisted": True}])
def test_a_score_that_is_not_peoples_own_is_none_of_theirs(fields: dict[str, Any]) -> None:
    """One weighted criterion with a judge's value, or one confirmed by a person who had seen it."""
    found, result = scoring("call_score", {"Anna Keller": FINE})
    assert found.score(result) == pytest.approx((60 * 75 + 25 * 100) / 85)
    changed = {**result.final, "correctness": result.final["correctness"].model_copy(update=fields)}
    assert found.score(result.model_copy(update={"final": changed})) is None
