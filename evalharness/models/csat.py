"""The CSAT of calls that people handled, against which the agent's is held."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evalharness.models.noun import Name, Noun

Percent = Annotated[float, Field(ge=0, le=100)]


class Baseline(Noun):
    """CSAT of calls that people handled (`csat.baseline` of evalharness.yaml): which part of its `n` answers was 4 or 5 of 5.

    `value` in percent (84, not 0.84); `period` and `question`: when and what was asked, in the owner's words; `by_intent`:
    intent of the log -> percent, where it is known for some or all intents.
    """

    value: Percent
    n: Annotated[int, Field(ge=1)]
    period: Name
    question: str = ""
    by_intent: dict[str, Percent] = Field(default_factory=dict)
