"""Mean scores from both graders: the regression estimator, its jackknife variance, and when people's grades stand alone."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.stats.interval import Interval, student_t
from evalharness.stats.mean import weighted_mean
from evalharness.stats.regression import regression_mean
from tests.stats.oracle import the_oracle

FIVE = (1.0, 5.0)


def grades(n: int, of: int, seed: int = 1) -> tuple[list[float | None], list[float]]:
    """`of` calls graded 1-5 by the LLM, the first n of them by people, at most one level apart."""
    rng = np.random.default_rng(seed)
    llm = rng.integers(1, 6, of)
    human = np.clip(llm + rng.integers(-1, 2, of), 1, 5)
    return [float(value) if i < n else None for i, value in enumerate(human)], [float(value) for value in llm]


def arrays(human: list[float | None], llm: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """The calls graded by both."""
    both = [(y, f) for y, f in zip(human, llm, strict=True) if y is not None]
    return np.array([y for y, _ in both]), np.array([f for _, f in both])


def test_the_value_corrects_people_by_the_llm() -> None:
    """People 2 and 4 in turn where the LLM gave 1 and 3 (lambda = 1, mean 3 and 2); the LLM's mean of all 80 is 2.5: 3 + .5."""
    human = [2.0, 4.0] * 20 + [None] * 40
    mean = regression_mean(human, [1.0, 3.0] * 20 + [3.0] * 40, scale=FIVE)
    assert mean.value == pytest.approx(3.5)


def test_agrees_with_the_oracle() -> None:
    """1,000 seeded weeks: the oracle's value, and .94 to 1.4 times its width (it corrects neither leverage nor skewness)."""
    oracle, rng, combined = the_oracle(), np.random.default_rng(4), 0
    for seed in range(1000):
        n, of = int(rng.integers(20, 60)), int(rng.integers(120, 400))
        human, llm = grades(n, of, seed)
        y, f = arrays(human, llm)
        ours, theirs = regression_mean(human, llm, scale=FIVE), oracle.greg_mean(y, f, float(np.mean(llm)), of)
        assert ours.value == pytest.approx(theirs.value)
        if "regression" in ours.note:
            combined += 1
            assert 0.94 < (ours.high - ours.low) / (theirs.high - theirs.low) < 1.4
    assert combined > 990


def test_the_variance_is_that_of_leaving_out_one_call() -> None:
    """Refitted without each call in turn: half = t(n - 2) sqrt(sum (theta - theta_-i)^2 (1 - n/N)), on the shorter side."""
    human, llm = grades(30, 200, seed=8)
    y, f = arrays(human, llm)
    target = float(np.mean(llm))

    def theta(keep: np.ndarray) -> float:
        slope, offset = np.polyfit(f[keep], y[keep], 1)
        return float(offset + slope * target)

    whole = theta(np.ones(30, dtype=bool))
    spread = sum((whole - theta(np.arange(30) != i)) ** 2 for i in range(30))
    mean = regression_mean(human, llm, scale=(-99, 99))
    assert mean.value == pytest.approx(whole)
    shorter = min(mean.high - whole, whole - mean.low)
    assert shorter == pytest.approx(student_t(28, 0.025) * math.sqrt(spread * (1 - 30 / 200)))


def test_a_stratified_week_by_hand() -> None:
    """a: 900 calls, people 3 and 5, LLM 2 and 4 there, 3.2 overall; b: 100, people 2 and 4, LLM 1 and 3, 1.5 overall.

    lambda = 1 within both strata; a: 4 + (3.2 - 3) = 4.2, b: 3 + (1.5 - 2) = 2.5; .9 * 4.2 + .1 * 2.5 = 4.03.
    """
    human = [3.0, 5.0] * 15 + [None] * 10 + [2.0, 4.0] * 5 + [None] * 10
    llm = [2.0, 4.0] * 15 + [3.8] * 10 + [1.0, 3.0] * 5 + [1.0] * 10
    mean = regression_mean(human, llm, ["a"] * 40 + ["b"] * 20, {"a": 900, "b": 100}, scale=FIVE)
    assert mean.value == pytest.approx(4.03)
    assert mean.low < 4.03 < mean.high


def test_two_phases_lie_between_people_only_and_a_week_graded_whole() -> None:
    """30 calls by people of 1000; the LLM graded 30, 60, 200 or all: ever narrower."""
    human, llm = grades(30, 1000, seed=6)
    widths = []
    for drawn in (30, 60, 200, 1000):
        mean = regression_mean(human[:drawn], llm[:drawn], ["all"] * drawn, {"all": 1000}, scale=FIVE)
        widths.append(mean.high - mean.low)
    assert all(more > less for more, less in pairwise(widths))
    assert widths[-1] < 0.8 * widths[0]


def test_where_the_llm_graded_nothing_more_the_value_is_peoples() -> None:
    """The same 30 calls: the correction is 0 and the shorter side that of the mean with one degree of freedom less."""
    human, llm = grades(30, 30)
    y = arrays(human, llm)[0]
    mean = regression_mean(human, llm, ["all"] * 30, {"all": 1000}, scale=(-99, 99))
    assert mean.value == pytest.approx(y.mean())
    shorter = min(mean.high - y.mean(), y.mean() - mean.low)
    assert shorter == pytest.approx(student_t(28, 0.025) * y.std(ddof=1) / math.sqrt(30) * math.sqrt(1 - 30 / 1000))


def test_calls_the_llm_failed_on_count_as_its_mean() -> None:
    """Ten grades of the LLM missing, five of them beside people's: still every drawn call counts."""
    human, llm = grades(40, 300)
    patchy = [None if i % 30 == 7 else value for i, value in enumerate(llm)]
    given_ = [value for value in patchy if value is not None]
    filled = [sum(given_) / len(given_) if value is None else value for value in patchy]
    assert regression_mean(human, patchy, scale=FIVE) == regression_mean(human, filled, scale=FIVE)
    assert regression_mean(human, [None] * 300, scale=FIVE).note.startswith("people's grades only: no spread")


@pytest.mark.parametrize(
    ("human", "llm", "strata", "why"),
    [
        (grades(19, 100)[0], grades(19, 100)[1], None, "fewer than 20"),
        ([4.0] * 30 + [None] * 70, grades(30, 100)[1], None, "no spread"),
        (grades(30, 100)[0], [3.0] * 100, None, "no spread"),
        (grades(30, 100)[0], grades(30, 100, seed=77)[1], None, "correlation"),
        ([5.0] * 29 + [1.0] + [None] * 70, [5.0] * 29 + [1.0] + [5.0] * 70, None, "hardly any call"),
        (grades(30, 100)[0], grades(30, 100)[1], ["a"] * 29 + ["b"] * 71, "fewer than two"),
        (grades(30, 100)[0], grades(30, 100)[1], ["a"] * 30 + ["b"] * 70, "fewer than two"),
    ],
)
def test_when_people_stand_alone(human: list[float | None], llm: list[float], strata: list[str] | None, why: str) -> None:
    """The limits are those of `weighted_mean`, the note says why."""
    labels = strata or ["all"] * len(human)
    mean = regression_mean(human, llm, strata, scale=FIVE)
    graded = [i for i, value in enumerate(human) if value is not None]
    sizes = {label: labels.count(label) for label in labels}
    people = weighted_mean([human[i] for i in graded], [labels[i] for i in graded], sizes, scale=FIVE)
    assert (mean.value, mean.low, mean.high, mean.state) == (people.value, people.low, people.high, people.state)
    assert mean.note.startswith("people's grades only: ")
    assert why in mean.note


def test_an_llm_that_copies_people_is_not_certain() -> None:
    """No residual in 30 of 200: a share of 1 - .025^(1/30) = 11.6 % may differ by up to 4, but for the 15 % graded: +-.393."""
    llm = grades(30, 200)[1]
    mean = regression_mean([value if i < 30 else None for i, value in enumerate(llm)], llm, scale=FIVE)
    assert mean.state == "wide"
    assert mean.high - float(np.mean(llm)) == pytest.approx(0.85 * 4 * (1 - 0.025 ** (1 / 30)))


def test_every_call_graded_by_people_is_the_exact_value() -> None:
    """The LLM has nothing to add to 30 of 30."""
    human, llm = grades(30, 30)
    mean = regression_mean(human, llm, scale=FIVE)
    assert (mean.state, mean.value) == ("census", pytest.approx(np.mean(arrays(human, llm)[0])))


@pytest.mark.parametrize(
    ("human", "llm", "population", "why"),
    [
        ([1.0], [1.0, 2.0], None, "1 grades by people but 2"),
        ([6.0], [1.0], None, "outside 1..5"),
        ([None], [math.nan], None, "outside 1..5"),
        ([2.0, None], [2.0, 3.0], {"all": 1}, "more graded calls"),
    ],
)
def test_input_that_contradicts_itself(
    human: list[float | None], llm: list[float], population: dict[str, int] | None, why: str
) -> None:
    """Said in words, with the whole scale."""
    mean = regression_mean(human, llm, None, population, scale=FIVE)
    assert (mean.value, mean.low, mean.high, mean.state) == (None, 1, 5, "bad input")
    assert why in mean.note


@pytest.mark.parametrize("llm", [[], [3.0], [3.0] * 50])
def test_no_grade_by_people_is_no_data(llm: list[float]) -> None:
    """The LLM alone says nothing."""
    mean = regression_mean([None] * len(llm), llm, scale=FIVE)
    assert (mean.value, mean.low, mean.high, mean.state) == (None, 1, 5, "no data")


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_never_nan_never_certain_without_a_census(seed: int) -> None:
    """Up to three strata, some empty or unsampled, levels from one to five: limits on the scale around the value."""
    rng = np.random.default_rng(seed)
    levels = int(rng.integers(2, 7))
    labels, human, llm, population = [], [], [], {}
    for h in range(int(rng.integers(1, 4))):
        drawn = int(rng.integers(0, 60))
        population[h] = drawn + int(rng.integers(0, 3)) * 20
        for _ in range(drawn):
            grade = float(rng.integers(1, levels))
            labels.append(h)
            llm.append(grade if rng.random() < 0.95 else None)
            human.append(float(np.clip(grade + rng.integers(-1, 2), 1, 5)) if rng.random() < 0.7 else None)
    mean: Interval = regression_mean(human, llm, labels, population, scale=FIVE)
    assert 1 <= mean.low <= mean.high <= 5
    assert (mean.value is None) == all(value is None for value in human)
    if mean.value is not None:
        assert mean.low <= mean.value <= mean.high
        assert (mean.low == mean.high) == (mean.state == "census")
