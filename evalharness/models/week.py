"""ISO weeks in a time zone. A call belongs to the week in which it started.

Weeks come from `date.isocalendar()`, never from strftime: 1 January 2027 lies in 2026-W53. A week's bounds are the
instants of local Monday midnight, so a week with a clock change lasts 167 or 169 hours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

_PATTERN = re.compile(r"([0-9]{4})-W([0-9]{2})")


def week_of(instant: datetime, zone: ZoneInfo) -> str:
    """The ISO week such as "2026-W47" in which the aware instant lies, by the zone's calendar."""
    year, number, _ = instant.astimezone(zone).isocalendar()
    return f"{year}-W{number:02d}"


@lru_cache(maxsize=4096)
def monday(week: str) -> date:
    """The Monday of the week. Raises ValueError for a week that does not exist (2025-W53) or another form."""
    match = _PATTERN.fullmatch(week)
    if match is None:
        raise ValueError(f"{week!r} is not a week such as 2026-W47")
    year, number = int(match[1]), int(match[2])
    if year < 1:
        raise ValueError("there is no year 0")
    last = date(year, 12, 28).isocalendar().week
    if not 1 <= number <= last:
        raise ValueError(f"{year} has the weeks 01 to {last}")
    return date.fromisocalendar(year, number, 1)


def bounds(week: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of the week and first instant of the next one, in UTC (half-open)."""
    first = monday(week)
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, first + timedelta(days=7)))
    return start, end


def shift(week: str, weeks: int) -> str:
    """The week `weeks` later (negative: earlier)."""
    year, number, _ = (monday(week) + timedelta(weeks=weeks)).isocalendar()
    return f"{year}-W{number:02d}"


def newest_complete(now: datetime, zone: ZoneInfo) -> str:
    """The last week that has ended at the aware instant `now`."""
    return shift(week_of(now, zone), -1)


def in_short(weeks: Sequence[str]) -> str:
    """Weeks in time order in a few words: "2026-W42", "2026-W42 and 2026-W45", "2026-W42 to 2026-W46 (4 weeks)"."""
    if len(weeks) < 3:
        return " and ".join(weeks)
    return f"{weeks[0]} to {weeks[-1]} ({len(weeks)} weeks)"


def _checked(week: str) -> str:
    monday(week)
    return week


Week = Annotated[str, AfterValidator(_checked)]
"""A week label such as "2026-W47" that exists in the calendar; labels sort in time order."""
