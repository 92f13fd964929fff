"""What a detector gives, and how a figure is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from evalharness.models.call import Call
from evalharness.models.finding import Finding
from evalharness.models.measuring import Measuring

Unit = Literal["count", "share", "ms", "yes_no", "per_minute", "money", "turns"]

TOGETHER = 50
"""So many calls a detector reads before the next one does; what several of them need of a call is kept for so many."""


@dataclass(slots=True)
class Found:
    """What one detector says of one call."""

    values: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Figure:
    """A declared figure: its unit, and what it says in words for reports. `bad`: more of it is worse. `among`: the calls of which
    it is told at all, where it cannot arise in others ("calls handed to a human"): there its absence is no missing data.
    `shown_by`: the figure whose findings show it, where it has none of its own, and their state ("" = any). `within`: the figure
    that is told of exactly the calls in which this one can arise: of those it is missing where it is not told."""

    unit: Unit
    words: str
    bad: bool = True
    among: str = ""
    shown_by: tuple[str, str] | None = None
    within: str = ""


Detector = Callable[[Call, Measuring], Found]
