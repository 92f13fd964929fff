"""What the desk needs from the house around it: the week as one grader sees it, what waits for decisions, and who keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Protocol

from evalharness.grade.human.desk.board import Grading
from evalharness.grade.human.desk.docket import Case, Choices, Docket, Said
from evalharness.grade.human.desk.written import Written
from evalharness.models.call import Call

Write = Callable[[Grading, datetime], Written]


class House(Protocol):
    """Where the desk's grades come from and go to; safe to call from several threads."""

    def grading(self, person: str) -> Grading:
        """The week as it stands now, with this person's own grades and no others; of calls that they have been shown an LLM's
        answers of, these too."""
        ...

    def opening(self, person: str, row: str) -> Grading:
        """As `grading`, for a page of the call that is about to be shown: where the call is graded assisted, that the person
        is shown the LLM's answers is kept before they are given."""
        ...

    def keep(self, person: str, write: Write) -> tuple[Written, Grading, datetime]:
        """Runs `write` on the week as it stands, keeps what it gives, and answers only when that is committed.

        Gives what was written, the week after it, and when it was kept. Raises ChangeError (nothing is kept then),
        LedgerError where it cannot be kept.
        """
        ...


class Bench(Protocol):
    """Where decisions come from and go to, by the rules of the commands `adjudicate` and `confirm`."""

    @property
    def choices(self) -> Choices:
        """Error tags and causes of a confirmed failure."""
        ...

    @property
    def zone(self) -> tzinfo:
        """The workspace's time zone."""
        ...

    def may_decide(self, person: str) -> bool:
        """Whether anything may wait for this person's decision."""
        ...

    def docket(self, person: str) -> Docket:
        """What waits for this person, who may decide."""
        ...

    def opening(self, person: str, case: Case) -> Call:
        """The call of a case that is about to be shown; that an LLM's answer of it is shown is kept before."""
        ...

    def decide(self, person: str, said: Said) -> tuple[list[str], datetime]:
        """Keeps a decision; what was kept in words, and when. Answers only when it is committed.

        Raises ChangeError where it does not wait for this person, UsageError where the commands would refuse it (nothing is
        kept then), LedgerError where it cannot be kept.
        """
        ...
