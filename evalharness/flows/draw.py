"""Call log -> frozen weekly sample, with the measured grades of the drawn calls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from evalharness import numbers
from evalharness.errors import ConfigError, DrawError, NothingToDrawError, UsageError
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.flows.pace import paces
from evalharness.flows.strata import strata_notes
from evalharness.grade.measured.grades import Seen, measured_grades
from evalharness.grade.rubric_lint import lint
from evalharness.models.call import Call
from evalharness.models.grade import Grade
from evalharness.models.rubric import Rubric
from evalharness.models.rule import Both, Comparison, Not, Rule
from evalharness.models.sample import Design, Pick, Stratum, WeeklySample
from evalharness.models.week import bounds, shift
from evalharness.sample.design import CORE, LARGEST, SMALLEST, shadow, stratified
from evalharness.sample.guard import WeekLog, reasons_to_stop
from evalharness.sample.queue import weekly_sample
from evalharness.sample.workload import assign, minutes_for, size_for_minutes
from evalharness.store.records import (
    add_audit,
    add_grades,
    freeze_rubric,
    freeze_sample,
    load_grades,
    load_picks,
    load_sample,
    signed_off,
)

LOG_DECIDED = Comparison("outcome", "in", ("failed_technical", "out_of_scope"))


@dataclass(frozen=True)
class Draw:
    """A drawn week: the sample, whether it was drawn just now, what it asks of whom, what to know about it, and
    the calls that were added by hand."""

    sample: WeeklySample
    new: bool
    minutes: dict[str, float]
    without_transcript: int
    late_calls: int
    notes: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()


@dataclass(frozen=True)
class DrawOptions:
    """`redraw`: the reason to draw again; `minutes`: people's time to fit into; `despite`: why to draw from an odd log."""

    redraw: str | None = None
    minutes: float | None = None
    despite: str | None = None


def draw(house: Opened, week: str, at: datetime, options: DrawOptions | None = None) -> Draw:
    """The week's sample: the frozen one if there is one, else a new draw.

    Raises DrawError where two agents share the log without a scope, nothing can be drawn, the log looks cut, or a
    redraw comes after the first grade by a person; UsageError for options that say nothing.
    """
    options = options or DrawOptions()
    _check_options(options)
    _check_over(house, week, at)
    frozen = load_sample(house.ledger, week)
    if frozen is not None and options.redraw is None:
        return _as_it_was(_described(house, frozen, new=False), options)
    if frozen is not None:
        _check_unsigned(house, week)
        _check_ungraded(house, week)
    rubric = checked_rubric(house)
    _check_calls(house, week)
    check_agents(house, week)
    _check_log(house, week, options.despite)
    redraw = 0 if frozen is None else frozen.redraw + 1
    sample = _drawn(house, week, rubric, redraw, options)
    if options.minutes is not None:
        sample = _fitted(house, sample, rubric, options)
    _freeze(house, sample, rubric, at, options)
    drawn = _described(house, sample, new=True)
    needed = sum(drawn.minutes.values())
    if options.minutes is not None and needed > options.minutes:
        note = f"{sample.design.drawn} calls are the least a week needs; they take about {numbers.minutes(needed)}"
        return replace(drawn, notes=(*drawn.notes, note))
    return drawn


def _as_it_was(drawn: Draw, options: DrawOptions) -> Draw:
    """A frozen draw, with what was asked of it in vain."""
    given = [name for name, value in (("--minutes", options.minutes), ("--despite", options.despite)) if value is not None]
    notes = (f"{name} changes nothing: the week is drawn already; --redraw REASON draws it again" for name in given)
    return replace(drawn, notes=(*drawn.notes, *notes))


def _drawn(house: Opened, week: str, rubric: Rubric, redraw: int, options: DrawOptions, size: int | None = None) -> WeeklySample:
    seed = str(house.config.sample.seed) + (f".{redraw}" if redraw else "")
    design = design_of(house, week, seed, size or house.config.sample.size)
    check_any(design)
    from evalharness.flows.agreement import graders  # the statistics behind it are heavy, and most commands draw nothing

    people, calibrating = graders(house, week)
    asked = assign(design.drawn, people, house.config.owner.name, house.config.graders.double_share, calibrating)
    design = design.model_copy(update={"asked": {person: tuple(given) for person, given in asked.items()}})
    found = house.calls.draw(design)
    calls = {(call.source, call.id): call for call in house.calls.calls([(one.source, one.call_id) for one in found])}
    return weekly_sample(design, found, calls, rubric, redraw=redraw, reason=options.redraw)


def check_any(design: Design) -> None:
    """Raises NothingToDrawError where no call of the week can be drawn."""
    if design.drawn == 0:
        raise NothingToDrawError(
            "no call of the week has a transcript",
            where=f"week {design.week}",
            why="only calls with a transcript can be graded",
            fix="collect the week's logs: evalharness collect PATH",
        )


def design_of(house: Opened, week: str, seed: str, size: int, groups: Sequence[Stratum] | None = None) -> Design:
    """The design of a draw of `size` calls; `groups` stands for the configured strata beside `core`."""
    config = house.config
    strata = (*(config.sample.strata if groups is None else groups), CORE)
    every_nth = config.sample.every_nth
    if every_nth is not None:
        strata = (Stratum(name="all"),)
    N = house.calls.stratum_counts(week, strata, config.scope_rule)
    M = house.calls.stratum_counts(week, strata, judged_scope(config.scope_rule))
    if every_nth is not None:
        return shadow(week, seed, every_nth, (N.get("all", 0), M.get("all", 0)), config.scope)
    return stratified(week, seed, size, [(s, N.get(s.name, 0), M.get(s.name, 0)) for s in strata], config.scope)


def judged_scope(scope: Rule | None) -> Rule:
    """The scope without the calls whose outcome the log itself decides."""
    return Not(LOG_DECIDED) if scope is None else Both((scope, Not(LOG_DECIDED)))


def _fitted(house: Opened, sample: WeeklySample, rubric: Rubric, options: DrawOptions) -> WeeklySample:
    """Drawn again with as many calls as fit into the minutes, 20 at least and 50 at most."""
    pace = paces(house.ledger)[1]
    each = sum(minutes_for(item.call, rubric, pace) for item in sample.items) / len(sample.items)
    double = house.config.graders.double_share if len(house.people) > 1 else 0.0
    size = size_for_minutes(options.minutes or 0.0, each, double, (SMALLEST, LARGEST))
    return _drawn(house, sample.week, rubric, sample.redraw, options, size=size)


def _freeze(house: Opened, sample: WeeklySample, rubric: Rubric, at: datetime, options: DrawOptions) -> None:
    """Sample, rubric and the measured grades of the drawn calls, in one transaction."""
    grades = measured(house, sample, [item.call for item in sample.items], rubric, at)
    with house.ledger.transaction() as tx:
        freeze_rubric(tx, rubric, at)
        freeze_sample(tx, sample, at)
        add_grades(tx, grades)
        if options.despite is not None:
            add_audit(tx, "draw despite warnings", {"week": sample.week, "reason": options.despite}, at)


def measured(house: Opened, sample: WeeklySample, calls: Sequence[Call], rubric: Rubric, at: datetime) -> list[Grade]:
    """The measured grades of these calls by the rubric of the draw."""
    from evalharness.grade.measured.detectors import findings_of  # what they look for takes a while to load

    found = house.calls.measures([(call.source, call.id) for call in calls])
    grades: list[Grade] = []
    for call in calls:
        seen = Seen(found[call.source, call.id], findings_of(call, house.config.measures))
        grades += measured_grades(call, seen, rubric, week=sample.week, digests=sample.criterion_digests, at=at)
    return grades


def _described(house: Opened, sample: WeeklySample, *, new: bool) -> Draw:
    rubric = house.rubric() if new else frozen_rubric(house, sample)
    positions = assignments(sample)
    calls, pace = {item.position: item.call for item in sample.items}, paces(house.ledger)[0]
    tally = house.calls.tallies([sample.week], sample.design.scope_rule)[sample.week]
    return Draw(
        sample=sample,
        new=new,
        minutes={
            person: sum(minutes_for(calls[position], rubric, pace.get(person)) for position in given)
            for person, given in positions.items()
        },
        without_transcript=tally.calls - tally.with_transcript,
        late_calls=late_calls(house, sample),
        notes=(*_notes(sample), *strata_notes(house, sample.design)),
        picks=tuple(load_picks(house.ledger, sample.week)),
    )


def late_calls(house: Opened, sample: WeeklySample) -> int:
    """Gradable calls of the week that came after the draw: reported, never added."""
    now = house.calls.stratum_counts(sample.week, (Stratum(name="all"),), sample.design.scope_rule)
    return max(now.get("all", 0) - sample.design.population, 0)


def _notes(sample: WeeklySample) -> tuple[str, ...]:
    if sample.design.every_nth is None and sample.design.drawn < SMALLEST:
        return (f"the week has only {sample.design.population} calls with a transcript: all of them are drawn",)
    return ()


def assignments(sample: WeeklySample) -> dict[str, tuple[int, ...]]:
    """Person -> queue positions on their sheet, as frozen at the draw."""
    return sample.design.asked


def _check_over(house: Opened, week: str, at: datetime) -> None:
    if at < bounds(week, house.config.zone)[1]:
        raise DrawError(
            "the week is not over yet",
            where=f"week {week}",
            why="a sample of half a week would stay frozen, and the other half could never be drawn",
            fix=f"wait until {week} has ended; evalharness week draws it then",
        )


def _check_options(options: DrawOptions) -> None:
    if options.minutes is not None and not 0 < options.minutes < math.inf:
        raise UsageError(
            f"{options.minutes:g} minutes are no time to grade in", where="--minutes", fix="write a number such as 90"
        )
    for name, reason in (("--redraw", options.redraw), ("--despite", options.despite)):
        if reason is not None and not reason.strip():
            raise UsageError("the reason is empty", where=name, why="it is kept and shown", fix=f'{name} "what happened"')


def _check_calls(house: Opened, week: str) -> None:
    if week not in house.calls.weeks():
        raise DrawError(
            "the call log has no calls of this week",
            where=f"week {week}",
            why="only calls with a transcript can be graded",
            fix="collect the week's logs: evalharness collect PATH",
        )


def _check_unsigned(house: Opened, week: str) -> None:
    if signed_off(house.ledger, week):
        raise DrawError(
            "the week is signed off; it cannot be drawn again",
            where=f"week {week}",
            why="a signed week keeps its calls and its figures",
            fix="a note can say what is odd about it: evalharness note",
        )


def _check_ungraded(house: Opened, week: str) -> None:
    graded = [grade for grade in load_grades(house.ledger, week) if grade.grader.kind != "measured"]
    if graded:
        raise DrawError(
            f"{len(graded)} grades are already in; the week cannot be drawn again",
            where=f"week {week}",
            why="choosing other calls after seeing grades would make the result a choice",
            fix="keep the sample; a note can say what is odd about it: evalharness note",
        )


def checked_rubric(house: Opened) -> Rubric:
    """The rubric the next draw takes. Raises ConfigError where it has errors."""
    rubric = house.rubric()
    errors = [finding for finding in lint(rubric) if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise ConfigError(
            f"the rubric has {len(errors)} errors: {first.what}",
            where=f"rubric {rubric.id}, {first.where}",
            why="a week is graded on the rubric it was drawn with",
            fix=f"{first.fix} (all of them: evalharness rubric lint)",
        )
    return rubric


def check_agents(house: Opened, week: str) -> None:
    """Raises DrawError where the log holds two or more agents and no scope says which one is meant."""
    agents = house.calls.agents(week, house.config.scope_rule)
    if len(agents) > 1 and house.config.scope is None:
        listed = ", ".join(f"{name or '(none)'}: {count} calls" for name, count in sorted(agents.items()))
        raise DrawError(
            f"the call log holds {len(agents)} agents: {listed}",
            where=f"week {week}",
            why="a workspace evaluates one agent; an average over two says nothing of either",
            fix="say which calls are its own in evalharness.yaml, for example  scope: \"agent == 'NAME'\"",
        )


def _check_log(house: Opened, week: str, despite: str | None) -> None:
    if despite is not None:
        return
    known = set(house.calls.weeks())
    earlier = [shift(week, -back) for back in range(1, 5)]
    problems = reasons_to_stop(_log(house, week), [_log(house, one) for one in earlier if one in known])
    if problems:
        raise DrawError(
            "the week's log looks incomplete: " + "; ".join(problems),
            where=f"week {week}",
            why="a sample drawn from half a week stays frozen",
            fix=f'collect the rest, or: evalharness sample --week {week} --despite "REASON"',
        )


def _log(house: Opened, week: str) -> WeekLog:
    scope = house.config.scope_rule
    fill = {field: rate for field, rate in house.calls.fill(week, scope).items() if field != "csat"}  # answers come later
    return WeekLog(week, fill, house.calls.last_start(week), bounds(week, house.config.zone)[1])
