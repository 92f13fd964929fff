"""Why a file cannot be read at all: said in words before a line is read, with what to type."""

import bz2
import gzip
import json
import os

import pytest

from evalharness.collect.file_checks import check_file
from evalharness.errors import InputError
from tests.collect.files import a_row, rows_of


def refusal(path, file_mb=10) -> InputError:
    with pytest.raises(InputError) as caught:
        check_file(path, file_mb)
    assert caught.value.where == str(path)
    assert caught.value.fix
    return caught.value


def a_file(tmp_path, data: bytes, name="calls.jsonl"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (bz2.compress(b"{}"), "is compressed (bzip2), which is not read"),
        (b"PK\x03\x04....", "is a spreadsheet or zip archive, not text"),
        (b"PAR1....", "is a Parquet file, not text"),
        (b"RIFF....WAVE", "is a sound file, not text"),
        ("id\n".encode("utf-16"), "is encoded as UTF-16"),
        (b"\x00\x01\x02\x00" * 100, "is not text"),
    ],
)
def test_files_that_are_no_text(tmp_path, data, words):
    """Said in words, before a line is read."""
    assert words in refusal(a_file(tmp_path, data)).what


def test_missing_files_folders_and_pipes(tmp_path):
    """No file, a folder, something that is no ordinary file (which would block for ever)."""
    assert refusal(tmp_path / "none.jsonl").what == "there is no file none.jsonl"
    assert "is a folder" in refusal(tmp_path).what
    os.mkfifo(tmp_path / "pipe")
    assert "is not an ordinary file" in refusal(tmp_path / "pipe").what


def test_the_size_has_a_limit(tmp_path):
    """A sparse file of 1,000,001 bytes under 1 MB; one byte less is read."""
    path = a_file(tmp_path, b"{}")
    os.truncate(path, 1_000_001)
    assert "has 1.0 MB; at most 1 MB are read" in refusal(path, 1).what
    os.truncate(path, 1_000_000)
    assert "is not text" in refusal(path, 1).what


def test_one_null_character_does_not_make_a_file_binary(tmp_path):
    """It spoils its own line only."""
    path = a_file(tmp_path, json.dumps(a_row()).encode() + b"\n\x00\n")
    assert [type(row).__name__ for row in rows_of(path)] == ["Candidate", "Rejected"]


@pytest.mark.parametrize(
    ("data", "words", "typed"),
    [
        (bz2.compress(b"{}"), "compressed (bzip2)", "bunzip2 calls.jsonl"),
        (b"\xfd7zXZ\x00....", "compressed (xz)", "unxz calls.jsonl"),
        (b"PK\x03\x04....", "zip archive", "unzip it"),
        ("id\n".encode("utf-16"), "UTF-16", "iconv -f UTF-16 -t UTF-8 calls.jsonl > NEW"),
        (gzip.compress(b"PAR1...."), "packed once more (gzip)", "unpack it"),
        (gzip.compress(gzip.compress(b"{}")), "packed twice", "unpack it"),
    ],
)
def test_what_to_type_instead(tmp_path, data, words, typed):
    """The command for this very file, where there is one."""
    found = refusal(a_file(tmp_path, data))
    assert words in found.what
    assert typed in found.fix
