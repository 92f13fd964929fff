"""What the desk needs from the house around it: the week as one grader sees it, and a place that keeps what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from evalharness.grade.human.desk.board import Grading
from evalharness.grade.human.desk.written import Written

Write = Callable[[Grading, datetime], Written]


class House(Protocol):
    """Where the desk's grades come from and go to; safe to call from several threads."""

    def grading(self, person: str) -> Grading:
        """The week as it stands now, with this person's own grades and no others."""
        ...

    def keep(self, person: str, write: Write) -> tuple[Written, Grading, datetime]:
        """Runs `write` on the week as it stands, keeps what it gives, and answers only when that is committed.

        Gives what was written, the week after it, and when it was kept. Raises ChangeError (nothing is kept then),
        LedgerError where it cannot be kept.
        """
        ...
