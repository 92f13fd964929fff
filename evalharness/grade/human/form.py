"""What the pages a person types into hold: one row a call (Scores) or a drawn turn (Turns); assisted calls have pages of
their own, with the LLM's answers beside the questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from evalharness.grade.human import layout
from evalharness.grade.human.guide import question_width
from evalharness.grade.human.layout import Field, Identity
from evalharness.grade.human.own import Own
from evalharness.models.grade import NotApplicable, Scored
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.sample import SampleItem, WeeklySample

KEY_ROW, HEADER_ROW, GUIDE_ROW, FILTER_ROW, FIRST_ROW = 3, 4, 5, 6, 7
"""The headings stand twice: above the guide, where they stay in sight, and right above the rows, where the filter begins."""

_CALLS_HINT = (
    "Answer in the yellow cells, from the top: wherever you stop, what is answered is itself a fair sample. "
    "Save the file in its place. Filter by the arrows; to sort, unprotect the page first (no password)."
)
_TURNS_HINT = "One row a drawn turn of the agent. Answer in the yellow cells; the whole call stands in Transcripts."
_ASSISTED_HINT = (
    "ASSISTED: an LLM's answer stands beside each yellow cell. Read first; then write ok where you take its answer, "
    "or your own. These answers count in no rate of the week."
)


@dataclass(frozen=True)
class About:
    """What all pages of a sheet are about; times are of the zone."""

    sample: WeeklySample
    digest: str
    rubric: Rubric
    grader: str
    zone: ZoneInfo
    own: Own


@dataclass(frozen=True)
class Column:
    """A column: its heading, its machine text, its width; `asks` is the criterion or None; `beside`: the criterion whose LLM
    answers it shows, or None."""

    key: str
    header: str
    spec: str
    width: float
    asks: Criterion | None = None
    beside: Criterion | None = None


@dataclass(frozen=True)
class Row:
    """A row: its id, the drawn call, the turn's place in the call's turns (None for a call); `offered`: criterion -> the LLM's
    answer, in assisted rows alone; `heard`: the call is to be listened to."""

    id: str
    item: SampleItem
    turn: int | None = None
    offered: Mapping[str, Scored | NotApplicable] = field(default_factory=dict)
    heard: bool = False


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
    def is_of_calls(self) -> bool:
        """Whether its rows are calls, not turns."""
        return self.sheet in (layout.SCORES, layout.ASSISTED)

    @property
    def is_assisted(self) -> bool:
        """Whether the LLM's answers stand on it."""
        return self.sheet in (layout.ASSISTED, layout.ASSISTED_TURNS)


def forms_of(about: About, items: Sequence[SampleItem]) -> list[Form]:
    """The pages for these calls: Scores always, the others where there is something to ask on them."""
    blind = [item for item in items if item.identity not in about.own.answers]
    assisted = [item for item in items if item.identity in about.own.answers]
    turns, assisted_turns = _turn_rows(about, blind), _turn_rows(about, assisted)
    found = [_form(about, layout.SCORES, _call_rows(about, blind)), _form(about, layout.TURNS, turns)]
    found += [_form(about, layout.ASSISTED, _call_rows(about, assisted))]
    found += [_form(about, layout.ASSISTED_TURNS, assisted_turns)]
    return [form for form in found if form.sheet == layout.SCORES or (form.rows and any(column.asks for column in form.columns))]


def _call_rows(about: About, items: Sequence[SampleItem]) -> tuple[Row, ...]:
    return tuple(_row(about, item, None) for item in items)


def _turn_rows(about: About, items: Sequence[SampleItem]) -> tuple[Row, ...]:
    """At most 10 drawn agent turns a call."""
    drawn = ((item, turn.index) for item in items for turn in layout.turns_to_grade(item.call, about.digest))
    return tuple(_row(about, item, index) for item, index in drawn)


def _row(about: About, item: SampleItem, turn: int | None) -> Row:
    offered = about.own.offered(item.identity, turn)
    return Row(layout.row_id(about.digest, item.call, turn), item, turn, offered, item.identity in about.own.heard)


_FORMS = {
    layout.SCORES: ("calls", _CALLS_HINT),
    layout.TURNS: ("turns", _TURNS_HINT),
    layout.ASSISTED: ("assisted", _ASSISTED_HINT),
    layout.ASSISTED_TURNS: ("assisted_turns", _ASSISTED_HINT),
}


def _form(about: About, sheet: str, rows: tuple[Row, ...]) -> Form:
    name, hint = _FORMS[sheet]
    of_calls, assisted = sheet in (layout.SCORES, layout.ASSISTED), sheet in (layout.ASSISTED, layout.ASSISTED_TURNS)
    places = {row.id: (row.item.position, row.turn) for row in rows}
    sample = about.sample
    identity = Identity(name, sample.week, about.digest, sample.rubric_digest, about.grader, places)
    started = replace(layout.STARTED, header=f"{layout.STARTED.header} ({about.zone})")
    facts = (started, *layout.CALL_FACTS) if of_calls else layout.TURN_FACTS
    asked = layout.asked_of_people(about.rubric, "call" if of_calls else "turn")
    columns = (
        *(_plain(name, one) for one in (*_head(rows), *facts)),
        *(column for one in asked for column in _asking(one, rows, assisted=assisted)),
        *(_plain(name, one) for one in (layout.CALL_REMARKS if of_calls else (layout.NOTE,))),
    )
    return Form(sheet, f"{sheet} · {about.grader} · week {sample.week}", hint, identity, columns, rows)


def _head(rows: Sequence[Row]) -> tuple[Field, ...]:
    """The first columns; whether a call was drawn or picked by hand, or is to be heard, only where one is."""
    picked = any(row.item.probability is None for row in rows)
    heard = any(row.heard for row in rows)
    return (layout.ROW, layout.NUMBER, layout.LINK, *([layout.PICKED] if picked else []), *([layout.HEARD] if heard else []))


def _plain(form: str, one: Field) -> Column:
    header = layout.ROW_HEADERS[form] if one is layout.ROW else one.header
    return Column(one.key, header, layout.field_spec(one.key), one.width)


def _asking(criterion: Criterion, rows: Sequence[Row], *, assisted: bool) -> Iterator[Column]:
    """The column of a question; on an assisted page with the one of the LLM's answers behind it."""
    offered = {row.id: _text(row.offered[criterion.id]) for row in rows if criterion.id in row.offered} if assisted else {}
    spec = layout.question_spec(criterion, offered if layout.can_confirm(criterion.type, criterion.answers) else None)
    yield Column(criterion.id, layout.title(criterion.id), spec, question_width(criterion), criterion)
    if offered:
        one = layout.beside(criterion)
        yield Column(one.key, one.header, layout.field_spec(one.key), one.width, beside=criterion)


def _text(grade: Scored | NotApplicable) -> int | str:
    return grade.value if isinstance(grade, Scored) else "N/A"
