"""Actions: something to mend is written down, fixed, checked in a later week, or dropped; reports carry it until then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from evalharness.errors import UsageError
from evalharness.flows.decided import text_of
from evalharness.flows.opened import Opened, chosen_week, existing_week, frozen_rubric
from evalharness.models.act import Action, Cause
from evalharness.models.week import week_of
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.records import actions, add_action, load_sample, next_action_id

CAUSES: tuple[str, ...] = get_args(Cause)
LONGEST_NAME = 200
MOST_CALLS = 100


@dataclass(frozen=True)
class Plan:
    """What somebody wants mended: calls by id (or SOURCE:ID), the criterion, the cause, who mends it, until when."""

    calls: Sequence[str]
    criterion: str
    cause: str
    owner: str
    due: str | None = None
    note: str = ""


def add(house: Opened, week: str, plan: Plan, at: datetime) -> Action:
    """Write the action down under the week it was found in.

    Raises UsageError for a call that is not of the week, an unknown criterion or cause, no owner, or a due week that is over.
    """
    fields: dict[str, Any] = {
        "calls": _calls(house, plan.calls, week),
        "criterion": _criterion(house, plan.criterion, week),
        "cause": _cause(plan.cause),
        "owner": _name(plan.owner, "--owner"),
        "due": _due(house, plan.due, week, at),
        "note": text_of(plan.note, "--note", empty=True),
    }
    with house.ledger.transaction() as tx:
        action = Action(id=next_action_id(tx, week), week=week, at=at, **fields)
        add_action(tx, action, at)
    return action


def fix(house: Opened, given: str, version: str, at: datetime) -> Action:
    """Say in which version it was fixed; reports carry it until a later week is checked. Another version where one did not do.

    Raises UsageError for an unknown or closed action, and for the version it has already.
    """
    named = _name(version, "--version")
    with house.ledger.transaction() as tx:
        action = _open(tx, given)
        if action.fixed_in_version == named:
            fix = f"check it: evalharness action check {action.id} --week WEEK"
            raise UsageError(f"{action.id} is fixed in {named} already", where="--version", fix=fix)
        return _changed(tx, action, {"fixed_in_version": named}, at)


def amend(house: Opened, given: str, changed: Mapping[str, str], week: str, at: datetime) -> Action:
    """Change the cause, the owner, the due week or the note of an open action; what it said before is kept.

    `week`: of the report it was changed in. Raises UsageError for an unknown or closed action, and as `add` does.
    """
    rules: Mapping[str, Callable[[str], Any]] = {
        "cause": _cause,
        "owner": lambda text: _name(text, "--owner"),
        "due": lambda text: _due(house, text, week, at),
        "note": lambda text: text_of(text, "--note", empty=True),
    }
    fields = {name: rules[name](text) for name, text in changed.items()}
    with house.ledger.transaction() as tx:
        return _changed(tx, _open(tx, given), fields, at)


def check(house: Opened, given: str, week: str, at: datetime, note: str = "") -> Action:
    """Close a fixed action: the calls of `week`, after the one it was found in, show that it holds.

    Raises UsageError for an unknown or closed action, one that is not fixed yet, and for a week that cannot show it.
    """
    text = text_of(note, "--note", empty=True)
    chosen_week(house, existing_week(week), at)
    with house.ledger.transaction() as tx:
        action = _open(tx, given)
        if action.fixed_in_version is None:
            fix = f"evalharness action fix {action.id} --version VERSION"
            raise UsageError(f"{action.id} is not fixed yet", where=action.id, why="only what was fixed can be checked", fix=fix)
        if week <= action.week:
            why = f"it was found in {action.week}, so a week after that can show that it holds"
            raise UsageError(f"{week} cannot show that {action.id} is fixed", where="--week", why=why, fix="name a later week")
        return _changed(tx, action, {"checked_in_week": week, "check_note": text}, at)


def drop(house: Opened, given: str, reason: str, at: datetime) -> Action:
    """Close an action without a check; it is kept, with the reason.

    Raises UsageError for an unknown or closed action, and without a reason.
    """
    text = text_of(reason, "--reason")
    with house.ledger.transaction() as tx:
        return _changed(tx, _open(tx, given), {"dropped": text}, at)


def listed(house: Opened, at: datetime, *, closed: bool = False) -> tuple[str, tuple[Action, ...]]:
    """The current week, and every action known: open ones, with `closed` all; overdue first, then by due week."""
    week = week_of(at, house.config.zone)
    found = [action for action in actions(house.ledger).values() if closed or action.is_open]
    return week, tuple(sorted(found, key=lambda one: (not one.is_open, not one.is_overdue(week), one.due or "9999-W99")))


def _changed(tx: Transaction, action: Action, fields: dict[str, Any], at: datetime) -> Action:
    found = Action.model_validate({**action.model_dump(), **fields})
    add_action(tx, found, at)
    return found


def _open(ledger: Ledger | Transaction, given: str) -> Action:
    """The open action of that id. Raises UsageError where there is none, or it is closed."""
    known = actions(ledger)
    action = known.get(given.strip().upper())
    if action is None:
        some = [one.id for one in known.values() if one.is_open][-5:]
        raise UsageError(
            f"there is no action {given!r}",
            where="ID",
            why=f"open are {', '.join(some)}" if some else "no action is open",
            fix="see them: evalharness action list",
        )
    if not action.is_open:
        ended = f"checked in {action.checked_in_week}" if action.checked_in_week else f"dropped: {action.dropped}"
        raise UsageError(
            f"{action.id} is closed, {ended}",
            where=action.id,
            why="a closed action is never changed",
            fix="write a new one down: evalharness action add",
        )
    return action


def _calls(house: Opened, given: Sequence[str], week: str) -> tuple[tuple[str, str], ...]:
    """(source, id) of each call, once."""
    if len(given) > MOST_CALLS:
        raise UsageError(f"{len(given)} calls are too many", where="--call", fix=f"name at most {MOST_CALLS} that show it best")
    if not given:
        raise UsageError("no call is named", where="--call", why="an action says where it was found", fix="--call ID")
    return tuple(dict.fromkeys(_call(house, one, week) for one in given))


def _call(house: Opened, given: str, week: str) -> tuple[str, str]:
    """Raises UsageError for a call that the log does not have, has several times, or has in another week."""
    source, _, bare = given.partition(":")
    found = [call for call in house.calls.find(given) if call.id == given]
    found = found or [call for call in house.calls.find(bare) if (call.source, call.id) == (source, bare)]
    weeks = {(call.source, call.id): week_of(call.started_at, house.config.zone) for call in found}
    own = [identity for identity, its in weeks.items() if its == week]
    if len(own) == 1:
        return own[0]
    if own:
        what, why, fix = (
            f"{len(own)} calls have the id {given!r}",
            f"it could be {', '.join(map(':'.join, own))}",
            "write SOURCE:ID",
        )
    elif weeks:
        its = max(weeks.values())
        what, why, fix = f"call {given!r} is of {its}", "an action stands under the week it was found in", f"--week {its}"
    else:
        what, why, fix = (
            f"no call has the id {given!r}",
            "ids are compared letter by letter",
            "see Calls and scores in the workbook",
        )
    raise UsageError(what, where=f"--call, week {week}", why=why, fix=fix)


def _criterion(house: Opened, given: str, week: str) -> str:
    """The criterion's id in the week's rubric, or in the one the next draw takes where the week is not drawn."""
    sample = load_sample(house.ledger, week)
    rubric = frozen_rubric(house, sample) if sample else house.rubric()
    name = given.strip().casefold().replace(" ", "_")
    names = [one.id for one in rubric.criteria()]
    for one in names:
        if one.casefold() == name:
            return one
    raise UsageError(f"{given!r} is no question of the week's rubric", where="--criterion", fix=f"one of {', '.join(names)}")


def _cause(given: str) -> str:
    cause = given.strip().casefold()
    if cause not in CAUSES:
        raise UsageError(
            f"{given!r} is no cause", where="--cause", why="a cause is the part to fix", fix=f"one of {', '.join(CAUSES)}"
        )
    return cause


def _name(given: str, where: str) -> str:
    """A name or version in one line."""
    name = text_of(" ".join(given.split()), where)
    if len(name) > LONGEST_NAME:
        raise UsageError("it is too long", where=where, fix=f"at most {LONGEST_NAME} characters")
    return name


def _due(house: Opened, given: str | None, week: str, at: datetime) -> str | None:
    """The week until which it is to be fixed. Raises UsageError for one that is over, or before the week it was found in."""
    first = max(week_of(at, house.config.zone), week)
    if given is not None and existing_week(given) < first:
        raise UsageError(
            f"it cannot be due in {given}", where="--due", why="that week is over", fix=f"name {first} or a later week"
        )
    return given
