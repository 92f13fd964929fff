"""Which way a measure is good."""

from __future__ import annotations

import pytest

from evalharness.report.directions import rises_well, way
from tests.builders import a_threshold


@pytest.mark.parametrize(
    ("name", "unit", "difference", "said"),
    [
        ("resolution_rate", "share", 0.1, "better"),
        ("latency_p50_ms", "ms", 204.0, "worse"),
        ("cost_per_call", "money", -0.1, "better"),
        ("latency", "score", -26.0, "worse"),  # a score of latency is good when it is high
        ("share_4_5.tone", "share", -0.2, "worse"),
        ("calls_with.dead_air", "share", 0.07, "worse"),
        ("containment_rate", "share", 0.07, "up"),  # callers who gave up count, too
        ("share_yes.greeted", "share", -0.07, "down"),
    ],
)
def test_a_difference_is_better_or_worse_or_neither(name: str, unit, difference: float, said: str) -> None:
    """204 ms more is worse, 20 points more resolved is better."""
    assert way(name, difference, unit) == said


def test_a_bar_says_which_side_is_good() -> None:
    """Whatever the measure: at least is good when it is high, below when it is low."""
    assert rises_well("containment_rate", bar=a_threshold("containment_rate", at_least=0.5)) is True
    assert rises_well("resolution_rate", bar=a_threshold("resolution_rate", below=0.5)) is False
    assert rises_well("containment_rate") is None
