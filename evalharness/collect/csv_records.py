"""CSV records one after the other with their line and byte offset; a broken record does not end the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evalharness import numbers
from evalharness.collect.inputs import open_input
from evalharness.collect.lines import Line, read_lines

DELIMITERS = (",", ";", "\t")
"""Signs between columns; the first one wins where a line has as many of each."""


@dataclass(frozen=True)
class Record:
    """One record: the line it begins on (from 1), where its bytes lie, and its cells, or why it cannot be read."""

    line: int
    offset: int
    cells: tuple[str, ...] = ()
    problem: str = ""


class _BrokenError(ValueError):
    """A line that cannot be part of a record."""


class _Feed:
    """Hands decoded lines to the csv module and knows where the current record began."""

    def __init__(self, lines: Iterator[Line], cap: int) -> None:
        self.lines, self.cap = lines, cap
        self.begin()

    def begin(self) -> None:
        """What follows is a new record."""
        self.first: Line | None = None
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.first = self.first or line
        self.size += len(line.data or b"")
        if line.data is None or self.size > self.cap:
            raise _BrokenError(f"the row is longer than {numbers.size(self.cap)} (or a quotation mark before it is never closed)")
        try:
            return line.data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _BrokenError(f"byte 0x{line.data[error.start]:02X} is not UTF-8; save the file as CSV UTF-8") from None


def delimiter_of(path: Path) -> str:
    """The sign between the columns: comma, semicolon or tab, whichever gives the first line the most.

    Raises OSError and InputError.
    """
    with open_input(path, cut_ok=True) as file:
        head = file.readline(1 << 16).decode("utf-8", "replace")
    return max(DELIMITERS, key=lambda sign: len(cells_of(head, sign)))


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line, whole or not; none where it is no CSV at all."""
    try:
        return next(csv.reader([line.rstrip("\r\n").removeprefix("\ufeff")], delimiter=delimiter), [])
    except csv.Error:
        return []


def read_records(file: BinaryIO, cap: int, delimiter: str = ",") -> Iterator[Record]:
    """The records of the open file; empty lines are no records. `cap`: bytes a record. No error is raised."""
    csv.field_size_limit(max(csv.field_size_limit(), cap))
    feed = _Feed(read_lines(file, cap), cap)
    reader = csv.reader(feed, strict=True, delimiter=delimiter)
    while True:
        feed.begin()
        problem, cells = "", []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _BrokenError as error:
            problem = str(error)
        except csv.Error as error:
            problem = _in_words(error)
        if problem:
            reader = csv.reader(feed, strict=True, delimiter=delimiter)
        first = feed.first
        if first is not None and (problem or cells):
            yield Record(first.number, first.offset, tuple(cells), problem)


def _in_words(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "the file ends in the middle of a row; is it still being written?"
    if "new-line character" in str(error):
        return "a carriage return stands outside quotation marks; save the file with usual line ends"
    return f"the row is not CSV ({error}); quotation marks inside a quoted cell are doubled"
