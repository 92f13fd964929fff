"""The detectors: one small pure function an idea, and their table. What each finds is kept for every call of a week.

A detector takes a call and the settings and gives a Found: `values` for figures it can tell of this call (absent = no data,
never 0 for missing), `findings` with the turns that show it. It reads nothing else, keeps nothing, and does not raise for any
call; findings name turns that exist. FIGURES declares every figure with its unit, so that a figure nobody declared is an error.
A change of what a detector finds raises VERSION: weeks are then measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from evalharness.models.call import Call
from evalharness.models.finding import CallFindings, Finding
from evalharness.models.measuring import Measuring

VERSION = "1"
Unit = Literal["count", "share", "ms", "yes_no", "per_minute", "money", "turns"]


@dataclass
class Found:
    """What one detector says of one call."""

    values: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Figure:
    """A declared figure: its unit, and what it says in words for reports. `bad`: more of it is worse."""

    unit: Unit
    words: str
    bad: bool = True


Detector = Callable[[Call, Measuring], Found]
DETECTORS: Mapping[str, Detector] = {}
"""Name -> detector, in the order they run."""

FIGURES: Mapping[str, Figure] = {}
"""Figure -> what it is. Every name in `Found.values` and `Finding.measure` stands here."""


def findings_of(call: Call, settings: Measuring) -> CallFindings:
    """Everything the detectors say of the call. Raises KeyError for a figure that is not declared: a programmer's mistake."""
    values: dict[str, float] = {}
    findings: list[Finding] = []
    for detect in DETECTORS.values():
        found = detect(call, settings)
        values |= found.values
        findings += found.findings
    for name in (*values, *(finding.measure for finding in findings)):
        FIGURES[name]
    return CallFindings(source=call.source, call_id=call.id, values=values, findings=tuple(findings))
