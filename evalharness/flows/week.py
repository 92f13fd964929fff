"""`week`: everything that can be done now, for every unsigned complete week, oldest first. Safe to run every hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evalharness.aggregate.breaches import breaches, stopped
from evalharness.errors import DrawError, EvalHarnessError, ExportError, NothingToDrawError, OlderWeekError
from evalharness.flows.alerts import Told, send_alerts
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import Draw, DrawOptions, draw
from evalharness.flows.notify import Handed, hand_over, in_doubt, told_weeks, waiting
from evalharness.flows.opened import Opened, chosen_week, existing_week
from evalharness.flows.pull import Pulled, pull_due
from evalharness.flows.report import write_reports
from evalharness.flows.sheets import SheetState, exchange_sheets
from evalharness.flows.summary import week_summary
from evalharness.flows.trend import Known, with_trend
from evalharness.flows.typed_actions import typed_actions
from evalharness.flows.unsigned import Older, older_weeks, unsigned_weeks
from evalharness.models.intake import IntakeReport
from evalharness.models.summary import WeekSummary
from evalharness.models.week import newest_complete
from evalharness.store.records import signed_off

if TYPE_CHECKING:
    from evalharness.grade.llm.run import Outcome


@dataclass(frozen=True)
class WeekRun:
    """What happened to one week.

    `stopped`: why nothing was drawn; `unwritten`: why a report could not be replaced; `signed`: it is signed off and
    was left alone.
    `judged`: what the LLM did, or why it may not; None where it is off or had nothing to do. `told`: alerts that were sent.
    """

    week: str
    draw: Draw | None = None
    sheets: tuple[SheetState, ...] = ()
    summary: WeekSummary | None = None
    files: tuple[Path, ...] = ()
    stopped: DrawError | None = None
    unwritten: ExportError | None = None
    signed: bool = False
    judged: Outcome | EvalHarnessError | None = None
    told: tuple[Told, ...] = ()


@dataclass
class LoopRun:
    """What one run of `week` did: calls asked of servers, intake reports, sources that could not be read, workbooks whose
    Actions people had typed into, each week, the signed weeks newer than all of these, to whom a week was handed over, and the
    weeks before the first one (None: one week was asked for)."""

    pulled: list[Pulled] = field(default_factory=list)
    intakes: list[IntakeReport] = field(default_factory=list)
    unread: list[EvalHarnessError] = field(default_factory=list)
    weeks: list[WeekRun] = field(default_factory=list)
    typed: list[SheetState] = field(default_factory=list)
    newer_signed: list[str] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    older: Older | None = None

    @property
    def unfinished(self) -> list[str]:
        """The weeks before the newest of this run that are drawn and not signed off, also those before the first one."""
        before = list(self.older.unsigned) if self.older else []
        return before + [run.week for run in self.weeks[:-1] if run.draw and not run.signed]

    @property
    def incomplete(self) -> bool:
        """Whether something did not go in: a rejected row, a sheet with an unreadable cell, a week that was not drawn."""
        rows = any(report.rejected or report.conflict for report in self.intakes)
        states = (*self.typed, *(state for run in self.weeks for state in run.sheets))
        sheets = any(state.problems or state.error for state in states)
        judged = any(_unjudged(run.judged) for run in self.weeks)
        pulled = any(one.incomplete for one in self.pulled)
        unfinished = any(run.stopped or run.unwritten or any(one.failed for one in run.told) for run in self.weeks)
        return bool(rows or pulled or sheets or judged or self.unread or unfinished or any(one.failed for one in self.handed))


def _unjudged(judged: Outcome | EvalHarnessError | None) -> bool:
    """Whether the LLM left something that it should have done; a week that nobody asked it for is none."""
    if isinstance(judged, EvalHarnessError):
        return not isinstance(judged, OlderWeekError)
    return judged is not None and judged.incomplete


def run_week(house: Opened, now: datetime, *, week: str | None = None, despite: str | None = None) -> LoopRun:
    """Asks servers and collects from paths, draws, has the LLM grade, exchanges sheets, reports. `week` limits it to one week.

    The LLM comes before the sheets, so that a call that is graded assisted has its answers beside it.

    Each step commits by itself, so a run that is killed is finished by the next one with the same result. Raises
    UsageError for a `week` that does not exist.
    """
    run, chosen = LoopRun(), week and existing_week(week)
    run.pulled = pull_due(house, now) if house.config.collect.pull else []
    run.intakes, run.unread = collect_configured(house, now)
    run.typed = typed_actions(house, now)
    known: Known = {}
    for one in [chosen_week(house, chosen, now)] if chosen else unsigned_weeks(house, now):
        run.weeks.append(_with_alerts(house, _one_week(house, one, now, despite, known), now))
    if not chosen:
        done, last = [one.week for one in run.weeks], newest_complete(now, house.config.zone)
        with_calls = [one for one in house.calls.weeks() if max(done, default="") < one <= last]
        run.newer_signed = [one for one in with_calls if signed_off(house.ledger, one)]
        run.older = older_weeks(house, now)
    run.handed = list(_handed_over(house, run, now, known))
    return run


def _handed_over(house: Opened, run: LoopRun, now: datetime, known: Known) -> Iterator[Handed]:
    """The newest weeks to whom they are to be handed: those of this run, and signed ones."""
    of_run = {one.week: one.summary for one in run.weeks}
    for week in told_weeks(house, now):
        if not waiting(house, week):
            yield from in_doubt(house, week)
            continue
        signed = week not in of_run and signed_off(house.ledger, week)
        summary = week_summary(house, week) if signed else of_run.get(week)
        if summary is not None:
            yield from hand_over(house, with_trend(house, summary, known), now)


def _with_alerts(house: Opened, run: WeekRun, now: datetime) -> WeekRun:
    """The week with its breaches told to whom that is configured for, each at most once; a signed one was told before."""
    if run.signed or not house.config.alerts:
        return run
    halted = run.stopped is not None and not isinstance(run.stopped, NothingToDrawError)
    found = [*([stopped(run.week)] if halted else []), *(breaches(run.summary) if run.summary else [])]
    return replace(run, told=send_alerts(house, run.week, found, now))


def _one_week(house: Opened, week: str, now: datetime, despite: str | None, known: Known) -> WeekRun:
    if signed_off(house.ledger, week):
        return WeekRun(week, summary=week_summary(house, week), signed=True)
    run = _drawn(house, week, now, despite)
    if run.stopped and not isinstance(run.stopped, NothingToDrawError):
        return run
    if not run.stopped:
        run = replace(run, judged=_judged(house, week))
        run = replace(run, sheets=tuple(exchange_sheets(house, week, now)))
    run = replace(run, summary=(summary := week_summary(house, week)))
    try:
        return replace(run, files=tuple(write_reports(house, summary, now, known=known)))
    except ExportError as error:
        return replace(run, unwritten=error)


def _judged(house: Opened, week: str) -> Outcome | EvalHarnessError | None:
    """The LLM's part, where it is switched on and a person has agreed."""
    if not house.config.graders.llm.enabled:
        return None
    from evalharness.flows.grade import grade_unattended

    return grade_unattended(house, week)


def hand_out(house: Opened, week: str, now: datetime, despite: str | None = None) -> WeekRun:
    """Draws the week and exchanges its sheets; the LLM grades nothing, and nothing is reported yet."""
    run = _drawn(house, week, now, despite)
    return run if run.stopped else replace(run, sheets=tuple(exchange_sheets(house, week, now)))


def _drawn(house: Opened, week: str, now: datetime, despite: str | None) -> WeekRun:
    try:
        return WeekRun(week, draw(house, week, now, DrawOptions(despite=despite)))
    except DrawError as error:
        return WeekRun(week, stopped=error)
