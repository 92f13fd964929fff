"""A person's name as a file name: readable, and never a way out of the folder."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.workspace.file_name import MAX_LETTERS, file_key, safe_name


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Anna Keller", "Anna Keller"),
        ("Ben O'Dé", "Ben O_Dé"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("王小明", "王小明"),
        ("नीता", "नीता"),
        ("J. R. Smith", "J. R. Smith"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("/home/mallory/.ssh/id", "_home_mallory_.ssh_id"),
        ("C:\\x\\y", "C__x_y"),
        ("a\x00b\nc", "a_b_c"),
        ("~$Ben", "__Ben"),
        (".lock", "lock"),
        ("Ben.", "Ben"),
        ("CON", "_CON"),
        ("con.x", "_con.x"),
        ("Lpt1", "_Lpt1"),
        ("Connie", "Connie"),
        ("=SUM(A1)", "_SUM_A1_"),
    ],
)
def test_a_name_and_its_file(name: str, file: str) -> None:
    """Letters of any script stay; what a path, a shell or Windows understands becomes a line."""
    assert safe_name(name) == file


def test_names_of_which_nothing_is_left_differ() -> None:
    """Eight characters of the digest tell them apart, and each name keeps its own."""
    assert safe_name("..").startswith("grader-")
    assert safe_name("???") != safe_name("!!!")
    assert safe_name("\ud800") == safe_name("\ud800")


@given(st.text(max_size=300))
def test_no_name_leaves_the_folder(name: str) -> None:
    """One path component on POSIX and on Windows, never empty, with room for a lock's marks in 255 bytes."""
    file = f"{safe_name(name)}.xlsx"
    assert PurePosixPath("week", file).parent == PurePosixPath("week")
    assert PureWindowsPath("week", file).parent == PureWindowsPath("week")
    assert not file.startswith((".", "~", " ", "-."))
    assert len(safe_name(name)) <= MAX_LETTERS + 1
    assert len(f".~lock.{file}#".encode()) <= 255
    assert all(letter.isprintable() for letter in file)


@given(st.text(max_size=80))
def test_a_safe_name_is_safe_already(name: str) -> None:
    """Made safe twice is made safe once."""
    assert safe_name(safe_name(name)) == safe_name(name)


def test_what_shares_a_file_shares_a_key() -> None:
    """Case does not tell files apart on every disk."""
    assert file_key("ANNA") == file_key("anna")
    assert file_key("Anna") != file_key("Hanna")
