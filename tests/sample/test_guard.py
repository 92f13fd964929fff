"""Whether a week's log looks whole enough to draw from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from evalharness.sample.guard import WeekLog, reasons_to_stop

ENDS = datetime(2026, 11, 22, 23, tzinfo=UTC)


def a_log(quiet_hours: float = 2, **fill: float) -> WeekLog:
    """A week whose last call came so many hours before its end, with these fill rates."""
    return WeekLog("2026-W47", fill, ENDS - timedelta(hours=quiet_hours), ENDS)


def four(**fill: float) -> list[WeekLog]:
    return [a_log(**fill) for _ in range(4)]


@pytest.mark.parametrize(
    ("usual", "now", "stops"),
    [
        (0.8, 0.39, True),  # below half of 80 %
        (0.8, 0.40, False),  # exactly half
        (1.0, 0.49, True),
        (0.3, 0.10, True),  # below half, and exactly 20 points down
        (0.3, 0.11, False),  # 19 points
        (0.2, 0.0, True),
        (0.1, 0.0, False),  # gone, yet only 10 points
        (0.0, 0.0, False),
    ],
)
def test_a_field_stops_the_draw_below_half_and_20_points_down(usual, now, stops):
    assert bool(reasons_to_stop(a_log(csat=now), four(csat=usual))) is stops


def test_the_median_of_the_four_weeks_counts():
    # median of 0.1, 0.9, 0.9, 0.9 is 0.9: one odd week before changes nothing
    earlier = [a_log(csat=fill) for fill in (0.1, 0.9, 0.9, 0.9)]
    assert reasons_to_stop(a_log(csat=0.4), earlier) == ["csat is filled in 40 % of the calls; it was 90 % in the weeks before"]


def test_a_field_that_is_gone_counts_as_empty_and_a_new_one_is_fine():
    assert reasons_to_stop(a_log(), four(intent=0.9))[0].startswith("intent is filled in 0 %")
    assert reasons_to_stop(a_log(intent=0.1), four()) == []


@pytest.mark.parametrize(("hours", "stops"), [(23, False), (24, False), (24.1, True), (60, True)])
def test_a_last_call_over_24_hours_before_the_end(hours, stops):
    assert bool(reasons_to_stop(a_log(hours), four())) is stops


def test_a_line_that_is_always_quiet_on_sundays_is_no_alarm():
    assert reasons_to_stop(a_log(40), [a_log(), a_log(), a_log(30), a_log()]) == []


def test_the_reason_names_the_last_call():
    assert "2026-11-21 11:00 UTC" in reasons_to_stop(a_log(36), four())[0]


def test_a_first_week_never_trips():
    assert reasons_to_stop(a_log(100, csat=0.0), []) == []


def test_a_week_without_calls_has_no_quiet_end():
    assert not WeekLog("2026-W47", {}, None, ENDS).quiet_end
