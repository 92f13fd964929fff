"""The interval of a coefficient: what is resampled, what stands where nothing disagrees, and how often it holds the truth."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from benchmarks.coverage.agreement import failures, latent
from evalharness.stats.agreement import coefficients
from evalharness.stats.alpha import alpha_disagreement, coincidences
from evalharness.stats.bootstrap import fisher_z_interval
from evalharness.stats.interval import Interval, student_t
from evalharness.stats.ratings import Disagreement, by_call, joint_counts, rating_counts
from tests.stats.oracle import the_oracle

FIVE = (1, 2, 3, 4, 5)


def _alpha(sums: np.ndarray) -> Disagreement:
    return alpha_disagreement(sums, FIVE, "ordinal")


def _graded(n: int, seed: int) -> np.ndarray:
    """(n, 2) grades 1 to 5 that differ by one at most."""
    rng = np.random.default_rng(seed)
    return np.clip(rng.integers(1, 6, (n, 1)) + rng.integers(-1, 2, (n, 2)), 1, 5)


def _rng() -> np.random.Generator:
    return np.random.default_rng(4)


@pytest.mark.parametrize("seed", [6, 8])
def test_the_larger_spread_counts(seed: int) -> None:
    """15 calls of two turns: t(14) = 2.145 times the spread of z, of calls left out in turn (seed 6) or drawn anew (seed 8).

    20,000 resamples of whole calls each: two such spreads differ by about .5 %.
    """
    terms = by_call(coincidences(rating_counts(_graded(30, seed), FIVE)), np.repeat(np.arange(15), 2))
    found = fisher_z_interval(terms, _alpha, _rng(), replicates=20_000)
    draws = np.random.default_rng(5).multinomial(15, np.full(15, 1 / 15), 20_000)
    anew = np.arctanh(_alpha(np.einsum("rc,cij->rij", draws, terms)).coefficients()).std(ddof=1)
    z = [float(np.arctanh(_alpha(np.delete(terms, i, 0).sum(0)[None]).coefficients()[0])) for i in range(15)]
    left_out = math.sqrt(14) * float(np.std(z))
    assert (left_out > 1.1 * anew, anew > 1.1 * left_out) == (seed == 6, seed == 8)
    assert found.value is not None
    half = student_t(14, 0.025) * max(anew, left_out)
    assert found.low == pytest.approx(math.tanh(math.atanh(found.value) - half), abs=1e-9 if seed == 6 else 0.01)


def test_the_same_generator_gives_the_same_limits() -> None:
    """Nothing but the generator given is random."""
    terms = coincidences(rating_counts(_graded(30, 5), FIVE))
    assert fisher_z_interval(terms, _alpha, _rng()) == fisher_z_interval(terms, _alpha, _rng())


def test_close_to_the_oracle_on_samples_without_surprises() -> None:
    """50 graded calls, 40 seeds: the same value; limits at most .06 off, most of them wider."""
    oracle, wider = the_oracle(), 0
    for seed in range(40):
        terms = coincidences(rating_counts(_graded(50, seed), FIVE))
        ours = fisher_z_interval(terms, _alpha, np.random.default_rng(seed), 500)
        theirs = oracle.fisher_z_interval(
            terms, lambda sums: oracle.krippendorff_alpha(sums, FIVE), np.random.default_rng(seed), replicates=500
        )
        assert ours.value == pytest.approx(theirs.value)
        assert (ours.low, ours.high) == (pytest.approx(theirs.low, abs=0.06), pytest.approx(theirs.high, abs=0.06))
        wider += ours.high - ours.low > theirs.high - theirs.low
    assert wider > 20


def test_no_disagreement_leaves_a_width() -> None:
    """20 calls alike, half of them yes: u = .1684 unseen, chance disagrees in 10 * 10 * 2 / (20 * 19) ~ .513 (o doubled)."""
    tables = joint_counts([0, 1] * 10, [0, 1] * 10, (0, 1))
    found = fisher_z_interval(tables, coefficients("yes_no", (0, 1))["alpha"], _rng())
    expected = 2 * 20 * 20 / (40 * 39)
    assert (found.value, found.high, found.state) == (1, 1, "wide")
    assert found.low == pytest.approx(1 - 0.16843 / expected, abs=1e-4)


def test_one_disagreement_is_no_certainty() -> None:
    """1 of 20 apart: AC1 = 1 - .05/.5 or so; the limits reach at least to the .2487 that Clopper-Pearson leaves open."""
    tables = joint_counts([0, 1] * 10, [1, 1] + [0, 1] * 9, (0, 1))
    found = fisher_z_interval(tables, coefficients("yes_no", (0, 1))["ac"], _rng())
    assert found.value is not None
    assert found.low <= 1 - (1 - found.value) * 0.2487 / 0.05 + 1e-3
    assert 0.3 < found.low < found.value < found.high < 1


def test_failures_that_nobody_found_twice_may_still_be_found() -> None:
    """48 both no, one each apart: every resample has kappa near -.02; 2 of 50 apart leave .49 % apart open, kappa .87.

    1 - (1 + 1/49) * .0049 / .04 = .875
    """
    tables = joint_counts([0] * 49 + [1], [0] * 48 + [1, 0], (0, 1))
    found = fisher_z_interval(tables, coefficients("yes_no", (0, 1))["kappa"], _rng())
    assert found.value == pytest.approx(-1 / 49)
    assert (found.low, found.high) == (-1, pytest.approx(0.875, abs=5e-3))


@pytest.mark.parametrize("n", [1, 2, 9])
def test_a_handful_of_calls_says_nothing(n: int) -> None:
    """Below ten calls: a value, and limits that exclude nothing."""
    tables = joint_counts([1, 5] * n, [1, 4] * n, FIVE)[:n]
    found = fisher_z_interval(tables, coefficients("ordinal", FIVE)["ac"], _rng())
    assert (found.low, found.high, found.state) == (-1, 1, "wide")
    assert found.value is not None


def test_a_value_below_minus_one_lies_within_its_limits() -> None:
    """1 against 5 four times and 5 against 2: nothing alike, AC2 -1.07; of 30 such calls too."""
    few = joint_counts([1, 1, 1, 1, 5], [5, 5, 5, 4, 2], FIVE)
    for tables in (few, np.tile(few, (6, 1, 1))):
        found = fisher_z_interval(tables, coefficients("ordinal", FIVE)["ac"], _rng())
        assert found.value == found.low == pytest.approx(-1.069, abs=1e-3)
        assert found.high > -0.9


def test_no_calls_are_no_data() -> None:
    """Nothing to resample."""
    found = fisher_z_interval(np.zeros((0, 5, 5)), _alpha, _rng())
    assert (found.value, found.state, found.n) == (None, "no data", 0)
    assert isinstance(found, Interval)


def test_a_coefficient_that_hangs_on_one_call_is_wide() -> None:
    """19 alike on one value, one call of both others: without that call nothing varies, a third of the resamples."""
    tables = joint_counts([0] * 18 + [1, 1], [0] * 18 + [1, 0], (0, 1))
    found = fisher_z_interval(tables, coefficients("yes_no", (0, 1))["kappa"], _rng())
    assert found.low < 0
    assert found.high > 0.9


def test_four_criteria_take_a_fraction_of_two_seconds() -> None:
    """Alpha, kappa and AC of 50 calls with 2,000 replicates, four times: measured .15 CPU s, the limit is 2."""
    tables = joint_counts(*_graded(50, 6).T, FIVE)
    began = time.process_time()
    for _ in range(4):
        for statistic in coefficients("ordinal", FIVE).values():
            fisher_z_interval(tables, statistic, _rng())
    assert time.process_time() - began < 2


SKEWED = (-2.2, -1.6, -1.0, 0.2)


@pytest.mark.parametrize(
    "graders",
    [
        latent("centred", (-1.2, -0.4, 0.4, 1.2), 0.6),
        latent("skewed, poor", SKEWED, 1.3, 0.5),
        latent("skewed, close", SKEWED, 0.25),
        failures(0.30, 0.8, 0.9),
        failures(0.05, 0.3, 0.95),
    ],
    ids=lambda graders: graders.name,
)
def test_limits_hold_the_truth(graders: object) -> None:
    """120 samples of 20 calls: .92 (the least of the full table) less three standard errors, 3 * sqrt(.92 * .08 / 120) = .074."""
    lines = list(graders.lines(20, runs=120, seed=2))
    assert [line.figure for line in lines] == ["coverage"] * 3
    for line in lines:
        assert line.holds, line.text()
        assert line.value >= 0.92 - 0.075
        assert line.width is not None
        assert 0 < line.width < 2


def test_where_most_resamples_have_no_coefficient_nothing_is_said() -> None:
    """One call of 12 disagrees, and a resample needs it twice: 1 - (11/12)^12 - (11/12)^11 = 26 % of them have a coefficient."""
    calls = np.ones((12, 2))
    calls[1:, 1] = 0

    def needs_two(sums: np.ndarray) -> Disagreement:
        resampled = len(sums) > 12
        return Disagreement(sums[..., 1] / 4, np.where(resampled & (sums[..., 1] < 2), 0.0, 1.0))

    found = fisher_z_interval(calls, needs_two, _rng())
    assert (found.value, found.low, found.high, found.state) == (0.75, -1, 1, "wide")
