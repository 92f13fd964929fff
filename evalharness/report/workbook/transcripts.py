"""The sheet "Transcripts": a row a turn of the drawn calls; a long turn goes on in the next row and says so."""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.call import Turn
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report import phrases
from evalharness.report.workbook.page import Content, Number, Page
from evalharness.report.workbook.places import NOTES_WIDTH, TEXT_WIDTH, TRANSCRIPTS, Places, TurnRow

_HEAD = ("call", "id", "turn", "who", "at", "reply after (ms)", "text", "tools and notes")
_WIDTHS = (8, 26, 14, 13, 8, 11, TEXT_WIDTH, NOTES_WIDTH)


def add(workbook: Workbook, summary: WeekSummary, places: Places) -> None:
    """Write the sheet; every second call is shaded, the first turn of a call leads back to its scores."""
    page = Page(workbook, TRANSCRIPTS, _WIDTHS)
    page.header(_HEAD)
    for number, result in enumerate((*summary.results, *summary.picked)):
        style = "even" if number % 2 else "odd"
        rows = places.turns[result.position]
        for at, row in enumerate(rows):
            name: Content = places.score_link(result.position, f"#{result.position}") if at == 0 else f"#{result.position}"
            page.table_row(_row(name, result, row), ["link_top" if at == 0 else style, *[style] * (len(_HEAD) - 1)])
        if not rows:
            page.table_row([f"#{result.position}", result.call.id, "", "", "", None, "no turn in the log", ""], style)
    page.named(TRANSCRIPTS, 1, page.row - 1)
    page.finish(freeze="C2", head=(1, 1))


def _row(name: Content, result: CallResult, row: TurnRow) -> list[Content]:
    turn = row.turn
    number: Content = Number(float(turn.index), "0") if row.parts == 1 else f"{turn.index} ({row.part} of {row.parts})"
    return [
        name,
        result.call.id,
        number,
        phrases.plain(turn.speaker),
        numbers.clock(turn.start_ms),
        _latency(turn) if row.part == 1 else None,
        row.text,
        row.notes,
    ]


def _latency(turn: Turn) -> Content:
    """The voice-to-voice latency the log reports; none is no zero."""
    value = turn.latency.voice_to_voice_ms if turn.latency else None
    return None if value is None else Number(value, "0")
