"""Bounds valid at every look: published counts, the oracle, one crossing, and what they may never do."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evalharness.models.threshold import Direction
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.sequence import sequence_bounds, sequence_calls_needed, sequence_verdict
from evalharness.stats.verdict import verdict_from_bounds
from tests.stats.oracle import the_oracle

SIDES: tuple[Direction, ...] = ("at_least", "above", "at_most", "below")


@pytest.mark.parametrize(("failures", "calls"), [(0, 377), (1, 663)])
def test_calls_that_show_below_one_percent_at_any_look(failures: int, calls: int) -> None:
    """377 clean ones, 663 with one failure; one call fewer is not enough. A single look needs 299 and 473."""
    assert sequence_bounds(failures, calls)[1] < 0.01 <= sequence_bounds(failures, calls - 1)[1]
    assert sequence_verdict(failures, calls, 0.01, "below") == "met"
    assert sequence_verdict(failures, calls - 1, 0.01, "below") == "not_proven"


@pytest.mark.parametrize(("alpha", "failures", "calls"), [(0.05 / 52, 0, 808), (0.05 / 52, 1, 1137)])
def test_a_fifty_second_of_the_error_needs_more_than_twice_the_calls(alpha: float, failures: int, calls: int) -> None:
    """808 clean calls at .05/52, 1,137 with one failure."""
    assert sequence_bounds(failures, calls, alpha)[1] < 0.01 <= sequence_bounds(failures, calls - 1, alpha)[1]


def test_evidence_by_hand() -> None:
    """One call, no hit. M(t) = int_0^t (1-q) dBeta / ((1-t) F(t)), Beta(1/2, 1/2), a = asin(sqrt t), F = 2a/pi.

    The integral is (a + sqrt(t(1-t)))/pi, so M = (1 + sqrt(t(1-t))/a) / (2(1-t)): 20 at t = .97206.
    """
    t = sequence_bounds(0, 1)[1]
    assert t == pytest.approx(0.97206, abs=1e-5)
    assert (1 + math.sqrt(t * (1 - t)) / math.asin(math.sqrt(t))) / (2 * (1 - t)) == pytest.approx(20)


@pytest.mark.parametrize("t", [0.01, 0.3, 0.6])
def test_the_evidence_is_no_larger_than_one_on_average(t: float) -> None:
    """At the threshold the chance that one given look of 40 calls shows either side is at most .05 each, summed exactly."""
    chances = binom.pmf(np.arange(41), 40, t)
    bounds = np.array([sequence_bounds(k, 40) for k in range(41)])
    assert chances[bounds[:, 1] < t].sum() <= 0.05
    assert chances[bounds[:, 0] > t].sum() <= 0.05


def test_bounds_of_every_look_are_wider_than_those_of_one() -> None:
    """7 of 50: Clopper-Pearson .067 to .248 one-sided."""
    (low, high), (least, most) = clopper_pearson(7, 50, 0.05), sequence_bounds(7, 50)
    assert least < low < high < most


@pytest.mark.parametrize(("k", "n"), [(0, 0), (0, -1)])
def test_nothing_graded_proves_nothing(k: int, n: int) -> None:
    """Not even "at least 0"."""
    assert sequence_bounds(k, n) == (0, 1)
    assert {sequence_verdict(k, n, 0.0, side) for side in SIDES} == {"not_proven"}
    assert sequence_calls_needed(k, n, 0.01, "below") is None


@pytest.mark.parametrize(("k", "n", "tail"), [(3, 2, 0.05), (-1, 2, 0.05), (1, 2, 0.0), (1, 2, 1.0), (math.nan, 2, 0.05)])
def test_counts_that_contradict_each_other_are_refused(k: float, n: float, tail: float) -> None:
    """0 <= k <= n and an error between 0 and 1."""
    with pytest.raises(ValueError, match="contradict"):
        sequence_bounds(k, n, tail)


def test_calls_needed_refuses_more_hits_than_calls() -> None:
    """3 of 2."""
    with pytest.raises(ValueError, match="contradict"):
        sequence_calls_needed(3, 2, 0.01, "below")


@given(st.integers(1, 3000), st.floats(0, 1), st.sampled_from([0.001, 0.025, 0.05, 0.2]))
def test_one_more_failure_never_lowers_a_bound(n: int, share: float, tail: float) -> None:
    """In place of a clean call, or on top; mirrored one more clean call never raises one."""
    k = round(share * (n - 1))
    low, high = sequence_bounds(k, n, tail)
    assert 0 <= low <= k / n <= high <= 1
    for more in (sequence_bounds(k + 1, n, tail), sequence_bounds(k + 1, n + 1, tail)):
        assert more[0] >= low - 1e-12
        assert more[1] >= high - 1e-12
    clean = sequence_bounds(k, n + 1, tail)
    assert clean[0] <= low + 1e-12
    assert clean[1] <= high + 1e-12


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0, 1), st.sampled_from(SIDES))
def test_the_verdict_is_that_of_the_bounds_shown(n: int, share: float, threshold: float, side: Direction) -> None:
    """Never a "met" beside bounds that still allow a miss."""
    k = round(share * n)
    assert sequence_verdict(k, n, threshold, side) == verdict_from_bounds(*sequence_bounds(k, n), threshold, side)


def test_calls_needed_if_the_rate_stays_as_seen() -> None:
    """0 of 50: 377. 35 of 50 resolved: the first n at which .7 n of n lie above 60 %, and what is shown needs no more."""
    assert sequence_calls_needed(0, 50, 0.01, "below") == 377
    assert sequence_calls_needed(0, 400, 0.01, "below") == 400
    needed = sequence_calls_needed(35, 50, 0.6, "at_least")
    assert needed is not None
    assert sequence_bounds(0.7 * needed, needed)[0] >= 0.6 > sequence_bounds(0.7 * (needed - 1), needed - 1)[0]


@pytest.mark.parametrize(
    ("k", "n", "threshold", "side"),
    [
        (1, 50, 0.01, "below"),
        (30, 50, 0.6, "above"),
        (0, 50, 0.0, "at_most"),
        (5990, 10_000, 0.6, "below"),
        (0, 200_000, 0.01, "below"),
    ],
)
def test_no_number_of_calls_can_be_named(k: int, n: int, threshold: float, side: Direction) -> None:
    """The rate breaks the claim or stands at the bar; a bar at 0; a gap too small, or a start, beyond 100,000 calls."""
    assert sequence_calls_needed(k, n, threshold, side) is None


@given(st.integers(1, 60), st.floats(0, 1), st.sampled_from([0.01, 0.05, 0.3, 0.6, 0.9]), st.sampled_from(SIDES))
def test_calls_needed_is_the_first_number_that_proves_it(n: int, share: float, threshold: float, side: Direction) -> None:
    """One call fewer does not, and of what follows none takes it back."""
    k = round(share * n)
    needed = sequence_calls_needed(k, n, threshold, side)
    if needed is None:
        return

    def met(calls: int) -> bool:
        return verdict_from_bounds(*sequence_bounds(k / n * calls, calls), threshold, side) == "met"

    assert needed >= n
    assert met(needed)
    assert met(needed + 1)
    assert met(2 * needed)
    assert needed == n or not met(needed - 1)


def test_agrees_with_the_oracle() -> None:
    """1,000 seeded counts: the oracle's evidence at our bounds is 1/tail, the verdicts are equal."""
    oracle, rng = the_oracle(), np.random.default_rng(3)
    for i in range(1000):
        n = int(rng.integers(1, 3000))
        k = int(rng.integers(0, n + 1)) if i % 2 else int(rng.integers(0, min(n, 5) + 1))
        low, high = sequence_bounds(k, n)
        assert k == n or oracle._log_mixture(k, n, high, "below", (0.5, 0.5)) == pytest.approx(math.log(20), abs=1e-6)
        assert k == 0 or oracle._log_mixture(k, n, low, "above", (0.5, 0.5)) == pytest.approx(math.log(20), abs=1e-6)
        bar, side = float(rng.choice([0.01, 0.05, 0.3, 0.6, 0.9])), SIDES[i % 4]
        assert sequence_verdict(k, n, bar, side) == oracle.sequence_verdict(k, n, bar, side).replace(" ", "_")


def test_the_oracle_rounds_outward_to_its_grid() -> None:
    """60 seeded counts: never tighter than the oracle by more than its grid, .0014 of the log odds, nor wider."""
    oracle, rng = the_oracle(), np.random.default_rng(4)
    for _ in range(60):
        n = int(rng.integers(1, 2000))
        k = int(rng.integers(0, n + 1))
        (low, high), (least, most) = sequence_bounds(k, n), oracle.sequence_bounds(k, n)
        for ours, theirs in ((low, least), (1 - high, 1 - most)):
            assert theirs - 1e-12 <= ours <= theirs + 0.0015 * ours * (1 - ours) + 2e-6


def test_it_is_fast() -> None:
    """Calls needed within 20 ms."""
    began = time.process_time()
    for _ in range(10):
        sequence_calls_needed(35, 50, 0.6, "at_least")
    assert (time.process_time() - began) / 10 < 0.02
