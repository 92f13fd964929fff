"""The weekly alarm: by hand, against the oracle, at its edges, and how often it cries wolf."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from benchmarks.coverage.alarms import LEAST_SEEN, MOST_FALSE_A_YEAR, false_alarms, seen
from evalharness.stats.alarm import ODDS_RATIOS, baseline_target, e_detector
from evalharness.stats.exact import clopper_pearson
from tests.stats.oracle import the_oracle


def test_one_odds_ratio_by_hand() -> None:
    """Target 1/2, odds ratio 3: p1 = 3/4, a failure counts 3/2, a pass 1/2.

    Week 1: 2 of 2 fail, S = (0 + 1) * 9/4 = 2.25. Week 2: 1 of 2, S = 3.25 * 3/4 = 2.4375. Week 3: 3 of 3, 3.4375 * 27/8.
    """
    found = e_detector([2, 1, 3], [2, 2, 3], 0.5, threshold=10, odds_ratios=(3,))
    assert found.statistic.tolist() == pytest.approx([2.25, 2.4375, 3.4375 * 27 / 8])
    assert found.alarm.tolist() == [False, False, True]


def test_an_alarm_starts_again_from_nothing() -> None:
    """The same week after an alarm has the statistic of a first week."""
    found = e_detector([3, 3], [3, 3], 0.5, threshold=3, odds_ratios=(3,))
    assert found.statistic.tolist() == pytest.approx([27 / 8, 27 / 8])
    assert found.alarm.all()


def test_weeks_without_calls_are_skipped() -> None:
    """400 empty weeks change nothing and raise no alarm; the statistic stands still."""
    assert not e_detector(np.zeros(400), np.zeros(400), 0.05).alarm.any()
    found = e_detector([2, 0, 0, 1], [20, 0, 0, 20], 0.05)
    assert found.statistic[0] == found.statistic[1] == found.statistic[2]
    assert found.statistic[3] == e_detector([2, 1], [20, 20], 0.05).statistic[1]


def test_the_evidence_of_a_week_has_mean_one_at_most() -> None:
    """What makes it valid: at and below the target, for each odds ratio, over all outcomes of 20 calls."""
    k = np.arange(21)
    for ratio in ODDS_RATIOS:
        week = np.array([e_detector([x], [20], 0.05, odds_ratios=(ratio,)).statistic[0] for x in k])
        for rate in (0.05, 0.03, 0.0):
            assert float((week * binom.pmf(k, 20, rate)).sum()) <= 1 + 1e-9


def test_targets_at_the_edges() -> None:
    """Where no failure may be, the first one alarms; where all may fail, nothing does."""
    found = e_detector([0, 1], [20, 20], 0.0)
    assert found.statistic.tolist() == [0, np.inf]
    assert found.alarm.tolist() == [False, True]
    assert not e_detector([20, 20], [20, 20], 1.0).alarm.any()


@pytest.mark.parametrize(
    ("failures", "calls", "target"), [([3], [2], 0.1), ([-1], [2], 0.1), ([1], [2], 1.5), ([np.nan], [2], 0.1)]
)
def test_counts_that_contradict_each_other_are_refused(failures: list[float], calls: list[int], target: float) -> None:
    """More failures than calls, fewer than none, a target that is no share, a gap."""
    with pytest.raises(ValueError, match="failures lie within"):
        e_detector(failures, calls, target)


def test_target_of_a_baseline() -> None:
    """Its 80 % upper limit, above the share seen; nothing graded: 1, which cannot alarm."""
    assert baseline_target(5, 100) == clopper_pearson(5, 100, 0.2)[1]
    assert 0.05 < baseline_target(5, 100) < 0.09
    assert baseline_target(0, 0) == 1


def test_agrees_with_the_oracle() -> None:
    """1,000 series of up to 60 weeks, some empty, a target each, edges among them."""
    oracle, rng = the_oracle(), np.random.default_rng(12)
    for _ in range(10):
        weeks = int(rng.integers(1, 60))
        calls = rng.integers(0, 40, (100, weeks))
        failures, target = rng.binomial(calls, 0.1), rng.choice([0.0, 0.001, 0.02, 0.1, 0.3, 1.0], 100)
        ours, (statistic, alarm) = e_detector(failures, calls, target, 20), oracle.e_detector(failures, calls, target, 20)
        assert (ours.alarm == alarm).all()
        assert np.allclose(ours.statistic, statistic, rtol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=80), st.floats(0, 1))
def test_never_nan(weeks: list[tuple[int, int]], target: float) -> None:
    """Any counts, any target: a number each week, no alarm without calls, none in a series of no weeks."""
    calls = [failures + passed for failures, passed in weeks]
    found = e_detector([failures for failures, _ in weeks], calls, target)
    assert not np.isnan(found.statistic).any()
    assert found.statistic.shape == found.alarm.shape == (len(weeks),)
    assert not found.alarm[np.array(calls, dtype=int) == 0].any()


@pytest.mark.parametrize(("rate", "n"), [(0.01, 20), (0.05, 35), (0.30, 50)])
@pytest.mark.parametrize("estimated", [False, True])
def test_few_false_alarms(rate: float, n: int, estimated: bool) -> None:
    """3,000 years: at most .15 a year and three standard errors, 3 * sqrt(.15 / 3000) = .021; four metrics watched, fewer."""
    one, four = (false_alarms(rate, n, 3000, 1, estimated=estimated, metrics=metrics) for metrics in (1, 4))
    assert 0.01 < one <= MOST_FALSE_A_YEAR + 0.021
    assert four < one


def test_a_real_shift_is_seen_within_twelve_weeks() -> None:
    """5 to 12 % at 35 calls, fixed target, 1,000 runs: .99 (at least .9 is asked); 5 to 8 % is mostly a matter of luck."""
    assert seen((0.05, 0.12), 35, 1000, 1, estimated=False) >= LEAST_SEEN
    assert seen((0.05, 0.08), 35, 1000, 1, estimated=False) < 0.75
