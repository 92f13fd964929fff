"""Any prefix of the queue as a sample of its own: wherever people stop, every call of the week had a known chance to be in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evalharness.models.sample import WeeklySample


@dataclass(frozen=True)
class Prefix:
    """The first calls of the queue. `graded`: g_h, how many of each stratum they are; `probability`: the chance that any one
    call of the stratum had to be among them, exact; `complete`: every stratum with calls has one, so that rates of the whole
    week can be estimated."""

    calls: int
    graded: Mapping[str, int]
    probability: Mapping[str, Fraction]
    complete: bool


def prefix(sample: WeeklySample, calls: int) -> Prefix:
    """The sample that the first `calls` of the queue are, with its own inclusion probabilities. [Cochran 1977, ch. 2 and 5]

    Within stratum h the n_h smallest of N_h hash keys are drawn and queued by key, and which strata the places of the queue
    belong to follows from the n_h alone: g_h(k) calls of h stand among the first k, whatever is drawn. They are the g_h
    smallest keys, so each of the N_h calls is among them with probability g_h(k) / N_h.

    With `every_nth` each call is drawn with probability 1 / every_nth, and is among the first k of n drawn with k / n of that.
    Holds where people stop for any reason but the answers they saw: a queue broken off because enough calls failed is
    no sample. Not for calls picked by hand (`sample.picked`): they have no probability.
    Raises ValueError unless 0 <= calls <= calls drawn.
    """
    if not 0 <= calls <= len(sample.items):
        raise ValueError(f"the first {calls} of {len(sample.items)} drawn calls")
    design = sample.design
    seen = Counter(item.stratum for item in sample.items[:calls])
    sizes = {size.stratum.name: size for size in design.strata if size.population}
    if design.every_nth is None:
        chances = {name: Fraction(seen[name], size.population) for name, size in sizes.items()}
    else:
        chances = {name: Fraction(seen[name], max(size.drawn, 1) * design.every_nth) for name, size in sizes.items()}
    return Prefix(calls, {name: seen[name] for name in sizes}, chances, all(seen[name] for name in sizes))
