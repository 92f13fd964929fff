"""The weeks beside each other, as the ledger and the call log have them now."""

from __future__ import annotations

from evalharness.aggregate.trend import WeekFigures, trends, week_figures
from evalharness.flows.opened import Opened
from evalharness.flows.rubric_bridged import with_bridges
from evalharness.flows.summary import week_summary
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import WeekTrends
from evalharness.models.week import shift
from evalharness.store.records import samples

MOST_WEEKS = 12
"""How many weeks a workbook and the terminal show unless asked for more: a quarter of a year."""

Known = dict[str, WeekFigures]
"""Figures of weeks worked out already in this run."""


def trend(house: Opened, last: str | None = None, weeks: int = MOST_WEEKS, known: Known | None = None) -> WeekTrends:
    """The newest `weeks` drawn weeks up to `last` (default: the newest drawn one); 0 = all. `known` saves doing one twice."""
    drawn = [week for week in samples(house.ledger) if last is None or week <= last]
    if weeks and drawn:
        drawn = [week for week in drawn if week > shift(drawn[-1], -weeks)]
    found = {} if known is None else known
    for week in drawn:
        if week not in found:
            found[week] = week_figures(week_summary(house, week, measured=False))
    return with_bridges(house, trends([found[week] for week in drawn]))


def with_trend(house: Opened, summary: WeekSummary, known: Known | None = None) -> WeekSummary:
    """The summary with the trend up to its week; its own figures are taken as they are."""
    found = {} if known is None else known
    found[summary.week] = week_figures(summary)
    return summary.model_copy(update={"trend": trend(house, summary.week, known=found)})
