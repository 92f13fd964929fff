"""One CallResult a drawn call: its grades, final values and score; and which of them count as graded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from zoneinfo import ZoneInfo

from evalharness.aggregate.final import NOBODY, Trusted, clear_failure, final_values, newest
from evalharness.aggregate.inputs import Identity
from evalharness.aggregate.scores import call_score
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
) -> list[CallResult]:
    """The calls of these items, in their order, with everything known of each. `grades`: all revisions, in ledger order."""
    standing: dict[Identity, list[Grade]] = {item.identity: [] for item in items}
    for grade in newest(grades):
        if grade.identity in standing:
            standing[grade.identity].append(grade)
    return [_result(item, rubric, standing[item.identity], measures.get(item.identity), zone) for item in items]


def _result(item: SampleItem, rubric: Rubric, grades: list[Grade], measures: CallMeasures | None, zone: ZoneInfo) -> CallResult:
    blank = CallResult(
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
    )
    return regraded(blank, rubric, grades, zone)


def regraded(
    result: CallResult, rubric: Rubric, grades: Sequence[Grade], zone: ZoneInfo, trusted: Trusted = NOBODY
) -> CallResult:
    """The call with these standing grades alone: its final values, outcome and score anew. `trusted`: see `final_values`."""
    facts = facts_of(result.call, result.measures, zone).fields()
    applies = {c.id: matches(parse_rule(c.when), facts) for c in rubric.criteria() if c.when}
    final = final_values(rubric, grades, applies, trusted)
    score = call_score(rubric, final)
    outcome = final.get("outcome")
    return result.model_copy(
        update={
            "grades": tuple(grades),
            "final": final,
            "outcome": cast("Outcome | None", outcome.value) if outcome and outcome.state == "scored" else None,
            "clear_failure": clear_failure(rubric, final),
            "score": score.value,
            "weight_covered": min(score.covered, 1.0),
            "automatic_fail": score.fail,
        }
    )
