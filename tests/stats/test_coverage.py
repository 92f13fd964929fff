"""A small, seeded run of the coverage benchmark: the limits hold the truth, the estimate leans to neither side."""

from __future__ import annotations

import pytest

from benchmarks.coverage import Design, simulate


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.30])
@pytest.mark.parametrize(
    "design",
    [
        Design("plain", (150,), (20,), (1,)),
        Design("two strata", (800, 200), (28, 7), (1, 3)),
        Design("tail", (900, 100), (40, 10), (1, 8)),
    ],
    ids=lambda design: design.name,
)
def test_limits_hold_the_truth(design: Design, rate: float) -> None:
    """600 weeks: at least 95 % covered; a one-sided bound errs in at most 7 % (5 % and three standard errors, .0089 each)."""
    row = simulate(design, rate, weeks=600, seed=4)
    assert row.coverage >= 0.95
    assert max(row.too_low, row.too_high) <= 0.05 + 3 * 0.0089
    assert abs(row.bias) < 0.01
    assert 0 < row.width < 1
