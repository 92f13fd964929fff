"""What people decide: SignOff of a week, Dispute of a grade and its Adjudication, Confirmation of a failure, Action."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from evalharness.models.grade import Lane
from evalharness.models.measure import Unit, Verdict, WeekVerdict
from evalharness.models.noun import CallId, Count, Instant, Name, Noun
from evalharness.models.rubric import Identifier
from evalharness.models.week import Week

Cause = Literal["prompt", "knowledge", "tool", "telephony", "recogniser", "voice", "policy"]
"""The part to fix, as DOMAIN lists them."""

ErrorTag = Literal[
    "hallucination", "incorrect_interpretation", "guideline_violation", "revealed_info_early", "inconsistent_behavior",
    "tool_call_schema_error", "tool_call_argument_error", "irrelevant_tool_call", "premature_termination",
    "missed_required_action", "wrong_sequence", "misheard", "mispronounced", "talked_over_caller", "knowledge_gap", "tool_down",
    "other",
]  # fmt: skip
"""What kind of error a clear failure is: tau2-bench's tags, and those of a voice."""

Decision = Literal["keep", "fix", "roll_back"]
ActionState = Literal["open", "fixed", "checked", "dropped"]


ActionId = Annotated[str, Field(pattern=r"^A-[0-9]{4}-W[0-9]{2}-[1-9][0-9]{0,5}$")]
"""The number of an action within the week it was found in, such as A-2026-W47-1."""


class Action(Noun):
    """Something to mend, found in calls of `week` under a criterion: the part to fix, by whom, until which week.

    Reports carry it until it is checked, in a week after the one it was found in, or dropped (`dropped`: why). `at`: when it was
    written down; `calls`: (source, id) of each; `check_note`: what the check found.
    """

    id: ActionId
    week: Week
    calls: tuple[tuple[Name, CallId], ...] = Field(min_length=1)
    criterion: Identifier
    cause: Cause
    owner: Name
    due: Week | None = None
    note: str = ""
    at: Instant
    fixed_in_version: Name | None = None
    checked_in_week: Week | None = None
    check_note: str = ""
    dropped: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _fixed_before_checked(self) -> Action:
        if self.checked_in_week is not None and self.fixed_in_version is None:
            raise ValueError("an action is checked only after it was fixed: fixed_in_version is missing")
        if self.checked_in_week is not None and self.checked_in_week <= self.week:
            raise ValueError("an action is checked in a week after the one it was found in")
        if self.checked_in_week is not None and self.dropped is not None:
            raise ValueError("an action is checked or dropped, not both")
        return self

    @property
    def state(self) -> ActionState:
        """What became of it: open, fixed (and not checked yet), checked, dropped."""
        if self.dropped is not None:
            return "dropped"
        if self.checked_in_week is not None:
            return "checked"
        return "open" if self.fixed_in_version is None else "fixed"

    @property
    def is_open(self) -> bool:
        """Whether reports still carry it."""
        return self.state in ("open", "fixed")

    def is_overdue(self, week: str) -> bool:
        """Whether it should have been fixed before `week` and is not."""
        return self.state == "open" and self.due is not None and self.due < week


class SignedSince(Noun):
    """What was known of a judged rate since its start (`week`) when the week was signed."""

    week: Week
    hits: Count
    n: Count
    verdict: Verdict


class SignedFigure(Noun):
    """A check as it was signed: its verdict, its value in `unit`, and what it stood on (`n` of `of`).

    `since`: what stood beside it; None where nothing did, or in sign-offs from before it was kept.
    """

    check: Name
    measure: Name
    verdict: Verdict
    value: float | None = None
    unanswered: bool = False
    unit: Unit = "share"
    currency: str | None = None
    n: Count = 0
    of: Count = 0
    since: SignedSince | None = None


class SignOff(Noun):
    """The owner's (or deputy's) decision on a week, with the figures as known at `at`; they are never changed after it.

    `summary_digest`: SHA-256 of summary.json without its trend; `grades`, `calls`, `supplements`, `decisions` (adjudications,
    disputes and confirmations): how many the week had then; `unfilled`: person -> calls of their sheet not graded; `files`:
    report path -> SHA-256; `again`: why it was signed again; `actions`: the open ones, as they stood; `late_weeks`: how many
    weeks had ended after it when it was signed first.
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
    decisions: Count = 0
    disagreements: Count = 0
    unfilled: dict[str, Count] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    again: str | None = None
    actions: tuple[Action, ...] = ()
    late_weeks: Count = 0


class ChangedFigure(Noun):
    """A signed check beside what it is as computed now; None = it is not among the checks any more, or was not then."""

    check: Name
    signed: SignedFigure | None
    now: SignedFigure | None


class SinceSigned(Noun):
    """What came to a signed week since, and which of its figures differ as computed now.

    `beside`: checks that are as signed while their rate since an earlier week is not.
    """

    grades: Count = 0
    calls: Count = 0
    supplements: Count = 0
    decisions: Count = 0
    changed: tuple[ChangedFigure, ...] = ()
    beside: tuple[Name, ...] = ()
    summary_digest: str = ""

    @property
    def nothing(self) -> bool:
        """Whether the week stands as it was signed."""
        return not (self.grades or self.calls or self.supplements or self.decisions or self.changed or self.beside)


Slot = tuple[str, str, str, int | None]
"""What is disputed and decided: source, call id, criterion, turn."""


class Dispute(Noun):
    """A standing grade that somebody puts before the adjudicator, with the reason. It stands until `decided`."""

    source: Name
    call_id: CallId
    criterion: Identifier
    turn: Count | None = None
    reason: str = Field(min_length=1)
    by: Name
    at: Instant
    decided: bool = False

    @property
    def slot(self) -> Slot:
        """What is disputed."""
        return self.source, self.call_id, self.criterion, self.turn


class Adjudication(Noun):
    """A person's decision on what others graded; it counts before their grades, which stay beside it. `value` None = N/A.

    `own_grade`: who decides had graded it too; `lane`: assisted where a value of the LLM had been seen, else blind;
    `supersedes`: the ledger's row of the decision before it.
    """

    week: Week
    source: Name
    call_id: CallId
    criterion: Identifier
    turn: Count | None = None
    value: int | str | None
    reason: str = Field(min_length=1)
    by: Name
    lane: Lane = "blind"
    own_grade: bool = False
    at: Instant
    supersedes: Count | None = None

    @property
    def slot(self) -> Slot:
        """What is decided; a later decision on the same supersedes."""
        return self.source, self.call_id, self.criterion, self.turn


class Confirmation(Noun):
    """A person's answer to a flagged clear failure: yes with error tag and cause, or no. `flagged_by`: whose flag it answers.

    `drawn`: whether the call is in the week's draw. A confirmation saw the flag, so it enters no rate.
    """

    week: Week
    source: Name
    call_id: CallId
    check: Identifier
    answer: Literal["yes", "no"]
    tag: ErrorTag | None = None
    cause: Cause | None = None
    note: str = ""
    by: Name
    flagged_by: tuple[Name, ...] = ()
    drawn: bool = True
    at: Instant

    @model_validator(mode="after")
    def _yes_names_a_cause(self) -> Confirmation:
        named = self.tag is not None and self.cause is not None
        if self.answer == "yes" and not named:
            raise ValueError("a confirmed failure names its error tag and the cause to fix")
        if self.answer == "no" and (self.tag is not None or self.cause is not None):
            raise ValueError("what is no failure has neither tag nor cause")
        return self

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id) of the call."""
        return self.source, self.call_id
