"""What people decide: SignOff of a week, Dispute of a grade, Action to be carried until it is checked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evalharness.models.measure import Unit, Verdict, WeekVerdict
from evalharness.models.noun import CallId, Count, Instant, Name, Noun
from evalharness.models.rubric import Identifier
from evalharness.models.week import Week

Cause = Literal["prompt", "knowledge", "tool", "telephony", "recogniser", "voice", "policy"]
"""The part to fix, as DOMAIN lists them."""


Decision = Literal["keep", "fix", "roll_back"]


class SignedFigure(Noun):
    """A check as it was signed: its verdict, its value in `unit`, and what it stood on (`n` of `of`)."""

    check: Name
    measure: Name
    verdict: Verdict
    value: float | None = None
    unanswered: bool = False
    unit: Unit = "share"
    currency: str | None = None
    n: Count = 0
    of: Count = 0


class SignOff(Noun):
    """The owner's (or deputy's) decision on a week, with the figures as known at `at`; they are never changed after it.

    `summary_digest`: SHA-256 of the bytes of summary.json; `grades`, `calls`, `supplements`: how many the week had then;
    `unfilled`: person -> calls of their sheet not graded; `files`: report path -> SHA-256; `again`: why it was signed again.
    """

    week: Week
    by: Name
    role: Literal["owner", "deputy"] = "owner"
    decision: Decision
    notes: str = ""
    at: Instant
    verdict: WeekVerdict
    leaning: str = ""
    sample_digest: str
    summary_digest: str
    figures: tuple[SignedFigure, ...] = ()
    grades: Count = 0
    calls: Count = 0
    supplements: Count = 0
    disagreements: Count = 0
    unfilled: dict[str, Count] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    again: str | None = None


class ChangedFigure(Noun):
    """A signed check beside what it is as computed now; None = it is not among the checks any more, or was not then."""

    check: Name
    signed: SignedFigure | None
    now: SignedFigure | None


class SinceSigned(Noun):
    """What came to a signed week since, and which of its figures differ as computed now."""

    grades: Count = 0
    calls: Count = 0
    supplements: Count = 0
    changed: tuple[ChangedFigure, ...] = ()
    summary_digest: str = ""

    @property
    def nothing(self) -> bool:
        """Whether the week stands as it was signed."""
        return not (self.grades or self.calls or self.supplements or self.changed)


class Dispute(Noun):
    """A grade that somebody puts before the adjudicator, with the reason."""

    source: Name
    call_id: CallId
    criterion: Identifier
    reason: str = Field(min_length=1)
    by: Name
    at: Instant


class Action(Noun):
    """Something to mend: found in a call under a criterion, by whom and until when; open until checked in a later week."""

    source: Name
    call_id: CallId
    criterion: Identifier
    cause: Cause
    owner: Name
    due: Week | None = None
    fixed_in_version: str | None = None
    checked_in_week: Week | None = None

    @model_validator(mode="after")
    def _fixed_before_checked(self) -> Action:
        if self.checked_in_week is not None and self.fixed_in_version is None:
            raise ValueError("an action is checked only after it was fixed: fixed_in_version is missing")
        return self

    @property
    def is_open(self) -> bool:
        """Whether reports still carry it."""
        return self.checked_in_week is None
