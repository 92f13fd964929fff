"""A breach: something of a week that an alert can be told of, in numbers and ids alone."""

from __future__ import annotations

from typing import Literal

from evalharness.models.noun import Count, Name, Noun
from evalharness.models.week import Week

BreachKind = Literal["missed", "not_proven", "not_measured", "budget", "drift", "logging", "stopped"]


class Breach(Noun):
    """`subject`: the check, budget, criterion or part of the log it is about. `value`, `bar`: None where there is none.

    `said`: the value in words ("unanswered" is above every bar and no number, "no data" is none); `reason`: why it is not met.
    The same (kind, week, subject) is the same breach, whatever its figures are by now. No text of a call stands in it.
    """

    kind: BreachKind
    week: Week
    subject: Name
    value: float | None = None
    bar: float | None = None
    n: Count | None = None
    of: Count | None = None
    currency: str | None = None
    said: str = ""
    reason: str = ""

    @property
    def key(self) -> str:
        """What tells breaches apart."""
        return f"{self.week}|{self.kind}|{self.subject}"
