"""Verdicts become grades; what failed never becomes a number, and an untrusted judge decides nothing."""

from __future__ import annotations

from typing import get_args

import pytest

from evalharness.aggregate.final import final_values
from evalharness.grade.llm.grades import WORDS, About, grades_of
from evalharness.models.grade import Grader, NotApplicable, Reason, Scored, Ungraded
from tests.builders import MONDAY, WEEK, a_grade, a_rubric
from tests.grade.llm.building import CALL, asked, question, said

JUDGE = Grader(kind="llm", name="claude-haiku-5-5", version="claude-haiku-5-5-20261007", prompt_digest="p")
ABOUT = About(WEEK, CALL, a_rubric().digests(), JUDGE, MONDAY, 0.012)


def test_each_verdict_is_one_grade() -> None:
    """A level as a number, N/A, an abstention that says the transcript leaves it open; cost spread evenly: 0.012 / 3."""
    questions = asked("correctness", "greeted", "outcome")
    verdicts = {"correctness": said("4"), "greeted": said("N/A"), "outcome": said("cannot tell")}
    level, absent, open_ = grades_of(questions, verdicts, ABOUT)
    assert isinstance(level, Scored)
    assert (level.value, level.evidence[0].turn, level.rationale, level.manner) == (4, 2, "Because.", "read")
    assert isinstance(absent, NotApplicable)
    assert isinstance(open_, Ungraded)
    assert open_.reason == "transcript"
    assert [grade.cost_usd for grade in (level, absent, open_)] == [pytest.approx(0.004)] * 3
    assert level.grader == JUDGE
    assert level.criterion_digest == a_rubric().digests()["correctness"]


def test_a_turn_question_keeps_its_turn() -> None:
    """The key names it, the grade holds it."""
    (grade,) = grades_of((question("correctness", 4),), {"correctness.4": said("5")}, ABOUT)
    assert (grade.criterion, grade.turn) == ("correctness", 4)


@pytest.mark.parametrize("reason", ["truncated", "refused", "invalid", "unverified", "api", "budget"])
def test_a_failure_has_no_value(reason: Reason) -> None:
    """Every reason of a failed request is an Ungraded with words, never a Scored."""
    found = grades_of(asked("correctness", "greeted"), {"correctness": reason, "greeted": reason}, ABOUT)
    assert [type(grade) for grade in found] == [Ungraded, Ungraded]
    assert {grade.rationale for grade in found} == {WORDS[reason]}
    assert reason in get_args(Reason)


def test_an_untrusted_judge_decides_nothing() -> None:
    """Alone it gives no final value; beside a person it changes none, nor makes a conflict."""
    rubric = a_rubric()
    questions = asked("correctness", "outcome", "unsafe_speech")
    verdicts = {"correctness": said("1"), "outcome": said("resolved"), "unsafe_speech": said("yes")}
    judged = grades_of(questions, verdicts, ABOUT)
    alone = final_values(rubric, judged, {})
    assert {alone[name].state for name in ("correctness", "outcome", "unsafe_speech")} == {"ungraded"}
    human = [a_grade(5)]
    assert final_values(rubric, [*human, *judged], {}) == final_values(rubric, human, {})
