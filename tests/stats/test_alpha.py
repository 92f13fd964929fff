"""Krippendorff's alpha: the published table, the oracle, and what is said where nothing varies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.alpha import Level, alpha_disagreement, coincidences, krippendorff_alpha
from evalharness.stats.ratings import rating_counts
from tests.stats.oracle import the_oracle

FIVE = (1, 2, 3, 4, 5)
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
GAP = None
FOUR_OBSERVERS = (  # Krippendorff 2011, 4 observers x 12 units
    (1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3),
    (GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP),
)
UNITS = np.array(FOUR_OBSERVERS, dtype=float).T


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize(("level", "expected"), list(zip(LEVELS, (0.743, 0.815, 0.849, 0.797), strict=True)))
def test_four_observers(level: Level, expected: float) -> None:
    """The published coefficients; the twelfth unit has a single rating and is no part of it: n = 11."""
    alpha = krippendorff_alpha(UNITS, FIVE, level, _rng())
    assert alpha.value == pytest.approx(expected, abs=5e-4)
    assert (alpha.n, alpha.state) == (11, "ok")
    assert -1 < alpha.low < expected < alpha.high < 1


def test_two_raters_by_hand() -> None:
    """12 units yes/no: 5 both no, 5 both yes, 2 apart. o = [[10, 2], [2, 10]], n = 24.

    observed 4/24; expected 2 * 12 * 12 / (24 * 23) = 288/552; alpha = 1 - (4/24) / (288/552) = .68056
    """
    ratings = [[0, 0]] * 5 + [[1, 1]] * 5 + [[0, 1], [1, 0]]
    assert krippendorff_alpha(ratings, (0, 1), "nominal", _rng()).value == pytest.approx(0.68056, abs=1e-5)


def test_turns_of_a_call_are_resampled_together() -> None:
    """12 calls with each turn written three times: the same coefficient but for n - 1, and limits no narrower for it."""
    rng = np.random.default_rng(3)
    once = rng.integers(1, 6, (12, 1)) + rng.integers(0, 2, (12, 2)) * [0, 1]
    calls = np.clip(once, 1, 5)
    thrice, call = np.repeat(calls, 3, axis=0), np.repeat(np.arange(12), 3)
    plain = krippendorff_alpha(calls, FIVE, "interval", _rng())
    clustered = krippendorff_alpha(thrice, FIVE, "interval", _rng(), call)
    mistaken = krippendorff_alpha(thrice, FIVE, "interval", _rng())
    assert clustered.n == plain.n == 12
    assert clustered.high - clustered.low > 0.9 * (plain.high - plain.low)
    assert mistaken.high - mistaken.low < 0.75 * (clustered.high - clustered.low)


def test_largest_disagreement_is_one() -> None:
    """Opposite ends of the scale: 1 at every level, so that what is unseen can be put into the same unit."""
    sums = coincidences(rating_counts([[1, 5]], FIVE)).sum(0)
    for level in LEVELS:
        assert alpha_disagreement(sums, FIVE, level).observed == pytest.approx(1)


def test_agrees_with_the_oracle() -> None:
    """1,000 random tables with gaps, up to five raters, a level each."""
    oracle, rng, found = the_oracle(), np.random.default_rng(2), 0
    for round_ in range(1000):
        ratings = rng.integers(1, int(rng.integers(2, 7)), (int(rng.integers(1, 20)), int(rng.integers(1, 6)))).astype(float)
        ratings[rng.random(ratings.shape) < 0.3] = np.nan
        level, counts = LEVELS[round_ % 4], rating_counts(ratings, FIVE)
        ours = alpha_disagreement(coincidences(counts).sum(0)[None], FIVE, level).coefficients()
        theirs = float(oracle.krippendorff_alpha(oracle.coincidences(counts).sum(0), FIVE, level))
        assert ours.tolist() == ([] if np.isnan(theirs) else [pytest.approx(theirs, abs=1e-12)])
        found += len(ours)
    assert found > 600


@pytest.mark.parametrize("ratings", [[], [[1, 1]] * 30, [[None, None]] * 5, [[3]] * 20, [[3, None]] * 20])
def test_nothing_that_varies_is_no_data(ratings: list[list[float]]) -> None:
    """No unit, all equal, all missing, a single rater, a single rating a unit: no coefficient, the widest limits."""
    alpha = krippendorff_alpha(ratings, FIVE, "ordinal", _rng())
    assert (alpha.value, alpha.low, alpha.high, alpha.state) == (None, -1, 1, "no data")


@given(
    st.lists(st.lists(st.sampled_from([1, 2, 5, None]), min_size=3, max_size=3), max_size=25),
    st.sampled_from(LEVELS),
)
def test_never_nan(ratings: list[list[float | None]], level: Level) -> None:
    """Whatever is missing or equal: limits around the value, within -1..1, never of no width."""
    alpha = krippendorff_alpha(np.array(ratings, dtype=float).reshape(-1, 3), FIVE, level, _rng())
    assert min(-1, alpha.value or 0) <= alpha.low < alpha.high <= 1
    assert (alpha.value is None) == (alpha.state == "no data")
    assert alpha.value is None or alpha.low <= alpha.value <= alpha.high
