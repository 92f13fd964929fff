"""What grading so many calls of a week can show, before anyone grades. Pure: counts in, nouns out. STATISTICS a, b and i."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, product

from evalharness.models.plan import HORIZON, Assumed, PlannedCheck
from evalharness.models.sample import Design, Stratum
from evalharness.models.summary import Population
from evalharness.models.threshold import Threshold
from evalharness.models.week import Week, shift
from evalharness.sample.design import TAIL_FROM, largest_remainder
from evalharness.stats.sequence import sequence_bounds
from evalharness.stats.share import weighted_share
from evalharness.stats.verdict import Answer, verdict_from_bounds

OF_ALL_IN_SCOPE = ("resolution_rate", "clear_failure_rate")
BETTER = 0.1
MOST_OUTCOMES = 1_500
_ONE_SIDED, _TWO_SIDED, _UNLIKELY, _CALLS = 0.05, 0.025, 1e-9, 10_000_000


def is_judged(threshold: Threshold) -> bool:
    """Whether people's answers decide the check; every other one is measured without grading."""
    return threshold.measure in OF_ALL_IN_SCOPE or threshold.measure.startswith("share_4_5.")


def planning_rate(threshold: Threshold) -> tuple[float, str]:
    """The rate to plan with where nothing is known yet, and what is assumed: no failure; else ten points above the bar."""
    if threshold.direction in ("below", "at_most"):
        return 0.0, "assumed: none fails"
    rate = min(threshold.value + BETTER, (1 + threshold.value) / 2)
    return round(rate, 6), "assumed: better than the bar"


def carried(strata: Sequence[Stratum], size: int) -> tuple[tuple[Stratum, ...], tuple[str, ...]]:
    """The strata a sample of this size carries beside `core`, and the names of those it does not: below 35 one, and no tail."""
    if size >= TAIL_FROM:
        return tuple(strata), ()
    kept = [stratum for stratum in strata if stratum.share is None][:1]
    return tuple(kept), tuple(stratum.name for stratum in strata if stratum not in kept)


@dataclass(frozen=True)
class Judged:
    """Calls of the design that people can judge: `graded` g_h expected of `of` M_h by stratum. A drawn call that the log itself
    shows as a technical failure or out of scope adds nothing: g_h = n_h M_h / N_h, rounded, at least one where there is one."""

    graded: Mapping[str, int]
    of: Mapping[str, int]

    @property
    def worth(self) -> float:
        """Kish's number of calls of equal probability, M^2 / sum(M_h^2 / g_h); 0 while a stratum has no graded call."""
        if not self.of or not all(self.graded.values()):
            return 0.0
        return sum(self.of.values()) ** 2 / sum(M**2 / self.graded[name] for name, M in self.of.items())

    @property
    def alike(self) -> float:
        """Expected calls a week that all had the same chance, M min(g_h / M_h): what may be accumulated."""
        return sum(self.of.values()) * min((g / self.of[name] for name, g in self.graded.items()), default=0.0)


def judged(design: Design) -> Judged:
    """What of the design people can judge."""
    sizes = [size for size in design.strata if size.judged]
    graded = {
        size.stratum.name: min(max(round(size.drawn * size.judged / size.population), min(size.drawn, 1)), size.judged)
        for size in sizes
    }
    return Judged(graded, {size.stratum.name: size.judged for size in sizes})


@dataclass(frozen=True)
class _Rate:
    """From a share of the M judged calls to the rate of the check: (fixed + M p + U) / (M + rest), U taken both ways."""

    threshold: Threshold
    M: int
    fixed: int
    unseen: int
    rest: int

    def of(self, hits: float | Fraction, unseen: int = 0) -> Fraction:
        """The rate for so many hits among the judged calls."""
        total = self.M + self.rest
        return min(max((self.fixed + Fraction(hits) + unseen) / total, Fraction(0)), Fraction(1)) if total else Fraction(0)

    def verdict(self, low: float | Fraction, high: float | Fraction) -> Answer:
        """The verdict for these one-sided bounds of the number of hits."""
        return verdict_from_bounds(self.of(low), self.of(high, self.unseen), self.threshold.value, self.threshold.direction)

    def share(self, rate: float) -> float:
        """The share of the judged calls at which the check has this rate, as far as there is one."""
        return min(max((rate * (self.M + self.rest) - self.fixed) / self.M, 0.0), 1.0) if self.M else 0.0


def _rate(threshold: Threshold, people: Population, M: int) -> _Rate:
    if threshold.measure not in OF_ALL_IN_SCOPE:
        return _Rate(threshold, M, 0, 0, 0)
    fixed = people.technical if threshold.measure == "clear_failure_rate" else 0
    return _Rate(threshold, M, fixed, people.unseen, people.technical + people.unseen)


def planned_check(design: Design, people: Population, assumed: Assumed) -> PlannedCheck:
    """What a draw by this design shows of a check if the week is as assumed, the same rate in every stratum.

    The interval is `weighted_share` of the expected counts (stratified, these N calls). The chance that this week decides sums
    the binomial probabilities of all counts of hits by stratum whose one-sided 95 % bounds, made the same way, decide: exact
    up to 1,500 outcomes (two strata), of more 1,500 that stand for all (four strata: within .01). The week comes from
    `sequence_bounds`, valid at every look, with `alike` calls a week at the assumed rate from now on; where calls have
    accumulated, from how many the report says are needed: what the log knows goes on at its share of the weeks so far. Nobody
    skips a call, no call turns out to be out of scope, and the weeks to come are like this one.
    """
    found = judged(design)
    rate = _rate(assumed.threshold, people, sum(found.of.values()))
    share = rate.share(assumed.rate)
    low, high = _interval(found, rate, share)
    chance, met = _chance(found, rate, share)
    week, weeks = _decided(found, rate, share, assumed, design.week)
    return PlannedCheck(
        threshold=assumed.threshold,
        assumed=float(rate.of(share * rate.M)),
        assumption=assumed.why,
        graded=sum(found.graded.values()),
        worth=found.worth,
        low=low,
        high=high,
        width=max(high - low, 0.0),
        chance=chance,
        met=met,
        since=assumed.since,
        accumulated=assumed.n,
        per_week=found.alike,
        week=week,
        weeks=weeks,
    )


def _interval(found: Judged, rate: _Rate, share: float) -> tuple[float, float]:
    hits = largest_remainder(dict(enumerate(found.graded.values())), round(share * sum(found.graded.values())))
    expected = _limits(found, tuple(hits.values()), _TWO_SIDED)
    return float(rate.of(expected[0] * rate.M)), float(rate.of(expected[1] * rate.M, rate.unseen))


def _limits(found: Judged, hits: Sequence[int], tail: float) -> tuple[Fraction, Fraction]:
    """The limits of the share of the judged calls for so many hits a stratum; counts over counts as exact fractions."""
    counts = list(zip(found.graded.items(), hits, strict=True))
    values = [float(i < k) for (_, g), k in counts for i in range(g)]
    names = [name for (name, g), _ in counts for _ in range(g)]
    of: Mapping[Hashable, int] = {name: found.of[name] for name in found.graded}
    limits = weighted_share(values, stratum=names, population=of, tail=tail)
    return Fraction(limits.low).limit_denominator(_CALLS), Fraction(limits.high).limit_denominator(_CALLS)


def _chance(found: Judged, rate: _Rate, share: float) -> tuple[float, float]:
    """The probability that this week alone decides, and that it decides "met"."""
    if not found.worth:
        return 0.0, 0.0
    sums = {"met": 0.0, "missed": 0.0, "not_proven": 0.0}
    for likely, hits in _outcomes(found, share):
        low, high = _limits(found, hits, _ONE_SIDED)
        sums[rate.verdict(low * rate.M, high * rate.M)] += likely
    whole = sum(sums.values())
    return (sums["met"] + sums["missed"]) / whole, sums["met"] / whole


def _outcomes(found: Judged, share: float) -> list[tuple[float, tuple[int, ...]]]:
    """Probability and hits by stratum of the outcomes there are; of very many 1,500, each standing for as much probability.

    These lie evenly in the order of the share they show, so that rare outcomes at both ends, which decide at the bar, keep
    their part [systematic sampling, Cochran 1977 ch. 8]; the likeliest ones alone would leave them out.
    """
    single = [[(k, p) for k in range(g + 1) if (p := _binomial(k, g, share)) > _UNLIKELY] for g in found.graded.values()]
    every = [(math.prod(p for _, p in chosen), tuple(k for k, _ in chosen)) for chosen in product(*single)]
    if len(every) <= MOST_OUTCOMES:
        return every
    weights = [found.of[name] / g for name, g in found.graded.items()]
    every.sort(key=lambda one: (math.fsum(w * k for w, k in zip(weights, one[1], strict=True)), one[1]))
    reached = list(accumulate(likely for likely, _ in every))
    places = [(i + 0.5) / MOST_OUTCOMES * reached[-1] for i in range(MOST_OUTCOMES)]
    times = Counter(bisect_left(reached, place) for place in places)
    return [(times[at] / MOST_OUTCOMES, every[at][1]) for at in sorted(times)]


def _binomial(k: int, n: int, p: float) -> float:
    if p in (0.0, 1.0):
        return float(k == n * p)
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))


def _decided(found: Judged, rate: _Rate, share: float, assumed: Assumed, now: Week) -> tuple[Week | None, int | None]:
    """The first week in which the accumulated rate decides, and how many weeks that takes; (None, None) where none does."""
    weeks = _more_weeks(assumed, found.alike) if assumed.n else _first_weeks(found, rate, share)
    if weeks is None or weeks > HORIZON:
        return None, None
    return (shift(now, weeks - 1) if weeks else assumed.through), weeks


def _more_weeks(assumed: Assumed, alike: float) -> int | None:
    """Weeks until the calls that the report still asks for are there."""
    if assumed.needed is None:
        return None
    more = assumed.needed - assumed.n
    return math.ceil(more / alike) if more > 0 and alike else None if more > 0 else 0


def _first_weeks(found: Judged, rate: _Rate, share: float) -> int | None:
    """Weeks where nothing has accumulated yet and all are like this one."""
    shown = (weeks for weeks in range(1, HORIZON + 1) if _shows(rate, weeks * found.alike * share, weeks * found.alike))
    return next(shown, None) if found.alike else None


def _shows(rate: _Rate, hits: float, n: float) -> bool:
    low, high = sequence_bounds(min(hits, n), n, _ONE_SIDED)
    return rate.verdict(low * rate.M, high * rate.M) != "not_proven"
