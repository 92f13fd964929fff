"""Many texts at once in bytes: found in every form, nowhere else, and in what they were cut into."""

from __future__ import annotations

import html
import json
import random
import zlib
from gzip import compress
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.store.needles import Needles, forms, pieces
from evalharness.store.purge_scan import files_of, scanned

SAID = 'My dog "Blitz" ate Müller\'s letter'
"""35 letters: looked for in pieces of 24."""


@pytest.mark.parametrize(
    "written",
    [
        SAID.encode(),
        SAID.encode("utf-16-le"),
        SAID.encode("utf-16-be"),
        json.dumps(SAID).encode(),
        json.dumps(json.dumps({"x": SAID})).encode(),
        html.escape(SAID).encode(),
        SAID.replace('"', '""').encode(),
    ],
)
def test_every_way_of_writing_it(written: bytes) -> None:
    """At any distance from the start, so at each of the eight shifts."""
    needles = Needles(pieces([SAID]))
    for before in range(9):
        assert set(needles.find(b"." * before + written + b"...")) != set()


def test_part_of_a_long_text(tmp_path: Path) -> None:
    """32 letters in a row hold a whole piece of 24 wherever they begin: pieces begin at every eighth letter."""
    text = " ".join(f"word{number}" for number in range(40))
    needles = Needles(pieces([text]))
    for start in range(len(text) - 32):
        assert set(needles.find(text[start : start + 32].encode())) != set()


@given(st.lists(st.text(min_size=8, max_size=40), min_size=1, max_size=5), st.binary(max_size=200), st.integers(0, 10**9))
def test_as_a_plain_search_finds_them(texts: list[str], noise: bytes, seed: int) -> None:
    """The numbers found are those of the pieces of which any form stands in the bytes."""
    needles = Needles(pieces(texts))
    chance = random.Random(seed)
    some = [chance.choice(sorted(forms(piece))) for piece in needles.pieces if chance.random() < 0.5]
    data = noise.join([b"", *some, b""])
    wanted = {n for n, piece in enumerate(needles.pieces) if any(form in data for form in forms(piece) if len(form) >= 8)}
    assert {number for number, _ in needles.find(data)} == wanted


def test_what_is_not_looked_for() -> None:
    """Under 8 bytes, and one small word of the vocabulary; 8 bytes are: "Müller " is 8 with its umlaut."""
    assert pieces(["Yes.", "appointment", "no_answer", "  short  ", "", "4155550132", "Anna Müller"]) == [
        "4155550132",
        "Anna Müller",
    ]


def test_the_texts_that_hold_any() -> None:
    """The first and the last; a text is not found across two."""
    needles = Needles(["abcdefgh1"])
    assert needles.within(["x abcdefgh1", None, "abcd", "efgh1", "abcdefgh1"]) == {0, 4}


def test_what_is_packed(tmp_path: Path) -> None:
    """As a member of a zip, in gzip and Zstandard, in a Parquet column and in lists of one; a clean and a broken file too."""
    (tmp_path / "plain.txt").write_text(SAID)
    (tmp_path / "a.gz").write_bytes(compress(SAID.encode()))
    with pa.CompressedOutputStream(str(tmp_path / "a.zst"), "zstd") as file:
        file.write(SAID.encode())
    with ZipFile(tmp_path / "a.xlsx", "w", 8) as book:
        book.writestr("sheet.xml", html.escape(SAID, quote=False) * 50)
    pq.write_table(pa.table({"x": ["a", SAID], "n": [1, 2]}), tmp_path / "a.parquet", compression="zstd")
    pq.write_table(pa.table({"x": pa.array([["b"], [SAID]])}), tmp_path / "b.parquet", compression="zstd")
    (tmp_path / "clean.txt").write_text("nothing")
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b" + zlib.compress(b"x"))
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    found, seen = scanned(files_of(tmp_path), Needles(pieces([SAID])))
    assert {path.name for path in found} == {"plain.txt", "a.gz", "a.zst", "a.xlsx", "a.parquet", "b.parquet"}
    assert seen["files"] == 9
