"""The grading desk on a workspace: what it shows comes from the ledger, what people say goes there, one commit a key.

The workspace's lock is not held: a grade is one short transaction of the ledger, so several desks, `week` and sheets work
side by side. What was read is used again as long as the chain's head is where this process left it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from zoneinfo import ZoneInfo

from evalharness.errors import UsageError
from evalharness.flows.lanes import begun_blind, llm_answers
from evalharness.flows.pace import timed_seconds
from evalharness.grade.human.desk.board import Board, Grading
from evalharness.grade.human.desk.house import Write
from evalharness.grade.human.desk.said import Draft, key_of
from evalharness.grade.human.desk.written import Written
from evalharness.models.grade import Grade
from evalharness.sample.heard import heard_calls
from evalharness.sample.lanes import Identity, Known, assisted_calls
from evalharness.sample.picks import picked_items, positions_of
from evalharness.sample.workload import call_seconds, measured_pace, minutes_for
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.records import (
    add_audit,
    add_grades,
    add_shown,
    load_grades,
    load_picks,
    load_rubric,
    load_sample,
    samples,
    shown,
    signed_off,
)
from evalharness.workspace.settings import Graders

DRAFT = "desk remark"
"""The audit action under which a remark is kept that no grade carries yet."""


@dataclass(frozen=True)
class _Seen:
    """The week as of a head of the ledger: by person their grades, drafts, seconds a call of earlier weeks, and the calls of
    which they have been shown an LLM's answers; by call the answers that may be shown."""

    head: str
    board: Board
    own: Mapping[str, tuple[Grade, ...]]
    drafts: Mapping[str, Mapping[str, Draft]]
    earlier: Mapping[str, Sequence[float]]
    shown: Mapping[str, frozenset[Identity]]
    answers: Mapping[Identity, tuple[Grade, ...]]


class LedgerHouse:
    """`House` of grade.human.desk on a ledger: one week, any number of graders, any number of threads."""

    def __init__(
        self,
        ledger: Ledger,
        week: str,
        zone: ZoneInfo,
        clock: Callable[[], datetime] | None = None,
        graders: Graders | None = None,
    ) -> None:
        self._ledger, self._week, self._zone = ledger, week, zone
        self._graders = graders or Graders()
        self._clock = clock or (lambda: datetime.now(UTC))
        self._lock = Lock()
        self._seen: _Seen | None = None

    def grading(self, person: str) -> Grading:
        """The week as it stands now, with this person's own grades, and of others none but the LLM's that they were shown."""
        with self._lock:
            return self._for(person, self._newest(self._ledger))

    def opening(self, person: str, row: str) -> Grading:
        """The week, and where the call is graded assisted its LLM answers too: that they are shown is committed before."""
        with self._lock:
            seen = self._newest(self._ledger)
            if self._is_to_show(person, row, seen):
                with self._ledger.transaction() as tx:
                    seen = self._newest(tx)
                    if self._is_to_show(person, row, seen):
                        seen = self._show(tx, person, row, seen)
                self._seen = seen
            return self._for(person, seen)

    def _is_to_show(self, person: str, row: str, seen: _Seen) -> bool:
        item = seen.board.queue(person).get(row)
        known = seen.shown.get(person, frozenset())
        if item is None or item.identity in known or item.identity not in seen.answers or seen.board.signed:
            return False
        answered = seen.answers if self._graders.llm.enabled else ()
        rule = Known(answered, begun_blind(seen.own.get(person, ()), person), known)
        return item.identity in assisted_calls(seen.board.sample, seen.board.asked, person, self._graders.blind_first, rule)

    def _show(self, tx: Transaction, person: str, row: str, seen: _Seen) -> _Seen:
        identity = seen.board.queue(person)[row].identity
        add_shown(tx, self._week, person, [identity], self._clock(), self._graders.blind_first)
        own = seen.shown.get(person, frozenset()) | {identity}
        return replace(seen, head=tx.head(), shown={**seen.shown, person: own})

    def keep(self, person: str, write: Write) -> tuple[Written, Grading, datetime]:
        """Runs `write` inside the transaction that keeps what it gives; answers after the commit.

        Raises what `write` raises (nothing is kept then), LedgerError where it cannot be kept.
        """
        at = self._clock()
        with self._lock:
            with self._ledger.transaction() as tx:
                seen = self._newest(tx)
                found = write(self._for(person, seen), at)
                if found.is_new:
                    self._append(tx, person, found, at)
                after = _added(seen, person, found, tx.head())
            self._seen = after
            return found, self._for(person, after), at

    def _append(self, tx: Transaction, person: str, found: Written, at: datetime) -> None:
        add_grades(tx, found.grades)
        if found.draft is not None:
            named = {"week": self._week, "person": person, "row": found.row}
            add_audit(tx, DRAFT, {**named, **found.draft.as_json()}, at)

    def _newest(self, ledger: Ledger | Transaction) -> _Seen:
        head = ledger.head()
        if self._seen is None or self._seen.head != head:
            self._seen = self._read(ledger, head)
        return self._seen

    def _read(self, ledger: Ledger | Transaction, head: str) -> _Seen:
        """Everything anew: somebody else wrote to the ledger."""
        sample = load_sample(ledger, self._week)
        if sample is None:
            raise not_drawn(self._week)
        picks = load_picks(ledger, self._week)
        picked = picked_items(sample, picks)
        asked = {person: (*given, *positions_of(person, picked, picks)) for person, given in sample.design.asked.items()}
        rubric = load_rubric(ledger, sample.rubric_digest)
        whole = sample.model_copy(update={"picked": picked})
        grades = load_grades(ledger, self._week)
        people = [grade for grade in grades if grade.grader.kind == "human"]
        own = {person: tuple(grade for grade in people if grade.grader.name == person) for person in asked}
        return _Seen(
            head=head,
            board=Board(
                whole,
                rubric,
                self._zone,
                asked,
                signed=signed_off(ledger, self._week),
                to_hear=heard_calls(sample, self._graders.heard_per_week),
            ),
            own=own,
            drafts=self._drafts(ledger),
            earlier=timed_seconds(ledger, before=self._week),
            shown=shown(ledger, self._week),
            answers=llm_answers(ledger, whole, grades, self._graders.llm.model),
        )

    def _drafts(self, ledger: Ledger | Transaction) -> dict[str, dict[str, Draft]]:
        found: dict[str, dict[str, Draft]] = {}
        for row in ledger.rows("audit", action=DRAFT):
            held = row["details"]
            if held["week"] == self._week:
                found.setdefault(held["person"], {})[held["row"]] = Draft.from_json(held)
        return found

    def _for(self, person: str, seen: _Seen) -> Grading:
        own, rubric = seen.own.get(person, ()), seen.board.rubric
        pace = measured_pace([*seen.earlier.get(person, ()), *call_seconds(own, rubric).get(person, ())])
        return Grading(
            person=person,
            board=seen.board,
            own=own,
            drafts=seen.drafts.get(person, {}),
            minutes=lambda call: minutes_for(call, rubric, pace),
            measured=pace.calls if pace else 0,
            suggested=_suggested(person, seen),
        )


def _suggested(person: str, seen: _Seen) -> dict[str, dict[str, Grade]]:
    """Row -> question -> the LLM's answer, of the calls of which the person has been shown any."""
    known = seen.shown.get(person, frozenset())
    return {
        row: {key_of(grade.criterion, grade.turn): grade for grade in seen.answers.get(item.identity, ())}
        for row, item in (seen.board.queue(person).items() if known else ())
        if item.identity in known
    }


def _added(seen: _Seen, person: str, found: Written, head: str) -> _Seen:
    """What was seen, and what was just written."""
    own = {**seen.own, person: (*seen.own.get(person, ()), *found.grades)}
    if found.draft is None:
        return replace(seen, head=head, own=own)
    drafts = {**seen.drafts, person: {**seen.drafts.get(person, {}), found.row: found.draft}}
    return replace(seen, head=head, own=own, drafts=drafts)


def desk_week(ledger: Ledger, week: str | None) -> str:
    """The week asked for, else the newest drawn one that is not signed off. Raises UsageError where it is not drawn."""
    drawn = samples(ledger)
    if week is not None and week not in drawn:
        raise not_drawn(week)
    if not drawn:
        raise not_drawn(None)
    return week or next((one for one in reversed(drawn) if not signed_off(ledger, one)), drawn[-1])


def not_drawn(week: str | None) -> UsageError:
    """The week has no sample; None: no week has one."""
    what = f"{week} is not drawn yet" if week else "no week is drawn yet"
    fix = f"evalharness sample --week {week}" if week else "evalharness week"
    return UsageError(what, where="--week", why="the desk shows the drawn calls", fix=fix)
