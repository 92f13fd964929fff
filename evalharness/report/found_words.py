"""Failures that the LLM saw in calls outside the sample, in words. Pure text."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness import numbers
from evalharness.models.trust import FoundCase
from evalharness.report import phrases
from evalharness.report.text import short
from evalharness.report.trust_words import without_prompt

HEADING = "Seen by the LLM outside the sample, in no rate: hear and confirm"
HOW = "To read one: evalharness calls show ID. To answer it: evalharness confirm ID CHECK yes|no --by NAME."
_NAMED, _LONGEST = 3, 32


def checks(case: FoundCase) -> str:
    """The checks that the LLM answered with yes."""
    return ", ".join(map(phrases.plain, case.checks))


def sentence(case: FoundCase) -> str:
    """Which call and what the LLM saw: "call-77: wrong information (claude-haiku-5-5)"."""
    return f"{short(case.call_id)}: {checks(case)} ({without_prompt(case.judge)})"


def line(cases: Sequence[FoundCase]) -> str:
    """How many there are, the first three by name."""
    named = [f"{short(case.call_id, _LONGEST)} ({checks(case)})" for case in cases[:_NAMED]]
    rest = f" and {numbers.count(len(cases) - _NAMED)} more" if len(cases) > _NAMED else ""
    count = numbers.counted(len(cases), "call")
    return f"Seen by the LLM outside the sample, in no rate, to hear and confirm: {count}: {', '.join(named)}{rest}"
