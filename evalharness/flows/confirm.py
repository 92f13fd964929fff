"""A person's answer to a flagged clear failure: yes with error tag and cause, or no. It finds failures and decides no rate."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from evalharness.aggregate.final import newest
from evalharness.errors import UsageError
from evalharness.flows.decided import decider, text_of
from evalharness.flows.opened import Opened
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.standing import Standing, standing
from evalharness.models.act import Cause, Confirmation, ErrorTag
from evalharness.models.grade import FinalValue, Grade, Scored
from evalharness.store.records import add_confirmation

CAUSES: tuple[str, ...] = get_args(Cause)
TAGS: tuple[str, ...] = get_args(ErrorTag)


@dataclass(frozen=True)
class Answer:
    """What somebody says to a flag: the call by id (or SOURCE:ID), the check, yes or no, who; of a yes its tag and cause."""

    call: str
    check: str
    answer: str
    by: str
    tag: str | None = None
    cause: str | None = None
    note: str = ""


def confirm(house: Opened, week: str, answer: Answer, at: datetime) -> Confirmation:
    """Keep the answer; another one on the same check supersedes it and needs a note.

    Raises UsageError for an unknown person, call, check, tag or cause, where nobody says that it failed, where people differ,
    and for a no against what a person graded blind.
    """
    decider(house, answer.by)
    known = standing(house, drawn_sample(house, week))
    return answer_flag(house, known, (*_call(known, answer.call, week), _check(known, answer.check)), answer, at)


def answer_flag(house: Opened, known: Standing, place: tuple[str, str, str], answer: Answer, at: datetime) -> Confirmation:
    """As `confirm`, of (source, call id, check), as the week stands. Raises UsageError likewise."""
    by, week, said = decider(house, answer.by), known.sample.week, _yes_or_no(answer)
    identity, check = place[:2], place[2]
    grades = [one for one in newest(known.grades) if one.identity == identity and one.criterion == check]
    flags = [one for one in grades if isinstance(one, Scored) and one.value == "yes"]
    before = [one for one in known.decided.confirmations if (*one.identity, one.check) == (*identity, check)]
    failed = _check_open(known, (*identity, check), said, flags)
    if before and not answer.note.strip():
        raise UsageError(
            f"{before[-1].by} answered it already: {before[-1].answer}",
            where=f"call {identity[1]}, {check}",
            why="both answers are kept, so the new one says why",
            fix='--note "why"',
        )
    note = text_of(answer.note, "--note", empty=True)
    found = Confirmation.model_validate(
        {
            "week": week,
            "source": identity[0],
            "call_id": identity[1],
            "check": check,
            "answer": said,
            "by": by,
            "note": note,
            **_tag_and_cause(answer, said),
            "flagged_by": () if failed else tuple(dict.fromkeys(g.grader.name for g in flags if g.grader.kind != "human")),
            "drawn": identity in {item.identity for item in known.sample.items},
            "at": at,
        }
    )
    with house.ledger.transaction() as tx:
        add_confirmation(tx, found, at)
    return found


def _check(known: Standing, given: str) -> str:
    names = [check.id for check in known.rubric.checks]
    name = given.strip().casefold().replace(" ", "_")
    for one in names:
        if one.casefold() == name:
            return one
    raise UsageError(
        f"{given!r} is no clear-failure check of this week's rubric",
        where="CHECK",
        fix=f"one of {', '.join(names)}" if names else "the rubric has no checks",
    )


def _yes_or_no(answer: Answer) -> str:
    said = answer.answer.strip().casefold()
    if said not in ("yes", "no"):
        raise UsageError(
            f"{answer.answer!r} is neither yes nor no", where="ANSWER", fix="yes: it is a clear failure; no: it is none"
        )
    if said == "no" and (answer.tag or answer.cause):
        raise UsageError("what is no failure has neither tag nor cause", where="--tag, --cause", fix="leave them out, or say yes")
    return said


def _tag_and_cause(answer: Answer, said: str) -> dict[str, Any]:
    """The two as kept. Raises UsageError where a yes lacks one, or one is not on its list."""
    if said == "no":
        return {}
    for option, given, known in (("--tag", answer.tag, TAGS), ("--cause", answer.cause, CAUSES)):
        if given not in known:
            raise UsageError(
                f"{given!r} is not on the list" if given else "a confirmed failure names its error tag and the cause to fix",
                where=option,
                why="what is not named is not mended",
                fix=f"one of {', '.join(known)}",
            )
    return {"tag": answer.tag, "cause": answer.cause}


def _call(known: Standing, given: str, week: str) -> tuple[str, str]:
    """(source, id) of a drawn call or of one that the LLM graded outside the draw. Raises UsageError."""
    calls = dict.fromkeys([*(item.identity for item in known.sample.items), *(one.identity for one in known.grades)])
    source, _, bare = given.partition(":")
    found = [one for one in calls if one[1] == given] or [one for one in calls if one == (source, bare)]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{len(found)} graded calls have the id {given!r}" if found else f"no graded call has the id {given!r}",
        where=f"week {week}",
        fix="write SOURCE:ID" if found else "see what is flagged: evalharness adjudicate",
    )


def _check_open(known: Standing, place: tuple[str, str, str], said: str, flags: Sequence[Grade]) -> bool:
    """Whether people saw the failure without a flag. Raises UsageError where nothing is to confirm, or people decide first."""
    result = next((one for one in known.results if (one.call.source, one.call.id) == place[:2]), None)
    final = result.final[place[2]] if result else FinalValue(criterion=place[2], state="ungraded")
    call = shlex.quote(place[1])
    if final.conflict:
        fix = f'evalharness adjudicate {call} {place[2]} yes|no --reason "why" --by "NAME"'
        raise UsageError("people differ on it", where=place[2], why="it waits for a decision first", fix=fix)
    stands = _stands(final)
    if stands == "no" or stands not in (None, said):
        what = "an adjudicator decided that it is no failure" if stands == "no" else "a person said yes to it"
        fix = f'evalharness dispute {call} {place[2]} --reason "why" --by "NAME"'
        raise UsageError(what, where=place[2], why="that stands until it is disputed and decided", fix=fix)
    if stands != "yes" and not flags:
        raise UsageError(
            f"nobody says that the call failed under {place[2]}",
            where=f"call {place[1]}",
            why="a confirmation answers a flag of an LLM or a measurement, or names the cause of a failure that people saw",
            fix="what is flagged: evalharness adjudicate",
        )
    return stands == "yes"


def _stands(final: FinalValue) -> str | None:
    """What no confirmation changes: an adjudicator's answer, or a blind yes."""
    if final.by == "adjudicated":
        return "yes" if final.value == "yes" else "no"
    return "yes" if final.by == "human" and final.value == "yes" and not final.assisted else None
