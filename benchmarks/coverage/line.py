"""One line of the table of simulations: what was simulated, the share that came out, and the limit it has to keep."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

CHANCE = 3.0
"""Standard errors of the simulation itself that a figure may lie on the wrong side of its limit."""


@dataclass(frozen=True)
class Line:
    """`figure` ("coverage", "false met", ...) came out as `value`, a share of `runs` simulated weeks or years.

    `limit`: what it has to be at least or at most (None = shown for information). `width`: mean width of the interval.
    """

    method: str
    setting: str
    n: int
    figure: str
    value: float
    runs: int
    limit: float | None = None
    side: Literal["at least", "at most"] = "at least"
    width: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the limit is kept, but for the chance error of the simulation."""
        if self.limit is None:
            return True
        error = CHANCE * math.sqrt(self.limit * (1 - self.limit) / self.runs)
        return self.value >= self.limit - error if self.side == "at least" else self.value <= self.limit + error

    def text(self) -> str:
        """The line as printed, 130 columns at most."""
        width = "" if self.width is None else f"{self.width:.3f}"
        bar = "" if self.limit is None else f"{self.side} {self.limit:g}"
        mark = "" if self.holds else "  NOT KEPT"
        return f"{self.method:<26}{self.setting:<44}{self.n:>5}  {self.figure:<14}{self.value:>7.3f}{width:>8}  {bar:<13}{mark}"
