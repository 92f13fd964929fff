"""The weeks beside each other, as the ledger and the call log have them now."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.aggregate.changed import what_changed
from evalharness.aggregate.latency import folded
from evalharness.aggregate.trend import WeekFigures, newest, trends, week_figures
from evalharness.aggregate.weeklog import APART, WeekLog, largest_first
from evalharness.flows.history import drawn_weeks
from evalharness.flows.kept import Kept
from evalharness.flows.measure import meanings, week_found
from evalharness.flows.opened import Opened
from evalharness.flows.rubric_bridged import with_bridges
from evalharness.flows.scoped import scope_of
from evalharness.flows.summary import as_signed, summary_of, week_inputs
from evalharness.grade.measured.detectors import unmeasured
from evalharness.models.facts import FactGroup, LatencyPool
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import WeekTrends, WhatChanged
from evalharness.store.records import samples, sign_offs

MOST_WEEKS = 12
"""How many weeks a workbook and the terminal show unless asked for more: a quarter of a year."""

Known = dict[str, WeekFigures]
"""Figures of weeks worked out already in this run."""


def trend(house: Opened, last: str | None = None, weeks: int = MOST_WEEKS, known: Known | None = None) -> WeekTrends:
    """The newest `weeks` drawn weeks up to `last` (default: the newest drawn one); 0 = all. `known` saves doing one twice."""
    return newest(with_bridges(house, trends(_figures(house, last, {} if known is None else known))), weeks)


def trend_and_moved(house: Opened, last: str | None = None, weeks: int = MOST_WEEKS) -> tuple[WeekTrends, WhatChanged | None]:
    """The trend, and what is another in its last week than in the one before; None without any week."""
    found = _figures(house, last, {})
    held = with_bridges(house, trends(found))
    return newest(held, weeks), what_changed(held, found) if found else None


def with_trend(house: Opened, summary: WeekSummary, known: Known | None = None, weeks: int = MOST_WEEKS) -> WeekSummary:
    """The summary with the trend up to its week, and what changed; its own figures are taken as they are."""
    found = {} if known is None else known
    if summary.design is not None:
        found[summary.week] = figures_of(house, summary)
    past = _figures(house, summary.week, found)
    held = with_bridges(house, trends(past))
    return summary.model_copy(update={"trend": newest(held, weeks), "moved": what_changed(held, past, summary.week)})


def figures_of(house: Opened, summary: WeekSummary) -> WeekFigures:
    """The week as the trend needs it, of a summary at hand: one that is about to be signed, say."""
    scope = scope_of(house, summary.week)
    pools = house.calls.latency(summary.week, scope) if summary.latency else ()
    return week_figures(summary, _log(house, summary.week, house.calls.groups(summary.week, scope), pools))


def _figures(house: Opened, last: str | None, known: Known) -> list[WeekFigures]:
    """Of every drawn week up to `last`: where an alarm starts must not hang on how many weeks are shown."""
    drawn = [week for week in samples(house.ledger) if last is None or week <= last]
    kept = Kept(house)
    for week in drawn:
        if week not in known:
            known[week] = kept.load(week) or worked_out(house, week, kept)
    return [known[week] for week in drawn]


def worked_out(house: Opened, week: str, kept: Kept | None) -> WeekFigures:
    """The figures of a drawn week from the ledger and the call log; kept for the next run, unless `kept` is None."""
    signed = sign_offs(house.ledger, week)
    inputs = week_inputs(house, week, signed=bool(signed), measured=False, whole=False)
    summary = summary_of(house, inputs)
    found = week_figures(
        as_signed(house, summary, signed[-1]) if signed else summary, _log(house, week, inputs.facts, inputs.latency)
    )
    if kept is not None:
        kept.keep(found)
    return found


def _log(house: Opened, week: str, facts: Sequence[FactGroup], latency: Sequence[LatencyPool]) -> WeekLog:
    """What the trend needs of a week beside its summary."""
    past = next((one for one in drawn_weeks(house, week) if one.week == week), None)
    return WeekLog(
        past=past,
        facts=facts,
        pools=largest_first(folded(latency)),
        tallies=week_found(house, week, most=0, apart=APART).tallies,
        figures=meanings(unmeasured(house.config.measures)),
        zone=house.config.zone,
    )
