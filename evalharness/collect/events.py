"""Several events of one call in one file are one call: they are merged before anything is decided about it.

The file is read twice: first to count the events of each call (about 100 bytes a call), then call by call. Only the events
of calls that still miss one are held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from evalharness.collect.rows import Also, RawRow
from evalharness.models.intake import Rejected


@dataclass(frozen=True)
class Events:
    """How a source tells the events of one call.

    `key`: the id of the call a payload belongs to. `rank`: how complete the call is by then. `merged`: (earlier, later) as
    one payload. `complete`: from this rank on an event knows better than what is stored; below it only fills gaps.
    """

    key: Callable[[Any], str | None]
    rank: Callable[[Any], int]
    merged: Callable[[Any, Any], Any]
    complete: int


def one_a_call(rows: Callable[[], Iterable[RawRow | Rejected]], events: Events) -> Iterator[RawRow | Rejected]:
    """The rows with the events of a call merged, in the order in which the calls are whole. `rows` is read twice.

    The merged row stands at its first event; `also` has the place of each other one and whether it brought anything new.
    """
    due = Counter(_key(row, events) for row in rows())
    held: dict[str, list[RawRow]] = {}
    for row in rows():
        key = _key(row, events)
        if key is None or isinstance(row, Rejected) or due[key] == 1:
            yield row if isinstance(row, Rejected) else _declared(row, events)
            continue
        waiting = held.setdefault(key, [])
        waiting.append(row)
        if len(waiting) == due[key]:
            yield _merged(held.pop(key), events)


def _key(row: RawRow | Rejected, events: Events) -> str | None:
    return None if isinstance(row, Rejected) else events.key(row.raw)


def _merged(waiting: list[RawRow], events: Events) -> RawRow:
    first, *others = sorted(waiting, key=lambda row: events.rank(row.raw))
    raw, also = events.merged(first.raw, first.raw), []
    for row in others:
        whole = events.merged(raw, row.raw)
        also.append(Also(row.line, row.where, whole != raw))
        raw = whole
    size = sum(row.size for row in waiting)
    return _declared(replace(first, raw=raw, also=tuple(also), size=size), events)


def _declared(row: RawRow, events: Events) -> RawRow:
    return replace(row, completes="replaces" if events.rank(row.raw) >= events.complete else "fills")
