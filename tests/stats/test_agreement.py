"""Two graders of the same calls: several coefficients beside each other, each with its n, none of them ever nan."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.agreement import Agreement, Kind, agreement
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from tests.stats.oracle import the_oracle

FIVE = (1, 2, 3, 4, 5)


def _agree(
    first: object, second: object, scale: tuple[float, ...] = FIVE, kind: Kind = "ordinal", call: object = None
) -> Agreement:
    return agreement(first, second, scale, kind=kind, call=call, rng=np.random.default_rng(1))


def _yes_no(a: int, b: int, c: int, d: int) -> Agreement:
    """a: both no, b: second yes, c: first yes, d: both yes."""
    return _agree([0] * (a + b) + [1] * (c + d), [0] * a + [1] * b + [0] * c + [1] * d, (0, 1), "yes_no")


def test_one_coefficient_alone_misleads() -> None:
    """118 both fine, 5 failures only the second saw, 2 only the first: agreement 94.4 %, kappa -.02, AC1 .94, found none."""
    found = _yes_no(118, 5, 2, 0)
    assert found.exact.value == pytest.approx(0.944)
    assert found.kappa.value == pytest.approx(-0.02, abs=5e-3)
    assert found.ac.value == pytest.approx(0.94, abs=5e-3)
    assert found.sensitivity is not None
    assert (found.sensitivity.value, found.sensitivity.n) == (0, 5)
    assert (found.sensitivity.low, found.sensitivity.high) == clopper_pearson(0, 5)
    assert found.kappa.high > 0.5


@pytest.mark.parametrize(
    ("cells", "kappa", "ac"), [((40, 9, 6, 45), 0.70, 0.70), ((80, 10, 5, 5), 0.32, 0.81)], ids=["even", "rare"]
)
def test_equal_agreement_at_two_prevalences(cells: tuple[int, int, int, int], kappa: float, ac: float) -> None:
    """Both agree in 85 of 100; specificity from the 46 and 85 calls the second passed."""
    found = _yes_no(*cells)
    assert (found.exact.value, found.pairs) == (0.85, 100)
    assert (found.kappa.value, found.ac.value) == (pytest.approx(kappa, abs=5e-3), pytest.approx(ac, abs=5e-3))
    assert found.specificity is not None
    assert (found.specificity.value, found.specificity.n) == (cells[0] / (cells[0] + cells[2]), cells[0] + cells[2])


def test_ordinal_grades_by_hand() -> None:
    """first 1 2 3 4 5 5, second 1 3 3 4 3 None: 5 pairs; 3 alike, 4 within one; differences 0 -1 0 0 2, mean .2."""
    found = _agree([1, 2, 3, 4, 5, 5], [1, 3, 3, 4, 3, None])
    assert (found.pairs, found.calls, found.scale) == (5, 5, FIVE)
    assert found.exact.value == pytest.approx(3 / 5)
    assert found.within_one is not None
    assert found.within_one.value == pytest.approx(4 / 5)
    assert (found.first, found.second) == ((1, 1, 1, 1, 1), (1, 0, 3, 1, 0))
    assert found.bias == weighted_mean([0, -1, 0, 0, 2], scale=(-4, 4))
    assert found.sensitivity is None
    assert found.specificity is None


def test_within_one_counts_steps_of_the_scale() -> None:
    """On 1, 3, 9 the step from 3 to 9 is one."""
    found = _agree([9, 9, 1], [3, 1, 1], (1, 3, 9))
    assert found.within_one is not None
    assert found.within_one.value == pytest.approx(2 / 3)


def test_a_category_has_no_order() -> None:
    """Renaming the categories changes nothing; neither bias nor within-1 nor sensitivity."""
    rng = np.random.default_rng(2)
    first = rng.integers(0, 4, 40)
    second = np.where(rng.random(40) < 0.7, first, rng.integers(0, 4, 40))
    renamed = np.array([2, 0, 3, 1])
    found = _agree(first, second, (0, 1, 2, 3), "category")
    other = _agree(renamed[first], renamed[second], (0, 1, 2, 3), "category")
    assert (found.alpha.value, found.kappa.value, found.ac.value) == (
        pytest.approx(other.alpha.value),
        pytest.approx(other.kappa.value),
        pytest.approx(other.ac.value),
    )
    assert found.bias is found.within_one is found.sensitivity is None


def test_turns_of_a_call_count_as_one_call() -> None:
    """20 calls of 3 turns: 60 pairs, 20 calls; limits of the shares wider than of 60 calls; bias is of the calls' means."""
    rng = np.random.default_rng(3)
    alike = np.repeat(rng.random(20) < 0.6, 3)
    first, second = np.full(60, 4), np.where(alike, 4, 2)
    turns, calls = _agree(first, second), _agree(first, second, call=np.repeat(np.arange(20), 3))
    assert (calls.pairs, calls.calls, turns.calls) == (60, 20, 60)
    assert calls.exact.value == turns.exact.value
    assert calls.exact.high - calls.exact.low > 1.3 * (turns.exact.high - turns.exact.low)
    assert calls.bias == weighted_mean((2.0 * ~alike[::3]).tolist(), scale=(-4, 4))


def test_perfect_agreement_keeps_a_width() -> None:
    """20 pairs alike, all values used: 1 everywhere, lower limits below 1, bias 0 with 16.8 % of calls that may lie 4 off."""
    found = _agree(list(FIVE) * 4, list(FIVE) * 4)
    for coefficient in (found.alpha, found.kappa, found.ac):
        assert (coefficient.value, coefficient.high, coefficient.state) == (1, 1, "wide")
        assert 0 < coefficient.low < 0.9
    assert found.bias is not None
    assert (found.bias.value, found.bias.low, found.bias.high) == (
        0,
        pytest.approx(-0.6737, abs=1e-4),
        pytest.approx(0.6737, abs=1e-4),
    )


def test_a_constant_shift_is_a_bias_not_agreement() -> None:
    """Always one more: within one 100 %, exact 0, bias 1; up to 16.8 % may lie anywhere from -4 to 4: .16 to 1.5."""
    found = _agree([2, 3, 4, 5] * 5, [1, 2, 3, 4] * 5)
    assert found.bias is not None
    assert found.within_one is not None
    assert (found.bias.value, found.within_one.value, found.exact.value) == (1, 1, 0)
    assert (found.bias.low, found.bias.high) == (
        pytest.approx(1 - 5 * 0.16843, abs=1e-4),
        pytest.approx(1 + 3 * 0.16843, abs=1e-4),
    )


def test_a_constant_column_has_agreement_but_no_alpha() -> None:
    """Both say 5 throughout: alpha and kappa have no data, AC and exact are 1 with their width."""
    found = _agree([5] * 30, [5] * 30)
    assert found.alpha.state == found.kappa.state == "no data"
    assert (found.ac.value, found.exact.value, found.first) == (1, 1, (0, 0, 0, 0, 30))


def test_nothing_graded_by_both_is_no_data() -> None:
    """No call, and calls of which each has one grade."""
    for found in (_agree([], []), _agree([1, None], [None, 2])):
        assert (found.pairs, found.calls, found.first) == (0, 0, (0, 0, 0, 0, 0))
        shown = [found.alpha, found.kappa, found.ac, found.exact, found.within_one, found.bias]
        assert all(part is not None and (part.value, part.state, part.n) == (None, "no data", 0) for part in shown)


@pytest.mark.parametrize(
    ("first", "second", "scale", "kind", "why"),
    [
        ([1, 2], [1], FIVE, "ordinal", "2 grades by the first"),
        ([6], [1], FIVE, "ordinal", "not on the scale"),
        ([0], [1], (0, 1, 2), "yes_no", "two values"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    first: list[int], second: list[int], scale: tuple[float, ...], kind: Kind, why: str
) -> None:
    """Unequal numbers, a grade off the scale, a yes or no with three values."""
    with pytest.raises(ValueError, match=why):
        _agree(first, second, scale, kind)


def test_agrees_with_the_oracle() -> None:
    """1,000 random pairs of columns with gaps: the three ordinal coefficients."""
    oracle, rng = the_oracle(), np.random.default_rng(7)
    w = {kind: oracle.weight_matrix(FIVE, kind) for kind in ("quadratic", "ordinal")}
    for _ in range(1000):
        pairs = rng.integers(1, 6, (int(rng.integers(1, 10)), 2)).astype(float)
        pairs[rng.random(pairs.shape) < 0.1] = np.nan
        found, both = _agree(*pairs.T), pairs[~np.isnan(pairs).any(1)]
        if not len(both):
            assert found.pairs == 0
            continue
        counts = oracle.unit_counts(both, FIVE)
        table = (both[:, 0, None, None] == np.array(FIVE)[:, None]) & (both[:, 1, None, None] == np.array(FIVE))
        theirs = (
            oracle.krippendorff_alpha(oracle.coincidences(counts).sum(0), FIVE),
            oracle.weighted_kappa(table.sum(0), w["quadratic"]),
            oracle.gwet_ac(oracle.gwet_terms(counts, w["ordinal"]).sum(0), w["ordinal"]),
        )
        for ours, value in zip((found.alpha, found.kappa, found.ac), theirs, strict=True):
            assert ours.value == (None if np.isnan(value) else pytest.approx(float(value), abs=1e-9))


_GRADES = st.sampled_from([1, 5, None]) | st.sampled_from(FIVE)


@given(st.lists(st.tuples(_GRADES, _GRADES, st.integers(0, 3)), max_size=40), st.booleans())
def test_never_nan(rows: list[tuple[int | None, int | None, int]], clustered: bool) -> None:
    """Missing, equal, few, clustered: every figure has a state; values lie within limits that have a width."""
    first, second, call = ([row[part] for row in rows] for part in range(3))
    found = _agree(first, second, call=call if clustered else None)
    intervals = [value for field in fields(found) if isinstance(value := getattr(found, field.name), Interval)]
    assert len(intervals) == 6
    for part in intervals:
        assert math.isfinite(part.low)
        assert part.low < part.high
        assert (part.value is None) == (part.state == "no data")
        assert part.value is None or part.low - 1e-9 <= part.value <= part.high + 1e-9
    assert sum(found.first) == sum(found.second) == found.pairs
