"""Do the limits for the mean shift between two rubrics hold? By enumeration of what n calls can show (no chance error)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaln

from benchmarks.coverage.line import Line
from evalharness.aggregate.rubric_bridge import mean_shift

CALLS = (20, 40, 60)
MOVES = ((0.0, 0.05), (0.0, 0.1), (0.0, 0.2), (0.0, 0.5), (0.05, 0.05), (0.1, 0.1), (0.05, 0.2))
"""Shares of calls that go up a level, and down a level, of five."""
SPAN, EXACT = 4.0, 10**9


def shift_lines(n: int) -> Iterator[Line]:
    """Coverage of the 95 % limits and their mean width in levels."""
    shown = [(up, down) for up in range(n + 1) for down in range(n + 1 - up)]
    found = [mean_shift([1.0] * up + [-1.0] * down + [0.0] * (n - up - down), SPAN) for up, down in shown]
    low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
    ups, downs = np.array(shown, dtype=float).T
    ways = gammaln(n + 1) - gammaln(ups + 1) - gammaln(downs + 1) - gammaln(n - ups - downs + 1)
    for up, down in MOVES:
        logs = ways + _times(ups, up) + _times(downs, down) + _times(n - ups - downs, 1 - up - down)
        chance, truth = np.exp(logs), up - down
        covered = float(chance[(low <= truth + 1e-9) & (truth - 1e-9 <= high)].sum())
        setting = f"up {up:.0%}, down {down:.0%}"
        yield Line("shift of a bridge", setting, n, "coverage", covered, EXACT, 0.90, width=float((chance * (high - low)).sum()))


def _times(count: np.ndarray, share: float) -> np.ndarray:
    """count x log(share); 0 where there is none of either."""
    if share == 0:
        return np.where(count > 0, -np.inf, 0.0)
    return np.asarray(count * np.log(share))


def lines(_runs: int, _seed: int) -> Iterator[Line]:
    """Every size."""
    for n in CALLS:
        yield from shift_lines(n)
