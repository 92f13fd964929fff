"""From the graded calls of the sample to all judged calls of the week, nonresponse taken both ways. STATISTICS a."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from evalharness.models.grade import FinalValue, Ungraded
from evalharness.models.sample import Design
from evalharness.models.summary import CallResult
from evalharness.stats.mean import weighted_mean
from evalharness.stats.share import Interval, weighted_share

Answer = Literal["hit", "no", "out", "open"] | None
"""What a drawn call says to a yes/no question: yes, no, not in the domain (N/A, out of scope), graded but open (an unknown
outcome, two people who differ), or nothing yet."""

TWO_SIDED, ONE_SIDED = 0.025, 0.05
LOG_DECIDED = ("failed_technical", "out_of_scope")
"""Outcomes that the log itself shows; such calls are judged by nobody."""


@dataclass(frozen=True)
class Estimate:
    """A share or mean of the week's judged calls. `n` graded in the domain, `of` all judged calls; `missing`: queued before
    the last graded one without a grade, or open. `bounds`: one-sided 95 % limits; `interval`: two-sided 95 % limits.
    `n_eff`: what n is worth."""

    value: float | None
    n: int
    of: int
    missing: int
    interval: tuple[float, float]
    bounds: tuple[float, float]
    n_eff: float = 0.0
    complete: bool = True
    note: str = ""


def answer_of(final: FinalValue, says: Callable[[float | str], Answer]) -> Answer:
    """What a final value answers: N/A is out, two who differ leave it open; assisted grades and a judge's decide no rate."""
    if final.assisted or final.by == "llm":
        return None
    if final.state == "not_applicable":
        return "out"
    if final.value is None:
        return "open" if final.conflict else None
    return says(final.value)


def judged(results: Sequence[CallResult]) -> list[CallResult]:
    """The drawn calls that the log shows neither as failed_technical nor as out_of_scope (M of DOMAIN)."""
    return [result for result in results if result.call.outcome not in LOG_DECIDED]


def read_blind(results: Sequence[CallResult]) -> list[CallResult]:
    """The judged calls but those that are in no rate: graded beside an LLM's answers alone, or blind for want of one."""
    return [result for result in judged(results) if not out_of_rates(result)]


def reached(results: Sequence[CallResult], graded: Callable[[CallResult], bool]) -> list[CallResult]:
    """The queue up to the last call that was graded, skipped or marked: what lies behind was not reached, no nonresponse."""
    last = max((result.position for result in results if graded(result) or set_aside(result)), default=0)
    return [result for result in results if result.position <= last]


def out_of_rates(result: CallResult) -> bool:
    """Whether the call is in no rate, and no nonresponse either: people graded it beside an LLM's answers alone, or it stands
    among calls graded so and had no answer to show. A place in a list decides both, so the others are still a sample."""
    return result.aside or _seen_first(result)


def _seen_first(result: CallResult) -> bool:
    people = [grade for grade in result.grades if grade.grader.kind == "human"]
    return bool(people) and all(grade.lane == "assisted" for grade in people)


def set_aside(result: CallResult) -> bool:
    """Whether a person skipped the call with a reason or marked its transcript as wrong, and nobody answered anything of it."""
    people = [grade for grade in result.grades if grade.grader.kind == "human"]
    return bool(people) and all(isinstance(grade, Ungraded) for grade in people)


def share(design: Design, results: Sequence[CallResult], answer: Callable[[CallResult], Answer]) -> Estimate:
    """The weighted share of hits among the judged calls in the domain. A stratum without a graded call: not complete."""
    asked = reached(read_blind(results), lambda result: answer(result) is not None)
    answers = [answer(result) for result in asked]
    graded = [result for result, given in zip(asked, answers, strict=True) if given not in (None, "open")]
    missing = len(asked) - len(graded)
    value = _interval(design, graded, [answer(result) for result in graded], TWO_SIDED)

    def taken_as(fill: Answer) -> list[Answer]:
        return [fill if given in (None, "open") else given for given in answers]

    def limits(tail: float) -> tuple[float, float]:
        return _interval(design, asked, taken_as("no"), tail).low, _interval(design, asked, taken_as("hit"), tail).high

    return Estimate(
        value=value.value,
        n=sum(given in ("hit", "no") for given in answers),
        of=sum(_population(design).values()),
        missing=missing,
        interval=limits(TWO_SIDED),
        bounds=limits(ONE_SIDED),
        n_eff=value.n_eff,
        complete=_every_stratum(design, graded),
        note=value.note,
    )


def _interval(design: Design, results: Sequence[CallResult], answers: Sequence[Answer], tail: float) -> Interval:
    hits = [float(answer == "hit") for answer in answers]
    sizes = [float(answer != "out") for answer in answers]
    return weighted_share(hits, sizes, [result.stratum for result in results], _population(design), tail)


def mean(
    design: Design,
    results: Sequence[CallResult],
    value: Callable[[CallResult], float | Literal["out"] | None],
    scale: tuple[float, float],
) -> Estimate:
    """The weighted mean over the judged calls that have a value ("out": not applicable, graded but left out; None: missing).

    Limits by a finite-population t interval. A call without a value although the queue passed it takes the scale's
    lowest, then its highest value.
    """
    asked = reached(read_blind(results), lambda result: value(result) is not None)
    graded = [result for result in asked if value(result) is not None]
    missing = len(asked) - len(graded)

    def limits(fill: float | None, tail: float) -> Interval:
        rows = graded if fill is None else asked
        given = [fill if (found := value(result)) is None else None if found == "out" else found for result in rows]
        return weighted_mean(given, [result.stratum for result in rows], _population(design), tail, scale)

    low_fill, high_fill = scale if missing else (None, None)
    rated = [result for result in graded if value(result) != "out"]
    return Estimate(
        value=limits(None, TWO_SIDED).value if rated else None,
        n=len(rated),
        of=sum(_population(design).values()),
        missing=missing,
        interval=(limits(low_fill, TWO_SIDED).low, limits(high_fill, TWO_SIDED).high),
        bounds=(limits(low_fill, ONE_SIDED).low, limits(high_fill, ONE_SIDED).high),
        complete=_every_stratum(design, graded),
    )


def _population(design: Design) -> dict[object, int]:
    return {size.stratum.name: size.judged for size in design.strata if size.judged}


def _every_stratum(design: Design, graded: Sequence[CallResult]) -> bool:
    """Whether every stratum with judged calls has a graded one; before that an estimate is not proven."""
    return {size.stratum.name for size in design.strata if size.judged} <= {result.stratum for result in graded}
