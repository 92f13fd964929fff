"""Files that are no workbook are named for what they look like."""

from __future__ import annotations

import io
import zipfile

import pytest

from evalharness.errors import SheetError
from evalharness.grade.human.file_kind import kind_of
from tests.grade.human.desk import blank_sheet, read


def packed(**parts: str) -> bytes:
    """An archive of these parts; `__` in a name stands for a slash."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return target.getvalue()


ODS = packed(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml="<x/>")


@pytest.mark.parametrize(
    ("data", "words", "fix"),
    [
        (ODS, "OpenDocument spreadsheet (.ods)", "save it as .xlsx or .csv"),
        (
            packed(mimetype="application/vnd.oasis.opendocument.text"),
            "OpenDocument file, no spreadsheet",
            "name the grading sheet",
        ),
        (packed(word__document_xml="<x/>"), "a Word document", "name the grading sheet"),
        (packed(notes="hello"), "a ZIP archive and no workbook", "unpack it"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old Excel file (.xls), or a workbook protected by a password",
            "take the password off",
        ),
        (b"%PDF-1.7 ...", "a PDF", "name the grading sheet"),
        (b"\xef\xbb\xbf<html>", "a web page or XML", "save it as .xlsx or .csv"),
        (b'{"a": 1}', "JSON", "name the grading sheet"),
        (b"Row,#\r\n", "plain text, such as CSV", "the ending .csv"),
        (b" \n", "empty", "name the grading sheet"),
    ],
)
def test_a_file_that_is_no_workbook_is_named_for_what_it_looks_like(data, words, fix):
    """What it is and what to do, never the name of an exception."""
    with pytest.raises(SheetError, match="cannot be read") as refused:
        read(data)
    assert words in str(refused.value)
    assert fix in refused.value.fix
    assert "KeyError" not in str(refused.value)


def test_what_may_be_a_workbook_is_left_to_the_reader():
    """A workbook, a cut one, and bytes that are nothing known: no kind is claimed."""
    assert [kind_of(data) for data in (blank_sheet(), blank_sheet()[:2_000], b"\x00\x01\x02\xff")] == [None, None, None]


def test_a_workbook_with_the_ending_csv_is_read_as_what_it_is():
    """The content decides, not the name; an .ods named .csv is still called an .ods."""
    assert read(blank_sheet(), "Anna Keller.csv").grader == "Anna Keller"
    with pytest.raises(SheetError, match="OpenDocument"):
        read(ODS, "Anna Keller.csv")
