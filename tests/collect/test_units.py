"""Times: ISO 8601 with an offset or a declared zone, epoch numbers only where their unit is declared."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect.reasons import FieldError
from evalharness.collect.units import amount, from_start, instant_of, instant_of_epoch, instant_of_number, milliseconds

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-16T09:00:00Z", datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ("2026-11-16 09:00:00Z", datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ("2026-11-16T10:00:00+01:00", datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ("2026-11-16T10:00+0100", datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ("2026-11-16T09:00:00.123456789Z", datetime(2026, 11, 16, 9, 0, 0, 123456, tzinfo=UTC)),
        ("2027-01-01T00:30:00+05:30", datetime(2026, 12, 31, 19, tzinfo=UTC)),
    ],
)
def test_times_with_an_offset(text, instant):
    """Read into UTC; digits beyond microseconds are cut."""
    found = instant_of(text, "started_at")
    assert (found, found.tzinfo) == (instant, UTC)


def test_a_declared_zone_reads_naive_times():
    """09:00 in Berlin is 08:00 UTC in November and 07:00 in July; 02:30 of 25 October 2026 exists twice, the first is taken."""
    assert instant_of("2026-11-16T09:00:00", "t", BERLIN) == datetime(2026, 11, 16, 8, tzinfo=UTC)
    assert instant_of("2026-07-16T09:00:00", "t", BERLIN) == datetime(2026, 7, 16, 7, tzinfo=UTC)
    assert instant_of("2026-10-25T02:30:00", "t", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant_of("2026-11-16T09:00:00Z", "t", BERLIN) == datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-16T09:00:00", "has no offset such as Z or +01:00"),
        ("2026-02-30T09:00:00Z", "is not a time that exists"),
        ("2026-11-16T25:00:00Z", "is not a time that exists"),
        ("2026-11-16T09:00:00+99:00", "is not a time that exists"),
        ("2026-11-16", "is not a time such as"),
        ("2026-W47-1T09:00:00Z", "is not a time such as"),
        ("1763283600", "is not a time such as"),
        ("yesterday", "is not a time such as"),
        ("２０26-11-16T09:00:00Z", "is not a time such as"),
        ("1970-01-01T00:00:00Z", "is not a plausible time of a call"),
        ("0001-01-01T00:00:00+05:00", "is not a plausible time of a call"),
        ("9999-12-31T23:59:59-05:00", "is not a plausible time of a call"),
        (1763283600, "must be a time as text"),
        (1763283600000, "must be a time as text"),
        (True, "must be a time as text"),
        (["2026-11-16T09:00:00Z"], "must be a time as text"),
    ],
)
def test_refused_times(value, words):
    """Nothing is guessed: numbers, dates alone, naive and impossible times are refused by name."""
    with pytest.raises(FieldError) as caught:
        instant_of(value, "started_at")
    assert caught.value.field == "started_at"
    assert words in caught.value.reason


def test_epoch_seconds():
    """1,794,819,600 s is 16 November 2026, 09:00 UTC; milliseconds taken for seconds are far beyond 2100."""
    assert instant_of_epoch(1794819600, "t") == datetime(2026, 11, 16, 9, tzinfo=UTC)
    for seconds in (0, -1, 1794819600000):
        with pytest.raises(FieldError, match="check the unit"):
            instant_of_epoch(seconds, "t")


@given(
    st.text(max_size=40)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", fullmatch=True)
)
def test_any_text_is_an_instant_in_utc_or_refused(text):
    """No other exception, and never a naive result."""
    try:
        found = instant_of(text, "t")
    except FieldError:
        return
    assert found.tzinfo is UTC
    assert 1990 <= found.year < 2100


@pytest.mark.parametrize(
    ("value", "unit", "ms"),
    [
        (2.4, "s", 2400.0), ("2.40", "s", 2400.0), (0.5, "min", 30000.0), (0.25, "h", 900000.0), (7, "ms", 7.0),
        (1_500, "us", 1.5), (2_000_000, "ns", 2.0), (0, "s", 0.0), (None, "s", None), (True, "s", None), ("", "s", None),
        ("NaN", "s", None), (float("inf"), "s", None), ("٣", "s", None), (10**400, "s", None), ("1e999", "s", None),
    ],
)  # fmt: skip
def test_a_length_of_time_in_milliseconds(value, unit, ms):
    """2.4 s = 2400 ms, half a minute 30,000; text that is a plain number counts, what is no finite number is none."""
    assert milliseconds(value, unit) == ms


@pytest.mark.parametrize(("unit", "factor"), [("epoch_s", 1), ("epoch_ms", 1000), ("epoch_us", 10**6), ("epoch_ns", 10**9)])
def test_a_time_since_1970_in_each_unit(unit, factor):
    """1,794,819,600 s is 09:00 UTC of 16 November 2026; in another unit than the declared one it is refused, not moved."""
    assert instant_of_number(1794819600 * factor, unit, "t") == datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert instant_of_number(str(1794819600 * factor), unit, "t") == datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert instant_of_number(None, unit, "t") is None
    for wrong in {1, 1000, 10**6, 10**9} - {factor}:
        with pytest.raises(FieldError, match="not a plausible time"):
            instant_of_number(1794819600 * wrong, unit, "t")


def test_money_and_times_from_the_start():
    """250 cents are 2.50; 1.25 s after the start is 1250 ms, and before it the figure is negative."""
    assert (amount(250, "cents"), amount("0.065", "usd"), amount("12 credits", "usd")) == (2.5, 0.065, None)
    start = datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert from_start(start + timedelta(seconds=1.25), start) == 1250.0
    assert from_start(start - timedelta(milliseconds=3), start) == -3.0
