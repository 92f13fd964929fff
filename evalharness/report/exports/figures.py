"""The tables of figures: checks against the bar, every measure, and the criteria with their answers."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.measure import Check, Since
from evalharness.models.summary import WeekSummary
from evalharness.report.exports.scores import CRITERION
from evalharness.report.exports.table import (
    BASIS,
    CURRENCY,
    HIGH,
    LOW,
    MEASURE,
    MISSING,
    NOTE,
    OF,
    UNANSWERED,
    UNIT,
    VALUE,
    WEEK,
    Column,
    N,
    Row,
    Table,
    measured,
    or_none,
)

VERDICTS = ("met", "missed", "not_proven", "not_measured")
_SINCE = {"value": None, "low": None, "high": None, "n": None, "hits": None, "verdict": None}


def check_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a line of the scorecard."""
    for check in summary.checks:
        threshold = check.threshold
        bar = {"check": threshold.id, "measure": threshold.measure, "direction": threshold.direction, "bar": threshold.value}
        yield {"week": summary.week, **bar, **measured(check.measure), **_verdict(check), **_since(check.since)}


def _verdict(check: Check) -> Row:
    return {
        "bound_low": check.low,
        "bound_high": check.high,
        "verdict": check.verdict,
        "this_week": check.this_week or check.verdict,
        "by_since": check.by_since,
        "calls_needed": check.calls_needed,
        "reason": or_none(check.reason),
    }


def _since(since: Since | None) -> Row:
    known = _SINCE if since is None else {name: getattr(since, name) for name in _SINCE}
    return {"since_week": since.week if since else None, **{f"since_{name}": value for name, value in known.items()}}


def measure_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a measure: those of the week, the call score, and the share of automatic fails; each once."""
    found = {measure.name: measure for measure in (*summary.measures, summary.call_score, summary.automatic_fails)}
    for name, measure in found.items():
        yield {"week": summary.week, "measure": name, **measured(measure), "note": or_none(measure.note)}


def criterion_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a criterion, check or the outcome."""
    for one in summary.criteria:
        counts = {"not_applicable": one.not_applicable, "ungraded": one.ungraded, "held": one.held}
        what = {"criterion": one.criterion, "question": one.question, "type": one.type, "weight": one.weight}
        yield {"week": summary.week, **what, **measured(one.measure), **counts}


def answer_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a criterion and answer: how many drawn calls have it."""
    for one in summary.criteria:
        for answer, count in one.answers.items():
            yield {"week": summary.week, "criterion": one.criterion, "answer": answer, "calls": count, "held": one.held}


_NO_SINCE = "the check has no rate since a start"
CHECKS = Table(
    "checks",
    "a check of the bar: the figure, its limits, the verdict",
    ("week", "check"),
    (
        WEEK,
        Column("check", "word", "id of the check"),
        Column("measure", "word", "the measure it is about"),
        Column("direction", "word", "which side of the bar is good", among=("at_least", "at_most", "below", "above")),
        Column("bar", "number", "the bar itself", "as `unit` says"),
        UNIT, CURRENCY, VALUE, UNANSWERED, N, OF, MISSING, LOW, HIGH, BASIS,
        Column("bound_low", "number", "one-sided 95 % bound the verdict rests on", "as `unit` says", "no bound is known"),
        Column("bound_high", "number", "one-sided 95 % bound the verdict rests on", "as `unit` says", "no bound is known"),
        Column("verdict", "word", "what counts", among=VERDICTS),
        Column("this_week", "word", "by this week's calls alone", among=VERDICTS),
        Column("by_since", "boolean", "the rate since its start decided, not this week alone"),
        Column("calls_needed", "integer", "graded calls in all that would settle it", "calls", "cannot be said, or settled"),
        Column("reason", "text", "why the verdict is what it is", missing="nothing to add"),
        Column("since_week", "word", "first week of the accumulated rate", missing=_NO_SINCE),
        Column("since_value", "number", "that rate", "share", _NO_SINCE),
        Column("since_low", "number", "its one-sided 95 % bound, valid at every look", "share", _NO_SINCE),
        Column("since_high", "number", "its one-sided 95 % bound, valid at every look", "share", _NO_SINCE),
        Column("since_n", "integer", "calls in it", "calls", _NO_SINCE),
        Column("since_hits", "integer", "of these, those counted", "calls", _NO_SINCE),
        Column("since_verdict", "word", "what it says alone", missing=_NO_SINCE, among=VERDICTS),
    ),
    check_rows,
)  # fmt: skip
MEASURES = Table(
    "measures",
    "a measure of the week, with what it stands on",
    ("week", "measure"),
    (WEEK, Column("measure", "word", "its name (DOMAIN: terms)"), *MEASURE, NOTE),
    measure_rows,
)
CRITERIA = Table(
    "criteria",
    "a criterion over the drawn calls: weighted mean score, or share of the good answer",
    ("week", "criterion"),
    (
        WEEK, CRITERION,
        Column("question", "text", "as graders read it"),
        Column("type", "word", "ordinal, yes_no, category, measured or text"),
        Column("weight", "number", "its weight in the call score, of 100", missing="it carries no weight"),
        *MEASURE,
        Column("not_applicable", "integer", "calls in which it does not arise", "calls"),
        Column("ungraded", "integer", "calls without a final value", "calls"),
        Column("held", "integer", "of these, answered and held back while somebody is still to grade them", "calls"),
    ),
    criterion_rows,
)  # fmt: skip
ANSWERS = Table(
    "answers",
    "an answer to a criterion, and how many drawn calls have it as final value",
    ("week", "criterion", "answer"),
    (
        WEEK, CRITERION, Column("answer", "answer", "the answer"), Column("calls", "integer", "calls with it", "calls"),
        Column("held", "integer", "calls of this criterion whose answers are held back, and counted with none", "calls"),
    ),
    answer_rows,
)  # fmt: skip
