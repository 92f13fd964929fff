"""What a grader finds of the true failures: exact where drawn alike, weighted where the tail was oversampled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.detection import detection
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.share import weighted_share
from tests.stats.oracle import the_oracle


def test_each_part_has_its_own_n_and_exact_limits() -> None:
    """4 failed, 3 of them found; 16 fine, 2 of them flagged: 3/4 and 14/16."""
    found = detection([1, 1, 1, 0] + [1] * 2 + [0] * 14, [1] * 4 + [0] * 16)
    for share, hits, n in ((found.sensitivity, 3, 4), (found.specificity, 14, 16)):
        assert (share.value, share.n) == (hits / n, n)
        assert (share.low, share.high) == clopper_pearson(hits, n)


def test_an_oversampled_tail_counts_for_what_it_is() -> None:
    """Core: 20 of 800 calls, 2 failed, both missed; tail: 20 of 100, 10 failed, all found.

    Weights 40 and 5: sensitivity 10 * 5 / (2 * 40 + 10 * 5) = 50/130 = .385; unweighted it would be 10/12 = .83.
    Specificity: core 18 * 40 + tail 10 * 5 all spared = 1.
    """
    truth = [1] * 2 + [0] * 18 + [1] * 10 + [0] * 10
    flagged = [0] * 20 + [1] * 10 + [0] * 10
    found = detection(flagged, truth, ["core"] * 20 + ["tail"] * 20, {"core": 800, "tail": 100})
    assert found.sensitivity.value == pytest.approx(50 / 130)
    assert found.sensitivity.low < 0.1
    assert found.specificity.value == 1
    assert detection(flagged, truth).sensitivity.value == pytest.approx(10 / 12)


def test_no_true_failure_is_no_data() -> None:
    """Sensitivity has no value, the specificity of 20 has one."""
    found = detection([0] * 20, [0] * 20)
    assert (found.sensitivity.value, found.sensitivity.low, found.sensitivity.high) == (None, 0, 1)
    assert found.sensitivity.state == "no data"
    assert found.specificity.value == 1


def test_missing_verdicts_belong_to_no_part() -> None:
    """A failed and a fine call without a verdict, one call without truth: sensitivity 1 of 1, specificity 1 of 1."""
    found = detection([1, None, 0, 0, None], [1, 1, None, 0, 0])
    assert (found.sensitivity.value, found.sensitivity.n) == (1, 1)
    assert (found.specificity.value, found.specificity.n) == (1, 1)


@pytest.mark.parametrize(("flagged", "truth"), [([2], [1]), ([1], [0.5]), ([1, 0], [1])])
def test_anything_else_is_refused(flagged: list[float], truth: list[float]) -> None:
    """Scores, doubts, unequal lengths."""
    with pytest.raises(ValueError, match="verdict"):
        detection(flagged, truth)


def test_agrees_with_the_oracle() -> None:
    """1,000 random samples of two strata: the oracle's share with size 1 inside the part and 0 outside, or wider."""
    oracle, rng = the_oracle(), np.random.default_rng(8)
    for _ in range(1000):
        drawn = rng.integers(1, 25, 2)
        stratum, population = np.repeat([0, 1], drawn).tolist(), {0: 500, 1: 60}
        truth, flagged = (rng.random((2, drawn.sum())) < rng.random()).astype(int)
        ours = detection(flagged, truth, stratum, population).sensitivity
        theirs = oracle.weighted_share(flagged & truth, truth, stratum, population)
        assert (ours.value, ours.n) == (theirs.value, theirs.n)
        assert ours.low <= theirs.low + 1e-9
        assert ours.high >= theirs.high - 1e-9
        assert ours == weighted_share(flagged & truth, truth, stratum, population)


@given(st.lists(st.tuples(st.sampled_from([0, 1, None]), st.sampled_from([0, 1, None])), max_size=30))
def test_never_nan(pairs: list[tuple[int | None, int | None]]) -> None:
    """Whatever is missing: limits within 0..1, of some width, and a value only where there is an n."""
    found = detection([flagged for flagged, _ in pairs], [truth for _, truth in pairs])
    for share in (found.sensitivity, found.specificity):
        assert 0 <= share.low < share.high <= 1
        assert (share.value is None) == (share.n == 0)
