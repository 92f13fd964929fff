"""The workbook as a whole: no formula, no link out, the same bytes, set up to be read and printed."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from evalharness import xlsx
from evalharness.report.text import straight
from evalharness.report.workbook import write_workbook
from tests.builders import WEEK, an_action
from tests.report.weeks import (
    CONTROL,
    FORMULA,
    HOSTILE,
    LONG,
    PATH_ID,
    SCRIPT,
    a_drawn_call,
    a_result,
    a_week_summary,
)  # fmt: skip
from tests.report.workbook.opened import opened, texts, written

FRONT = ["This week", "Calls to hear", "Calls and scores", "Actions"]
SHEETS = [*FRONT, "Details", "What changed", "Trend", "Disagreements", "Transcripts", "Method"]


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


def test_the_sheets_are_frozen_and_set_up_for_paper():
    """Landscape A4, as wide as the paper; heads repeat on every page; four dark tabs in front."""
    book = opened()
    assert book.sheetnames == SHEETS
    assert book.active.title == "This week"
    assert [sheet.freeze_panes for sheet in book] == ["A4", "C2", "C3", "B3", "A3", "A3", "A3", "C2", "C2", "A3"]
    assert {(sheet.page_setup.orientation, sheet.page_setup.paperSize) for sheet in book} == {("landscape", 9)}
    assert all(sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in book)
    assert (book["This week"].page_setup.fitToWidth, book["This week"].page_setup.fitToHeight) == (1, 1)
    heads = [None, "$1:$1", "$1:$2", "$2:$2", "$1:$2", "$1:$2", "$1:$1", "$1:$1", "$1:$1", "$1:$2"]
    assert [sheet.print_title_rows for sheet in book] == heads
    assert all(sheet.print_area for sheet in book)
    tabs = [sheet.sheet_properties.tabColor.rgb for sheet in book]
    assert [tab == tabs[0] for tab in tabs] == [True] * len(FRONT) + [False] * (len(SHEETS) - len(FRONT))


def test_every_page_says_agent_week_sheet_and_its_number():
    """The agent's name is text: an ampersand in it begins no code, however long it is."""
    for sheet in opened():
        foot = sheet.oddFooter
        assert (foot.left.text, foot.center.text) == ("Front Desk, week 2026-W47", sheet.title)
        assert foot.right.text == "page &P of &N"
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(calls=8, turns=1, agent="A&P &Z\x07" + "x" * 90))))
    said = book["This week"].oddFooter.left.text
    assert said.startswith("A&&P &&Z\\u{7}")
    assert len(said) < 90


def test_tables_have_names_filters_and_unlike_headings():
    """What a formula elsewhere can name: the four in front and the long ones behind; no merged cell within any."""
    book = opened(hostile=True)
    names = {name: sheet.title for sheet in book for name in sheet.tables}
    assert names == {
        "Checks": "This week", "Calls_to_hear": "Calls to hear", "Calls_and_scores": "Calls and scores",
        "Actions_open": "Actions", "Transcripts": "Transcripts",
    }  # fmt: skip
    for name, title in names.items():
        table, sheet = book[title].tables[name], book[title]
        heads = [str(cell.value) for cell in sheet[table.ref][0]]
        assert [column.name for column in table.tableColumns] == heads
        assert len({head.casefold() for head in heads}) == len(heads)
        assert bool(table.autoFilter) == (name != "Checks")
        inside = {cell.coordinate for row in sheet[table.ref] for cell in row}
        assert not any(cell in inside for span in sheet.merged_cells.ranges for cell in (span.start_cell.coordinate,))


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://calls.example/rec/1.wav?token=a%20b&x=1", True),
        ("http://10.0.0.5:8080/a", True),
        ("https://calls.example", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("\\\\host\\share\\a.wav", False),
        ("https://user:word@calls.example/a", False),
        ("https://calls.example/a b", False),
        ('https://calls.example/"><x', False),
        ("=HYPERLINK(1)", False),
        ("https://calls.example/" + "a" * 2000, False),
        ("recording 12", False),
    ],
)
def test_a_recording_is_a_link_only_where_it_is_a_plain_web_address(address, leads):
    """All else stands there as text; nothing leads anywhere but to that address."""
    result = a_result(1, 2)
    result = result.model_copy(update={"call": result.call.model_copy(update={"recording_url": address})})
    data = write_workbook(a_week_summary(results=(result,)))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Calls and scores"]
    cell = next(cell for cell in sheet[3] if sheet.cell(2, cell.column).value == "recording")
    assert cell.data_type == "s"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels")).decode()
    targets = [html.unescape(one) for one in re.findall(r'Target="([^"]*)" TargetMode="External"', relations)]
    assert targets == ([address] if leads else [])
    assert (cell.hyperlink is not None) == leads
    assert leads or cell.value == address


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
        if cell.parent.title == "Details":
            led = cell.value.removeprefix("→ ")
            assert led.partition(":")[0] == name or book[name][target].value.startswith(led[:30])
            continue
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
    assert "There is no week before that this one can be compared with." in texts(book["What changed"])
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


def naughty_texts() -> list[str]:
    """Formula payloads and hidden characters, and the list of naughty strings where it is at hand."""
    path = Path(__file__).resolve().parents[4] / "shared" / "data" / "badinput" / "blns" / "blns.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [
        text for text in (*HOSTILE, CONTROL, "_x000d_", "\t=1", "a\x00b", "\ufffe", "\u202ertl", LONG, *known) if text.strip()
    ]


def test_naughty_strings_as_text_id_intent_note_and_recording_come_back_as_text():
    """Each as a turn, a call id, an intent, a reason, a note of an action and a place of a recording: no formula, nothing cut
    silently, none lost."""
    naughty = naughty_texts()
    results, actions = [], []
    for number, text in enumerate(naughty, start=1):
        result = a_result(number, 0)
        named = {"id": text[:200], "intent": text[:200], "version": text[:60], "recording_url": text, "turns": (a_turn_of(text),)}
        call = result.call.model_copy(update=named)
        grade = result.grades[0].model_copy(update={"rationale": text})
        results.append(result.model_copy(update={"call": call, "grades": (grade,)}))
        actions.append(an_action(id=f"A-{WEEK}-{number}", note=text, owner=text[:60]))
    week = a_week_summary(results=tuple(results), actions=tuple(actions), to_hear=(), notices=tuple(naughty[:20]))
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(week)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    said = "\n".join(str(row[6].value) for row in book["Transcripts"].iter_rows(min_row=2) if row[6].value)
    whole = re.sub(r"\n\(continued \d+ of \d+\) ", "", said)
    lost = [text for text in naughty if xlsx.visible(straight(text)).replace("\r", "") not in whole]
    assert lost == []
    links = [cell.hyperlink.target for cell in cells if cell.hyperlink and cell.hyperlink.target]
    assert all(re.match("https?://[a-z0-9]", link) for link in links)


def a_turn_of(text):
    """One turn of a caller."""
    return a_drawn_call(1, 2).turns[1].model_copy(update={"text": text, "index": 0})


def test_a_call_that_somebody_is_still_to_grade_says_what_is_held_back():
    """Its score, outcome and values read so; nothing else of it is hidden."""
    result = a_result(1, 2).model_copy(
        update={"held": True, "grades": (), "final": {}, "outcome": None, "score": None, "clear_failure": None}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(results=(result, a_result(2, 2))))))[
        "Calls and scores"
    ]
    head = [cell.value for cell in sheet[2]]
    held = {name: cell.value for name, cell in zip(head, sheet[3], strict=True)}
    names = ("outcome as graded", "score (0-100)", "clear failure", "tone")
    assert [held[name] for name in names] == ["held back"] * 4
    assert held["id"] == "call-001-9f3a"
    assert sheet.cell(4, head.index("tone") + 1).value == 2
