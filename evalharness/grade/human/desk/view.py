"""What the page of a call shows: its turns, its questions with the grader's own answers, and the state it is in.

Nothing the log says about how a call ended is in it, and no person's grade but their own. An LLM's answer is in it only where
the person has been shown it (the assisted lane).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evalharness import numbers
from evalharness.grade.human.desk.board import Asked, Card, Grading
from evalharness.grade.human.desk.said import NOT_APPLICABLE, quoted
from evalharness.grade.human.desk.suggested import Suggested, suggested
from evalharness.grade.human.guide import level_words
from evalharness.grade.human.layout import title
from evalharness.grade.human.turn_words import speaker_words, tool_text
from evalharness.models.call import Call, ToolCall, Turn
from evalharness.models.grade import Evidence
from evalharness.models.quoting import Part, parts_of
from evalharness.models.rubric import Criterion, Level

SHORT = 60
SILENCE_MS = 3_000.0
BAR_MS, FAST_MS, SLOW_MS = 3_000.0, 600.0, 1_500.0
"""The latency bar is full at 3 s; below 600 ms it is quick, above 1.5 s slow: the bar's two latency thresholds."""
Marks = Mapping[str, Sequence[Evidence]]
"""Name of a mark (a question, a grader's answer) -> its quotes."""
NO_MARKS: Marks = {}


@dataclass(frozen=True)
class ShownTurn:
    """A turn as the page shows it. `bar`: width of the latency bar in percent, `pace` its class; `parts`: its text in pieces."""

    turn: Turn
    speaker: str
    at: str
    text: str
    reply_ms: float | None
    bar: float
    pace: str
    events: tuple[str, ...]
    tools: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Option:
    """An answer to choose: its value, the key that chooses it ("" for none), its words, and whether it fails the call."""

    value: int | str
    key: str
    words: str
    fail: str = ""


@dataclass(frozen=True)
class ShownQuestion:
    """A question as the page shows it."""

    asked: Asked
    heading: str
    hint: str
    options: tuple[Option, ...]
    by_ear: bool
    suggested: Suggested | None = None

    @property
    def type(self) -> str:
        """The criterion's type: which keys answer it."""
        return self.asked.criterion.type

    @property
    def short(self) -> bool:
        """Whether the answers fit beside each other."""
        return self.type != "ordinal" and all(len(option.words) + len(str(option.value)) <= SHORT for option in self.options)


def shown_turns(call: Call, marks: Marks = NO_MARKS) -> list[ShownTurn]:
    """The transcript, turn by turn, with quotes marked in it."""
    return [_turn(turn, before, marks) for turn, before in zip(call.turns, (None, *call.turns), strict=False)]


def _turn(turn: Turn, before: Turn | None, marks: Marks) -> ShownTurn:
    reply = _reply_ms(turn, before)
    pace = "" if reply is None else "quick" if reply < FAST_MS else "slow" if reply > SLOW_MS else "middling"
    quotes = [(name, one.quote) for name, found in marks.items() for one in found if one.turn == turn.index]
    return ShownTurn(
        turn=turn,
        speaker=speaker_words(turn),
        at=numbers.clock(turn.start_ms),
        text=turn.text,
        reply_ms=reply,
        bar=0.0 if reply is None else round(min(reply / BAR_MS, 1.0) * 100, 1),
        pace=pace,
        events=tuple(_events(turn, before)),
        tools=tuple((_tool_heading(tool), tool_text(tool)) for tool in turn.tool_calls),
        parts=parts_of(turn.text, quotes),
    )


def _gap_ms(turn: Turn, before: Turn | None) -> float | None:
    """From the end of the turn before to the start of this one; None where the log does not say."""
    if before is None or turn.start_ms is None or before.end_ms is None:
        return None
    return turn.start_ms - before.end_ms


def _reply_ms(turn: Turn, before: Turn | None) -> float | None:
    """Time to the agent's reply: the log's own figure, else from the times of the two turns."""
    if turn.speaker != "agent" or before is None:
        return None
    if turn.latency is not None and turn.latency.voice_to_voice_ms is not None:
        return turn.latency.voice_to_voice_ms
    gap = _gap_ms(turn, before)
    return gap if before.speaker == "caller" and gap is not None and gap >= 0 else None


def _events(turn: Turn, before: Turn | None) -> Iterator[str]:
    gap = _gap_ms(turn, before)
    if gap is not None and gap >= SILENCE_MS:
        yield f"{numbers.seconds(gap)} of silence before"
    if gap is not None and gap < 0 and before is not None and before.speaker != turn.speaker:
        yield f"spoke {numbers.seconds(-gap)} over the other"
    if turn.heard_filler:
        yield "filler heard"


def _tool_heading(tool: ToolCall) -> str:
    took = "" if tool.duration_ms is None else f", {numbers.figure(tool.duration_ms, 'ms')}"
    return f"{tool.name}{took}" + (": error" if tool.error else "")


def shown_questions(grading: Grading, row: str) -> list[ShownQuestion]:
    """The questions of a call, in the order they are asked."""
    shown = [shown_question(one.criterion, one.turn) for one in grading.board.questions(row)]
    if row not in grading.suggested:
        return shown
    answers = grading.suggested[row]
    return [replace(one, suggested=suggested(one.asked, answers.get(one.asked.key))) for one in shown]


def marks_of(grading: Grading, row: str) -> Marks:
    """The quotes of an LLM's answers that the grader is shown, by question; none for a call graded blind."""
    return {key: grade.evidence for key, grade in grading.suggested.get(row, {}).items()}


def shown_question(criterion: Criterion, turn: int | None) -> ShownQuestion:
    """A question, with nobody's answer."""
    of_turn = "" if turn is None else f", turn {turn}"
    return ShownQuestion(
        asked=Asked(criterion, turn),
        heading=f"{title(criterion.id)}{of_turn}",
        hint=criterion.question,
        options=tuple(_options(criterion)),
        by_ear=criterion.heard,
    )


def _options(criterion: Criterion) -> Iterator[Option]:
    """Answers as they are pressed: levels best first, yes before no, words in the rubric's order; N/A last."""
    levels = {level.value: level for level in criterion.levels}
    values = sorted(criterion.answers, key=_downwards) if criterion.type == "ordinal" else criterion.answers
    for place, value in enumerate(values, start=1):
        level = levels.get(value, Level(value=value))
        yield Option(value, _key(criterion, value, place), _words(criterion, level), level.fail or "")
    yield Option(NOT_APPLICABLE, "0", "the question does not arise")


def _downwards(value: int | str) -> int:
    return -value if isinstance(value, int) else 0


def _key(criterion: Criterion, value: int | str, place: int) -> str:
    if criterion.type == "yes_no":
        return str(value)[0]
    if criterion.type == "ordinal":
        return str(value) if value in range(1, 10) else ""
    return str(place) if place < 10 else ""


def _words(criterion: Criterion, level: Level) -> str:
    return level_words(criterion, level).strip()


def own_state(grading: Grading, row: str) -> dict[str, Any]:
    """The grader's own answers and remarks on a call, for the page's controls."""
    said, remark = grading.said(row), grading.said(row).remark()
    card = next(card for card in grading.cards if card.row == row)
    return {
        "answers": {one.key: said.answer(one.criterion.id, one.turn) for one in grading.board.questions(row)},
        "evidence": {one.key: quoted(said.evidence(one.criterion.id, one.turn)) for one in grading.board.questions(row)},
        "note": remark.note,
        "manner": said.manner,
        "wrong": remark.transcript_wrong,
        "skip": said.skip_reason() if card.state == "skipped" else "",
        "state": card.state,
        "missing": card.missing,
        "words": state_words(card),
        "lane": grading.lane(row),
    }


def state_words(card: Card) -> str:
    """The state of a call in words."""
    if card.state == "started":
        return f"{card.missing} question{'s' if card.missing > 1 else ''} left"
    return "open" if card.state == "open" else card.state


def lane_words(card: Card) -> str:
    """What the lane of a call means for its grades; "" for a blind one."""
    return "Assisted: counts for this call's score and for finding failures, in no rate." if card.assisted else ""


def hear_words(card: Card, *, here: bool) -> str:
    """What is asked of a call that is to be listened to; "" for any other. `here`: its recording can be played here."""
    if not card.to_hear:
        return ""
    if card.heard:
        return "One of this week's calls to listen to: heard."
    how = "" if here else " where its recording is kept (none is configured here)"
    return f"Listen to this one{how}, then mark it as heard."


def hear_state(card: Card) -> str:
    """The mark in the list of a call that is to be listened to."""
    return "heard" if card.heard else "graded, not listened to" if card.state == "graded" else "listen to this one"


def progress(grading: Grading) -> dict[str, Any]:
    """How many calls are done, of how many, and about how many minutes are left, in words."""
    cards = grading.cards
    done = sum(not card.missing for card in cards)
    left = grading.minutes_left()
    how = f"measured on {grading.measured} calls" if grading.measured else "an assumption until 10 calls are timed"
    minutes = "nothing left" if done == len(cards) else f"about {numbers.minutes(max(left, 1.0))} left"
    return {"done": done, "of": len(cards), "minutes": minutes, "rests_on": how}


def found_in(call: Call, words: str) -> int:
    """How many turns of a call hold the words, whatever their case; its id and intent count as one."""
    wanted = words.casefold()
    about = f"{call.id} {call.intent or ''}".casefold()
    return sum(wanted in turn.text.casefold() for turn in call.turns) + (wanted in about)
