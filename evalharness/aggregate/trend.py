"""Weeks beside each other: every measure with its count and what it differs by, joined only where it means the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from evalharness.aggregate.alarms import watches
from evalharness.aggregate.meaning import SCOPE, Meaning, differing
from evalharness.aggregate.week_differences import difference
from evalharness.aggregate.weekly import week_figures
from evalharness.models.measure import Measure
from evalharness.models.trend import Difference, Trend, TrendPoint, TrendSlice, TrendWeek, WeekTrends
from evalharness.models.week import shift
from evalharness.models.weekly import WeekFigures

__all__ = ["MAIN", "WeekFigures", "trends", "week_figures"]

MAIN = (
    "resolution_rate", "clear_failure_rate", "latency_p50_ms", "latency_p99_ms", "cost_per_call", "call_score",
)  # fmt: skip
"""The measures that a trend shows first, each with a chart of its own in the workbook."""
KINDS = ("intent", "version", "hour")
MOST_SLICES = 24
"""Groups of one kind that are shown, those with the most calls."""


def trends(weeks: Sequence[WeekFigures]) -> WeekTrends:
    """All measures over these weeks (oldest first, each once); calendar weeks between them that are not there stay empty."""
    known = {one.week.week: one for one in weeks}
    calendar = _calendar(min(known), max(known)) if known else []
    names = list(dict.fromkeys(name for one in reversed(weeks) for name in one.measures))
    ordered = [name for name in MAIN if name in names] + [name for name in names if name not in MAIN]
    lines = tuple(_trend(name, calendar, known) for name in ordered)
    return WeekTrends(
        weeks=tuple(known[week].week if week in known else TrendWeek(week=week) for week in calendar),
        trends=lines,
        timezone=weeks[-1].timezone if weeks else "UTC",
        watches=watches(lines, weeks),
        slices=tuple(_slices(calendar, known, {line.name: line for line in lines})),
        shifts=tuple(one.shift for one in weeks if one.shift is not None),
        since=weeks[-1].since if weeks else {},
    )


def newest(found: WeekTrends, weeks: int) -> WeekTrends:
    """The trend with its last `weeks` weeks alone (0: all of them): what is shown.

    Breaks, differences and alarms stay those of the whole: none hangs on which weeks happen to be shown.
    """
    if not weeks or len(found.weeks) <= weeks:
        return found
    kept = {one.week for one in found.weeks[-weeks:]}
    slices = (one.model_copy(update={"trends": _cut(one.trends, kept)}) for one in found.slices)
    return found.model_copy(
        update={
            "weeks": found.weeks[-weeks:],
            "trends": _cut(found.trends, kept),
            "watches": tuple(
                one.model_copy(update={"alarms": tuple(alarm for alarm in one.alarms if alarm.week in kept)})
                for one in found.watches
            ),
            "slices": tuple(one for one in slices if one.trends),
            "shifts": tuple(one for one in found.shifts if one.week in kept),
        }
    )


def _cut(lines: Sequence[Trend], kept: Collection[str]) -> tuple[Trend, ...]:
    """The lines in these weeks; those that are told of none of them are left out."""
    cut = (line.model_copy(update={"points": tuple(p for p in line.points if p.week in kept)}) for line in lines)
    return tuple(line for line in cut if any(point.measure.of or point.measure.n for point in line.points))


def _calendar(first: str, last: str) -> list[str]:
    weeks = [first]
    while weeks[-1] < last:
        weeks.append(shift(weeks[-1], 1))
    return weeks


def _trend(name: str, calendar: Sequence[str], known: Mapping[str, WeekFigures]) -> Trend:
    """One measure. A week without it neither breaks the line nor is joined over: what it meant before is kept in mind."""
    unit = next(one.measures[name].unit for one in known.values() if name in one.measures)
    points: list[TrendPoint] = []
    before: Meaning = {}
    last: WeekFigures | None = None
    for week in calendar:
        one = known.get(week)
        measure = one.measures.get(name) if one else None
        if one is None or measure is None:
            points.append(TrendPoint(week=week, measure=Measure(name=name, unit=unit)))
            continue
        now = one.meanings[name] if measure.n else {}
        breaks = _breaks(before, now)
        less = None if breaks or last is None else difference(name, one, last)
        points.append(_point(one, measure, breaks, less))
        before = {SCOPE: before[SCOPE], **now} if SCOPE in before and now else now or before
        last = last if measure.value is None else one
    bars = [one.bars[name] for one in known.values() if name in one.bars]
    return Trend(name=name, points=tuple(points), bar=bars[-1] if bars else None)


def _point(one: WeekFigures, measure: Measure, breaks: str, less: Difference | None) -> TrendPoint:
    process = one.process.get(measure.name)
    return TrendPoint(
        week=one.week.week,
        measure=measure,
        breaks=breaks,
        signed=one.differing.get(measure.name),
        process=None if process == measure else process,
        difference=less,
    )


def _breaks(before: Meaning, now: Meaning) -> str:
    """The aspects that are not what they were, in words; "" where all are, or where there is nothing to join."""
    if not before or not now:
        return ""
    if not (SCOPE in before and SCOPE in now):  # a week not drawn has no scope
        before, now = ({name: text for name, text in one.items() if name != SCOPE} for one in (before, now))
    return ", ".join(differing(before, now))


def _slices(calendar: Sequence[str], known: Mapping[str, WeekFigures], lines: Mapping[str, Trend]) -> Iterator[TrendSlice]:
    """The groups with the most calls, hours by the clock; each breaks where the line of all calls does."""
    for kind in KINDS:
        calls: dict[str, int] = {}
        for one in known.values():
            for name, held in one.slices.get(kind, {}).items():
                calls[name] = calls.get(name, 0) + max((measure.n for measure in held.values()), default=0)
        most = sorted(calls, key=lambda name: (-calls[name], name))[:MOST_SLICES]
        for name in sorted(most) if kind == "hour" else most:
            found = {week: one.slices.get(kind, {}).get(name, {}) for week, one in known.items()}
            measures = [one for one in lines if any(one in held for held in found.values())]
            yield TrendSlice.model_validate(
                {"kind": kind, "value": name, "trends": tuple(_slice(one, calendar, found, lines[one]) for one in measures)}
            )


def _slice(name: str, calendar: Sequence[str], found: Mapping[str, Mapping[str, Measure]], whole: Trend) -> Trend:
    points = []
    for week, of_all in zip(calendar, whole.points, strict=True):
        nothing = Measure(name=name, unit=of_all.measure.unit, basis=of_all.measure.basis)
        points.append(TrendPoint(week=week, measure=found.get(week, {}).get(name, nothing), breaks=of_all.breaks))
    return Trend(name=name, points=tuple(points))
