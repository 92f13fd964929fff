"""Deciding at the desk on a workspace: the same list and the same rules as `adjudicate` and `confirm`, for the one who looks.

The workspace's lock is not held: a decision is one short transaction of the ledger, as a grade is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from threading import Lock
from typing import TYPE_CHECKING, Any

from evalharness.errors import UsageError
from evalharness.grade.human.desk.change import ChangeError
from evalharness.grade.human.desk.docket import Case, Choices, Docket, Said, Voice
from evalharness.models.act import Adjudication, Confirmation
from evalharness.models.call import Call
from evalharness.models.noun import word_key
from evalharness.store.records import add_shown, shown

if TYPE_CHECKING:
    from evalharness.flows.desk_house import LedgerHouse
    from evalharness.flows.opened import Opened
    from evalharness.flows.standing import Standing
    from evalharness.flows.waiting import Waiting


@dataclass(frozen=True)
class _Known:
    """The week as of a head of the ledger, with all that waits in it."""

    head: str
    standing: Standing
    items: tuple[Waiting, ...]


class LedgerBench:
    """`Bench` of grade.human.desk: one week of a workspace, beside the desk's house. What it needs is loaded when first asked."""

    def __init__(self, house: Opened, desk: LedgerHouse, week: str, clock: Callable[[], datetime] | None = None) -> None:
        self._house, self._desk, self._week = house, desk, week
        self._clock = clock or (lambda: datetime.now(UTC))
        self._lock = Lock()
        self._seen: _Known | None = None

    @property
    def zone(self) -> tzinfo:
        """The workspace's time zone."""
        return self._house.config.zone

    @property
    def choices(self) -> Choices:
        """Error tags and causes, as the command takes them."""
        from evalharness.flows.confirm import CAUSES, TAGS

        return Choices(TAGS, CAUSES)

    def may_decide(self, person: str) -> bool:
        """The owner, the deputy, and whoever grades."""
        owner = self._house.config.owner
        names = (owner.name, owner.deputy or "", *self._house.people)
        return word_key(person) in {word_key(name) for name in names if name}

    def docket(self, person: str) -> Docket:
        """What waits for this person: nothing of calls they are still to grade, no difference they are part of but the owner,
        and no flag of a call before the difference on it is decided, which is to be decided unseen."""
        with self._lock:
            return self._docket(person, self._newest())

    def opening(self, person: str, case: Case) -> Call:
        """The call of a case; that the LLM's answer is about to be shown is kept before. Raises LedgerError."""
        with self._lock:
            judged = any(voice.kind == "llm" for voice in case.voices)
            if judged and case.identity not in shown(self._house.ledger, self._week).get(person, ()):
                with self._house.ledger.transaction() as tx:
                    add_shown(tx, self._week, person, [case.identity], self._clock())
            if case.position is not None:
                return self._newest().standing.result(case.identity).call
            return self._house.calls.calls([case.identity])[0]

    def decide(self, person: str, said: Said) -> tuple[list[str], datetime]:
        """Keeps a ruling, or an answer to a flag. Raises ChangeError, UsageError, LedgerError."""
        with self._lock:
            known, at = self._newest(), self._clock()
            case = self._docket(person, known).case(said.case)
            if case is None:
                raise ChangeError("It does not wait for your decision any more: it was decided, perhaps by your own last try.")
            if case.is_difference:
                return _ruled(self._rule(case, person, said, known.standing, at)), at
            return _confirmed(self._confirm(case, person, said, known.standing, at)), at

    def _rule(self, case: Case, person: str, said: Said, known: Standing, at: datetime) -> Adjudication:
        from evalharness.flows.adjudicate import Ruling, rule

        slot = (*case.identity, case.criterion.id, case.turn)
        ruling = Ruling(case.identity[1], case.criterion.id, said.value, said.words, person, case.turn)
        return rule(self._house, known, slot, ruling, at)

    def _confirm(self, case: Case, person: str, said: Said, known: Standing, at: datetime) -> Confirmation:
        from evalharness.flows.confirm import Answer, answer_flag

        if case.kind == "cause" and said.value != "yes":
            raise UsageError(
                "people say that it is a clear failure", why="name its error tag and its cause, or dispute the grade"
            )
        given = Answer(case.identity[1], case.criterion.id, said.value, person, said.tag, said.cause, said.words)
        return answer_flag(self._house, known, (*case.identity, case.criterion.id), given, at)

    def _newest(self) -> _Known:
        from evalharness.flows.sheets import drawn_sample
        from evalharness.flows.standing import standing
        from evalharness.flows.waiting import waiting

        head = self._house.ledger.head()
        if self._seen is None or self._seen.head != head:
            known = standing(self._house, drawn_sample(self._house, self._week))
            self._seen = _Known(head, known, waiting(self._house, known, ungraded=True).items)
        return self._seen

    def _docket(self, person: str, known: _Known) -> Docket:
        open_ = {card.item.identity for card in self._desk.grading(person).cards if card.missing}
        cases = [_case(one, known.standing, person) for one in known.items]
        shown_ = [one for one in cases if one.identity not in open_]
        own = [one for one in shown_ if self._is_anothers(one, person)]
        differing = {one.identity for one in shown_ if one.is_difference and one not in own}
        after = [one for one in shown_ if one.identity in differing and any(voice.kind == "llm" for voice in one.voices)]
        left = tuple(one for one in shown_ if one not in own and one not in after)
        waits = {one.identity for one in cases} & open_
        return Docket(left, to_grade=len(waits), others=len(own), after=len(after))

    def _is_anothers(self, case: Case, person: str) -> bool:
        """Whether the person graded what differs, and is not the owner."""
        mine = any(voice.own for voice in case.voices)
        return case.is_difference and mine and word_key(person) != word_key(self._house.config.owner.name)


def _case(one: Waiting, known: Standing, person: str) -> Case:
    return Case(
        kind=one.kind,
        week=one.week,
        position=one.position,
        identity=(one.source, one.call_id),
        criterion=known.rubric.criterion(one.criterion),
        turn=one.turn,
        voices=tuple(_voice(vars(said), person) for said in one.said),
        disputes=one.disputes,
    )


def _voice(said: dict[str, Any], person: str) -> Voice:
    return Voice(**said, own=said["kind"] == "human" and word_key(said["grader"]) == word_key(person))


def _ruled(found: Adjudication) -> list[str]:
    """What was decided, and what of it is special."""
    words = [f"Decided: {'N/A' if found.value is None else found.value}. Both grades stay beside it."]
    if found.own_grade:
        words.append("You had graded it too; the record says so.")
    if found.lane == "assisted":
        words.append("An LLM's value had been seen: it gives the call's score and enters no rate.")
    return words


def _confirmed(found: Confirmation) -> list[str]:
    """What was answered, and what it is good for."""
    named = f": {found.tag}, cause {found.cause}" if found.answer == "yes" else ""
    words = [("A clear failure" if found.answer == "yes" else "No clear failure") + f"{named}."]
    return [*words, "It answers a flag, so it enters no rate."] if found.flagged_by else words
