"""Weeks beside each other: every measure with its count, joined only where it means the same. No alarm, no smoothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness.aggregate.latency import QUANTILES
from evalharness.aggregate.meaning import SCOPE, Meaning, differing, questions
from evalharness.models.act import SignedFigure
from evalharness.models.measure import Measure
from evalharness.models.noun import canonical_json
from evalharness.models.summary import WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.models.trend import Trend, TrendPoint, TrendWeek, WeekTrends
from evalharness.models.week import shift

MAIN = (
    "resolution_rate", "clear_failure_rate", "latency_p50_ms", "latency_p99_ms", "cost_per_call", "call_score",
)  # fmt: skip
"""The measures that a trend shows first, each with a chart of its own in the workbook."""


@dataclass(frozen=True)
class WeekFigures:
    """What a trend needs of a week: its row, its measures and their meaning by name, the bars, the signed figures that differ."""

    week: TrendWeek
    timezone: str
    measures: Mapping[str, Measure]
    meanings: Mapping[str, Meaning]
    bars: Mapping[str, Threshold]
    differing: Mapping[str, SignedFigure]


def week_figures(summary: WeekSummary) -> WeekFigures:
    """The part of a summary that a trend needs; without calls and transcripts, so that many weeks fit."""
    measures = {measure.name: measure for measure in _measures(summary)}
    changed = summary.since.changed if summary.since else ()
    return WeekFigures(
        week=TrendWeek(
            week=summary.week,
            calls=summary.population.calls,
            drawn=summary.design.drawn if summary.design else 0,
            graded=summary.graded_calls,
            verdict=summary.verdict if summary.design else None,
            changes=summary.changes,
            versions=summary.versions,
            signed=summary.signed,
            differs=bool(changed),
        ),
        timezone=summary.timezone,
        measures=measures,
        meanings={name: _meaning(measure, summary) for name, measure in measures.items()},
        bars={check.threshold.measure: check.threshold for check in summary.checks},
        differing={one.signed.measure: one.signed for one in changed if one.signed is not None},
    )


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
        aspects["how latency is measured"] = measure.note
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


def trends(weeks: Sequence[WeekFigures]) -> WeekTrends:
    """All measures over these weeks (oldest first, each once); calendar weeks between them that are not there stay empty."""
    known = {one.week.week: one for one in weeks}
    calendar = _calendar(min(known), max(known)) if known else []
    names = list(dict.fromkeys(name for one in reversed(weeks) for name in one.measures))
    ordered = [name for name in MAIN if name in names] + [name for name in names if name not in MAIN]
    return WeekTrends(
        weeks=tuple(known[week].week if week in known else TrendWeek(week=week) for week in calendar),
        trends=tuple(_trend(name, calendar, known) for name in ordered),
        timezone=weeks[-1].timezone if weeks else "UTC",
    )


def _calendar(first: str, last: str) -> list[str]:
    weeks = [first]
    while weeks[-1] < last:
        weeks.append(shift(weeks[-1], 1))
    return weeks


def _trend(name: str, calendar: Sequence[str], known: Mapping[str, WeekFigures]) -> Trend:
    """One measure. A week without it neither breaks the line nor is joined over: what it meant before is kept in mind."""
    unit = next(one.measures[name].unit for one in known.values() if name in one.measures)
    points: list[TrendPoint] = []
    before: Meaning = {}
    for week in calendar:
        one = known.get(week)
        measure = one.measures.get(name) if one else None
        if one is None or measure is None:
            points.append(TrendPoint(week=week, measure=Measure(name=name, unit=unit)))
            continue
        now = one.meanings[name] if measure.n else {}
        points.append(TrendPoint(week=week, measure=measure, breaks=_breaks(before, now), signed=one.differing.get(name)))
        before = {SCOPE: before[SCOPE], **now} if SCOPE in before and now else now or before
    bars = [one.bars[name] for one in known.values() if name in one.bars]
    return Trend(name=name, points=tuple(points), bar=bars[-1] if bars else None)


def _breaks(before: Meaning, now: Meaning) -> str:
    """The aspects that are not what they were, in words; "" where all are, or where there is nothing to join."""
    if not before or not now:
        return ""
    if not (SCOPE in before and SCOPE in now):  # a week not drawn has no scope
        before, now = ({name: text for name, text in one.items() if name != SCOPE} for one in (before, now))
    return ", ".join(differing(before, now))
