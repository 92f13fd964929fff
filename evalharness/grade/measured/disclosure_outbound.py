"""Outbound calls: a record of consent, and the hours at which people may be called by their own clock."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from evalharness.grade.measured.found import Found
from evalharness.models.call import Call
from evalharness.models.disclosing import CallingHours, Outbound
from evalharness.models.finding import Finding


def outbound_of(call: Call, rules: Outbound) -> Found:
    """Consent and hours of an outbound call, as far as they are configured; nothing for other calls.

    A call without the configured record is one without consent: here the record itself is what is looked for.
    """
    found = Found()
    if call.direction != "outbound":
        return found
    if rules.consent is not None:
        found.values["consent_missing"] = float(not _given(call.metadata.get(rules.consent), rules.no_consent))
    outside = None if rules.hours is None else outside_hours(call, rules.hours)
    if outside is not None:
        found.values["outside_calling_hours"] = float(outside)
    names = [name for name, value in found.values.items() if value]
    found.findings = [Finding(measure=name) for name in names]
    return found


def _given(record: object, refused: tuple[str, ...]) -> bool:
    """Whether the record says yes: a list or an object does unless it is empty or a value of it says no."""
    if isinstance(record, dict):
        return bool(record) and not any(value is False for value in record.values())
    if record is None or isinstance(record, list):
        return bool(record)
    return str(record).strip().rstrip(".!").lower() not in refused


def outside_hours(call: Call, hours: CallingHours) -> bool | None:
    """Whether the call started outside the hours of the callee's day; None where the log guesses when it started, or names a time
    zone that does not exist."""
    zone = _zone(_named(call, hours))
    if zone is None or "started_at" in call.inferred:
        return None
    local: datetime = call.started_at.astimezone(zone)
    return local.isoweekday() not in hours.days or not hours.start <= f"{local:%H:%M}" < hours.end


def _named(call: Call, hours: CallingHours) -> str:
    named = call.metadata.get(hours.timezone_field) if hours.timezone_field is not None else None
    return named if isinstance(named, str) and named else hours.timezone


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
