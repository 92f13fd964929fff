"""To which calls the rows belong that cannot be read: a call is not taken without one of its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalharness.collect.csv_records import cells_of, delimiter_of
from evalharness.collect.inputs import open_input
from evalharness.collect.lines import read_lines

Span = tuple[int, int | None]
"""The lines of a row that cannot be read: from, up to where the next row begins (None: to the end of the file)."""
Guess = Callable[[Sequence[Span]], list[set[str]]]
"""The keys of calls that stand in the lines of each span; none where they show no key."""


@dataclass
class _Gap:
    """One row that cannot be read: where, up to where, and the keys of the rows right beside it."""

    line: int
    end: int | None
    beside: set[str]


class Gaps:
    """The rows of a file that cannot be read, as its rows go by in order, and which calls lack them."""

    def __init__(self) -> None:
        self._found: list[_Gap] = []
        self._open = 0
        self._last: str | None = None

    def add(self, line: int | None, key: str | None, *, lost: bool) -> None:
        """The next row: of this call (None: of none), or one that cannot be read."""
        if lost:
            self._lose(line)
        else:
            self._close(line, key)
            self._last = key

    def _lose(self, line: int | None) -> None:
        for gap in self._found[-1:]:
            gap.end = gap.end or line
        self._found.append(_Gap(line or 0, None, set() if self._last is None else {self._last}))

    def _close(self, line: int | None, key: str | None) -> None:
        for gap in self._found[self._open :]:
            gap.end = gap.end or line
            gap.beside |= set() if key is None else {key}
        self._open = len(self._found)

    def spoiled(self, guess: Guess) -> dict[str, int]:
        """Key of each call that lacks a row -> the line of that row. Where its own text shows no key, it may be of the call of
        the row before it or of the row after it: neither is whole for certain."""
        shown = guess([(gap.line, gap.end) for gap in self._found]) if self._found else []
        found: dict[str, int] = {}
        for gap, keys in zip(self._found, shown, strict=True):
            for key in keys or gap.beside:
                found.setdefault(key, gap.line)
        return found


def lacking(line: int, where: str = "") -> str:
    """Why a call is not taken of which the row on that line cannot be read."""
    return f"line {line}{where}, a row of this call, cannot be read: a call is taken whole or not at all; collect the mended file"


def guess_in(path: Path, by: str, *, table: bool) -> Guess:
    """The keys under the column `by` of a table, or under the last name of a dotted path in lines of JSON."""
    return lambda spans: _keys(path, spans, _in_cells(path, by) if table else _in_json(by))


def _keys(path: Path, spans: Sequence[Span], read: Callable[[str], Iterable[str]]) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in spans]
    for at, text in _lines(path, spans):
        found[at] |= {key for key in read(text) if key.strip()}
    return found


def _lines(path: Path, spans: Sequence[Span]) -> Iterator[tuple[int, str]]:
    """The text of the lines of the spans, which come in the order of the file, with the number of the span."""
    at = 0
    with open_input(path, cut_ok=True) as file:
        for line in read_lines(file, 1 << 20):
            while at < len(spans) and (end := spans[at][1]) is not None and line.number >= end:
                at += 1
            if at == len(spans):
                return
            if line.number >= spans[at][0] and line.data is not None:
                yield at, line.data.decode("utf-8", "replace")


def _in_cells(path: Path, column: str) -> Callable[[str], Iterable[str]]:
    sign = delimiter_of(path)
    with open_input(path, cut_ok=True) as file:
        head = (next(read_lines(file, 1 << 20)).data or b"").decode("utf-8", "replace")
    names = [name.strip() for name in cells_of(head, sign)]
    place = names.index(column) if column in names else len(names)

    def read(text: str) -> Iterable[str]:
        cells = cells_of(text, sign)
        return [cells[place]] if place + 1 < len(cells) or place + 1 == len(cells) == len(names) else []

    return read


def _in_json(by: str) -> Callable[[str], Iterable[str]]:
    name = re.escape(by.rpartition(".")[2])
    pattern = re.compile(rf'"{name}"\s*:\s*(?:"([^"\\]*)"|(-?[0-9]+)\b)')
    return lambda text: [one[1] if one[1] is not None else one[2] for one in pattern.finditer(text)]
