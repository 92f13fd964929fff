"""Verdicts in words: of a check, and since when, where the weeks before decided it. Pure text."""

from __future__ import annotations

from evalharness.models.measure import Check, Verdict

VERDICTS: tuple[Verdict, ...] = ("met", "missed", "not_proven", "not_measured")
BY_NEED: tuple[Verdict, ...] = ("missed", "not_proven", "not_measured", "met")
"""The order in which checks are told: what needs somebody first."""
VERDICT_WORDS: dict[Verdict, str] = {
    "met": "met",
    "missed": "missed",
    "not_proven": "not proven",
    "not_measured": "not measured",
}


def shown(check: Check) -> str:
    """The verdict of a check: "met", or "met since 2026-W42" where the rate accumulated since that week decided it."""
    return f"{VERDICT_WORDS[check.verdict]}{since(check)}"


def since(check: Check) -> str:
    """Behind a verdict, the week since which the accumulated rate decided it; "" where this week's calls did."""
    return f" since {check.since.week}" if check.by_since and check.since else ""
