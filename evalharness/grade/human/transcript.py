"""The Transcripts page: one row a turn, a band a call, a way back to the call's scores."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from evalharness import numbers
from evalharness.grade.human.form import FIRST_ROW, Form, Row
from evalharness.grade.human.layout import HEARD_MARK, PICKED_MARK
from evalharness.grade.human.page import finish_page
from evalharness.grade.human.turn_words import speaker_words, tool_text
from evalharness.models.call import Turn
from evalharness.models.sample import SampleItem
from evalharness.xlsx import put_link, put_number, put_text, row_height, split_text

PART = 1_800
"""Characters of a turn in one row: what the greatest row height shows."""

_COLUMNS = (
    ("Call row", 14),
    ("#", 5),
    ("Turn", 6),
    ("Speaker", 14),
    ("At", 8),
    ("Reply after", 11),
    ("Said", 96),
    ("Tool calls", 52),
)
_HEADER_ROW = 2


def write_transcripts(sheet: Worksheet, forms: Sequence[Form], zone: ZoneInfo) -> dict[int, int]:
    """Write the page with the calls of these forms in queue order, times in the zone; gives queue position -> row of the call's
    band, for links. Everything is locked."""
    put_text(sheet["A1"], "Transcripts", "title")
    sheet.row_dimensions[1].height, sheet.row_dimensions[_HEADER_ROW].height = 30, 22
    for at, (name, width) in enumerate(_COLUMNS, start=1):
        put_text(sheet.cell(_HEADER_ROW, at), name, "header")
        sheet.column_dimensions[get_column_letter(at)].width = width
    bands, row = {}, _HEADER_ROW + 1
    places = [(one, form.sheet, at) for form in forms if form.is_of_calls for at, one in enumerate(form.rows, start=FIRST_ROW)]
    for scores, page, at in sorted(places, key=lambda place: place[0].item.position):
        bands[scores.item.position] = row
        _band(sheet, row, scores, (page, f"A{at}"), zone)
        row = _turns(sheet, row + 1, scores.item, scores.id)
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    finish_page(sheet, header_row=_HEADER_ROW)
    return bands


def _band(sheet: Worksheet, row: int, scores: Row, place: tuple[str, str], zone: ZoneInfo) -> None:
    item, call = scores.item, scores.item.call
    minutes = "" if call.duration_s is None else f"{numbers.plain(call.duration_s / 60, 1)} min"
    facts = [
        f"Call {item.position}",
        f"{call.started_at.astimezone(zone):%Y-%m-%d %H:%M} {zone}",
        split_text(call.intent or "", 200)[0],
        minutes,
        PICKED_MARK if item.probability is None else "",
        HEARD_MARK if scores.heard else "",
    ]
    for at in range(2, len(_COLUMNS) + 1):
        put_text(sheet.cell(row, at), "", "band")
    put_link(sheet.cell(row, 1), "◂ score it", *place)
    put_text(sheet.cell(row, 2), "   ·   ".join(fact for fact in facts if fact), "band")
    sheet.row_dimensions[row].height = 22


def _turns(sheet: Worksheet, row: int, item: SampleItem, row_id: str) -> int:
    """Write the turns from this row on; gives the first free row."""
    for turn in item.call.turns:
        tools = "\n".join(tool_text(tool) for tool in turn.tool_calls)
        for said, used in zip_longest(split_text(turn.text, PART), split_text(tools, PART), fillvalue=""):
            _turn_row(sheet, row, (row_id, item.position, turn), (said, used))
            row += 1
    return row


def _turn_row(sheet: Worksheet, row: int, place: tuple[str, int, Turn], texts: tuple[str, str]) -> None:
    row_id, position, turn = place
    put_text(sheet.cell(row, 1), row_id, "locked_top")
    put_number(sheet.cell(row, 2), position, "0", "locked_top")
    put_number(sheet.cell(row, 3), turn.index, "0", "locked_top")
    put_text(sheet.cell(row, 4), speaker_words(turn), "strong")
    put_text(sheet.cell(row, 5), numbers.clock(turn.start_ms), "locked_top")
    put_number(sheet.cell(row, 6), turn.latency.voice_to_voice_ms if turn.latency else None, '#,##0" ms"', "number")
    put_text(sheet.cell(row, 7), texts[0], "shaded" if turn.speaker == "agent" else "wrapped")
    put_text(sheet.cell(row, 8), texts[1], "wrapped")
    wraps = [(speaker_words(turn), _COLUMNS[3][1]), (texts[0], _COLUMNS[6][1]), (texts[1], _COLUMNS[7][1])]
    sheet.row_dimensions[row].height = row_height(wraps)
