"""Grade = Scored | NotApplicable | Ungraded."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evalharness.models.grade import GRADE, FinalValue, NotApplicable, Scored, Ungraded
from tests.builders import a_grade, a_grader, not_applicable, ungraded


@pytest.mark.parametrize("grade", [a_grade(3), a_grade("yes", "greeted"), not_applicable(), ungraded("transcript")])
def test_a_grade_reads_back_as_its_own_kind(grade):
    found = GRADE.validate_json(grade.canonical())
    assert found == grade
    assert type(found) is type(grade)


def test_the_state_says_which_kind_a_grade_is():
    assert [kind.model_fields["state"].default for kind in (Scored, NotApplicable, Ungraded)] == [
        "scored",
        "not_applicable",
        "ungraded",
    ]


@pytest.mark.parametrize("value", [None, float("nan"), 3.5])
def test_no_score_stands_for_nothing_and_none_lies_between_levels(value):
    with pytest.raises(ValidationError):
        a_grade(value)


def test_no_grade_needs_a_known_reason():
    with pytest.raises(ValidationError):
        ungraded("tired")


@pytest.mark.parametrize("week", ["2025-W53", "2026-47", "2026-W00", "week 3"])
def test_a_grade_lies_in_a_week_that_exists(week):
    with pytest.raises(ValidationError):
        a_grade(week=week)


def test_a_correction_takes_the_same_slot():
    assert a_grade(3).slot == a_grade(5, rationale="read again").slot == ungraded().slot


@pytest.mark.parametrize(
    "other",
    [
        a_grade(call_id="c2"),
        a_grade(source="other"),
        a_grade("yes", "greeted"),
        a_grade(turn=2),
        a_grade(grader=a_grader("Ben Ode")),
        a_grade(grader=a_grader(kind="llm")),
        a_grade(lane="assisted"),
    ],
)
def test_another_call_question_turn_grader_or_lane_is_another_slot(other):
    assert other.slot != a_grade().slot


@pytest.mark.parametrize("name", ["Tone", "1st", "a b", "", "x" * 65])
def test_a_criterion_is_named_in_small_letters(name):
    with pytest.raises(ValidationError):
        FinalValue(criterion=name, state="ungraded")
