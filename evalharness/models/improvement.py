"""What graders' answers say of the rubric: how its answers are used, which are confused, what another version changes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evalharness.models.grade import Evidence
from evalharness.models.measure import Measure
from evalharness.models.noun import CallId, Count, Name, Noun
from evalharness.models.rubric import CriterionType
from evalharness.models.week import Week

FEWEST_CALLS = 20
"""Calls answered by both from which a share is shown, and calls answered from which use is judged; fewer show chance."""
ChangeKind = Literal["added", "removed", "meaning", "editorial", "same"]
Between = Literal["people_and_llm", "people"]


class CriterionUse(Noun):
    """How people used a criterion's answers: blind grades of drawn calls, under its text as it is now.

    `answered`: calls with a value or N/A by people together; `answers`: value -> calls, every value of the form, 0 included;
    `not_applicable`: N/A. `pairs`: calls that two or more people answered, each with a value or N/A; `apart`: of them, those
    on which two differ by more than a mean can settle. `check`: a clear-failure check, whose yes is meant to be rare.
    """

    criterion: Name
    type: CriterionType
    answered: Count
    answers: dict[str, Count]
    not_applicable: Count
    pairs: Count
    apart: Count
    check: bool = False

    @property
    def rated(self) -> int:
        """Calls with a value."""
        return self.answered - self.not_applicable


class FieldChange(Noun):
    """One field of a criterion before and after, as text ("" = not there). `wording`: more than spaces, capitals and signs."""

    field: str
    before: str
    after: str
    wording: bool = True


class CriterionChange(Noun):
    """What became of a criterion. `meaning`: its digest is another one; `editorial`: it is the same, though something else
    about it changed; `by_policy`: only the policy's text makes the digest another one."""

    criterion: Name
    kind: ChangeKind
    fields: tuple[FieldChange, ...] = ()
    by_policy: bool = False
    before: str = ""
    after: str = ""


class BrokenLine(Noun):
    """A measure whose line in the trend would start anew, and why, aspect by aspect."""

    measure: Name
    because: tuple[str, ...]


class RubricVersion(Noun):
    """Which rubric: its name, version and digest, and where it was read ("" = not said)."""

    id: Name
    version: Count
    sha256: str
    where: str = ""


class RubricDiff(Noun):
    """Two rubrics beside each other. `policy`: the policy's changed lines, "- old" and "+ new"; `lines`: of the trend, those
    that would break; `kept`: those that go on."""

    before: RubricVersion
    after: RubricVersion
    policy: tuple[str, ...] = ()
    criteria: tuple[CriterionChange, ...] = ()
    lines: tuple[BrokenLine, ...] = ()
    kept: tuple[Name, ...] = ()

    def kind(self, criterion: str) -> ChangeKind:
        """What became of that criterion. Raises KeyError."""
        return {one.criterion: one.kind for one in self.criteria}[criterion]


class Side(Noun):
    """What one grader said of a call: the answer, the reason in words, the evidence. `turn`: of a criterion asked of turns."""

    who: Name
    kind: Literal["human", "llm"]
    answer: str
    turn: Count | None = None
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


class DifferingCall(Noun):
    """A call on which the two differ, with what each grader said."""

    week: Week
    source: Name
    call_id: CallId
    sides: tuple[Side, ...]


class Confused(Noun):
    """Two answers that were given to the same call. `one`, `other`: the answers, lower first (N/A last); `one_first`: calls to
    which the first grader gave `one` and the second `other`, `other_first`: the other way round.

    `steps`: levels between them (1 for other than levels); `texts`: what the rubric says of each, where it says something.
    `calls`: ranked, those with reasons on both sides first, newest first; `held_back`: calls left out because somebody is
    still to grade them blind.
    """

    one: str
    other: str
    one_first: Count
    other_first: Count
    steps: Count
    texts: dict[str, str] = Field(default_factory=dict)
    calls: tuple[DifferingCall, ...] = ()
    held_back: Count = 0

    @property
    def n(self) -> int:
        """Pairs in all."""
        return self.one_first + self.other_first


class CriterionDisagreements(Noun):
    """Where two sides differ on one criterion. `first`, `second`: whose answers are the rows and the columns of `table`; both
    "people" where several met in turn: then the lower answer of each pair is the row's.

    `answers`: the heads of both, lowest first, N/A last; `pairs`: answers beside each other, of `calls` calls; `differing`:
    pairs that are not alike; `share`: of them, None below 20 calls. `confused`: what differs most first, by number and
    distance.
    """

    criterion: Name
    question: str
    between: Between
    first: Name
    second: Name
    calls: Count
    pairs: Count
    differing: Count
    share: Measure | None = None
    answers: tuple[str, ...] = ()
    table: tuple[tuple[Count, ...], ...] = ()
    confused: tuple[Confused, ...] = ()


class RubricDisagreements(Noun):
    """Every criterion that two sides answered, those on which they differ most first, those with too few calls last."""

    weeks: tuple[Week, ...]
    people: tuple[Name, ...]
    judge: str | None
    criteria: tuple[CriterionDisagreements, ...] = ()
