"""The sheets bound into one workbook: eight, what was measured, and the actions where there are any."""

from __future__ import annotations

from evalharness import xlsx
from evalharness.models.summary import WeekSummary
from evalharness.report.workbook import (
    actions,
    calls_and_scores,
    calls_to_hear,
    details,
    disagreements,
    measured,
    method,
    this_week,
    transcripts,
    trend,
)
from evalharness.report.workbook.looks import add_looks
from evalharness.report.workbook.places import Places


def write_workbook(summary: WeekSummary) -> bytes:
    """The week as an .xlsx file: no formula, no macro, no link out of it; the same summary gives the same bytes."""
    workbook = xlsx.new_workbook()
    add_looks(workbook)
    places = Places.of(summary)
    this_week.add(workbook, summary, places)
    calls_to_hear.add(workbook, summary, places)
    disagreements.add(workbook, summary, places)
    actions.add(workbook, summary)
    calls_and_scores.add(workbook, summary, places)
    transcripts.add(workbook, summary, places)
    details.add(workbook, summary)
    measured.add(workbook, summary, places)
    trend.add(workbook, summary)
    method.add(workbook, summary)
    workbook.active = 0
    return xlsx.to_bytes(workbook)
