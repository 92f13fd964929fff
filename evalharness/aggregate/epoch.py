"""Where an accumulated rate begins: the first week, or the last point at which it became another rate. DOMAIN: The bar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.meaning import SCOPE, Meaning, differing, questions
from evalharness.models.call import Change
from evalharness.models.week import bounds, week_of

KEPT_ACROSS_MINOR_VERSIONS = ("clear_failure_rate",)
"""Rates whose bar needs hundreds of calls: a minor version of the agent does not start them anew."""

_NUMBER = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Epoch:
    """From when calls count: `start` in `week` (None = from the week's beginning), and why just there."""

    week: str
    start: datetime | None
    why: str


def epoch(measure: str, history: Sequence[PastWeek], changes: Sequence[Change], zone: ZoneInfo) -> Epoch:
    """The epoch of a judged rate for the last week of `history` (oldest first, at least one).

    It is the latest of: the first week; the week from which criteria and scope are what they are now; the last declared
    break; the last declared version (of a rate that is kept across minor versions: the last one of another leading number).
    """
    begun = _same_meaning(measure, history)
    declared = _declared(measure, _until(history[-1].week, changes, zone))
    if declared is not None and declared.at > bounds(begun.week, zone)[0]:
        return Epoch(week_of(declared.at, zone), declared.at, f"{_KIND[declared.kind]}: {declared.label}")
    return begun


VERSION = "declared version"
_KIND = {"version": VERSION, "break": "declared break"}


def newest_version(history: Sequence[PastWeek], changes: Sequence[Change], zone: ZoneInfo) -> Epoch | None:
    """From the last declared version on; None where none was declared after the first week began."""
    versions = [one for one in _until(history[-1].week, changes, zone) if one.kind == "version"]
    if not versions or versions[-1].at <= bounds(history[0].week, zone)[0]:
        return None
    last = versions[-1]
    return Epoch(week_of(last.at, zone), last.at, f"{VERSION}: {last.label}")


def _until(week: str, changes: Sequence[Change], zone: ZoneInfo) -> list[Change]:
    end = bounds(week, zone)[1]
    return sorted((one for one in changes if one.at < end and not one.withdrawn), key=lambda one: one.at)


def _same_meaning(measure: str, history: Sequence[PastWeek]) -> Epoch:
    now, first, why = _meaning(measure, history[-1]), history[-1].week, ""
    for past in reversed(history[:-1]):
        changed = differing(_meaning(measure, past), now)
        if changed:
            why = ", ".join(changed)
            break
        first = past.week
    return Epoch(first, None, why or "the first week")


def _meaning(measure: str, past: PastWeek) -> Meaning:
    return {**questions(measure, past.rubric), SCOPE: past.design.scope or ""}


def _declared(measure: str, changes: Sequence[Change]) -> Change | None:
    """The last declared break of this rate."""
    found, before = None, None
    for change in changes:
        if change.kind == "break" or (change.kind == "version" and breaks(measure, before, change)):
            found = change
        before = change if change.kind == "version" else before
    return found


def breaks(measure: str, before: Change | None, now: Change) -> bool:
    """Whether a declared version starts the judged rate anew; `before`: the version declared last before it."""
    if measure not in KEPT_ACROSS_MINOR_VERSIONS:
        return True
    return before is not None and _major(before.label) != _major(now.label)


def number_of(label: str) -> str | None:
    """The number of the version in a label: "2.0.1" of "v2.0.1: old model again"; None where there is none."""
    found = _NUMBER.search(label)
    return found.group() if found else None


def _major(label: str) -> str:
    """The leading number of the version in a label: "2" of "v2.0.1"; the label itself where there is none."""
    found = number_of(label)
    return found.split(".")[0] if found else label
