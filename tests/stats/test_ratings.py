"""Counting ratings on the full scale, and what is said where there is nothing to count."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.stats.ratings import Disagreement, by_call, divided, full_scale, joint_counts, rating_counts
from tests.stats.oracle import the_oracle

FIVE = (1, 2, 3, 4, 5)


def test_counts_hold_values_nobody_gave() -> None:
    """Two fives and a one, then a lone two: five columns although 3 and 4 never occur."""
    assert rating_counts([[5, 5, 1], [2, None, None]], FIVE).tolist() == [[1, 0, 0, 0, 2], [0, 1, 0, 0, 0]]


def test_the_order_of_the_scale_does_not_matter() -> None:
    """Counts are in rising order however the scale was written."""
    assert rating_counts([[5, 1]], (5, 3, 1)).tolist() == rating_counts([[5, 1]], (1, 3, 5)).tolist() == [[1, 0, 1]]


def test_joint_counts_have_the_first_rater_in_the_rows() -> None:
    """First says 1, second 3: row 0, column 2; where one is missing nothing is counted."""
    tables = joint_counts([1, 2, np.nan], [3, np.nan, 1], (1, 2, 3))
    assert tables[0].tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert tables[1:].sum() == 0


@pytest.mark.parametrize("rating", [0, 6, 2.5, float("inf")])
def test_a_rating_off_the_scale_is_refused(rating: float) -> None:
    """It would otherwise count as a neighbour."""
    with pytest.raises(ValueError, match="not on the scale"):
        rating_counts([[rating, 1]], FIVE)


@pytest.mark.parametrize("scale", [(), (1,), (1, 1), (1, float("nan"))])
def test_a_scale_has_two_different_values(scale: tuple[float, ...]) -> None:
    """With one value there is nothing to agree on."""
    with pytest.raises(ValueError, match="two or more different values"):
        full_scale(scale)


def test_turns_are_summed_within_their_call() -> None:
    """Units of calls b, a, b: sums in the order a, b."""
    terms = np.array([[1.0, 0], [2, 0], [4, 1]])
    assert by_call(terms, ["b", "a", "b"]).tolist() == [[2, 0], [5, 1]]
    assert by_call(terms) is terms


def test_no_coefficient_where_nothing_is_expected() -> None:
    """1 - .1/.4 = .75; the second has no chance disagreement and drops out instead of being nan."""
    found = Disagreement(np.array([0.1, 0.0]), np.array([0.4, 0.0]))
    assert found.coefficients().tolist() == [0.75]
    assert found.defined.tolist() == [True, False]
    assert divided(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist() == [0.5, 0.0]


def test_agrees_with_the_oracle() -> None:
    """1,000 random tables of ratings with gaps, and their sums a call."""
    oracle, rng = the_oracle(), np.random.default_rng(1)
    for _ in range(1000):
        ratings = rng.integers(1, 6, (int(rng.integers(1, 15)), int(rng.integers(1, 5)))).astype(float)
        ratings[rng.random(ratings.shape) < 0.3] = np.nan
        counts, call = rating_counts(ratings, FIVE), rng.integers(0, 4, len(ratings))
        assert counts.tolist() == oracle.unit_counts(ratings, FIVE).tolist()
        assert by_call(counts, np.unique(call, return_inverse=True)[1]).sum() == pytest.approx(counts.sum())
        codes = np.unique(call, return_inverse=True)[1]
        assert by_call(counts, call).tolist() == oracle.per_call(counts, codes).tolist()
