"""The checks of the bar: this week, since the epoch, and whether the verdict stands without what is contested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evalharness.aggregate.checks import Known, check
from evalharness.aggregate.contested import Doubt, readings
from evalharness.aggregate.epoch import Epoch, epoch, newest_version
from evalharness.aggregate.inputs import PastWeek, WeekInputs
from evalharness.aggregate.judged import reader
from evalharness.aggregate.known import judged_again
from evalharness.aggregate.population import population_of
from evalharness.aggregate.results import regraded
from evalharness.aggregate.since import since
from evalharness.aggregate.verified import NAME as VERIFIED
from evalharness.models.measure import Check, Variant
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult, Population
from evalharness.models.threshold import Threshold
from evalharness.models.trust import JudgeTrust

DECIDED = ("met", "missed")


@dataclass(frozen=True)
class Card:
    """What the checks are made from: the drawn weeks up to this one, oldest first, and what is in doubt."""

    inputs: WeekInputs
    weeks: Sequence[PastWeek]
    known: Known
    doubt: Doubt
    states: Sequence[JudgeTrust] = ()

    def regraded(self, result: CallResult, rubric: Rubric, person: str) -> CallResult:
        """The call without the grades of this person."""
        kept = [grade for grade in result.grades if grade.grader.kind != "human" or grade.grader.name != person]
        return regraded(result, rubric, kept, self.inputs.zone)


def starts(threshold: Threshold, weeks: Sequence[PastWeek], inputs: WeekInputs) -> list[Epoch]:
    """Where the rate's accumulation begins and, where that is later, its newest declared version; [] if it is not judged."""
    if not weeks or reader(threshold.measure, weeks[-1].rubric) is None:
        return []
    begun = epoch(threshold.measure, weeks, inputs.declared, inputs.zone)
    version = newest_version(weeks, inputs.declared, inputs.zone)
    later = version is not None and version.start is not None and (begun.start is None or version.start > begun.start)
    return [begun, version] if version is not None and later and version.week >= begun.week else [begun]


def scorecard(card: Card) -> tuple[Check, ...]:
    """One check a threshold that is switched on."""
    return tuple(_line(threshold, card) for threshold in card.inputs.thresholds.checks if threshold.enabled)


def _line(threshold: Threshold, card: Card) -> Check:
    begun = starts(threshold, card.weeks, card.inputs)
    if not begun and not (card.weeks and threshold.measure == VERIFIED):
        return check(threshold, card.known)
    found = _read(threshold, card, card.weeks, card.known, begun)
    variants = []
    for reading in readings(threshold.measure, card.weeks, card.doubt, card.regraded):
        weeks = [reading.of(past) for past in card.weeks]
        again = _read(threshold, card, weeks, judged_again(card.known, card.inputs, weeks[-1], card.states), begun[:1])
        variants.append(Variant(left_out=reading.left_out, calls=reading.calls, verdict=again.verdict))
    return _standing(found.model_copy(update={"variants": tuple(variants)}))


def _read(threshold: Threshold, card: Card, weeks: Sequence[PastWeek], known: Known, begun: Sequence[Epoch]) -> Check:
    """The check in one reading of the weeks: this week's verdict, and where it is not proven the accumulated one."""
    week = check(threshold, known)
    sums = [since(threshold, weeks, one, _totals(card.inputs, weeks, one.start)) for one in begun]
    first = sums[0] if sums else None
    update: dict[str, object] = {"this_week": week.verdict, "since": first}
    if len(sums) > 1:
        update["since_version"] = sums[1]
    if week.verdict == "not_proven" and first is not None and first.verdict in DECIDED:
        update |= {"verdict": first.verdict, "by_since": True}
    return week.model_copy(update=update)


def _totals(inputs: WeekInputs, weeks: Sequence[PastWeek], start: datetime | None) -> Mapping[str, Population]:
    """How each week's calls divide; of the week in which the epoch begins only those from its instant on."""
    whole = {past.week: past.population for past in weeks}
    if start is None:
        return whole
    later = inputs.tallies.get(start, {})
    return whole | {past.week: population_of(later[past.week], past.design) for past in weeks if past.week in later}


def _standing(found: Check) -> Check:
    """Not proven where another reading says something else than this one does."""
    other = next((one for one in found.variants if found.verdict in DECIDED and one.verdict != found.verdict), None)
    if other is None:
        return found
    would = {"met": "met", "missed": "missed"}.get(other.verdict, "not proven")
    calls = f"{other.calls} of this week" if other.calls else "of earlier weeks"
    word = {"met": "met", "missed": "missed"}[found.verdict]
    reason = f"it would be {word}, but without {other.left_out}, {calls}, {would}: the verdict rests on them"
    parts = (found.reason, reason)
    return found.model_copy(
        update={"verdict": "not_proven", "by_since": False, "reason": "; ".join(part for part in parts if part)}
    )
