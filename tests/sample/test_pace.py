"""The measured pace: which calls count as timed, and when the median replaces the assumption."""

from __future__ import annotations

import pytest

from evalharness.models.grade import Grade
from evalharness.sample.workload import Pace, call_seconds, measured_pace, minutes_for
from tests.builders import a_call, a_grade, a_grader, a_rubric, not_applicable, ungraded

ASKED = {"correctness": 5, "greeted": "yes", "human_needed": "not_needed", "outcome": "resolved"}
CHECKS = ("wrong_information", "unsafe_speech")


def graded(call_id: str, seconds: float | None, person: str = "Anna Keller") -> list[Grade]:
    """Every question of the small rubric answered, the time on each answer."""
    about = {"call_id": call_id, "seconds": seconds, "grader": a_grader(person)}
    answers = {**ASKED, **dict.fromkeys(CHECKS, "no")}
    return [a_grade(value, criterion, **about) for criterion, value in answers.items()]


def test_the_seconds_of_a_call_are_the_sum_over_all_its_changes() -> None:
    # six answers of 5 s, and one of them changed after another 4 s: 34 s
    grades = [*graded("c1", 5.0), a_grade(3, "correctness", "c1", seconds=4.0)]
    assert call_seconds(grades, a_rubric()) == {"Anna Keller": [34.0]}


def test_a_call_read_half_or_on_a_sheet_says_nothing() -> None:
    """One without its last answer, one whose answer was taken back, one without a time; N/A is an answer."""
    half = graded("c1", 5.0)[:-1]
    back = [*graded("c2", 5.0), ungraded("skipped", "greeted", "c2", seconds=1.0)]
    whole = [*graded("c4", 2.0), not_applicable("greeted", "c4", seconds=1.0)]
    grades = [*half, *back, *graded("c3", None), *whole]
    assert call_seconds(grades, a_rubric()) == {"Anna Keller": [13.0]}


def test_people_are_timed_apart() -> None:
    """Two graders of one call are two times; an LLM has none."""
    judge = [a_grade(5, call_id="c1", seconds=9.0, grader=a_grader("judge", "llm"))]
    grades = [*graded("c1", 5.0), *graded("c1", 7.0, "Ben Ode"), *judge]
    assert call_seconds(grades, a_rubric()) == {"Anna Keller": [30.0], "Ben Ode": [42.0]}


def test_ten_calls_replace_the_assumption() -> None:
    # nine say nothing; the median of 60 and nine times 90 is 90 s = 1.5 min, however long the call
    assert measured_pace([90.0] * 9) is None
    pace = measured_pace([60.0, *[90.0] * 9])
    assert pace == Pace(90.0, 10)
    assert minutes_for(a_call([("agent", "word " * 5000)]), a_rubric(), pace) == pytest.approx(1.5)
