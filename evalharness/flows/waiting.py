"""What waits for a person's decision: disagreements, disputed grades, flagged clear failures; each with what to type."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evalharness.aggregate.inputs import Identity
from evalharness.aggregate.withheld import Held
from evalharness.flows.opened import Opened
from evalharness.flows.standing import Standing
from evalharness.flows.unfinished import awaited
from evalharness.grade.human.guide import level_words
from evalharness.models.act import Dispute
from evalharness.models.grade import Evidence, Grade, Scored
from evalharness.models.removed import removed
from evalharness.models.summary import Disagreement, Flagged

Kind = Literal["disagreement", "dispute", "flag", "cause", "found"]
KINDS: tuple[Kind, ...] = ("disagreement", "dispute", "flag", "cause", "found")
"""In the order listed: people differ, a grade is disputed, a flag on a drawn call, a failure without a cause, a found case."""


@dataclass(frozen=True)
class Said:
    """A grade as a person who decides sees it; `level`: what the rubric says of that answer."""

    grader: str
    kind: str
    value: str
    lane: str
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    level: str = ""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits. `position` None: outside the draw; `command`: what to type, with the words in capitals to fill in;
    `gone`: the mark where the call's text was taken out, else "": whoever decides has the grades alone."""

    kind: Kind
    week: str
    position: int | None
    source: str
    call_id: str
    criterion: str
    turn: int | None
    question: str
    said: tuple[Said, ...]
    command: str
    disputes: tuple[Dispute, ...] = ()
    gone: str = ""


@dataclass(frozen=True)
class Listed:
    """What waits in a week, in order; `held_back`: person -> calls of which something waits that they are still to grade
    blind."""

    items: tuple[Waiting, ...]
    held_back: dict[str, int]


def waiting(house: Opened, known: Standing, *, ungraded: bool = False) -> Listed:
    """What waits in the week. What others say of a call that somebody has not graded to the end is held back, lest they see it,
    unless `ungraded`: by the rule of the reports (`aggregate.withheld`).

    Where people decide on people's grades the LLM's value is not among them: the decision stays blind.
    """
    differing, flagged = [one for one in known.differing if one.waits], list(known.flagged)
    open_ = {} if ungraded or not (differing or flagged) else awaited(house, known.sample)
    held = Held.of(known.rubric, open_, house.config.zone)
    shown = [one for one in differing if held.difference(one) is not None]
    flags = [one for one in flagged if held.flag_shown(one) and not (one.kind == "flag" and _identity(one) in held.awaited)]
    items = [*(_difference(house, known, one) for one in shown), *(_flag(house, known, one) for one in flags)]
    items.sort(key=lambda one: KINDS.index(one.kind))
    hidden = {_identity(one) for one in differing if one not in shown} | {_identity(one) for one in flagged if one not in flags}
    return Listed(tuple(items), dict(Counter(person for call in hidden for person in held.awaited[call])))


def _identity(one: Disagreement | Flagged) -> Identity:
    return one.source, one.call_id


def _difference(house: Opened, known: Standing, one: Disagreement) -> Waiting:
    people = [grade for grade in one.grades if grade.grader.kind == "human"] or list(one.grades)
    disputes = tuple(found for found in one.disputes if not found.decided)
    turn = [] if one.turn is None else ["--turn", str(one.turn)]
    command = shlex.join(["evalharness", "adjudicate", _name(known, one), one.criterion])
    rest = shlex.join([*turn, "--week", known.sample.week])
    by = shlex.quote(_who(house, people))
    return Waiting(
        kind="dispute" if disputes else "disagreement",
        week=known.sample.week,
        position=one.position,
        source=one.source,
        call_id=one.call_id,
        criterion=one.criterion,
        turn=one.turn,
        question=known.rubric.criterion(one.criterion).question,
        said=tuple(_said(known, grade) for grade in people),
        command=f'{command} VALUE --reason "WHY" --by {by} {rest}',
        disputes=disputes,
        gone=_gone(known, one),
    )


def _who(house: Opened, graded: Sequence[Grade]) -> str:
    """Who might decide: somebody who did not grade it, the owner before others; else the owner."""
    owner = house.config.owner
    names = [owner.name, *([owner.deputy] if owner.deputy else []), *house.people]
    own = {grade.grader.name for grade in graded}
    return next((name for name in names if name not in own), owner.name)


def _flag(house: Opened, known: Standing, one: Flagged) -> Waiting:
    command = shlex.join(["evalharness", "confirm", _name(known, one), one.check])
    answer = "yes" if one.kind == "cause" else "yes|no"
    rest = f"--by {shlex.quote(house.config.owner.name)} --tag TAG --cause CAUSE --week {known.sample.week}"
    return Waiting(
        kind=one.kind,
        week=known.sample.week,
        position=one.position,
        source=one.source,
        call_id=one.call_id,
        criterion=one.check,
        turn=None,
        question=known.rubric.criterion(one.check).question,
        said=tuple(_said(known, grade) for grade in one.grades),
        command=f"{command} {answer} {rest}",
        gone=_gone(known, one),
    )


def _gone(known: Standing, one: Disagreement | Flagged) -> str:
    return next((removed(result.call) for result in known.results if result.position == one.position), "")


def _said(known: Standing, grade: Grade) -> Said:
    value = str(grade.value) if isinstance(grade, Scored) else "N/A"
    criterion = known.rubric.criterion(grade.criterion)
    level = next((level_words(criterion, one) for one in criterion.levels if str(one.value) == value), "")
    return Said(grade.grader.name, grade.grader.kind, value, grade.lane, grade.rationale, grade.evidence, level)


def _name(known: Standing, one: Disagreement | Flagged) -> str:
    """What to type for the call: its id, with the source where another graded call has it too or it looks like an option."""
    ids = Counter(identity[1] for identity in dict.fromkeys(grade.identity for grade in known.grades))
    plain = ids[one.call_id] <= 1 and not one.call_id.startswith("-")
    return one.call_id if plain else f"{one.source}:{one.call_id}"
