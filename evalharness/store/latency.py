"""All turns of a week pooled by (source, anchor): figures in arrays, not a million Python objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from evalharness.models.facts import LatencyPool

SLOW_MS = 1500
_COUNTS = ("changes", "unanswered", "overlaps", "rejected", "missing")


def pooled(measures: Any) -> Any:
    """The `measures` rows that hold an anchor's figures, ordered by source, anchor, call."""
    held = measures.filter(measures.position >= 0)
    return held.select("source", "anchor", "call_id", "values_ms", *_COUNTS).order_by("source", "anchor", "call_id")


def pools(table: Any) -> list[LatencyPool]:
    """One pool a (source, anchor) from the pyarrow Table of `pooled`."""
    found = []
    for source, mine in _groups(table, "source"):
        found += [_pool(source, anchor, rows) for anchor, rows in _groups(mine, "anchor")]
    return found


def _groups(table: Any, column: str) -> Iterator[tuple[Any, Any]]:
    """(value, its rows) for each value of the column in order, an empty one last.

    Not Table.group_by: pyarrow's engine for it imports pandas.
    """
    import pyarrow.compute as pc

    values = pc.unique(table[column]).to_pylist()
    for value in sorted(value for value in values if value is not None):
        yield value, table.filter(pc.equal(table[column], value))
    if None in values:
        yield None, table.filter(pc.is_null(table[column]))


def _pool(source: str, anchor: Any, table: Any) -> LatencyPool:
    lists = table["values_ms"].combine_chunks()
    values = lists.flatten().to_numpy(zero_copy_only=False)
    lengths = np.diff(lists.offsets.to_numpy(zero_copy_only=False))
    unanswered = table["unanswered"].to_numpy()
    timed = (lengths > 0) | (unanswered > 0)
    call_of = np.repeat(np.cumsum(timed) - 1, lengths)
    slow = np.bincount(call_of, weights=values > SLOW_MS, minlength=int(timed.sum())) > 0
    sums = {name: int(table[name].to_numpy().sum()) for name in _COUNTS}
    return LatencyPool(
        source=source,
        anchor=anchor,
        values_ms=tuple(values.tolist()),
        call_index=tuple(call_of.tolist()),
        calls=int(timed.sum()),
        slow_calls=int((slow | (unanswered[timed] > 0)).sum()),
        **sums,
    )
