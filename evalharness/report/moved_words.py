"""What is another than in the week before, in words: differences, groups beside them, alarms, the judge. Never a cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.measure import Unit
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import (
    BY_THE_LOG,
    Alarm,
    Difference,
    GraderShift,
    MovedPart,
    Movement,
    Trend,
    TrendPoint,
    Watch,
    WhatChanged,
)
from evalharness.report import phrases

CAUTION = (
    "Groups of calls that go with a movement, with their counts. That two things moved together shows no cause; listen to the "
    "calls before anything is mended."
)
_KINDS = {"error_tag": "kind of error", "hour": "hour of the day"}
_NAMED = 2
"""How many movements the box names, those of the bar first."""
_POINTS: tuple[Unit, ...] = ("share",)


def title(name: str) -> str:
    """What a measure is called at the beginning of a line or cell."""
    found = "Call score" if name == "call_score" else phrases.title(name)
    return found if found[:2] in ("p9", "p5") else found[:1].upper() + found[1:]


def amount(value: float | None, unit: Unit, currency: str | None = None) -> str:
    """A difference with its sign; one of two shares in points: "+3 points", "-120 ms"; "no data" for None."""
    if value is None:
        return numbers.NO_DATA
    if unit in _POINTS:
        return numbers.signed(round(100 * value, 10), "points")
    return numbers.signed(value, unit, currency)


def difference(one: Difference, unit: Unit, currency: str | None = None) -> str:
    """A difference with its two-sided 95 % limits: "-20 points (-38 to -2 points)", "+1 point (limits not known)"."""
    return f"{amount(one.value, unit, currency)} ({limits(one, unit, currency)})"


def limits(one: Difference, unit: Unit, currency: str | None = None) -> str:
    """The limits of a difference: "-38 to -2 points"; an open side is said."""
    shown: Unit = "points" if unit in _POINTS else unit
    by = 100.0 if unit in _POINTS else 1.0
    low, high = (None if limit is None else round(by * limit, 10) for limit in (one.low, one.high))
    return numbers.span(low, high, shown, currency=currency) or f"limits {numbers.NOT_KNOWN}"


def trend_of(summary: WeekSummary, name: str) -> Trend | None:
    """The trend of a measure in the week's report."""
    return next((trend for trend in summary.trend.trends if trend.name == name), None) if summary.trend else None


def week_before(summary: WeekSummary, name: str) -> str:
    """What stands in the column "last week": value and n of the newest week before, and the difference where the weeks join."""
    trend = trend_of(summary, name)
    points = [point for point in trend.points if point.week <= summary.week] if trend else []
    if trend is None or len(points) < 2 or points[-1].week != summary.week:
        return "no week before"
    now, before = points[-1], _before(points)
    far = "" if before is points[-2] else f" in {before.week}"
    value = f"{numbers.measured(before.measure, trend.bar)} ({phrases.n_of(before.measure)}){far}"
    return "; ".join(part for part in (value, joined(now)) if part)


def _before(points: Sequence[TrendPoint]) -> TrendPoint:
    """The point that the last one is compared with; without any, the newest before it that has a value."""
    *past, now = points
    week = now.difference.before if now.difference else None
    held = [one for one in past if one.week == week] or [one for one in past if one.measure.value is not None]
    return held[-1] if held else past[-1]


def joined(point: TrendPoint) -> str:
    """The difference of a point from the week before, or why there is none; "" where nothing is known of it."""
    if point.breaks:
        return f"not comparable: {point.breaks}"
    if point.difference is None or point.measure.unit == "calls":
        return ""
    return difference(point.difference, point.measure.unit, point.measure.currency)


def box_lines(summary: WeekSummary) -> tuple[str, ...]:
    """What changed, for the box: alarms, another judge, what moved clearly with the group that goes with it most."""
    found = summary.moved
    if found is None:
        return ()
    if found.why_not or found.before is None:
        return (*_warnings(summary), f"Not compared with a week before: {found.why_not.rstrip('.') or 'there is none'}.")
    return (*_warnings(summary), *_moved(summary, found))


def _moved(summary: WeekSummary, found: WhatChanged) -> Iterator[str]:
    checked = {check.threshold.measure for check in summary.checks}
    clear = sorted((one for one in found.movements if one.clear), key=lambda one: one.measure not in checked)
    for one in clear[:_NAMED]:
        yield f"Since {found.before}: {movement(summary, one)}"
    if len(clear) > _NAMED:
        yield f"{numbers.counted(len(clear) - _NAMED, 'more measure')} moved clearly: sheet What changed of the workbook."
    if not clear:
        yield f"Since {found.before}: nothing moved by more than chance may; {compared(found)}."


def compared(found: WhatChanged) -> str:
    """How many movements are within what chance may do, and of how many that is not known."""
    unknown = sum(one.difference.low is None and one.difference.high is None for one in found.movements)
    within = sum(not one.clear for one in found.movements) - unknown
    return f"{numbers.counted(within, 'measure')} within it{f', {unknown} without known limits' if unknown else ''}"


def how_clear(one: Movement) -> str:
    """Of a movement that is not a clear one: within what chance may do, or without known limits."""
    return "limits not known" if one.difference.low is None and one.difference.high is None else "not clearly"


def movement(summary: WeekSummary, one: Movement) -> str:
    """A movement with the group in both weeks that adds most: "Cost per call +0.08 USD (...); the largest part with ..."."""
    unit, currency = unit_of(summary, one.measure)
    told = f"{title(one.measure)} {difference(one.difference, unit, currency)}"
    added = [part for part in one.parts if part.moved is not None and part.calls and part.calls_before]
    if not added:
        return f"{told}."
    most = max(added, key=lambda part: abs(part.moved or 0.0))
    return f"{told}; the largest part with {group(most)}: {counts(most)}."


def unit_of(summary: WeekSummary, name: str) -> tuple[Unit, str | None]:
    """Unit and currency of a measure, as the trend has it."""
    trend = trend_of(summary, name)
    if trend is None or not trend.points:
        return numbers.unit_of(name), None
    measure = trend.points[-1].measure
    return measure.unit, measure.currency


def group(part: MovedPart) -> str:
    """A group of calls: "intent clinical question", "version v2.0"; calls that do not say it: "no intent"."""
    kind = _KINDS.get(part.kind, part.kind)
    if not part.name:
        return f"no {kind}"
    if part.name == BY_THE_LOG:
        return part.name
    return f"{kind} {f'from {part.name}:00' if part.kind == 'hour' and part.name.isdecimal() else phrases.plain(part.name)}"


def counts(part: MovedPart) -> str:
    """How many of its calls, now and before: "2 of 9, before 7 of 8"."""
    now, before = numbers.count_of(part.hits, part.calls), numbers.count_of(part.hits_before, part.calls_before)
    return f"{now}, before {before}"


def _warnings(summary: WeekSummary) -> Iterator[str]:
    """Alarms raised in this very week, and what gold calls say of the judge."""
    for watch in summary.trend.watches if summary.trend else ():
        for alarm in watch.alarms:
            if alarm.week == summary.week:
                yield f"Alarm: {alarm_sentence(watch, alarm)}"
    for shift in summary.moved.shifts if summary.moved else ():
        if shift.verdict in ("changed", "another_judge"):
            yield shift_sentence(shift)


def alarm_sentence(watch: Watch, alarm: Alarm) -> str:
    """What raised it: "Clear failures: 9 of 60 calls against it since 2026-W44, too many for 1 % (the bar)"."""
    seen = f"{numbers.count_of(alarm.failures, alarm.calls)} {watch.of or 'calls'}"
    return f"{title(watch.measure)}: {seen} against it since {alarm.watched_from}, too many for {target(watch)}."


def target(watch: Watch) -> str:
    """What is held against: "1 % against it (the bar)", "32 % against it (the upper limit of 4 weeks)"."""
    if watch.target is None:
        return watch.why_not or numbers.NOT_KNOWN
    source = (
        "the bar" if watch.target_from == "bar" else f"the 80 % upper limit of {numbers.counted(len(watch.baseline), 'week')}"
    )
    return f"{numbers.figure(watch.target, 'share')} against it ({source})"


def sees(watch: Watch) -> str:
    """Which shift the alarm can see within twelve weeks."""
    if watch.target is None:
        return ""
    if watch.sees is None:
        return "no shift could be seen within 12 weeks at these sizes"
    return f"{numbers.figure(watch.sees, 'share')} or more against it within 12 weeks"


_SHIFTS = {
    "changed": "grader changed",
    "steady": "the judge answers gold calls as before",
    "too_few": "too few gold calls to tell",
    "no_gold": "no gold calls",
    "another_judge": "grader changed: another judge",
}


def shift_verdict(one: GraderShift) -> str:
    """What gold calls say of the judge, in a few words."""
    return _SHIFTS[one.verdict]


def shift_sentence(one: GraderShift) -> str:
    """Whether a movement can lie in the judge: "grader changed: judge-x, 14 newly wrong and 2 newly right of 90 gold calls"."""
    told = f"{_SHIFTS[one.verdict]} ({one.judge}{f', before it {one.before}' if one.before else ''})"
    if one.gold:
        wrong, right = numbers.count(one.newly_wrong), numbers.count(one.newly_right)
        told += f": {wrong} newly wrong and {right} newly right of {numbers.counted(one.gold, 'gold call')}"
    if one.criteria:
        told += f", in {', '.join(map(phrases.plain, one.criteria))}"
    return f"{told[:1].upper()}{told[1:]}; what people graded is not touched by it."
