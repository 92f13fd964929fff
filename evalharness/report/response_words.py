"""What became of the drawn calls, in words; worded once for terminal and workbook. Pure text."""

from __future__ import annotations

from evalharness import numbers
from evalharness.models.measure import Check
from evalharness.models.summary import Nonresponse
from evalharness.report.text import short

_MOST_REASONS, _LONGEST = 3, 40
MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("graded", "graded in full", "a person's answer to every judged criterion stands, N/A included"),
    ("open", "open between two people", "they differ by more than a mean can settle; an adjudicator is waited for"),
    ("skipped", "skipped", "a person skipped it and said why"),
    ("transcript", "transcript wrong", "marked as wrong where that decides an answer"),
    ("ungraded", "passed over", "passed over, or answered in part"),
    ("not_reached", "not reached", "behind the last call that a person dealt with; it counts as nothing"),
)
"""Field of Nonresponse, its name in front of people, what it means: in this order."""


def rows(found: Nonresponse) -> list[tuple[str, int, str]]:
    """Every part of the drawn calls with its count and meaning, also where it is none; they add up to the calls drawn."""
    meanings = {"skipped": reasons(found)}
    return [(name, getattr(found, field), meanings.get(field) or meaning) for field, name, meaning in MEANINGS]


def reasons(found: Nonresponse) -> str:
    """The reasons for which calls were skipped, commonest first: "no sound: 2, other language: 1"; the rest is counted."""
    given = sorted(found.reasons.items(), key=lambda one: (-one[1], one[0]))
    named = [f"{short(reason, _LONGEST)}: {numbers.count(calls)}" for reason, calls in given[:_MOST_REASONS]]
    rest = len(given) - _MOST_REASONS
    return ", ".join([*named, f"{numbers.counted(rest, 'more reason')}"] if rest > 0 else named)


def sentence(found: Nonresponse | None) -> str:
    """What was not graded in full, as one sentence: "In full: 31; 1 skipped (no sound: 1), 3 not reached."; "" if nothing."""
    if found is None or found.graded == found.drawn:
        return ""
    parts = []
    for field, name, _ in MEANINGS[1:]:
        calls = getattr(found, field)
        why = f" ({reasons(found)})" if field == "skipped" and found.reasons else ""
        parts += [f"{numbers.count(calls)} {name}{why}"] if calls else []
    return f"In full: {numbers.count(found.graded)}; {', '.join(parts)}."


def cases(check: Check) -> tuple[str, str]:
    """Worst and best case of a judged rate: the limit on the bad and on the good side of its bar, missing answers in them."""
    measure, threshold = check.measure, check.threshold
    if measure.value is None:
        return numbers.NO_DATA, numbers.NO_DATA
    low, high = (numbers.shown(limit, threshold, measure.currency) for limit in (measure.low, measure.high))
    return (low, high) if threshold.direction in ("at_least", "above") else (high, low)
