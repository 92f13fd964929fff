"""A sheet read back: rows by id, columns by what they are, whatever was moved; nothing unclear is taken."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from evalharness.errors import SheetError
from evalharness.grade.human.sheet import read_sheet, write_sheet
from tests.builders import a_sample
from tests.grade.human.desk import (
    RUBRIC,
    SAMPLE,
    answers_of,
    blank_sheet,
    cell_at,
    column_of,
    edited,
    id_of,
    read,
    rubric_with,
    typed,
    written,
)

FILLED = {
    (1, "Correctness"): 4,
    (1, "Greeted"): "yes",
    (2, "Correctness"): "N/A",
    (3, "Outcome"): "follow up",
    (3, "Note"): "=good",
}
EXPECTED = {(1, "correctness"): 4, (1, "greeted"): "yes", (2, "correctness"): "N/A", (3, "outcome"): "follow_up"}


def filled() -> bytes:
    """A sheet with a few answers."""
    return typed({place: value for place, value in FILLED.items() if value != "=good"})


def as_csv(data: bytes, delimiter: str = ",", encoding: str = "utf-8", sheet: str = "Scores") -> bytes:
    """The sheet as a spreadsheet program exports it."""
    import csv

    target = io.StringIO(newline="")
    rows = openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    csv.writer(target, delimiter=delimiter).writerows([["" if value is None else value for value in row] for row in rows])
    return target.getvalue().encode(encoding)


def test_an_empty_sheet_has_every_row_and_no_answer():
    """Week, draw, rubric and grader are known; nothing is missing, nothing is a problem."""
    reading = read(blank_sheet())
    assert (reading.week, reading.grader, reading.sample_digest) == ("2026-W47", "Anna Keller", SAMPLE.frozen_digest())
    assert [(row.row, row.position, row.turn) for row in reading.rows] == [(id_of(n), n, None) for n in (1, 2, 3)]
    assert (answers_of(reading), reading.problems, reading.missing) == ({}, (), ())


def test_answers_and_remarks_are_read():
    """What is typed comes back at its call and question."""
    data = typed({(1, "Note"): "  kept as typed ", (1, "Read or heard"): "heard", (1, "Evidence: turn"): 2}, filled())
    reading = read(data)
    assert answers_of(reading) == EXPECTED
    first = reading.rows[0]
    assert (first.note, first.manner, first.evidence_turn, first.transcript_wrong) == ("  kept as typed ", "heard", 2, None)


@pytest.mark.parametrize(
    ("value", "shown", "why"),
    [
        (4.5, "4.5", "no whole number"),
        (6, "6", "no level"),
        ("five", "five", "no number"),
        (True, "TRUE", "truth"),
        (datetime(2026, 4, 3), "2026-04-03", "date"),
    ],
)
def test_an_unclear_score_is_named_by_sheet_and_cell(value, shown, why):
    """Sheet, cell, what was typed, why not, what is accepted; the rest goes in."""
    reading = read(typed({(2, "Correctness"): value}, filled()))
    (problem,) = reading.problems
    assert (problem.sheet, problem.cell, problem.typed, problem.accepted) == ("Scores", "G8", shown, "1, 2, 3, 4, 5 or N/A")
    assert why in problem.why
    assert str(problem).startswith(f"Scores!G8: {shown!r} ")
    assert answers_of(reading) == {place: value for place, value in EXPECTED.items() if place != (2, "correctness")}


def test_formulas_are_named_not_computed():
    """A formula in a score or a note is no answer, even with a value beside it."""
    reading = read(typed({(1, "Correctness"): "=2+2", (1, "Note"): "=A1"}))
    assert [(problem.cell, problem.typed) for problem in reading.problems] == [("G7", "=2+2"), ("Q7", "=A1")]
    assert answers_of(reading) == {}


def test_unclear_remarks_are_named():
    """Neither read nor heard, neither yes nor no, no turn: each is named and nothing is assumed."""
    reading = read(typed({(1, "Read or heard"): "seen", (1, "Transcript wrong"): "perhaps", (1, "Evidence: turn"): "third"}))
    assert [problem.accepted for problem in reading.problems] == [
        "the number of a turn of this call",
        "read or heard",
        "yes or no",
    ]
    assert reading.rows[0].unclear == {"manner", "transcript_wrong", "evidence_turn"}


def test_missing_rows_are_said_in_a_sentence():
    """Nothing where all are there; else how many, which, and that nothing was deleted by it."""
    assert read(blank_sheet()).missing_text() == ""
    one = read(edited(blank_sheet(), lambda book: book["Scores"].delete_rows(8)))
    two = read(edited(blank_sheet(), lambda book: book["Scores"].delete_rows(8, 2)))
    stays = "no longer in the file; what was graded before stays"
    assert one.missing_text() == f"1 row of this sheet is {stays}: {id_of(2)} (call 2)"
    assert two.missing_text() == f"2 rows of this sheet are {stays}: {id_of(2)} (call 2), {id_of(3)} (call 3)"


def test_sorted_rows_and_moved_columns_change_nothing():
    """Rows in reverse, columns in reverse, sheets renamed and reordered: the same answers at the same calls."""

    def shuffle(workbook):
        scores = workbook["Scores"]
        rows = [[cell.value for cell in row][::-1] for row in scores.iter_rows(max_col=17)]
        for number, row in enumerate([*rows[:6], *rows[6:][::-1]], start=1):
            for column, value in enumerate(row, start=1):
                scores.cell(number, column).value = value
        scores.title = "Anna's page"
        workbook.move_sheet(scores, 2)

    reading = read(edited(filled(), shuffle))
    assert answers_of(reading) == EXPECTED
    assert reading.problems == ()


def test_inserted_and_deleted_rows_and_columns():
    """A new column and row in front change nothing; a deleted row is named as missing, a deleted column is just not there."""

    def change(workbook):
        scores = workbook["Scores"]
        scores.delete_rows(8)
        scores.delete_cols(column_of(scores, "Greeted"))
        scores.insert_cols(1)
        scores.insert_rows(1, 2)

    reading = read(edited(filled(), change))
    assert answers_of(reading) == {(1, "correctness"): 4, (3, "outcome"): "follow_up"}
    assert reading.missing == (f"{id_of(2)} (call 2)",)
    assert "greeted" not in reading.columns["calls"]


def test_the_head_may_be_deleted_while_the_hidden_page_is_there():
    """Without title and machine row the headings say what the columns are; answers are still read strictly."""
    data = edited(typed({(2, "Correctness"): 9}, filled()), lambda workbook: workbook["Scores"].delete_rows(1, 3))
    reading = read(data)
    assert answers_of(reading) == {place: value for place, value in EXPECTED.items() if place != (2, "correctness")}
    assert [problem.cell for problem in reading.problems] == ["G5"]


def test_the_scores_page_alone_in_another_workbook_is_enough():
    """Without the hidden page the machine row says everything."""
    data = edited(
        filled(), lambda workbook: [workbook.remove(workbook[name]) for name in ("meta", "Instructions", "Transcripts")]
    )
    assert answers_of(read(data)) == EXPECTED


def test_two_different_answers_for_one_call_are_both_named_and_neither_is_taken():
    """A row pasted twice: equal answers are one, an empty one says nothing, differing ones are a problem that names both."""

    def paste(workbook):
        scores = workbook["Scores"]
        for cell in scores[7]:
            scores.cell(12, cell.column).value = cell.value
        cell_at(scores, 6, "Correctness").value = 2
        cell_at(scores, 6, "Greeted").value = None

    reading = read(edited(filled(), paste))
    assert answers_of(reading) == {place: value for place, value in EXPECTED.items() if place != (1, "correctness")}
    (problem,) = reading.problems
    assert "Scores!G7 '4' and Scores!G12 '2'" in problem.why


def test_unknown_rows_and_answers_without_a_row_are_named():
    """A changed row id and a score typed below the table belong to nobody; furniture is no answer."""

    def change(workbook):
        scores = workbook["Scores"]
        scores["A8"].value = "C-BBBBBBBB"
        scores["G20"].value = 3

    reading = read(edited(filled(), change))
    assert [(problem.cell, problem.typed) for problem in reading.problems] == [("A8", "C-BBBBBBBB"), ("G20", "3")]
    assert reading.missing == (f"{id_of(2)} (call 2)",)


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1252")])
def test_the_scores_page_as_csv(delimiter, encoding):
    """Commas, semicolons and tabs, and the encodings programs export, give the same answers and rows."""
    data = typed({(2, "Note"): "schön; gut, so"}, filled())
    reading = read_sheet(
        as_csv(data, delimiter, "utf-8").decode().replace("▸", ">").replace("▲", "!").encode(encoding, "replace"), "Scores.CSV"
    )
    assert answers_of(reading) == EXPECTED
    assert reading.rows[1].note == "schön; gut, so"
    assert (reading.grader, reading.missing, reading.problems) == ("Anna Keller", (), ())


def test_csv_cells_are_read_as_strictly():
    """Text that a program made of a truth value or a date is no score."""
    reading = read_sheet(as_csv(typed({(1, "Correctness"): "TRUE", (2, "Correctness"): "2026-04-03"})), "scores.csv")
    assert [problem.cell for problem in reading.problems] == ["G7", "G8"]


def test_turn_rows_are_read_with_their_turn():
    """The Turns page gives answers of single turns; as CSV too."""
    rubric = rubric_with("greeted", scope="turn")
    sample = a_sample(1, rubric=rubric)
    data = typed({(2, "Greeted"): "no"}, written(sample, rubric), "Turns")
    for reading in (read(data), read_sheet(as_csv(data, sheet="Turns"), "turns.csv")):
        assert [(row.position, row.turn, answer.value) for row, answer in reading.answers()] == [(1, 2, "no")]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"not a workbook", "a.xlsx", "no workbook"),
        (b"a,b\n1,2\n", "a.csv", "no grading form"),
        (b"\x00\xff" * 50, "a.csv", "no grading form"),
        (b'"' + b"x" * 200_000, "a.csv", "no table|no grading form"),  # by the csv module's field limit, which is global
        (b"a,b\n" * 5_001, "a.csv", "more than 5000 rows"),
        (b"x" * (33 * 2**20), "a.csv", "34.6 MB; 33.6 MB"),
    ],
)
def test_other_files_are_refused_in_words(data, name, words):
    """What is no grading sheet ends as one error, never a traceback."""
    with pytest.raises(SheetError, match=words):
        read_sheet(data, name)


def test_another_workbook_is_refused():
    """A sound workbook without a form."""
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Row"
    target = io.BytesIO()
    workbook.save(target)
    with pytest.raises(SheetError, match="no grading form"):
        read(target.getvalue())


def test_sheets_of_two_graders_in_one_file_are_refused():
    """Whose answers would they be."""
    other = openpyxl.load_workbook(io.BytesIO(write_sheet(SAMPLE, RUBRIC, grader="Ben Ode", positions=[1])))

    def paste(workbook):
        page = workbook.create_sheet("Ben")
        for row in other["Scores"].iter_rows():
            for cell in row:
                page[cell.coordinate].value = cell.value

    with pytest.raises(SheetError, match="two graders"):
        read(edited(blank_sheet(), paste))


def test_a_newer_format_is_refused():
    """A sheet of a later version is not guessed at."""

    def change(workbook):
        workbook["Scores"]["A3"].value = workbook["Scores"]["A3"].value.replace('"evalharness": 1', '"evalharness": 2')

    with pytest.raises(SheetError, match="format 2"):
        read(edited(blank_sheet(), change))


def test_a_sheet_beyond_the_caps_is_refused():
    """A form with content in row 6,000 is no form of ours."""
    with pytest.raises(SheetError, match="beyond 5000 rows"):
        read(edited(blank_sheet(), lambda workbook: workbook["Scores"].cell(6_000, 1, "x")))


def test_comments_and_pages_of_ones_own_are_named():
    """Neither is read; the moved and renamed pages of the sheet itself are none of them."""

    def change(workbook):
        workbook["Scores"]["H8"].comment = openpyxl.comments.Comment("The caller had called before.", "Anna")
        mine = workbook.create_sheet("My notes")
        mine["B3"] = "Ask Ben about call 2"
        workbook["Transcripts"].title = "Gespräche"
        workbook["Instructions"].title = "Anleitung"
        workbook.create_sheet("Empty")

    problems = [str(problem) for problem in read(edited(blank_sheet(), change)).problems]
    assert [problem.split(" stands ")[0].split(" is a ")[0] for problem in problems] == [
        "My notes!B3: 'Ask Ben about call 2'",
        "Scores!H8: 'The caller had called before.'",
    ]


def test_comments_that_are_damaged_are_named_too():
    """The part with the comments is no XML."""
    data = edited(blank_sheet(), lambda book: setattr(book["Scores"]["H8"], "comment", openpyxl.comments.Comment("x", "Anna")))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<broken" if "comments" in name and name.endswith(".xml") else old.read(name))
    assert [problem.why for problem in read(target.getvalue()).problems] == ["there are comments on cells that cannot be read"]
