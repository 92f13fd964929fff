"""Several events of one call in one file are one call: they are merged before anything is decided about it.

Most files have one event a call: they are read once, as long as no call comes again (`Once`). Else the file is read twice
(`one_a_call`): first to count the events of each call (about 100 bytes a call), then call by call. Only the events of calls that
still miss one are held.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evalharness.collect.rows import Also, Completing, RawRow
from evalharness.models.intake import Rejected
from evalharness.models.noun import canonical_json


@dataclass(frozen=True)
class Events:
    """How a source tells the events of one call.

    `key`: the id of the call a payload belongs to. `rank`: how complete the call is by then. `merged`: the payloads from the
    earliest to the last as one, and of each but the first whether it brought anything. `complete`: from this rank on an event
    knows better than what is stored; below it only fills gaps. `sent`: when, where an event says so; of one rank the last counts.
    """

    key: Callable[[Any], str | None]
    rank: Callable[[Any], int]
    merged: Callable[[Sequence[Any]], tuple[Any, list[bool]]]
    complete: int
    sent: Callable[[Any], float] = lambda _: 0.0


class SeveralEventsError(Exception):
    """A call has more than one event in the file, so it has to be read as `one_a_call` does."""


class Once:
    """The calls of a file of which each event so far is another call, by digests of their keys (about 100 bytes a call)."""

    def __init__(self) -> None:
        self.keys: set[bytes] = set()

    def each(self, rows: Iterable[RawRow | Rejected], events: Events) -> Iterator[RawRow | Rejected]:
        """The rows as `one_a_call` has them where no call has a second event. Raises SeveralEventsError where one has."""
        for row in rows:
            if isinstance(row, Rejected):
                yield row
                continue
            if (key := events.key(row.raw)) is not None:
                self.add({hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()})
            yield _declared(row, events)

    def add(self, keys: set[bytes]) -> None:
        """Takes note of these calls. Raises SeveralEventsError where one of them was there before."""
        if not self.keys.isdisjoint(keys):
            raise SeveralEventsError
        self.keys |= keys


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
    yield from (_merged(waiting, events) for waiting in held.values())  # events written since they were counted


def laid_over(payloads: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], list[bool]]:
    """Objects laid over each other, and the objects in them; what one leaves out, or says nothing of, stays. For `merged`."""
    whole = _own(payloads[0])
    return whole, [_lay(whole, later) for later in payloads[1:]]


def _own(value: Any) -> Any:
    return {name: _own(one) for name, one in value.items()} if isinstance(value, dict) else value


def _lay(whole: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether it changed anything."""
    changed = False
    for name, value in later.items():
        held = whole.get(name)
        if isinstance(held, dict) and isinstance(value, dict):
            changed |= _lay(held, value)
        elif value not in (None, "", [], {}) and value != held:
            whole[name], changed = _own(value), True
    return changed


def _key(row: RawRow | Rejected, events: Events) -> str | None:
    return None if isinstance(row, Rejected) else events.key(row.raw)


def _merged(waiting: list[RawRow], events: Events) -> RawRow:
    """By rank and time; where both are the same the content decides, so that the order in the file does not."""
    first, *others = sorted(waiting, key=lambda row: (events.rank(row.raw), events.sent(row.raw), canonical_json(row.raw)))
    raw, new = events.merged([row.raw for row in (first, *others)])
    also = tuple(Also(row.line, row.where, brought) for row, brought in zip(others, new, strict=True))
    return _declared(replace(first, raw=raw, also=also, size=sum(row.size for row in waiting)), events)


def _declared(row: RawRow, events: Events) -> RawRow:
    completes: Completing = "replaces" if events.rank(row.raw) >= events.complete else "fills"
    return RawRow(row.raw, row.line, row.where, row.size, row.inferred, row.also, completes)
