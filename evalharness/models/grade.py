"""Grade = Scored | NotApplicable | Ungraded: a discriminated union. Never NaN, never a score that stands for "missing"."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from evalharness.models.noun import Amount, CallId, Count, Instant, Name, Noun
from evalharness.models.rubric import GraderKind, Identifier
from evalharness.models.week import Week

Lane = Literal["blind", "assisted"]
Reason = Literal["truncated", "refused", "invalid", "unverified", "transcript", "api", "budget", "skipped"]

BOTH = " + "
"""Between the models that answered one request, in the version of its judge."""


class Grader(Noun):
    """Who graded. People have a name; a judge or a measurement also a version; a judge the digest of its prompt."""

    kind: GraderKind
    name: Name
    version: str | None = None
    prompt_digest: str | None = None


class Evidence(Noun):
    """Where it shows: a turn index and a verbatim quote of that turn, or a time where the transcript is wrong."""

    turn: Count | None = None
    quote: str = ""
    at_ms: float | None = None


class _GradeFields(Noun):
    week: Week
    source: Name
    call_id: CallId
    criterion: Identifier
    turn: Count | None = None
    grader: Grader
    criterion_digest: str
    lane: Lane = "blind"
    manner: Literal["read", "heard"] | None = None
    rationale: str = ""
    evidence: tuple[Evidence, ...] = ()
    cost_usd: Amount | None = None
    seconds: Amount | None = None
    at: Instant
    supersedes: Count | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id) of the call."""
        return self.source, self.call_id

    @property
    def slot(self) -> tuple[str, str, str, int | None, str, str, str]:
        """What a later grade of the same grader supersedes: call, criterion, turn, grader, lane."""
        return self.source, self.call_id, self.criterion, self.turn, self.grader.kind, self.grader.name, self.lane


class Scored(_GradeFields):
    """A grade with a value: a level of an ordinal, "yes" or "no", a category, free text, or a measured level.

    `measured_value` is the measurement behind a measured level, in the measure's unit.
    """

    state: Literal["scored"] = "scored"
    value: int | str
    measured_value: float | None = None


class NotApplicable(_GradeFields):
    """The question does not arise in this call: out of numerator and denominator."""

    state: Literal["not_applicable"] = "not_applicable"


class Ungraded(_GradeFields):
    """No grade, and why. An error is not a fail and never a silent pass."""

    state: Literal["ungraded"] = "ungraded"
    reason: Reason

    @property
    def taken_back(self) -> bool:
        """Whether a person took an answer back and gave no reason to skip: it is as if nothing had been said."""
        return self.reason == "skipped" and not self.rationale.partition("\n")[0].strip()


Grade = Annotated[Scored | NotApplicable | Ungraded, Field(discriminator="state")]
GRADE: TypeAdapter[Scored | NotApplicable | Ungraded] = TypeAdapter(Grade)
"""Reads a grade back from JSON text: `GRADE.validate_json(text)`."""


HELD_BACK = "held back while somebody is still to grade the call"
"""The note of a final value that is not told: others have answered, and a reader is still to grade the call blind."""


class FinalValue(Noun):
    """What counts for a call and criterion after all grades: a value, N/A, or none with the reason why.

    `conflict` says that two people differ by more than a mean can settle; such a value waits for an adjudicator.
    `fail`: the value, or one of the rated turns behind it, is an automatic fail. `assisted`: the people behind it had seen
    another grade; it gives call scores and finds failures, and decides no rate.
    """

    criterion: Identifier
    state: Literal["scored", "not_applicable", "ungraded"]
    value: float | str | None = None
    by: Literal["adjudicated", "human", "measured", "llm"] | None = None
    conflict: bool = False
    assisted: bool = False
    fail: Literal["call", "section"] | None = None
    note: str = ""
