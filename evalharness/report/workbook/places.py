"""Where things stand in the workbook: the rows of drawn calls, known before any sheet is written, so that sheets can link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalharness import xlsx
from evalharness.models.call import ToolCall, Turn
from evalharness.models.noun import canonical_json
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report import measured_words
from evalharness.report.text import straight
from evalharness.report.workbook.page import Link

SCORES, TRANSCRIPTS = "Calls and scores", "Transcripts"
SCORES_HEAD, TRANSCRIPTS_HEAD = 2, 1
TEXT_WIDTH, NOTES_WIDTH = 92.0, 44.0
_LIMITS = (1900, 950, 480, 240, 120)


@dataclass(frozen=True)
class TurnRow:
    """A row of the transcripts: a turn, or a further part of a long one (`part` of `parts`, from 1)."""

    turn: Turn
    part: int
    parts: int
    text: str
    notes: str


@dataclass(frozen=True)
class Places:
    """Queue position of a call -> its row in "Calls and scores", its rows in "Transcripts" and where these begin."""

    scores: dict[int, int]
    transcripts: dict[int, int]
    turns: dict[int, tuple[TurnRow, ...]]

    @classmethod
    def of(cls, summary: WeekSummary) -> Places:
        """The places of every drawn call of the week, and behind them of those picked by hand."""
        results = (*summary.results, *summary.picked)
        turns = {result.position: tuple(turn_rows(result)) for result in results}
        starts, row = {}, TRANSCRIPTS_HEAD + 1
        for position, rows in turns.items():
            starts[position] = row
            row += max(len(rows), 1)
        scores = {result.position: SCORES_HEAD + number for number, result in enumerate(results, start=1)}
        return cls(scores, starts, turns)

    def score_link(self, position: int, text: str) -> Link:
        """A link to the call's row in "Calls and scores"."""
        return Link(text, SCORES, f"A{self.scores[position]}")

    def transcript_link(self, position: int, text: str) -> Link:
        """A link to the call's first turn."""
        return Link(text, TRANSCRIPTS, f"A{self.transcripts[position]}")

    def turn_link(self, position: int, turn: int | None, text: str) -> Link:
        """A link to that turn of the call, to the first one where no turn is given."""
        below = next((number for number, row in enumerate(self.turns[position]) if row.turn.index == turn), 0)
        return Link(text, TRANSCRIPTS, f"A{self.transcripts[position] + below}")


def turn_rows(result: CallResult) -> Iterator[TurnRow]:
    """The turns of a call; one too long to be seen in a row goes on in the next, and says so. What was found in the call without
    judging stands with the turns that show it, what no turn shows with the first."""
    for number_of_turn, turn in enumerate(result.call.turns):
        shown = [one for one in result.findings if turn.index in one.turns or (not number_of_turn and not one.turns)]
        beside = "\n".join(filter(None, [turn_notes(turn), *(f"found: {measured_words.found(one)}" for one in shown)]))
        texts, notes = _seen(turn.text, TEXT_WIDTH), _seen(beside, NOTES_WIDTH)
        parts = max(len(texts), len(notes))
        for number in range(parts):
            yield TurnRow(turn, number + 1, parts, *(part[number] if number < len(part) else "" for part in (texts, notes)))


def _seen(text: str, width: float) -> list[str]:
    """The text in parts that each fit the height a row can have."""
    share = width / TEXT_WIDTH
    for limit in _LIMITS:
        parts = xlsx.split_text(straight(text), max(100, int(limit * share)))
        if all(xlsx.row_height([(part, width)]) < xlsx.MAX_ROW_HEIGHT for part in parts):
            break
    return parts


def turn_notes(turn: Turn) -> str:
    """What else the log says of a turn: interrupted, and the tools it called with their results."""
    notes = [name for name, said in (("interrupted", turn.interrupted), ("filler first", turn.heard_filler)) if said]
    return "\n".join([*notes, *map(_tool, turn.tool_calls)])


def _tool(call: ToolCall) -> str:
    state = {True: " (error)", False: "", None: ""}[call.error]
    result = "no result" if call.result is None else call.result
    arguments = "" if call.arguments is None else canonical_json(call.arguments)
    return f"{call.name}({arguments}){state} -> {result}"
