"""Next to nothing, contradictions and extremes, for every method of the room: honest words, never NaN, never certainty."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.models.threshold import Direction
from evalharness.stats.bounded import bounded_limits
from evalharness.stats.exact import clopper_pearson, hypergeometric_limits, no_hit_limit
from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from evalharness.stats.quantile import quantile_interval, share_above, week_quantile
from evalharness.stats.sequence import sequence_bounds, sequence_calls_needed, sequence_verdict
from evalharness.stats.share import weighted_share
from evalharness.stats.thinning import equal_probability
from evalharness.stats.verdict import calls_for, calls_needed, verdict_from_bounds

COUNTS = st.integers(0, 60)
TAILS = st.sampled_from([0.001, 0.025, 0.05, 0.2])
SIDES: st.SearchStrategy[Direction] = st.sampled_from(["at_least", "above", "at_most", "below"])
SIZES = st.lists(st.tuples(st.integers(0, 12), st.integers(-3, 30)), min_size=1, max_size=5)
"""(graded calls, ungraded calls) a stratum; a negative number of ungraded ones contradicts itself."""


def _honest(found: Interval, least: float, most: float, sure: bool = False) -> None:
    """Limits in order and in bounds; a value between them unless a part of the week is unseen; no width only in a census.

    `sure`: so much of the week was graded that 0/1 answers may settle it without a census.
    """
    assert not math.isnan(found.low)
    assert not math.isnan(found.high)
    assert least <= found.low <= found.high <= most
    assert (found.value is None) == (found.state in ("no data", "bad input"))
    if found.value is None:
        assert (found.low, found.high) == (least, most)
    else:
        assert found.state == "wide" or found.low - 1e-9 <= found.value <= found.high + 1e-9
        assert found.n > 0
    assert found.state != "census" or found.low == found.high
    assert found.low < found.high or found.state == "census" or sure


def _strata(sizes: list[tuple[int, int]]) -> tuple[list[int], dict[int, int], str]:
    """Labels, population, and what the answer must say where it can be foreseen."""
    labels = [h for h, (graded, _) in enumerate(sizes) for _ in range(graded)]
    population = {h: max(graded + rest, 0) for h, (graded, rest) in enumerate(sizes)}
    if any(graded > population[h] for h, (graded, _) in enumerate(sizes)):
        return labels, population, "bad input"
    return labels, population, "census" if labels and all(rest == 0 for _, rest in sizes) else ""


@given(SIZES, st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from(["one", "none", "some", "turns"]), TAILS, st.booleans())
def test_shares(sizes: list[tuple[int, int]], rate: float, asked: str, tail: float, guard: bool) -> None:
    """Empty strata, single calls, N < n, N = n, nobody asked, all and none hit."""
    labels, population, state = _strata(sizes)
    rng = np.random.default_rng(len(labels))
    m = {"one": 1, "none": 0, "some": rng.integers(0, 2, len(labels)), "turns": rng.integers(0, 9, len(labels))}[asked]
    m = np.broadcast_to(m, len(labels)).astype(float)
    share = weighted_share((rng.random(len(labels)) < rate) * m, m, labels, population, tail, guard)
    _honest(share, 0, 1, sure=len(labels) >= (1 - tail) * sum(population.values()))
    expected = state if state == "bad input" else "no data" if m.sum() == 0 else state
    assert not expected or share.state == expected


@given(COUNTS, st.sampled_from([0, 1]), TAILS)
def test_all_equal_answers_of_a_process(n: int, answer: int, tail: float) -> None:
    """0 of n and n of n leave 1 - tail^(1/n) open; 0 of 0 everything."""
    share = weighted_share([answer] * n, tail=tail)
    _honest(share, 0, 1)
    open_ = 1 - tail ** (1 / n) if n else 1
    assert share.high - share.low == pytest.approx(open_)


@given(SIZES, st.sampled_from([0.0, 0.3, 1.0]), st.sampled_from([0, 3, 5]), TAILS, st.booleans())
def test_means(sizes: list[tuple[int, int]], missing: float, spread: int, tail: float, guard: bool) -> None:
    """Equal grades, only N/A, empty strata, single calls, N < n, N = n."""
    labels, population, state = _strata(sizes)
    rng = np.random.default_rng(len(labels))
    values = [None if rng.random() < missing else 1.0 + int(rng.integers(0, max(spread, 1))) for _ in labels]
    mean = weighted_mean(values, labels, population, tail, (1, 5), guard=guard)
    _honest(mean, 1, 5)
    expected = state if state == "bad input" else "no data" if all(value is None for value in values) else state
    assert not expected or mean.state == expected


@given(COUNTS, st.sampled_from([1.0, 3.0, 5.0]), TAILS)
def test_all_equal_grades_of_a_process(n: int, grade: float, tail: float) -> None:
    """Never certain, and no narrower than what n equal ones leave open of the scale."""
    mean = weighted_mean([grade] * n, tail=tail, scale=(1, 5))
    _honest(mean, 1, 5)
    if n:
        assert mean.state == "wide"
        assert mean.low <= max(1, grade - 4 * (1 - tail ** (1 / n))) + 1e-4 or grade == 1


@given(
    st.lists(st.tuples(st.sampled_from([1.0, 2.0, 700.0, math.inf]), st.integers(0, 4)), max_size=40),
    st.sampled_from([0.0, 0.5, 0.95, 0.99, 1.0]),
    TAILS,
)
def test_quantiles(turns: list[tuple[float, int]], q: float, tail: float) -> None:
    """No turn, one call, ties, everything unanswered, the ends of the scale."""
    values, call = [value for value, _ in turns], [code for _, code in turns]
    found = quantile_interval(values, call, q, tail)
    assert not math.isnan(found.low)
    assert not math.isnan(found.high)
    assert found.low <= found.high
    assert (found.value is None) == (not turns)
    assert found.value is None or found.low <= found.value <= found.high
    assert len(set(call)) != 1 or (found.low, found.high, found.state) == (-math.inf, math.inf, "wide")
    _honest(share_above(values, call, 2.0, tail), 0, 1)
    measured = [value for value in values if math.isfinite(value)]
    exact = week_quantile(measured, len(values) - len(measured), q)
    assert (exact is None) == (not turns)


@given(COUNTS, COUNTS, TAILS)
def test_exact_limits(k: int, n: int, tail: float) -> None:
    """k of n, also none of none; more hits than calls are refused where counts are whole."""
    if k <= n:
        low, high = clopper_pearson(k, n, tail)
        assert 0 <= low <= high <= 1
        assert low < high or n == 0
        assert hypergeometric_limits(k, n, n, tail) == (k, k)
        least, most = hypergeometric_limits(k, n, n + 5, tail)
        assert k <= least <= most <= k + 5
    else:
        with pytest.raises(ValueError, match="contradict"):
            hypergeometric_limits(k, n, 100, tail)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 400)), min_size=1, max_size=5), TAILS)
def test_no_hit_leaves_something_open(sizes: list[tuple[int, int]], tail: float) -> None:
    """Above 0, at most everything, and no less than the same calls drawn as one stratum would leave."""
    drawn = np.array([float(graded) for graded, _ in sizes])
    population = drawn + np.array([rest for _, rest in sizes])
    limit = no_hit_limit(drawn, population, tail)
    assert 0 < limit <= 1
    one = no_hit_limit(np.array([drawn.sum()]), np.array([population.sum()]), tail)
    assert len(sizes) > 1 or limit == one


@given(COUNTS, COUNTS, st.sampled_from([0.0, 0.01, 0.5, 1.0]), SIDES)
def test_accumulated_counts(k: int, n: int, threshold: float, side: Direction) -> None:
    """Nothing graded is not proven; bounds in order; more hits than calls are refused."""
    if n and k > n:
        with pytest.raises(ValueError, match="contradict"):
            sequence_bounds(k, n)
        return
    low, high = sequence_bounds(k, n)
    assert 0 <= low < high <= 1
    assert n or (low, high) == (0, 1)
    assert n or sequence_verdict(k, n, threshold, side) == "not_proven"
    needed = sequence_calls_needed(k, n, threshold, side)
    assert needed is None or needed >= n > 0


@given(COUNTS, COUNTS, st.sampled_from([0.0, 0.01, 0.5, 1.0]), SIDES, st.sampled_from([None, 0, 60, 200]))
def test_calls_needed(k: int, n: int, threshold: float, side: Direction, population: int | None) -> None:
    """A number of calls from n on and within the week, or none."""
    needed = calls_needed(min(k, n), n, threshold, side, population=population)
    assert needed is None or n <= needed <= (population or 100_000)
    assert n or needed is None


@given(st.integers(0, 5), st.sampled_from([0.001, 0.01, 0.5, 0.99]))
def test_calls_for(failures: int, threshold: float) -> None:
    """More calls than failures, always."""
    assert calls_for(failures, threshold) > failures


@given(st.floats(), st.floats(), st.floats(0, 1), SIDES)
def test_verdicts(low: float, high: float, threshold: float, side: Direction) -> None:
    """Any two numbers in order give an answer; NaN and the wrong order are refused."""
    if math.isnan(low) or math.isnan(high) or low > high:
        with pytest.raises(ValueError, match="bound"):
            verdict_from_bounds(low, high, threshold, side)
    else:
        assert verdict_from_bounds(low, high, threshold, side) in ("met", "missed", "not_proven")


@given(st.lists(st.tuples(COUNTS, COUNTS), max_size=4), st.floats(0, 1))
def test_thinning(counts: list[tuple[int, int]], draw: float) -> None:
    """Strata without calls or grades, all graded, more graded than there are."""
    if any(graded > judged for graded, judged in counts):
        with pytest.raises(ValueError, match="more graded"):
            equal_probability(counts, [draw] * len(counts))
        return
    kept = equal_probability(counts, [draw] * len(counts))
    assert all(0 <= keep <= graded for keep, (graded, _) in zip(kept, counts, strict=True))
    if any(Fraction(graded) == 0 < judged for graded, judged in counts):
        assert sum(kept) == 0


@given(COUNTS, st.sampled_from([0.0, 50.0, 100.0]), TAILS, st.sampled_from([1.0, 1.02, 3.0, math.inf]))
def test_bounded_means(n: int, value: float, tail: float, times: float) -> None:
    """Equal values, none, a part of the week and all of it."""
    low, high = bounded_limits(np.full(n, value), (0, 100), tail, max(round(n * times), n) if math.isfinite(times) else times)
    assert 0 <= low <= high <= 100
    assert n or (low, high) == (0, 100)


@pytest.mark.parametrize("values", [[math.nan], [math.inf], [1, math.nan]])
def test_what_is_no_number_is_never_counted(values: list[float]) -> None:
    """Bad input in every method that takes values."""
    n = len(values)
    assert weighted_share(values).state == "bad input"
    assert weighted_share([0] * n, values).state == "bad input"
    assert weighted_mean(values).state == "bad input"
    if any(math.isnan(value) for value in values):
        assert quantile_interval(values, [0] * n, 0.5).state == "bad input"
        assert share_above(values, [0] * n, 1).state == "bad input"
