"""Two columns of blind grades as an Agreement: every coefficient with its n and limits, the same bytes from the same pairs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.pairs import Pair, Pairs, Scale
from evalharness.models.measure import Measure, Unit
from evalharness.models.trust import Agreement
from evalharness.stats.agreement import agreement
from evalharness.stats.detection import Detection, detection
from evalharness.stats.interval import Interval

SHOWN_FROM = 20
"""Pairs below which no agreement is shown."""
_DIGITS = 9
"""A limit found by halving, or a kappa of nothing, is not 1e-13: it is 0."""
Sizes = Mapping[Hashable, int]
"""Stratum name -> its calls that could be drawn, over all weeks."""


def sizes_of(history: Sequence[PastWeek]) -> Sizes:
    """The calls of each stratum that could be drawn in these weeks together."""
    found: Counter[Hashable] = Counter()
    for week in history:
        for size in week.design.strata:
            found[size.stratum.name] += size.population
    return found


def agreement_of(criterion: str, names: tuple[str, str], pairs: Pairs, scale: Scale, sizes: Sizes) -> Agreement:
    """What the pairs say. The bootstrap is seeded from the pairs themselves.

    Coefficients and shares are of the pairs as they are; sensitivity and specificity, of the first against the second's
    failing answers, are weighted where strata were drawn with unequal probability.
    """
    first, second = [pair.first for pair in pairs.rows], [pair.second for pair in pairs.rows]
    calls = ["|".join(pair.call) for pair in pairs.rows]
    rng = np.random.default_rng(_seed(criterion, pairs.rows))
    found = agreement(
        first, second, scale.values, kind=scale.kind, rng=rng, call=None if len(set(calls)) == len(calls) else calls
    )
    shown: dict[str, tuple[Interval | None, Unit]] = {
        "alpha": (found.alpha, "coefficient"),
        "kappa": (found.kappa, "coefficient"),
        "ac": (found.ac, "coefficient"),
        "exact": (found.exact, "share"),
        "within_one": (found.within_one, "share"),
        "bias": (found.bias, "levels"),
    }
    if scale.failing:
        finds = finding(pairs.rows, scale, sizes)
        shown |= {"sensitivity": (finds.sensitivity, "share"), "specificity": (finds.specificity, "share")}
    figures: dict[str, Any] = {name: _measure(name, given, unit) for name, (given, unit) in shown.items() if given is not None}
    for name in ("sensitivity", "specificity"):
        if name in figures and figures[name].n == 0:
            del figures[name]
    figures |= {"criterion": criterion, "first": names[0], "second": names[1]}
    return Agreement(pairs=len(pairs.rows), not_applicable=pairs.not_applicable, **figures)


def finding(rows: Sequence[Pair], scale: Scale, sizes: Sizes) -> Detection:
    """How many failing answers of the second the first finds. A stratum's pairs stand for its calls of all weeks together:
    with a stratum a week most would hold one failure or none, and no interval."""
    flagged, truth = ([answer in scale.failing for answer in column] for column in _columns(rows))
    strata: list[Hashable] = [pair.stratum for pair in rows]
    met = set(strata)
    population = {name: size for name, size in sizes.items() if name in met}
    if len(met) < 2 or any(strata.count(name) > population.get(name, 0) for name in met):
        return detection(flagged, truth)
    return detection(flagged, truth, strata, population)


def _columns(rows: Sequence[Pair]) -> tuple[list[float], list[float]]:
    return [pair.first for pair in rows], [pair.second for pair in rows]


def _seed(criterion: str, rows: Sequence[Pair]) -> int:
    text = repr((criterion, [(pair.call, pair.first, pair.second) for pair in rows]))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _measure(name: str, found: Interval, unit: Unit) -> Measure:
    n, known = round(found.n), found.value is not None and round(found.n) > 0
    return Measure(
        name=name,
        unit=unit,
        value=round(found.value, _DIGITS) if known and found.value is not None else None,
        n=n,
        of=n,
        low=round(found.low, _DIGITS) if known else None,
        high=round(found.high, _DIGITS) if known else None,
        basis="ledger",
        note=found.note,
    )
