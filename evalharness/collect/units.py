"""Units and clocks: what a source calls seconds, epoch, cents or a local time becomes milliseconds, UTC and money here alone.

A number without a declared unit, and a local time without a declared zone, never pass: which unit or zone a platform means
stands in its own file, that of a field map in the map. Numbers that come as text ("2.40") are numbers where a unit is declared.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from evalharness import numbers
from evalharness.collect.reasons import FieldError, shown, wrong_kind

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
DURATIONS: Mapping[str, float] = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4, "h": 3.6e6}
"""Unit of a length of time, or of a time from the start of the call -> milliseconds."""
EPOCHS: Mapping[str, int] = {"epoch_s": 1, "epoch_ms": 10**3, "epoch_us": 10**6, "epoch_ns": 10**9}
"""Unit of a time since 1970 -> how many of it a second has."""
MONEY: Mapping[str, float] = {"usd": 1.0, "cents": 0.01}
"""Unit of an amount -> the currency's own unit. Credits are no money: nothing converts them."""
_DECLARED = "declare its clock (collect.timezones, in a field map timezone)"
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}([.][0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_COMMA = re.compile(r"[+-]?(?:[0-9]{1,30}|[0-9]{1,3}(?:\.[0-9]{3}){1,9})(?:,[0-9]{1,30})?")
_DAY_FIRST = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}\b")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def instant_of(value: Any, field: str, zone: ZoneInfo | None = None) -> datetime:
    """The aware UTC instant of ISO 8601 text. Naive text needs `zone`; a local time that exists twice is the earlier one.

    Raises FieldError for anything else: a number, a date without a time, a time without an offset, a year outside 1990-2099.
    """
    if not isinstance(value, str):
        raise FieldError(field, wrong_kind('a time as text such as "2026-11-16T09:00:00Z"', value))
    if not _ISO.fullmatch(value):
        how = '; a field map says how it is written: format: "%d.%m.%Y %H:%M"' if _DAY_FIRST.match(value) else ""
        raise FieldError(field, f"{shown(value)} is not a time such as 2026-11-16T09:00:00Z{how}")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise FieldError(field, f"{shown(value)} is not a time that exists ({error})") from None
    if instant.tzinfo is None:
        if zone is None:
            raise FieldError(field, f"{shown(value)} has no offset such as Z or +01:00, so its week is not known; {_DECLARED}")
        instant = instant.replace(tzinfo=zone)
    return _plausible(instant, field, value)


def iso_of(value: Any, written: str, field: str) -> str:
    """ISO 8601 of a time that is written so (as strptime has it). Raises FieldError for any other."""
    try:
        return datetime.strptime(value if isinstance(value, str) else "", written).isoformat()  # noqa: DTZ007 - the zone is the map's
    except ValueError:
        raise FieldError(field, f"{shown(value)} is not a time written as {written}") from None


def number_with_comma(value: Any) -> float | None:
    """The number of text with a decimal comma, points between thousands at most ("1.234,5"); None for anything else."""
    if not isinstance(value, str) or not _COMMA.fullmatch(value.strip()):
        return None
    return number_of(value.strip().replace(".", "").replace(",", "."))


def instant_of_epoch(seconds: float, field: str) -> datetime:
    """The UTC instant of seconds since 1970. Raises FieldError outside the years 1990 to 2099."""
    if not _EARLIEST.timestamp() <= seconds < _LATEST.timestamp():
        raise FieldError(field, f"{numbers.plain(seconds, 0)} s since 1970 is not a plausible time of a call; check the unit")
    return datetime.fromtimestamp(seconds, UTC)


def number_of(value: Any) -> float | None:
    """The finite number, also where it is written as text ("2.40", as Twilio does); None for anything else, true included."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        value = float(value)
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        found = float(value) if fits else math.nan
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def milliseconds(value: Any, unit: str) -> float | None:
    """A length of time in `unit` (of DURATIONS) in milliseconds, to the microsecond; None where there is no number."""
    found = number_of(value)
    return None if found is None else to_the_microsecond(found * DURATIONS[unit])


def to_the_microsecond(ms: float) -> float:
    """Milliseconds with three places; a whole number of them is as it is, which most are and rounding is dear."""
    return ms if ms.is_integer() else round(ms, 3)


def instant_of_number(value: Any, unit: str, field: str) -> datetime | None:
    """A time since 1970 in `unit` (of EPOCHS) as aware UTC; None where there is no number.

    Raises FieldError outside the years 1990 to 2099, which is how another unit than the declared one is found.
    """
    found = number_of(value)
    return None if found is None else instant_of_epoch(found / EPOCHS[unit], field)


def from_start(value: datetime, start: datetime) -> float:
    """Milliseconds from the start of the call to an instant, to the microsecond; negative before it."""
    return to_the_microsecond((value - start).total_seconds() * 1e3)


def after(start: datetime, value: Any, unit: str, field: str) -> datetime | None:
    """The instant a length of time in `unit` (of DURATIONS) after another; None where there is no number.

    Raises FieldError for a negative length, and for an end outside the years 1990 to 2099.
    """
    lasts = milliseconds(value, unit)
    if lasts is None:
        return None
    if lasts < 0:
        raise FieldError(field, f"is {shown(value)}; a length of time is not negative")
    return instant_of_epoch(start.timestamp() + lasts / 1e3, field)


def amount(value: Any, unit: str) -> float | None:
    """Money in the currency's own unit, to ten places; None where there is no number."""
    found = number_of(value)
    return None if found is None else round(found * MONEY[unit], 10)


def _plausible(instant: datetime, field: str, value: Any) -> datetime:
    try:
        known = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    except OverflowError:
        known = datetime.min.replace(tzinfo=UTC)
    if not _EARLIEST <= known < _LATEST:
        raise FieldError(field, f"{shown(value)} is not a plausible time of a call")
    return known
