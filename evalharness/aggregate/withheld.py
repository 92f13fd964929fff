"""A week's summary without what others say of calls that somebody is still to grade blind. Every figure stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo

from evalharness.aggregate.escalation import escalation
from evalharness.aggregate.hear import calls_to_hear
from evalharness.aggregate.inputs import Identity
from evalharness.aggregate.results import regraded
from evalharness.aggregate.summary import criteria_of
from evalharness.models.grade import HELD_BACK, FinalValue, Grade
from evalharness.models.guard import Guard
from evalharness.models.noun import number_of
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult, Disagreement, Flagged, WeekSummary

Awaited = Mapping[Identity, Collection[str]]
"""Call -> the people who are still to grade it."""


def withheld(summary: WeekSummary, rubric: Rubric, awaited: Awaited, zone: ZoneInfo) -> WeekSummary:
    """The summary as people may read it who are still to grade these calls.

    Of a call no grade of an LLM, and none of a person while another one is still to grade it; no value, difference, decision,
    flag, found case or guard's note that shows one, and no such reason to hear it. Measured values and what a person says of a
    call that only they grade stay. No final value of a question to which anything is held back: one reader's is not the call's.
    Rates, trust and verdicts are of the whole week; the counts of answers, whose sums would tell what is missing, are not, nor
    are the criteria and the escalation matrix beside them. A notice counts the calls.
    """
    found = Held.of(rubric, awaited, zone)
    results, picked = ([found.result(one) for one in part] for part in (summary.results, summary.picked))
    differing = [kept for one in summary.disagreements if (kept := found.difference(one)) is not None]
    shown = summary.model_copy(
        update={
            "results": tuple(results),
            "picked": tuple(picked),
            "disagreements": tuple(differing),
            "flagged": tuple(one for one in summary.flagged if found.flag_shown(one)),
            "confirmations": tuple(o for o in summary.confirmations if found.said_by_shown((o.source, o.call_id), o.by)),
            "found_cases": tuple(one for one in summary.found_cases if (one.source, one.call_id) not in found.awaited),
            "guard": tuple(found.guard(one) for one in summary.guard),
        }
    )
    if shown == summary:
        return summary
    held = sum(one.held for one in (*results, *picked))
    update: dict[str, Any] = {"to_hear": calls_to_hear(rubric, results, differing, picked)}
    if held:
        update["notices"] = (*summary.notices, _NOTICE.format(calls=number_of(held, "call")))
    if summary.design is not None and any(one.held for one in results):
        update["criteria"] = criteria_of(rubric, summary.design, results)
        update["escalation"] = escalation(rubric, summary.design, results)
    return shown.model_copy(update=update)


_NOTICE = (
    "{calls} that somebody is still to grade: what others say of them is held back until they have, and the counts of answers by "
    "criterion are without it"
)


@dataclass(frozen=True)
class Held:
    """What may be shown while these calls are still graded."""

    rubric: Rubric
    awaited: Mapping[Identity, frozenset[str]]
    zone: ZoneInfo

    @classmethod
    def of(cls, rubric: Rubric, awaited: Awaited, zone: ZoneInfo) -> Self:
        """Of the calls that somebody is still to grade."""
        return cls(rubric, {call: frozenset(people) for call, people in awaited.items() if people}, zone)

    def said_by_shown(self, call: Identity, person: str) -> bool:
        """Whether what that person says of the call may be shown: nobody else is still to grade it."""
        return self.awaited.get(call, frozenset()) <= {person}

    def shown(self, grade: Grade) -> bool:
        """Whether a grade may be shown; a measured one always."""
        if grade.grader.kind == "llm":
            return grade.identity not in self.awaited
        return grade.grader.kind == "measured" or self.said_by_shown(grade.identity, grade.grader.name)

    def result(self, one: CallResult) -> CallResult:
        """The call with what may be shown of it, marked where that is not all."""
        call = (one.call.source, one.call.id)
        if call not in self.awaited:
            return one
        grades = [grade for grade in one.grades if self.shown(grade)]
        decisions = tuple(each for each in one.decisions if self.said_by_shown(call, each.by))
        confirmations = tuple(each for each in one.confirmations if self.said_by_shown(call, each.by))
        if (len(grades), decisions, confirmations) == (len(one.grades), one.decisions, one.confirmations):
            return one
        kept = one.model_copy(update={"decisions": decisions, "confirmations": confirmations, "held": True})
        hidden = {grade.criterion for grade in _people(one.grades) if grade not in grades}
        hidden |= {each.criterion for each in one.decisions if each not in decisions}
        hidden |= {each.check for each in one.confirmations if each not in confirmations}
        known = regraded(kept, self.rubric, [grade for grade in grades if grade.criterion not in hidden], self.zone)
        final = {name: _told_later(value) if name in hidden else value for name, value in known.final.items()}
        return known.model_copy(update={"grades": tuple(grades), "final": final})

    def difference(self, one: Disagreement) -> Disagreement | None:
        """Without an LLM's part in it; None where a person's is held back, or it was a difference from the LLM alone."""
        call = (one.source, one.call_id)
        if call not in self.awaited:
            return one
        said = [*(g.grader.name for g in _people(one.grades)), *(each.by for each in one.disputes)]
        said += [one.decision.by] if one.decision else []
        if one.between == "people_and_llm" or not all(self.said_by_shown(call, name) for name in said):
            return None
        return one.model_copy(update={"grades": tuple(grade for grade in one.grades if self.shown(grade))})

    def flag_shown(self, one: Flagged) -> bool:
        """Whether every grade that is what waits may be shown."""
        return all(map(self.shown, one.grades))

    def guard(self, one: Guard) -> Guard:
        """The guard without the grades it counts as none on these calls; how many they are stays in its counts."""
        contested = tuple(each for each in one.contested if (each.source, each.call_id) not in self.awaited)
        facts = tuple(each for each in one.facts if (each[0], each[1]) not in self.awaited)
        hidden = len(one.contested) + len(one.facts) - len(contested) - len(facts)
        update = {"contested": contested, "facts": facts, "held": one.held + hidden}
        return one.model_copy(update=update) if hidden else one


def _told_later(value: FinalValue) -> FinalValue:
    return FinalValue(criterion=value.criterion, state="ungraded", note=HELD_BACK)


def _people(grades: Sequence[Grade]) -> list[Grade]:
    return [grade for grade in grades if grade.grader.kind == "human"]
