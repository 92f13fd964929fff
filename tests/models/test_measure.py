"""A number never travels without its count; and the five counts of a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evalharness.models.measure import Measure
from tests.builders import a_check, a_measure, an_intake


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_nothing_measured_never_has_a_value(value):
    with pytest.raises(ValidationError, match="a value from nothing"):
        Measure(name="resolution_rate", unit="share", value=value, n=0, of=200)


def test_one_graded_call_may_have_a_value_and_none_has_none():
    assert Measure(name="x", unit="share", value=1.0, n=1).value == 1.0
    assert Measure(name="x", unit="share").value is None


def test_a_measure_refuses_infinity():
    with pytest.raises(ValidationError):
        a_measure(float("inf"))


@pytest.mark.parametrize("verdict", ["passed", "ok", "", "good enough"])
def test_a_check_has_one_of_four_verdicts(verdict):
    with pytest.raises(ValidationError):
        a_check(verdict)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"rows": 3, "accepted": 3}, True),
        ({"rows": 5, "accepted": 1, "duplicate": 1, "conflict": 1, "other_agent": 1, "rejected": 1}, True),
        ({"rows": 4, "accepted": 3}, False),
        ({"rows": 0, "accepted": 0}, True),
    ],
)
def test_the_five_counts_of_a_file_add_up_to_its_rows(counts, expected):
    assert an_intake(**counts).adds_up() is expected
