"""summary.json and its published schema, from one list of parts: what a week comes to, without its transcripts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from evalharness.models.act import Confirmation
from evalharness.models.call import Change
from evalharness.models.cost import Costing
from evalharness.models.grade import Scored
from evalharness.models.guard import Guard
from evalharness.models.measure import Check, Measure, Verdict, WeekVerdict
from evalharness.models.measured import Logged, MeasuredFigure
from evalharness.models.noun import Count, Instant, LedgerHead, Name, Noun, Share
from evalharness.models.sample import Design
from evalharness.models.severity import Exclusion, Severity
from evalharness.models.summary import (
    CallResult,
    CallToHear,
    CostRow,
    CriterionSummary,
    Disagreement,
    Escalation,
    Flagged,
    GraderCount,
    LatencyRow,
    Nonresponse,
    Population,
    ScopeNow,
    WeekSummary,
)
from evalharness.models.trend import WeekTrends, WhatChanged
from evalharness.models.trust import Agreement, Combined, FoundCase, JudgeTrust, TrustRules
from evalharness.models.week import Week
from evalharness.report import action_words, verdicts
from evalharness.report.exports import summary_shapes as shapes
from evalharness.report.text import json_text

FORMAT = "evalharness-week-summary/1"
Drop = dict[str, set[str]]


@dataclass(frozen=True)
class Part:
    """A key of the document: its type, its value for a week, and fields left out of nouns (noun -> fields) within it.

    `sometimes`: the key is there only where its value is not None.
    """

    name: str
    kind: Any
    value: Callable[[WeekSummary], Any]
    drop: Drop = field(default_factory=dict)
    sometimes: bool = False


def _plain(name: str, kind: Any, **more: Any) -> Part:
    return Part(name, kind, lambda summary: getattr(summary, name), **more)


_UNNAMED: Drop = {"Measure": {"name"}}
PARTS: tuple[Part, ...] = (
    Part("format", Literal["evalharness-week-summary/1"], lambda _: FORMAT),
    *(_plain(name, str) for name in ("timezone", "success_criteria", "leaning")),
    *(_plain(name, Name) for name in ("agent", "owner")),
    _plain("week", Week),
    _plain("verdict", WeekVerdict),
    *(_plain(name, Count) for name in ("graded_calls", "late_calls")),
    *(_plain(name, str | None) for name in ("redraw_reason", "sample_digest")),
    *(_plain(name, dict[str, Count]) for name in ("intents", "outcomes", "versions")),
    _plain("fill", dict[str, Share]),
    *(_plain(name, tuple[str, ...]) for name in ("notices", "next_steps", "switched_off")),
    Part("by_verdict", dict[Verdict, tuple[Name, ...]], lambda one: {
        verdict: [check.threshold.id for check in one.checks if check.verdict == verdict] for verdict in verdicts.VERDICTS
    }),
    Part("checks", tuple[shapes.CheckRecord, ...], lambda one: [_check(check) for check in one.checks]),
    Part("measures", dict[str, Measure], lambda one: {measure.name: measure for measure in one.measures}, _UNNAMED),
    *(_plain(name, Measure, drop=_UNNAMED) for name in ("call_score", "automatic_fails")),
    _plain("heard", Measure | None, drop=_UNNAMED),
    Part("population", Population, lambda one: {**one.population.model_dump(), "in_scope": one.population.in_scope}),
    _plain("design", Design | None),
    Part("rubric", dict[Literal["id", "version", "digest"], str | int], lambda one: {
        "id": one.rubric.id, "version": one.rubric.version, "digest": one.rubric_digest
    }),
    _plain("graders", tuple[GraderCount, ...]),
    _plain("criteria", tuple[CriterionSummary, ...]),
    _plain("to_hear", tuple[CallToHear, ...]),
    _plain("latency", tuple[LatencyRow, ...]),
    _plain("cost", tuple[CostRow, ...]),
    _plain("changes", tuple[Change, ...]),
    _plain("combined", tuple[Combined, ...]),
    _plain("trust", tuple[JudgeTrust, ...]),
    _plain("among_people", tuple[Agreement, ...]),
    _plain("severity", tuple[Severity, ...]),
    _plain("excluded", tuple[Exclusion, ...]),
    Part("disagreements", tuple[shapes.DisagreementRecord, ...], lambda one: list(map(_disagreement, one.disagreements))),
    _plain("escalation", Escalation | None),
    _plain("costing", Costing | None),
    _plain("nonresponse", Nonresponse | None),
    Part("picked", tuple[shapes.PickedRecord, ...], lambda one: [_picked(call, one.pick_reason(call)) for call in one.picked]),
    _plain("found_cases", tuple[FoundCase, ...], drop={"FoundCase": {"rationale", "evidence"}}),
    _plain("guard", tuple[Guard, ...]),
    _plain("trust_rules", TrustRules),
    _plain("flagged", tuple[Flagged, ...], drop={"Flagged": {"grades"}}),
    _plain("confirmations", tuple[Confirmation, ...], drop={"Confirmation": {"note"}}),
    _plain("measured", tuple[MeasuredFigure, ...]),
    _plain("logged", tuple[Logged, ...]),
    Part("actions", tuple[shapes.ActionRecord, ...], lambda one: [
        action_words.record(action, one.week, notes=False) for action in one.actions
    ]),
    _plain("as_of", Instant | None, sometimes=True),
    _plain("scope_now", ScopeNow | None, sometimes=True),
    _plain("trend", WeekTrends | None, drop={"WeekTrends": {"slices"}, "TrendWeek": {"signed"}}, sometimes=True),
    _plain("moved", WhatChanged | None, sometimes=True),
    _plain("ledger_head", LedgerHead | None, sometimes=True),
)  # fmt: skip
"""The whole document, key by key."""


def summary_json(summary: WeekSummary) -> bytes:
    """The week without its transcripts: stable keys, every number with its n. Shares are fractions, times milliseconds.

    `trend` is without the groups of calls (table `trend` of an export has them); `trend`, `moved`, `as_of`, `scope_now`
    and `ledger_head` stand there only where they are known.
    """
    found = {part.name: part.value(summary) for part in PARTS}
    document = {
        part.name: _without(found[part.name], part.drop) for part in PARTS if not part.sometimes or found[part.name] is not None
    }
    text = json.dumps(_finite(document), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (json_text(text) + "\n").encode()


def decided_json(summary: WeekSummary) -> bytes:
    """What is signed: summary.json without what other weeks have to do with it, which is the same whenever it is computed,
    without the ledger's head, and without what is configured since the draw."""
    return summary_json(summary.model_copy(update={"trend": None, "moved": None, "ledger_head": None, "scope_now": None}))


def _without(value: Any, drop: Drop) -> Any:
    """The value as JSON has it, without the fields that are dropped."""
    if isinstance(value, Noun):
        gone = drop.get(type(value).__name__, set())
        kept = [name for name in type(value).model_fields if name not in gone]
        return {name: _without(getattr(value, name), drop) for name in kept} if drop else value.model_dump(mode="json")
    if isinstance(value, dict):
        return {name: _without(one, drop) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(one, drop) for one in value]
    return _ANY.dump_python(value, mode="json")


_ANY: TypeAdapter[Any] = TypeAdapter(Any)


def _finite(value: Any) -> Any:
    """The document with null for a limit that is not finite: JSON has no word for it."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _check(check: Check) -> dict[str, Any]:
    """The record with the one side of the bar that there is."""
    record = shapes.check_record(check).model_dump(mode="json")
    return {name: value for name, value in record.items() if name not in shapes.SIDES or value is not None}


def _picked(result: CallResult, reason: str) -> shapes.PickedRecord:
    return shapes.PickedRecord(
        source=result.call.source,
        call_id=result.call.id,
        position=result.position,
        reason=reason,
        outcome=result.outcome,
        clear_failure=result.clear_failure,
        score=result.score,
    )


def _disagreement(one: Disagreement) -> shapes.DisagreementRecord:
    values = [
        shapes.SaidRecord(
            grader=grade.grader.name, kind=grade.grader.kind, value=grade.value if isinstance(grade, Scored) else "N/A"
        )
        for grade in one.grades
    ]
    names = ("position", "source", "call_id", "criterion", "turn", "between", "why", "waits")
    decision, of_decision = one.decision, shapes.DecisionRecord.model_fields
    return shapes.DisagreementRecord(
        **{name: getattr(one, name) for name in names},
        values=tuple(values),
        final=one.final.value,
        final_by=one.final.by,
        decision=shapes.DecisionRecord(**{name: getattr(decision, name) for name in of_decision}) if decision else None,
        disputes=tuple(shapes.DisputeRecord(by=other.by, at=other.at, decided=other.decided) for other in one.disputes),
    )
