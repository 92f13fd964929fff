"""What was typed into one row -> RowReading. Two different answers to one question: neither is taken, both are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from evalharness.grade.human.cells import (
    Parsed,
    UnclearError,
    as_text,
    is_blank,
    one_line,
    parse_answer,
    parse_flag,
    parse_manner,
    parse_turn,
)
from evalharness.grade.human.layout import ANSWERS_LABEL, QUESTION_LABEL, REMARK_KEYS, ROW_HEADERS, Question
from evalharness.grade.human.reading import Answer, CellProblem, RowReading
from evalharness.xlsx import ReadCell

FURNITURE = (QUESTION_LABEL, ANSWERS_LABEL, *ROW_HEADERS.values())
_REMARKS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "evidence_turn": (parse_turn, "the number of a turn of this call"),
    "manner": (parse_manner, "read or heard"),
    "transcript_wrong": (parse_flag, "yes or no"),
    "skip_reason": (one_line, "text"),
    "note": (as_text, "text"),
}


@dataclass(frozen=True)
class Typed:
    """A cell of a row with what its column asks."""

    sheet: str
    spec: Question | str
    cell: ReadCell

    @property
    def is_input(self) -> bool:
        """Whether people fill this column."""
        return isinstance(self.spec, Question) or self.spec in REMARK_KEYS

    @property
    def text(self) -> str:
        """What was typed, in words."""
        value = self.cell.value
        return "a formula" if self.cell.is_formula and not isinstance(value, str) else as_text(value)

    def problem(self, why: str, accepted: str) -> CellProblem:
        """The cell, named."""
        return CellProblem(self.sheet, self.cell.name, self.text, why, accepted)


def read_row(row_id: str, place: tuple[int, int | None], typed: list[Typed]) -> tuple[RowReading, list[CellProblem]]:
    """The row's answers and remarks out of all cells found under its id, and the cells that are none."""
    problems: list[CellProblem] = []
    columns: dict[Question | str, list[Typed]] = defaultdict(list)
    for each in typed:
        columns[each.spec].append(each)
    answers = [_answer(spec, cells, problems, row_id) for spec, cells in columns.items() if isinstance(spec, Question)]
    remarks: dict[str, Any] = {}
    unclear = set()
    for key, cells in columns.items():
        if isinstance(key, str):
            try:
                remarks[key] = _remark(key, cells, problems)
            except UnclearError:
                unclear.add(key)
    head = min(typed, key=lambda each: each.cell.column, default=None)
    places = {key: _place(cells) for key, cells in columns.items() if isinstance(key, str)}
    row = RowReading(row_id, place[0], place[1], head.sheet if head else "", head.cell.name if head else "", cells=places)
    blank = frozenset(key for key, value in remarks.items() if value is None)
    return replace(row, answers=tuple(answers), unclear=frozenset(unclear), blank=blank, **remarks), problems


def _answer(question: Question, cells: list[Typed], problems: list[CellProblem], row_id: str) -> Answer:
    def parse(each: Typed) -> Parsed:
        return parse_answer(each.cell.value, question, _offered(each, row_id))

    where = _place(cells)
    try:
        state, value = _agreed(cells, parse, question.accepted(), problems)
    except UnclearError:
        return Answer(question.criterion, "unclear", None, *where)
    return Answer(question.criterion, state, value, *where)


def _offered(typed: Typed, row_id: str) -> int | str | None:
    """The LLM's answer beside the cell."""
    return typed.spec.offered.get(row_id) if isinstance(typed.spec, Question) else None


def _place(cells: list[Typed]) -> tuple[str, str]:
    """Sheet and name of the cell that was typed into; of the first one where none was."""
    first = next((each for each in cells if not is_blank(each.cell.value)), cells[0])
    return first.sheet, first.cell.name


def _remark(key: str, cells: list[Typed], problems: list[CellProblem]) -> Any:
    """What was typed, None where nothing was. Raises UnclearError."""
    parse, accepted = _REMARKS[key]

    def unless_blank(each: Typed) -> Any:
        return None if is_blank(each.cell.value) else parse(each.cell.value)

    return _agreed(cells, unless_blank, accepted, problems)


def _agreed(cells: list[Typed], parse: Callable[[Typed], Any], accepted: str, problems: list[CellProblem]) -> Any:
    """What all cells of one question say; empty ones say nothing. Names the unclear and the differing; raises UnclearError."""
    found: dict[Any, list[Typed]] = defaultdict(list)
    bad = []
    for each in cells:
        try:
            if each.cell.is_formula:
                raise UnclearError("is a formula")  # noqa: TRY301 - named like every other unclear cell
            found[parse(each)].append(each)
        except UnclearError as error:
            bad.append(each.problem(str(error), accepted))
    said = {value: each for value, each in found.items() if value not in (None, ("empty", None))}
    problems += bad
    if len(said) > 1 or (bad and said):
        problems.append(_differing([each for one in said.values() for each in one], bad))
    if bad or len(said) > 1:
        raise UnclearError
    return next(iter(said), next(iter(found)))


def _differing(said: list[Typed], bad: list[CellProblem]) -> CellProblem:
    """All cells of one question that say something, where they do not say the same."""
    places = " and ".join(f"{each.sheet}!{each.cell.name} {each.text!r}" for each in said)
    if bad:
        why = f"stands for the same question as {bad[0].sheet}!{bad[0].cell}, which is unclear ({places}): not taken"
        return said[0].problem(why, "one answer a question")
    return said[0].problem(
        f"differs from another cell for the same question ({places}): neither is taken", "one answer a question"
    )
