"""The week for machines and for copying on: scores.csv, summary.json, summary.md. No clock: same summary, same bytes."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Any

from evalharness.models.grade import Evidence, FinalValue, NotApplicable, Scored, Ungraded
from evalharness.models.measure import Check, Measure
from evalharness.models.summary import CallResult, Disagreement, WeekSummary
from evalharness.report import action_words, decided_words, measured_words, numbers, phrases, since_words, verdicts, words
from evalharness.report.found_words import HEADING as FOUND
from evalharness.report.found_words import sentence as found_case
from evalharness.report.text import csv_cell, json_text, markdown, short

SCORE_COLUMNS = (
    "week", "source", "call_id", "position", "stratum", "probability", "criterion", "turn",
    "grader_kind", "grader", "lane", "state", "value", "reason", "rationale", "evidence",
)  # fmt: skip
AnyGrade = Scored | NotApplicable | Ungraded


def scores_csv(summary: WeekSummary) -> bytes:
    """Tidy scores: a row a grade, then a row a final value (`grader_kind` is "final", `grader` says by whom). UTF-8, CRLF.

    Calls picked by hand stand last: stratum "picked", no probability; they are in no estimate. Text that a spreadsheet could
    take for a formula stands behind an apostrophe; control characters are made visible.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(SCORE_COLUMNS)
    for result in (*summary.results, *summary.picked):
        rows = [
            *(_grade_fields(grade) for grade in result.grades),
            *(_final_fields(value) for _, value in sorted(result.final.items())),
        ]
        for fields in rows:
            record = {**_call_fields(summary, result), **fields}
            writer.writerow([_cell(record[name]) for name in SCORE_COLUMNS])
    return buffer.getvalue().encode("utf-8")


def _call_fields(summary: WeekSummary, result: CallResult) -> dict[str, Any]:
    call = result.call
    return {
        "week": summary.week,
        "source": call.source,
        "call_id": call.id,
        "position": result.position,
        "stratum": result.stratum,
        "probability": result.probability,
    }


def _grade_fields(grade: AnyGrade) -> dict[str, Any]:
    return {
        "criterion": grade.criterion,
        "turn": grade.turn,
        "grader_kind": grade.grader.kind,
        "grader": grade.grader.name,
        "lane": grade.lane,
        "state": grade.state,
        "value": grade.value if isinstance(grade, Scored) else None,
        "reason": grade.reason if isinstance(grade, Ungraded) else None,
        "rationale": grade.rationale,
        "evidence": evidence_text(grade.evidence),
    }


def _final_fields(value: FinalValue) -> dict[str, Any]:
    return {
        "criterion": value.criterion,
        "turn": None,
        "grader_kind": "final",
        "grader": value.by,
        "lane": None,
        "state": value.state,
        "value": value.value,
        "reason": value.note or ("conflict" if value.conflict else None),
        "rationale": None,
        "evidence": None,
    }


def evidence_text(evidence: tuple[Evidence, ...]) -> str:
    """Evidence as people read it: `turn 4: "quote"`, several joined by a bar."""
    return " | ".join(_one_evidence(item) for item in evidence)


def _one_evidence(item: Evidence) -> str:
    place = (
        f"turn {item.turn}" if item.turn is not None else f"at {numbers.clock(item.at_ms)}" if item.at_ms is not None else "call"
    )
    return f'{place}: "{item.quote}"' if item.quote else place


def _cell(value: Any) -> str:
    return csv_cell(value) if isinstance(value, str) else "" if value is None else repr(value)


def summary_json(summary: WeekSummary) -> bytes:
    """The week without its transcripts: stable keys, every number with its n. Shares are fractions, times milliseconds."""
    document = {
        "format": "evalharness-week-summary/1",
        **{name: getattr(summary, name) for name in _PLAIN},
        "by_verdict": {
            verdict: [c.threshold.id for c in summary.checks if c.verdict == verdict] for verdict in verdicts.VERDICTS
        },
        "checks": [_check_json(check) for check in summary.checks],
        "measures": {measure.name: _measure_json(measure) for measure in summary.measures},
        "call_score": _measure_json(summary.call_score),
        "automatic_fails": _measure_json(summary.automatic_fails),
        "population": {**summary.population.model_dump(mode="json"), "in_scope": summary.population.in_scope},
        "design": summary.design.model_dump(mode="json") if summary.design else None,
        "rubric": {"id": summary.rubric.id, "version": summary.rubric.version, "digest": summary.rubric_digest},
        **{name: [item.model_dump(mode="json") for item in getattr(summary, name)] for name in _LISTS},
        "disagreements": [_disagreement_json(one) for one in summary.disagreements],
        "escalation": summary.escalation.model_dump(mode="json") if summary.escalation else None,
        "costing": summary.costing.model_dump(mode="json") if summary.costing else None,
        "nonresponse": summary.nonresponse.model_dump(mode="json") if summary.nonresponse else None,
        "picked": [_picked_json(result, summary.pick_reason(result)) for result in summary.picked],
        "found_cases": [one.model_dump(mode="json", exclude={"rationale", "evidence"}) for one in summary.found_cases],
        "guard": [one.model_dump(mode="json") for one in summary.guard],
        "heard": _measure_json(summary.heard) if summary.heard else None,
        "trust_rules": summary.trust_rules.model_dump(mode="json"),
        "flagged": [one.model_dump(mode="json", exclude={"grades"}) for one in summary.flagged],
        "confirmations": [one.model_dump(mode="json", exclude={"note"}) for one in summary.confirmations],
        "measured": [one.model_dump(mode="json") for one in summary.measured],
        "logged": [one.model_dump(mode="json") for one in summary.logged],
        "actions": [action_words.record(one, summary.week, notes=False) for one in summary.actions],
    }
    if summary.as_of is not None:
        document["as_of"] = summary.as_of.isoformat()
    document = _finite(document)
    return (json_text(json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)) + "\n").encode()


_PLAIN = (
    "agent", "owner", "week", "timezone", "success_criteria", "verdict", "leaning", "graded_calls", "late_calls", "redraw_reason",
    "sample_digest", "intents", "outcomes", "versions", "fill", "notices", "next_steps", "switched_off",
)  # fmt: skip
_LISTS = (
    "graders", "criteria", "to_hear", "latency", "cost", "changes", "combined", "trust", "among_people", "severity", "excluded",
)  # fmt: skip


def _finite(value: Any) -> Any:
    """The document with null for a limit that is not finite: JSON has no word for it."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _measure_json(measure: Measure) -> dict[str, Any]:
    return measure.model_dump(mode="json", exclude={"name"})


def _check_json(check: Check) -> dict[str, Any]:
    """`low` and `high` are the one-sided 95 % bounds of this week's calls, `interval` the two-sided limits, `since` the rate
    accumulated from its epoch with its own one-sided bounds; `by_since`: that one decided the verdict.
    """
    measure, threshold = check.measure, check.threshold
    return {
        "id": threshold.id,
        "measure": threshold.measure,
        threshold.direction: threshold.value,
        "unit": measure.unit,
        "currency": measure.currency,
        "value": measure.value,
        "unanswered": measure.unanswered,
        "n": measure.n,
        "of": measure.of,
        "missing": measure.missing,
        "basis": measure.basis,
        "interval": [measure.low, measure.high],
        "low": check.low,
        "high": check.high,
        "verdict": check.verdict,
        "calls_needed": check.calls_needed,
        "reason": check.reason,
        "this_week": check.this_week or check.verdict,
        "since": check.since.model_dump(mode="json") if check.since else None,
        "since_version": check.since_version.model_dump(mode="json") if check.since_version else None,
        "by_since": check.by_since,
        "variants": [variant.model_dump(mode="json") for variant in check.variants],
    }


def _picked_json(result: CallResult, reason: str) -> dict[str, Any]:
    """A call picked by hand, and why: in no figure, so its own answers alone."""
    names = {"source": result.call.source, "call_id": result.call.id, "position": result.position}
    names["reason"] = reason
    return {**names, "outcome": result.outcome, "clear_failure": result.clear_failure, "score": result.score}


def _disagreement_json(one: Disagreement) -> dict[str, Any]:
    """Who said what, without reasons and quotes; an LLM's value is advisory."""
    fields = one.model_dump(mode="json", exclude={"grades", "final", "decision", "disputes"})
    values = [
        {"grader": grade.grader.name, "kind": grade.grader.kind, "value": grade.value if isinstance(grade, Scored) else "N/A"}
        for grade in one.grades
    ]
    return {**fields, "values": values, "final": one.final.value, "final_by": one.final.by, **_acted_json(one)}


def _acted_json(one: Disagreement) -> dict[str, Any]:
    """What was decided and disputed, by whom and when; the reasons stand in the workbook."""
    names = {"value", "by", "at", "lane", "own_grade"}
    decision = one.decision.model_dump(mode="json", include=names) if one.decision else None
    return {"decision": decision, "disputes": [d.model_dump(mode="json", include={"by", "at", "decided"}) for d in one.disputes]}


def summary_markdown(summary: WeekSummary) -> str:
    """summary.md: the box in words, the checks, the calls to hear, what was decided, the open actions, the notices."""
    blocks = [
        [f"# {markdown(words.heading(summary))}"],
        [f"- **{line.label}**: {markdown(line.text)}" for line in words.box(summary)],
        ["## Checks"],
        list(_markdown_checks(summary)),
        *_markdown_list("Calls to hear", [_heard(call) for call in summary.to_hear]),
        *_markdown_list(FOUND, [markdown(found_case(one)) for one in summary.found_cases]),
        *_markdown_list(measured_words.HEADING, [markdown(text) for text in measured_words.standing_out(summary)]),
        *_markdown_list(decided_words.HEADING, [markdown(text) for text in decided_words.lines(summary)]),
        *_markdown_list("Open actions", [markdown(action_words.sentence(one, summary.week)) for one in summary.actions]),
        *_markdown_list("Picked by hand, in no figure", [_picked(result) for result in summary.picked]),
        *_markdown_list("Notices", [markdown(notice) for notice in summary.notices]),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _markdown_checks(summary: WeekSummary) -> Iterator[str]:
    yield "| check | value | bar | 95 % interval | n of N | basis | verdict | since the start | remarks |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for check in summary.checks:
        measure = check.measure
        cells = (
            phrases.title(check.threshold.measure), phrases.value(check), phrases.bar(check),
            phrases.limits(check), phrases.n_of(measure), phrases.BASIS_WORDS[measure.basis],
            verdicts.shown(check), since_words.beside(check), phrases.remarks(check),
        )  # fmt: skip
        yield f"| {' | '.join(markdown(cell) for cell in cells)} |"


def _picked(result: CallResult) -> str:
    return f"call {result.position}, {markdown(short(result.call.id))}: clear failure: {result.clear_failure or 'open'}"


def _heard(call: Any) -> str:
    number = f"call {call.position}, " if call.position else ""
    return f"{number}{markdown(short(call.call_id))}: {markdown(call.reason)}"


def _markdown_list(name: str, lines: list[str]) -> list[list[str]]:
    return [[f"## {name}"], [f"- {line}" for line in lines]] if lines else []
