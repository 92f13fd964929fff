"""The week's latency percentiles, with unanswered turns above everything measured."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.quantile import week_quantile


@pytest.mark.parametrize(
    ("values", "unanswered", "q", "higher", "quantile"),
    [
        ([400], 0, 0.5, False, 400),
        ([400, 500], 0, 0.5, False, 450),  # position .5
        ([500, 400, 900], 0, 0.5, False, 500),  # position 1
        ([400, 500, 900], 1, 0.5, False, 700),  # position 1.5 of 4: between 500 and 900
        ([400, 500], 1, 0.5, False, 500),  # position 1 of 3: exactly the second, the unanswered one has no weight
        ([400, 500], 2, 0.5, False, "unanswered"),  # position 1.5 of 4: between 500 and an unanswered one
        ([400], 1, 0.5, False, "unanswered"),
        ([], 3, 0.5, False, "unanswered"),
        ([], 0, 0.5, False, None),
        (list(range(1, 102)), 0, 0.95, False, 96),  # position 95 of 101: exact
        (list(range(1, 101)), 0, 0.99, True, 100),  # position 98.01: the higher one, the 100th
        (list(range(1, 101)), 0, 0.99, False, 99.01),
        (list(range(1, 102)), 0, 0.99, True, 100),  # position 99: the 100th of 101
        (list(range(1, 101)), 1, 0.99, True, 100),  # 101 turns: the 100th is measured
        (list(range(1, 100)), 1, 0.99, True, "unanswered"),  # 100 turns: position 98.01, the 100th is unanswered
    ],
)
def test_quantiles_by_hand(values: list[float], unanswered: int, q: float, higher: bool, quantile: object) -> None:
    """Position q (m - 1) of m turns, counted from 0."""
    expected = quantile if isinstance(quantile, str | None) else pytest.approx(quantile)
    assert week_quantile(values, unanswered, q, higher) == expected


@given(st.lists(st.floats(0, 60_000), min_size=1, max_size=60), st.sampled_from([0.5, 0.95]))
def test_without_unanswered_turns_it_is_numpys_quantile(values: list[float], q: float) -> None:
    """Linear is numpy's default; higher is its `higher`."""
    assert week_quantile(values, 0, q) == pytest.approx(float(np.quantile(values, q)), abs=1e-6)
    assert week_quantile(values, 0, q, higher=True) in values


@given(st.lists(st.floats(0, 60_000), max_size=40), st.integers(0, 10), st.sampled_from([0.5, 0.95, 0.99]), st.booleans())
def test_one_more_unanswered_turn_never_lowers_it(values: list[float], unanswered: int, q: float, higher: bool) -> None:
    """Unanswered ranks above every measured value."""

    def rank(quantile: float | str | None) -> float:
        return -1.0 if quantile is None else math.inf if isinstance(quantile, str) else quantile

    now, more = (rank(week_quantile(values, count, q, higher)) for count in (unanswered, unanswered + 1))
    assert more >= now - 1e-6


@pytest.mark.parametrize(
    ("values", "unanswered", "q"), [([1], 0, 1.1), ([1], -1, 0.5), ([math.inf], 0, 0.5), ([math.nan], 0, 0.5)]
)
def test_what_is_no_reply_time_is_refused(values: list[float], unanswered: int, q: float) -> None:
    """A NaN among the replies would make the percentile a NaN."""
    with pytest.raises(ValueError, match="no quantile"):
        week_quantile(values, unanswered, q)
