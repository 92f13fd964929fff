"""Columns of a CSV file, whatever separates them and however numbers are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.errors import InputError, UsageError
from evalharness.flows.ratings import compare_columns
from evalharness.models.agreement import RatingsReport

BODY = (("1", "2"), ("2", "2"), ("5", "4"), ("3", "3"))


def file_of(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def table(delimiter: str = ",") -> str:
    return "\n".join(delimiter.join(row) for row in (("A", "B"), *BODY)) + "\n"


def without_file(report: RatingsReport) -> RatingsReport:
    return report.model_copy(update={"file": "x"})


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-8-sig"), (",", "utf-16"), (";", "cp1252")])
def test_any_delimiter_and_encoding_give_the_same(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Comma, semicolon, tab; with a mark at the beginning or without."""
    plain = compare_columns(file_of(tmp_path / "a.csv", table()), "A,B")
    other = compare_columns(file_of(tmp_path / "b.csv", table(delimiter), encoding), "A,B")
    assert without_file(other) == without_file(plain)
    assert plain.pair is not None
    assert plain.pair.pairs == 4


def test_decimal_commas_and_short_rows(tmp_path: Path) -> None:
    """ "3,5" in a file with semicolons, and quoted in one with commas; a row that ends early is blank there."""
    for text in ("id;A;B\n1;3,5;3,5\n2;4\n3;4;3,5\n", 'id,A,B\n1,"3,5","3,5"\n2,4\n3,4,"3,5"\n'):
        found = compare_columns(file_of(tmp_path / "c.csv", text), "A,B")
        assert found.scale == ("3.5", "4")
        assert found.pair is not None
        assert (found.pair.pairs, found.raters[1].blank) == (2, 1)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """An empty line and a note over two lines do not shift the line that is named."""
    text = 'A,B,note\n1,2,fine\n\n2,2,"two\nlines"\n9,2,\n'
    found = compare_columns(file_of(tmp_path / "d.csv", text), "A,B", scale="1-5")
    assert found.unread == ("line 6, A: '9'",)
    assert found.rows == 3


def test_a_name_may_hold_a_comma(tmp_path: Path) -> None:
    """In quotes, as in the file itself; and the LLM's column may be named beside the others or among them."""
    path = file_of(tmp_path / "e.csv", '"Keller, A",B,C\n1,2,2\n2,2,1\n')
    assert [one.name for one in compare_columns(path, '"Keller, A",B').raters] == ["Keller, A", "B"]
    beside = compare_columns(path, "B,C", llm='"Keller, A"'.strip('"'))
    assert [one.name for one in beside.raters] == ["B", "C", "Keller, A"]
    assert compare_columns(path, "B,C", llm="C").raters == compare_columns(path, "B,C").raters


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("A,X", "no column 'X'"),
        ("A", "two columns or more"),
        ("A,A", "named twice"),
        ("A,", "no column ''"),
        ("", "two columns or more"),
    ],
)
def test_columns_that_are_not_there(tmp_path: Path, columns: str, said: str) -> None:
    """Each is named, with what the first line has."""
    with pytest.raises(UsageError, match=said) as refused:
        compare_columns(file_of(tmp_path / "f.csv", table()), columns)
    assert "A, B" in refused.value.why


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "names no column"),
        (b"A,A,B\n1,2,3\n", "'A' stands twice"),
        (b"PK\x03\x04rest", "a workbook"),
        (b"\xff\xfe\x00", "no text"),
        (b'A,B\n"' + b"x" * 200_000 + b'",1\n', "line 2: (field|a cell is) l"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, data: bytes, said: str) -> None:
    """Empty, a column twice, a workbook, no text, a cell without end: refused in words."""
    path = tmp_path / "g.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=said):
        compare_columns(path, "A,B")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Neither a missing file nor a folder."""
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(InputError, match="is not a file"):
            compare_columns(path, "A,B")
