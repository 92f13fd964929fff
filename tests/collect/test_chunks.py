"""Lines in chunks: all events of a call in one, in the order in which one process would read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect.chunks import CHUNK_BYTES, chunks, chunks_of_events, spans
from evalharness.collect.lines import Line, Span, read_lines
from evalharness.collect.reading import lines_of
from evalharness.collect.rows import Limits
from evalharness.models.intake import Rejected


def line(number: int, key: str = "") -> Line:
    return Line(number, 0, key.encode(), True)


def keys_of(several):
    return ([[one.data.decode() or None] for one in chunk] for chunk in several)


def test_chunks_hold_all_lines_in_order():
    """Three lines of more than half a chunk each: two and one; a cut at the end goes along."""
    lines = [Line(number, 0, b"a" * (CHUNK_BYTES // 2 + 1), True) for number in (1, 2, 3)]
    cut = Rejected(file="x", line=4, field="", reason="cut")
    assert list(chunks([*lines, cut])) == [lines[:2], [lines[2], cut]]


def test_events_of_a_call_stand_where_the_last_one_does():
    """a1 b1 - c1 a2 b2: without a key and alone at once, then a, then b: as one process would give them."""
    lines = [line(1, "a"), line(2, "b"), line(3), line(4, "c"), line(5, "a"), line(6, "b")]
    found = chunks_of_events(lambda: lines, keys_of)
    assert found is not None
    assert [one.number for chunk in found for one in chunk] == [3, 4, 1, 5, 2, 6]


def test_spans_end_behind_line_feeds(tmp_path, monkeypatch):
    """Reads of 4 bytes: "ab\\n" in the first; "cdefgh\\n" is longer than one; then an empty line; "xy" has no end."""
    monkeypatch.setattr("evalharness.collect.chunks.CHUNK_BYTES", 4)
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b"ab\ncdefgh\n\nxyz")
    of = path.stat().st_dev, path.stat().st_ino
    assert list(spans(path, 13)) == [Span(0, 3, 1, of), Span(3, 11, 2, of), Span(11, 13, 4, of)]
    assert list(spans(path, 2)) == [Span(0, 2, 1, of)]
    assert list(spans(path, 0)) == []


@given(
    data=st.lists(st.sampled_from([b"\xef\xbb\xbf", b"{}", b"\n", b"\r\n", b" ", b"a" * 9])).map(b"".join),
    size=st.integers(1, 12),
)
def test_spans_hold_the_lines_of_the_file(tmp_path_factory, data, size):
    """Read part by part, whatever its length: the same lines with the same numbers, offsets and ends as read in one."""
    path = tmp_path_factory.mktemp("spans") / "calls.jsonl"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evalharness.collect.chunks.CHUNK_BYTES", size)
        parts = list(spans(path, len(data)))
    assert [line for part in parts for line in lines_of(path, Limits(), part)] == list(lines_of(path, Limits()))
    with path.open("rb") as file:
        assert len(parts) <= len(list(read_lines(file, 100)))


def test_a_line_with_two_calls_cannot_be_read_apart():
    """Its events may belong to calls of other lines, each in a chunk of its own."""
    assert chunks_of_events(lambda: [line(1)], lambda several: ([["a", "b"]] for _ in several)) is None
