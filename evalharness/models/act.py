"""What people decide: SignOff of a week, Dispute of a grade, Action to be carried until it is checked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evalharness.models.noun import CallId, Instant, Name, Noun
from evalharness.models.rubric import Identifier
from evalharness.models.week import Week

Cause = Literal["prompt", "knowledge", "tool", "telephony", "recogniser", "voice", "policy"]
"""The part to fix, as DOMAIN lists them."""


class SignOff(Noun):
    """The owner's (or deputy's) decision on a week, as known at `at`; the week's figures are never changed after it."""

    week: Week
    by: Name
    decision: Literal["keep", "fix", "roll_back"]
    notes: str = ""
    at: Instant


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
