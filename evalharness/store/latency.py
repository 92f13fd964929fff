"""All turns of a week pooled by (source, anchor): figures in arrays, not a million Python objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalharness.models.facts import PARTS, LatencyPool

SLOW_MS = 1500
_LAST = "~"  # after every anchor's name
_COUNTS = ("changes", "unanswered", "overlaps", "rejected", "missing")
BY = ("version", "intent", "hour")
_LISTS = ("values_ms", "tool_ms", "plain_ms")


def held(measures: Any, calls: Any) -> Any:
    """The `measures` rows of these calls that hold an anchor's figures, with the groups the call is in ("" = none is named)."""
    named = {name: calls[name].cast("string").fill_null("") for name in BY}
    wanted = calls.select("source", call_id="id", **named)
    return measures.filter(measures.position >= 0).inner_join(wanted, ["source", "call_id"])


def groups(rows: Any) -> Any:
    """Expression with the columns `source`, `anchor`, `n`: the rows of each pool, in the order of `figures`."""
    counted = rows.group_by("source", "anchor").agg(n=rows.count())
    return counted.order_by(*_order(counted))


def figures(rows: Any) -> Any:
    """Expression with the figures of each call, ordered by source, anchor (an empty one last), call.

    Parts of a call that has none are empty, also where its file was written before they were kept."""
    parts = {name: rows[f"part_{name}"].fill_null([]) for name in PARTS if f"part_{name}" in rows.columns}
    found = rows.select(
        "source", "anchor", "call_id", *_LISTS, *_COUNTS, *BY, **{f"part_{name}": one for name, one in parts.items()}
    )
    return found.order_by(*_order(found), "call_id")


def _order(rows: Any) -> list[Any]:
    return [rows.source, rows.anchor.fill_null(_LAST)]


def pools(groups: Sequence[dict[str, Any]], figures: Any) -> list[LatencyPool]:
    """One pool a (source, anchor) from the rows of `groups` and the pyarrow Table of `figures`.

    Cut by position: pyarrow's own grouping, filtering and `to_numpy` import pandas.
    """
    named = {name: figures[name].combine_chunks().dictionary_encode() for name in BY}
    names = {name: column.dictionary.to_pylist() for name, column in named.items()}
    codes = {name: np.asarray(np.from_dlpack(column.indices), dtype=np.int64) for name, column in named.items()}
    found, first = [], 0
    for group in groups:
        rows = slice(first, first + group["n"])
        of_calls = {name: column[rows] for name, column in codes.items()}
        found.append(_pool(group["source"], group["anchor"], figures.slice(first, group["n"]), (names, of_calls)))
        first = rows.stop
    return found


_Groups = tuple[Mapping[str, Sequence[str]], Mapping[str, NDArray[np.int64]]]


def _pool(source: str, anchor: Any, table: Any, grouped: _Groups) -> LatencyPool:
    lists = {name: _flat(table[name]) for name in _LISTS}
    values, lengths = lists["values_ms"]
    counts = {name: np.asarray(np.from_dlpack(table[name].combine_chunks()), dtype=np.int64) for name in _COUNTS}
    unanswered = counts.pop("unanswered")
    timed = (lengths > 0) | (unanswered > 0)
    number = np.cumsum(timed) - 1
    call_of, unanswered_of = np.repeat(number, lengths), np.repeat(number, unanswered)
    slow = np.bincount(call_of, weights=values > SLOW_MS, minlength=int(timed.sum())) > 0
    slow[unanswered_of] = True
    names, codes = grouped
    return LatencyPool(
        source=source,
        anchor=anchor,
        values_ms=values,
        call_index=call_of,
        unanswered_index=unanswered_of,
        calls=int(timed.sum()),
        slow_calls=int(slow.sum()),
        due_calls=int((timed | (counts["changes"] > counts["overlaps"])).sum()),
        **{name: int(count.sum()) for name, count in counts.items()},
        tool_ms=lists["tool_ms"][0],
        plain_ms=lists["plain_ms"][0],
        parts_ms=_parts(table, lengths),
        groups=names,
        group_of={name: of_calls[timed] for name, of_calls in codes.items()},
    )


def _flat(column: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The numbers of a column of lists one after the other, and how many each row has."""
    lists = column.combine_chunks()
    return np.asarray(np.from_dlpack(lists.flatten()), dtype=np.float64), np.diff(np.from_dlpack(lists.offsets))


def _parts(table: Any, lengths: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Each part that any call reports, over all replies: 0 where a call does not report it."""
    found = {}
    for name in PARTS:
        if f"part_{name}" not in table.column_names:
            continue
        flat, own = _flat(table[f"part_{name}"])
        if flat.size:
            found[name] = np.zeros(int(lengths.sum()))
            found[name][np.repeat(own > 0, lengths)] = flat
    return found
