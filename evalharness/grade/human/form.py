"""What the pages a person types into hold: one row a call (Scores) or a drawn turn (Turns)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from evalharness.grade.human import layout
from evalharness.grade.human.guide import question_width
from evalharness.grade.human.layout import Field, Identity
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.sample import SampleItem, WeeklySample

KEY_ROW, HEADER_ROW, GUIDE_ROW, FILTER_ROW, FIRST_ROW = 3, 4, 5, 6, 7
"""The headings stand twice: above the guide, where they stay in sight, and right above the rows, where the filter begins."""

_CALLS_HINT = (
    "Answer in the yellow cells, from the top: wherever you stop, what is answered is itself a fair sample. "
    "Save the file in its place. Filter by the arrows; to sort, unprotect the page first (no password)."
)
_TURNS_HINT = "One row a drawn turn of the agent. Answer in the yellow cells; the whole call stands in Transcripts."


@dataclass(frozen=True)
class Column:
    """A column: its heading, its machine text, its width; `asks` is the criterion or None."""

    key: str
    header: str
    spec: str
    width: float
    asks: Criterion | None = None


@dataclass(frozen=True)
class Row:
    """A row: its id, the drawn call, and the turn's place in the call's turns (None for a call)."""

    id: str
    item: SampleItem
    turn: int | None = None


@dataclass(frozen=True)
class Form:
    """A form page before it is written."""

    sheet: str
    heading: str
    hint: str
    identity: Identity
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def last_row(self) -> int:
        """The last row a person types into."""
        return FIRST_ROW + max(len(self.rows), 1) - 1

    @property
    def questions(self) -> list[Criterion]:
        """What the form asks."""
        return [column.asks for column in self.columns if column.asks]


def call_form(
    sample: WeeklySample, digest: str, rubric: Rubric, grader: str, items: Sequence[SampleItem], zone: ZoneInfo
) -> Form:
    """The Scores page; its times are the zone's."""
    rows = tuple(Row(layout.row_id(digest, item.call), item) for item in items)
    asked = layout.asked_of_people(rubric, "call")
    started = replace(layout.STARTED, header=f"{layout.STARTED.header} ({zone})")
    fields = (*_head(items), started, *layout.CALL_FACTS)
    identity = _identity("calls", sample, digest, grader, rows)
    columns = _columns("calls", fields, asked, layout.CALL_REMARKS)
    return Form(layout.SCORES, f"Scores · {grader} · week {sample.week}", _CALLS_HINT, identity, columns, rows)


def turn_form(sample: WeeklySample, digest: str, rubric: Rubric, grader: str, items: Sequence[SampleItem]) -> Form:
    """The Turns page: at most 10 drawn agent turns a call."""
    drawn = [(item, turn.index) for item in items for turn in layout.turns_to_grade(item.call, digest)]
    rows = tuple(Row(layout.row_id(digest, item.call, index), item, index) for item, index in drawn)
    asked = layout.asked_of_people(rubric, "turn")
    fields = (*_head(items), *layout.TURN_FACTS)
    identity = _identity("turns", sample, digest, grader, rows)
    columns = _columns("turns", fields, asked, (layout.NOTE,))
    return Form(layout.TURNS, f"Turns · {grader} · week {sample.week}", _TURNS_HINT, identity, columns, rows)


def _head(items: Sequence[SampleItem]) -> tuple[Field, ...]:
    """The first columns; whether a call was drawn or picked by hand only where one was picked."""
    picked = any(item.probability is None for item in items)
    return (layout.ROW, layout.NUMBER, layout.LINK, *([layout.PICKED] if picked else []))


def _identity(form: str, sample: WeeklySample, digest: str, grader: str, rows: Sequence[Row]) -> Identity:
    places = {row.id: (row.item.position, row.turn) for row in rows}
    return Identity(form, sample.week, digest, sample.rubric_digest, grader, places)


def _columns(form: str, fields: Sequence[Field], asked: Sequence[Criterion], remarks: Sequence[Field]) -> tuple[Column, ...]:
    def plain(field: Field) -> Column:
        header = layout.ROW_HEADERS[form] if field is layout.ROW else field.header
        return Column(field.key, header, layout.field_spec(field.key), field.width)

    questions = [Column(c.id, layout.title(c.id), layout.question_spec(c), question_width(c), c) for c in asked]
    return (*map(plain, fields), *questions, *map(plain, remarks))
