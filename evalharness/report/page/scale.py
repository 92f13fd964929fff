"""From a figure's own unit to a place in a picture. Pure arithmetic; numbers in attributes are written without a locale."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 20.0)
_ROOM = 1.08
"""How far beyond the largest value the scale goes on, so that nothing stands on its edge."""


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on the places from `start` to `end` (which may lie the other way round)."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value; one outside stands at the edge."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> tuple[float, float, float]:
        """The lowest value, the middle, the highest."""
        return self.low, (self.low + self.high) / 2, self.high


def scale_of(values: Iterable[float | None], start: float, end: float, *, whole: float | None = None) -> Scale:
    """A scale from 0 (or a round number below the lowest, if that is negative) to a round number above the highest.

    `whole`: what the values can at most be (1 for a share); from half of it on, the scale goes to the whole.
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    lowest, highest = min([0.0, *known]), max([0.0, *known])
    low = -rounded_up(-lowest * _ROOM) if lowest < 0 else 0.0
    high = rounded_up(highest * _ROOM) if highest > 0 else (0.0 if low < 0 else whole or 1.0)
    if whole is not None and highest > whole / 2:
        high = max(whole, highest)
    return Scale(low, high, start, end)


def close_scale(values: Iterable[float | None], start: float, end: float, *, whole: float | None = None) -> Scale:
    """A scale over the values themselves with a little room, so that they fill a small picture; not below 0 where no value is.

    For pictures that say their ends, since it seldom begins at 0. `whole`: what the values can at most be.
    """
    known = [value for value in values if value is not None and math.isfinite(value)] or [0.0]
    lowest, highest = min(known), max(known)
    room = (highest - lowest) * (_ROOM - 1) or abs(highest) * (_ROOM - 1) or 1.0
    low = lowest - room if lowest < 0 else max(0.0, lowest - room)
    return Scale(low, highest + room if whole is None else min(whole, highest + room), start, end)


def rounded_up(value: float) -> float:
    """The next of 1, 2, 4, 6, 8 or 10 times a power of ten, so that its half is as short: 0.13 -> 0.2, 620 -> 800."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _STEPS if step * power >= value)


def places(*numbers: float) -> str:
    """Coordinates for an attribute: at most one digit behind the point, a point always."""
    return " ".join(f"{round(number, 1):g}" for number in numbers)
