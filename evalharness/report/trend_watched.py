"""Alarms, what changed, what gold calls say of the judge, and rates since a version, as blocks of a terminal screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.trend import GraderShift, MovedPart, Movement, WeekTrends, WhatChanged
from evalharness.report import moved_words, since_words, trend_words
from evalharness.report.terminal import wrap
from evalharness.report.text import visible

_MOST_MOVED, _MOST_PARTS = 6, 2


def blocks(trends: WeekTrends, moved: WhatChanged | None, width: int) -> list[list[str]]:
    """The blocks that have anything to say, each its lines, none wider than `width` columns."""
    named = (
        ("Missed", (told for week in trends.weeks if (told := trend_words.missed(week)))),
        ("Alarms", _watches(trends)),
        (_heading(trends, moved), _moved(trends, moved) if moved else iter(())),
        ("Graders", map(_shift, _told(trends.shifts))),
        ("Since the newest declared version", _since(trends)),
    )
    return [found for heading, told in named if (found := _block(heading, list(told), width))]


def _block(heading: str, told: Sequence[str], width: int) -> list[str]:
    lines = [heading]
    for text in told:
        deeper = "    " if text.startswith("  ") else "  "
        first, *rest = wrap(visible(text.strip()), width - len(deeper) - 2)
        lines += [f"{deeper}{first}", *(f"{deeper}  {line}" for line in rest)]
    return lines if told else []


def _watches(trends: WeekTrends) -> Iterator[str]:
    """Every alarm, then what is watched, and what it can see."""
    watches = trends.watches
    for watch in watches:
        for alarm in watch.alarms:
            yield f"{_named(trends, alarm.week)}: {moved_words.alarm_sentence(watch, alarm)}"
    if watches and not any(watch.alarms for watch in watches):
        yield "None."
    for watch in watches:
        seen = moved_words.sees(watch)
        against = watch.why_not or f"held to {moved_words.target(watch)}{f'; {seen}' if seen else ''}"
        yield f"watched: {moved_words.title(watch.measure)}, {numbers.counted(watch.weeks, 'week')}, {against}"


def _named(trends: WeekTrends, week: str) -> str:
    """The week with the versions of its calls."""
    version = next((trend_words.versions(one) for one in trends.weeks if one.week == week), "")
    return f"{week} ({version})" if version else week


def _heading(trends: WeekTrends, moved: WhatChanged | None) -> str:
    return f"What changed in {_named(trends, moved.week)}" if moved else ""


def _moved(trends: WeekTrends, moved: WhatChanged) -> Iterator[str]:
    if moved.before is None or moved.why_not:
        yield f"Not compared: {moved.why_not}."
        return
    clear = [one for one in moved.movements if one.clear]
    for one in clear[:_MOST_MOVED]:
        trend = trends.trend(one.measure)
        unit, currency = trend.points[-1].measure.unit, trend.points[-1].measure.currency
        told = moved_words.difference(one.difference, unit, currency)
        yield f"{moved_words.title(one.measure, unit)}: clearly {moved_words.clearly(one, trend)} than in {moved.before}, {told}"
        for part in _most(one):
            yield f"  {moved_words.group(part)}: {moved_words.in_group(part, one.measure, unit, currency)}"
    if len(clear) > _MOST_MOVED:
        yield f"{numbers.counted(len(clear) - _MOST_MOVED, 'more measure')} moved clearly: --json lists them"
    yield f"{moved_words.compared(moved)}."
    if clear:
        yield moved_words.CAUTION


def _most(one: Movement) -> Iterator[MovedPart]:
    """Of each kind of group the ones that moved most, as they are listed."""
    kinds: dict[str, int] = {}
    for part in one.parts:
        kinds[part.kind] = kinds.get(part.kind, 0) + 1
        rose = part.moved if part.moved is not None else part.hits - part.hits_before
        if kinds[part.kind] <= _MOST_PARTS and rose:
            yield part


def _told(shifts: Sequence[GraderShift]) -> list[GraderShift]:
    """Every week in which a judge changed, and the last one whatever it says."""
    return [one for one in shifts if one is shifts[-1] or one.verdict in ("changed", "another_judge")]


def _shift(one: GraderShift) -> str:
    return f"{one.week}: {moved_words.shift_sentence(one)}"


def _since(trends: WeekTrends) -> Iterator[str]:
    bars = {trend.name: trend.bar for trend in trends.trends}
    for name, one in trends.since.items():
        bar = bars.get(name)
        if bar is not None:
            yield f"{moved_words.title(name)}, {since_words.sentence(one, bar)}"
