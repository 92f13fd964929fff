"""Which way a measure is good: for words such as "better" and "worse". Pure; "up" and "down" where nobody has said."""

from __future__ import annotations

from typing import Literal

from evalharness.models.measure import Unit
from evalharness.models.threshold import Threshold

Way = Literal["better", "worse", "up", "down"]
_GOOD_HIGH = ("resolution_rate", "verified_resolution_rate", "owner_reviewed_calls", "csat_share", "csat_transferred",
              "escalation_precision", "escalation_recall")  # fmt: skip
_GOOD_LOW = ("clear_failure_rate", "technical_failure_rate", "cost_per_call", "csat_gap_points", "slow_calls", "automatic_fails")


def rises_well(name: str, unit: Unit | None = None, bar: Threshold | None = None) -> bool | None:
    """Whether more of it is better: by its bar, else by what it is; None where that is nobody's to say (containment)."""
    if bar is not None:
        return bar.direction in ("at_least", "above")
    if name in _GOOD_HIGH or name.startswith("share_4_5.") or unit == "score":
        return True
    return False if name in _GOOD_LOW or name.startswith(("latency_p", "calls_with.")) else None


def way(name: str, difference: float, unit: Unit | None = None, bar: Threshold | None = None) -> Way:
    """What a difference is to the reader: "worse" for 204 ms more, "up" where neither is better."""
    good = rises_well(name, unit, bar)
    if good is None:
        return "up" if difference > 0 else "down"
    return "better" if (difference > 0) == good else "worse"
