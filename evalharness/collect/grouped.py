"""Rows that are turns: those with the same value under one key are one call, whatever the order of the file.

The file is read twice: first to count the rows of each call (about 100 bytes a call), then row by row. Only the rows of calls
that still miss one are held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from evalharness.collect.map_values import look_up
from evalharness.collect.rows import RawRow
from evalharness.models.intake import Rejected

ROWS = "rows"
"""Under this key a call that is made of rows has them, as the list of its turns."""


def one_a_group(rows: Callable[[], Iterable[RawRow | Rejected]], by: str, file: str) -> Iterator[RawRow | Rejected]:
    """One row a call, in the order in which the calls are whole: the first value of each key, and the rows themselves.

    `rows` is read twice. A row without a value under `by` (a dotted path) belongs to no call and is rejected. The merged row
    stands at the first of its rows.
    """
    due = Counter(_key(row, by) for row in rows())
    held: dict[str, list[RawRow]] = {}
    for row in rows():
        key = _key(row, by)
        if isinstance(row, Rejected):
            yield row
        elif key is None:
            yield Rejected(file=file, line=row.line, field=row.where + by, reason="is missing, so the row belongs to no call")
        else:
            waiting = held.setdefault(key, [])
            waiting.append(row)
            if len(waiting) == due[key]:
                yield _merged(held.pop(key))
    yield from map(_merged, held.values())  # rows written since they were counted


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
