"""A check as a picture: its bar, this week's figure with its interval, and the rate since the start below it."""

from __future__ import annotations

from dataclasses import dataclass

from evalharness import numbers
from evalharness.models.measure import Check
from evalharness.report import phrases, since_words, verdicts
from evalharness.report.page.scale import Scale, places, scale_of

WIDTH = 300
_LEFT, _RIGHT = 8.0, 292.0
_FIRST, _SECOND = 26.0, 42.0
"""Heights of this week's line and of the line since the start."""


@dataclass(frozen=True)
class Line:
    """A figure with its limits, as coordinates. `dot` "" where there is no value; an end is open where no limit is known."""

    y: str
    dot: str
    start: str = ""
    end: str = ""
    open_end: bool = False


@dataclass(frozen=True)
class Bar:
    """Coordinates and texts of the picture. `good`: x and width of the side that meets the bar; `said`: all of it in words."""

    height: int
    at: str
    good: tuple[str, str]
    bar_text: str
    bar_anchor: str
    week: Line
    since: Line | None
    low_text: str
    high_text: str
    said: str
    exact: bool


def interval_bar(check: Check) -> Bar | None:
    """The picture of a check; None where nothing was measured."""
    measure, since = check.measure, check.since
    if measure.value is None and not measure.unanswered and not (since and since.n):
        return None
    counted = (since.value, since.low, since.high) if since and since.n else ()
    values = (check.threshold.value, measure.value, measure.low, measure.high, *counted)
    scale = scale_of(values, _LEFT, _RIGHT, whole=1.0 if measure.unit == "share" else None)
    at = scale.at(check.threshold.value)
    beside = _since(check, scale)
    low, high = (numbers.figure(value, measure.unit, measure.currency) for value in (scale.low, scale.high))
    return Bar(
        height=66 if beside else 50,
        at=places(at),
        good=_good(check, at),
        bar_text=phrases.bar(check, signs=True),
        bar_anchor="start" if at < WIDTH / 3 else "end" if at > 2 * WIDTH / 3 else "middle",
        week=_week(check, scale),
        since=beside,
        low_text=low,
        high_text=high,
        said=in_words(check),
        exact=phrases.limits(check) == "exact",
    )


def in_words(check: Check) -> str:
    """Everything the picture shows: value, bar, interval, n, verdict, and the rate since the start."""
    found = phrases.limits(check)
    limits = f", 95 % {found}" if found and found != "exact" else ", exact" if found else ""
    beside = f"; {since_words.beside(check)}" if check.since else ""
    name, bar = phrases.title(check.threshold.measure), phrases.bar(check)
    return f"{name}: {phrases.value(check)}{limits}, {phrases.n_of(check.measure)}; bar {bar}: {verdicts.shown(check)}{beside}"


def _good(check: Check, at: float) -> tuple[str, str]:
    """Where the side lies on which the bar is met: its left edge and its width."""
    falling = check.threshold.direction in ("below", "at_most")
    return (places(_LEFT), places(at - _LEFT)) if falling else (places(at), places(_RIGHT - at))


def _week(check: Check, scale: Scale) -> Line:
    measure = check.measure
    if measure.unanswered:
        return Line(places(_FIRST), places(_RIGHT), open_end=True)
    if measure.value is None:
        return Line(places(_FIRST), "")
    dot = places(scale.at(measure.value))
    if measure.low is None and measure.high is None:
        return Line(places(_FIRST), dot)
    low, high = measure.low, measure.high
    first = scale.low if low is None else low
    last = scale.high if high is None else high
    return Line(places(_FIRST), dot, places(scale.at(first)), places(scale.at(last)), high is None)


def _since(check: Check, scale: Scale) -> Line | None:
    since = check.since
    if since is None or not since.n:
        return None
    dot = "" if since.value is None else places(scale.at(since.value))
    return Line(places(_SECOND), dot, places(scale.at(since.low)), places(scale.at(since.high)))
