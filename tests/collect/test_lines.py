"""Lines with their place, and a cap on how much of one is ever in memory."""

import io

from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect.lines import Line, read_lines


def lines(data: bytes, cap: int = 100) -> list[Line]:
    return list(read_lines(io.BytesIO(data), cap))


def test_places_and_whole_lines():
    """Numbers count from 1, offsets in bytes; the last line has no line feed."""
    assert lines(b"ab\n\nc") == [Line(1, 0, b"ab\n", whole=True), Line(2, 3, b"\n", whole=True), Line(3, 4, b"c", whole=False)]


def test_a_byte_order_mark_is_passed_over_at_the_start_of_the_file_only():
    """The second line keeps its bytes."""
    assert [line.data for line in lines(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n")] == [b"a\n", b"\xef\xbb\xbfb\n"]


def test_a_line_over_the_cap_is_passed_over():
    """Cap 3: a line of 3 bytes and its line feed is read, one of 4 bytes is not; what follows keeps its place."""
    assert lines(b"abc\nabcd\nx\n", cap=3) == [
        Line(1, 0, b"abc\n", whole=True),
        Line(2, 4, None, whole=True),
        Line(3, 9, b"x\n", whole=True),
    ]
    assert lines(b"abcdefgh", cap=3) == [Line(1, 0, None, whole=False)]


def test_a_long_line_is_read_in_pieces():
    """A line of 3 MB under a cap of 10 bytes: no read asks for more than 1 MB."""
    asked = []

    class Watched(io.BytesIO):
        def readline(self, size: int = -1) -> bytes:
            asked.append(size)
            return super().readline(size)

    found = list(read_lines(Watched(b"x" * 3_000_000 + b"\nend\n"), 10))
    assert [(line.number, line.offset, line.data) for line in found] == [(1, 0, None), (2, 3_000_001, b"end\n")]
    assert max(asked) == 1 << 20


@given(st.lists(st.binary(max_size=12).map(lambda data: data.replace(b"\n", b"")), max_size=8), st.integers(1, 10))
def test_no_byte_is_lost(parts, cap):
    """Offsets and lengths of all lines cover the file, whatever is passed over."""
    data = b"\n".join([*parts, b"end"])
    found = lines(data, cap)
    ends = [line.offset for line in found[1:]] + [len(data)]
    for line, end in zip(found, ends, strict=True):
        piece = data[line.offset : end]
        assert line.data in (None, piece, piece.removeprefix(b"\xef\xbb\xbf"))
        assert (line.data is None) == (len(piece.rstrip(b"\n")) > cap)
