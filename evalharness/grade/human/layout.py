"""What the sheet asks and how its rows and columns are known again: questions, drawn turns, row ids, the machine row."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from evalharness.models.call import Call, Turn
from evalharness.models.facts import CallMeasures, facts_of
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.rule import matches, parse_rule

FORMAT = 1
CELL_LIMIT = 32_767
"""That of xlsx, which is not imported for it: an LLM's questions are laid out here too, and need no spreadsheet in memory."""

INSTRUCTIONS, SCORES, TURNS, TRANSCRIPTS, META = "Instructions", "Scores", "Turns", "Transcripts", "meta"
ASSISTED, ASSISTED_TURNS = "Assisted", "Assisted turns"
"""The pages of calls that are graded beside an LLM's answers; a blind call never stands on them, nor an answer elsewhere."""

MAX_TURNS = 10
NOT_ASKED = "not asked"
"""What stands in the locked cell of a question whose condition does not hold for the call."""

QUESTION_LABEL, ANSWERS_LABEL = "Question", "Answers"
"""What may stand in the column of row ids above the rows; "Answers" in sheets written by earlier versions."""

UTC_ZONE = ZoneInfo("UTC")
ROW_ID = re.compile(r"[CT]-[BCDFGHJKLMNPQRSTVWXZ]{8}")
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_UNKNOWN_HERE = re.compile(r"\bp(50|99)_ms\b")


@dataclass(frozen=True)
class Field:
    """A column of the form that is no question: how the machine and a person call it, and its width in characters."""

    key: str
    header: str
    width: float


ROW, NUMBER, LINK = Field("row", "Row", 15), Field("number", "#", 5), Field("link", "Transcript", 12)
ROW_HEADERS = {"calls": "Row", "turns": "Turn row", "assisted": "Assisted row", "assisted_turns": "Assisted turn row"}
"""The heading of the row ids, by form: no other page has it."""
ASSISTED_FORMS = ("assisted", "assisted_turns")

CONFIRM = "ok"
"""What takes the LLM's answer beside the cell, where the question has no such answer of its own."""

PICKED = Field("picked", "Drawn or picked", 20)
"""A column of sheets with calls picked by hand, and of no others."""
HEARD = Field("listen", "Listen", 10)
"""A column of sheets with calls to be listened to, and of no others."""
HEARD_MARK = "♪ listen"

PICKED_MARK = "picked by hand: counts in no figure"

STARTED = Field("started", "Started", 18)
CALL_FACTS = (Field("intent", "Intent", 18), Field("minutes", "Minutes", 10))
TURN_FACTS = (Field("turn", "Turn", 6), Field("before", "Caller said before", 46), Field("said", "Agent said", 60))
NOTE = Field("note", "Note", 40)
CALL_REMARKS = (
    Field("evidence_turn", "Evidence: turn", 11),
    Field("manner", "Read or heard", 11),
    Field("transcript_wrong", "Transcript wrong", 12),
    Field("skip_reason", "Skipped because", 24),
    NOTE,
)
REMARK_KEYS = tuple(field.key for field in CALL_REMARKS)


@dataclass(frozen=True)
class Question:
    """A criterion as the form asks it: enough to read an answer without the rubric.

    `offered`: row id -> the LLM's answer beside the cell, as text or number ("N/A" too); on assisted pages alone.
    """

    criterion: str
    type: str
    answers: tuple[int | str, ...]
    offered: Mapping[str, int | str] = field(default_factory=dict, compare=False)

    def accepted(self) -> str:
        """What may be typed, in words."""
        if self.type == "text":
            return "any text or N/A"
        confirm = [CONFIRM] if self.offered else []
        return ", ".join([*map(str, self.answers), *confirm]) + " or N/A"


def title(criterion_id: str) -> str:
    """The heading of a criterion: `wrong_information` -> "Wrong information"."""
    words = criterion_id.replace("_", " ")
    return words[0].upper() + words[1:]


def asked_of_people(rubric: Rubric, scope: str) -> list[Criterion]:
    """The criteria people grade, of calls or of turns ("call", "turn"), in form order; outcome and checks included."""
    judged = [criterion for criterion in rubric.criteria() if "human" in criterion.graded_by and criterion.type != "measured"]
    return [criterion for criterion in judged if criterion.scope == scope]


def applies(criterion: Criterion, call: Call, zone: ZoneInfo) -> bool:
    """Whether the criterion's condition holds for the call. One on measured latency is not known here: the question is asked."""
    if criterion.when is None or _UNKNOWN_HERE.search(criterion.when):
        return True
    unmeasured = CallMeasures(source=call.source, call_id=call.id)
    return matches(parse_rule(criterion.when), facts_of(call, unmeasured, zone).fields())


def turns_to_grade(call: Call, sample_digest: str) -> list[Turn]:
    """At most 10 agent turns with text, in order: those with the smallest SHA-256 of sample|source|id|turn."""
    spoken = [turn for turn in call.turns if turn.speaker == "agent" and turn.text.strip()]
    drawn = sorted(spoken, key=lambda turn: digest_of(f"{sample_digest}|{call.source}|{call.id}|{turn.index}"))[:MAX_TURNS]
    return sorted(drawn, key=lambda turn: turn.index)


def row_id(sample_digest: str, call: Call, turn: int | None = None) -> str:
    """The name of a row: "C-" (call) or "T-" (turn) and eight consonants, which no program takes for a number, date or word."""
    number = int(digest_of(canonical_json([sample_digest, call.source, call.id, turn])), 16)
    letters = []
    for _ in range(8):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return ("C-" if turn is None else "T-") + "".join(letters)


@dataclass(frozen=True)
class Identity:
    """Which form this is: stands in the first cell of the hidden machine row and in the hidden sheet.

    `rows`: row id -> (queue position, turn index or None) of every row that was written.
    """

    form: str
    week: str
    sample: str
    rubric: str
    grader: str
    rows: Mapping[str, tuple[int, int | None]]

    def text(self) -> str:
        """As the machine row holds it."""
        rows = {name: list(place) for name, place in self.rows.items()}
        return machine_text({"evalharness": FORMAT, **vars(self), "rows": rows})


def identity_from(text: str) -> Identity | None:
    """The identity in a cell; None where the cell holds something else. Raises ValueError for another format version."""
    if not text.startswith('{"evalharness"'):
        return None
    try:
        held = json.loads(text)
        found = held.pop("evalharness")
        rows = {str(name): (int(at), None if turn is None else int(turn)) for name, (at, turn) in held.pop("rows").items()}
        identity = Identity(**{name: str(value) for name, value in held.items()}, rows=rows)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError("its hidden machine row is damaged") from error
    if found != FORMAT:
        raise ValueError(f"it has format {found}, this version reads format {FORMAT}")
    return identity


LLM = "llm:"


def beside(criterion: Criterion) -> Field:
    """The column of the LLM's answers beside a question's."""
    return Field(f"{LLM}{criterion.id}", f"LLM: {title(criterion.id)}", 32)


def field_spec(key: str) -> str:
    """The machine's name of a column that is no question."""
    return machine_text({"field": key})


def question_spec(criterion: Criterion, offered: Mapping[str, int | str] | None = None) -> str:
    """The machine's name of a question's column, with all that is needed to read its answers. `offered`: as in `Question`."""
    asked = {"criterion": criterion.id, "type": criterion.type, "answers": list(criterion.answers)}
    whole = machine_text({**asked, "offered": dict(offered)} if offered else asked)
    return whole if len(whole) <= CELL_LIMIT else machine_text(asked)  # "ok" is then named as unclear, and nothing is guessed


def can_confirm(kind: str, answers: Sequence[int | str]) -> bool:
    """Whether a question's cell may take the LLM's answer by a word: it is no answer of its own, and no free text."""
    return kind != "text" and all(str(answer).casefold() != CONFIRM for answer in answers)


def spec_from(text: str) -> Question | str | None:
    """The question or field key a column's machine text names; None for any other text."""
    try:
        held = json.loads(text) if text.startswith("{") else None
        if isinstance(held, dict) and "field" in held:
            return str(held["field"])
        if isinstance(held, dict):
            return Question(str(held["criterion"]), str(held["type"]), tuple(held["answers"]), dict(held.get("offered", {})))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return None


def machine_text(value: Any) -> str:
    """JSON in ASCII that a cell carries unchanged (no `_x000D_` look-alikes)."""
    return json.dumps(value).replace("_x", "\\u005fx")
