"""The texts of JSON values side by side."""

import pytest

from evalharness.collect.privacy.gathered import gathered, large_digits


def test_every_text_and_key_and_large_number():
    """At any depth, tuples too; small numbers, fractions and flags are no texts, and an empty one is one."""
    texts, keys = gathered([{"a": ["b", {"c": 4155550132}], "d": None}, ("e", 7, True, 4155550132.5), "", -4155550132.0])
    assert sorted(texts) == ["", "4155550132", "4155550132", "a", "b", "c", "d", "e"]
    assert sorted(keys) == ["a", "c", "d"]


def test_no_depth_is_too_deep_and_the_values_stay():
    """100,000 lists in one another; the list that is given is not grown."""
    value: list = ["x"]
    for _ in range(100_000):
        value = [value]
    given = [value]
    assert gathered(given) == (["x"], [])
    assert given == [value]


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (1_000_000, "1000000"),
        (999_999, ""),
        (-4155550132.0, "4155550132"),
        (1e16, "10000000000000000"),
        (float("inf"), ""),
        ("1", ""),
    ],
)
def test_digits_of_large_whole_numbers(value, digits):
    """Without a sign, without an exponent."""
    assert large_digits(value) == digits
