"""The sheets bound into one workbook: four in front for the owner, behind them the details."""

from __future__ import annotations

from evalharness import xlsx
from evalharness.models.summary import WeekSummary
from evalharness.report.workbook import (
    actions,
    calls_and_scores,
    calls_to_hear,
    changed,
    details,
    disagreements,
    measured,
    method,
    this_week,
    transcripts,
    trend,
    trend_data,
    trend_groups,
)
from evalharness.report.workbook.looks import add_looks
from evalharness.report.workbook.page import add_footers
from evalharness.report.workbook.places import Places

_FRONT, _BEHIND = "24405F", "B8BFC9"


def write_workbook(summary: WeekSummary) -> bytes:
    """The week as an .xlsx file: no formula, no macro, no link out of it but to recordings on the web.

    The same summary gives the same bytes, whatever the machine's clock, zone and language.
    """
    workbook = xlsx.new_workbook()
    add_looks(workbook)
    places = Places.of(summary)
    this_week.add(workbook, summary, places)
    calls_to_hear.add(workbook, summary, places)
    calls_and_scores.add(workbook, summary, places)
    actions.add(workbook, summary)
    front = len(workbook.worksheets)
    contents = details.add(workbook, summary)
    changed.add(workbook, summary)
    trend.add(workbook, summary)
    trend_groups.add(workbook, summary)
    disagreements.add(workbook, summary, places)
    transcripts.add(workbook, summary, places)
    measured.add(workbook, summary, places)
    method.add(workbook, summary)
    trend_data.add(workbook, summary)
    details.lead(contents, workbook.sheetnames[front:])
    for number, sheet in enumerate(workbook.worksheets):
        sheet.sheet_properties.tabColor = _FRONT if number < front else _BEHIND
    add_footers(workbook, summary.agent, summary.week)
    workbook.active = 0
    return xlsx.to_bytes(workbook)
