"""docs/workbook.md names what there is: every sheet, every table, every sign."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.workbook.workbook import Workbook

from evalharness import xlsx
from evalharness.report.workbook import write_workbook
from evalharness.report.workbook.actions import MORE_ROWS
from evalharness.report.workbook.trend import LEGEND
from tests.report.moved import moving_trends, what_changed
from tests.report.rich import a_rich_summary

PAGE = (Path(__file__).parents[3] / "docs" / "workbook.md").read_text(encoding="utf-8")


@cache
def fullest() -> Workbook:
    """A week with something on every sheet."""
    return openpyxl.load_workbook(io.BytesIO(write_workbook(a_rich_summary(trend=moving_trends(), moved=what_changed()))))


def test_every_sheet_is_told_in_its_place() -> None:
    """The rows of both tables, in the order of the tabs; Measured stands there where anything was measured."""
    told = re.findall(r"^\| ([A-Z][\w ]+) \| ", PAGE, re.MULTILINE)
    assert [name for name in told if name in fullest().sheetnames] == fullest().sheetnames
    assert set(told) - set(fullest().sheetnames) <= {"Measured"}


def test_every_named_table_is_told() -> None:
    names = {name for sheet in fullest() for name in sheet.tables}
    told = set(re.findall(r"`([A-Z][a-z]+(?:_[a-z]+)*)`", PAGE))
    assert names <= told
    assert told - names <= {"Disagreements"}  # this week has none


def test_the_signs_are_those_of_the_sheets() -> None:
    """The four verdicts, the marks of the charts, and how many empty rows there are for actions (twelve)."""
    assert all(f"| {said}" in PAGE for said in xlsx.VERDICTS.values())
    assert all(sign in PAGE and sign in LEGEND for sign in "◆▲‖")
    assert MORE_ROWS == 12
    assert "twelve empty rows" in PAGE
