"""Few people's grades and many LLM grades: the share of hits in the week, where the LLM's verdict only sorts the calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from evalharness import numbers
from evalharness.stats.design import Array
from evalharness.stats.interval import Interval, State

FEWEST_GRADED = 20
"""`use_combination`: calls graded by people."""
LLM_MULTIPLE = 1.4
"""`use_combination`: calls graded by the LLM for each one graded by people; 50 drawn of which people graded 35."""
MOST_ALIKE = 0.85
"""`use_combination`: share of the calls to which the LLM gave one and the same verdict."""
MOST_BLIND = 0.02
"""`use_combination`: share of the calls that lie in cells without a grade by people."""
_ROUNDING = 1e-12
_NEGLIGIBLE = 1e-10
"""Probability at each end of the first phase that the second phase treats as lying at the nearest count."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The calls of a stratum to which the LLM gave one verdict: `calls` of them, `graded` by people, `hits` found by people.

    Calls without a verdict of the LLM (it failed on them, or was not asked) are a cell of their own.
    """

    hits: int
    graded: int
    calls: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A sampling stratum: its cells, and `population` N_h, its size in the week (None = the cells are all of it)."""

    cells: tuple[Cell, ...]
    population: int | None = None

    @property
    def drawn(self) -> int:
        """The calls in the cells, n'_h."""
        return sum(cell.calls for cell in self.cells)

    @property
    def size(self) -> int:
        """The calls of the stratum in the week, N_h."""
        return self.drawn if self.population is None else self.population

    @property
    def contradicts_itself(self) -> bool:
        """Whether more hits than grades, more grades than calls, or more calls than the population are said to exist."""
        return self.size < self.drawn or any(not 0 <= cell.hits <= cell.graded <= cell.calls for cell in self.cells)

    @property
    def expected(self) -> float:
        """The expected number of hits; what nobody graded counts as half."""
        found = sum(cell.calls * (cell.hits / cell.graded if cell.graded else 0.5) for cell in self.cells)
        return found * self.size / self.drawn if self.drawn else self.size / 2

    @property
    def blind(self) -> float:
        """The calls of the stratum, estimated, that lie where people graded none."""
        unseen = sum(cell.calls for cell in self.cells if not cell.graded)
        return unseen * self.size / self.drawn if self.drawn else float(self.size)


def melded_share(strata: Sequence[Frame], tail: float = 0.025) -> Interval:
    """The share of hits among all calls of the strata. [Fay, Proschan, Brittain 2015: melding of Clopper-Pearson limits]

    Within a cell the people's grades are a simple random sample, whatever the LLM is worth: it may be useless or
    systematically wrong, then the interval is merely wider. tail: error on EACH side.

        cell:    K_c = hits + BetaBinomial(calls - graded; hits + 1, graded - hits)        for the upper limit
                 K_c = hits + BetaBinomial(calls - graded; hits, graded - hits + 1)        for the lower
        stratum: K = sum K_c, and where only n' of its N_h calls were drawn (two phases)
                 K + BetaBinomial(N_h - n'; K + 1, n' - K), or (K, n' - K + 1), mixed over K
        week:    the sum over strata; high = its quantile 1 - tail, low = its quantile tail; exact convolutions

    value = sum over strata of N_h times the share expected in its cells. A cell without a grade may hold none or nothing but
    hits; the value counts it as half ("wide"). Everything graded: "census". There is no theorem for sums of cells:
    simulated (benchmarks/coverage/combined.py) in 140 settings (n 20, 35, 50 of 150 to 5,000 calls; rates 1 to 60 %; core +
    tail; two phases; stopped queues) with four judges down to a useless one it covers at least .960.
    Not where a stratum's calls were drawn with unequal probabilities; not for rare rates (`use_combination`).
    """
    frames = [frame for frame in strata if frame.size or frame.cells]
    if any(frame.contradicts_itself for frame in frames):
        return Interval(None, 0.0, 1.0, "bad input", note="hits <= graded <= calls <= population violated")
    graded = sum(cell.graded for frame in frames for cell in frame.cells)
    if graded == 0:
        return Interval(None, 0.0, 1.0, "no data")
    total = sum(frame.size for frame in frames)
    value = sum(frame.expected for frame in frames) / total
    low, high = (_limit(frames, tail, upper=upper) / total for upper in (False, True))
    blind = any(frame.blind > 0 for frame in frames)
    state: State = "census" if graded == total else "wide" if blind else "ok"
    note = "calls with one verdict of the LLM have no grade by people" if blind else ""
    return Interval(value, min(low, value), max(high, value), state, graded, graded, note)


def _limit(frames: Sequence[Frame], tail: float, *, upper: bool) -> int:
    """The number of hits at the tail quantile of the melded distribution."""
    distribution = np.ones(1)
    for frame in frames:
        distribution = _convolved(distribution, _stratum(frame, upper=upper))
    cumulative = np.cumsum(distribution) / distribution.sum()
    return int(np.searchsorted(cumulative, 1 - tail - _ROUNDING if upper else tail + _ROUNDING))


def _stratum(frame: Frame, *, upper: bool) -> Array:
    """(N_h + 1,) probabilities of the number of hits in a stratum."""
    hits = np.ones(1)
    for cell in frame.cells:
        hits = _convolved(hits, _predicted(np.array([cell.hits]), np.ones(1), cell.graded, cell.calls, upper=upper))
    if frame.size == frame.drawn:
        return hits
    known, weights = _trimmed(hits / hits.sum())
    return _predicted(known, weights, frame.drawn, frame.size, upper=upper)


def _trimmed(weights: Array) -> tuple[Array, Array]:
    """The counts that are not negligible and their weights; what is cut off goes to the ends."""
    cumulative = np.cumsum(weights)
    first, last = np.searchsorted(cumulative, [_NEGLIGIBLE, 1 - _NEGLIGIBLE])
    last = min(int(last), len(weights) - 1)
    kept = weights[first : last + 1].copy()
    kept[0] += weights[:first].sum()
    kept[-1] += weights[last + 1 :].sum()
    return np.arange(first, last + 1), kept


def _predicted(hits: Array, weights: Array, n: int, N: int, *, upper: bool) -> Array:
    """(N + 1,) probabilities of the hits among N calls, of which n are known to hold `hits` (m,), each with its weight.

    hits + BetaBinomial(N - n; hits + 1, n - hits) for the upper limit, (hits, n - hits + 1) for the lower; nothing but
    hits known: the rest may all be hits; none known: none need be.
    """
    if n == N:
        out = np.zeros(N + 1)
        out[hits.astype(int)] = weights
        return out
    rest, out, shift = N - n, np.zeros(N + 1), 1 if upper else 0
    x, table = np.arange(rest + 1), gammaln(np.arange(N + 2) + 1.0)
    choose = table[rest] - table[x] - table[rest - x]
    for k, weight in zip(hits.astype(int).tolist(), weights.tolist(), strict=True):
        a, b = k + shift, n - k + 1 - shift
        if a == 0 or b == 0:
            out[N if b == 0 else 0] += weight
            continue
        scale = table[a + b - 1] - table[a - 1] - table[b - 1] - table[rest + a + b - 1]
        out[k : k + rest + 1] += weight * np.exp(choose + table[x + a - 1] + table[rest - x + b - 1] + scale)
    return out


def _convolved(x: Array, y: Array) -> Array:
    if min(len(x), len(y)) < 256:
        return np.convolve(x, y)
    size = 1 << (len(x) + len(y) - 2).bit_length()
    return np.maximum(np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(y, size), size)[: len(x) + len(y) - 1], 0.0)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether people's and the LLM's grades are combined for a yes/no measure, and in words why not."""

    combine: bool
    why: str = ""


def use_combination(strata: Sequence[Frame]) -> Choice:
    """Whether `melded_share` takes the place of the share by people's grades alone (`weighted_share`).

    Decided from what the LLM said and how many calls were graded, never from what people found: the choice then cannot
    spoil the coverage of either interval, and one more failure found by people moves neither limit the wrong way.
    Simulated as above, the switching included: coverage at least .960. Mean width against people only, 50 of 1000 calls, by a
    good judge (95 % right) and a fair one (sensitivity .8, specificity .9): rate 30 % .174 and .219 for .259; 15 % .155 and
    .185 for .206; at 5 and 1 % as people only. Core + tail at 30 %: .192 and .227 for .271.
    Whether the LLM is trusted is the caller's question: a useless one costs width (39 % at a rate of 1 %, 19 % at 5 %, 6 %
    at 15 %), not coverage.
    """
    graded = sum(cell.graded for frame in strata for cell in frame.cells)
    drawn, size = sum(frame.drawn for frame in strata), sum(frame.size for frame in strata)
    if graded < FEWEST_GRADED:
        return Choice(combine=False, why=f"people graded fewer than {FEWEST_GRADED} calls")
    if sum(frame.blind for frame in strata) > MOST_BLIND * size:
        return Choice(combine=False, why="people graded no call to which the LLM gave one of its verdicts")
    if drawn < LLM_MULTIPLE * graded:
        return Choice(combine=False, why=f"the LLM graded fewer than {numbers.plain(LLM_MULTIPLE)} times as many calls as people")
    alike = sum(frame.size * max(cell.calls for cell in frame.cells) / frame.drawn for frame in strata if frame.drawn)
    if alike > MOST_ALIKE * size:
        return Choice(
            combine=False, why=f"the LLM gave the same verdict to more than {numbers.exactly(MOST_ALIKE, 'share')} of the calls"
        )
    return Choice(combine=True)
