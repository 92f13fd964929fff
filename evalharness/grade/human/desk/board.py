"""The week as the desk shows it to one grader: the queue in draw order, what is asked of each call, how far they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from evalharness.grade.human.desk.said import NOTHING, Draft, Said, is_answered, key_of
from evalharness.grade.human.layout import applies, asked_of_people, row_id, turns_to_grade
from evalharness.grade.human.standing import Standing
from evalharness.models.call import Call
from evalharness.models.grade import Grade, Lane, NotApplicable, Scored
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.sample import SampleItem, WeeklySample

State = Literal["open", "started", "graded", "skipped"]


@dataclass(frozen=True)
class Asked:
    """One question: a criterion of the call (`turn` None) or of one of its drawn turns."""

    criterion: Criterion
    turn: int | None = None

    @property
    def key(self) -> str:
        """How page and draft name it."""
        return key_of(self.criterion.id, self.turn)


@dataclass(frozen=True)
class Board:
    """A drawn week, frozen: its sample (picked calls behind), rubric, clock, and person -> queue positions asked of them.

    `signed`: the owner has signed the week off; nothing is added to it. `to_hear`: the calls (source, id) to listen to.
    """

    sample: WeeklySample
    rubric: Rubric
    zone: ZoneInfo
    asked: Mapping[str, Sequence[int]]
    signed: bool = False
    to_hear: Collection[tuple[str, str]] = ()
    _questions: dict[str, tuple[Asked, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """The digest of the draw."""
        return self.sample.frozen_digest()

    @cached_property
    def _rows(self) -> dict[str, SampleItem]:
        return {row_id(self.digest, item.call): item for item in self.sample.on_sheets}

    def queue(self, person: str) -> dict[str, SampleItem]:
        """Row id -> call, in queue order: those on the person's sheet and no others."""
        positions = set(self.asked.get(person, ()))
        return {row: item for row, item in self._rows.items() if item.position in positions}

    def questions(self, row: str) -> tuple[Asked, ...]:
        """What is asked of a call, in form order; then of its drawn turns. Conditions that do not hold leave a question out."""
        if row not in self._questions:
            self._questions[row] = tuple(self._asked(self._rows[row].call))
        return self._questions[row]

    def _asked(self, call: Call) -> list[Asked]:
        of_call = [Asked(one) for one in asked_of_people(self.rubric, "call") if applies(one, call, self.zone)]
        of_turns = [one for one in asked_of_people(self.rubric, "turn") if applies(one, call, self.zone)]
        turns = turns_to_grade(call, self.digest) if of_turns else []
        return of_call + [Asked(criterion, turn.index) for turn in turns for criterion in of_turns]


@dataclass(frozen=True)
class Card:
    """A call in the queue. `missing`: questions without an answer; `assisted`: an LLM's answers of it are shown; `to_hear`: it
    is one of those to listen to, `heard`: it was."""

    row: str
    item: SampleItem
    state: State
    missing: int
    assisted: bool = False
    to_hear: bool = False
    heard: bool = False

    @property
    def picked(self) -> bool:
        """Whether a person added it by hand: it counts in no figure."""
        return self.item.probability is None


@dataclass(frozen=True)
class Grading:
    """One grader at the board: their own grades, their drafts, and how long a call takes them.

    `minutes`: expected minutes of a call; `measured`: how many calls that was measured on, 0 for an assumption. `suggested`: of
    each call that they have been shown an LLM's answers of, these by question; no other call is in it, and none is blind.
    """

    person: str
    board: Board
    own: Sequence[Grade]
    drafts: Mapping[str, Draft]
    minutes: Callable[[Call], float]
    measured: int = 0
    suggested: Mapping[str, Mapping[str, Grade]] = field(default_factory=dict)

    @cached_property
    def _standing(self) -> Standing:
        shown = {item.identity for row, item in self.queue.items() if row in self.suggested}
        return Standing(self.own, self.person, self.board.rubric, shown)

    def lane(self, row: str) -> Lane:
        """The lane of what the grader says of a call now."""
        return "assisted" if row in self.suggested else "blind"

    @cached_property
    def queue(self) -> dict[str, SampleItem]:
        """Row id -> call."""
        return self.board.queue(self.person)

    def said(self, row: str) -> Said:
        """What the grader said of a call. Raises KeyError for a call that is not on their list."""
        return Said(self.queue[row].call, self._standing, self.drafts.get(row, NOTHING))

    @cached_property
    def cards(self) -> list[Card]:
        """The queue with its states."""
        return [self._card(row, item) for row, item in self.queue.items()]

    def _card(self, row: str, item: SampleItem) -> Card:
        said = self.said(row)
        found = [said.grade(one.criterion.id, one.turn) for one in self.board.questions(row)]
        missing = sum(not is_answered(grade) for grade in found)
        answered = any(isinstance(grade, Scored | NotApplicable) for grade in found)
        state: State = "graded" if not missing else "started" if answered else "skipped" if said.skip_reason() else "open"
        return Card(
            row,
            item,
            state,
            0 if state == "skipped" else missing,
            assisted=row in self.suggested,
            to_hear=item.identity in self.board.to_hear,
            heard=said.manner == "heard",
        )

    def next_open(self) -> str | None:
        """Where to go on: the first call in the queue that is neither graded nor skipped."""
        return next((card.row for card in self.cards if card.missing), None)

    def minutes_left(self) -> float:
        """Expected minutes for the calls that are left; a started one counts by the share of its questions left."""
        left = [card for card in self.cards if card.missing]
        return sum(self.minutes(one.item.call) * one.missing / len(self.board.questions(one.row)) for one in left)
