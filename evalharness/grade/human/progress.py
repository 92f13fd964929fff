"""How far one has come, counted by the spreadsheet program itself: the only formulas of a sheet, none with a text of a call."""

from __future__ import annotations

from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.grade.human.form import FIRST_ROW, Form

_DONE = PatternFill("solid", bgColor="BFE3CB")


def show_progress(sheet: Worksheet, form: Form) -> None:
    """How many rows are answered, before the hint in A2, and the first two cells of such a row in green.

    Answered is a row whose every question, but those for free words, has something in its cell.
    """
    asked = [get_column_letter(at) for at, one in enumerate(form.columns, start=1) if one.asks and one.asks.type != "text"]
    if not asked or not form.rows:
        return
    full = "*".join(f"(LEN({letter}{FIRST_ROW}:{letter}{form.last_row})>0)" for letter in asked)
    counted = "calls" if form.is_of_calls else "turns"
    sheet["A2"].value = f'=SUMPRODUCT({full}*1)&" of {len(form.rows)} {counted} answered.  {form.hint}"'
    sheet["A2"].data_type = "f"
    sheet["A2"].quotePrefix = False
    filled = ",".join(f"LEN(${letter}{FIRST_ROW})>0" for letter in asked)
    rule = Rule("expression", formula=[f"AND({filled})"], dxf=DifferentialStyle(fill=_DONE))
    sheet.conditional_formatting.add(f"A{FIRST_ROW}:B{form.last_row}", rule)
