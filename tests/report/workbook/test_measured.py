"""The sheet of what was measured: every figure with what it stands on, places that lead to transcripts."""

from __future__ import annotations

import io

import openpyxl
import pytest

from evalharness.report.workbook import write_workbook
from tests.report.measured import AIR, WHOLE, a_part, some_figures
from tests.report.weeks import a_result, a_week_summary


@pytest.fixture(scope="module")
def book():
    """A week with three figures and a drop; call 5 has a silence in turns 2 and 3."""
    results = tuple(a_result(position, 6) for position in range(1, 10))
    five = results[4].model_copy(update={"findings": (AIR, WHOLE)})
    summary = a_week_summary(calls=9, results=(*results[:4], five, *results[5:]), measured=some_figures(), logged=(a_part(),))
    return openpyxl.load_workbook(io.BytesIO(write_workbook(summary)))


def rows(sheet):
    """The rows of a sheet as texts, empty cells left out."""
    return [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def test_every_figure_stands_with_what_it_stands_on(book):
    """A figure without data says so; a ratio has no share of calls."""
    told = {row[0]: row[1:] for row in rows(book["Measured"]) if row}
    figures = [row for row in rows(book["Measured"]) if row and row[-1] in ("the agent's share", "says the same again")]
    assert [row[0] for row in figures] == ["talk ratio", "loops"]
    assert figures[0][1:4] == ["60 %", "25 %", "142 of 142"]
    assert figures[1][1:5] == ["no data", "no data", "0 of 142", "no data"]
    assert told["cost, of all calls"] == ["80 of 100", "80 %", "95 % (4 weeks)", "dropped"]
    air = next(row for row in rows(book["Measured"]) if row[:2] == ["dead air", "12 % (17 of 142)"])
    assert air[2:] == ["0", "0.3", "142 of 142", "8 % (17 of 142)", "3 found, 2 late", "nobody speaks for 3 s or more"]


def test_groups_stand_apart_and_small_ones_are_counted(book):
    """The hostile name of a version is text."""
    grouped = [row for row in rows(book["Measured"]) if row[:1] == ["dead air"] and "25 % (10 of 40)" in row]
    assert grouped[0][-1] == "7 calls of other versions"
    assert any("23:00 to 00:00" in row for row in rows(book["Measured"]))


def test_a_place_in_a_drawn_call_leads_to_its_turn(book):
    """Call 5 begins behind 4 calls of 6 turns: row 2 + 24 = 26, its turn 2 is row 28. Another call has no link."""
    cells = {str(cell.value): cell for row in book["Measured"].iter_rows() for cell in row if cell.value}
    link = cells["#5 call-005-9f3a"].hyperlink
    assert link.location.replace("'", "") == "Transcripts!A28"
    assert not any(cell.hyperlink for text, cell in cells.items() if text.startswith("far "))


def test_findings_stand_beside_the_transcript(book):
    """In turns 2 and 3; what no turn shows, with the first."""
    notes = {row[2].value: row[7].value for row in book["Transcripts"].iter_rows(min_row=26, max_row=31)}
    assert notes[0].splitlines()[-1] == "found: dead air"
    assert notes[2].splitlines()[-1] == notes[3].splitlines()[-1] == "found: dead air, 9 ms (late): nobody spoke"
    assert "found" not in (notes[4] or "")


def test_nothing_known_has_no_sheet():
    """As before anything was measured."""
    assert "Measured" not in openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(calls=9)))).sheetnames
