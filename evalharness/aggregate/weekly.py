"""A week as the trend needs it: every measure with its meaning, the process behind it, and the groups of calls it is made of."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.aggregate.alarms import watched_counts
from evalharness.aggregate.epoch import VERSION
from evalharness.aggregate.grouped import groups_of
from evalharness.aggregate.latency import QUANTILES
from evalharness.aggregate.meaning import SCOPE, Meaning, questions
from evalharness.aggregate.process import process_of
from evalharness.aggregate.shifts import grader_shift
from evalharness.aggregate.sliced import slices_of
from evalharness.aggregate.weeklog import SLOW, WeekLog, over_all_calls
from evalharness.models.measure import Measure, Since
from evalharness.models.noun import canonical_json
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import TrendWeek
from evalharness.models.weekly import WeekFigures

_HOW = "how latency is measured"


def week_figures(summary: WeekSummary, log: WeekLog | None = None) -> WeekFigures:
    """The part of a summary that a trend needs, with what the log says of all calls and of groups (None: nothing)."""
    log = log or WeekLog()
    measures = {measure.name: measure for measure in (*_measures(summary), *over_all_calls(summary, log))}
    changed = summary.since.changed if summary.since else ()
    held = any(result.held for result in (*summary.results, *summary.picked))
    return WeekFigures(
        week=_row(summary),
        timezone=summary.timezone,
        measures=measures,
        meanings={name: dict(_meaning(measure, summary)) for name, measure in measures.items()},
        bars={check.threshold.measure: check.threshold for check in summary.checks},
        differing={one.signed.measure: one.signed for one in changed if one.signed is not None},
        process=process_of(measures, summary, log),
        watched=watched_counts(measures, summary, log),
        groups=groups_of(measures, log, held=held),
        slices=slices_of(summary, log, held=held),
        held=held,
        shift=grader_shift(summary),
        since=dict(_since_version(summary)),
    )


def _row(summary: WeekSummary) -> TrendWeek:
    return TrendWeek(
        week=summary.week,
        calls=summary.population.calls,
        drawn=summary.design.drawn if summary.design else 0,
        graded=summary.graded_calls,
        verdict=summary.verdict if summary.design else None,
        changes=summary.changes,
        versions=summary.versions,
        signed=summary.signed,
        differs=bool(summary.since and summary.since.changed),
        missed=tuple(check.threshold.measure for check in summary.checks if check.verdict == "missed"),
    )


def _since_version(summary: WeekSummary) -> Iterator[tuple[str, Since]]:
    """The rate since the newest declared version, or since its epoch where that is a declared version."""
    for check in summary.checks:
        found = check.since_version or (check.since if check.since and check.since.why.startswith(VERSION) else None)
        if found is not None:
            yield check.threshold.measure, found


def _measures(summary: WeekSummary) -> Iterator[Measure]:
    """Every measure of the week, those of checks as the checks have them; the largest pool speaks for unchecked latency."""
    checked = {check.threshold.measure: check.measure for check in summary.checks}
    yield from checked.values()
    pools = sorted(summary.latency, key=lambda row: -row.n)
    for name in QUANTILES:
        if pools and name not in checked:
            row = pools[0]
            yield {"latency_p50_ms": row.p50, "latency_p95_ms": row.p95, "latency_p99_ms": row.p99}[name]
    yield from (measure for measure in summary.measures if measure.name not in checked)
    yield from (summary.call_score, summary.automatic_fails)
    yield from (criterion.measure for criterion in summary.criteria if criterion.type != "category")
    if summary.escalation is not None:
        yield from (summary.escalation.precision, summary.escalation.recall)


def _meaning(measure: Measure, summary: WeekSummary) -> Meaning:
    """What would make the same name another figure: the questions it rests on, how it is measured, which calls, how drawn."""
    aspects: dict[str, str] = {}
    if measure.name in QUANTILES:
        aspects[_HOW] = measure.note
    if measure.name == SLOW:
        aspects[_HOW] = max(summary.latency, key=lambda row: row.n).p50.note
    if measure.unit == "money":
        aspects["the currency"] = measure.currency or ""
    if measure.basis == "sample":
        aspects |= questions(measure.name, summary.rubric)
    design = summary.design
    if design is not None:
        aspects[SCOPE] = design.scope or ""
        if measure.basis == "sample":
            judge = next((one.judge for one in summary.combined if one.used and one.combined == measure), None)
            aspects |= {} if judge is None else {"the judge": judge}
            strata = [size.stratum.model_dump(mode="json") for size in design.strata]
            aspects["the sampling design"] = canonical_json([design.every_nth, strata])
    return aspects
