"""The calls of the log in short, so that an id can be found."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.facts import CallFacts


def listed(house: Opened, week: str | None = None) -> Iterator[CallFacts]:
    """The calls of a week by start, source and id; without one of every week, the newest week first. Read a week at a time.

    Raises UsageError for a week of which the log has no call.
    """
    weeks = house.calls.weeks()
    if week is not None and week not in weeks:
        held = f"it has calls of {', '.join(weeks[-5:])}" if weeks else "it is empty"
        raise UsageError(
            f"no call of {week} is in the log", where="--week", why=held, fix="name one of these, or leave --week out"
        )
    for one in reversed(weeks) if week is None else [week]:
        yield from house.calls.facts(one)
