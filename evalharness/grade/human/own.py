"""What a person's sheet is made of beside the calls: own grades, an LLM's answers to the assisted calls, what to listen to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from evalharness.models.grade import Grade, NotApplicable, Scored

Identity = tuple[str, str]
"""(source, id) of a call."""


ALWAYS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class File:
    """What is known of a file from before. `known_at`: when it was last written or read, None for one that nobody knows; `stale`:
    (row id, criterion or remark) of the cells that said something older than what stood already then."""

    known_at: datetime | None = ALWAYS
    stale: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Own:
    """`grades`: in ledger order; those of others are dropped unseen. `answers`: (source, id) of each assisted call of the person
    -> the LLM's answers to show; of any other call none is shown.
    `heard`: the calls to be listened to; `file`: the one that is read."""

    grades: Sequence[Grade] = ()
    answers: Mapping[Identity, Sequence[Grade]] = field(default_factory=dict)
    heard: Collection[Identity] = ()
    file: File = File()

    def offered(self, identity: Identity, turn: int | None) -> dict[str, Scored | NotApplicable]:
        """Criterion -> the LLM's answer on the call, or on its turn; nothing for a call that is not assisted."""
        return {
            grade.criterion: grade
            for grade in self.answers.get(identity, ())
            if grade.turn == turn and isinstance(grade, Scored | NotApplicable)
        }


NOTHING = Own()
