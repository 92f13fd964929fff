"""What counts of each call as OpenTelemetry events `gen_ai.evaluation.result`, for those who keep scores beside their calls.

One line of OTLP/JSON (LogsData) a call, as the collector's file receivers and its HTTP endpoint /v1/logs take it. Attributes:
OpenTelemetry semantic conventions for generative AI, event gen_ai.evaluation.result (status: development). A final value is one
event; what has none is no event, never a 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from evalharness.models.call import Call
from evalharness.models.grade import FinalValue, Scored
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report.text import json_text

EVENT = "gen_ai.evaluation.result"
INFO = 9
"""Severity number of an ordinary event."""
NOT_APPLICABLE = "not_applicable"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRACE, _SPAN = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")


def otel_lines(summaries: Iterable[WeekSummary], version: str, *, texts: bool = False) -> bytes:
    """A line a drawn or picked call with any value. `texts`: with the graders' reasons, which may quote the caller."""
    lines = [
        json_text(json.dumps(_data(summary, result, version, texts=texts), ensure_ascii=False, allow_nan=False))
        for summary in summaries
        for result in (*summary.results, *summary.picked)
        if any(value.state != "ungraded" for value in result.final.values())
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _data(summary: WeekSummary, result: CallResult, version: str, *, texts: bool) -> dict[str, Any]:
    resource = {
        "service.name": summary.agent,
        "service.version": result.call.version,
        "gen_ai.agent.name": summary.agent,
        "evalharness.ledger_head": summary.ledger_head,
    }
    scope = {"name": "evalharness", "version": version}
    records = list(_records(summary, result, texts=texts))
    return {"resourceLogs": [{"resource": {"attributes": _attributes(resource)}, "scopeLogs": [_scope(scope, records)]}]}


def _scope(scope: dict[str, str], records: list[dict[str, Any]]) -> dict[str, Any]:
    return {"scope": scope, "logRecords": records}


def _records(summary: WeekSummary, result: CallResult, *, texts: bool) -> Iterator[dict[str, Any]]:
    """An event a criterion with a final value, then one of the call's score."""
    for name, final in sorted(result.final.items()):
        if final.state != "ungraded":
            told = {**_of_final(final), "gen_ai.evaluation.explanation": _reasons(result, name) if texts else None}
            yield _record(summary, result, name, told, _when(result, name))
    if result.score is not None:
        yield _record(summary, result, "call_score", {"gen_ai.evaluation.score.value": result.score}, _when(result, None))


def _of_final(final: FinalValue) -> dict[str, Any]:
    """A level is a number, everything else a label; a level that fails the call is labelled so."""
    if final.state == NOT_APPLICABLE:
        return {"gen_ai.evaluation.score.label": NOT_APPLICABLE, "evalharness.decided_by": final.by}
    known: dict[str, Any] = {"evalharness.decided_by": final.by}
    if isinstance(final.value, str):
        return {**known, "gen_ai.evaluation.score.label": final.value}
    return {
        **known,
        "gen_ai.evaluation.score.value": final.value,
        "gen_ai.evaluation.score.label": "fail" if final.fail else None,
    }


def _record(summary: WeekSummary, result: CallResult, name: str, told: dict[str, Any], at: datetime) -> dict[str, Any]:
    call = result.call
    same = {
        "gen_ai.evaluation.name": name,
        **told,
        "gen_ai.conversation.id": call.id,
        "gen_ai.response.id": _metadata(call, "response_id"),
        "evalharness.week": summary.week,
        "evalharness.source": call.source,
        "evalharness.stratum": result.stratum,
        "evalharness.weight": None if result.probability is None else 1 / result.probability,
        "evalharness.rubric.digest": summary.rubric_digest,
    }
    moment = str(_nanoseconds(at))
    record = {"timeUnixNano": moment, "observedTimeUnixNano": moment, "severityNumber": INFO, "eventName": EVENT}
    return {**record, "attributes": _attributes(same), **_span(call)}


def _span(call: Call) -> dict[str, str]:
    """The span of the call, where its metadata has trace_id and span_id in hexadecimal, as OTLP/JSON writes them."""
    trace, span = _metadata(call, "trace_id"), _metadata(call, "span_id")
    if trace is None or not _TRACE.fullmatch(trace) or not trace.strip("0"):
        return {}
    return {"traceId": trace, **({"spanId": span} if span and _SPAN.fullmatch(span) and span.strip("0") else {})}


def _metadata(call: Call, name: str) -> str | None:
    value = call.metadata.get(name)
    return value if isinstance(value, str) and value else None


def _reasons(result: CallResult, criterion: str) -> str | None:
    """The reasons of the people who graded it, one a line."""
    found = [
        grade.rationale
        for grade in result.grades
        if grade.criterion == criterion and isinstance(grade, Scored) and grade.grader.kind == "human" and grade.rationale
    ]
    return "\n".join(found) or None


def _when(result: CallResult, criterion: str | None) -> datetime:
    """When it was last graded or decided; a call without a grade: when it began."""
    grades = [grade.at for grade in result.grades if criterion in (None, grade.criterion)]
    decided = [one.at for one in result.decisions if criterion in (None, one.criterion)]
    return max([*grades, *decided], default=result.call.started_at)


def _nanoseconds(moment: datetime) -> int:
    """Since 1970, exactly: a float would lose the microseconds."""
    elapsed = moment - _EPOCH
    return ((elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds) * 1_000


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Key and value as OTLP/JSON has them; what is not known is left out."""
    return [{"key": key, "value": _any_value(value)} for key, value in values.items() if value is not None]


def _any_value(value: str | float) -> dict[str, Any]:
    return {"stringValue": value} if isinstance(value, str) else {"doubleValue": float(value)}
