"""ISO weeks in a time zone, against the calendar counted by hand and against an oracle for 17 years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.models.week import bounds, in_short, monday, newest_complete, shift, week_of

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "America/St_Johns", "UTC")


def thursday_rule(day: date) -> str:
    """ISO 8601 without `isocalendar`: the week's year is that of its Thursday, its number counts the Thursdays of that year."""
    thursday = day + timedelta(days=3 - day.weekday())
    return f"{thursday.year}-W{(thursday - date(thursday.year, 1, 1)).days // 7 + 1:02d}"


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-11-16", "2026-W47"),  # a Monday
        ("2026-11-22", "2026-W47"),  # its Sunday
        ("2026-12-28", "2026-W53"),  # 2026 begins on a Thursday: 53 weeks
        ("2027-01-01", "2026-W53"),  # a Friday
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2025-12-29", "2026-W01"),
        ("2024-12-30", "2025-W01"),
        ("2020-12-31", "2020-W53"),
    ],
)
def test_the_week_of_days_around_the_new_year(day, week):
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=BERLIN)
    assert week_of(noon.astimezone(UTC), BERLIN) == week == thursday_rule(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("zone", "week", "hours"),
    [
        (BERLIN, "2026-W13", 167),  # clocks go forward on Sunday, 29 March 2026
        (BERLIN, "2026-W43", 169),  # and back on Sunday, 25 October 2026
        (NEW_YORK, "2026-W10", 167),  # forward on Sunday, 8 March 2026
        (NEW_YORK, "2026-W44", 169),  # back on Sunday, 1 November 2026
        (BERLIN, "2026-W10", 168),
        (NEW_YORK, "2026-W13", 168),
        (BERLIN, "2026-W53", 168),
    ],
)
def test_a_week_with_a_clock_change_is_an_hour_shorter_or_longer(zone, week, hours):
    start, end = bounds(week, zone)
    assert (end - start) / timedelta(hours=1) == hours
    assert [local.astimezone(zone).hour for local in (start, end)] == [0, 0]


def test_bounds_are_instants_in_utc():
    # Berlin is one hour ahead in November: Monday 0:00 is Sunday 23:00 UTC
    assert bounds("2026-W47", BERLIN) == (datetime(2026, 11, 15, 23, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC))


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_17_years_lies_in_the_week_the_thursday_rule_gives(zone):
    clock = ZoneInfo(zone)
    day = date(2024, 1, 1)
    while day.year <= 2040:
        expected = thursday_rule(day)
        for hour, minute in ((0, 0), (23, 59)):
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock)
            assert week_of(local.astimezone(UTC), clock) == expected, (zone, day)
        day += timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
def test_weeks_follow_one_another_without_gap_or_overlap(zone):
    clock, week = ZoneInfo(zone), "2024-W01"
    while week < "2041-W01":
        start, end = bounds(week, clock)
        assert week_of(start, clock) == week == week_of(end - timedelta(microseconds=1), clock)
        assert week_of(end, clock) == shift(week, 1)
        week = shift(week, 1)


@given(st.integers(-500, 500), st.integers(-500, 500))
def test_shifting_adds_up(first, second):
    assert shift(shift("2026-W47", first), second) == shift("2026-W47", first + second)


@pytest.mark.parametrize(
    ("week", "by", "expected"), [("2026-W53", 1, "2027-W01"), ("2027-W01", -1, "2026-W53"), ("2025-W52", 1, "2026-W01")]
)
def test_shifting_over_the_new_year(week, by, expected):
    assert shift(week, by) == expected


@pytest.mark.parametrize(
    "week",
    ["2025-W53", "2026-W54", "2026-W00", "2026-W7", "2026W47", " 2026-W47", "2026-W47\n", "２０２６-W47", "2026-W４７", ""],
)
def test_a_week_that_does_not_exist_is_refused(week):
    with pytest.raises(ValueError):
        monday(week)


@pytest.mark.parametrize(("week", "last"), [("2025-W53", 52), ("2026-W99", 53), ("2026-W00", 53)])
def test_a_week_that_the_year_does_not_have(week, last):
    """2026 begins on a Thursday and has 53 weeks, 2025 has 52."""
    with pytest.raises(ValueError, match=f"{week[:4]} has the weeks 01 to {last}"):
        monday(week)


def test_the_monday_of_a_week():
    assert monday("2026-W53") == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22T22:59:59", "2026-W46"),  # Sunday 23:59:59 in Berlin: the week is not over
        ("2026-11-22T23:00:00", "2026-W47"),  # Monday 0:00
        ("2027-01-04T00:00:00", "2026-W53"),
    ],
)
def test_the_newest_complete_week(now, expected):
    assert newest_complete(datetime.fromisoformat(now).replace(tzinfo=UTC), BERLIN) == expected


def test_labels_sort_in_time_order():
    weeks = [shift("2024-W01", n) for n in range(200)]
    assert weeks == sorted(weeks)


def test_weeks_in_a_few_words():
    """Two by name, more as a range with their number, which tells that W45 is not among them."""
    assert in_short(["2026-W42"]) == "2026-W42"
    assert in_short(["2026-W42", "2026-W45"]) == "2026-W42 and 2026-W45"
    assert in_short(["2026-W43", "2026-W44", "2026-W46"]) == "2026-W43 to 2026-W46 (3 weeks)"
