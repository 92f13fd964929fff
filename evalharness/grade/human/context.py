"""A row of a sheet beside the call it is about, and what every grade of it has in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from evalharness.grade.human.reading import Answer, CellProblem, RowReading
from evalharness.grade.human.standing import Place
from evalharness.models.call import Call
from evalharness.models.grade import Grader, Lane
from evalharness.models.sample import WeeklySample


@dataclass(frozen=True)
class RowContext:
    """A row, the row of its call (itself, unless it is a turn's), the call, and what every grade of it has in common."""

    row: RowReading
    head: RowReading
    call: Call
    sample: WeeklySample
    grader: str
    at: datetime
    zone: ZoneInfo
    lane: Lane = "blind"

    @property
    def place(self) -> Place:
        """What the row is about."""
        return self.call.source, self.call.id, self.row.turn

    @property
    def skipped(self) -> bool:
        """Whether the call was left out: a reason, and nothing typed as an answer."""
        typed = {answer.state for row in (self.head, self.row) for answer in row.answers}
        return bool(self.head.skip_reason) and not typed & {"scored", "not_applicable", "unclear"}

    def stamp(self, criterion: str, manner: str | None) -> dict[str, Any]:
        """The fields of a grade that the answer does not decide."""
        return {
            "week": self.sample.week,
            "source": self.call.source,
            "call_id": self.call.id,
            "criterion": criterion,
            "turn": self.row.turn,
            "grader": Grader(kind="human", name=self.grader),
            "criterion_digest": self.sample.criterion_digests[criterion],
            "lane": self.lane,
            "manner": manner,
            "at": self.at,
        }

    def problem(self, what: Answer | str, typed: str, why: str, accepted: str = "") -> CellProblem:
        """A problem at the cell of an answer or of a remark, named by its key."""
        sheet, cell = self.row.cell_of(what) if isinstance(what, str) else (what.sheet, what.cell)
        return CellProblem(sheet, cell, typed, why, accepted)
