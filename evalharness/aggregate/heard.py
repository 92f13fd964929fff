"""How often the transcript is wrong, by the calls of the week that were chosen to be listened to. DOMAIN: Grades."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evalharness.aggregate.inputs import Identity
from evalharness.models.grade import Grade, Ungraded
from evalharness.models.measure import Measure
from evalharness.models.summary import CallResult
from evalharness.stats.exact import clopper_pearson

NAME = "transcript_wrong"
MARK = "[transcript wrong]"
"""How a person's mark on a call stands at the head of a grade's rationale."""


def transcript_errors(results: Sequence[CallResult], chosen: Collection[Identity]) -> Measure | None:
    """The share of the chosen calls that a person listened to whose transcript is marked as wrong; None where none is chosen.

    `n` of `of`: listened to of those chosen; `missing`: not yet. A call counts as listened to once a person's grade of it says
    "heard". Limits: Clopper-Pearson, for the transcripts of the agent, of which these are a few. What is marked on other calls
    is not in it: people mark what they stumble over.
    """
    own = [result for result in results if (result.call.source, result.call.id) in chosen]
    if not own:
        return None
    heard = [[grade for grade in one.grades if grade.grader.kind == "human"] for one in own]
    heard = [grades for grades in heard if any(grade.manner == "heard" for grade in grades)]
    wrong, n = sum(any(map(_marked, grades)) for grades in heard), len(heard)
    low, high = clopper_pearson(wrong, n) if n else (None, None)
    return Measure(
        name=NAME,
        unit="share",
        value=wrong / n if n else None,
        n=n,
        of=len(own),
        missing=len(own) - n,
        low=low,
        high=high,
        basis="ledger",
    )


def _marked(grade: Grade) -> bool:
    return (isinstance(grade, Ungraded) and grade.reason == "transcript") or grade.rationale.startswith(MARK)
