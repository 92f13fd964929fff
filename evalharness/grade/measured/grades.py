"""Measured grades: a measured value turned into a level by the rubric's bands, a figure that answers yes or no, and the outcome
that the log itself gives. Every figure of the detectors is a measure that a rubric can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evalharness import numbers
from evalharness.errors import ConfigError
from evalharness.grade.measured.detectors import FIGURES
from evalharness.grade.measured.named import MEASURES, Reading
from evalharness.models.call import Call
from evalharness.models.facts import CallMeasures
from evalharness.models.finding import CallFindings
from evalharness.models.grade import Evidence, Grade, Grader, Scored, Ungraded
from evalharness.models.later import BY_LOG, OUTCOME_RULE
from evalharness.models.measured import COUNTED
from evalharness.models.rubric import Band, Criterion, Rubric

LOG = Grader(kind="measured", name="log", version="1")


_LONGEST_RULE = 150
_MOST_PLACES = 10
"""Turns that a measured grade names as its evidence."""


@dataclass(frozen=True)
class Seen:
    """What is known of a call without judging it: its measures and what the detectors found (None: not looked)."""

    measures: CallMeasures
    found: CallFindings | None = None


def measured_grades(
    call: Call, seen: Seen, rubric: Rubric, *, week: str, digests: Mapping[str, str], at: datetime
) -> list[Grade]:
    """The grades of one call that need no judgement, in form order; what the log has no data for is left out.

    A measured criterion gets the level of the first band, as written, that holds its value; Ungraded("invalid") where no
    band does. A percentile that touches an unanswered turn gets the worst level. A sum of components leaves parts out:
    it can give the worst level, never a better one. A yes/no criterion that names a measure is yes where the figure is above 0,
    with the turns that show it; one that names none is never guessed from the log. The outcome is the log's where the rubric
    lets it be measured, and never "unknown". Conditions (`when`) are applied by whoever reads the grades.
    digests: criterion id -> digest of its meaning; at: when, aware. Raises ConfigError for a measure that does not exist.
    """
    common: dict[str, Any] = {"week": week, "source": call.source, "call_id": call.id, "grader": LOG, "at": at}
    found = (_grade(criterion, call, seen) for criterion in rubric.criteria())
    return [
        kind(**common, criterion=criterion.id, criterion_digest=digests[criterion.id], **fields)
        for criterion, (kind, fields) in zip(rubric.criteria(), found, strict=True)
        if kind is not None
    ]


def measures_of(criterion: Criterion) -> tuple[str, ...]:
    """What the criterion may name as its `measure`: of a yes/no question what is counted, since 0 then means no."""
    if criterion.type != "yes_no":
        return (*MEASURES, *FIGURES)
    return ("unanswered", *(name for name, figure in FIGURES.items() if figure.unit in COUNTED))


def _reading(criterion: Criterion, call: Call, seen: Seen) -> Reading | None:
    """What the criterion's measure says; None without data. Raises ConfigError that lists the known measures."""
    name = criterion.measure or ""
    if name not in measures_of(criterion):
        raise ConfigError(
            f"unknown measure {criterion.measure!r}",
            where=f"rubric, criterion {criterion.id}",
            why="a measured criterion takes its value from the call log",
            fix=f"use one of {', '.join(measures_of(criterion))}",
        )
    if name in MEASURES:
        return MEASURES[name](call, seen.measures)
    value = seen.found.values.get(name) if seen.found else None
    return None if value is None else Reading(value)


_Found = tuple[type[Scored] | type[Ungraded] | None, dict[str, Any]]
_NOTHING: _Found = (None, {})


def _grade(criterion: Criterion, call: Call, seen: Seen) -> _Found:
    if criterion.id == "outcome" and criterion.type == "category":
        return _outcome(criterion, call)
    answers = criterion.type == "yes_no" and criterion.measure and "measured" in criterion.graded_by
    if criterion.type != "measured" and not answers:
        return _NOTHING
    reading = _reading(criterion, call, seen)
    if reading is None:
        return _NOTHING
    kind, fields = _answer(criterion, reading) if answers else _level(criterion, reading)
    return kind, fields | _evidence(criterion, seen)


def _answer(criterion: Criterion, reading: Reading) -> _Found:
    """Yes where it was found; 0 was looked for and is not there."""
    value = reading.value or 0.0
    return Scored, {
        "value": "yes" if value > 0 else "no",
        "measured_value": value,
        "rationale": f"{criterion.measure} = {numbers.plain(value)}",
    }


def _evidence(criterion: Criterion, seen: Seen) -> dict[str, Any]:
    """The turns that show the figure, in order."""
    name = criterion.measure or ""
    measure, state = (FIGURES[name].shown_by if name in FIGURES else None) or (name, "")
    own = [one for one in seen.found.findings if one.measure == measure and state in ("", one.state)] if seen.found else []
    turns = sorted({turn for one in own for turn in one.turns})[:_MOST_PLACES]
    return {"evidence": tuple(Evidence(turn=turn) for turn in turns)} if turns else {}


def _outcome(criterion: Criterion, call: Call) -> _Found:
    if "measured" not in criterion.graded_by or call.outcome == "unknown":
        return _NOTHING
    return Scored, {"value": call.outcome, "rationale": _outcome_by(call)}


def _outcome_by(call: Call) -> str:
    """Where the outcome is from: given, or by which rule it was derived."""
    if "outcome" not in call.inferred:
        return "as the log has it"
    rule = call.metadata.get(OUTCOME_RULE)
    named = isinstance(rule, str) and rule and rule != BY_LOG
    return f"derived from the reason it ended, by rule {str(rule)[:_LONGEST_RULE]}" if named else f"derived from {BY_LOG}"


def _level(criterion: Criterion, reading: Reading) -> _Found:
    worst = min(band.level for band in criterion.bands)
    if reading.unanswered:
        return Scored, {"value": worst, "rationale": f"{criterion.measure}: unanswered"}
    value = reading.value or 0.0
    level = next((band.level for band in criterion.bands if holds(band, value)), None)
    if level is None:
        return Ungraded, {"reason": "invalid", "rationale": f"no band holds {criterion.measure} = {numbers.plain(value)}"}
    if reading.at_least and level != worst:
        return _NOTHING
    return Scored, {"value": level, "measured_value": value}


def holds(band: Band, value: float) -> bool:
    """Whether the value lies in the band; compared unrounded."""
    tests = {"<": value < band.bound, "<=": value <= band.bound, ">": value > band.bound, ">=": value >= band.bound}
    return tests[band.op]
