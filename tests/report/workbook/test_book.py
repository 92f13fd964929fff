"""The workbook as a whole: no formula, no link out, the same bytes, set up to be read and printed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile

import openpyxl
import pytest

from evalharness import xlsx
from evalharness.report.workbook import write_workbook
from tests.report.weeks import CONTROL, FORMULA, HOSTILE, LONG, PATH_ID, SCRIPT, a_result, a_week_summary
from tests.report.workbook.opened import opened, texts, written

SHEETS = [
    "This week", "Calls to hear", "Disagreements", "Calls and scores", "Transcripts", "Details", "Trend", "Method",
]  # fmt: skip


@pytest.mark.parametrize("hostile", [False, True])
def test_no_cell_is_a_formula(hostile):
    """Every filled cell of every sheet is a text or a number."""
    found = [cell for sheet in opened(hostile=hostile) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} <= {"s", "n"}
    assert len(found) > 2000
    assert b"<f>" not in b"".join(_members(hostile=hostile).values())


def _members(*, hostile):
    with zipfile.ZipFile(io.BytesIO(written(hostile=hostile))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_nothing_leads_out_of_the_file():
    """No macro, no external link, no connection; relations lead to parts of the file."""
    members = _members(hostile=True)
    assert not [name for name in members if re.search(r"vba|external|connection|embedding|oleObject", name, re.IGNORECASE)]
    relations = b"".join(data for name, data in members.items() if name.endswith(".rels"))
    assert b"External" not in relations


def test_the_same_summary_gives_the_same_bytes():
    """No clock enters; the file can be compared by its digest."""
    assert write_workbook(a_week_summary(hostile=True)) == written(hostile=True)
    assert written(hostile=False) != written(hostile=True)


def test_hostile_text_comes_back_equal_or_visibly_changed():
    """What a caller said stands in the transcripts as it was said, apart from escapes for what no cell can hold."""
    found = set(texts(opened(hostile=True)["Transcripts"]))
    shown = {xlsx.visible(text).replace("\u202e", "\\u{202e}") for text in HOSTILE if text}
    assert shown <= found
    assert FORMULA in found
    assert SCRIPT in found
    assert PATH_ID in found
    assert CONTROL not in found


def test_a_turn_of_40_000_characters_is_whole_in_visible_parts():
    """Its parts, without their marks, join to the text; each says which part it is."""
    sheet = opened(hostile=True)["Transcripts"]
    parts = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[2], str) and row[2].startswith("12 (")]
    marks = [f"12 ({number} of {len(parts)})" for number in range(1, len(parts) + 1)]
    assert [row[2] for row in parts] == marks
    joined = "".join(re.sub(r"^\(continued \d+ of \d+\) ", "", row[6]) for row in parts)
    assert joined == LONG
    assert len(joined) == 40_000


def test_a_cell_that_cannot_hold_a_text_says_so():
    """A reason of 40,000 characters is cut in the sheet, with a note where it is whole."""
    result = a_result(1, 2)
    grades = (result.grades[0].model_copy(update={"rationale": LONG}), *result.grades[1:])
    book = openpyxl.load_workbook(
        io.BytesIO(write_workbook(a_week_summary(results=(result.model_copy(update={"grades": grades}),))))
    )
    cut = [text for text in texts(book["Calls and scores"]) if "word00001" in text]
    assert len(cut) == 1
    assert cut[0].endswith("(cut here: longer than a cell can be; whole in scores.csv)")


def test_the_eight_sheets_are_frozen_filtered_and_set_up_for_paper():
    """Landscape A4, as wide as the paper; tables have filters; heads repeat on every page."""
    book = opened()
    assert book.sheetnames == SHEETS
    assert book.active.title == "This week"
    assert [sheet.freeze_panes for sheet in book] == ["A4", "A2", "C2", "C3", "C2", "A3", "A3", "A3"]
    assert [bool(sheet.auto_filter.ref) for sheet in book] == [False, True, True, True, True, False, False, False]
    assert {(sheet.page_setup.orientation, sheet.page_setup.paperSize) for sheet in book} == {("landscape", 9)}
    assert all(sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in book)
    assert (book["This week"].page_setup.fitToWidth, book["This week"].page_setup.fitToHeight) == (1, 1)
    assert [sheet.print_title_rows for sheet in book] == [None, "$1:$1", "$1:$1", "$1:$2", "$1:$1", "$1:$2", "$1:$1", "$1:$2"]
    assert all(sheet.print_area for sheet in book)


@pytest.mark.parametrize("hostile", [False, True])
def test_every_row_with_text_has_a_height(hostile):
    """Not every program grows rows: each row with wrapped text has the height its text needs, at most 409 points."""
    for sheet in opened(hostile=hostile):
        filled = {cell.row for row in sheet.iter_rows() for cell in row if cell.value is not None}
        heights = [sheet.row_dimensions[row].height for row in filled]
        assert None not in heights, sheet.title
        assert max(heights) <= 409


def test_every_link_leads_to_what_it_names():
    """From calls to hear to the scores, from there to the transcript and back: the target begins with the call's number."""
    book = opened(hostile=True)
    links = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) > 70
    for cell in links:
        name, target = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", cell.hyperlink.location).groups()
        assert cell.hyperlink.target is None
        number = re.search(r"#\d+", str(cell.value)) or re.search(r"#\d+", str(cell.parent.cell(cell.row, 2).value))
        assert book[name][target].value == number[0]


def test_a_week_before_the_draw_has_a_workbook_too():
    """No sample, no grades, no latency: every sheet stands, nothing is invented."""
    empty = a_week_summary(
        design=None,
        results=(),
        escalation=None,
        to_hear=(),
        latency=(),
        cost=(),
        intents={},
        notices=(),
        next_steps=(),
        graders=(),
    )
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(empty)))
    assert book.sheetnames == SHEETS
    assert "No sample is drawn yet." in texts(book["This week"])
    assert "Nothing to show." in texts(book["Details"])


def test_a_report_of_50_calls_is_written_within_two_seconds():
    """CPU time after imports; typically a quarter of it."""
    summary = a_week_summary(calls=50, turns=24)
    started = time.process_time()
    write_workbook(summary)
    assert time.process_time() - started < 2.0


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_texts(tmp_path):
    """Opened and saved by LibreOffice, the transcripts and ids are the same texts and still no formula."""
    (tmp_path / "week.xlsx").write_bytes(written(hostile=True))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(tmp_path / "week.xlsx")], check=True, capture_output=True, timeout=120
    )
    again = openpyxl.load_workbook(tmp_path / "out" / "week.xlsx")
    assert again.sheetnames == SHEETS
    for sheet in SHEETS:
        assert texts(again[sheet]) == texts(opened(hostile=True)[sheet])
    assert {cell.data_type for sheet in again for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {
        "s",
        "n",
    }
