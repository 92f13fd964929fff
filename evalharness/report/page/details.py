"""The parts made of tables: those that the workbook has on its sheets What changed, Trend, Details and Measured."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from evalharness.models.summary import WeekSummary
from evalharness.report import moved_words
from evalharness.report.page.anchors import Anchors
from evalharness.report.page.recorded import Block, Recorded
from evalharness.report.workbook import changed, details, measured, trend, trend_groups


@dataclass(frozen=True)
class Part:
    """A heading of the page with what stands under it; `name`: its place in the page; `shown`: so many blocks stand open, the
    rest is folded."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    said: str = ""
    shown: int = 0

    def in_short(self) -> Part:
        """The part with the first rows of its long tables alone."""
        return replace(self, blocks=tuple(block.in_short() for block in self.blocks))


def moved(summary: WeekSummary) -> Part:
    """What is another than in the week before."""
    page = Recorded()
    changed.fill(page, summary)
    shown = next((number for number, block in enumerate(page.blocks, start=1) if block.title == changed.MOVEMENTS), 1)
    return Part("moved", changed.NAME, tuple(page.blocks), moved_words.CAUTION, shown)


def trend_tables(summary: WeekSummary) -> tuple[Block, ...]:
    """The tables below the pictures of the trend; none without a trend."""
    page = Recorded()
    if summary.trend is not None and summary.trend.weeks:
        trend.fill(page, summary, summary.trend)
        if summary.trend.slices:
            page.section("By intent, version, hour and stratum")
            page.line(trend_groups.SAID, "said")
            trend_groups.fill(page, summary)
    return tuple(page.blocks)


def parts(summary: WeekSummary, left_out: Collection[int] = ()) -> tuple[Part, ...]:
    """Details of what was judged and logged, then what was measured in all calls. `left_out`: calls without a transcript here."""
    return tuple(_parts(summary, left_out))


def _parts(summary: WeekSummary, left_out: Collection[int]) -> Iterator[Part]:
    page = Recorded()
    details.fill(page, summary)
    yield Part("details", details.NAME, tuple(page.blocks))
    if summary.measured or summary.logged:
        page = Recorded()
        measured.fill(page, summary, Anchors.to(summary, left_out))
        yield Part("measured", "Measured in all calls", tuple(page.blocks))
