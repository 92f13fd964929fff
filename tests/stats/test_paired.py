"""Two versions on the same calls: the published rows of Tango's interval with their signs, and McNemar's exact test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.coverage.paired import EXACT, drift, tango_lines
from evalharness.stats.paired import mcnemar_exact, tango_interval
from tests.stats.oracle import the_oracle


def test_published_row_with_the_sign_old_minus_new() -> None:
    """b = 25, c = 28 of 618, 90 %, published as (c - b)/n: ours is (first - second)/n, so the counts are exchanged."""
    found = tango_interval(28, 25, 618, tail=0.05)
    assert found.value == pytest.approx(3 / 618)
    assert (found.low, found.high) == (pytest.approx(-0.0148, abs=5e-5), pytest.approx(0.0247, abs=5e-5))


def test_published_row_of_21_pairs() -> None:
    """Bentur 2009 (1, 1, 7, 12): b = 1, c = 7 of 21, published as (b - c)/n."""
    found = tango_interval(1, 7, 21)
    assert found.value == pytest.approx(-6 / 21)
    assert (found.low, found.high) == (pytest.approx(-0.517, abs=5e-4), pytest.approx(-0.026, abs=5e-4))


@pytest.mark.parametrize(("n", "two_sided", "one_sided"), [(20, 0.161, 0.119), (50, 0.071, 0.051), (100, 0.037, 0.026)])
def test_equal_results_leave_a_width(n: int, two_sided: float, one_sided: float) -> None:
    """All alike: -+ z^2 / (n + z^2); 20 of 20 identical results do not show 10 points."""
    assert tango_interval(0, 0, n).high == pytest.approx(two_sided, abs=5e-4)
    assert tango_interval(0, 0, n, tail=0.05).low == pytest.approx(-one_sided, abs=5e-4)
    assert tango_interval(0, 0, n).high == pytest.approx(1.959964**2 / (n + 1.959964**2), abs=1e-6)


def test_counts_that_contradict_each_other() -> None:
    """No pairs are no data; more differences than pairs, or fewer than none, are bad input."""
    assert (tango_interval(0, 0, 0).value, tango_interval(0, 0, 0).state) == (None, "no data")
    for counts in ((3, 3, 5), (-1, 0, 5), (1, 0, 0), (0, 0, -1)):
        found = tango_interval(*counts)
        assert (found.value, found.low, found.high, found.state) == (None, -1, 1, "bad input")


def test_tango_agrees_with_the_oracle() -> None:
    """1,000 random tables, both tails."""
    oracle, rng = the_oracle(), np.random.default_rng(9)
    for round_ in range(1000):
        n = int(rng.integers(1, 200))
        b = int(rng.integers(0, n + 1))
        c, tail = int(rng.integers(0, n - b + 1)), (0.025, 0.05)[round_ % 2]
        ours, theirs = tango_interval(b, c, n, tail), oracle.tango_interval(b, c, n, tail)
        assert (ours.value, ours.low, ours.high) == (
            pytest.approx(theirs.value),
            pytest.approx(theirs.low),
            pytest.approx(theirs.high),
        )


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_tango_mirrors_and_never_loses_its_width(b: int, c: int, same: int) -> None:
    """Exchanging the versions changes the sign and nothing else."""
    found, mirrored = tango_interval(b, c, b + c + same), tango_interval(c, b, b + c + same)
    assert -1 <= found.low < found.high <= 1
    assert (found.low, found.high) == (pytest.approx(-mirrored.high), pytest.approx(-mirrored.low))
    assert found.value is None or found.low <= found.value <= found.high


def test_mcnemar_by_hand() -> None:
    """5 newly wrong, none newly right: 1/32; 3 against 1: (4 + 1)/16; two-sided twice; none of either: 1."""
    assert mcnemar_exact(5, 0) == pytest.approx(1 / 32)
    assert mcnemar_exact(3, 1) == pytest.approx(5 / 16)
    assert mcnemar_exact(3, 1, one_sided=False) == mcnemar_exact(1, 3, one_sided=False) == pytest.approx(10 / 16)
    assert mcnemar_exact(0, 0) == mcnemar_exact(0, 4) == mcnemar_exact(2, 2, one_sided=False) == 1
    with pytest.raises(ValueError, match="below zero"):
        mcnemar_exact(-1, 2)


def test_drift_of_nine_items_is_the_least_that_alarms() -> None:
    """.05/26 = .0019: 2^-9 = .00195 is not below it, 2^-10 = .00098 is."""
    assert mcnemar_exact(9, 0) > 0.05 / 26 > mcnemar_exact(10, 0)


def test_mcnemar_agrees_with_the_oracle_and_statsmodels() -> None:
    """1,000 random pairs of counts; statsmodels two-sided on a few."""
    oracle, rng = the_oracle(), np.random.default_rng(10)
    for wrong, right in rng.integers(0, 60, (1000, 2)).tolist():
        for one_sided in (True, False):
            ours = mcnemar_exact(wrong, right, one_sided=one_sided)
            assert ours == pytest.approx(oracle.mcnemar_exact(wrong, right, one_sided))
    mcnemar = pytest.importorskip("statsmodels.stats.contingency_tables").mcnemar
    for wrong, right in ((3, 1), (12, 4), (0, 7)):
        assert mcnemar_exact(wrong, right, one_sided=False) == pytest.approx(mcnemar([[5, wrong], [right, 5]], exact=True).pvalue)


@pytest.mark.parametrize("n", [20, 35])
def test_limits_hold_the_difference(n: int) -> None:
    """Enumerated, no chance: coverage at least .94; the bound of a non-inferiority verdict errs in at most 6 %."""
    lines = list(tango_lines(n))
    assert len(lines) == 14
    assert all(line.runs == EXACT for line in lines)
    assert [line.text() for line in lines if not line.holds] == []
    assert min(line.value for line in lines if line.figure == "coverage") < 0.99


def test_a_judge_that_does_not_drift_rarely_alarms() -> None:
    """100 gold items, 150 years of weekly looks: at most .05 and three standard errors, .053; 15 % lost is seen by some."""
    rng = np.random.default_rng(11)
    assert np.mean([drift(100, 0.0, rng).any() for _ in range(150)]) <= 0.05 + 0.053
    assert np.mean([drift(100, 0.15, rng)[:4].any() for _ in range(60)]) > 0.2
