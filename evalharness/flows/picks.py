"""Calls that a person adds to a drawn week by hand: graded on a sheet like the others, in no figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evalharness.errors import SignOffError, UsageError
from evalharness.flows.draw import assignments, measured
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.flows.sheets import SheetState, drawn_sample, exchange_sheets
from evalharness.models.call import Call
from evalharness.models.facts import facts_of
from evalharness.models.noun import word_key
from evalharness.models.rule import matches
from evalharness.models.sample import Pick, WeeklySample
from evalharness.models.week import week_of
from evalharness.store.records import add_grades, add_picks, load_picks, signed_off

_NEAR = 5
"""How many ids an error lists."""


@dataclass(frozen=True)
class PickWish:
    """What somebody wants to add: calls by id (or SOURCE:ID), why, and on whose sheet (None: the owner's)."""

    ids: tuple[str, ...]
    reason: str
    person: str | None = None


def pick(house: Opened, week: str, wish: PickWish, at: datetime) -> tuple[list[Pick], list[SheetState]]:
    """Keeps the picks, all or none, with the measured grades of their calls; then exchanges the week's sheets.

    Raises SignOffError for a signed week; UsageError where the week is not drawn, the reason is empty, the person has no
    sheet, or a call is unknown, of another week or agent, without a transcript, drawn already, or on that sheet already.
    """
    _check_unsigned(house, week)
    sample = drawn_sample(house, week)
    person = _person(house, sample, wish.person)
    if not wish.reason.strip():
        raise UsageError("the reason is empty", where="--reason", why="it is kept and shown", fix='--reason "what is odd"')
    calls = [_call(house, sample, one) for one in dict.fromkeys(wish.ids)]
    _check_new(sample, calls, person, load_picks(house.ledger, week))
    picks = [Pick(week=week, call=call, person=person, reason=" ".join(wish.reason.split()), at=at) for call in calls]
    with house.ledger.transaction() as tx:
        add_picks(tx, picks)
        add_grades(tx, measured(house, sample, calls, frozen_rubric(house, sample), at))
    return picks, exchange_sheets(house, week, at)


def _check_unsigned(house: Opened, week: str) -> None:
    if signed_off(house.ledger, week):
        raise SignOffError(
            "the week is signed off; nothing is added to it",
            where=f"week {week}",
            why="a signed week keeps its calls and its figures",
            fix="a note can say what is odd about it: evalharness note",
        )


def _person(house: Opened, sample: WeeklySample, given: str | None) -> str:
    known = {word_key(name): name for name in assignments(sample)}
    wanted = given or house.config.owner.name
    found = known.get(word_key(wanted))
    if found is None:
        raise UsageError(
            f"{wanted!r} has no grading sheet this week",
            where="--for",
            why=f"sheets have: {', '.join(known.values()) or 'nobody'}",
            fix='--for "NAME", one of these people',
        )
    return found


def _call(house: Opened, sample: WeeklySample, given: str) -> Call:
    """The call meant, if it can be graded in this week."""
    call = house.calls.calls([_identity(house, sample.week, given)])[0]
    started = week_of(call.started_at, house.config.zone)
    rule = sample.design.scope_rule
    facts = facts_of(call, house.calls.measures([(call.source, call.id)])[call.source, call.id], house.config.zone)
    drawn = next((item.position for item in sample.items if item.identity == (call.source, call.id)), None)
    if started != sample.week:
        raise _refused(given, f"is a call of {started}, not of {sample.week}", f"name that week: --week {started}")
    if rule is not None and not matches(rule, facts.fields()):
        raise _refused(given, "is not one of this agent's calls (scope)", "pick a call that the scope lets in")
    if not call.has_transcript:
        raise _refused(given, "has no transcript", "only what was said can be graded; pick a call with a transcript")
    if drawn is not None:
        raise _refused(given, f"is drawn already, #{drawn} of the queue", "grade it there; it counts in every figure")
    return call


def _identity(house: Opened, week: str, given: str) -> tuple[str, str]:
    """(source, id) of the call with this id, of any source; else of SOURCE:ID."""
    found = house.calls.named([given])
    source, _, name = given.partition(":")
    found = found or [identity for identity in house.calls.named([name] if name else []) if identity[0] == source]
    if not found:
        raise _refused(given, "is no call of the call log", _near(house, week, name or given))
    if len(found) > 1:
        named = ", ".join(f"{source}:{name}" for source, name in found)
        raise _refused(given, f"is the id of {len(found)} calls: {named}", "name it with its source, as listed")
    return found[0]


def _near(house: Opened, week: str, given: str) -> str:
    """The ids of the week that begin like the one typed: as much of it as any id begins with."""
    ids = [call.id for call in house.calls.facts(week) if call.has_transcript]
    for length in range(len(given), 0, -1):
        found = [one for one in ids if one.startswith(given[:length])]
        if found:
            return f"ids of {week} that begin with {given[:length]!r}: {', '.join(found[:_NEAR])}" + (
                f" and {len(found) - _NEAR} more" if len(found) > _NEAR else ""
            )
    return f"ids of {week} look like {', '.join(ids[:_NEAR])}"


def _check_new(sample: WeeklySample, calls: Sequence[Call], person: str, picks: Sequence[Pick]) -> None:
    there = {pick.identity for pick in picks if pick.person == person}
    for call in calls:
        if (call.source, call.id) in there:
            raise _refused(call.id, f"is picked already and on the sheet of {person}", f"evalharness sample --week {sample.week}")


def _refused(call_id: str, what: str, fix: str) -> UsageError:
    return UsageError(f"{call_id!r} {what}", where="--pick", why="nothing was picked", fix=fix)
