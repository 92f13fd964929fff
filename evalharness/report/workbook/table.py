"""A titled table on a page: what the sheet Details is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evalharness import numbers
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.report import phrases
from evalharness.report.workbook.page import Content, Page

LEAST = 18
"""The least height of a row, in points."""
_TITLE, _TOGETHER = 24, 9


def table(
    page: Page, title: str, head: Sequence[str], rows: Iterable[Sequence[Content]], *, said: str = "", spread: bool = False
) -> None:
    """A titled table, or one sentence where there is nothing to show.

    `said`: what a reader must know of it, under the title; `spread`: the last column is a text over the rest of the page.
    """
    found = list(rows)
    page.end_row(10)
    page.keep(_first_points(page, head, found, said, spread=spread))
    page.section(title)
    if said and found:
        page.line(said, "said")
    if not found:
        page.line("Nothing to show.", "said")
        return
    page.header(head, spread=spread)
    looks = styles(len(head)) if spread else ["name", *["fact"] * (len(head) - 1)]
    for row in found:
        page.table_row(row, looks, least=LEAST, spread=spread)


def _first_points(page: Page, head: Sequence[str], rows: Sequence[Sequence[Content]], said: str, *, spread: bool) -> float:
    """Points of title, head and rows, of a long table the first rows: so much of it is not torn apart in print."""
    heights = [page.height_of(row, LEAST, spread=spread) for row in rows[:_TOGETHER]]
    return _TITLE + (LEAST if said else 0) + page.height_of(head, LEAST, spread=spread) + sum(heights)


def styles(columns: int) -> list[str]:
    """A name, figures, and a text that takes the rest of the row."""
    return ["name", *["fact"] * (columns - 2), "cell"]


def bars(summary: WeekSummary) -> dict[str, Threshold]:
    """The bar of each measure that has one: its figure gains digits beside it, here too."""
    return {check.threshold.measure: check.threshold for check in summary.checks}


def figure(measure: Measure, bar: Threshold | None) -> list[Content]:
    """Name, value, interval, n of N, how many without data, basis."""
    title = phrases.title(measure.name)
    return [
        title if title.startswith("p9") else title[:1].upper() + title[1:],
        numbers.measured(measure, bar),
        numbers.interval(measure, bar),
        phrases.n_of(measure),
        numbers.count(measure.missing),
        phrases.BASIS_WORDS[measure.basis],
    ]
