"""Cells that stay text, files that stay equal, hostile workbooks that stay unread."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.workbook import Workbook

from evalharness import xlsx
from evalharness.errors import SheetError

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PAYLOADS = [
    *("=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "#N/A", "#REF!", "'=1", "0012345", "3/4", "1E5"),
    *("TRUE", "2026-11-09", "{=1}", "=cmd|' /C calc'!A0", "_x0041_", "a_x000D_b", " lead", "trail ", "line\nbreak", "\n", ""),
    *("tab\there", "cr\rhere", "cr\r\nlf", "nul\x00", "\ufffe", "\uffff", "\ud800", "\U0001f600" * 20, "\x85next", "\u202ertl"),
]


def hostile_texts() -> list[str]:
    """Formula payloads, and the naughty strings and judge attacks where they are at hand."""
    texts = list(PAYLOADS)
    naughty, attacks = DATA / "badinput/blns/blns.json", DATA / "attacks/voice_judge_attacks.jsonl"
    if naughty.exists():
        texts += json.loads(naughty.read_text(encoding="utf-8"))
    if attacks.exists():
        texts += [json.loads(line)["text"] for line in attacks.read_text(encoding="utf-8").splitlines()]
    return texts


def column_of(texts: list[str]) -> bytes:
    """A workbook with one text a row in column A, long texts over several rows."""
    workbook = xlsx.new_workbook()
    sheet = workbook.create_sheet("texts")
    for row, part in enumerate([part for text in texts for part in xlsx.split_text(text)], start=1):
        xlsx.put_text(sheet.cell(row, 1), part, "wrapped")
    return xlsx.to_bytes(workbook)


def column_a(workbook: Workbook, rows: int) -> list[tuple[str, str]]:
    """Value and kind of the cells of column A; an empty cell is an empty text."""
    cells = [workbook.worksheets[0].cell(row, 1) for row in range(1, rows + 1)]
    return [("", "s") if cell.value is None else (cell.value, cell.data_type) for cell in cells]


def archive(members: dict[str, bytes]) -> bytes:
    """A zip file of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return target.getvalue()


def with_sheet_xml(xml: bytes) -> bytes:
    """A sound workbook whose only sheet is replaced by this XML."""
    with zipfile.ZipFile(io.BytesIO(column_of(["x"]))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    return archive({**members, "xl/worksheets/sheet1.xml": xml})


def sheet_xml(body: bytes, dimension: bytes = b"A1") -> bytes:
    """Sheet XML with this body."""
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<worksheet xmlns="%s"><dimension ref="%s"/><sheetData>%s</sheetData></worksheet>' % (space, dimension, body)


def test_hostile_texts_come_back_as_visible_text_through_openpyxl():
    """No payload becomes a formula or an error, and each comes back equal, its unshowable characters as escapes."""
    texts = hostile_texts()
    parts = [xlsx.visible(part) for text in texts for part in xlsx.split_text(text)]
    found = column_a(openpyxl.load_workbook(io.BytesIO(column_of(texts))), len(parts))
    assert found == [(part, "s") for part in parts]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_hostile_texts_come_back_through_libreoffice(tmp_path):
    """LibreOffice opens the workbook and saves it again with every text equal and without a formula."""
    texts = hostile_texts()
    parts = [xlsx.visible(part) for text in texts for part in xlsx.split_text(text)]
    (tmp_path / "in.xlsx").write_bytes(column_of(texts))
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", tmp_path / "out", tmp_path / "in.xlsx"], check=True, capture_output=True, timeout=180)
    found = column_a(openpyxl.load_workbook(tmp_path / "out" / "in.xlsx"), len(parts))
    assert found == [(part, "s") for part in parts]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", r"a\u{0}b"),
        ("\r\n", "\\u{d}\n"),
        ("\ufffe", r"\u{fffe}"),
        ("\ud83d", r"\u{d83d}"),
        ("_x000D_", r"\u{5f}x000D_"),
        ("plain _x text", "plain _x text"),
        ("tab\tline\n", "tab\tline\n"),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_visible_escapes_only_what_a_workbook_cannot_carry(text, shown):
    """Control characters and their kin are shown; everything else stays."""
    assert xlsx.visible(text) == shown


@given(st.text(), st.integers(100, 400))
def test_split_parts_fit_and_join_to_the_text(text, limit):
    """Each part's visible form is within the limit; without the marks the parts are the text; showing twice is showing once."""
    text = text * 20
    parts = xlsx.split_text(text, limit)
    assert all(xlsx.text_units(xlsx.visible(part)) <= limit for part in parts)
    marks = [f"(continued {number} of {len(parts)}) " for number in range(2, len(parts) + 1)]
    assert all(part.startswith(mark) for part, mark in zip(parts[1:], marks, strict=True))
    assert parts[0] + "".join(part.removeprefix(mark) for part, mark in zip(parts[1:], marks, strict=True)) == text
    assert xlsx.visible(xlsx.visible(text)) == xlsx.visible(text)


def test_a_text_of_the_limit_is_whole_and_one_more_is_refused():
    """32,767 units fit a cell; 32,768 do not, nor do 16,384 characters of two units each."""
    cell = xlsx.new_workbook().create_sheet("a").cell(1, 1)
    xlsx.put_text(cell, "x" * 32_767)
    assert len(cell.value) == 32_767
    for text in ("x" * 32_768, "\U0001f600" * 16_384):
        with pytest.raises(ValueError, match="split_text first"):
            xlsx.put_text(cell, text)


def test_parts_break_behind_a_space_and_a_tiny_limit_is_refused():
    """A word is not cut where a space is near: 40 words of 5 characters and a space, parts of at most 100 - 40 characters."""
    parts = xlsx.split_text("seven " * 40, 100)
    assert parts[0] == "seven " * 10
    assert parts[1] == "(continued 2 of 4) " + "seven " * 10
    with pytest.raises(ValueError, match="too small"):
        xlsx.split_text("x", 99)


def test_numbers_stay_numbers_and_missing_ones_stay_empty():
    """None is an empty cell, never 0; NaN and infinity are refused."""
    sheet = xlsx.new_workbook().create_sheet("a")
    xlsx.put_number(sheet["A1"], 0.625, "0.0%", "number")
    xlsx.put_number(sheet["A2"], None, "0.0%", "number")
    assert (sheet["A1"].value, sheet["A1"].number_format, sheet["A2"].value) == (0.625, "0.0%", None)
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="no number"):
            xlsx.put_number(sheet["A3"], value, "0")


def test_links_stay_inside_the_workbook():
    """A link has a place in this workbook and no address, whatever its text says."""
    workbook = xlsx.new_workbook()
    sheet = workbook.create_sheet("It's")
    xlsx.put_link(sheet["A1"], "=http://example.org", "It's", "B2")
    data = xlsx.to_bytes(workbook)
    link = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]["A1"].hyperlink
    assert (link.location, link.target) == ("'It''s'!B2", None)
    assert not any(
        "rels" in name and b"hyperlink" in zipfile.ZipFile(io.BytesIO(data)).read(name)
        for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    )


def test_verdicts_read_without_colour():
    """Four verdicts, four different words, signs and looks."""
    sheet = xlsx.new_workbook().create_sheet("a")
    for row, verdict in enumerate(xlsx.VERDICTS, start=1):
        xlsx.put_verdict(sheet.cell(row, 1), verdict)
    cells = [sheet.cell(row, 1) for row in range(1, 5)]
    assert [cell.value for cell in cells] == ["✓ met", "✗ missed", "? not proven", "– not measured"]
    looks = {(cell.font.bold, cell.font.italic, cell.fill.fgColor.rgb) for cell in cells}
    assert len(looks) == 4


@pytest.mark.parametrize(
    ("texts", "points"),
    [
        ([("short", 20)], 17.0),
        ([("", 20)], 17.0),
        ([("one two three", 6)], 43.0),
        ([("a\nb\nc", 20)], 43.0),
        ([("x" * 40, 10.3)], 56.0),
        ([("short", 20), ("one two three", 6)], 43.0),
        ([("語" * 10, 10.3)], 30.0),
        ([("x\n" * 500, 10)], 409.0),
        ([], 17.0),
    ],
)
def test_row_height_counts_wrapped_lines(texts, points):
    """13 points a line and 4 around: a width of 6 holds 6 x 1.12 - 1.5 = 5.2 letters, so three words are 3 lines (43)."""
    assert xlsx.row_height(texts) == points


def test_equal_content_gives_equal_bytes():
    """The moment of writing leaves no trace: two writings are byte for byte equal and carry no date but the fixed ones."""
    first, second = column_of(["a", "b"]), column_of(["a", "b"])
    assert first == second != column_of(["a", "c"])
    core = zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2000-01-01T00:00:00Z"}


def test_reading_gives_filled_cells_with_their_names():
    """Empty cells are left out; a formula is told from a text that looks like one."""
    workbook = xlsx.new_workbook()
    sheet = workbook.create_sheet("a")
    xlsx.put_text(sheet["B2"], "=1+1")
    sheet["C4"] = "=1+1"
    rows = xlsx.sheet_rows(xlsx.open_safely(xlsx.to_bytes(workbook)).worksheets[0], 10, 10)
    assert [[(cell.name, cell.value, cell.is_formula) for cell in row] for row in rows] == [
        [("B2", "=1+1", False)],
        [("C4", "=1+1", True)],
    ]


@pytest.mark.parametrize("cell", ["A11", "F1"])
def test_content_beyond_the_caps_is_refused_not_dropped(cell):
    """One row or column too many is said in words; a peek stops quietly."""
    workbook = xlsx.new_workbook()
    sheet = workbook.create_sheet("a")
    xlsx.put_text(sheet[cell], "x")
    data = xlsx.to_bytes(workbook)
    with pytest.raises(SheetError, match="beyond 10 rows or 5 columns"):
        xlsx.sheet_rows(xlsx.open_safely(data).worksheets[0], 10, 5)
    assert xlsx.sheet_rows(xlsx.open_safely(data).worksheets[0], 10, 5, peek=True) == []


def test_a_dimension_bomb_costs_nothing():
    """A sheet that says A1:XFD1048576 and has its second cell in the last row is read for what it holds, or refused at once."""
    cell = b'<row r="%d"><c r="A%d"><v>7</v></c></row>'
    claims = with_sheet_xml(sheet_xml(cell % (1, 1), b"A1:XFD1048576"))
    assert len(xlsx.sheet_rows(xlsx.open_safely(claims).worksheets[0], 100, 50)) == 1
    far = with_sheet_xml(sheet_xml(cell % (1, 1) + cell % (1_048_576, 1_048_576), b"A1:XFD1048576"))
    with pytest.raises(SheetError, match="beyond 100 rows"):
        xlsx.sheet_rows(xlsx.open_safely(far).worksheets[0], 100, 50)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no workbook"),
        (b"week,call\n", "no workbook"),
        (b"PK\x03\x04broken", "no workbook"),
        (archive({"a.txt": b"x"}), "damaged"),
        (archive({f"{n}.xml": b"" for n in range(501)}), "501 parts"),
        (archive({"big.xml": b" " * (65 * 2**20)}), "unpack to 68.2 MB; 67.1 MB are allowed"),
        (archive({"big.xml": b" " * (9 * 2**20)}), "times its size"),
        (with_sheet_xml(b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_xml(b"")), "document type"),
        (with_sheet_xml('\ufeff<!DOCTYPE a SYSTEM "file:///etc/passwd">'.encode("utf-16-le")), "document type"),
    ],
)
def test_what_is_no_sound_workbook_is_refused_in_words(data, words):
    """Bombs, broken files, other files and declarations end as one error in words before they are parsed."""
    with pytest.raises(SheetError, match=words):
        xlsx.open_safely(data)


@pytest.mark.parametrize(
    "xml", [b"<worksheet", sheet_xml(b'<row r="x"><c r="A1"><v>7</v></c></row>'), sheet_xml(b'<row><c r="1"><v>7</v></c></row>')]
)
def test_a_damaged_sheet_is_refused_in_words(xml):
    """XML that ends early or names no cell is no traceback."""
    with pytest.raises(SheetError, match="damaged"):
        xlsx.sheet_rows(xlsx.open_safely(with_sheet_xml(xml)).worksheets[0], 100, 50)


@given(st.binary(max_size=60), st.integers(0, 4000))
def test_any_damage_ends_as_a_sheet_error_or_as_rows(noise, place):
    """Bytes overwritten anywhere in a workbook never raise anything but SheetError."""
    data = bytearray(column_of(["x", "y"]))
    place %= len(data)
    data[place : place + len(noise)] = noise
    try:
        rows = [row for sheet in xlsx.open_safely(bytes(data)).worksheets for row in xlsx.sheet_rows(sheet, 100, 50)]
    except SheetError:
        return
    assert len(rows) <= 100


def tabled(*heads: str) -> bytes:
    """A workbook with a named table of these headings and one row."""
    workbook = xlsx.new_workbook()
    sheet = workbook.create_sheet("t")
    for column, head in enumerate(heads, start=1):
        xlsx.put_text(sheet.cell(1, column), head, "header")
        xlsx.put_number(sheet.cell(2, column), 1.0, "0.0", "number")
    xlsx.add_table(sheet, "Some_name", f"A1:{'ABCDEFGH'[len(heads) - 1]}2")
    return xlsx.to_bytes(workbook)


def test_a_table_has_a_name_and_headings_that_differ() -> None:
    """Programs repair a file whose headings are alike, empty, of two lines, or not what the cells say."""
    heads = ("tone", "Tone", "tone", "", "two\nlines", "bell\x07", "=1+1")
    workbook = openpyxl.load_workbook(io.BytesIO(tabled(*heads)))
    sheet = workbook["t"]
    table = sheet.tables["Some_name"]
    said = [cell.value for cell in sheet[1]]
    assert said == ["tone", "Tone (2)", "tone (3)", "column 4", "two lines", "bell\\u{7}", "=1+1"]
    assert [column.name for column in table.tableColumns] == said
    assert {cell.data_type for cell in sheet[1]} == {"s"}
    assert (table.ref, table.autoFilter.ref) == ("A1:G2", "A1:G2")
    assert tabled(*heads) == tabled(*heads)


@pytest.mark.parametrize("name", ["", "1st", "two words", "A!", "x" * 62])
def test_a_name_that_no_table_can_have_is_refused(name: str) -> None:
    sheet = xlsx.new_workbook().create_sheet("t")
    with pytest.raises(ValueError, match="is no name of a table"):
        xlsx.add_table(sheet, name, "A1:B2")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "calls.example", "//calls.example/a", ""])
def test_a_link_out_leads_to_the_web_or_nowhere(address: str) -> None:
    sheet = xlsx.new_workbook().create_sheet("t")
    with pytest.raises(ValueError, match="leads to the web or nowhere"):
        xlsx.put_web_link(sheet.cell(1, 1), "listen", address)
    xlsx.put_web_link(sheet.cell(1, 1), "=1+1", "https://calls.example/a")
    assert (sheet.cell(1, 1).data_type, sheet.cell(1, 1).hyperlink.target) == ("s", "https://calls.example/a")


def test_a_style_given_twice_is_the_same_and_no_cell_shares_it() -> None:
    """The second cell gets a copy: a format set on it later is its own."""
    sheet = xlsx.new_workbook().create_sheet("t")
    first, second, third = (sheet.cell(row, 1) for row in (1, 2, 3))
    for cell in (first, second):
        xlsx.put_number(cell, 0.5, "0 %", "number")
    xlsx.put_style(third, "number")
    assert (second.style, second.number_format, second.alignment.horizontal) == ("number", "0 %", "right")
    assert third.number_format == "General"
    second.number_format = "0.00"
    xlsx.put_style(sheet.cell(4, 1), "number", "0 %")
    assert (first.number_format, sheet.cell(4, 1).number_format) == ("0 %", "0 %")
    with pytest.raises(ValueError, match="not a known style"):
        xlsx.put_style(third, "no such style")
