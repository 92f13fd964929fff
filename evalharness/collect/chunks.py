"""The lines of a file in chunks that can be read apart from each other, in the order in which one process would read them.

Of a plain file a chunk is a place in it: whoever works on it reads it, and its bytes do not travel.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from evalharness.collect.lines import Line, Span
from evalharness.models.intake import Rejected

Chunk = list[Line | Rejected]
Keys = list[list[str | None]]
CHUNK_BYTES = 1 << 19


def chunks(lines: Iterable[Line | Rejected]) -> Iterator[Chunk]:
    """The lines, about half a megabyte at a time."""
    return _packed([line] for line in lines)


def spans(path: Path, end: int) -> Iterator[Span]:
    """The first `end` bytes of a plain file, about half a megabyte at a time; each ends behind a line feed, but for the last."""
    start = reached = 0
    number = 1
    block = memoryview(held := bytearray(CHUNK_BYTES))  # one for all: a new one each time costs more than what is read into it
    with path.open("rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        of = status.st_dev, status.st_ino
        while size := file.readinto(block[: end - reached]):
            if feeds := held.count(b"\n", 0, size):
                stop = reached + held.rindex(b"\n", 0, size) + 1
                yield Span(start, stop, number, of)
                start, number = stop, number + feeds
            reached += size
    if start < reached:
        yield Span(start, reached, number, of)


def chunks_of_events(
    lines: Callable[[], Iterable[Line | Rejected]], keys_of: Callable[[Iterable[Chunk]], Iterable[Keys]]
) -> Iterator[Chunk] | None:
    """Chunks that hold all events of a call together; `lines` is read twice. None where a line holds more than one call.

    `keys_of`: the keys of each line of each chunk. A call stands where its last event does; only lines of calls that still miss
    one are held.
    """
    keys: list[str | None] = []
    for found in keys_of(chunks(lines())):
        if any(len(one) > 1 for one in found):
            return None
        keys += [one[0] if one else None for one in found]
    return _packed(_together(lines(), keys))


def _together(lines: Iterable[Line | Rejected], keys: Sequence[str | None]) -> Iterator[Sequence[Line | Rejected]]:
    due = Counter(keys)
    held: dict[str, Chunk] = {}
    for line, key in zip(lines, keys, strict=False):
        if key is None or due[key] == 1:
            yield [line]
            continue
        held.setdefault(key, []).append(line)
        if len(held[key]) == due[key]:
            yield held.pop(key)


def _packed(units: Iterable[Sequence[Line | Rejected]]) -> Iterator[Chunk]:
    chunk: Chunk = []
    size = 0
    for unit in units:
        chunk += unit
        size += sum(len(line.data or b"") for line in unit if isinstance(line, Line))
        if size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
