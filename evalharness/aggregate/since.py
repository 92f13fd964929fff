"""A judged rate accumulated since its epoch, valid at every look. STATISTICS b: sequences of equal-probability calls."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.aggregate.bars import claim, exact, verdict_of
from evalharness.aggregate.epoch import Epoch
from evalharness.aggregate.estimate import reached, read_blind
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judged import Reader, read_by_people, reader
from evalharness.models.measure import Since
from evalharness.models.summary import CallResult, Population
from evalharness.models.threshold import Threshold
from evalharness.stats.sequence import sequence_bounds, sequence_calls_needed
from evalharness.stats.thinning import equal_probability

TAIL, TAIL_WITH_OUT, TAIL_OF_OUT = 0.05, 0.04, 0.01
"""The error of each bound; divided where the share out of the domain is an estimate too."""
OF_ALL_IN_SCOPE = ("resolution_rate", "clear_failure_rate")
"""Rates of all in-scope calls; any other judged rate is one of the calls that could be judged."""


@dataclass(frozen=True)
class Counts:
    """Equal-probability calls of some weeks. `hits` and `open` (no answer, taken both ways) of the calls in the domain;
    `out` of all `asked` were graded as out of the domain."""

    hits: int = 0
    open: int = 0
    inside: int = 0
    out: int = 0
    asked: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.hits + other.hits,
            self.open + other.open,
            self.inside + other.inside,
            self.out + other.out,
            self.asked + other.asked,
        )


def counts(past: PastWeek, name: str, answer: Reader, begun: Epoch) -> Counts:
    """What a week adds: of each stratum the first calls people reached, thinned so that all had the same chance."""
    results = read_by_people(past.results) if name == "resolution_rate" else list(past.results)
    chosen = kept(past, reached(read_blind(results), lambda result: answer(result) is not None))
    answers = [answer(one) for one in chosen if begun.start is None or one.call.started_at >= begun.start]
    inside = [given for given in answers if given != "out"]
    return Counts(
        hits=inside.count("hit"),
        open=sum(given in (None, "open") for given in inside),
        inside=len(inside),
        out=len(answers) - len(inside),
        asked=len(answers),
    )


def kept(past: PastWeek, asked: Sequence[CallResult]) -> list[CallResult]:
    """The first reached calls of each stratum (in queue order, which within a stratum is draw order), all of the same chance."""
    strata = [size.stratum.name for size in past.design.strata if size.judged]
    by_stratum = {name: [one for one in asked if one.stratum == name] for name in strata}
    sizes = {size.stratum.name: size.judged for size in past.design.strata}
    keep = equal_probability(
        [(len(by_stratum[name]), sizes[name]) for name in strata],
        [_uniform(f"{past.design.seed}|{past.week}|{name}|since") for name in strata],
    )
    return [one for name, most in zip(strata, keep, strict=True) for one in by_stratum[name][:most]]


def _uniform(text: str) -> float:
    """A number in 0..1 fixed by the draw, before anyone grades."""
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:13], 16) / 16**13


def since(threshold: Threshold, history: Sequence[PastWeek], begun: Epoch, totals: Mapping[str, Population]) -> Since | None:
    """The rate from its epoch to the last week of `history`; None for a measure that is not judged.

    `totals`: week -> how its calls divide, those before the epoch's instant left out. Low and high take calls without an
    answer, and calls nobody could read, both ways. A week counts by the calls read in it that count, what the log knows of it
    as well: if the rate is at the bar in every week, so is this one, however unlike the weeks are.
    """
    name = threshold.measure
    weeks = [past for past in history if past.week >= begun.week]
    found, parts = Counts(), []
    for past in weeks:
        answer = reader(name, past.rubric)
        if answer is None:
            return None
        more = counts(past, name, answer, begun)
        if more.asked and (totals[past.week].in_scope or name not in OF_ALL_IN_SCOPE):
            found += more
            parts.append((more.asked, totals[past.week]))
    start = Since(
        week=begun.week,
        start=begun.start,
        why=begun.why,
        weeks=len(parts),
        hits=found.hits,
        n=found.inside,
        open=found.open,
    )
    return start if not found.inside else _with_bounds(start, threshold, found, parts)


def _with_bounds(start: Since, threshold: Threshold, found: Counts, weeks: Sequence[tuple[int, Population]]) -> Since:
    """(fixed + J p) / (rest + J) with J judged calls in the domain, at the worse end of each part that is not known.

    `weeks`: calls asked about, and how the week's calls divide. Each part is the share of its week, times these calls.
    """
    whole = threshold.measure in OF_ALL_IN_SCOPE
    technical, unseen, readable = (
        sum(asked * getattr(one, part) / one.in_scope for asked, one in weeks) if whole else 0.0
        for part in ("technical", "unseen", "judged")
    )
    fixed = technical if threshold.measure == "clear_failure_rate" else 0.0
    rest, readable = technical + unseen, readable if whole else float(found.asked)
    estimated = bool(found.out and rest)
    tail = TAIL_WITH_OUT if estimated else TAIL
    out = sequence_bounds(found.out, found.asked, TAIL_OF_OUT) if estimated else (found.out / found.asked,) * 2
    ends = [readable * (1 - share) for share in out]
    low = sequence_bounds(found.hits, found.inside, tail)[0]
    high = sequence_bounds(found.hits + found.open, found.inside, tail)[1]
    limits = (
        min((fixed + end * low) / (rest + end) for end in ends),
        min(max((fixed + end * high + unseen) / (rest + end) for end in ends), 1.0),
    )
    verdict = verdict_of(*limits, threshold)
    start = start.model_copy(update={"low": limits[0], "high": limits[1], "verdict": verdict})
    answered = found.inside - found.open
    if not answered:
        return start
    inside, rate = readable * found.inside / found.asked, found.hits / answered
    value = (fixed + inside * rate) / (rest + inside)
    open_ = verdict == "not_proven"
    needed = _needed(threshold, value, (rate, found.inside), (fixed, rest, inside, unseen), tail) if open_ else None
    return start.model_copy(update={"value": value, "calls_needed": needed})


def _needed(
    threshold: Threshold, value: float, seen: tuple[float, int], week: tuple[float, float, float, float], tail: float
) -> int | None:
    """Equal-probability calls in all that would settle it if the rate stays as seen; None where none would."""
    (rate, n), (fixed, rest, inside, unseen) = seen, week
    wanted = claim(threshold, value)
    against = unseen if wanted in ("below", "at_most") else 0
    bar = float(exact((threshold.value * (rest + inside) - fixed - against) / inside))
    return sequence_calls_needed(rate * n, n, bar, wanted, tail) if 0 < bar < 1 else None
