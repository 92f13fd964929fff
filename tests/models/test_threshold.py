"""The bar."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evalharness.models.threshold import MEASURES, Threshold, Thresholds
from tests.builders import a_threshold, some_thresholds


@pytest.mark.parametrize(
    ("side", "below", "at", "above"),
    [
        ("at_least", False, True, True),
        ("above", False, False, True),
        ("at_most", True, True, False),
        ("below", True, False, False),
    ],
)
def test_each_side_of_the_bar(side, below, at, above):
    threshold = a_threshold("cost_per_call", **{side: 0.5})
    assert [threshold.holds(value) for value in (0.4999, 0.5, 0.5001)] == [below, at, above]
    assert (threshold.direction, threshold.value) == (side, 0.5)


def test_an_unanswered_percentile_is_above_every_bar():
    assert not a_threshold("latency_p99_ms", below=1500).holds(float("inf"))


@pytest.mark.parametrize("sides", [{}, {"at_least": 0.5, "below": 0.9}])
def test_a_bar_has_exactly_one_side(sides):
    with pytest.raises(ValidationError, match="give exactly one of at_least, at_most, below, above"):
        Threshold(id="x", measure="resolution_rate", **sides)


def test_an_unknown_measure_is_named_with_the_known_ones():
    with pytest.raises(ValidationError, match=r"unknown measure 'resolved'; known: resolution_rate.*share_4_5\.CRITERION"):
        a_threshold("resolved")


@pytest.mark.parametrize("measure", [*MEASURES, "share_4_5.tone"])
def test_every_measure_of_the_bar_can_be_checked(measure):
    assert a_threshold(measure, at_least=600.0 if measure.endswith("_ms") else 0.6).enabled


@pytest.mark.parametrize(("measure", "value"), [("resolution_rate", 60.0), ("clear_failure_rate", -0.1), ("latency_p50_ms", 0.6)])
def test_a_bar_in_the_wrong_unit_is_refused(measure, value):
    """60 for 60 %, and 0.6 for 0.6 seconds, are mistakes that would make every check pass or miss."""
    with pytest.raises(ValidationError, match=r"a share lies between 0 and 1|is in milliseconds"):
        a_threshold(measure, at_least=value)


def test_a_check_stands_once_in_a_profile():
    with pytest.raises(ValidationError, match="check 'resolution_rate' stands twice"):
        some_thresholds(a_threshold(), a_threshold(at_least=0.7))


def test_a_profile_without_checks_is_no_bar():
    with pytest.raises(ValidationError):
        Thresholds(profile="empty", checks=())
