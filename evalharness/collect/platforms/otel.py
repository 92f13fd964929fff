"""OpenTelemetry (OTLP JSON, a document or a line of the collector's file exporter each) -> our form: one trace is one call.

Read are the spans of Pipecat and of LiveKit. Spans of one trace come in several lines: they are one call (`EVENTS`). A span is
exported when it ends: a trace without the one that lasts as long as the call is not over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evalharness.collect.events import Events
from evalharness.collect.platforms import otel_livekit, otel_pipecat, outcomes, payload, tools
from evalharness.collect.platforms.otel_spans import (
    Span,
    Trace,
    groups_of,
    joined,
    resource_of,
    spans_of,
    trace_id,
    traces_in,
)
from evalharness.collect.platforms.payload import Draft, Json, inner, present
from evalharness.collect.reasons import FieldError, printable, shown
from evalharness.models.agent_prices import USAGE

split = traces_in
"""One value of a file -> one for each trace."""


@dataclass(frozen=True)
class _Kind:
    """Whose spans: the name of the span that lasts as long as the call, attributes that tell it, and how it is read."""

    name: str
    root: str
    turn_names: tuple[str, ...]
    marks: tuple[str, ...]
    call_id: Callable[[Trace], str | None]
    turns: Callable[[Trace], tuple[list[Json], list[float]]]
    reason: Callable[[Trace], str | None]


_KINDS = (
    _Kind(
        "pipecat",
        otel_pipecat.ROOT,
        ("turn",),
        otel_pipecat.MARKS,
        otel_pipecat.call_id,
        otel_pipecat.turns_of,
        lambda _: None,
    ),
    _Kind(
        "livekit",
        otel_livekit.ROOT,
        ("user_turn", "agent_turn"),
        otel_livekit.MARKS,
        otel_livekit.call_id,
        otel_livekit.turns_of,
        otel_livekit.reason_of,
    ),
)
_MODEL, _INPUT, _OUTPUT = "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
_IN_PART = "this is part of a trace; collect it with the rest as one"
_CACHED = ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.input_cached_tokens")


def recognises(value: Any) -> bool:
    """A list of resourceSpans that has spans in it."""
    return any(spans for _, spans in groups_of(value))


def draft(given: Any) -> Draft:
    """One trace. Raises FieldError for one that is not over or not whole, and for one that is no conversation of a known kind."""
    spans = spans_of(payload.needed(given, ""))
    kind = _kind(spans)
    root = next((span for span in spans if span.name == kind.root), None)
    if root is None or root.start is None or root.end is None:
        why = f"the trace has no span {kind.root} that ended: it is not over, or was not exported whole"
        raise FieldError("resourceSpans", why)
    trace = Trace(spans, root, root.start)
    turns, loose = kind.turns(trace)
    _check_whole(spans, root)
    if not turns and not trace.named(*kind.turn_names):
        raise FieldError("resourceSpans", f"has {kind.root} and no turn: {_IN_PART}")
    reason = kind.reason(trace)
    heard = payload.heard_caller(turns)
    ending = outcomes.ending(kind.name, outcomes.Signs(reason or "", True, any(t["text"] for t in turns), heard, root.error))
    tied = {"latency_not_tied_to_turns_ms": loose} if loose else {}
    raw = {
        "id": kind.call_id(trace) or _trace_of(given),
        "agent": _agent(spans, given),
        "started_at": root.start.isoformat(),
        "ended_at": root.end.isoformat(),
        "caller": next((found for span in spans if (found := span.text("lk.pii.sip.phoneNumber", "sip.phoneNumber"))), None),
        "end_reason": reason,
        "handoff": tools.handing(turns),
        "turns": turns,
        **ending,
        "metadata": {**present({"trace_id": _trace_of(given), USAGE: _usage(spans)}), **tied, **ending["metadata"]},
    }
    return Draft(raw, (*(["outcome"] if "outcome" in ending else []), *(["latency_not_tied_to_turns"] if loose else [])))


def _check_whole(spans: list[Span], root: Span) -> None:
    """Each span has its parent here; those that the call itself is part of may lie elsewhere. Raises FieldError."""
    parents = {span.id: span.parent for span in spans}
    above, passed = root.parent, set[str]()
    while above in parents and above not in passed:
        passed.add(above)
        above = parents[above]
    lost = next((span for span in spans if span.parent not in parents and span.parent not in ("", above)), None)
    if lost is not None:
        raise FieldError("parentSpanId", f"of a span {shown(lost.name)} names a span that is not here: {_IN_PART}")


def _kind(spans: list[Span]) -> _Kind:
    """Whose spans they are. Raises FieldError where no span is of a known kind."""
    for kind in _KINDS:
        if any(span.name == kind.root or any(mark in span.attributes for mark in kind.marks) for span in spans):
            return kind
    names = ", ".join(printable(name) for name in dict.fromkeys(span.name for span in spans))
    raise FieldError("resourceSpans", f"holds no conversation of Pipecat or LiveKit; its spans are {names[:200] or 'none'}")


def _agent(spans: list[Span], given: Any) -> str | None:
    named = (found for span in spans if (found := span.text("lk.agent_name", "gen_ai.agent.name")))
    service = resource_of(given).get("service.name")
    return next(named, service if isinstance(service, str) and service else None)


def _usage(spans: list[Span]) -> list[Json]:
    """Tokens and characters by model. Seconds heard are in no span. A span whose part counts them itself is left out."""
    counted = {span.parent for span in spans if _INPUT in span.attributes}
    found: dict[tuple[str, str], Json] = {}
    for span in spans:
        model = span.text(_MODEL) or ""
        if _INPUT in span.attributes and span.id not in counted:
            read = [span.number(name) for name in _CACHED if span.number(name) is not None]
            amounts = {"input_tokens": span.number(_INPUT), "output_tokens": span.number(_OUTPUT)}
            amounts |= {"cached_input_tokens": read[0]} if read else {}
            _add(found.setdefault(("llm_usage", model), {"type": "llm_usage", "model": model}), amounts)
        elif span.number("metrics.character_count") is not None:
            amounts = {"characters_count": span.number("metrics.character_count")}
            _add(found.setdefault(("tts_usage", model), {"type": "tts_usage", "model": model}), amounts)
    return list(found.values())


def _add(entry: Json, amounts: dict[str, float | None]) -> None:
    for name, amount in amounts.items():
        entry[name] = entry.get(name, 0) + (amount or 0)


def _trace_of(given: Any) -> str | None:
    return next((name for _, spans in groups_of(given) for span in spans if (name := trace_id(span))), None)


def _rank(given: Any) -> int:
    """1 with the span that ends the call, 0 before it."""
    roots = {kind.root for kind in _KINDS}
    return int(any(str(inner(span, "name")) in roots for _, spans in groups_of(given) for span in spans))


EVENTS = Events(key=_trace_of, rank=_rank, merged=joined, complete=2)
