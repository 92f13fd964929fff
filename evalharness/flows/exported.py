"""The weeks that an export or a frame is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from evalharness.errors import UsageError
from evalharness.flows.opened import Opened, chosen_week, existing_week
from evalharness.flows.summary import week_summary
from evalharness.flows.trend import MOST_WEEKS, Known, figures_of, with_trend
from evalharness.models.summary import WeekSummary
from evalharness.models.week import newest_complete

Made = dict[str, WeekSummary]
"""Summaries worked out already, by week."""


def exported_weeks(house: Opened, now: datetime, *, week: str | None = None, weeks: int | None = None) -> list[str]:
    """One `week`, or the newest `weeks` complete ones with calls (0 = all), oldest first; by default the newest one.

    Raises UsageError for a week without calls, and for both at once.
    """
    if week is not None and weeks is not None:
        raise UsageError("--week and --weeks say two things", where="--weeks", fix="leave one of them out")
    if weeks is None:
        return [chosen_week(house, week, now)]
    complete = [one for one in house.calls.weeks() if one <= newest_complete(now, house.config.zone)]
    return complete[-weeks:] if weeks and complete else complete or [chosen_week(house, None, now)]


def known_weeks(house: Opened, weeks: Sequence[str] | None, now: datetime) -> list[str]:
    """The weeks named, oldest first, each once; None = every complete week with calls, [] where there is none.

    Raises UsageError for one that does not exist or has no calls.
    """
    if weeks is None:
        last = newest_complete(now, house.config.zone)
        return [one for one in house.calls.weeks() if one <= last]
    return [chosen_week(house, existing_week(week), now) for week in sorted(set(weeks))]


def summaries(house: Opened, weeks: Sequence[str], now: datetime, made: Made | None = None) -> list[WeekSummary]:
    """The summaries of these weeks; those in `made` are taken from there, the others put there."""
    found = {} if made is None else made
    for week in weeks:
        if week not in found:
            found[week] = week_summary(house, week, now=now)
    return [found[week] for week in weeks]


def with_trend_over(house: Opened, weeks: Sequence[WeekSummary]) -> list[WeekSummary]:
    """The same weeks, the newest one with the trend over them, a quarter of a year at least; without any draw as they are."""
    known: Known = {one.week: figures_of(house, one) for one in weeks if one.design is not None}
    if not known:
        return list(weeks)
    return [*weeks[:-1], with_trend(house, weeks[-1], known, weeks=max(MOST_WEEKS, len(weeks)))]
