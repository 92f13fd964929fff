"""An old copy of a sheet: what was changed elsewhere since is not taken back, and its cells are named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from evalharness.grade.human.own import File
from evalharness.grade.human.sheet import Own, grades_from, read_sheet
from evalharness.models.grade import Grade
from tests.builders import a_grade, not_applicable
from tests.grade.human.desk import AT, RUBRIC, SAMPLE, id_of, typed

DAY = timedelta(days=1)
OLD = File(AT + timedelta(hours=12))
"""A file last seen between the first answer and its change."""


def at(days: int, value: int | str = 4, criterion: str = "correctness", **fields: Any) -> Grade:
    return a_grade(value, criterion, at=AT + days * DAY, manner="read", **fields)


CHANGED = (at(0, 3), at(1, 5))
"""Anna answered 3, and a day later 5."""


def imported(edits: dict[tuple[int, str], Any], current: Sequence[Grade], file: File = OLD) -> tuple[list[Any], list[str]]:
    """The values that are new, and what is named."""
    own = Own(current, file=file)
    grades, problems = grades_from(read_sheet(typed(edits), "Anna.xlsx"), SAMPLE, RUBRIC, own, at=AT + 9 * DAY)
    return [getattr(grade, "value", "N/A") for grade in grades], [str(problem) for problem in problems]


def test_the_old_answer_of_a_file_that_missed_the_change_is_named() -> None:
    new, named = imported({(1, "Correctness"): 3}, CHANGED)
    assert new == []
    assert named[0].startswith("Scores!G7: '3' is what stood here before you changed it elsewhere: '5' stays")


def test_a_file_that_nobody_knows_may_be_older_than_anything() -> None:
    assert imported({(1, "Correctness"): 3}, CHANGED, File(None))[0] == []


def test_a_file_seen_since_the_change_was_changed_back() -> None:
    assert imported({(1, "Correctness"): 3}, CHANGED, File(AT + 2 * DAY)) == ([3], [])
    assert imported({(1, "Correctness"): 3}, CHANGED, File(AT + DAY)) == ([3], []), "the change came from this very file"


def test_a_cell_that_was_old_already_then_is_old_still() -> None:
    """The copy was read once, its cell named; read again with something else typed beside it, the cell is no news."""
    file = File(AT + 2 * DAY, frozenset({(id_of(1), "correctness")}))
    new, named = imported({(1, "Correctness"): 3, (1, "Greeted"): "yes"}, CHANGED, file)
    assert (new, len(named)) == (["yes"], 1)


def test_an_answer_never_given_before_is_a_new_one() -> None:
    assert imported({(1, "Correctness"): 2}, CHANGED) == ([2], [])


def test_n_a_is_an_answer_too() -> None:
    """N/A, then 4: an old copy still says N/A."""
    given = [not_applicable(at=AT, manner="read"), at(1, 4)]
    assert imported({(1, "Correctness"): "N/A"}, given)[0] == []
    assert imported({(1, "Correctness"): "N/A"}, given, File(AT + 2 * DAY))[0] == ["N/A"]


def test_an_old_note_does_not_replace_the_new_one() -> None:
    """The note changed with nothing else; the old copy's answer is the one that stands, its note is not."""
    given = [at(0, 4, rationale="first thought"), at(1, 4, rationale="second thought")]
    new, named = imported({(1, "Correctness"): 4, (1, "Note"): "first thought"}, given)
    assert new == []
    assert "'first thought' is what stood here before you changed it elsewhere: 'second thought' stays" in named[0]
    assert imported({(1, "Correctness"): 4, (1, "Note"): "third thought"}, given) == ([4], [])


def test_an_old_mark_does_not_take_the_new_one_back() -> None:
    """Read, then heard: an old copy that says "read" is named; one that says nothing is silent."""
    given = [at(0), at(1).model_copy(update={"manner": "heard"})]
    new, named = imported({(1, "Correctness"): 4, (1, "Read or heard"): "read"}, given)
    assert (new, len(named)) == ([], 1)
    assert imported({(1, "Correctness"): 4}, given) == ([], [])
