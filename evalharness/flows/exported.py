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


def summaries(house: Opened, weeks: Sequence[str], now: datetime) -> list[WeekSummary]:
    """The summaries of these weeks; the newest one carries the trend over them, a quarter of a year at least."""
    found = [week_summary(house, week, now=now) for week in weeks]
    known: Known = {one.week: figures_of(house, one) for one in found if one.design is not None}
    if not known:
        return found
    return [*found[:-1], with_trend(house, found[-1], known, weeks=max(MOST_WEEKS, len(weeks)))]
