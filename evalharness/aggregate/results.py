"""One CallResult a drawn call: its grades, final values and score; and which of them count as graded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from evalharness.aggregate.final import NOBODY, Trusted, clear_failure, confirmed_failure, final_values, newest
from evalharness.aggregate.inputs import Decided, Identity
from evalharness.aggregate.scores import call_score
from evalharness.models.act import Confirmation
from evalharness.models.call import Outcome
from evalharness.models.facts import CallMeasures, facts_of
from evalharness.models.grade import Grade
from evalharness.models.rubric import Rubric
from evalharness.models.rule import matches, parse_rule
from evalharness.models.sample import SampleItem
from evalharness.models.summary import CallResult


def call_results(
    items: Sequence[SampleItem],
    rubric: Rubric,
    grades: Sequence[Grade],
    measures: Mapping[Identity, CallMeasures],
    zone: ZoneInfo,
    decided: Decided | None = None,
) -> list[CallResult]:
    """The calls of these items, in their order, with everything known of each.

    `grades`: all revisions, in ledger order; `decided`: the week's adjudications and confirmations. Who has looked at a flag has
    seen another grade: what they answer to that check afterwards is assisted, and what they had answered before stays.
    """
    standing: dict[Identity, list[Grade]] = {item.identity: [] for item in items}
    decided = decided or Decided()
    for grade in newest(_in_lanes(grades, decided.confirmations)):
        if grade.identity in standing:
            standing[grade.identity].append(grade)
    blanks = [_blank(item, measures.get(item.identity), decided) for item in items]
    return [regraded(blank, rubric, standing[blank.call.source, blank.call.id], zone) for blank in blanks]


def _in_lanes(grades: Sequence[Grade], confirmations: Sequence[Confirmation]) -> Sequence[Grade]:
    """The grades, those that people gave to a check after they had looked at a flag on it marked as assisted."""
    looked = {(*one.identity, one.check, one.by): one.at for one in reversed(confirmations)}
    if not looked:
        return grades
    return [_in_lane(grade, looked.get((*grade.identity, grade.criterion, grade.grader.name))) for grade in grades]


def _in_lane(grade: Grade, looked: datetime | None) -> Grade:
    late = looked is not None and grade.grader.kind == "human" and grade.at > looked
    return grade.model_copy(update={"lane": "assisted"}) if late else grade


def _blank(item: SampleItem, measures: CallMeasures | None, decided: Decided) -> CallResult:
    """The call before any grade, with what people decided of it."""
    adjudicated = {one.slot: one for one in decided.adjudications if (one.source, one.call_id) == item.identity}
    confirmed = {one.check: one for one in decided.confirmations if one.identity == item.identity}
    return CallResult(
        position=item.position,
        stratum=item.stratum,
        probability=item.probability,
        call=item.call,
        measures=measures or CallMeasures(source=item.call.source, call_id=item.call.id),
        grades=(),
        final={},
        outcome=None,
        clear_failure=None,
        score=None,
        weight_covered=0.0,
        decisions=tuple(adjudicated.values()),
        confirmations=tuple(confirmed.values()),
    )


def without(results: Sequence[CallResult], aside: Collection[Identity]) -> list[CallResult]:
    """The same calls, those of `aside` marked as in no rate."""
    if not aside:
        return list(results)
    return [one.model_copy(update={"aside": (one.call.source, one.call.id) in aside}) for one in results]


def _applies(result: CallResult, rubric: Rubric, zone: ZoneInfo) -> dict[str, bool]:
    """Criterion id -> whether its condition holds for the call, of those that have one."""
    rules = {criterion.id: criterion.when for criterion in rubric.criteria() if criterion.when}
    facts = facts_of(result.call, result.measures, zone).fields() if rules else {}
    return {name: matches(parse_rule(rule), facts) for name, rule in rules.items()}


def regraded(
    result: CallResult, rubric: Rubric, grades: Sequence[Grade], zone: ZoneInfo, trusted: Trusted = NOBODY
) -> CallResult:
    """The call with these standing grades alone: its final values, outcome and score anew; adjudications stand. `trusted`: see
    `final_values`."""
    final = final_values(rubric, grades, _applies(result, rubric, zone), trusted, result.decisions)
    score = call_score(rubric, final)
    outcome = final.get("outcome")
    failed = confirmed_failure(result.confirmations, grades, final)
    return result.model_copy(
        update={
            "grades": tuple(grades),
            "final": final,
            "outcome": cast("Outcome | None", outcome.value) if outcome and outcome.state == "scored" else None,
            "clear_failure": "yes" if failed else clear_failure(rubric, final),
            "score": score.value,
            "weight_covered": min(score.covered, 1.0),
            "automatic_fail": score.fail,
        }
    )
