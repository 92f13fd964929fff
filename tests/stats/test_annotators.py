"""May the LLM stand in for one of three or more humans? Clear cases, ties, too little data, the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.stats.annotators import Score, _rejected, alternative_annotator_test
from tests.stats.oracle import the_oracle


def _people(n: int, humans: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """A true grade a call, and humans who are at most one off."""
    rng = np.random.default_rng(2)
    truth = rng.integers(1, 6, n)
    return truth, np.clip(truth[:, None] + rng.integers(-1, 2, (n, humans)), 1, 5)


def test_an_llm_that_knows_the_truth_may_stand_in() -> None:
    """Closer to the others than any human: every human rejected."""
    truth, humans = _people(60)
    found = alternative_annotator_test(humans, truth)
    assert (found.passed, found.winning_rate) == (True, 1)
    assert found.advantage is not None
    assert found.advantage > 0.7
    assert found.calls == (60,) * 4


def test_an_llm_that_guesses_may_not() -> None:
    """Random grades: no human rejected, on most calls the human left out is closer."""
    _, humans = _people(60)
    found = alternative_annotator_test(humans, np.random.default_rng(3).integers(1, 6, 60))
    assert (found.passed, found.winning_rate) == (False, 0)
    assert found.advantage is not None
    assert found.advantage < 0.6


def test_all_alike_is_settled_by_the_number_of_calls() -> None:
    """40 calls, everybody the same: d is 0 throughout, p = (1 - .15)^40 = .0015, ties count for both."""
    found = alternative_annotator_test(np.full((40, 3), 2), np.full(40, 2))
    assert found.p_values == pytest.approx((0.85**40,) * 3)
    assert (found.passed, found.advantage) == (True, 1)


def test_closeness_by_hand() -> None:
    """30 calls, others say 2 and 4 (or the human 2): LLM 3 has rmse 1 to them; the humans at the ends are farther.

    Human 0 (2) against others 3, 4: sqrt((1 + 4)/2) = 1.58; LLM 3: sqrt((0 + 1)/2) = .71: the LLM is closer. Human 1 (3)
    against 2, 4: 1, the LLM 1: a tie. d = -1, 0, -1: no spread, p = .85^30 each.
    """
    found = alternative_annotator_test(np.tile([2, 3, 4], (30, 1)), np.full(30, 3))
    assert found.p_values == pytest.approx((0.85**30,) * 3)
    assert found.advantage == 1


@pytest.mark.parametrize(
    ("humans", "why"), [(np.ones((40, 2)), "3 or more humans"), (np.ones((29, 3)), "only 29 calls"), (np.ones(40), "3 or more")]
)
def test_too_little_to_run(humans: np.ndarray, why: str) -> None:
    """Two humans, 29 calls, one column: no answer, and why."""
    found = alternative_annotator_test(humans, np.ones(len(humans)))
    assert (found.passed, found.winning_rate, found.advantage) == (None, None, None)
    assert why in found.note


def test_a_human_who_shares_few_calls_stops_it() -> None:
    """The third human graded 10 of 50."""
    humans = np.ones((50, 3))
    humans[10:, 2] = np.nan
    found = alternative_annotator_test(humans, np.ones(50))
    assert (found.passed, found.calls) == (None, (50, 50, 10))


def test_unequal_numbers_are_refused() -> None:
    """50 calls by people, 40 by the LLM."""
    with pytest.raises(ValueError, match="50 calls graded by people, 40"):
        alternative_annotator_test(np.ones((50, 3)), np.ones(40))


@pytest.mark.parametrize("score", ["accuracy", "neg_rmse"])
def test_agrees_with_the_oracle(score: Score) -> None:
    """500 random panels each score, gaps, a better or worse LLM, three values of epsilon."""
    oracle, rng, ran = the_oracle(), np.random.default_rng(13), 0
    for round_ in range(500):
        n, people = int(rng.integers(30, 70)), int(rng.integers(3, 6))
        truth = rng.integers(1, 6, n)
        humans = np.clip(truth[:, None] + rng.integers(-1, 2, (n, people)), 1, 5).astype(float)
        humans[rng.random(humans.shape) < 0.1] = np.nan
        llm = np.where(rng.random(n) < rng.random(), truth, rng.integers(1, 6, n)).astype(float)
        epsilon = (0.1, 0.15, 0.2)[round_ % 3]
        ours = alternative_annotator_test(humans, llm, score, epsilon)
        theirs = oracle.alternative_annotator_test(humans, llm, score, epsilon)
        assert (ours.winning_rate, ours.passed) == (theirs.winning_rate, theirs.passed)
        assert ours.p_values == pytest.approx(theirs.p_values)
        assert ours.advantage == (None if theirs.advantage is None else pytest.approx(theirs.advantage))
        ran += ours.passed is not None
    assert ran > 300


@settings(max_examples=50)
@given(st.integers(0, 40), st.integers(1, 4), st.floats(0, 1), st.integers(0, 2**32))
def test_never_nan(n: int, people: int, missing: float, seed: int) -> None:
    """Any gaps: an answer with every p in 0..1, or none and why."""
    rng = np.random.default_rng(seed)
    humans = rng.integers(1, 3, (n, people)).astype(float)
    humans[rng.random(humans.shape) < missing] = np.nan
    found = alternative_annotator_test(humans, rng.integers(1, 3, n))
    assert (found.passed is None) == bool(found.note)
    assert all(0 <= p <= 1 for p in found.p_values)


def test_humans_who_always_win_are_never_replaced() -> None:
    """All humans say 4, the LLM 1: no spread, every difference + 1, so p = 1 and no chance of (1 - epsilon)^n."""
    found = alternative_annotator_test(np.full((40, 3), 4.0), np.full(40, 1.0))
    assert (found.p_values, found.winning_rate, found.passed) == ((1.0,) * 3, 0, False)


def test_rejections_hold_under_any_dependence() -> None:
    """Three p of .03 at .05: the bars are .05 i / (3 x 11/6) = .0091, .0182, .0273, so none; of .0272 all three."""
    assert _rejected((0.03,) * 3, 0.05) == 0
    assert _rejected((0.0272,) * 3, 0.05) == 3
    assert _rejected((0.009, 0.03, 0.5), 0.05) == 1
