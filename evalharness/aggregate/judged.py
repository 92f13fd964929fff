"""Rates that a reading of the sample decides: resolution, clear failures, shares of good answers. DOMAIN's formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from evalharness import numbers
from evalharness.aggregate import estimate
from evalharness.aggregate.estimate import Answer, Estimate
from evalharness.aggregate.final import clear_failure
from evalharness.models.measure import Measure
from evalharness.models.noun import number_of
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.sample import Design
from evalharness.models.summary import CallResult, Population


@dataclass(frozen=True)
class WeekRate:
    """A share of the week's in-scope calls: `fixed` known hits + `judged` x estimate, over `total`; `unseen` count as none in
    the value, as none and as all in the limits. `judged` leaves out the share graded as out of scope: `ends` are the fewest and
    the most judged calls that share allows, `readable` is all of them."""

    measure: Measure
    bounds: tuple[float, float]
    estimate: Estimate
    fixed: float
    judged: float
    unseen: float
    total: float
    ends: tuple[float, float]
    readable: float

    @property
    def from_log(self) -> tuple[float, float]:
        """The least and the most the share can be by the log alone, whatever people read in the judged calls."""
        total = self.total - self.judged + self.readable
        if not total:
            return 0.0, 1.0
        return self.fixed / total, min((self.fixed + self.readable + self.unseen) / total, 1.0)

    def bar_of_judged(self, bar: float, unseen: float, judged: float) -> float:
        """The share of so many judged calls at which the week lies on the bar, `unseen` of those nobody could read as hits."""
        return (bar * (self.total - self.judged + judged) - self.fixed - unseen) / judged

    @property
    def measured(self) -> bool:
        """Whether anything at all is known of it."""
        return self.measure.value is not None


def _week_rate(name: str, found: Estimate, fixed: float, population: Population, out: Estimate | None = None) -> WeekRate:
    """fixed + judged * p, over technical + judged + unseen; judged without those graded as out of scope, `out` of them.

    How many are out of scope is an estimate too: each limit takes the end of its two-sided interval that is worse for it.
    """
    share_out = out.value or 0.0 if out else 0.0
    unseen, rest = float(population.unseen), float(population.technical + population.unseen)
    judged = population.judged * (1 - share_out)
    ends = (judged, judged)
    if out and rest:
        ends = (population.judged * (1 - out.interval[1]), population.judged * (1 - out.interval[0]))

    def of_week(p: float, hits: float, inside: float) -> float:
        total = rest + inside
        return min(max((fixed + inside * p + hits) / total, 0.0), 1.0) if total else 0.0

    def limits(given: tuple[float, float]) -> tuple[float, float]:
        low = min(of_week(given[0], 0.0, inside) for inside in ends)
        return low, max(of_week(given[1], unseen, inside) for inside in ends)  # monotone between the ends

    total = rest + judged
    known = found.value is not None and total > 0
    low, high = limits(found.interval)
    measure = Measure(
        name=name,
        unit="share",
        value=of_week(found.value, 0.0, judged) if found.value is not None and known else None,
        n=found.n if total else 0,
        of=population.judged,
        missing=found.missing,
        low=low if known else None,
        high=high if known else None,
        basis="sample",
        note=_note(population, share_out),
    )
    return WeekRate(measure, limits(found.bounds), found, fixed, judged, unseen, total, ends, float(population.judged))


def _note(population: Population, out: float) -> str:
    parts = []
    if population.technical:
        parts.append(f"{number_of(population.technical, 'technical failure')} from the log counted in")
    if population.unseen:
        parts.append(f"{number_of(population.unseen, 'call')} nobody could read, taken both ways")
    if out:
        parts.append(f"{numbers.figure(out, 'share')} of judged calls graded out of scope and left out")
    return "; ".join(parts)


_OF_OUTCOME: dict[float | str, Answer] = {"resolved": "hit", "out_of_scope": "out", "unknown": "open"}


Reader = Callable[[CallResult], Answer]
"""What a drawn call says to the question behind a judged rate."""
Part = Callable[[CallResult], bool]
"""Which drawn calls a rate is told of."""


def _every(_: CallResult) -> bool:
    return True


def reader(name: str, rubric: Rubric) -> Reader | None:
    """The question behind a judged rate, by the rate's name; None where the rubric does not ask it."""
    criteria = {criterion.id: criterion for criterion in rubric.criteria()}
    if name == "resolution_rate" and "outcome" in criteria:
        return resolved
    if name == "clear_failure_rate" and rubric.checks:
        return lambda result: failed(rubric, result)
    criterion = criteria.get(name.removeprefix(FOUR_OR_FIVE))
    if name.startswith(FOUR_OR_FIVE) and criterion is not None and criterion.type == "ordinal":
        return lambda result: good(criterion, result)
    return None


FOUR_OR_FIVE = "share_4_5."


def resolved(result: CallResult) -> Answer:
    """Whether the call was resolved; graded out_of_scope is out, an unknown outcome open."""
    return estimate.answer_of(result.final["outcome"], lambda value: _OF_OUTCOME.get(value, "no"))


def failed(rubric: Rubric, result: CallResult) -> Answer:
    """Whether the call shows a clear failure, by blind answers; open where people differ on a check."""
    answer = clear_failure(rubric, result.final, blind=True)
    if answer is None:
        return "open" if any(result.final[check.id].conflict for check in rubric.checks) else None
    return "hit" if answer == "yes" else "no"


def good(criterion: Criterion, result: CallResult) -> Answer:
    """Whether the call has one of the criterion's two highest levels (4 or 5)."""
    bar = min(sorted(map(float, criterion.answers))[-2:])
    return estimate.answer_of(result.final[criterion.id], lambda value: "hit" if float(value) >= bar else "no")


def read_by_people(results: Sequence[CallResult]) -> list[CallResult]:
    """The queue up to the last call of which people answered anything. Behind it the log knows some outcomes, transfers above
    all, and no resolved one: to take those in would make the rest look unresolved."""
    return estimate.reached(results, _answered_by_a_person)


def resolution(design: Design, results: Sequence[CallResult], population: Population) -> WeekRate:
    """resolved / in-scope calls: technical failures are unresolved; graded out_of_scope leaves numerator and denominator."""
    return rate_of("resolution_rate", design, results, population, resolved)


def rate_of(
    name: str, design: Design, results: Sequence[CallResult], population: Population, answer: Reader, part: Part = _every
) -> WeekRate:
    """hits / in-scope calls, technical failures none of them; calls that answer "out" leave numerator and denominator.

    `part`: of these calls alone, a domain of the sample, whose own calls of the week `population` counts.
    """
    read = _asked(read_by_people(results), answer)
    found = estimate.share(design, read, _within(part, answer))
    return _week_rate(name, found, 0.0, population, _share_out(design, read, answer, part))


def _asked(results: Sequence[CallResult], answer: Reader) -> list[CallResult]:
    """The calls that a share rests on, whatever part of them it is told of."""
    return estimate.reached(estimate.read_blind(results), lambda result: answer(result) is not None)


def _within(part: Part, answer: Reader) -> Reader:
    """The question asked of that part of the calls: the others are out."""
    return answer if part is _every else lambda result: answer(result) if part(result) else "out"


def _answered_by_a_person(result: CallResult) -> bool:
    if estimate.out_of_rates(result):
        return False
    return any(final.conflict or final.by in ("adjudicated", "human") for final in result.final.values())


def _share_out(design: Design, results: Sequence[CallResult], answer: Reader, part: Part) -> Estimate:
    """The weighted share of judged calls graded out of scope, of that part of them."""

    def is_out(result: CallResult) -> Answer:
        given = answer(result)
        return given if given in (None, "open") else "hit" if given == "out" else "no"

    return estimate.share(design, results, _within(part, is_out))


def clear_failures(
    rubric: Rubric, design: Design, results: Sequence[CallResult], population: Population, part: Part = _every
) -> WeekRate:
    """(T + M p) / (T + M + U): log and sample together. `part`: as in `rate_of`."""

    def answer(result: CallResult) -> Answer:
        return failed(rubric, result)

    found = estimate.share(design, _asked(results, answer), _within(part, answer))
    return _week_rate("clear_failure_rate", found, float(population.technical), population)


def good_share(design: Design, results: Sequence[CallResult], criterion: Criterion) -> tuple[Measure, Estimate]:
    """Share of judged calls at 4 or 5 (of an ordinal criterion: its two highest levels), N/A left out."""
    found = estimate.share(design, results, lambda result: good(criterion, result))
    return _sample_measure(f"{FOUR_OR_FIVE}{criterion.id}", "share", found), found


def yes_share(design: Design, results: Sequence[CallResult], criterion: Criterion) -> Measure:
    """Share of judged calls answered yes, N/A left out."""

    def answer(result: CallResult) -> Answer:
        return estimate.answer_of(result.final[criterion.id], lambda value: "hit" if value == "yes" else "no")

    return _sample_measure(f"share_yes.{criterion.id}", "share", estimate.share(design, results, answer))


def share_of(name: str, design: Design, results: Sequence[CallResult], hit: Callable[[CallResult], bool | None]) -> Measure:
    """The weighted share of judged calls for which `hit` says yes; None = no answer yet."""

    def answer(result: CallResult) -> Answer:
        found = hit(result)
        return None if found is None else "hit" if found else "no"

    return _sample_measure(name, "share", estimate.share(design, results, answer))


def _sample_measure(name: str, unit: str, found: Estimate) -> Measure:
    return Measure.model_validate(
        {
            "name": name,
            "unit": unit,
            "value": found.value,
            "n": found.n,
            "of": found.of,
            "missing": found.missing,
            "low": found.interval[0] if found.n else None,
            "high": found.interval[1] if found.n else None,
            "basis": "sample",
            "note": "" if found.complete or not found.n else "a stratum has no graded call yet",
        }
    )


def mean_score(
    name: str, design: Design, results: Sequence[CallResult], value: Callable[[CallResult], float | Literal["out"] | None]
) -> Measure:
    """The weighted mean of a 0-100 score over judged calls; "out" = not applicable, None = no grade."""
    return _sample_measure(name, "score", estimate.mean(design, results, value, (0.0, 100.0)))
