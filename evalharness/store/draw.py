"""The draw on the engine: the n_h smallest keys of each stratum, or every k-th call.

Key = lower-case hex MD5 of the UTF-8 text `seed|week|source|id`; ties by source, id: the same calls on every engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
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


def minutes(calls: Any) -> Any:
    """Expression with the columns `minute` (naive, UTC), `held`: how many calls began in each minute, in time order.

    `every_nth` needs only the few minutes that hold a drawn call: to sort 10 million calls takes 1.2 GB, this takes none.
    """
    return calls.group_by(minute=_minute(calls)).agg(held=calls.count()).order_by("minute")


def _minute(calls: Any) -> Any:
    return calls.started_at.truncate("m")


def first_places(held: Sequence[dict[str, Any]], design: Design) -> dict[datetime, int]:
    """From the rows of `minutes`: each minute that holds a drawn call, with the place of its first call in the week (from 0)."""
    step, place = design.every_nth or 1, 0
    found: dict[datetime, int] = {}
    for row in held:
        if (_start(design) - place) % step < row["held"]:
            found[row["minute"]] = place
        place += row["held"]
    return found


def _start(design: Design) -> int:
    return int(_md5(f"{design.seed}|{design.week}"), 16) % (design.every_nth or 1)


def within(calls: Any, wanted: Iterable[datetime]) -> Any:
    """Expression with the columns `source`, `id`, `minute`: the calls of these minutes by start, source, id."""
    chosen = calls.filter(_minute(calls).isin(list(wanted)))
    return chosen.select("started_at", "source", "id", minute=_minute(chosen)).order_by("started_at", "source", "id")


def every_nth_calls(rows: Sequence[dict[str, Any]], places: dict[datetime, int], design: Design) -> list[DrawnCall]:
    """The calls at the places md5(seed|week) mod k, that + k ..., from the rows of `within`, in time order."""
    drawn = []
    following = dict(places)
    for row in rows:
        place = following[row["minute"]]
        following[row["minute"]] += 1
        if place % (design.every_nth or 1) == _start(design):
            key = _md5(f"{design.seed}|{design.week}|{row['source']}|{row['id']}")
            drawn.append(_drawn(design.strata[0].stratum.name, key=key, source=row["source"], id=row["id"]))
    return drawn


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
