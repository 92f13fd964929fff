"""Measured grades: a measured value turned into a level by the rubric's bands, and the outcome that the log itself gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from evalharness.errors import ConfigError
from evalharness.grade.measured.named import MEASURES, Measured, Reading
from evalharness.models.call import Call
from evalharness.models.facts import CallMeasures
from evalharness.models.grade import Grade, Grader, Scored, Ungraded
from evalharness.models.rubric import Band, Criterion, Rubric

LOG = Grader(kind="measured", name="log", version="1")


def measured_grades(
    call: Call, measures: CallMeasures, rubric: Rubric, *, week: str, digests: Mapping[str, str], at: datetime
) -> list[Grade]:
    """The grades of one call that need no judgement, in form order; what the log has no data for is left out.

    A measured criterion gets the level of the first band, as written, that holds its value; Ungraded("invalid") where no
    band does. A percentile that touches an unanswered turn gets the worst level. A sum of components leaves parts out:
    it can give the worst level, never a better one. The outcome is the log's where the rubric lets it be measured, and
    never "unknown". Checks are never guessed from the log. Conditions (`when`) are applied by whoever reads the grades.
    digests: criterion id -> digest of its meaning; at: when, aware. Raises ConfigError for a measure that does not exist.
    """
    common: dict[str, Any] = {"week": week, "source": call.source, "call_id": call.id, "grader": LOG, "at": at}
    found = (_grade(criterion, call, measures) for criterion in rubric.criteria())
    return [
        kind(**common, criterion=criterion.id, criterion_digest=digests[criterion.id], **fields)
        for criterion, (kind, fields) in zip(rubric.criteria(), found, strict=True)
        if kind is not None
    ]


def measure_named(criterion: Criterion) -> Measured:
    """The function behind the criterion's measure. Raises ConfigError that lists the known ones."""
    measure = MEASURES.get(criterion.measure or "")
    if measure is None:
        raise ConfigError(
            f"unknown measure {criterion.measure!r}",
            where=f"rubric, criterion {criterion.id}",
            why="a measured criterion takes its value from the call log",
            fix=f"use one of {', '.join(MEASURES)}",
        )
    return measure


_Found = tuple[type[Scored] | type[Ungraded] | None, dict[str, Any]]
_NOTHING: _Found = (None, {})


def _grade(criterion: Criterion, call: Call, measures: CallMeasures) -> _Found:
    if criterion.id == "outcome" and criterion.type == "category":
        return _outcome(criterion, call)
    if criterion.type != "measured":
        return _NOTHING
    reading = measure_named(criterion)(call, measures)
    return _NOTHING if reading is None else _level(criterion, reading)


def _outcome(criterion: Criterion, call: Call) -> _Found:
    if "measured" not in criterion.graded_by or call.outcome == "unknown":
        return _NOTHING
    derived = "outcome" in call.inferred
    return Scored, {"value": call.outcome, "rationale": "derived from status and handoff" if derived else "as the log has it"}


def _level(criterion: Criterion, reading: Reading) -> _Found:
    worst = min(band.level for band in criterion.bands)
    if reading.unanswered:
        return Scored, {"value": worst, "rationale": f"{criterion.measure}: unanswered"}
    value = reading.value or 0.0
    level = next((band.level for band in criterion.bands if holds(band, value)), None)
    if level is None:
        return Ungraded, {"reason": "invalid", "rationale": f"no band holds {criterion.measure} = {value:g}"}
    if reading.at_least and level != worst:
        return _NOTHING
    return Scored, {"value": level, "measured_value": value}


def holds(band: Band, value: float) -> bool:
    """Whether the value lies in the band; compared unrounded."""
    tests = {"<": value < band.bound, "<=": value <= band.bound, ">": value > band.bound, ">=": value >= band.bound}
    return tests[band.op]
