"""What was measured in all calls: figures with coverage, groups, places; and how completely the log was filled."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalharness.aggregate.inputs import Identity, MeasuredInputs
from evalharness.aggregate.population import ENOUGH_COVERAGE
from evalharness.models.finding import FigureTally, WeekFound
from evalharness.models.measured import COUNTED, Logged, Meaning, MeasuredFigure, MeasuredGroup, MeasuredPlace, Spread
from evalharness.models.summary import CallResult

FEWEST = 10
"""Calls with the figure from which a version, an intent or an hour is shown apart."""
DROP = 0.05
"""A part of the log has dropped where its share, of at least FEWEST calls, lies further than this below what it usually is."""
BEFORE = 4
"""Weeks that say what is usual."""
_GROUPED = ("version", "intent", "hour")


def measured_figures(given: MeasuredInputs, results: Sequence[CallResult]) -> tuple[MeasuredFigure, ...]:
    """Each declared figure that the week was measured for, in the order declared; () where nothing was measured."""
    now, before = _by_figure(given.found), _by_figure(given.before)
    position = {(result.call.source, result.call.id): result.position for result in results}
    return tuple(
        MeasuredFigure(
            meaning=meaning,
            week=_spread(now[meaning.figure][0], meaning),
            before=_before(before.get(meaning.figure, ()), meaning),
            **_groups(now[meaning.figure], meaning),
            states={state: count for (name, state), count in sorted(given.found.states.items()) if name == meaning.figure},
            places=tuple(_places(given.found, meaning.shown_by or (meaning.figure, ""), position)),
            named=_named(given.found, meaning.figure),
        )
        for meaning in given.meanings
        if now.get(meaning.figure)
    )


def _by_figure(found: WeekFound) -> dict[str, list[FigureTally]]:
    """The tallies of each figure, that of all calls first."""
    tallies: dict[str, list[FigureTally]] = defaultdict(list)
    for tally in sorted(found.tallies, key=lambda tally: tally.by != "all"):
        tallies[tally.figure].append(tally)
    return {figure: held for figure, held in tallies.items() if held[0].by == "all"}


def _spread(tally: FigureTally, meaning: Meaning) -> Spread:
    """Nothing from nothing; a share of calls only of what is counted, with both cases where many calls lack the figure."""
    n, of, hits = tally.n, tally.calls, tally.hits
    if not n:
        return Spread(of=of)
    shares: dict[str, Any] = {}
    if meaning.unit in COUNTED:
        shares["share"] = hits / n
        if n / of < ENOUGH_COVERAGE and not meaning.among:
            shares |= {"least": hits / of, "most": (hits + of - n) / of}
    numbers = {"low": tally.low, "median": tally.median, "high": tally.high}
    return Spread(n=n, of=of, hits=hits, mean=tally.total / n, **shares, **numbers)


def _before(tallies: Sequence[FigureTally], meaning: Meaning) -> Spread | None:
    return _spread(tallies[0], meaning) if tallies and tallies[0].calls else None


def _groups(tallies: Sequence[FigureTally], meaning: Meaning) -> dict[str, Any]:
    """The groups that are large enough, and how many calls with the figure the others hold."""
    shown, small = [], defaultdict[str, int](int)
    for tally in sorted(tallies[1:], key=_in_order):
        if tally.n >= FEWEST:
            shown.append(MeasuredGroup.model_validate({"by": tally.by, "name": tally.group, "spread": _spread(tally, meaning)}))
        elif tally.n:
            small[tally.by] += tally.n
    return {"groups": tuple(shown), "small": dict(small)}


def _in_order(tally: FigureTally) -> tuple[int, int, str]:
    """Versions, intents, hours; hours by the clock."""
    return _GROUPED.index(tally.by), int(tally.group) if tally.by == "hour" and tally.group.isdecimal() else -1, tally.group


def _named(found: WeekFound, figure: str) -> dict[str, dict[str, int]]:
    names: dict[str, dict[str, int]] = {}
    for (measure, name, state), count in sorted(found.named.items()):
        if measure == figure:
            names.setdefault(name, {})[state] = count
    return names


def _places(found: WeekFound, shown_by: tuple[str, str], position: Mapping[Identity, int]) -> Iterator[MeasuredPlace]:
    measure, state = shown_by
    for place in found.places:
        if place.finding.measure == measure and state in ("", place.finding.state):
            at = position.get((place.source, place.call_id))
            yield MeasuredPlace(source=place.source, call_id=place.call_id, position=at, finding=place.finding)


def with_findings(results: Sequence[CallResult], given: MeasuredInputs) -> list[CallResult]:
    """The drawn calls, each with what was found in it."""
    return [
        result.model_copy(update={"findings": tuple(held)}) if (held := given.findings.get(_identity(result))) else result
        for result in results
    ]


def _identity(result: CallResult) -> Identity:
    return result.call.source, result.call.id


def logged_parts(week: str, counts: Mapping[str, Mapping[str, tuple[int, int]]]) -> tuple[Logged, ...]:
    """How completely each part was logged this week, against the weeks before.

    counts: week -> part -> (calls that have it, calls that could). A week in which no call could have a part says nothing of
    what is usual.
    """
    earlier = sorted(one for one in counts if one < week)[-BEFORE:]
    now = counts.get(week, {})
    return tuple(_logged(part, has, of, {one: counts[one][part] for one in earlier}) for part, (has, of) in now.items())


def _logged(part: str, has: int, of: int, earlier: Mapping[str, tuple[int, int]]) -> Logged:
    told = {week: held / could for week, (held, could) in earlier.items() if could}
    share, usual = has / of if of else None, statistics.median(told.values()) if told else None
    dropped = share is not None and usual is not None and of >= FEWEST and share < usual - DROP
    fields = {"part": part, "has": has, "of": of, "share": share, "usual": usual, "weeks": tuple(told), "dropped": dropped}
    return Logged.model_validate(fields)
