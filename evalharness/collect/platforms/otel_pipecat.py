"""Pipecat's spans: conversation > turn > stt, llm, tts -> what a call is made of. All attributes in s.

The end of speech is told by no span: turns have a start alone. Words that were written and not synthesised are no turn.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from evalharness import numbers
from evalharness.collect.platforms import payload, tools
from evalharness.collect.platforms.otel_spans import Span, Trace
from evalharness.collect.platforms.payload import Json
from evalharness.collect.reasons import FieldError

ROOT, MARKS = "conversation", ("turn.number", "turn.user_bot_latency_seconds", "conversation.id")


def call_id(trace: Trace) -> str | None:
    """conversation.id."""
    return trace.root.text("conversation.id")


def turns_of(trace: Trace) -> tuple[list[Json], list[float]]:
    """The turns, and the latencies in ms for which the trace has no words. Raises FieldError where turns are missing."""
    _check_whole(trace)
    found: list[tuple[float, Json]] = []
    loose: list[float] = []
    inside: set[str] = set()
    for turn in trace.named("turn"):
        below = trace.below(turn)
        inside |= {span.id for span in below}
        spoken = _spoken(below, trace)
        reply = _reply([one for _, one in spoken])
        ms = payload.reported_ms(turn.number("turn.user_bot_latency_seconds"))
        if reply is not None:
            reply |= {"latency_ms": ms, "components": _parts(below), "interrupted": _interrupted(turn)}
        elif ms is not None:
            loose.append(ms)
        found += spoken
    found += _spoken([span for span in trace.spans if span.id not in inside], trace)
    return [turn for _, turn in sorted(found, key=lambda one: one[0])], loose


def _check_whole(trace: Trace) -> None:
    """Turns are numbered from 1: a number beyond how many there are says that the rest was exported elsewhere."""
    turns = trace.named("turn")
    last = max((turn.number("turn.number") or 0 for turn in turns), default=0)
    if last > len(turns):
        here = f"{len(turns)} of the turns are here"
        why = f"goes up to {numbers.plain(last, 0)}, and {here}: the rest is in another file; collect them as one"
        raise FieldError("turn.number", why)


def _spoken(spans: list[Span], trace: Trace) -> list[tuple[float, Json]]:
    """What was heard, synthesised and called, in order; fragments and sentences of one speaker in a row are one."""
    found: list[tuple[float, Json]] = []
    for span in spans:
        one = _one(span, trace)
        if one is None:
            continue
        last = found[-1][1] if found else None
        if last and one["text"] and last["text"] and last["speaker"] == one["speaker"]:
            last["text"] += f" {one['text']}"
        else:
            found.append((trace.ms(span.start) or 0.0, one))
    return found


def _one(span: Span, trace: Trace) -> Json | None:
    began = trace.ms(span.start)
    if span.text("tool.function_name"):
        return {"speaker": "agent", "text": None, "start_ms": began, "tool_calls": [_tool(span)]}
    heard, said = span.text("transcript"), span.text("text")
    if span.name.startswith("stt") and heard and span.attributes.get("is_final") is not False:
        return {"speaker": "caller", "text": heard.strip(), "start_ms": began}
    if span.name.startswith("tts") and said:
        first = payload.reported_ms(span.number("metrics.ttfb")) or 0.0
        return {"speaker": "agent", "text": said.strip(), "start_ms": None if began is None else round(began + first, 3)}
    return None


def _tool(span: Span) -> Json:
    status = span.text("tool.result_status")
    result = span.text("tool.result")
    return {
        "name": span.text("tool.function_name"),
        "arguments": payload.from_json_text(span.text("tool.arguments")),
        "result": result,
        "error": tools.failed({"status": status}) if status else tools.failed(result),
        "duration_ms": span.lasted_ms,
    }


def _reply(turns: list[Json]) -> Json | None:
    """The agent's first words after the caller's, else its first."""
    spoken = [turn for turn in turns if turn["text"]]
    after = (b for a, b in pairwise(spoken) if (a["speaker"], b["speaker"]) == ("caller", "agent"))
    return next(after, next((turn for turn in spoken if turn["speaker"] == "agent"), None))


def _parts(spans: list[Span]) -> dict[str, float]:
    """The last time to first byte of each service, in ms; of the voice the first, which is what is heard."""
    found: dict[str, float] = {}
    for name in ("stt", "llm", "tts"):
        of_name = [payload.reported_ms(span.number("metrics.ttfb")) for span in spans if span.name.startswith(name)]
        known = [ms for ms in of_name if ms is not None]
        if known:
            found[name] = known[0 if name == "tts" else -1]
    return found


def _interrupted(turn: Span) -> bool | None:
    """Whether the caller spoke into it; the end of the conversation is no interruption."""
    cut: Any = turn.attributes.get("turn.was_interrupted")
    return cut if isinstance(cut, bool) and turn.attributes.get("turn.ended_by_conversation_end") is not True else None
