"""The mean of a 1-5 score over the week's calls, from few people's grades and many LLM grades of the same calls."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from evalharness.stats.design import Array, Rows, rows_of
from evalharness.stats.interval import Interval, student_t
from evalharness.stats.mean import weighted_mean

_NO_SPREAD = 1e-12
MIN_N = 20
"""Calls graded by people below which the LLM's grades are left out."""
MIN_CORR = 0.3
"""Correlation of people's and the LLM's grades below which these are left out."""


def regression_mean(
    human: Sequence[float | None],
    llm: Sequence[float | None],
    stratum: Sequence[Hashable] | None = None,
    population: Mapping[Hashable, int] | None = None,
    tail: float = 0.025,
    scale: tuple[float, float] = (0.0, 100.0),
) -> Interval:
    """The mean score: people's grades, corrected by what the LLM gave to the calls they did not grade. [Cochran 1977, 12.7]"""
    labels: list[Hashable] = ["all"] * len(human) if stratum is None else list(stratum)
    sizes = dict(Counter(labels)) if population is None else population
    phases = _phases(human, llm, labels, sizes, scale)
    if isinstance(phases, str):
        return Interval(None, *scale, "bad input", note=phases)
    reason = phases.unfit()
    if not reason:
        return _regression(phases, tail, scale)
    graded = [i for i, value in enumerate(human) if value is not None]
    people = weighted_mean([human[i] for i in graded], [labels[i] for i in graded], sizes, tail, scale)
    return replace(people, note="; ".join(filter(None, [f"people's grades only: {reason}", people.note])))


@dataclass(frozen=True)
class _Phases:
    """y and f (n,): the calls graded by both; f_all (n',): all calls graded by the LLM."""

    y: Array
    f: Array
    both: Rows
    f_all: Array
    all: Rows

    @cached_property
    def shares(self) -> Array:
        """(strata,) W_h = N_h / N."""
        return self.both.population / self.both.population.sum()

    @cached_property
    def spreads(self) -> tuple[Array, Array]:
        """Deviations of y and of f from their means within the strata."""
        return _centred(self.y, self.both), _centred(self.f, self.both)

    @cached_property
    def slope(self) -> float:
        """lambda = sum w dy df / sum w df^2."""
        (dy, df), w = self.spreads, self.both.weights
        return float((w * dy * df).sum() / (w * df**2).sum())

    @cached_property
    def correlation(self) -> float:
        """Weighted correlation of y and f within the strata; 0 where either shows no spread."""
        (dy, df), w = self.spreads, self.both.weights
        spread = float((w * dy**2).sum() * (w * df**2).sum())
        return float((w * dy * df).sum()) / math.sqrt(spread) if spread > _NO_SPREAD else 0.0

    def unfit(self) -> str:
        """Why the LLM's grades cannot help; empty where they can."""
        few = (self.both.drawn < 2) & (self.both.drawn < self.both.population)
        if len(self.y) < MIN_N:
            return f"fewer than {MIN_N} calls graded by people"
        if few.any():
            return "a stratum has fewer than two calls graded by people"
        if self.correlation == 0:
            return "no spread in the grades"
        return "" if abs(self.correlation) >= MIN_CORR else f"correlation with the LLM's grades below {MIN_CORR:g}"


def _centred(values: Array, rows: Rows) -> Array:
    return values - _means(values, rows)[rows.codes]


def _means(values: Array, rows: Rows) -> Array:
    return np.asarray(np.bincount(rows.codes, values, len(rows.drawn)) / np.maximum(rows.drawn, 1))


def _phases(
    human: Sequence[float | None],
    llm: Sequence[float | None],
    labels: list[Hashable],
    sizes: Mapping[Hashable, int],
    scale: tuple[float, float],
) -> _Phases | str:
    if len(human) != len(llm):
        return f"{len(human)} grades by people but {len(llm)} by the LLM"
    if not all(value is None or scale[0] <= value <= scale[1] for value in (*human, *llm)):
        return f"a value outside {scale[0]:g}..{scale[1]:g}"
    graded = [i for i, value in enumerate(human) if value is not None]
    rows, both = rows_of(len(human), labels, sizes), rows_of(len(graded), [labels[i] for i in graded], sizes)
    if isinstance(rows, str):
        return rows
    if isinstance(both, str):
        return both
    given = [value for value in llm if value is not None]
    middle = sum(given) / len(given) if given else scale[0]
    f_all = np.array([middle if value is None else value for value in llm], dtype=float)
    y = np.array([value for value in human if value is not None], dtype=float)
    return _Phases(y, f_all[graded], both, f_all, rows)


def _regression(phases: _Phases, tail: float, scale: tuple[float, float]) -> Interval:
    slope, both, n = phases.slope, phases.both, len(phases.y)
    (dy, df), shares = phases.spreads, phases.shares
    middle = _means(phases.y - slope * phases.f, both) + slope * _means(phases.f_all, phases.all)
    value = min(max(float((shares * middle).sum()), scale[0]), scale[1])
    if both.census:
        return Interval(value, value, value, "census", n, n)
    leverage = both.weights * df**2 / float((both.weights * df**2).sum())
    e = (dy - slope * df) / np.maximum(1 - 1 / both.drawn[both.codes] - leverage, 0.01)
    v = shares**2 / both.drawn * (both.rest * _moment(e, both, 2))
    freedom = n - len(both.drawn) - 1
    half = student_t(freedom, tail) * math.sqrt(float(v.sum()))
    return Interval(value, max(value - half, scale[0]), min(value + half, scale[1]), "ok", n, n, "")


def _moment(values: Array, rows: Rows, power: int) -> Array:
    return np.bincount(rows.codes, values**power, len(rows.drawn)) / np.maximum(rows.drawn, 1)
