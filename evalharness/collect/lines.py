"""Lines of a file one after the other, with their place; never more in memory than the cap on one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_SKIP = 1 << 20
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line as bytes with its line feed. `number` counts from 1; `offset` is in bytes from the start of the file.

    `data` is None for a line over the cap, whose bytes were passed over. `whole` tells whether it ended in a line feed.
    """

    number: int
    offset: int
    data: bytes | None
    whole: bool


@dataclass(frozen=True)
class Span:
    """A part of a plain file that begins with a line: its bytes from `start` to `end` (None: all). Its first line is `number`.

    `of`: device and inode of the file, where it is opened anew for this part: another file of its name is not read.
    """

    start: int = 0
    end: int | None = None
    number: int = 1
    of: tuple[int, int] | None = None


def read_lines(file: BinaryIO, cap: int, number: int = 1) -> Iterator[Line]:
    """The lines of the open file from its current position, where line `number` begins. A byte order mark at the start of the
    file is passed over."""
    offset, number = file.tell(), number - 1
    while data := file.readline(cap + 1):
        number += 1
        start, offset = offset, offset + len(data)
        whole = data.endswith(b"\n")
        if not whole and len(data) > cap:
            skipped, whole = _pass_over(file)
            offset += skipped
            yield Line(number, start, None, whole)
        else:
            yield Line(number, start, data.removeprefix(BOM) if start == 0 else data, whole)


def _pass_over(file: BinaryIO) -> tuple[int, bool]:
    """Reads on to the end of the line. Returns the bytes read and whether there was a line feed."""
    skipped = 0
    while chunk := file.readline(_SKIP):
        skipped += len(chunk)
        if chunk.endswith(b"\n"):
            return skipped, True
    return skipped, False
