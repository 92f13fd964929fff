"""A sheet beside the desk: what an older file says is named where the desk was answered since, and never wins unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from evalharness.grade.human.newer import beside_newer, shown_on
from evalharness.grade.human.sheet import Own, grades_from, read_sheet
from evalharness.models.grade import Grade
from tests.builders import a_grade
from tests.grade.human.desk import AT, RUBRIC, SAMPLE, blank_sheet, typed

LATER = AT + timedelta(hours=1)


def desk_grade(value: int | str = 3, criterion: str = "correctness", **fields: Any) -> Grade:
    """Answered at the desk an hour after the sheet was written."""
    return a_grade(value, criterion, **{"manner": "read", "seconds": 8.0, "at": LATER, **fields})


def imported(data: bytes, current: list[Grade], written_at: Any = AT) -> tuple[list[Grade], list[str]]:
    """The grades that a sheet gives beside the grader's current ones, and what is named."""
    reading = read_sheet(data, "Anna.xlsx")
    grades, doubts = grades_from(reading, SAMPLE, RUBRIC, Own(shown_on(current, written_at)), at=LATER + timedelta(hours=1))
    taken, older = beside_newer(grades, current, reading, SAMPLE, written_at)
    return taken, [str(problem) for problem in (*doubts, *older)]


def test_an_untouched_older_sheet_is_silent() -> None:
    """Blank cells were never emptied: what the desk answered since is neither taken back nor complained of."""
    assert imported(blank_sheet(), [desk_grade()]) == ([], [])


def test_a_cell_that_says_what_it_said_then_is_no_answer() -> None:
    """Sheet 5, imported; desk 3; the sheet comes again with another answer beside the old 5: only the other one is new."""
    data = typed({(1, "Correctness"): 5, (1, "Greeted"): "yes"})
    base = a_grade(5, manner="read", at=AT - timedelta(hours=1))
    taken, named = imported(data, [base, desk_grade()])
    assert [(grade.criterion, grade.value) for grade in taken] == [("greeted", "yes")]  # type: ignore[union-attr]
    assert named == []


def test_two_different_answers_are_named() -> None:
    """Typed 5 in the older file, 3 at the desk since: the 3 stays, and the cell is named with what to do."""
    taken, (named,) = imported(typed({(1, "Correctness"): 5}), [desk_grade()])
    assert taken == []
    assert "Scores!" in named
    assert "'5' was answered at the desk after this sheet was written" in named
    assert "3, given there, stays" in named


def test_the_same_answer_twice_is_one() -> None:
    """Both said 3: nothing new, nothing named."""
    assert imported(typed({(1, "Correctness"): 3}), [desk_grade()]) == ([], [])


def test_a_sheet_that_showed_the_desks_answer_may_change_it() -> None:
    """Written after the desk was answered: typing over the 3 is a change of mind."""
    data = typed({(1, "Correctness"): 5})
    taken, named = imported(data, [desk_grade()], LATER + timedelta(minutes=1))
    assert ([grade.value for grade in taken], named) == ([5], [])  # type: ignore[union-attr]


def test_a_copy_of_unknown_age_is_older() -> None:
    """A file from elsewhere never takes a desk's answer back."""
    taken, named = imported(typed({(1, "Correctness"): 5}), [desk_grade()], None)
    assert (taken, len(named)) == ([], 1)


def test_an_answer_given_on_a_sheet_is_changed_on_a_sheet() -> None:
    """Without the desk the rules are as ever."""
    data = typed({(1, "Correctness"): 5})
    taken, named = imported(data, [a_grade(3, manner="read", at=LATER)])
    assert ([grade.value for grade in taken], named) == ([5], [])  # type: ignore[union-attr]
