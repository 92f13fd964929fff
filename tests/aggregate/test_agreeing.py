"""Two columns of grades as an Agreement: which figures, with which n, and never a value from nothing."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.aggregate.agreeing import agreement_of, finding, sizes_of
from evalharness.aggregate.pairs import Pair, Pairs, Scale
from evalharness.models.trust import Agreement
from evalharness.stats.alpha import krippendorff_alpha
from tests.aggregate.histories import a_past_week

LEVELS = Scale("ordinal", (1.0, 2.0, 3.0, 4.0, 5.0), frozenset({1.0, 2.0}))
YES_NO = Scale("yes_no", (0.0, 1.0), frozenset({1.0}))
WORDS = Scale("category", (0.0, 1.0, 2.0), frozenset())


def pairs(*given: tuple[float, float], stratum: str = "core") -> tuple[Pair, ...]:
    """A call a pair."""
    return tuple(Pair(("s", f"{stratum}{place}"), stratum, first, second) for place, (first, second) in enumerate(given))


def agreed(scale: Scale, *given: tuple[float, float], na: int = 0) -> Agreement:
    return agreement_of("c", ("judge", "people"), Pairs(pairs(*given), na), scale, {"core": 500})


def test_levels() -> None:
    """20 pairs: 10 alike at 2, 5 alike at 4, 5 with 5 against 4. exact 15/20, within one 1, bias 5/20 = +.25."""
    found = agreed(LEVELS, *[(2, 2)] * 10, *[(4, 4)] * 5, *[(5, 4)] * 5, na=3)
    assert (found.criterion, found.first, found.second, found.pairs, found.not_applicable) == ("c", "judge", "people", 20, 3)
    assert (found.exact.value, found.exact.n) == (0.75, 20)
    assert found.within_one is not None
    assert found.within_one.value == 1.0
    assert found.bias is not None
    assert (found.bias.value, found.bias.unit) == (pytest.approx(0.25), "levels")
    assert found.bias.low is not None
    assert found.bias.high is not None
    assert found.bias.low < 0.25 < found.bias.high
    assert found.sensitivity is not None
    assert (found.sensitivity.value, found.sensitivity.n) == (1.0, 10)  # levels 1 and 2 fail
    assert found.specificity is not None
    assert (found.specificity.value, found.specificity.n) == (1.0, 10)


def test_alpha_is_that_of_all_pairs() -> None:
    """The value of `krippendorff_alpha` on the same two columns."""
    given = [(2.0, 2.0), (3.0, 4.0), (5.0, 5.0), (1.0, 2.0)] * 6
    found = agreed(LEVELS, *given)
    alpha = krippendorff_alpha(np.array(given), LEVELS.values, "ordinal", np.random.default_rng(1))
    assert found.alpha.value == pytest.approx(alpha.value)
    assert (found.alpha.n, found.alpha.unit, found.alpha.basis) == (24, "coefficient", "ledger")


def test_yes_and_no() -> None:
    """118 alike no, 5 and 2 apart, 0 alike yes: 94.4 % agree, kappa -.02, AC1 .94, and the judge found none of the failures."""
    found = agreed(YES_NO, *[(0, 0)] * 118, *[(0, 1)] * 5, *[(1, 0)] * 2)
    assert found.exact.value == pytest.approx(0.944)
    assert found.kappa.value == pytest.approx(-0.0235, abs=5e-4)
    assert found.ac.value == pytest.approx(0.94, abs=5e-3)
    assert found.sensitivity is not None
    assert (found.sensitivity.value, found.sensitivity.n) == (0.0, 5)
    assert found.specificity is not None
    assert found.specificity.value == pytest.approx(118 / 120)
    assert (found.within_one, found.bias) == (None, None)


def test_categories_have_no_order() -> None:
    """No bias, no neighbours, and no failing answer unless the rubric names one."""
    found = agreed(WORDS, *[(0, 0), (1, 2), (2, 2)] * 8)
    assert (found.within_one, found.bias, found.sensitivity, found.specificity) == (None, None, None, None)
    assert found.exact.value == pytest.approx(2 / 3)


@pytest.mark.parametrize("given", [[(4.0, 4.0)] * 30, [(4.0, 4.0)], []])
def test_nothing_that_varies_has_no_coefficient(given: list[tuple[float, float]]) -> None:
    """Constant, single and empty columns: no value and no limits, the counts stand."""
    found = agreed(LEVELS, *given)
    assert (found.alpha.value, found.alpha.low, found.alpha.high) == (None, None, None)
    assert found.pairs == len(given)
    assert (found.exact.value is None) == (not given)
    assert found.sensitivity is None


def test_no_failing_answer_has_no_sensitivity_and_no_other_answer_no_specificity() -> None:
    """All of people's answers pass, or all fail."""
    passing, failing = agreed(YES_NO, *[(0, 0)] * 12, (1, 0)), agreed(YES_NO, *[(1, 1)] * 12, (0, 1))
    assert (passing.sensitivity, passing.specificity is not None) == (None, True)
    assert (failing.sensitivity is not None, failing.specificity) == (True, None)


def test_perfect_agreement_is_not_proof() -> None:
    """20 alike, two values: alpha 1, its lower limit well below."""
    found = agreed(LEVELS, *[(2, 2), (4, 4)] * 10)
    assert found.alpha.value == 1.0
    assert found.alpha.low is not None
    assert found.alpha.low < 0.9


def test_the_order_of_pairs_changes_only_the_seed() -> None:
    """Another order, another bootstrap: the same values, limits within a hundredth or two."""
    given = [(2.0, 2.0), (3.0, 4.0), (5.0, 5.0), (1.0, 2.0), (4.0, 4.0)] * 10
    first, second = agreed(LEVELS, *given), agreed(LEVELS, *reversed(given))
    assert first.alpha.value == pytest.approx(second.alpha.value)
    assert first.alpha.low == pytest.approx(second.alpha.low, abs=0.03)
    assert agreed(LEVELS, *given).canonical() == first.canonical()


def test_one_stratum_is_exact() -> None:
    """Found 6 of 8: the Clopper-Pearson limits .349 and .968."""
    rows = pairs(*[(1, 1)] * 6, *[(0, 1)] * 2, *[(0, 0)] * 12)
    found = finding(rows, YES_NO, {"core": 500}).sensitivity
    assert (found.value, found.n) == (0.75, 8)
    assert (found.low, found.high) == (pytest.approx(0.3491, abs=1e-4), pytest.approx(0.9681, abs=1e-4))


def test_a_stratum_larger_than_its_calls_is_taken_unweighted() -> None:
    """Old weeks may have counted otherwise: pairs beyond the stratum's size must not stop a report."""
    rows = (*pairs(*[(1, 1)] * 4, *[(0, 0)] * 4), *pairs(*[(0, 1)] * 4, *[(0, 0)] * 4, stratum="tail"))
    assert finding(rows, YES_NO, {"core": 100, "tail": 5}).sensitivity.value == pytest.approx(0.5)
    # core: weight 100/8, tail: 8/8; (12.5 x 4) / (12.5 x 4 + 1 x 4) = 50/54
    assert finding(rows, YES_NO, {"core": 100, "tail": 8}).sensitivity.value == pytest.approx(50 / 54)


def test_the_calls_of_a_stratum_are_those_of_all_weeks() -> None:
    """100 core and 20 tail calls, then 50 and 30: 150 and 50."""
    weeks = [a_past_week([{}, {}], n, strata={"core": (1, a), "tail": (1, b)}) for n, a, b in ((1, 100, 20), (2, 50, 30))]
    assert sizes_of(weeks) == {"core": 150, "tail": 50}
