"""The weeks beside each other, as the ledger and the call log have them now."""

from __future__ import annotations

from evalharness.aggregate.changed import what_changed
from evalharness.aggregate.latency import folded
from evalharness.aggregate.trend import WeekFigures, trends, week_figures
from evalharness.aggregate.weeklog import APART, WeekLog
from evalharness.flows.history import drawn_weeks
from evalharness.flows.kept import Kept
from evalharness.flows.measure import meanings, scope_of, week_found
from evalharness.flows.opened import Opened
from evalharness.flows.rubric_bridged import with_bridges
from evalharness.flows.summary import week_summary
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import WeekTrends, WhatChanged
from evalharness.models.week import shift
from evalharness.store.records import samples

MOST_WEEKS = 12
"""How many weeks a workbook and the terminal show unless asked for more: a quarter of a year."""

Known = dict[str, WeekFigures]
"""Figures of weeks worked out already in this run."""


def trend(house: Opened, last: str | None = None, weeks: int = MOST_WEEKS, known: Known | None = None) -> WeekTrends:
    """The newest `weeks` drawn weeks up to `last` (default: the newest drawn one); 0 = all. `known` saves doing one twice."""
    return with_bridges(house, trends(_figures(house, last, weeks, {} if known is None else known)))


def trend_and_moved(house: Opened, last: str | None = None, weeks: int = MOST_WEEKS) -> tuple[WeekTrends, WhatChanged | None]:
    """The trend, and what is another in its last week than in the one before; None without any week."""
    found = _figures(house, last, weeks, {})
    held = with_bridges(house, trends(found))
    return held, what_changed(held, found) if found else None


def with_trend(house: Opened, summary: WeekSummary, known: Known | None = None, weeks: int = MOST_WEEKS) -> WeekSummary:
    """The summary with the trend up to its week, and what changed; its own figures are taken as they are."""
    found = {} if known is None else known
    if summary.design is not None:
        found[summary.week] = figures_of(house, summary)
    past = _figures(house, summary.week, weeks, found)
    held = with_bridges(house, trends(past))
    return summary.model_copy(update={"trend": held, "moved": what_changed(held, past, summary.week)})


def figures_of(house: Opened, summary: WeekSummary) -> WeekFigures:
    """The week as the trend needs it."""
    return week_figures(summary, week_log(house, summary.week))


def _figures(house: Opened, last: str | None, weeks: int, known: Known) -> list[WeekFigures]:
    drawn = [week for week in samples(house.ledger) if last is None or week <= last]
    if weeks and drawn:
        drawn = [week for week in drawn if week > shift(drawn[-1], -weeks)]
    kept = Kept(house)
    for week in drawn:
        if week not in known:
            known[week] = kept.load(week) or _worked_out(house, week, kept)
    return [known[week] for week in drawn]


def _worked_out(house: Opened, week: str, kept: Kept) -> WeekFigures:
    found = figures_of(house, week_summary(house, week, measured=False))
    kept.keep(found)
    return found


def week_log(house: Opened, week: str) -> WeekLog:
    """What the trend needs of a week beside its summary."""
    scope = scope_of(house, week)
    past = next((one for one in drawn_weeks(house, week) if one.week == week), None)
    return WeekLog(
        past=past,
        facts=house.calls.groups(week, scope),
        pools=sorted(folded(house.calls.latency(week, scope)), key=lambda pool: -(pool.measured + pool.unanswered)),
        tallies=week_found(house, week, most=0, apart=APART).tallies,
        figures=meanings(house.config.measures.off),
        zone=house.config.zone,
    )
