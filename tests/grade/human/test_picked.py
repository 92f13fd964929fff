"""Calls picked by hand on a sheet: marked wherever they stand, answered and read like the others."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from evalharness.grade.human.layout import PICKED_MARK, row_id
from evalharness.grade.human.sheet import says_the_same
from evalharness.models.sample import SampleItem
from evalharness.workspace.yaml_file import load_yaml
from tests.builders import a_call, a_rubric, a_sample
from tests.grade.human.desk import SAMPLE, answers_of, blank_sheet, imported, read, said, typed, written

PICKED = SampleItem(position=4, stratum="picked", key="", probability=None, call=a_call(id="c9"))
WITH_PICK = SAMPLE.model_copy(update={"picked": (PICKED,)})


def sheet() -> bytes:
    return written(WITH_PICK, positions=[1, 2, 3, 4])


def texts(data: bytes, page: str) -> list[str]:
    """Every text on the page."""
    cells = openpyxl.load_workbook(io.BytesIO(data))[page].iter_rows(values_only=True)
    return [value for row in cells for value in row if isinstance(value, str)]


def test_the_mark_stands_on_every_page_a_reader_sees() -> None:
    """Once in Scores, once in the call's band of Transcripts, and a rule in the instructions with the count."""
    data = sheet()
    assert texts(data, "Scores").count(PICKED_MARK) == 1
    assert texts(data, "Scores").count("drawn") == 3
    assert sum(PICKED_MARK in text for text in texts(data, "Transcripts")) == 1
    told = " ".join(texts(data, "Instructions"))
    assert "3 calls and 1 picked by hand" in told
    assert "they count in no figure" in told


def test_a_sheet_without_picks_says_nothing_of_them() -> None:
    """Byte for byte the sheet that is written when nothing was picked for this person."""
    assert written(WITH_PICK, positions=[1, 2, 3]) == blank_sheet()
    assert not any(
        "picked" in text.lower() for page in ("Scores", "Instructions", "Transcripts") for text in texts(blank_sheet(), page)
    )


def test_turns_of_a_picked_call_are_marked_too() -> None:
    """The simplest rubric grades turns: two calls drawn, one picked, three agent turns each."""
    form = load_yaml(Path("rubrics/simple.yaml"), type(a_rubric()))
    sample = a_sample(2, rubric=form).model_copy(update={"picked": (PICKED.model_copy(update={"position": 3}),)})
    page = texts(written(sample, form, positions=[1, 2, 3]), "Turns")
    assert (page.count(PICKED_MARK), page.count("drawn")) == (3, 6)


def test_an_answer_to_a_picked_call_becomes_its_grade() -> None:
    """Row 4 is c9; the others are untouched."""
    data = typed({(4, "Correctness"): 2, (1, "Correctness"): 5}, sheet())
    assert answers_of(read(data)) == {(1, "correctness"): 5, (4, "correctness"): 2}
    grades, problems = imported(data, sample=WITH_PICK)
    assert (said(grades), problems) == ([("c1", "correctness", 5), ("c9", "correctness", 2)], [])


def test_the_row_of_a_call_that_nobody_picked_here_is_no_row_of_the_week() -> None:
    """The same sheet against a week without picks: the drawn calls go in, the stranger is named."""
    grades, problems = imported(typed({(4, "Correctness"): 2, (1, "Correctness"): 5}, sheet()), sample=SAMPLE)
    assert [grade.call_id for grade in grades] == ["c1"]
    assert [(one.typed, one.why) for one in problems] == [
        (row_id(SAMPLE.frozen_digest(), PICKED.call), "is no row of this week's draw")
    ]


@pytest.mark.parametrize(
    ("edits", "same"),
    [
        ({}, True),
        ({(1, "Read or heard"): "read"}, True),  # an empty cell says read
        ({(1, "Transcript wrong"): "no"}, True),
        ({(1, "Read or heard"): "heard"}, False),
        ({(2, "Note"): "odd"}, False),
        ({(2, "Skipped because"): "no time"}, False),
        ({(2, "Evidence: turn"): 1}, False),
        ({(3, "Correctness"): 5}, False),
        ({(3, "Correctness"): "seven"}, False),
    ],
)
def test_the_new_sheet_says_what_was_typed_or_it_does_not(edits, same) -> None:
    """A typed sheet against a blank one with one call more, whose columns stand elsewhere."""
    assert says_the_same(read(typed(edits)), read(sheet())) is same


def test_answers_that_became_grades_are_in_the_new_sheet() -> None:
    """Typed, imported, written anew with the picked call: nothing typed is missing there; without the first grade it is."""
    data = typed(
        {(1, "Correctness"): 5, (1, "Note"): "well done", (2, "Skipped because"): "music", (3, "Transcript wrong"): "yes"}
    )
    grades, problems = imported(data)
    assert problems == []
    assert says_the_same(read(data), read(written(WITH_PICK, grades=grades, positions=[1, 2, 3, 4])))
    assert not says_the_same(read(data), read(written(WITH_PICK, grades=grades[1:], positions=[1, 2, 3, 4])))
