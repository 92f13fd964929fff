"""What people decided of a week's grades and flags, and what somebody who decides has to name: a call, a question, an answer."""

from __future__ import annotations

from evalharness.aggregate.inputs import Decided
from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.noun import word_key
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.sample import SampleItem
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.records import adjudications, confirmations, disputes

NA = ("na", "n/a")
LONGEST = 4000
"""Characters of a reason or note."""


def decided(ledger: Ledger | Transaction, week: str) -> Decided:
    """Every adjudication, dispute and confirmation of the week, in the order given."""
    return Decided(tuple(adjudications(ledger, week).values()), tuple(disputes(ledger, week)), tuple(confirmations(ledger, week)))


def decider(house: Opened, by: str) -> str:
    """The name as configured of the owner, the deputy or somebody who grades; spaces and capitals do not matter.

    Raises UsageError for anybody else.
    """
    owner = house.config.owner
    known = dict.fromkeys([owner.name, *([owner.deputy] if owner.deputy else []), *house.people])
    found = [name for name in known if word_key(name) == word_key(by)]
    if not found:
        raise UsageError(
            f"{by!r} may not decide on this agent's grades",
            where="--by",
            why=f"these people may: {', '.join(known)}",
            fix='--by "NAME", one of them; anybody may dispute a grade: evalharness dispute',
        )
    return found[0]


def text_of(given: str, where: str, *, empty: bool = False) -> str:
    """A reason or note as it is kept. Raises UsageError for an empty one (unless `empty`), a very long one, or broken text."""
    text = given.strip()
    if not text and not empty:
        raise UsageError("the reason is empty", where=where, why="it is kept and shown beside the grades", fix=f'{where} "why"')
    if len(text) > LONGEST:
        raise UsageError(f"{len(text)} characters are too many", where=where, fix=f"say it in at most {LONGEST} characters")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise UsageError("this is no readable text", where=where, why="some of its bytes are not UTF-8", fix="type it again")
    return text


def drawn_call(items: tuple[SampleItem, ...], given: str, week: str) -> SampleItem:
    """The drawn call with this id, or with SOURCE:ID. Raises UsageError."""
    found = [item for item in items if item.call.id == given]
    source, _, bare = given.partition(":")
    found = found or [item for item in items if (item.call.source, item.call.id) == (source, bare)]
    if len(found) == 1:
        return found[0]
    several = ", ".join(f"{item.call.source}:{item.call.id}" for item in found)
    raise UsageError(
        f"{len(found)} drawn calls have the id {given!r}" if found else f"no call with the id {given!r} was drawn",
        where=f"week {week}",
        why=f"it could be {several}" if found else "only drawn calls have grades that decide something",
        fix="write SOURCE:ID" if found else "see the ids in the workbook, Calls and scores, or name the week: --week WEEK",
    )


def question(rubric: Rubric, given: str, turn: int | None) -> Criterion:
    """The criterion of that name. Raises UsageError where there is none, it takes no judgement, or the turn does not fit."""
    name = given.strip().casefold().replace(" ", "_")
    found = next((one for one in rubric.criteria() if one.id.casefold() == name), None)
    judged = [one.id for one in rubric.criteria() if one.type not in ("text", "measured")]
    if found is None or found.id not in judged:
        raise UsageError(
            f"{given!r} is no question of this week's rubric" if found is None else f"{found.id} is not judged by people",
            where="CRITERION",
            why="" if found is None else "a measurement is mended in the log, a text has no value to decide",
            fix=f"one of {', '.join(judged)}",
        )
    if (found.scope == "turn") != (turn is not None):
        fix = "--turn N, the number of the turn" if turn is None else "leave --turn out"
        raise UsageError(f"{found.id} is asked of the {'turn' if turn is None else 'whole call'}", where="--turn", fix=fix)
    return found


def answer_to(criterion: Criterion, given: str) -> int | str | None:
    """The value meant; None = N/A. Raises UsageError for what no answer to the criterion is."""
    name = given.strip().casefold()
    for value in criterion.answers:
        if str(value).casefold() in (name, name.replace(" ", "_")):
            return value
    if name in NA:
        return None
    raise UsageError(
        f"{given!r} is no answer to {criterion.id}",
        where="VALUE",
        fix=f"one of {', '.join(map(str, criterion.answers))}, or na",
    )
