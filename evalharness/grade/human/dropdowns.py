"""What a form page offers in its cells: the answers to choose from, the question as a prompt, green for what is answered."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.grade.human import layout
from evalharness.grade.human.form import FIRST_ROW, Column, Form
from evalharness.grade.human.guide import prompt_text
from evalharness.xlsx import put_number, put_text, visible

_LISTS_FROM = 10
_DONE = PatternFill("solid", bgColor="E3F3E8")


def offer_answers(sheet: Worksheet, lists: Worksheet, form: Form) -> None:
    """Dropdowns from the lists in the hidden sheet, a prompt with the question, and green for what is answered."""
    for number, column in enumerate(form.columns, start=1):
        letter = get_column_letter(number)
        first = f"{letter}{FIRST_ROW}"
        cells = f"{first}:{letter}{form.last_row}"
        options = _options(column, assisted=form.is_assisted)
        if column.asks or column.key in layout.REMARK_KEYS:
            rule = Rule(
                "expression",
                formula=[f'AND(LEN(TRIM({first}))>0,{first}<>"{layout.NOT_ASKED}")'],
                dxf=DifferentialStyle(fill=_DONE),
            )
            sheet.conditional_formatting.add(cells, rule)
        if options:
            at = lists.max_column + 1
            for row, option in enumerate(options, start=_LISTS_FROM):
                if isinstance(option, int):
                    put_number(lists.cell(row, at), option, "0")
                else:
                    put_text(lists.cell(row, at), option)
            offered = get_column_letter(at)
            source = f"{layout.META}!${offered}${_LISTS_FROM}:${offered}${_LISTS_FROM + len(options) - 1}"
            sheet.add_data_validation(_dropdown(source, column, cells))


def _options(column: Column, *, assisted: bool) -> Sequence[int | str]:
    if column.asks is not None:
        confirm = [layout.CONFIRM] if assisted and layout.can_confirm(column.asks.type, column.asks.answers) else []
        return [*confirm, *column.asks.answers, "N/A"] if column.asks.type != "text" else []
    return {"manner": ["read", "heard"], "transcript_wrong": ["yes", "no"]}.get(column.key, [])


def _dropdown(source: str, column: Column, cells: str) -> DataValidation:
    """A list of answers that refuses others, with question and short answers as a note beside the cell."""
    rule = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=True, showInputMessage=bool(column.asks))
    rule.errorTitle, rule.error = "Not one of the answers", "Please choose from the list; N/A where the question does not arise."
    if column.asks:
        rule.promptTitle, rule.prompt = visible(column.header)[:32], prompt_text(column.asks) or None
    rule.add(cells)
    return rule
