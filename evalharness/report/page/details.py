"""The part of details: every table that the workbook has on its sheets Details and Measured, and how each figure is made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from evalharness.models.summary import WeekSummary
from evalharness.report.page.anchors import Anchors
from evalharness.report.page.recorded import Block, Recorded
from evalharness.report.workbook import details, measured


@dataclass(frozen=True)
class Part:
    """A heading of the page with what stands under it; `name`: its place in the page."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def parts(summary: WeekSummary, left_out: Collection[int] = ()) -> tuple[Part, ...]:
    """Details of what was judged and logged, then what was measured in all calls. `left_out`: calls without a transcript here."""
    judged, found = Recorded(), Recorded()
    details.fill(judged, summary)
    if summary.measured or summary.logged:
        measured.fill(found, summary, Anchors.to(summary, left_out))
    named = (("details", "Details", judged), ("measured", "Measured in all calls", found))
    return tuple(Part(name, title, tuple(page.blocks)) for name, title, page in named if page.blocks)
