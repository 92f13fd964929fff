"""The calls of the log in short, so that an id can be found."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.facts import CallFacts
from evalharness.models.week import monday


def listed(house: Opened, week: str | None = None) -> Iterator[CallFacts]:
    """The calls of a week by start, source and id; without one of every week, the newest week first. Read a week at a time.

    Raises UsageError for a word that is no week, and for a week of which the log has no call.
    """
    if week is not None:
        _checked(week)
    weeks = house.calls.weeks()
    if week is not None and week not in weeks:
        held = f"it has calls of {', '.join(weeks[-5:])}" if weeks else "it is empty"
        raise UsageError(
            f"no call of {week} is in the log", where="--week", why=held, fix="name one of these, or leave --week out"
        )
    for one in reversed(weeks) if week is None else [week]:
        yield from house.calls.facts(one)


def weeks_counted(house: Opened) -> dict[str, int]:
    """How many calls the log has of each week, in time order."""
    return {week: tally.calls for week, tally in house.calls.tallies(house.calls.weeks()).items()}


def _checked(week: str) -> None:
    try:
        monday(week)
    except ValueError as error:
        raise UsageError(str(error), where="--week", fix="write it as year, W and two digits, or leave --week out") from None
