"""Cohen's kappa: the two tables that agree alike and differ in kappa, the oracle, statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.stats.kappa import Weights, cohens_kappa, kappa_disagreement, weight_matrix
from tests.stats.oracle import the_oracle

FIVE = (1, 2, 3, 4, 5)
KINDS: tuple[Weights, ...] = ("identity", "linear", "quadratic", "ordinal")


def _grades(a: int, b: int, c: int, d: int) -> tuple[list[int], list[int]]:
    """both no, first no and second yes, first yes and second no, both yes."""
    return [0] * (a + b) + [1] * (c + d), [0] * a + [1] * b + [0] * c + [1] * d


@pytest.mark.parametrize(("cells", "expected"), [((40, 9, 6, 45), 0.70), ((80, 10, 5, 5), 0.32), ((118, 5, 2, 0), -0.02)])
def test_the_same_agreement_gives_different_kappas(cells: tuple[int, int, int, int], expected: float) -> None:
    """Both first agree in 85 %; the third in 94.4 %."""
    kappa = cohens_kappa(*_grades(*cells), (0, 1), "identity", np.random.default_rng(1))
    assert kappa.value == pytest.approx(expected, abs=5e-3)
    assert kappa.n == sum(cells)


def test_weights_by_hand() -> None:
    """From 1 to 2 of 1..5: linear 1 - 1/4, quadratic 1 - 1/16, ordinal 1 - C(2,2)/C(5,2) = 1 - 1/10; ends 0."""
    for kind, near in zip(KINDS, (0, 0.75, 0.9375, 0.9), strict=True):
        weights = weight_matrix(FIVE, kind)
        assert weights[0, 1] == pytest.approx(near)
        assert (weights[0, 4], weights[2, 2]) == (0, 1)


def test_weights_follow_the_values_not_their_positions() -> None:
    """0, 1, 10: the step from 0 to 1 is a tenth of the range; ordinal weights count it as one of two steps."""
    assert weight_matrix((0, 1, 10), "linear")[0].tolist() == pytest.approx([1, 0.9, 0])
    assert weight_matrix((0, 1, 10), "ordinal")[0, 1] == pytest.approx(1 - 1 / 3)


def test_agrees_with_the_oracle() -> None:
    """1,000 random tables, some nearly empty, weights in turn."""
    oracle, rng, found = the_oracle(), np.random.default_rng(3), 0
    for round_ in range(1000):
        table, kind = rng.integers(0, 4, (5, 5)) * (rng.random((5, 5)) < rng.random()), KINDS[round_ % 4]
        if not table.any():
            table[1, 1] = 3
        weights = weight_matrix(FIVE, kind)
        ours = kappa_disagreement(table[None].astype(float), weights).coefficients()
        theirs = float(oracle.weighted_kappa(table, oracle.weight_matrix(FIVE, kind)))
        assert ours.tolist() == ([] if np.isnan(theirs) else [pytest.approx(theirs, abs=1e-12)])
        found += len(ours)
    assert found > 700


@pytest.mark.parametrize("kind", ["linear", "quadratic"])
def test_agrees_with_statsmodels(kind: Weights) -> None:
    """Random 5 x 5 tables."""
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    rng = np.random.default_rng(4)
    for _ in range(50):
        table = rng.integers(0, 9, (5, 5)).astype(float)
        ours = kappa_disagreement(table[None], weight_matrix(FIVE, kind)).coefficients()
        assert ours[0] == pytest.approx(inter_rater.cohens_kappa(table, wt=kind).kappa, abs=1e-12)


@pytest.mark.parametrize(("first", "second"), [([], []), ([1] * 20, [1] * 20), ([None] * 20, [2] * 20)])
def test_no_variation_is_no_data(first: list[float], second: list[float]) -> None:
    """Nothing, the same value throughout, one rater missing."""
    kappa = cohens_kappa(first, second, FIVE, "quadratic", np.random.default_rng(1))
    assert (kappa.value, kappa.low, kappa.high, kappa.state) == (None, -1, 1, "no data")


def test_a_constant_rater_agrees_as_by_chance() -> None:
    """One rater says 3 throughout, the other varies: exactly chance, kappa 0."""
    kappa = cohens_kappa([3] * 20, [2, 4] * 10, FIVE, "quadratic", np.random.default_rng(1))
    assert kappa.value == pytest.approx(0)
    assert kappa.low < 0 < kappa.high
