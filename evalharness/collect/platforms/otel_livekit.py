"""LiveKit's spans: agent_session > user_turn, agent_turn > llm_node, tts_node, function_tool -> what a call is made of.

Latencies in s. Content stands under lk.pii.* (older releases: lk.*), and only where it was not taken out.
"""

from __future__ import annotations

from evalharness.collect.platforms import payload
from evalharness.collect.platforms.livekit import end_of_turn
from evalharness.collect.platforms.otel_spans import Span, Trace
from evalharness.collect.platforms.payload import Json

ROOT, MARKS = "agent_session", ("lk.speech_id", "lk.e2e_latency", "lk.response.ttft", "lk.job_id", "lk.agent_label")


def call_id(trace: Trace) -> str | None:
    """lk.job_id, of whichever span names it."""
    return next((found for span in trace.spans if (found := span.text("lk.job_id"))), None)


def reason_of(trace: Trace) -> str | None:
    """Why the session closed."""
    return next((found for span in trace.spans if (found := span.text("lk.close_reason"))), None)


def turns_of(trace: Trace) -> tuple[list[Json], list[float]]:
    """The turns, and the latencies in ms for which the trace has no words."""
    found: list[tuple[float, Json]] = []
    loose: list[float] = []
    waited: dict[str, float] = {}
    for span in trace.named("user_turn", "agent_turn", "function_tool"):
        at = trace.ms(span.start) or 0.0
        if span.name == "function_tool":
            found.append((at, {"speaker": "agent", "text": None, "start_ms": at, "tool_calls": [_tool(span)]}))
        elif span.name == "user_turn":
            said = _content(span, "user_transcript")
            waited = end_of_turn(span.number("lk.transcription_delay"), span.number("lk.end_of_turn_delay"))
            found += [(at, {"speaker": "caller", "text": said, **_heard(trace, span, "user_speaking")})] if said else []
        else:
            below = trace.below(span)
            ms, said = payload.reported_ms(span.number("lk.e2e_latency")), _said(below)
            if said:
                found.append((_spoke_at(trace, below, at), _reply(trace, span, said, {**waited, **_parts(below)})))
                waited = {}
            elif ms is not None:
                loose.append(ms)
    return [turn for _, turn in sorted(found, key=lambda one: one[0])], loose


def _content(span: Span, name: str) -> str | None:
    return span.text(f"lk.pii.{name}", f"lk.{name}")


def _said(below: list[Span]) -> str | None:
    """What was synthesised, else what the model wrote."""
    for name, content in (("tts_node", "input_text"), ("llm_node", "response.text")):
        parts = [part for span in below if span.name == name and (part := _content(span, content))]
        if parts:
            return " ".join(part.strip() for part in parts)
    return None


def _reply(trace: Trace, span: Span, said: str, parts: dict[str, float]) -> Json:
    cut = span.attributes.get("lk.interrupted")
    return {
        "speaker": "agent",
        "text": said,
        **_heard(trace, span, "agent_speaking"),
        "latency_ms": payload.reported_ms(span.number("lk.e2e_latency")),
        "components": parts,
        "interrupted": cut if isinstance(cut, bool) else None,
    }


def _heard(trace: Trace, span: Span, name: str) -> Json:
    """Start and end of the sound, where a span has it."""
    spoken = [one for one in trace.below(span) if one.name == name]
    ends = [ms for one in spoken if (ms := trace.ms(one.end)) is not None]
    return {"start_ms": trace.ms(spoken[0].start) if spoken else None, "end_ms": max(ends, default=None)}


def _spoke_at(trace: Trace, below: list[Span], at: float) -> float:
    """Where a reply stands: at its sound, else its synthesis, so after the tools that ran for it."""
    starts = [trace.ms(span.start) for span in below if span.name in ("agent_speaking", "tts_node")]
    return next((ms for ms in starts if ms is not None), at)


def _parts(below: list[Span]) -> dict[str, float]:
    """The last model's time to the first token (-1 is none) and the first sound's to the first byte, in ms."""
    ttft = [payload.reported_ms(span.number("lk.response.ttft")) for span in below if span.name == "llm_node"]
    ttfb = [payload.reported_ms(span.number("lk.response.ttfb")) for span in below if span.name == "tts_node"]
    found = {"llm": next((ms for ms in reversed(ttft) if ms), None), "tts": next((ms for ms in ttfb if ms), None)}
    return {name: ms for name, ms in found.items() if ms is not None}


def _tool(span: Span) -> Json:
    wrong = span.attributes.get("lk.function_tool.is_error")
    return {
        "name": span.text("lk.function_tool.name", "gen_ai.tool.name") or "unknown",
        "arguments": payload.from_json_text(_content(span, "function_tool.arguments")),
        "result": _content(span, "function_tool.output"),
        "error": wrong if isinstance(wrong, bool) else None,
        "duration_ms": span.lasted_ms,
    }
