"""A bridge: the same past calls under an old and a new rubric, so that the shift between them is known."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evalharness.models.grade import Grade
from evalharness.models.improvement import ChangeKind, RubricVersion
from evalharness.models.measure import Measure
from evalharness.models.noun import CallId, Count, Name, Noun
from evalharness.models.rubric import CriterionType
from evalharness.models.week import Week

BridgeBy = Literal["llm", "people"]
FEWEST_BRIDGED = 20
"""Calls of a bridge; with fewer the shift shows little but chance."""


class BridgeCall(Noun):
    """A past call that is asked about again. `person`: who graded it then, and grades it again (of a bridge by people)."""

    week: Week
    source: Name
    call_id: CallId
    person: Name | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id) of the call."""
        return self.source, self.call_id


class BridgePlan(Noun):
    """Which calls are asked about again, fixed before the first answer. `old`, `new`: digests of the rubrics; `week`: of the run
    that chose them; `name`: of the folder of sheets, and of the plan."""

    name: Name
    old: str
    new: str
    by: BridgeBy
    week: Week
    calls: Annotated[tuple[BridgeCall, ...], Field(min_length=1)]


class BridgeAnswers(Noun):
    """What a person answered under the new rubric. They are grades of the bridge alone: no week has them."""

    plan: Name
    person: Name
    grades: tuple[Grade, ...]


class Moved(Noun):
    """A call (or one of its turns) that got another answer under the new rubric."""

    week: Week
    source: Name
    call_id: CallId
    turn: Count | None = None
    before: str
    after: str


class BridgedCriterion(Noun):
    """One criterion on the bridge's calls.

    `kind`: what became of it; of a criterion that is as it was, the figures are what asking twice alone does. `calls`: with an
    answer (a value or N/A) before and after; `unanswered`: of the others, asked under both and without an answer under one.
    `changed`: the share of answers that are not the same. `shift`: mean of new minus old, one value a call: in levels, in
    points of the score (0-100) where the levels are others, or in percentage points of `event` for yes and no; None where
    there is no such thing. `table`: answers before in rows, after in columns; N/A last.
    """

    criterion: Name
    type: CriterionType
    kind: ChangeKind
    calls: Count = 0
    unanswered: Count = 0
    changed: Measure | None = None
    shift: Measure | None = None
    event: str = ""
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    table: tuple[tuple[Count, ...], ...] = ()
    moved: tuple[Moved, ...] = ()


class Bridge(Noun):
    """Past calls under two rubrics. `who`: the judge, or the people; `calls` of the plan, `answered` of them under both;
    `weeks`: from which they are; `lines`: measures whose line starts anew."""

    plan: Name
    before: RubricVersion
    after: RubricVersion
    by: BridgeBy
    who: tuple[str, ...]
    weeks: tuple[Week, ...]
    calls: Count
    answered: Count
    criteria: tuple[BridgedCriterion, ...]
    lines: tuple[Name, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether 20 calls or more are answered under both."""
        return self.answered >= FEWEST_BRIDGED
