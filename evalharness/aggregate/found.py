"""Clear failures the LLM saw in calls outside the draw: found cases, for a person's ear, in no rate. DOMAIN: Clear failure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from evalharness.aggregate.final import newest
from evalharness.aggregate.inputs import Identity
from evalharness.models.act import Confirmation
from evalharness.models.grade import Grade, Scored, Ungraded
from evalharness.models.rubric import Rubric
from evalharness.models.trust import FoundCase, judge_name


def found_cases(
    rubric: Rubric, drawn: Collection[Identity], grades: Sequence[Grade], confirmations: Sequence[Confirmation] = ()
) -> tuple[FoundCase, ...]:
    """The calls outside the draw with a clear failure by an LLM's standing grade, most checks first, then by source and id.

    grades: all of the week in ledger order. A check that a person answered or confirmed has been heard and is left out.
    """
    checks = [check.id for check in rubric.checks]
    standing = [one for one in newest(grades) if one.identity not in drawn and one.criterion in checks]
    heard = {(one.identity, one.criterion) for one in standing if one.grader.kind == "human" and not isinstance(one, Ungraded)}
    heard |= {(one.identity, one.check) for one in confirmations}
    flagged: dict[Identity, list[Scored]] = defaultdict(list)
    for one in standing:
        open_ = one.grader.kind == "llm" and (one.identity, one.criterion) not in heard
        if open_ and isinstance(one, Scored) and one.value == "yes":
            flagged[one.identity].append(one)
    found = [_case(sorted(given, key=lambda one: checks.index(one.criterion))) for given in flagged.values()]
    return tuple(sorted(found, key=lambda one: (-len(one.checks), one.source, one.call_id)))


def _case(given: Sequence[Scored]) -> FoundCase:
    first = given[0]
    return FoundCase(
        source=first.source,
        call_id=first.call_id,
        judge=judge_name(first.grader),
        checks=tuple(dict.fromkeys(one.criterion for one in given)),
        rationale=first.rationale,
        evidence=first.evidence,
    )
