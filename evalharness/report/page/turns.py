"""A transcript, turn by turn: the words with what graders quote of them, the wait before a reply, tools, what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalharness import numbers
from evalharness.models.call import Turn
from evalharness.models.quoting import Part, parts_of
from evalharness.models.summary import CallResult
from evalharness.report import grade_words, measured_words, phrases
from evalharness.report.grade_words import AnyGrade
from evalharness.report.page import anchors
from evalharness.report.workbook.places import turn_notes

BAR_MS, QUICK_MS, SLOW_MS = 3_000.0, 600.0, 1_500.0
"""The bar of a reply is full at 3 s; below 600 ms it is quick, above 1.5 s slow: the two bars of latency."""
MOST_TEXT, MOST_NOTES = 4_000, 400
_WHOLE = "whole in the workbook, sheet Transcripts"


@dataclass(frozen=True)
class ShownTurn:
    """A turn as the page shows it. `wait`: the time to the reply, `width` of its bar from 0 to 60, `pace` a letter for
    quick, middling, slow; `name`: its place in the page, "" where nothing leads to it."""

    index: int
    name: str
    speaker: str
    look: str
    at: str
    pieces: tuple[Part, ...]
    wait: str
    width: str
    pace: str
    graded: tuple[str, ...]
    notes: tuple[str, ...]


def cut(text: str, most: int) -> str:
    """The text; of one longer than `most` characters its beginning, how much is left out, and where the whole stands."""
    if len(text) <= most:
        return text
    return f"{text[:most]} (cut here: {numbers.counted(len(text) - most, 'more character')}; {_WHOLE})"


def shown_turns(result: CallResult) -> Iterator[ShownTurn]:
    """Every turn of the call in the log's order."""
    named = anchors.led_to(result)
    for turn, before in zip(result.call.turns, (None, *result.call.turns), strict=False):
        name = anchors.of_turn(result.position, turn.index) if turn.index in named else ""
        yield _turn(result, turn, before, name)


def _turn(result: CallResult, turn: Turn, before: Turn | None, name: str) -> ShownTurn:
    wait = reply_ms(turn, before)
    quotes = [(_who(grade), item.quote) for grade in result.grades for item in grade.evidence if item.turn == turn.index]
    return ShownTurn(
        index=turn.index,
        name=name,
        speaker=phrases.plain(turn.speaker),
        look=turn.speaker[:1],
        at=numbers.clock(turn.start_ms),
        pieces=parts_of(cut(turn.text, MOST_TEXT), quotes),
        wait="" if wait is None else numbers.figure(wait, "ms"),
        width="" if wait is None else f"{min(wait / BAR_MS, 1) * 60:.0f}",
        pace="" if wait is None else "q" if wait < QUICK_MS else "s" if wait > SLOW_MS else "m",
        graded=tuple(_graded(result.grades, turn.index)),
        notes=tuple(_notes(result, turn, opening=before is None)),
    )


def reply_ms(turn: Turn, before: Turn | None) -> float | None:
    """Milliseconds to the agent's reply: the log's own figure, else from the times of the caller's turn before it and its own.

    None where nothing tells: missing is never zero. A reply that began before the caller had ended is an overlap, not a latency.
    """
    if turn.speaker != "agent" or before is None:
        return None
    if turn.latency is not None and turn.latency.voice_to_voice_ms is not None:
        return turn.latency.voice_to_voice_ms
    if before.speaker != "caller" or turn.start_ms is None or before.end_ms is None:
        return None
    gap = turn.start_ms - before.end_ms
    return gap if gap >= 0 else None


def _who(grade: AnyGrade) -> str:
    return f"{phrases.plain(grade.criterion)}, {grade.grader.name}"


def _graded(grades: Sequence[AnyGrade], turn: int) -> Iterator[str]:
    """What graders answered of this turn alone."""
    standing = {grade.slot: grade for grade in grades if grade.turn == turn}
    for grade in standing.values():
        yield f"{phrases.plain(grade.criterion)} {grade_words.answer(grade)} ({grade.grader.name})"


def _notes(result: CallResult, turn: Turn, *, opening: bool) -> Iterator[str]:
    """What the log says beside the words, and what was found in the turn; what no turn shows stands with the first."""
    if beside := turn_notes(turn):
        yield cut(beside, MOST_NOTES)
    for one in result.findings:
        if turn.index in one.turns or (opening and not one.turns):
            yield f"found: {measured_words.found(one)}"
