"""From a figure to a place in a picture."""

from __future__ import annotations

import pytest

from evalharness.report.page.scale import close_scale, places, rounded_up, scale_of


@pytest.mark.parametrize(
    ("value", "round_number"),
    [
        (0.13, 0.2),
        (0.2, 0.2),
        (0.21, 0.4),
        (620, 800),
        (801, 1000),
        (1000, 1000),
        (4404, 6000),
        (0.0, 0.0),
        (9.9, 10),
        (0.55, 0.6),
    ],
)
def test_a_scale_ends_at_a_number_whose_half_is_as_short(value: float, round_number: float) -> None:
    """1, 2, 4, 6, 8 or 10 times a power of ten, not below the value."""
    assert rounded_up(value) == pytest.approx(round_number)


def test_a_scale_begins_at_zero_and_leaves_room() -> None:
    """62 and 74 per cent reach over half: the whole. 12 per cent do not: to 20 (12 x 1.08 = 12.96)."""
    assert scale_of([0.62, 0.74, None], 0, 100, whole=1.0).ticks() == (0.0, 0.5, 1.0)
    assert scale_of([0.12], 0, 100, whole=1.0).ticks() == pytest.approx((0.0, 0.1, 0.2))
    assert scale_of([], 0, 100).ticks() == (0.0, 0.5, 1.0)


def test_a_negative_figure_has_a_place_left_of_zero() -> None:
    """From -4 to 6: 0 stands at 40 of 100."""
    scale = scale_of([-3.5, 5.0], 0, 100)
    assert (scale.low, scale.high, scale.at(0.0)) == (-4.0, 6.0, 40.0)


def test_what_lies_outside_stands_at_the_edge_and_infinity_makes_no_scale() -> None:
    """An endless limit is left out of the scale and drawn at its end."""
    scale = scale_of([5.0, float("inf")], 10, 110)
    assert (scale.high, scale.at(float("inf")), scale.at(-1.0)) == (6.0, 110, 10)


def test_coordinates_have_a_point_and_at_most_one_digit() -> None:
    """Whatever the machine's locale."""
    assert places(12.345, 100.0, -0.04) == "12.3 100 -0"


@pytest.mark.parametrize(
    ("values", "whole", "low", "high"),
    [
        ([500.0, 600.0], None, 492.0, 608.0),  # a tenth of a twelfth: 100 x .08 on both sides
        ([0.45, 0.74], 1.0, 0.4268, 0.7632),
        ([0.02, 0.5], 1.0, 0.0, 0.5384),  # .02 - .48 x .08 lies below nothing
        ([0.5, 0.99], 1.0, 0.4608, 1.0),  # and above the whole there is nothing
        ([-3.0, 5.0], None, -3.64, 5.64),
        ([20.0, 20.0], None, 18.4, 21.6),  # all alike: 8 % of themselves
        ([0.0, 0.0], None, 0.0, 1.0),
        ([5.0, None, float("inf")], None, 4.6, 5.4),
        ([], None, 0.0, 1.0),
    ],
)
def test_a_close_scale_lies_around_the_values(values, whole, low: float, high: float) -> None:
    """With a little room on both sides, never beyond what the values can be, never of no width."""
    found = close_scale(values, 64, 8, whole=whole)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.at(found.low) == 64
    assert found.at(found.high) == 8
