"""The rows of a stratified sample: which stratum each graded call lies in, and for how many calls of the week it stands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """One row a graded call. `codes` (n,) points into `drawn` and `population` (strata,): n_h and N_h (infinite = a process)."""

    codes: NDArray[np.int64]
    drawn: Array
    population: Array

    @property
    def finite(self) -> bool:
        """Whether the target is a known number of calls rather than the process behind them."""
        return bool(np.isfinite(self.population).all())

    @property
    def weights(self) -> Array:
        """(n,) how many calls of the week each row stands for, N_h / n_h; 1 each for a process."""
        return (self.population / np.maximum(self.drawn, 1))[self.codes] if self.finite else np.ones(len(self.codes))

    @property
    def rest(self) -> Array:
        """(strata,) the share of each stratum that was not graded, 1 - n_h / N_h."""
        return 1 - self.drawn / self.population

    @property
    def hidden(self) -> float:
        """The share of the week's calls that lie in strata without a graded call."""
        return float(self.population[self.drawn == 0].sum() / self.population.sum()) if self.finite else 0.0

    @property
    def census(self) -> bool:
        """Whether every call was graded."""
        return bool((self.drawn == self.population).all())

    @property
    def lone(self) -> bool:
        """Whether a stratum of several calls has a single graded one, or too few rows are left to show any spread."""
        return len(self.codes) <= int((self.drawn > 0).sum()) or bool(((self.drawn == 1) & (self.population > 1)).any())

    def variance(self, residuals: Array, lone_variance: float = 0.0) -> Array:
        """(strata,) v_h = (1 - n_h/N_h) n_h/(n_h - 1) sum (e - mean_h e)^2 of linearised residuals e (n,).

        A lone call shows no spread: `lone_variance` times its squared weight takes that place. [Cochran 1977, ch. 5]
        """
        weights = self.weights
        v = np.zeros(len(self.drawn))
        for h, n in enumerate(self.drawn):
            e = residuals[self.codes == h]
            if n == 1:
                v[h] = lone_variance * float(weights[self.codes == h][0]) ** 2
            elif n > 1:
                v[h] = n / (n - 1) * float(((e - e.mean()) ** 2).sum())
        return self.rest * v


def rows_of(n: int, stratum: Sequence[Hashable] | None, population: Mapping[Hashable, int] | None) -> Rows | str:
    """The rows of n graded calls, or in words why the counts contradict each other.

    stratum: (n,) labels, None = one stratum. population: label -> N_h of all strata, also of those without a graded call;
    None = one process with equal weights.
    """
    labels = ["all"] * n if stratum is None else list(stratum)
    if len(labels) != n:
        return f"{n} values but {len(labels)} stratum labels"
    if population is None and len(set(labels)) > 1:
        return "several strata need their population sizes"
    sizes: dict[Hashable, float] = dict.fromkeys(labels[:1] or ["all"], math.inf)
    if population is not None:
        sizes = {label: size for label, size in population.items() if size > 0}
    counts = Counter(labels)
    if any(count > sizes.get(label, 0) for label, count in counts.items()):
        return "more graded calls than the population holds"
    order = {label: h for h, label in enumerate(sizes)}
    codes = np.array([order[label] for label in labels], dtype=np.int64)
    return Rows(codes, np.array([float(counts[label]) for label in sizes]), np.array(list(sizes.values()), dtype=float))
