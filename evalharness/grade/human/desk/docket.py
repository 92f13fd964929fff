"""What waits for a person's decision, as the desk shows it: each case with who said what, and what is said to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from evalharness import numbers
from evalharness.grade.human.desk.change import ChangeError
from evalharness.grade.human.desk.said import NOT_APPLICABLE
from evalharness.models.act import Dispute
from evalharness.models.grade import Evidence
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.rubric import Criterion

Kind = Literal["disagreement", "dispute", "flag", "cause", "found"]
DIFFERENCES: tuple[Kind, ...] = ("disagreement", "dispute")
"""Decided with a value; the others are confirmed: yes or no, and of a yes its error tag and cause."""
MAX_WORDS = 4_000


@dataclass(frozen=True)
class Voice:
    """Who said what, and why; `level`: what the rubric says of that answer; `own`: whether the person who decides said it."""

    grader: str
    kind: str
    value: str
    lane: str
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    level: str = ""
    own: bool = False


@dataclass(frozen=True)
class Case:
    """One thing to decide. `position` None: outside the draw."""

    kind: Kind
    week: str
    position: int | None
    identity: tuple[str, str]
    criterion: Criterion
    turn: int | None
    voices: tuple[Voice, ...]
    disputes: tuple[Dispute, ...] = ()

    @property
    def is_difference(self) -> bool:
        """Whether a value is asked for; else yes or no."""
        return self.kind in DIFFERENCES

    @property
    def id(self) -> str:
        """Its name in an address: of what is asked, not of who said what."""
        asked = [self.week, self.is_difference, *self.identity, self.criterion.id, self.turn]
        return "D-" + digest_of(canonical_json(asked))[:16]

    @property
    def marks(self) -> Mapping[str, Sequence[Evidence]]:
        """The quotes of each voice, by its place."""
        return {str(place): voice.evidence for place, voice in enumerate(self.voices)}


@dataclass(frozen=True)
class Docket:
    """What waits for one person, in order.

    `to_grade`: calls of their own list that they are still to grade, of which nothing is shown; `others`: cases that wait for
    another person, as this one graded them; `after`: flags held back until they have decided where people differ on the call.
    """

    cases: tuple[Case, ...] = ()
    to_grade: int = 0
    others: int = 0
    after: int = 0

    def case(self, name: str) -> Case | None:
        """The case of that name, if it waits for this person."""
        return next((one for one in self.cases if one.id == name), None)


@dataclass(frozen=True)
class Choices:
    """What a confirmed failure may be called, and what may be at fault; "" where a person has said nothing yet."""

    tags: tuple[str, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What a person says to a case: `value` as the commands take it ("na": N/A; yes or no), why, and of a yes tag and cause."""

    case: str
    value: str
    words: str = ""
    tag: str | None = None
    cause: str | None = None


def read_said(body: bytes) -> Said:
    """What the page sent. Raises ChangeError for what no decision is; whether it fits the case is the house's to say."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or not isinstance(sent.get("case"), str):
        raise ChangeError("The page asked for something this version does not know. Reload it.")
    value = sent.get("value")
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise ChangeError("Choose an answer first.")
    return Said(
        case=sent["case"],
        value="na" if value == NOT_APPLICABLE else str(value)[:200],
        words=_words(sent.get("words", "")),
        tag=_name(sent.get("tag")),
        cause=_name(sent.get("cause")),
    )


def _words(sent: Any) -> str:
    if not isinstance(sent, str) or len(sent) > MAX_WORDS:
        raise ChangeError(f"A reason has at most {numbers.count(MAX_WORDS)} characters; this one was not kept.")
    return sent.strip()


def _name(sent: Any) -> str | None:
    return sent[:100] if isinstance(sent, str) and sent else None
