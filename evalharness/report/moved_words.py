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
from evalharness.report import directions, phrases

CAUTION = (
    "Groups of calls that go with a movement, with their counts. That two things moved together shows no cause; listen to the "
    "calls before anything is mended."
)
_KINDS = {"error_tag": "kind of error", "hour": "hour of the day", "stratum": "sampling group"}
_COUNTED = {"resolution_rate": " resolved", "verified_resolution_rate": " resolved", "clear_failure_rate": " failed",
            "slow_calls": " slow"}  # fmt: skip
"""What the counted calls of a group are."""
_AGAINST = {"resolution_rate": " not resolved", "slow_calls": " were slow", "clear_failure_rate": " failed",
            "technical_failure_rate": " failed"}  # fmt: skip
_FOUR_OR_FIVE = "share_4_5."
_NAMED = 2
"""How many movements the box names, those of the bar first."""
_POINTS: tuple[Unit, ...] = ("share",)


def title(name: str, unit: Unit | None = None) -> str:
    """What a measure is called at the beginning of a line or cell; a criterion's mean is a score: "Latency score"."""
    found = "Call score" if name == "call_score" else phrases.title(name)
    found += " score" if unit == "score" and name != "call_score" else ""
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


def moved_by(one: Movement, unit: Unit, currency: str | None = None) -> str:
    """A movement with its limits and what both weeks stand on: "-20 points (-38 to -2 points; n 33, before 35)"."""
    stands = f"n {numbers.count(one.n)}, before {numbers.count(one.n_before)}"
    return f"{difference(one.difference, unit, currency).removesuffix(')')}; {stands})"


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
    """What changed, for the box, and where the rest of it stands in the workbook."""
    more = more_moved(summary)
    return (*named_lines(summary), *([f"{more}: sheet What changed of the workbook."] if more else []))


def named_lines(summary: WeekSummary) -> tuple[str, ...]:
    """Alarms, another judge, what moved clearly with the group that goes with it most; of many movements the first ones."""
    found = summary.moved
    if found is None:
        return ()
    if found.why_not or found.before is None:
        return (*_warnings(summary), f"Not compared with a week before: {found.why_not.rstrip('.') or 'there is none'}.")
    return (*_warnings(summary), *_moved(summary, found))


def more_moved(summary: WeekSummary) -> str:
    """How many measures moved clearly that the box does not name: "10 more measures moved clearly"; "" for none."""
    rest = sum(one.clear for one in summary.moved.movements) - _NAMED if summary.moved else 0
    return f"{numbers.counted(rest, 'more measure')} moved clearly" if rest > 0 else ""


def _moved(summary: WeekSummary, found: WhatChanged) -> Iterator[str]:
    checked = {check.threshold.measure for check in summary.checks}
    clear = sorted((one for one in found.movements if one.clear), key=lambda one: one.measure not in checked)
    for one in clear[:_NAMED]:
        yield movement(summary, one)
    if not clear:
        yield f"Since {found.before} nothing moved clearly: {compared(found)}."


def compared(found: WhatChanged) -> str:
    """How many movements are no greater than chance makes them, and of how many that is not known."""
    unknown = sum(one.difference.low is None and one.difference.high is None for one in found.movements)
    within = sum(not one.clear for one in found.movements) - unknown
    said = f"{numbers.counted(within, 'measure')} moved no more than chance explains"
    return f"{said}, {unknown} without known limits" if unknown else said


def how_clear(one: Movement) -> str:
    """Of a movement that is not a clear one: within what chance may do, or without known limits."""
    return "limits not known" if one.difference.low is None and one.difference.high is None else "not clearly"


def clearly(one: Movement, trend: Trend | None) -> str:
    """Of a clear movement which way: "worse", "better", and "up" or "down" where neither is either."""
    unit = trend.points[-1].measure.unit if trend and trend.points else None
    return directions.way(one.measure, one.difference.value, unit, trend.bar if trend else None)


def movement(summary: WeekSummary, one: Movement) -> str:
    """A clear movement with the group in both weeks that adds most: "Clearly worse than in 2026-W45: Resolution -20 points
    (...); most of it with intent bills: 2 of 9 resolved, before 7 of 8"."""
    unit, currency = unit_of(summary, one.measure)
    told = f"Clearly {clearly(one, trend_of(summary, one.measure))} than in {one.difference.before}: "
    told += f"{title(one.measure, unit)} {moved_by(one, unit, currency)}"
    added = [part for part in one.parts if part.moved is not None and part.calls and part.calls_before]
    if not added:
        return f"{told}."
    most = max(added, key=lambda part: abs(part.moved or 0.0))
    return f"{told}; the largest part with {group(most)}: {in_group(most, one.measure, unit, currency)}."


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


def in_group(part: MovedPart, measure: str, unit: Unit, currency: str | None = None) -> str:
    """A group now and before: "2 of 9 resolved, before 7 of 8"; of a mean what it adds: "+0.03 USD, 39 calls, before 41"; of
    a group that only one of the weeks has, that."""
    now, before = week_of_group(part, unit, now=True), week_of_group(part, unit, now=False)
    only = only_in(part)
    if only:
        return f"{only}: {now if part.calls else before}"
    if unit in _POINTS:
        said = " at 4 or 5" if measure.startswith(_FOUR_OR_FIVE) else _COUNTED.get(measure, "")
        return f"{now}{'' if part.moved is None else said}, before {before}"  # a criterion counts what fell short of it
    adds = f"{amount(part.moved, unit, currency)} of it, " if part.moved is not None else ""
    return f"{adds}{now}, before {numbers.count(part.calls_before)}"


def week_of_group(part: MovedPart, unit: Unit, *, now: bool) -> str:
    """The calls of a group in one of the weeks: "2 of 9" of a share, "39 calls" of a mean."""
    hits, calls = (part.hits, part.calls) if now else (part.hits_before, part.calls_before)
    return numbers.count_of(hits, calls) if unit in _POINTS else numbers.counted(calls, "call")


def only_in(part: MovedPart) -> str:
    """Of a group without calls in one of the weeks: that nothing of it can be compared; "" of any other."""
    if bool(part.calls) == bool(part.calls_before):
        return ""
    return "only in this week" if part.calls else "only in the week before"


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
    """What raised it: "Clear failures: 9 of 60 calls failed since 2026-W44, too many for 1 % (the bar)"."""
    seen = f"{numbers.count_of(alarm.failures, alarm.calls)} {watch.of or 'calls'}{_against(watch.measure)}"
    return f"{title(watch.measure)}: {seen} since {alarm.watched_from}, too many for {target(watch)}."


def _against(measure: str) -> str:
    """What those calls are that count against it."""
    return " below 4" if measure.startswith(_FOUR_OR_FIVE) else _AGAINST.get(measure, "")


def target(watch: Watch) -> str:
    """What is held against, said as the measure is: "60 % (the bar)", "32 % (the most that its first 4 weeks make likely)"."""
    if watch.target is None:
        return watch.why_not or numbers.NOT_KNOWN
    weeks = numbers.counted(len(watch.baseline), "week")
    source = "the bar" if watch.target_from == "bar" else f"the most that its first {weeks} make likely"
    return f"{_as_measured(watch, watch.target)} ({source})"


def sees(watch: Watch) -> str:
    """Which shift the alarm can see: "would see a fall to 49 % within 12 weeks", "would see a rise to 4 % within 12 weeks"."""
    if watch.target is None:
        return ""
    if watch.sees is None:
        return "would see no shift within 12 weeks at these sizes"
    way = "fall" if directions.rises_well(watch.measure) else "rise"
    return f"would see a {way} to {_as_measured(watch, watch.sees)} within 12 weeks"


def _as_measured(watch: Watch, failures: float) -> str:
    """A share of failures as the measure says it: 40 % not resolved is 60 % resolved."""
    share = round(1 - failures, 12) if directions.rises_well(watch.measure) else failures
    return numbers.figure(share, "share")


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
