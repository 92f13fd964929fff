"""Shapes of summary.json that are no noun of their own: what a machine is told of a check, a difference, an action, a pick."""

from __future__ import annotations

from typing import Any

from evalharness.models.act import ActionId, ActionState, Cause
from evalharness.models.call import Outcome
from evalharness.models.grade import Lane
from evalharness.models.measure import Basis, Check, Since, Unit, Variant, Verdict
from evalharness.models.noun import CallId, Count, Instant, Name, Noun
from evalharness.models.rubric import GraderKind, Identifier
from evalharness.models.week import Week

Answer = int | float | str


class CheckRecord(Noun):
    """A check. Exactly one of at_least, at_most, below, above is there: the bar. `interval`: the two-sided 95 % limits of this
    week's calls; `low`, `high`: the one-sided bounds the verdict rests on; `since`: the rate accumulated from its start;
    `by_since`: that one decided."""

    id: Name
    measure: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    above: float | None = None
    unit: Unit
    currency: str | None
    value: float | None
    unanswered: bool
    n: Count
    of: Count
    missing: Count
    basis: Basis
    interval: tuple[float | None, float | None]
    low: float | None
    high: float | None
    verdict: Verdict
    calls_needed: Count | None
    reason: str
    this_week: Verdict
    since: Since | None
    since_version: Since | None
    by_since: bool
    variants: tuple[Variant, ...]


_FIGURE = ("unit", "currency", "value", "unanswered", "n", "of", "missing", "basis")
SIDES = ("at_least", "at_most", "below", "above")


def check_record(check: Check) -> CheckRecord:
    """What a machine is told of a check."""
    measure, threshold = check.measure, check.threshold
    names = ("low", "high", "verdict", "calls_needed", "reason", "since", "since_version", "by_since", "variants")
    fields: dict[str, Any] = {"id": threshold.id, "measure": threshold.measure, threshold.direction: threshold.value}
    fields |= {name: getattr(measure, name) for name in _FIGURE} | {name: getattr(check, name) for name in names}
    fields |= {"interval": (measure.low, measure.high), "this_week": check.this_week or check.verdict}
    return CheckRecord.model_construct(**fields)  # of a noun that was checked


class PickedRecord(Noun):
    """A call picked by hand, and why: in no figure, so its own answers alone."""

    source: Name
    call_id: CallId
    position: Count
    reason: str
    outcome: Outcome | None
    clear_failure: str | None
    score: float | None


class SaidRecord(Noun):
    """Who gave which answer; N/A = not applicable."""

    grader: Name
    kind: GraderKind
    value: Answer


class DecisionRecord(Noun):
    """What an adjudicator decided; the reason stands in the workbook. `value` null = not applicable."""

    value: int | str | None
    by: Name
    at: Instant
    lane: Lane
    own_grade: bool


class DisputeRecord(Noun):
    """Who disputes, since when, and whether it is decided."""

    by: Name
    at: Instant
    decided: bool


class DisagreementRecord(Noun):
    """Who said what of a call and criterion, without reasons and quotes; an LLM's value is advisory."""

    position: Count
    source: Name
    call_id: CallId
    criterion: Name
    turn: Count | None
    between: str
    why: str
    waits: bool
    values: tuple[SaidRecord, ...]
    final: Answer | None
    final_by: str | None
    decision: DecisionRecord | None
    disputes: tuple[DisputeRecord, ...]


class FoundCall(Noun):
    """A call by its identity."""

    source: Name
    call_id: CallId


class ActionRecord(Noun):
    """An action without its free text; `overdue` as seen from this week."""

    id: ActionId
    week: Week
    calls: tuple[FoundCall, ...]
    criterion: Identifier
    cause: Cause
    owner: Name
    due: Week | None
    at: Instant
    fixed_in_version: Name | None
    checked_in_week: Week | None
    state: ActionState
    overdue: bool
