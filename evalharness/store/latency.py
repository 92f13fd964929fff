"""All turns of a week pooled by (source, anchor): figures in arrays, not a million Python objects."""

from __future__ import annotations

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
    import pyarrow.compute as pc

    keys = table.select(["source", "anchor"]).group_by(["source", "anchor"]).aggregate([]).to_pylist()
    found = []
    for key in sorted(keys, key=lambda key: (key["source"], key["anchor"] or "")):
        anchor = pc.is_null(table["anchor"]) if key["anchor"] is None else pc.equal(table["anchor"], key["anchor"])
        mine = table.filter(pc.and_(pc.equal(table["source"], key["source"]), pc.fill_null(anchor, False)))
        found.append(_pool(key["source"], key["anchor"], mine))
    return found


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
