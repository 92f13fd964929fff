"""The tables of what people do: actions, and how far graders agree."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.act import Action
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import Agreement
from evalharness.report.exports.scores import CRITERION
from evalharness.report.exports.table import NOTE, WEEK, Column, Row, Table, or_none

STATISTICS = ("alpha", "kappa", "ac", "exact", "within_one", "bias", "sensitivity", "specificity")
CAUSES = ("prompt", "knowledge", "tool", "telephony", "recogniser", "voice", "policy")


def action_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row an action that was open in the week."""
    for action in summary.actions:
        yield {"week": summary.week, **_action(action, summary.week)}


def _action(action: Action, week: str) -> Row:
    same = ("id", "state", "owner", "cause", "criterion", "due", "fixed_in_version", "checked_in_week", "at")
    calls = " ".join(f"{source}:{call_id}" for source, call_id in action.calls)
    found = {"found_in": action.week, "overdue": action.is_overdue(week), "calls": calls, "note": or_none(action.note)}
    return {**{name: getattr(action, name) for name in same}, **found}


def agreement_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a statistic of two graders under a criterion: people with each other, then a judge with people."""
    for agreement in summary.among_people:
        yield from _agreement(summary.week, "people", agreement, None)
    for trust in summary.trust:
        if trust.with_people is not None:
            yield from _agreement(summary.week, "people_and_llm", trust.with_people, trust.state)


def _agreement(week: str, between: str, found: Agreement, trust: str | None) -> Iterator[Row]:
    pair = {"between": between, "criterion": found.criterion, "first": found.first, "second": found.second}
    for name in STATISTICS:
        measure = getattr(found, name)
        if measure is not None:
            figures = {"value": measure.value, "low": measure.low, "high": measure.high, "n": measure.n}
            counts = {"pairs": found.pairs, "not_applicable": found.not_applicable}
            yield {"week": week, **pair, "statistic": name, **figures, **counts, "trust": trust}


_UNIT = "coefficient, share or levels"
ACTIONS = Table(
    "actions",
    "an action that was open in the week",
    ("week", "id"),
    (
        WEEK,
        Column("id", "text", "its number within the week it was found in"),
        Column("state", "word", "what became of it", among=("open", "fixed", "checked", "dropped")),
        Column("overdue", "boolean", "due before this week and not fixed"),
        Column("owner", "word", "who mends it"),
        Column("cause", "word", "the part to fix", among=CAUSES),
        CRITERION,
        Column("found_in", "word", "the week it was found in"),
        Column("due", "word", "until which week", missing="no week is set"),
        Column("fixed_in_version", "word", "the version it is fixed in", missing="not fixed"),
        Column("checked_in_week", "word", "the week it was checked in", missing="not checked"),
        Column("calls", "text", "SOURCE:ID of the calls it was found in, apart by a space"),
        Column("at", "instant", "when it was written down"),
        NOTE,
    ),
    action_rows,
)  # fmt: skip
AGREEMENT = Table(
    "agreement",
    "a statistic of two graders' blind grades under a criterion, pooled over the weeks so far",
    ("week", "between", "criterion", "first", "second", "statistic"),
    (
        WEEK,
        Column("between", "word", "who is compared", among=("people", "people_and_llm")),
        CRITERION,
        Column("first", "word", "one grader"),
        Column("second", "word", "the other; `people` = all of them together"),
        Column("statistic", "word", "which one (docs/agreement.md); never one alone", among=STATISTICS),
        Column("value", "number", "the statistic", _UNIT, "too few to tell"),
        Column("low", "number", "lower 95 % limit", _UNIT, "no limit is known"),
        Column("high", "number", "upper 95 % limit", _UNIT, "no limit is known"),
        Column("n", "integer", "on how many it rests"),
        Column("pairs", "integer", "calls both graded", "calls"),
        Column("not_applicable", "integer", "calls where one gave a value and the other N/A", "calls"),
        Column("trust", "word", "what the judge may decide", missing="people, no judge",
               among=("trusted", "advisory", "untested")),
    ),
    agreement_rows,
)  # fmt: skip
