"""What the calls of a week cost, counted by the engine: no object a call, sums exact and rounded once."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalharness.models.call import COST_COMPONENTS
from evalharness.models.cost import AgentCost, CostPart

_LEGS, _AS_OF, _MARK = "/transfer_leg_cost_usd", "/cost_reckoned/as_of", "/cost_reckoned/total"


def rows(calls: Any, currency: str) -> Any:
    """Expression with a row a call that reports a cost in `currency`: `inside` 1.0 where the log does not show it as out of
    scope, `total`, `seconds`, a column a component, `legs`, and of a reckoned cost `as_of` and `mark`."""
    from evalharness.store.engine_functions import json_text

    priced = calls.filter((calls.currency == currency) & calls.cost_usd.notnull())
    parts = {name: json_text(priced.cost, f"/components/{name}").cast("float64") for name in COST_COMPONENTS}
    return priced.select(
        inside=(priced.outcome != "out_of_scope").cast("float64"),
        total=priced.cost_usd,
        seconds=priced.duration_s,
        legs=json_text(priced.metadata, _LEGS).try_cast("float64"),
        as_of=json_text(priced.metadata, _AS_OF),
        mark=json_text(priced.metadata, _MARK).try_cast("float64"),
        **parts,
    )


def to_cost(table: Any) -> AgentCost:
    """From the pyarrow Table of `rows`; no order of the calls changes it."""
    inside = _numbers(table, "inside") > 0
    total, seconds, legs = (_numbers(table, name) for name in ("total", "seconds", "legs"))
    named = [(name, _numbers(table, name)) for name in COST_COMPONENTS]
    parts = [_part(name, amounts[inside], seconds[inside]) for name, amounts in (*named, ("total", total))]
    legs = legs[inside & (legs > 0)]
    outside = total[~inside]
    held = inside & (_numbers(table, "mark") == total)
    return AgentCost(
        parts=tuple(part for part in parts if part is not None),
        outside=(int(outside.size), math.fsum(outside)),
        legs=(int(legs.size), math.fsum(legs)),
        reckoned=_dates(table, held) if held.any() else {},
    )


def _numbers(table: Any, name: str) -> NDArray[np.float64]:
    """The column, NaN where it is NULL."""
    return np.from_dlpack(table[name].combine_chunks().fill_null(math.nan)).astype(np.float64, copy=False)


def _part(name: str, amounts: NDArray[np.float64], seconds: NDArray[np.float64]) -> CostPart | None:
    known = ~np.isnan(amounts)
    if not known.any():
        return None
    timed = known & (seconds > 0)
    fields: dict[str, Any] = {"component": name, "calls": int(known.sum()), "amount": math.fsum(amounts[known])}
    return CostPart(**fields, timed_amount=math.fsum(amounts[timed]), seconds=math.fsum(seconds[timed]))


def _dates(table: Any, held: NDArray[np.bool_]) -> dict[str, int]:
    found = Counter(as_of for as_of, here in zip(table["as_of"].to_pylist(), held, strict=True) if here and as_of)
    return dict(sorted(found.items()))
