"""The row of facts of a call, and the pool of a week's replies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evalharness.models.call import Cost
from evalharness.models.facts import CallMeasures, facts_of
from tests.builders import MONDAY, ZONE, a_call, a_handoff, a_latency_pool, call_facts, call_measures


@pytest.mark.parametrize(
    ("zone", "hour", "weekday"),
    [
        ("Europe/Berlin", 0, 1),  # Sunday 23:30 UTC is Monday 00:30 in Berlin
        ("America/New_York", 18, 7),  # and Sunday 18:30 in New York
        ("Asia/Kolkata", 5, 1),  # 05:00 on Monday
    ],
)
def test_hour_and_weekday_are_local(zone, hour, weekday):
    call = a_call(started_at=datetime(2026, 11, 15, 23, 30, tzinfo=UTC))
    facts = facts_of(call, call_measures(), ZoneInfo(zone))
    assert (facts.hour, facts.weekday) == (hour, weekday)


def test_what_is_not_known_stays_none():
    facts = facts_of(a_call(status=None), CallMeasures(source="demo", call_id="c1"), ZONE)
    assert (facts.cost_usd, facts.currency, facts.duration_s, facts.p50_ms, facts.csat, facts.status) == (None,) * 6


def test_facts_count_and_total_what_the_call_holds():
    call = a_call(
        errors=("timeout", "drop"),
        cost=Cost(components={"llm": 0.25, "stt": 0.5}, currency="EUR"),
        ended_at=MONDAY + timedelta(seconds=90),
        handoff=a_handoff(status="failed"),
    )
    facts = call_facts(call)
    assert (facts.error_count, facts.cost_usd, facts.currency, facts.duration_s) == (2, 0.75, "EUR", 90.0)
    assert (facts.turns, facts.has_transcript, facts.handed_off, facts.handoff_failed) == (5, True, False, True)
    assert (facts.p50_ms, facts.p99_ms) == (450.0, 500.0)


def test_rule_fields_are_looked_up_by_name():
    assert call_facts(a_call(intent="book")).fields()["intent"] == "book"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"changes": 4}, 0.75),  # 3 of 4
        ({"changes": 3}, 1.0),
        ({"changes": 3, "unanswered": 1}, 1.0),  # (3 + 1) / (3 + 1)
        ({"changes": 5, "overlaps": 1}, 0.75),  # 3 / (5 - 1)
        ({"changes": 4, "unanswered": 2, "overlaps": 1}, 1.0),  # (3 + 2) / (4 + 2 - 1)
    ],
)
def test_coverage_is_measured_and_unanswered_of_what_was_due(counts, expected):
    assert a_latency_pool(**counts).coverage == expected


def test_a_pool_where_nothing_was_due_has_no_coverage():
    assert a_latency_pool((), changes=2, overlaps=2).coverage is None
