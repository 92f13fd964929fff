"""The draw on the engine: the n_h smallest keys of each stratum, or every k-th call.

Key = lower-case hex MD5 of the UTF-8 text `seed|week|source|id`; ties by source, id: the same calls on every engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import ibis

from evalharness.models.rule import parse_rule
from evalharness.models.sample import Design, DrawnCall, Stratum
from evalharness.store.engine_functions import md5, min_k
from evalharness.store.rule_sql import rule_sql


def gradable(calls: Any) -> Any:
    """The calls that can be drawn: those with a transcript."""
    return calls.filter(calls.has_transcript)


def stratum_index(calls: Any, strata: Sequence[Stratum]) -> Any:
    """The place of each call's stratum: the first rule that matches, else the first stratum without one, else -1."""
    rest = next((place for place, stratum in enumerate(strata) if stratum.when is None), -1)
    ruled = [(place, stratum.when) for place, stratum in enumerate(strata) if stratum.when is not None]
    branches = [(rule_sql(parse_rule(when), calls), place) for place, when in ruled]
    return ibis.cases(*branches, else_=rest) if branches else ibis.literal(rest)


def counts(calls: Any, strata: Sequence[Stratum]) -> Any:
    """Expression with the columns `place`, `calls`: how many gradable calls each stratum holds."""
    return calls.group_by(place=stratum_index(calls, strata)).agg(calls=lambda table: table.count())


def smallest(calls: Any, design: Design) -> Any:
    """Expression with the columns `place`, `ranked`: the k smallest structs (key, source, id), k the largest n_h."""
    strata = [size.stratum for size in design.strata]
    keyed = calls.select(place=stratum_index(calls, strata), key=_key(calls, design), source=calls.source, id=calls.id)
    ranked = ibis.struct({"key": keyed.key, "source": keyed.source, "id": keyed.id})
    return keyed.group_by("place").agg(ranked=min_k(ranked, max(size.drawn for size in design.strata)))


def _key(calls: Any, design: Design) -> Any:
    return md5(ibis.literal(f"{design.seed}|{design.week}|") + calls.source + "|" + calls.id)


def smallest_calls(rows: Sequence[dict[str, Any]], design: Design) -> list[DrawnCall]:
    """The drawn calls from the rows of `smallest`, in the order of strata, then keys."""
    ranked = {row["place"]: row["ranked"] for row in rows}
    drawn = []
    for place, size in enumerate(design.strata):
        drawn += [_drawn(size.stratum.name, **call) for call in ranked.get(place, ())[: size.drawn]]
    return drawn


def _drawn(stratum: str, *, key: str, source: str, id: str) -> DrawnCall:  # noqa: A002 - the field's name
    return DrawnCall(stratum=stratum, key=key, source=source, call_id=id)


def every_nth(calls: Any, design: Design) -> Any:
    """Expression with the columns `key`, `source`, `id`: each k-th call by start, source, id from md5(seed|week) mod k on."""
    step = design.every_nth or 1
    start = int(hashlib.md5(f"{design.seed}|{design.week}".encode(), usedforsecurity=False).hexdigest(), 16) % step
    order = [calls.started_at, calls.source, calls.id]
    place = ibis.row_number().over(order_by=order)
    numbered = calls.select(key=_key(calls, design), source=calls.source, id=calls.id, place=place)
    return numbered.filter(numbered.place % step == start).order_by("place").drop("place")


def every_nth_calls(rows: Sequence[dict[str, Any]], design: Design) -> list[DrawnCall]:
    """The drawn calls from the rows of `every_nth`, in time order."""
    return [_drawn(design.strata[0].stratum.name, **row) for row in rows]
