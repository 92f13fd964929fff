"""What was read from a sheet: rows with answers and remarks, and every cell that could not be understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

AnswerState = Literal["scored", "not_applicable", "empty", "unclear", "not_asked"]


@dataclass(frozen=True)
class CellProblem:
    """A cell that could not be taken as typed: where, what was typed, why not, what is accepted.

    `stale`: (row id, criterion or remark) of a cell that says something older than what stands.
    """

    sheet: str
    cell: str
    typed: str
    why: str
    accepted: str = ""
    stale: tuple[str, str] | None = None

    def __str__(self) -> str:
        typed = f" {self.typed!r}" if self.typed else ""
        accepted = f"; accepted: {self.accepted}" if self.accepted else ""
        return f"{self.sheet}!{self.cell}:{typed} {self.why}{accepted}"


@dataclass(frozen=True)
class Answer:
    """The answer to one question of one row. `value` is set where `state` is "scored"."""

    criterion: str
    state: AnswerState
    value: int | str | None = None
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True)
class RowReading:
    """One row: of a call (`turn` None) or of one of its turns. `position` is the place in the queue.

    Remarks are None where nothing clear was typed: `unclear` names those that were typed and not understood, `blank` those
    whose cell is there and empty. `cells`: remark -> (sheet, cell) it stands in. `assisted`: an LLM's answers stood beside it.
    """

    row: str
    position: int
    turn: int | None
    sheet: str
    cell: str
    answers: tuple[Answer, ...] = ()
    evidence_turn: int | None = None
    manner: Literal["read", "heard"] | None = None
    transcript_wrong: bool | None = None
    skip_reason: str | None = None
    note: str | None = None
    unclear: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()
    cells: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    assisted: bool = False

    def cell_of(self, remark: str) -> tuple[str, str]:
        """Sheet and cell of a remark; the row's first one where the sheet has no such column."""
        return self.cells.get(remark, (self.sheet, self.cell))

    def answer(self, criterion: str) -> Answer | None:
        """The answer to a question; None where the sheet has no such column."""
        return next((answer for answer in self.answers if answer.criterion == criterion), None)

    @property
    def scored(self) -> bool:
        """Whether any question of the row has a score or N/A."""
        return any(answer.state in ("scored", "not_applicable") for answer in self.answers)


@dataclass(frozen=True)
class SheetReading:
    """A sheet as read. `missing` names the rows that were written and are no longer there; `columns`: form -> the questions that
    have a column in it."""

    file_name: str
    week: str
    sample_digest: str
    rubric_digest: str
    grader: str
    rows: tuple[RowReading, ...]
    columns: Mapping[str, frozenset[str]]
    problems: tuple[CellProblem, ...] = ()
    missing: tuple[str, ...] = ()

    def missing_text(self) -> str:
        """The missing rows in a sentence; "" where none is missing."""
        if not self.missing:
            return ""
        rows = "1 row of this sheet is" if len(self.missing) == 1 else f"{len(self.missing)} rows of this sheet are"
        return f"{rows} no longer in the file; what was graded before stays: {', '.join(self.missing)}"

    def answers(self) -> Iterator[tuple[RowReading, Answer]]:
        """Every filled-in answer with its row."""
        for row in self.rows:
            for answer in row.answers:
                if answer.state in ("scored", "not_applicable"):
                    yield row, answer


def says_the_same(old: SheetReading, new: SheetReading) -> bool:
    """Whether every row of the old reading stands in the new one with the same answers and remarks, wherever their cells are.

    An empty "transcript wrong" says no, an empty manner "read". Then the old file holds nothing typed that the new one lacks.
    """
    rows = {row.row: _said(row) for row in new.rows}
    return all(rows.get(row.row) == _said(row) for row in old.rows) and not old.missing


def _said(row: RowReading) -> tuple[object, ...]:
    answers = {(answer.criterion, answer.state, answer.value) for answer in row.answers}
    remarks = (row.evidence_turn, row.manner or "read", row.transcript_wrong or False, row.skip_reason or "", row.note or "")
    return answers, remarks, row.unclear
