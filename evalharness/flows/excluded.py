"""Graders whose grades are left out of every figure from a week on. Nothing is deleted, and every report says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from evalharness.errors import UsageError
from evalharness.flows.opened import Opened, existing_week
from evalharness.models.grade import Grade
from evalharness.models.noun import word_key
from evalharness.models.severity import Exclusion
from evalharness.store.records import add_audit, load_grades, load_sample, samples

ACTION = "exclude grader"
NEVER = "never"
"""In place of a week: the exclusion is taken back."""


def exclusions(house: Opened, week: str | None = None) -> list[Exclusion]:
    """Who is left out, by name; with `week` only who is by then. A later word on a person replaces the earlier."""
    rows = [row["details"] | {"at": row["at"]} for row in house.ledger.rows("audit", action=ACTION)]
    newest = {str(row["person"]): row for row in rows}
    found = [
        Exclusion(
            person=name,
            start=str(row["start"]),
            reason=str(row["reason"]),
            by=str(row["by"]),
            at=datetime.fromisoformat(str(row["at"])),
        )
        for name, row in sorted(newest.items())
        if row["start"] != NEVER
    ]
    return [one for one in found if week is None or one.start <= week]


def counted_grades(house: Opened, week: str) -> list[Grade]:
    """All revisions of the week's grades in ledger order, without those of people who are left out by then."""
    return counted(load_grades(house.ledger, week), left_out(house, week))


def left_out(house: Opened, week: str) -> frozenset[str]:
    """The people whose grades of that week do not count."""
    return frozenset(one.person for one in exclusions(house, week))


def counted(grades: Iterable[Grade], people: frozenset[str]) -> list[Grade]:
    """The grades without those of these people; no LLM or measurement goes by a person's name."""
    return [grade for grade in grades if grade.grader.kind != "human" or grade.grader.name not in people]


def exclude(house: Opened, person: str, start: str, words: tuple[str, str], at: datetime) -> Exclusion | None:
    """Record that the person's grades are left out from the week on; "never" takes it back (None). `words`: reason, by whom.

    Raises UsageError for a person who never graded or was asked to, a week that does not exist, an empty reason, anybody but
    the owner or the deputy, and where nobody would be left to grade.
    """
    reason, by = (" ".join(word.split()) for word in words)
    who = _decider(house, by)
    name = _known(house, person)
    if not reason:
        raise UsageError(
            "the reason is empty", where="--reason", why="it is kept and shown in every report", fix='--reason "..."'
        )
    if start != NEVER:
        _check_week(start)
        _somebody_left(house, name)
    elif name not in {one.person for one in exclusions(house)}:
        raise UsageError(f"{name} is not left out", where="--from never", why="there is nothing to take back")
    with house.ledger.transaction() as tx:
        add_audit(tx, ACTION, {"person": name, "start": start, "reason": reason, "by": who}, at)
    return None if start == NEVER else Exclusion(person=name, start=start, reason=reason, by=who, at=at)


def _check_week(start: str) -> None:
    try:
        existing_week(start)
    except UsageError as error:
        fix = "write a week such as 2026-W47; never takes an exclusion back"
        raise UsageError(error.what, where="--from", fix=fix) from None


def _decider(house: Opened, by: str) -> str:
    owner = house.config.owner
    for name in (owner.name, owner.deputy):
        if name is not None and word_key(by) == word_key(name):
            return name
    raise UsageError(
        f"{by!r} may not leave a grader out",
        where="--by",
        why=f"one person answers for the agent: {owner.name!r}{f' (deputy: {owner.deputy!r})' if owner.deputy else ''}",
        fix=f'--by "{owner.name}"',
    )


def _known(house: Opened, person: str) -> str:
    asked = {name for week in samples(house.ledger) if (drawn := load_sample(house.ledger, week)) for name in drawn.design.asked}
    names = sorted(asked | set(house.people))
    for name in names:
        if word_key(person) == word_key(name):
            return name
    raise UsageError(f"nobody of the name {person!r} grades here", where="--exclude", why=f"people: {', '.join(names)}")


def _somebody_left(house: Opened, name: str) -> None:
    gone = {one.person for one in exclusions(house)} | {name}
    if not set(house.people) - gone:
        raise UsageError(
            f"without {name} nobody would be left whose grades count",
            where="--exclude",
            why="verdicts rest on people's grades",
            fix="name another person under graders.people first",
        )
