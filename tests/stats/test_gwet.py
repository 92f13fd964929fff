"""Gwet's AC1 and AC2: the published table, the prevalence paradox, the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.stats.gwet import gwet_ac, gwet_disagreement, gwet_terms, pair_terms
from evalharness.stats.kappa import Weights, weight_matrix
from evalharness.stats.ratings import joint_counts, rating_counts
from tests.stats.oracle import the_oracle
from tests.stats.test_alpha import FIVE, UNITS
from tests.stats.test_kappa import KINDS, _grades


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize(("kind", "expected"), [("identity", 0.775), ("ordinal", 0.899)])
def test_raw_4raters(kind: Weights, expected: float) -> None:
    """Gwet 2014; here the unit with a single rating does count, for the shares of the values: n = 12."""
    ac = gwet_ac(UNITS, FIVE, kind, _rng())
    assert ac.value == pytest.approx(expected, abs=5e-4)
    assert ac.n == 12


@pytest.mark.parametrize(("cells", "expected"), [((40, 9, 6, 45), 0.70), ((80, 10, 5, 5), 0.81), ((118, 5, 2, 0), 0.94)])
def test_prevalence_paradox(cells: tuple[int, int, int, int], expected: float) -> None:
    """Where kappa is .70, .32 and -.02."""
    ac = gwet_ac(np.transpose(_grades(*cells)), (0, 1), "identity", _rng())
    assert ac.value == pytest.approx(expected, abs=5e-3)


def test_values_nobody_gave_count() -> None:
    """The same grades on a longer scale: less agreement is expected by chance, AC rises."""
    first, second = _grades(10, 4, 4, 10)
    short, long = (gwet_ac(np.transpose([first, second]), scale, "identity", _rng()) for scale in ((0, 1), (0, 1, 2, 3)))
    assert short.value is not None
    assert long.value is not None
    assert long.value > short.value + 0.05


def test_pairs_by_their_table_are_the_same() -> None:
    """The terms of two raters from joint counts, and from counts a unit."""
    rng = np.random.default_rng(5)
    first, second = rng.integers(1, 6, (2, 40))
    weights = weight_matrix(FIVE, "ordinal")
    by_table = pair_terms(joint_counts(first, second, FIVE).sum(0), weights)
    by_unit = gwet_terms(rating_counts(np.transpose([first, second]), FIVE), weights).sum(0)
    assert by_table.tolist() == pytest.approx(by_unit.tolist())


def test_agrees_with_the_oracle() -> None:
    """1,000 random tables with gaps, weights in turn."""
    oracle, rng, found = the_oracle(), np.random.default_rng(6), 0
    for round_ in range(1000):
        ratings = rng.integers(1, 6, (int(rng.integers(1, 20)), int(rng.integers(1, 5)))).astype(float)
        ratings[rng.random(ratings.shape) < 0.3] = np.nan
        weights, counts = weight_matrix(FIVE, KINDS[round_ % 4]), rating_counts(ratings, FIVE)
        ours = gwet_disagreement(gwet_terms(counts, weights).sum(0)[None], weights).coefficients()
        theirs = float(oracle.gwet_ac(oracle.gwet_terms(counts, weights).sum(0), weights))
        assert ours.tolist() == ([] if np.isnan(theirs) else [pytest.approx(theirs, abs=1e-12)])
        found += len(ours)
    assert found > 600


def test_perfect_and_constant_is_full_agreement() -> None:
    """Kappa has no value here, AC has: 1, with a lower limit of 1 - u, u = 1 - .025^(1/20) = .168 (chance expects none)."""
    ac = gwet_ac([[4, 4]] * 20, FIVE, "identity", _rng())
    assert (ac.value, ac.high, ac.state) == (1, 1, "wide")
    assert ac.low == pytest.approx(0.0250 ** (1 / 20))


@pytest.mark.parametrize("ratings", [[], [[None, None]] * 12, [[3]] * 12])
def test_nothing_rated_twice_is_no_data(ratings: list[list[float]]) -> None:
    """No unit, all missing, one rater."""
    ac = gwet_ac(ratings, FIVE, "ordinal", _rng())
    assert (ac.value, ac.low, ac.high, ac.state) == (None, -1, 1, "no data")
