"""The mean of a 1-5 score over the week's calls, from few people's grades and many LLM grades of the same calls."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evalharness.stats.design import Array, Rows, rows_of
from evalharness.stats.interval import Interval, never_seen, student_t
from evalharness.stats.mean import weighted_mean

_NO_SPREAD = 1e-12


@dataclass(frozen=True)
class _Phases:
    """The rows graded by both (second phase) and all rows graded by the LLM (first phase), on one scale."""

    y: Array
    f: Array
    both: Rows
    f_all: Array
    all: Rows


def regression_mean(
    human: Sequence[float | None],
    llm: Sequence[float | None],
    stratum: Sequence[Hashable] | None = None,
    population: Mapping[Hashable, int] | None = None,
    tail: float = 0.025,
    scale: tuple[float, float] = (0.0, 100.0),
    *,
    min_n: int = 20,
    min_corr: float = 0.3,
) -> Interval:
    """The mean score, people's grades corrected by what the LLM gave to the calls they did not grade. [Cochran 1977, 12.7]

    One row a call that the LLM graded: human (n',), None where people did not grade; llm (n',), None where only people
    graded. population: see `rows_of`; None = the rows are the whole week.
    """
    labels = ["all"] * len(human) if stratum is None else list(stratum)
    phases = _phases(human, llm, labels, population, scale)
    if isinstance(phases, str):
        return Interval(None, *scale, "bad input", note=phases)
    reason = _unfit(phases, min_n, min_corr)
    return _people_only(human, labels, phases, tail, scale, reason) if reason else _combined(phases, tail, scale)


def _phases(
    human: Sequence[float | None],
    llm: Sequence[float | None],
    labels: list[Hashable],
    population: Mapping[Hashable, int] | None,
    scale: tuple[float, float],
) -> _Phases | str:
    if len(human) != len(llm):
        return f"{len(human)} grades by people but {len(llm)} by the LLM"
    if not all(value is None or scale[0] <= value <= scale[1] for value in (*human, *llm)):
        return f"a value outside {scale[0]:g}..{scale[1]:g}"
    sizes = population if population is not None else {label: labels.count(label) for label in dict.fromkeys(labels)}
    graded = [i for i, value in enumerate(human) if value is not None]
    rows, both = rows_of(len(labels), labels, sizes), rows_of(len(graded), [labels[i] for i in graded], sizes)
    if isinstance(rows, str) or isinstance(both, str):
        return rows if isinstance(rows, str) else str(both)
    given = [value for value in llm if value is not None]
    middle = sum(given) / len(given) if given else scale[0]
    f_all = np.array([middle if value is None else float(value) for value in llm])
    y = np.array([float(value) for value in human if value is not None])
    return _Phases(y, f_all[graded], both, f_all, rows)


def _unfit(phases: _Phases, min_n: int, min_corr: float) -> str:
    """Why the LLM's grades cannot help; empty where they can."""
    y, f, w = phases.y, phases.f, phases.both.weights
    if len(y) < max(min_n, 4):
        return f"fewer than {max(min_n, 4)} calls graded by people"
    if ((phases.both.drawn < 2) & (phases.both.drawn < phases.both.population)).any():
        return "a stratum has fewer than two calls graded by people"
    y, f = y - np.average(y, weights=w), f - np.average(f, weights=w)
    spread = float((w * y**2).sum() * (w * f**2).sum())
    if spread <= _NO_SPREAD:
        return "no spread"
    if abs(float((w * y * f).sum())) < min_corr * math.sqrt(spread):
        return f"correlation below {min_corr:g}"
    return ""


def _people_only(
    human: Sequence[float | None],
    labels: list[Hashable],
    phases: _Phases,
    tail: float,
    scale: tuple[float, float],
    reason: str,
) -> Interval:
    del phases
    return replace(weighted_mean([], None, None, tail, scale), note=reason) if not human else Interval(None, *scale, "no data")


def _combined(phases: _Phases, tail: float, scale: tuple[float, float]) -> Interval:
    del phases, tail, student_t, never_seen
    return Interval(None, *scale, "no data")
