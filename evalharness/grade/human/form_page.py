"""Writes a form page: head, rows with the grader's own answers, dropdowns."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.grade.human import layout
from evalharness.grade.human.dropdowns import offer_answers
from evalharness.grade.human.form import FILTER_ROW, FIRST_ROW, GUIDE_ROW, HEADER_ROW, KEY_ROW, Column, Form, Row
from evalharness.grade.human.guide import BESIDE_GUIDE, GUIDE_LINE, guide_text
from evalharness.grade.human.offered import offered_text
from evalharness.grade.human.page import A3, finish_page
from evalharness.grade.human.progress import show_progress
from evalharness.grade.human.standing import Standing, answer_text, shown
from evalharness.models.call import Call
from evalharness.models.rubric import Criterion
from evalharness.xlsx import put_link, put_number, put_text, row_height, split_text, text_units, visible

_LONG = 1_500


def write_form(
    sheets: tuple[Worksheet, Worksheet], form: Form, standing: Standing, bands: Mapping[int, int], zone: ZoneInfo
) -> None:
    """Write the page into the first of the sheets, the lists of its dropdowns into the second, hidden one.

    `bands`: queue position -> row of the call in Transcripts; `zone` is for the times and for conditions on hour and weekday.
    """
    sheet, lists = sheets
    _head(sheet, form)
    for at, row in enumerate(form.rows, start=FIRST_ROW):
        for number, column in enumerate(form.columns, start=1):
            cell = sheet.cell(at, number)
            if column.asks is not None:
                _put_answer(cell, column.asks, row, standing, zone)
            elif column.beside is not None:
                put_text(cell, offered_text(row.offered.get(column.beside.id)), "offered")
            elif column.key == layout.LINK.key:
                put_link(cell, "read ▸", layout.TRANSCRIPTS, f"A{bands[row.item.position]}")
            else:
                _put_field(cell, column.key, row, standing, zone)
        wraps = [(str(cell.value or ""), _room(column)) for cell, column in zip(sheet[at], form.columns, strict=True)]
        sheet.row_dimensions[at].height = max(24.0, row_height(wraps))
    offer_answers(sheet, lists, form)
    show_progress(sheet, form)
    sheet.freeze_panes = f"D{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{FILTER_ROW}:{get_column_letter(len(form.columns))}{form.last_row}"
    finish_page(sheet, header_row=HEADER_ROW, paper=A3)


def _head(sheet: Worksheet, form: Form) -> None:
    """Title, hint, the hidden machine row, headings, what each question asks and its answers mean, and the filter's headings."""
    put_text(sheet["A1"], form.heading, "title")
    put_text(sheet["A2"], form.hint, "subtitle")
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 30, 20
    for number, column in enumerate(form.columns, start=1):
        machine = form.identity.text() if column.key == layout.ROW.key else column.spec
        put_text(sheet.cell(KEY_ROW, number), machine, "small")
        put_text(sheet.cell(HEADER_ROW, number), column.header, "header")
        put_text(sheet.cell(GUIDE_ROW, number), _guide(column), "guide")
        put_text(sheet.cell(FILTER_ROW, number), column.header, "locked_text")
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    put_text(sheet.cell(GUIDE_ROW, 1), layout.QUESTION_LABEL, "guide")
    sheet.row_dimensions[KEY_ROW].hidden = True
    headings = row_height([(c.header, c.width - 3) for c in form.columns])  # a filter's arrow takes three characters
    sheet.row_dimensions[HEADER_ROW].height, sheet.row_dimensions[FILTER_ROW].height = headings + 10, headings + 2
    guides = [(str(cell.value or ""), column.width * 1.25) for cell, column in zip(sheet[GUIDE_ROW], form.columns, strict=True)]
    sheet.row_dimensions[GUIDE_ROW].height = row_height(guides, GUIDE_LINE)


def _room(column: Column) -> float:
    """Characters a line of the column holds; the LLM's answers are in smaller print."""
    return column.width * (1.15 if column.beside else 1.0)


def _guide(column: Column) -> str:
    return guide_text(column.asks) if column.asks else BESIDE_GUIDE if column.beside else ""


def _put_answer(cell: Cell | MergedCell, criterion: Criterion, row: Row, standing: Standing, zone: ZoneInfo) -> None:
    """An open cell with the grader's own answer, or a locked one where the question does not arise."""
    call = row.item.call
    if not layout.applies(criterion, call, zone):
        put_text(cell, layout.NOT_ASKED, "not_asked")
        return
    answer = answer_text(standing.at((call.source, call.id, row.turn)).get(criterion.id))
    style = "input_text" if criterion.type == "text" else "input"
    if isinstance(answer, int):
        put_number(cell, answer, "0", style)
    else:
        put_text(cell, answer or "", style)


def _put_field(cell: Cell | MergedCell, key: str, row: Row, standing: Standing, zone: ZoneInfo) -> None:
    call = row.item.call
    if key in layout.REMARK_KEYS:
        _put_remark(cell, key, row, standing)
    elif key == layout.NUMBER.key:
        put_number(cell, row.item.position, "0", "locked")
    elif key == "minutes":
        put_number(cell, None if call.duration_s is None else call.duration_s / 60, "0.0", "locked")
    elif key == layout.PICKED.key:
        picked = row.item.probability is None
        put_text(cell, layout.PICKED_MARK if picked else "drawn", "wrapped" if picked else "locked_text")
    elif key == layout.HEARD.key:
        put_text(cell, layout.HEARD_MARK if row.heard else "", "band" if row.heard else "locked_text")
    elif key == "turn":
        put_number(cell, row.turn, "0", "locked")
    elif key in ("before", "said"):
        put_text(cell, _excerpt(_spoken(call, row.turn or 0, key)), "wrapped")
    else:
        started = call.started_at.astimezone(zone)
        texts = {"row": row.id, "started": f"{started:%Y-%m-%d %H:%M}", "intent": _excerpt(call.intent or "")}
        put_text(cell, texts[key], "locked" if key == "row" else "locked_text")


def _put_remark(cell: Cell | MergedCell, key: str, row: Row, standing: Standing) -> None:
    place = (row.item.call.source, row.item.call.id, row.turn)
    remark, carrier = standing.remark(place), standing.carrier(place)
    if key == "evidence_turn":
        put_number(cell, carrier.evidence[0].turn if carrier and carrier.evidence else None, "0", "input")
    elif key in ("note", "skip_reason"):
        put_text(cell, shown(getattr(remark, key)), "input_text")
    elif key == "manner":
        put_text(cell, (carrier.manner if carrier else "") or "", "input")
    else:
        put_text(cell, "yes" if remark.transcript_wrong else "", "input")


def _spoken(call: Call, turn: int, key: str) -> str:
    """The turn's text, or what the caller said since the agent's last turn before it."""
    at = next(place for place, each in enumerate(call.turns) if each.index == turn)
    if key == "said":
        return call.turns[at].text
    said: list[str] = []
    for each in reversed(call.turns[:at]):
        if each.speaker == "agent" and each.text.strip():
            break
        if each.speaker == "caller":
            said.insert(0, each.text)
    return "\n".join(said)


def _excerpt(text: str) -> str:
    """A text for a narrow cell; where it is cut, it says where the whole stands."""
    if text_units(visible(text)) <= _LONG:
        return text
    return split_text(text, _LONG)[0] + " … (cut here; whole in Transcripts)"
