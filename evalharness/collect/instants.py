"""Instants: ISO 8601 text with an offset (or a declared zone) or epoch numbers, to aware UTC. Numbers never pass unseen."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from evalharness import numbers
from evalharness.collect.reasons import FieldError, shown, wrong_kind

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def instant_of(value: Any, field: str, zone: ZoneInfo | None = None) -> datetime:
    """The aware UTC instant of ISO 8601 text. Naive text needs `zone`; a local time that exists twice is the earlier one.

    Raises FieldError for anything else: a number, a date without a time, a time without an offset, a year outside 1990-2099.
    """
    if not isinstance(value, str):
        raise FieldError(field, wrong_kind('a time as text such as "2026-11-16T09:00:00Z"', value))
    if not _ISO.fullmatch(value):
        raise FieldError(field, f"{shown(value)} is not a time such as 2026-11-16T09:00:00Z")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise FieldError(field, f"{shown(value)} is not a time that exists ({error})") from None
    if instant.tzinfo is None:
        if zone is None:
            raise FieldError(field, f"{shown(value)} has no offset such as Z or +01:00, so its week is not known")
        instant = instant.replace(tzinfo=zone)
    return _plausible(instant, field, value)


def instant_of_epoch(seconds: float, field: str) -> datetime:
    """The UTC instant of seconds since 1970. Raises FieldError outside the years 1990 to 2099."""
    if not _EARLIEST.timestamp() <= seconds < _LATEST.timestamp():
        raise FieldError(field, f"{numbers.plain(seconds, 0)} s since 1970 is not a plausible time of a call; check the unit")
    return datetime.fromtimestamp(seconds, UTC)


def _plausible(instant: datetime, field: str, value: Any) -> datetime:
    try:
        known = instant.astimezone(UTC)
    except OverflowError:
        known = datetime.min.replace(tzinfo=UTC)
    if not _EARLIEST <= known < _LATEST:
        raise FieldError(field, f"{shown(value)} is not a plausible time of a call")
    return known
