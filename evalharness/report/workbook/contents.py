"""What stands where: links at the head of the sheet Details to its tables and to the sheets behind it."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.report.text import short
from evalharness.report.workbook.page import Link, Page

_ROWS = 12
_GROUPS = ((1, 3), (4, 7), (8, 13))
_LONGEST = 64
_LEADS = "→"
_SHEETS = {
    "What changed": "this week beside the one before, group by group",
    "Trend": "charts with intervals, weeks, alarms, every measure",
    "Trend by group": "by intent, version, hour and stratum",
    "Disagreements": "where graders differ, side by side",
    "Transcripts": "every turn of the drawn calls",
    "Measured": "voice, tools, failure handling, handoffs, how full the log is",
    "Method": "how each figure is made, and from what",
    "Trend data": "every measure and week as a table of numbers",
}
"""A sheet behind Details and what is in it."""


def reserve(page: Page) -> int:
    """Leave room for the links; the first of these rows, for `fill_in` once every table is written."""
    first = page.row
    for _ in range(_ROWS):
        page.end_row(15)
    return first


def fill_in(page: Page, first: int, sheets: Sequence[str]) -> None:
    """Write the links into the reserved rows: first the other sheets, then the tables of this one; rows without any vanish."""
    links = [Link(f"{_LEADS} {name}: {_SHEETS[name]}", name, "A1") for name in sheets if name in _SHEETS]
    links += [Link(f"{_LEADS} {short(text, _LONGEST)}", page.sheet.title, f"A{row}") for text, row in page.sections]
    end, page.row = page.row, first
    for at in range(_ROWS):
        for link, (left, right) in zip(links[at::_ROWS], _GROUPS, strict=False):
            page.across(link.text, "said_link", left, right)
            page.put(left, link, "said_link")
        page.end_row(15 if links[at::_ROWS] else 1)
    page.row = end
