"""Calls out of the domain in a figure of people and LLM: as hits at the most, as none at the least."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.combined import combined
from evalharness.models.measure import Measure
from tests.aggregate.test_combined import a_combined_week, of, trusted


def with_the_sixth(outcome: str) -> Measure:
    """Resolution by both, where Anna gave this outcome to the sixth call of 35."""

    def change(place: int, said: dict[str, Any]) -> dict[str, Any]:
        return {**said, "Anna Keller": {**said["Anna Keller"], "outcome": outcome}} if place == 5 else said

    week, grades, outside = a_combined_week(change=change)
    found = of("resolution_rate", combined(week, grades, trusted(), outside)).combined
    assert found is not None
    return found


@pytest.mark.parametrize("left_open", ["out_of_scope", "unknown"])
def test_a_call_out_of_scope_or_open_is_taken_both_ways(left_open: str) -> None:
    """The upper limit is that with a resolved call in its place, the lower one that with an unresolved call."""
    found, most, least = (with_the_sixth(outcome) for outcome in (left_open, "resolved", "unresolved"))

    assert (found.low, found.high) == (least.low, most.high)
    assert least.high is not None
    assert most.high is not None
    assert least.high < most.high
