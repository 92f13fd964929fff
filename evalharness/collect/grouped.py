"""Rows that are turns: those with the same value under one key are one call, whatever the order of the file.

The file is read twice: first to count the rows of each call (about 100 bytes a call), then row by row. Only the rows of calls
that still miss one are held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from evalharness.collect.broken import Gaps, Guess, lacking
from evalharness.collect.map_values import look_up
from evalharness.collect.rows import RawRow
from evalharness.models.intake import Rejected

ROWS = "rows"
"""Under this key a call that is made of rows has them, as the list of its turns."""


def _no_guess(spans: Sequence[object]) -> list[set[str]]:
    return [set() for _ in spans]


def one_a_group(
    rows: Callable[[], Iterable[RawRow | Rejected]], by: str, file: str, guess: Guess = _no_guess
) -> Iterator[RawRow | Rejected]:
    """One row a call, in the order in which the calls are whole: the first value of each key, and the rows themselves.

    `rows` is read twice. A row without a value under `by` (a dotted path) belongs to no call and is rejected. The merged row
    stands at the first of its rows. A call of which a row cannot be read is not taken: each of its rows is rejected. `guess`
    finds in a row that cannot be read to which call it belongs; else it may be of the call before or after it.
    """
    due, spoiled = _counted(rows, by, guess)
    held: dict[str, list[RawRow]] = {}
    for row in rows():
        key = _key(row, by)
        if isinstance(row, Rejected):
            yield row
        elif key is None:
            yield Rejected(file=file, line=row.line, field=row.where + by, reason="is missing, so the row belongs to no call")
        elif key in spoiled:
            yield Rejected(file=file, line=row.line, field=row.where + by, reason=lacking(spoiled[key]))
        else:
            waiting = held.setdefault(key, [])
            waiting.append(row)
            if len(waiting) == due[key]:
                yield _merged(held.pop(key))
    yield from map(_merged, held.values())  # rows written since they were counted


def _counted(
    rows: Callable[[], Iterable[RawRow | Rejected]], by: str, guess: Guess
) -> tuple[Counter[str | None], dict[str, int]]:
    """How many rows each call has, and the calls that lack one, with its line."""
    due: Counter[str | None] = Counter()
    gaps = Gaps()
    for row in rows():
        key = _key(row, by)
        due[key] += 1
        gaps.add(row.line, key, lost=isinstance(row, Rejected))
    return due, gaps.spoiled(guess)


def _key(row: RawRow | Rejected, by: str) -> str | None:
    found = look_up(row.raw, by) if isinstance(row, RawRow) and isinstance(row.raw, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip() else None


def _merged(rows: list[RawRow]) -> RawRow:
    first: dict[str, Any] = {}
    for row in rows:
        for name, value in row.raw.items():
            if first.get(name) is None:
                first[name] = value
    return replace(rows[0], raw={**first, ROWS: [row.raw for row in rows]}, size=sum(row.size for row in rows))
