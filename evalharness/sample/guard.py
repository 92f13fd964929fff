"""Whether the week's log looks whole enough to draw from. FORMATS: `week`, unattended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from evalharness import numbers

QUIET = timedelta(hours=24)
HALF, POINTS = 0.5, 0.20
_ROUNDING = 1e-9


@dataclass(frozen=True)
class WeekLog:
    """What the guard looks at: the fill rate of each field (0 to 1), the last start and the end of the week."""

    week: str
    fill: Mapping[str, float]
    last_start: datetime | None
    ends: datetime

    @property
    def quiet_end(self) -> bool:
        """Whether the last call came more than 24 hours before the week's end."""
        return self.last_start is not None and self.ends - self.last_start > QUIET


def reasons_to_stop(week: WeekLog, earlier: Sequence[WeekLog]) -> list[str]:
    """Why a draw should wait, in words; empty where nothing is odd. `earlier`: up to four weeks before; none = a first week.

    A field whose fill rate is below half its median over those weeks and at least 20 points down; a last call more than
    24 hours before the week's end where no earlier week had such a gap.
    """
    if not earlier:
        return []
    found = []
    for field in sorted(set().union(*(log.fill for log in earlier))):
        usual = median(log.fill.get(field, 0.0) for log in earlier)
        now = week.fill.get(field, 0.0)
        if now < HALF * usual and usual - now >= POINTS - _ROUNDING:
            share, before = numbers.figure(now, "share"), numbers.figure(usual, "share")
            found.append(f"{field} is filled in {share} of the calls; it was {before} in the weeks before")
    if week.quiet_end and not any(log.quiet_end for log in earlier):
        found.append(
            f"the last call came at {week.last_start:%Y-%m-%d %H:%M} UTC, over a day before the week's end: is the export whole?"
        )
    return found
