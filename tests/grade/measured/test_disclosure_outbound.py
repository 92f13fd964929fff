"""Consent and hours of outbound calls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.grade.measured.audited import found_in, places, said

HOURS = {"outbound": {"hours": {"start": "08:00", "end": "20:00", "days": [1, 2, 3, 4, 5], "timezone": "Europe/Berlin"}}}


def _at(*when: int, **fields: Any) -> Any:
    ordinary = {"direction": "outbound", "started_at": datetime(*when, tzinfo=UTC)}
    return said("A Hi.", "C Yes?", **{**ordinary, **fields})


@pytest.mark.parametrize(
    ("when", "outside"),
    [
        ((2026, 11, 16, 6, 59), 1),  # Monday 7:59 in Berlin (winter, UTC + 1)
        ((2026, 11, 16, 7, 0), 0),
        ((2026, 11, 16, 18, 59), 0),
        ((2026, 11, 16, 19, 0), 1),  # 20:00 is outside
        ((2026, 7, 13, 6, 0), 0),  # Monday 8:00 in summer (UTC + 2)
        ((2026, 7, 13, 5, 59), 1),
        ((2026, 11, 21, 12, 0), 1),  # Saturday
        ((2026, 11, 15, 23, 30), 1),  # Monday 0:30 in Berlin, though Sunday in UTC
    ],
)
def test_hours_by_the_callees_clock(when: tuple[int, ...], outside: float) -> None:
    """Weekdays 8 to 20 in Berlin."""
    found = found_in(_at(*when), **HOURS)
    assert found.values["outside_calling_hours"] == outside
    assert places(found, "outside_calling_hours") == ([((), None)] if outside else [])


def test_the_callees_own_time_zone_comes_first() -> None:
    """12:00 UTC is 7:00 in New York (UTC - 5) and 13:00 in Berlin; a zone that does not exist tells nothing."""
    rules = {"outbound": {"hours": {**HOURS["outbound"]["hours"], "timezone_field": "zone"}}}

    def outside(zone: Any) -> float | None:
        return found_in(_at(2026, 11, 16, 12, metadata={"zone": zone}), **rules).values.get("outside_calling_hours")

    assert [outside(zone) for zone in ("America/New_York", None, "", 5, "../../etc/passwd", "Mars/Olympus", "Europe")] == [
        1, 0, 0, 0, None, None, None,
    ]  # fmt: skip


def test_a_guessed_start_tells_nothing() -> None:
    """Where the log does not say when it started, nobody knows the hour."""
    assert "outside_calling_hours" not in found_in(_at(2026, 11, 16, 3, inferred=("started_at",)), **HOURS).values


@pytest.mark.parametrize(("direction", "known"), [("inbound", False), (None, False), ("outbound", True)])
def test_only_outbound_calls(direction: str | None, known: bool) -> None:
    """Others need neither hours nor consent."""
    rules = {"outbound": {**HOURS["outbound"], "consent": "consent"}}
    found = found_in(_at(2026, 11, 16, 3, direction=direction), **rules)
    assert ({"outside_calling_hours", "consent_missing"} <= set(found.values)) is known


@pytest.mark.parametrize(
    ("record", "missing"),
    [
        (True, 0), (False, 1), ("written, 2026-01-02", 0), (" No ", 1), ("", 1), (None, 1), ("withdrawn", 1), (1, 0), (0, 1),
        ({"by": "form"}, 0), ({}, 1), ([], 1),
    ],
)  # fmt: skip
def test_consent_is_a_record_that_does_not_say_no(record: Any, missing: float) -> None:
    """The configured entry of the metadata; a call without it has no record."""
    rules = {"outbound": {"consent": "consent"}}
    assert found_in(_at(2026, 11, 16, 12, metadata={"consent": record}), **rules).values["consent_missing"] == missing
    assert found_in(_at(2026, 11, 16, 12), **rules).values["consent_missing"] == 1


def test_what_is_not_configured_is_not_looked_at() -> None:
    """The shipped settings ask for neither."""
    found = found_in(_at(2026, 11, 16, 3))
    assert not {"outside_calling_hours", "consent_missing", "disclosures_required", "data_before_identity"} & set(found.values)


@pytest.mark.parametrize("record", ["n", "No.", "not given", "expired", "opted out", {"given": False}, {}, [], "", False])
def test_a_record_that_says_no_is_no_consent(record: Any) -> None:
    call = _at(2026, 11, 16, 9, 0, metadata={"consent": record})
    assert found_in(call, outbound={"consent": "consent"}).values["consent_missing"] == 1


@pytest.mark.parametrize("record", ["yes", True, {"given": True}, "2026-11-01 by phone"])
def test_a_record_that_says_yes_is_consent(record: Any) -> None:
    call = _at(2026, 11, 16, 9, 0, metadata={"consent": record})
    assert found_in(call, outbound={"consent": "consent"}).values["consent_missing"] == 0
