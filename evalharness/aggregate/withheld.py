"""A week's summary without what an LLM says of calls that somebody is still to grade blind. Every figure stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from evalharness.aggregate.hear import calls_to_hear
from evalharness.aggregate.inputs import Identity
from evalharness.aggregate.results import regraded
from evalharness.models.grade import Grade
from evalharness.models.noun import number_of
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult, Disagreement, Flagged, WeekSummary


def withheld(summary: WeekSummary, rubric: Rubric, calls: Collection[Identity], zone: ZoneInfo) -> WeekSummary:
    """The summary as people may read it who are still to grade these calls.

    Of them no grade of an LLM, no value that rests on one, no difference from one, no flag of one, and no such reason to hear
    them. Rates, trust and verdicts are of the whole week; a notice counts the calls. Nothing changes where no LLM graded any.
    """
    said = {_place(one) for one in (*summary.results, *summary.picked) if any(map(_is_llm, one.grades))} & set(calls)
    if not said:
        return summary
    results, picked = ([_without(one, rubric, said, zone) for one in part] for part in (summary.results, summary.picked))
    differing = [kept for one in summary.disagreements if (kept := _difference(one, said)) is not None]
    what = (
        f"{number_of(len(said), 'call')} that somebody is still to grade: what an LLM says of them is held back until they have"
    )
    return summary.model_copy(
        update={
            "results": tuple(results),
            "picked": tuple(picked),
            "disagreements": tuple(differing),
            "flagged": tuple(one for one in summary.flagged if not _is_told(one, said)),
            "to_hear": calls_to_hear(rubric, results, differing, picked),
            "notices": (*summary.notices, what),
        }
    )


def _place(result: CallResult) -> Identity:
    return result.call.source, result.call.id


def _is_llm(grade: Grade) -> bool:
    return grade.grader.kind == "llm"


def _people(grades: Sequence[Grade]) -> list[Grade]:
    return [grade for grade in grades if not _is_llm(grade)]


def _without(result: CallResult, rubric: Rubric, said: Collection[Identity], zone: ZoneInfo) -> CallResult:
    return regraded(result, rubric, _people(result.grades), zone) if _place(result) in said else result


def _difference(one: Disagreement, said: Collection[Identity]) -> Disagreement | None:
    """Without an LLM's part in it; None where it was a difference from the LLM alone."""
    if (one.source, one.call_id) not in said:
        return one
    return None if one.between == "people_and_llm" else one.model_copy(update={"grades": tuple(_people(one.grades))})


def _is_told(one: Flagged, said: Collection[Identity]) -> bool:
    """Whether an LLM's flag on one of these calls is what waits."""
    return (one.source, one.call_id) in said and any(map(_is_llm, one.grades))
