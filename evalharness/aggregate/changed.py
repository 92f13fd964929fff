"""What is another than in the week before, and which groups of calls go with it. Counts only, never a cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness.models.trend import BY_THE_LOG, MovedPart, Movement, Trend, TrendPoint, WeekTrends, WhatChanged
from evalharness.models.weekly import Groups, Tallied, WeekFigures

SHOWN = ("resolution_rate", "clear_failure_rate", "latency_p50_ms", "latency_p99_ms", "cost_per_call", "call_score")
KINDS = ("stratum", "intent", "version", "hour", "criterion", "error_tag")
FEWEST = 10
"""Calls of a week below which a movement says that there are few."""
_NOTHING = Tallied(hits=0, calls=0, part=0.0)


def what_changed(found: WeekTrends, weeks: Sequence[WeekFigures], week: str | None = None) -> WhatChanged:
    """`week` (default: the last one) beside the newest week before it that has figures.

    A movement for every measure that is joined to that week and of which both have a value: the clear ones first, then the main
    measures in their order, then the rest. The parts of each kind of group add up to the difference; criteria and error tags
    have counts alone. What moved together is told, never which of them made it.
    """
    known = {one.week.week: one for one in weeks}
    last = week or (found.weeks[-1].week if found.weeks else "")
    if last not in known:
        return WhatChanged.model_validate({"week": last, "why_not": "the week is not drawn"})
    shifts = tuple(one for one in found.shifts if one.week == last)
    before = max((one for one in known if one < last), default=None)
    if before is None:
        return WhatChanged(week=last, shifts=shifts, why_not="no week before it is drawn")
    moved = [one for trend in found.trends for one in _movement(trend, last, before, known)]
    moved.sort(key=lambda one: (not one.clear, _place(one.measure)))
    return WhatChanged(
        week=last, before=before, movements=tuple(moved), shifts=shifts, why_not="" if moved else _why(found, last)
    )


def _place(measure: str) -> int:
    return SHOWN.index(measure) if measure in SHOWN else len(SHOWN)


def _why(found: WeekTrends, week: str) -> str:
    broken = [trend.name for trend in found.trends for point in trend.points if point.week == week and point.breaks]
    return "no figure means what it meant before" if broken else "no figure has a value in both weeks"


def _movement(trend: Trend, last: str, before: str, known: dict[str, WeekFigures]) -> Iterator[Movement]:
    points = {point.week: point for point in trend.points}
    now = points[last]
    less = now.difference
    if less is None or less.before != before or not less.value:
        return
    then = points[before].measure
    low, high = less.low, less.high
    yield Movement(
        measure=trend.name,
        difference=less,
        clear=(low is not None and low > 0) or (high is not None and high < 0),
        n=now.measure.n,
        n_before=then.n,
        parts=tuple(_parts(known[last].groups.get(trend.name, {}), known[before].groups.get(trend.name, {}))),
        note=_note(now, then.n, known[last].held or known[before].held),
    )


def _note(now: TrendPoint, n_before: int, held: bool) -> str:
    few = f"few calls: {now.measure.n}, and {n_before} before" if min(now.measure.n, n_before) < FEWEST else ""
    back = "graded calls are not told apart while somebody is still to grade some of them" if held else ""
    return "; ".join(part for part in (few, back if now.measure.basis == "sample" else "") if part)


def _parts(now: Groups, before: Groups) -> Iterator[MovedPart]:
    """The groups of each kind that both weeks tell, those that moved most first."""
    for kind in KINDS:
        if (kind in now) != (kind in before) and kind != "error_tag":
            continue
        first, second = now.get(kind, {}), before.get(kind, {})
        none, none_before = (_none_of(kind, groups) for groups in (now, before))
        names = dict.fromkeys((*first, *second))
        found = [_part(kind, name, first.get(name, none), second.get(name, none_before)) for name in names]
        yield from sorted(found, key=lambda one: (-abs(one.moved if one.moved is not None else _rise(one)), one.name))


def _none_of(kind: str, groups: Groups) -> Tallied | None:
    """What a week has of an error tag that nobody named in it: none of its calls. Another group that it has not has no calls."""
    counted = sum(one.calls for name, one in groups.get("stratum", {}).items() if name != BY_THE_LOG)
    return Tallied(hits=0, calls=counted) if kind == "error_tag" and counted else None


def _rise(part: MovedPart) -> float:
    """By how much the share of hits is another."""
    now, before = (
        hits / calls if calls else 0.0 for hits, calls in ((part.hits, part.calls), (part.hits_before, part.calls_before))
    )
    return now - before


def _part(kind: str, name: str, now: Tallied | None, before: Tallied | None) -> MovedPart:
    adds = all(one is None or one.part is not None for one in (now, before))
    first, second = now or _NOTHING, before or _NOTHING
    return MovedPart.model_validate(
        {
            "kind": kind,
            "name": name,
            "hits": first.hits,
            "calls": first.calls,
            "hits_before": second.hits,
            "calls_before": second.calls,
            "moved": (first.part or 0.0) - (second.part or 0.0) if adds else None,
        }
    )
