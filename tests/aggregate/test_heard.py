"""How often the transcript is wrong, by the calls that were listened to."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.heard import MARK, transcript_errors
from evalharness.grade.human.standing import TRANSCRIPT_MARK
from evalharness.models.grade import Ungraded
from tests.aggregate.building import a_result
from tests.builders import a_grade, a_grader

CHOSEN = frozenset({("demo", "c1"), ("demo", "c2"), ("demo", "c3")})


def listened(position: int, **fields: Any) -> Any:
    """A call that Anna listened to."""
    return a_result(position, grades=(a_grade(4, "correctness", f"c{position}", manner="heard", **fields),))


def test_the_mark_is_the_one_that_sheet_and_desk_write() -> None:
    assert MARK == TRANSCRIPT_MARK


def test_one_of_two_heard_is_wrong_and_the_third_is_not_heard_yet() -> None:
    """1 of 2: Clopper-Pearson .0126 to .9874."""
    read = a_result(3, grades=(a_grade(4, "correctness", "c3", manner="read", rationale=f"{MARK}\nguessed"),))
    found = transcript_errors([listened(1, rationale=f"{MARK}\nsays Monday"), listened(2), read], CHOSEN)
    assert found is not None
    assert (found.value, found.n, found.of, found.missing) == (0.5, 2, 3, 1)
    assert (found.low, found.high) == pytest.approx((0.0126, 0.9874), abs=1e-4)


def test_an_answer_that_the_transcript_made_impossible_is_a_mark_too() -> None:
    grade = a_grade(4, "correctness", "c1", manner="heard")
    fields = {name: getattr(grade, name) for name in Ungraded.model_fields if hasattr(grade, name) and name != "state"}
    lost = a_result(1, grades=(Ungraded(**fields, reason="transcript"),))
    found = transcript_errors([lost], CHOSEN)
    assert found is not None
    assert found.value == 1.0


def test_marks_on_calls_nobody_chose_do_not_count() -> None:
    found = transcript_errors([listened(1), listened(9, rationale=MARK)], CHOSEN)
    assert found is not None
    assert (found.value, found.n, found.of) == (0.0, 1, 1)


def test_nothing_heard_is_no_data_and_nothing_chosen_is_nothing() -> None:
    found = transcript_errors([a_result(1)], CHOSEN)
    assert found is not None
    assert (found.value, found.n, found.of, found.low) == (None, 0, 1, None)
    assert transcript_errors([a_result(1)], frozenset()) is None


def test_a_judge_hears_nothing() -> None:
    grade = a_grade(4, "correctness", "c1", manner="heard", grader=a_grader("judge-1", "llm"), rationale=MARK)
    found = transcript_errors([a_result(1, grades=(grade,))], CHOSEN)
    assert found is not None
    assert found.n == 0
