"""The table of snapshots: how every number a person sees is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.report import numbers
from tests.builders import a_measure, a_threshold


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.62, "share", "62 %"),
        (0.625, "share", "63 %"),  # a half rounds away from zero
        (0.285, "share", "29 %"),  # 28.5 as written, not 28.499999999999996
        (0.1, "share", "10 %"),
        (0.0743, "share", "7.4 %"),
        (0.05, "share", "5 %"),  # exactly 5: no digit says more
        (0.0502, "share", "5.0 %"),
        (0.007, "share", "0.7 %"),
        (0.0004, "share", "0.04 %"),  # never "0 %" for something
        (0.0, "share", "0 %"),
        (1.0, "share", "100 %"),
        (0.999, "share", "99.9 %"),  # 999 of 1000 is not all
        (0.9996, "share", "99.96 %"),
        (0.99996, "share", "99.996 %"),
        (611.5, "ms", "612 ms"),
        (0.4, "ms", "0.4 ms"),
        (12345.0, "ms", "12 345 ms"),
        (1480.0, "ms", "1480 ms"),
        (0.412, "money", "0.41 USD"),
        (0.0412, "money", "0.041 USD"),
        (0.05, "money", "0.05 USD"),
        (0.004, "money", "0.004 USD"),
        (0.0, "money", "0.00 USD"),
        (27.4, "money", "27.40 USD"),
        (1234567.891, "money", "1 234 567.89 USD"),
        (4.24, "points", "4.2 points"),
        (5.0, "points", "5 points"),
        (1.0, "points", "1 point"),
        (-3.25, "points", "-3.3 points"),
        (-0.04, "points", "-0.04 points"),  # a small gap is not "-0"
        (78.44, "score", "78.4"),
        (80.0, "score", "80"),
        (12.0, "calls", "12 calls"),
        (1.0, "calls", "1 call"),
        (42.4, "minutes", "42 min"),
        (0.743, "coefficient", "0.74"),
        (0.5, "coefficient", "0.50"),
        (-0.02, "coefficient", "-0.02"),
        (0.004, "coefficient", "0.004"),  # never "0.00" for something
        (0.998, "coefficient", "0.998"),  # not perfect agreement
        (1.0, "coefficient", "1.00"),
        (-1.0, "coefficient", "-1.00"),
        (0.0, "coefficient", "0.00"),
        (0.314, "levels", "0.31 levels"),
        (-0.5, "levels", "-0.5 levels"),
        (1.0, "levels", "1 level"),
        (-1.0, "levels", "-1 level"),
        (0.002, "levels", "0.002 levels"),
        (0.0, "levels", "0 levels"),
        (None, "coefficient", "no data"),
        (None, "share", "no data"),
        (None, "money", "no data"),
    ],
)
def test_a_figure_with_its_unit(value, unit, text):
    """A value alone."""
    assert numbers.figure(value, unit) == text


@pytest.mark.parametrize(
    ("value", "side", "text"),
    [
        (599.6, {"measure": "latency_p50_ms", "below": 600.0}, "599.6 ms"),  # "600 ms" would look missed
        (599.96, {"measure": "latency_p50_ms", "below": 600.0}, "599.96 ms"),
        (600.0, {"measure": "latency_p50_ms", "below": 600.0}, "600 ms"),  # missed, and looks missed
        (600.4, {"measure": "latency_p50_ms", "at_most": 600.0}, "600.4 ms"),
        (450.2, {"measure": "latency_p50_ms", "below": 600.0}, "450 ms"),
        (0.5996, {"measure": "resolution_rate", "at_least": 0.6}, "59.96 %"),
        (0.596, {"measure": "resolution_rate", "at_least": 0.6}, "59.6 %"),
        (0.6, {"measure": "resolution_rate", "at_least": 0.6}, "60 %"),
        (0.6004, {"measure": "resolution_rate", "at_least": 0.6}, "60 %"),
        (0.6004, {"measure": "resolution_rate", "above": 0.6}, "60.04 %"),
        (0.00999, {"measure": "clear_failure_rate", "below": 0.01}, "0.999 %"),
        (0.01, {"measure": "clear_failure_rate", "below": 0.01}, "1 %"),
        (0.4999, {"measure": "cost_per_call", "below": 0.5}, "0.4999 USD"),
        (5.04, {"measure": "csat_gap_points", "at_most": 5.0}, "5.04 points"),
        (0.999, {"measure": "share_4_5.tone", "at_least": 1.0}, "99.9 %"),
        (None, {"measure": "resolution_rate", "at_least": 0.6}, "no data"),
    ],
)
def test_a_figure_beside_its_bar(value, side, text):
    """Digits are added until the shown figure lies on the side of the bar where the value lies."""
    assert numbers.shown(value, a_threshold(**side)) == text


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["at_least", "at_most", "below", "above"]))
def test_the_shown_figure_never_changes_sides(value, bar, side):
    """Read back from what is shown, the figure meets the bar exactly when the value does; 0 and 100 % mean none and all."""
    threshold = a_threshold(**{side: bar})
    text = numbers.shown(value, threshold).removesuffix(" %")
    read = float(Decimal(text.replace(" ", "")) / 100)
    assert threshold.holds(read) == threshold.holds(value)
    assert (text == "100") <= (value == 1)
    assert (text == "0") <= (value == 0)


@given(st.floats(0, 1e7), st.floats(10, 1e7))
def test_milliseconds_never_change_sides(value, bar):
    """The same for a unit without a scale."""
    threshold = a_threshold("latency_p99_ms", below=bar)
    assert threshold.holds(float(numbers.shown(value, threshold).removesuffix(" ms").replace(" ", ""))) == threshold.holds(value)


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (0.45, 0.74, "share", "45 to 74 %"),
        (0.0, 0.0743, "share", "0 to 7.4 %"),
        (0.001, 0.05, "share", "0.1 to 5 %"),
        (420.2, 480.0, "ms", "420 to 480 ms"),
        (0.38, 0.44, "money", "0.38 to 0.44 USD"),
        (0.2, 1.0, "points", "0.2 to 1 points"),
        (-0.051, 0.4, "coefficient", "-0.05 to 0.40"),
        (-0.25, 1.0, "levels", "-0.25 to 1 levels"),
        (None, 0.4, "coefficient", "at most 0.40, no lower limit"),
        (1480.0, None, "ms", "at least 1480 ms, no upper limit"),
        (None, 0.2, "share", "at most 20 %, no lower limit"),
        (None, None, "share", ""),
    ],
)
def test_limits(low, high, unit, text):
    """Two limits share one unit, an open side is said."""
    assert numbers.span(low, high, unit) == text


def test_an_interval_is_exact_only_where_all_calls_were_measured():
    """All calls measured: exact. A sample without known limits is not called exact, and no value has no interval."""
    assert numbers.interval(a_measure(0.7, basis="all_calls")) == "exact"
    assert numbers.interval(a_measure(0.7, low=0.7, high=0.7, basis="all_calls")) == "exact"
    assert numbers.interval(a_measure(0.7)) == ""
    assert numbers.interval(a_measure(None, basis="all_calls")) == ""
    assert numbers.interval(a_measure(0.7, low=0.5996, high=0.8), a_threshold(at_least=0.6)) == "59.96 to 80 %"


def test_a_measure_reads_unanswered_or_no_data_and_never_a_number_for_nothing():
    """An empty measure is neither 0 nor 100 %."""
    assert numbers.measured(a_measure(None)) == "no data"
    assert numbers.measured(a_measure(None, unit="ms", unanswered=True)) == "unanswered"
    assert numbers.measured(a_measure(0.31, unit="money", currency="EUR")) == "0.31 EUR"
    assert numbers.measured(a_measure(0.5996), a_threshold(at_least=0.6)) == "59.96 %"


def test_the_bar_in_words_and_in_signs():
    """Every side has its word and its sign."""
    threshold = a_threshold("clear_failure_rate", below=0.005)
    assert (numbers.bar(threshold), numbers.bar(threshold, signs=True)) == ("below 0.5 %", "< 0.5 %")
    assert numbers.bar(a_threshold(at_least=0.6)) == "at least 60 %"
    assert numbers.bar(a_threshold("csat_gap_points", at_most=5.0), signs=True) == "<= 5 points"
    assert numbers.bar(a_threshold("cost_per_call", below=0.5), "EUR") == "below 0.50 EUR"
    assert numbers.bar(a_threshold("owner_reviewed_calls", at_least=20.0)) == "at least 20 calls"


@pytest.mark.parametrize(
    ("side", "text"),
    [
        ({"measure": "resolution_rate", "at_least": 0.625}, "at least 62.5 %"),
        ({"measure": "resolution_rate", "at_least": 0.285}, "at least 28.5 %"),  # not 28.499999999999996
        ({"measure": "clear_failure_rate", "below": 0.0095}, "below 0.95 %"),
        ({"measure": "clear_failure_rate", "below": 0.01}, "below 1 %"),
        ({"measure": "latency_p50_ms", "below": 599.5}, "below 599.5 ms"),
        ({"measure": "latency_p99_ms", "below": 12500.0}, "below 12 500 ms"),
        ({"measure": "cost_per_call", "below": 0.505}, "below 0.505 USD"),
        ({"measure": "cost_per_call", "below": 2.0}, "below 2.00 USD"),
        ({"measure": "csat_gap_points", "at_most": 4.25}, "at most 4.25 points"),
        ({"measure": "share_4_5.tone", "at_least": 1.0}, "at least 100 %"),
    ],
)
def test_a_bar_is_never_rounded(side, text):
    """A bar reads as it is compared."""
    assert numbers.bar(a_threshold(**side)) == text


def test_counts():
    """n of N, nouns in number, minutes and seconds of a call."""
    assert numbers.count_of(35, 142) == "35 of 142"
    assert numbers.counted(1, "call") == "1 call"
    assert numbers.counted(0, "call") == "0 calls"
    assert numbers.counted(12345, "call") == "12 345 calls"
    assert [numbers.clock(ms) for ms in (None, 0, 187_900, 3_600_000, -900)] == ["", "0:00", "3:07", "60:00", "-0:01"]
