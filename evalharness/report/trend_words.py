"""A trend in words: names, marks, remarks of a point; worded once for terminal and workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.trend import Trend, TrendPoint, TrendWeek, WeekTrends
from evalharness.report import phrases, words

CAUTION = (
    "Each 95 % interval is of that week's own calls. A difference from the week before has 95 % limits for the process behind "
    "both weeks and is no alarm: of twenty figures that did not move, one lies outside its limits by chance. Only what is "
    "watched raises an alarm; nothing is smoothed."
)
SLICES = (
    "A group's figure is made as the week's own, of all calls of the group; it is told from ten calls on, of graded calls for "
    "any number, with limits that are wide. Groups are not compared with each other."
)
NOT_JOINED = "not joined with the weeks before"
_BARS = "▁▂▃▄▅▆▇█"
_PLAIN = "12345678"
NOTHING, UNANSWERED, BREAK = "·", "^", "|"


def title(trend: Trend) -> str:
    """What a measure is called: "Resolution", "wrong information: yes", "correctness score"."""
    name = trend.name
    if name.startswith("share_yes."):
        return f"{phrases.plain(name.removeprefix('share_yes.'))}: yes"
    found = phrases.title(name)
    if any(point.measure.unit == "score" for point in trend.points) and name != "call_score":
        return f"{found} score"
    return "Call score" if name == "call_score" else found


def heading(trends: WeekTrends) -> str:
    """How many weeks, from when to when."""
    if not trends.weeks:
        return "Trend: no week is drawn yet"
    if len(trends.weeks) == 1:
        return f"Trend: one week so far, {trends.weeks[0].week}"
    return f"Trend: {numbers.counted(len(trends.weeks), 'week')}, {trends.weeks[0].week} to {trends.weeks[-1].week}"


def value(trend: Trend, point: TrendPoint) -> str:
    """The figure, with digits until it lies on its side of the bar; a star where another figure was signed."""
    return numbers.measured(point.measure, trend.bar) + (" *" if point.signed else "")


def limits(trend: Trend, point: TrendPoint) -> str:
    """The 95 % limits of the week's own calls; "exact" where all were measured."""
    return numbers.interval(point.measure, trend.bar)


def remarks(point: TrendPoint) -> str:
    """What was signed where that is another figure, and the note of the measure."""
    parts = [point.measure.note.strip().rstrip(".")]
    if point.signed is not None:
        signed = point.signed
        was = numbers.UNANSWERED if signed.unanswered else numbers.figure(signed.value, signed.unit, signed.currency)
        parts.insert(0, f"* signed as {was} ({numbers.count_of(signed.n, signed.of)})")
    return "; ".join(part for part in parts if part)


def newest(trend: Trend) -> TrendPoint:
    """The last week."""
    return trend.points[-1]


def spark(points: Sequence[TrendPoint], *, plain: bool = False) -> str:
    """A bar a week from 0 to the highest of these weeks, a stroke where a line must not be joined; `plain`: digits 1 to 8."""
    known = [abs(point.measure.value) for point in points if point.measure.value is not None]
    highest = max(known, default=0.0)
    text = "".join(f"{BREAK if point.breaks else ''}{_mark(point, highest)}" for point in points)
    return text.translate(str.maketrans(_BARS + NOTHING, f"{_PLAIN}{nothing(plain=True)}")) if plain else text


def nothing(*, plain: bool = False) -> str:
    """The mark of a week without data."""
    return "." if plain else NOTHING


def _mark(point: TrendPoint, highest: float) -> str:
    number = point.measure.value
    if point.measure.unanswered:
        return UNANSWERED
    if number is None:
        return NOTHING
    share = max(number, 0.0) / highest if highest else 0.0
    return _BARS[min(int(share * len(_BARS)), len(_BARS) - 1)]


def group(kind: str, name: str) -> str:
    """What a group of calls is called: "billing question", "09:00", "none named"."""
    if not name:
        return "none named"
    return f"{name}:00" if kind == "hour" and name.isdecimal() else phrases.plain(name) if kind == "intent" else name


def versions(week: TrendWeek) -> str:
    """The version labels of the week's calls, commonest first, with counts where there are several."""
    named = {name: count for name, count in week.versions.items() if name != "unknown"}
    if len(named) == 1:
        return next(iter(named))
    return ", ".join(f"{name} ({numbers.count(count)})" for name, count in named.items())


def signed(week: TrendWeek) -> str:
    """Whether and how the week was signed."""
    if week.signed is None:
        return ""
    late = f", signed late, {words.late(week.signed)}" if week.signed.late_weeks else ""
    return f"{week.signed.decision}{late}{', figures differ *' if week.differs else ''}"


def missed(week: TrendWeek) -> str:
    """The checks that the week missed, with the week and the version: "2026-W46 (v2.0): Median latency, Cost per call"."""
    version = versions(week)
    told = ", ".join(phrases.title(name) for name in week.missed)
    return f"{week.week}{f' ({version})' if version else ''}: {told}" if told else ""


def changes(trends: WeekTrends) -> Iterator[str]:
    """The dated notes of all weeks."""
    for week in trends.weeks:
        for change in week.changes:
            yield f"{week.week}: {words.local(change.at, trends.timezone)} {change.named}"
