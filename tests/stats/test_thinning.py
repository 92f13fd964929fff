"""Equal-probability calls of an oversampled week: exact expectations, the binding stratum, and why the sequence holds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.thinning import equal_probability


@pytest.mark.parametrize(
    ("counts", "draws", "kept"),
    [
        ([(30, 900), (20, 100)], [0.9, 0.3], [30, 4]),  # f = 1/30: 30, and 3.33 of the tail: one more below .333
        ([(30, 900), (20, 100)], [0.9, 0.34], [30, 3]),
        ([(20, 500), (15, 500)], [0.1, 0.9], [15, 15]),  # f = .03
        ([(10, 100)], [0.5], [10]),
        ([(10, 100), (0, 0)], [0.5, 0.5], [10, 0]),  # an empty stratum binds nothing
        ([(10, 100), (0, 5)], [0.5, 0.0], [0, 0]),  # nothing graded of five calls: they had no chance
        ([(0, 0)], [0.0], [0]),
        ([], [], []),
        ([(7, 7), (3, 3)], [0.0, 0.0], [7, 3]),  # everything graded
    ],
)
def test_calls_kept_by_hand(counts: list[tuple[int, int]], draws: list[float], kept: list[int]) -> None:
    """f = min g/M; floor(f M), and one more where the stratum's number is below the rest."""
    assert equal_probability(counts, draws) == kept


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 900)), min_size=1, max_size=4), st.integers(0, 2**32))
def test_every_call_has_the_same_chance_and_none_is_invented(counts: list[tuple[int, int]], seed: int) -> None:
    """Kept is floor or ceiling of f M and at most what was graded; the binding stratum keeps all."""
    counts = [(min(graded, judged), judged) for graded, judged in counts]
    draws = np.random.default_rng(seed).random(len(counts)).tolist()
    kept = equal_probability(counts, draws)
    f = min((Fraction(graded, judged) for graded, judged in counts if judged), default=Fraction(0))
    for (graded, judged), keep, draw in zip(counts, kept, draws, strict=True):
        assert keep <= graded
        assert abs(keep - f * judged) < 1
        assert keep - f * judged <= 0 or draw < f * judged % 1
        if judged and Fraction(graded, judged) == f:
            assert keep == graded


def test_one_more_is_kept_as_often_as_the_fraction_says() -> None:
    """f M = 3.333 of the tail: 10,000 evenly spaced numbers keep 3,334 times four."""
    kept = [equal_probability([(30, 900), (20, 100)], [0.5, i / 10_000])[1] for i in range(10_000)]
    assert (kept.count(4), kept.count(3)) == (3334, 6666)


@pytest.mark.parametrize(
    ("counts", "draws"),
    [([(1, 2)], []), ([(3, 2)], [0.5]), ([(-1, 2)], [0.5]), ([(1, 2)], [1.5]), ([(1, 2)], [float("nan")])],
)
def test_counts_that_contradict_each_other_are_refused(counts: list[tuple[int, int]], draws: list[float]) -> None:
    """One number in 0..1 a stratum, and no more graded calls than there are."""
    with pytest.raises(ValueError, match=r"strata need|more graded"):
        equal_probability(counts, draws)


@pytest.mark.parametrize("direction", [-1, 1])
def test_the_mean_of_a_weeks_factor_is_at_most_one(direction: int) -> None:
    """Exactly, over hypergeometric hits and both roundings: 12 of 40 and 5 of 10 graded, 10 hits of 50, t = .2, any q.

    f = .3: 12 of the core, 3 of the tail; with 11 tail calls 3.3, so a fourth three times in ten.
    """
    from scipy.stats import hypergeom

    for tail_calls, hits in ((10, (10, 0)), (10, (2, 8)), (11, (4, 6)), (11, (10, 1))):
        share = Fraction(sum(hits), 40 + tail_calls)
        t = float(share)
        for q in np.linspace(0.01, 0.99, 25):
            if (q - t) * direction <= 0:
                continue
            up, down = q / t, (1 - q) / (1 - t)

            def mean(calls: int, K: int, n: int, up: float = up, down: float = down) -> float:
                k = np.arange(n + 1)
                return float((hypergeom.pmf(k, calls, K, n) * up**k * down ** (n - k)).sum())

            rest = float(Fraction(3, 10) * tail_calls) - 3
            tail = (1 - rest) * mean(tail_calls, hits[1], 3) + rest * mean(tail_calls, hits[1], 4)
            assert mean(40, hits[0], 12) * tail <= 1 + 1e-12
