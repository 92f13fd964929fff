"""Dated changes of the agent, written down by the owner: what a note starts anew, and how one is taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from evalharness.aggregate.epoch import breaks, number_of
from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.call import Change
from evalharness.models.week import bounds
from evalharness.store.records import add_change, changes, numbered_changes, withdraw_change

KINDS = get_args(Change.model_fields["kind"].annotation)
_DAY = len("2026-11-16")


def note(house: Opened, label: str, at: str | None, kind: str, now: datetime) -> Change:
    """Records a change; `at` is local time of the workspace unless it carries an offset. Raises UsageError."""
    if kind not in KINDS:
        raise UsageError(f"{kind!r} is not a kind of change", where="--kind", fix=f"one of {', '.join(KINDS)}")
    if not label.strip():
        raise UsageError("the note is empty", where="TEXT", fix='evalharness note "prompt v12"')
    when = now if at is None else _instant(house, at)
    change = Change.model_validate({"at": when, "label": label.strip()[:200], "kind": kind})
    with house.ledger.transaction() as tx:
        add_change(tx, change, now)
    return change


def withdraw(house: Opened, label: str, at: str | None, reason: str, now: datetime) -> Change:
    """Takes a note back, by its text and, where several have the same, its date: it stays, shown as withdrawn, starting nothing.

    Raises UsageError where the reason is empty or not exactly one note that stands has this text (and date).
    """
    if not reason.strip():
        raise UsageError("the reason is empty", where="--reason", why="it is kept and shown", fix='--reason "typed twice"')
    standing = [(row, one) for row, one in numbered_changes(house.ledger) if not one.withdrawn]
    named = [(row, one) for row, one in standing if one.label == label.strip()]
    when = "" if at is None else local(house, _instant(house, at))[: _DAY if len(at) <= _DAY else None]
    found = [(row, one) for row, one in named if local(house, one.at).startswith(when)]
    several = {(one.at, one.kind) for _, one in found}
    if len(several) != 1:
        raise _not_one(house, label, [one for _, one in named or standing], several=bool(several))
    row, change = found[-1]
    with house.ledger.transaction() as tx:
        withdraw_change(tx, row, " ".join(reason.split())[:200], now)
    return change


def _not_one(house: Opened, label: str, near: list[Change], *, several: bool) -> UsageError:
    listed = "; ".join(f"{one.label}, {local(house, one.at)}" for one in near[-5:])
    return UsageError(
        f"{'several notes read' if several else 'no note that stands reads'} {label!r}" + ("" if several else " at that time"),
        where="--withdraw",
        why=f"notes: {listed}" if listed else "no note stands",
        fix="add --at with its date and time" if several else "write the note's text as `evalharness trend` lists it",
    )


def effect(house: Opened, change: Change, now: datetime) -> list[str]:
    """What a note does to the judged rates that accumulate, and what is odd about its date."""
    said = [_effect(house, change)]
    if change.at > now:
        said.append("this lies in the future; correct it with --withdraw if it is a slip")
    weeks = house.calls.weeks()
    if weeks and change.at < bounds(weeks[0], house.config.zone)[0]:
        nothing = ": it starts nothing anew" if change.kind in ("version", "break") else ""
        said.append(f"this lies before the first week of the call log ({weeks[0]}){nothing}")
    return said


def _effect(house: Opened, change: Change) -> str:
    since = f"from {local(house, change.at)}"
    if change.kind == "break":
        return f"every judged rate starts anew {since}"
    if change.kind != "version":
        return "shown in reports and trends; no rate starts anew (--kind version or break does that)"
    earlier = [one for one in changes(house.ledger) if one.kind == "version" and not one.withdrawn and one.at < change.at]
    before = earlier[-1] if earlier else None
    if before is None:
        return f"judged rates start anew {since}; clear failures go on: the first version noted"
    if not breaks("clear_failure_rate", before, change):
        return f"judged rates start anew {since}; clear failures go on: a minor version after {before.label!r}"
    why = "a new major version" if number_of(change.label) else "no number in the text, so it counts as a new major version"
    return f"judged rates start anew {since}, clear failures too: {why} after {before.label!r}"


def local(house: Opened, at: datetime) -> str:
    """An instant by the workspace's clock."""
    return f"{at.astimezone(house.config.zone):%Y-%m-%d %H:%M}"


def _instant(house: Opened, at: str) -> datetime:
    try:
        given = datetime.fromisoformat(at)
    except ValueError:
        raise UsageError(f"{at!r} is not a date", where="--at", fix="write 2026-11-16 or 2026-11-16T09:00") from None
    return (given if given.tzinfo else given.replace(tzinfo=house.config.zone)).astimezone(UTC)
