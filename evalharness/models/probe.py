"""A probe: a judge's answers that are asked for to know the judge, not the call. They are no grades and enter no rate."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evalharness.models.grade import Grader, Reason
from evalharness.models.noun import Amount, CallId, Count, Instant, Name, Noun
from evalharness.models.rubric import Identifier
from evalharness.models.week import Week

Role = Literal["grade", "repeat", "mask", "gold", "canary", "beside", "bridge"]
"""What a request is for. `grade`: the call's grades. `repeat`: the same again; `mask`: suspicious spans masked; `gold`: a past
call with people's grades; `canary`: a planted call with known grades; `beside`: gold for a judge that may succeed; `bridge`: a
past call under another rubric. No request says which it is."""


class ProbeAnswer(Noun):
    """A judge's answer to one question: a value, N/A (`value` None and no reason), or none, and why."""

    criterion: Identifier
    turn: Count | None = None
    value: int | str | None = None
    reason: Reason | None = None


class Probe(Noun):
    """The answers to one request that asked for no grades, in form order. `week`: of the run that sent it.

    `digests`: criterion -> digest of its meaning then. `repeat`: which one of several like it.
    """

    role: Role
    week: Week
    source: Name
    call_id: CallId
    repeat: Count = 0
    judge: Grader
    digests: dict[Identifier, str] = Field(default_factory=dict)
    answers: tuple[ProbeAnswer, ...] = ()
    cost_usd: Amount | None = None
    at: Instant

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id) of the call."""
        return self.source, self.call_id
