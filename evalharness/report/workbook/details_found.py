"""Details of what the LLM saw outside the sample: a row a call, in no rate."""

from __future__ import annotations

from evalharness.models.summary import WeekSummary
from evalharness.report import found_words, trust_words
from evalharness.report.workbook.page import Page
from evalharness.report.workbook.table import table

_HEAD = ("call", "source", "seen by", "checks it answered with yes")


def add_found(page: Page, summary: WeekSummary) -> None:
    """Write the table; nothing where the LLM saw none."""
    if not summary.found_cases:
        return
    rows = [
        [one.call_id, one.source, trust_words.without_prompt(one.judge), found_words.checks(one)] for one in summary.found_cases
    ]
    table(page, found_words.HEADING, _HEAD, rows, said=found_words.HOW, spread=True)
