"""May the LLM stand in for one of several human graders? The alternative annotator test."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from evalharness.stats.design import Array

Score = Literal["accuracy", "neg_rmse"]
FEWEST_HUMANS = 3
FEWEST_CALLS = 30


@dataclass(frozen=True, slots=True)
class AlternativeAnnotator:
    """Outcome of the test. All None where it cannot be run; `note` says why.

    winning_rate: share of the humans the LLM may replace; passed: at least half of them. advantage: mean share of calls
    on which the LLM is at least as close to the others as the human left out. calls: shared by each human, p_values: one each.
    """

    winning_rate: float | None
    advantage: float | None
    passed: bool | None
    p_values: tuple[float, ...] = ()
    calls: tuple[int, ...] = ()
    note: str = ""


def alternative_annotator_test(
    humans: ArrayLike, llm: ArrayLike, score: Score = "neg_rmse", epsilon: float = 0.15, fdr: float = 0.05
) -> AlternativeAnnotator:
    """Leaves each human out in turn and asks who is closer to the other humans, he or the LLM. [Calderon et al., ACL 2025]

    humans (calls, humans) with three or more humans, llm (calls,); missing = nan or None. On each call the human shares
    with another: accuracy = share of the others with the same grade; neg_rmse = -sqrt(mean squared difference to them).
    d = [his score >= the LLM's] - [the LLM's >= his]; H0: mean d >= epsilon, t-test with n - 1 degrees; no spread: p =
    (1 - epsilon)^n where d < epsilon, else 1. Benjamini-Yekutieli at `fdr`. Passed: half of the humans or more rejected.
    epsilon, what the LLM's lower cost is worth: .2 for experts, .15 skilled, .1 crowd.
    Not below three humans or 30 calls shared by each; one row a CALL, turns of one call are not independent.
    """
    H, f = np.asarray(humans, dtype=float), np.asarray(llm, dtype=float)
    if H.ndim != 2 or H.shape[1] < FEWEST_HUMANS:
        return AlternativeAnnotator(None, None, None, note=f"needs {FEWEST_HUMANS} or more humans")
    if f.shape != H.shape[:1]:
        raise ValueError(f"{len(H)} calls graded by people, {f.size} by the LLM")
    contests = [_contest(H, f, j, score) for j in range(H.shape[1])]
    calls = tuple(len(at_least) for _, at_least in contests)
    if min(calls) < FEWEST_CALLS:
        return AlternativeAnnotator(None, None, None, (), calls, f"a human shares only {min(calls)} calls, {FEWEST_CALLS} needed")
    p_values = tuple(_p_value(d, epsilon) for d, _ in contests)
    won = _rejected(p_values, fdr) / len(p_values)
    advantage = float(np.mean([at_least.mean() for _, at_least in contests]))
    return AlternativeAnnotator(won, advantage, won >= 0.5, p_values, calls)


def _contest(H: Array, f: Array, j: int, score: Score) -> tuple[Array, NDArray[np.bool_]]:
    """For each call shared: +1 the human alone is closer, -1 the LLM alone, 0 alike; and whether the LLM is at least as close."""
    others = np.delete(H, j, 1)
    shared = ~np.isnan(H[:, j]) & ~np.isnan(f) & (~np.isnan(others)).any(1)
    his, its = (_closeness(grades[shared], others[shared], score) for grades in (H[:, j], f))
    return (his >= its).astype(float) - (its >= his), its >= his


def _closeness(grades: Array, others: Array, score: Score) -> Array:
    present = (~np.isnan(others)).sum(1)
    if score == "accuracy":
        return np.asarray((others == grades[:, None]).sum(1) / present)
    return np.asarray(-np.sqrt(np.nansum((others - grades[:, None]) ** 2, 1) / present))


def _p_value(d: Array, epsilon: float) -> float:
    n, sd = len(d), float(d.std(ddof=1))
    if sd > 0:
        return float(stdtr(n - 1, (d.mean() - epsilon) / (sd / math.sqrt(n))))
    return (1 - epsilon) ** n if d[0] < epsilon else 1.0


def _rejected(p_values: tuple[float, ...], fdr: float) -> int:
    """How many of the hypotheses Benjamini and Yekutieli's procedure rejects."""
    m = len(p_values)
    bars = fdr * np.arange(1, m + 1) / (m * sum(1 / i for i in range(1, m + 1)))
    kept = np.flatnonzero(np.sort(p_values) <= bars)
    return int(kept[-1]) + 1 if len(kept) else 0
