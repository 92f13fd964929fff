"""What a person's sheet is made of beside the calls: own grades, an LLM's answers to the assisted calls, what to listen to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from evalharness.models.grade import Grade, NotApplicable, Scored

Identity = tuple[str, str]
"""(source, id) of a call."""


@dataclass(frozen=True)
class Own:
    """`grades`: in ledger order; those of others are dropped unseen. `answers`: (source, id) of each assisted call of the person
    -> the LLM's answers to show; of any other call none is shown. `heard`: the calls to be listened to."""

    grades: Sequence[Grade] = ()
    answers: Mapping[Identity, Sequence[Grade]] = field(default_factory=dict)
    heard: Collection[Identity] = ()

    def offered(self, identity: Identity, turn: int | None) -> dict[str, Scored | NotApplicable]:
        """Criterion -> the LLM's answer on the call, or on its turn; nothing for a call that is not assisted."""
        return {
            grade.criterion: grade
            for grade in self.answers.get(identity, ())
            if grade.turn == turn and isinstance(grade, Scored | NotApplicable)
        }


NOTHING = Own()
