"""All turns of a week pooled by (source, anchor): figures in arrays, not a million Python objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evalharness.models.facts import LatencyPool

SLOW_MS = 1500
_LAST = "~"  # after every anchor's name
_COUNTS = ("changes", "unanswered", "overlaps", "rejected", "missing")


def held(measures: Any) -> Any:
    """The `measures` rows that hold an anchor's figures."""
    return measures.filter(measures.position >= 0)


def groups(rows: Any) -> Any:
    """Expression with the columns `source`, `anchor`, `n`: the rows of each pool, in the order of `figures`."""
    counted = rows.group_by("source", "anchor").agg(n=rows.count())
    return counted.order_by(*_order(counted))


def figures(rows: Any) -> Any:
    """Expression with the figures of each call, ordered by source, anchor (an empty one last), call."""
    held = rows.select("source", "anchor", "call_id", "values_ms", *_COUNTS)
    return held.order_by(*_order(held), "call_id")


def _order(rows: Any) -> list[Any]:
    return [rows.source, rows.anchor.fill_null(_LAST)]


def pools(groups: Sequence[dict[str, Any]], figures: Any) -> list[LatencyPool]:
    """One pool a (source, anchor) from the rows of `groups` and the pyarrow Table of `figures`.

    Cut by position: pyarrow's own grouping, filtering and `to_numpy` import pandas.
    """
    found, first = [], 0
    for group in groups:
        found.append(_pool(group["source"], group["anchor"], figures.slice(first, group["n"])))
        first += group["n"]
    return found


def _pool(source: str, anchor: Any, table: Any) -> LatencyPool:
    lists = table["values_ms"].combine_chunks()
    values, lengths = np.asarray(np.from_dlpack(lists.flatten()), dtype=np.float64), np.diff(np.from_dlpack(lists.offsets))
    counts = {name: np.asarray(np.from_dlpack(table[name].combine_chunks()), dtype=np.int64) for name in _COUNTS}
    unanswered = counts.pop("unanswered")
    timed = (lengths > 0) | (unanswered > 0)
    number = np.cumsum(timed) - 1
    call_of, unanswered_of = np.repeat(number, lengths), np.repeat(number, unanswered)
    slow = np.bincount(call_of, weights=values > SLOW_MS, minlength=int(timed.sum())) > 0
    slow[unanswered_of] = True
    return LatencyPool(
        source=source,
        anchor=anchor,
        values_ms=values,
        call_index=call_of,
        unanswered_index=unanswered_of,
        calls=int(timed.sum()),
        slow_calls=int(slow.sum()),
        **{name: int(count.sum()) for name, count in counts.items()},
    )
