"""LiveKit Agents: session reports (SessionReport.to_dict) -> our form.

Units after the library: metrics and times in s (epoch s for instants), `duration_ms` in ms. `started_at` is not exported: it is
concluded. A ttft of -1 and a latency of 0 are none. There is usage and no money. The shape moves between releases: errors,
usage and the end are read where they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from evalharness.collect.platforms import outcomes, payload, tools
from evalharness.collect.platforms.payload import Draft, Json, inner, number, objects, present, text
from evalharness.collect.units import from_start, instant_of_number, milliseconds
from evalharness.models.agent_prices import USAGE

_SPEAKERS = {"user": "caller", "assistant": "agent"}
_AMOUNTS = {
    "tts_usage": ("characters_count",), "llm_usage": ("input_tokens", "output_tokens"), "stt_usage": ("audio_duration",),
}  # fmt: skip
_NOT_KEPT = frozenset({
    "job_id", "room_id", "room", "events", "options", "chat_history", "timestamp", "usage", "agent_name", "duration_ms",
    "audio_recording_path", "audio_recording_started_at", "close_reason", "errors", "started_at", "duration",
})  # fmt: skip


def recognises(value: Any) -> bool:
    """A chat history of items, and a job or a room."""
    return isinstance(inner(value, "chat_history", "items"), list) and any(
        name in value for name in ("job_id", "room_id", "room")
    )


def draft(given: Any) -> Draft:
    """One session. Raises FieldError for what is no report, and for times that are no epoch seconds."""
    report = payload.needed(given, "")
    items = objects(inner(report, "chat_history", "items"))
    start, concluded = _start(report, items)
    turns = _turns(items, start)
    closed = _closed(report)
    reason = text(report.get("close_reason")) or text(closed.get("reason"))
    signs = outcomes.Signs(
        reason=reason or "",
        began=start is not None,
        spoken=any(turn["text"] for turn in turns),
        heard=payload.heard_caller(turns),
    )
    ending, ended = outcomes.ending("livekit", signs), _end(report, start)
    concluded += ["ended_at"] if concluded and ended else []
    raw = {
        "id": next((name for key in ("job_id", "room_id", "room") if (name := text(report.get(key)))), None),
        "agent": text(report.get("agent_name")),
        "started_at": None if start is None else start.isoformat(),
        "ended_at": ended,
        "end_reason": reason,
        "recording_url": text(report.get("audio_recording_path")),
        "handoff": tools.handing(turns) or _handoff(items, start),
        "turns": turns,
        **ending,
        "metadata": {**_metadata(report, items, closed), **ending["metadata"]},
    }
    return Draft(raw, (*concluded, *(["outcome"] if "outcome" in ending else [])))


def _instant(value: Any, field: str) -> datetime | None:
    return instant_of_number(number(value), "epoch_s", field)


def _start(report: Json, items: list[Json]) -> tuple[datetime | None, list[str]]:
    """When it began: the recording, the first item, or so long before the report; concluded unless a release exports it."""
    given = _instant(report.get("started_at"), "started_at")
    if given is not None:
        return given, []
    recorded = _instant(report.get("audio_recording_started_at"), "audio_recording_started_at")
    first = min((at for item in items if (at := _begins(item)) is not None), default=None)
    found = recorded or first or _before(report)
    return found, ["started_at"]


def _begins(item: Json) -> datetime | None:
    spoke = _instant(inner(item, "metrics", "started_speaking_at"), "started_speaking_at")
    return spoke or _instant(item.get("created_at"), "created_at")


def _before(report: Json) -> datetime | None:
    """The report's time less the session's length."""
    at, lasted = number(report.get("timestamp")), milliseconds(number(report.get("duration_ms")), "ms")
    return None if at is None or lasted is None else _instant(at - lasted / 1e3, "timestamp")


def _end(report: Json, start: datetime | None) -> str | None:
    """The start and the length, else the time of the report."""
    began = None if start is None else start.isoformat()
    reported = _instant(report.get("timestamp"), "timestamp")
    ended = payload.later(began, number(report.get("duration_ms")), "ms", "duration_ms")
    return ended or (None if reported is None else reported.isoformat())


def _turns(items: list[Json], start: datetime | None) -> list[Json]:
    """What was said and which tools ran; the wait for a reply has the parts of the caller's turn before it."""
    outputs = {key: item for item in items if item.get("type") == "function_call_output" and (key := text(item.get("call_id")))}
    turns: list[Json] = []
    waited: dict[str, float] = {}
    for item in items:
        if item.get("type") == "function_call":
            turns.append(_tool_turn(item, outputs.get(text(item.get("call_id")) or "", {}), start))
        speaker, said = _SPEAKERS.get(str(item.get("role"))), _said(item.get("content"))
        if item.get("type") != "message" or speaker is None or not said:
            continue
        metrics = item["metrics"] if isinstance(item.get("metrics"), dict) else {}
        turn = {"speaker": speaker, "text": said, **_times(metrics, start)}
        if speaker == "caller":
            waited = end_of_turn(metrics.get("transcription_delay"), metrics.get("end_of_turn_delay"))
        else:
            turn |= _latency(metrics, waited)
            turn["interrupted"] = item["interrupted"] if isinstance(item.get("interrupted"), bool) else None
            waited = {}
        turns.append(turn)
    return turns


def _said(content: Any) -> str | None:
    """The texts of a content, in lines; of sound its transcript."""
    parts = content if isinstance(content, list) else [content]
    said = [part if isinstance(part, str) else inner(part, "transcript") for part in parts]
    return text("\n".join(part for part in said if isinstance(part, str)))


def _times(metrics: Json, start: datetime | None) -> Json:
    begin, end = (_instant(metrics.get(name), name) for name in ("started_speaking_at", "stopped_speaking_at"))
    return {"start_ms": _from(begin, start), "end_ms": None if begin is None or end is None or end < begin else _from(end, start)}


def _from(at: datetime | None, start: datetime | None) -> float | None:
    return None if at is None or start is None else from_start(at, start)


def end_of_turn(transcription: Any, whole: Any) -> dict[str, float]:
    """The parts of the wait before the model, in ms: both delays (s) begin at the end of the speech, so the transcription is
    within the end of the turn, and what is left of that is `endpointing`."""
    stt, all_of_it = payload.reported_ms(transcription), payload.reported_ms(whole)
    rest = 0.0 if all_of_it is None else round(all_of_it - (stt or 0.0), 3)
    return {**({"stt": stt} if stt else {}), **({"endpointing": rest} if rest > 0 else {})}


def _latency(metrics: Json, waited: dict[str, float]) -> Json:
    """e2e_latency is the platform's own figure; the parts go along."""
    parts = {"llm": payload.reported_ms(metrics.get("llm_node_ttft")), "tts": payload.reported_ms(metrics.get("tts_node_ttfb"))}
    parts["transport"] = payload.reported_ms(metrics.get("playback_latency"))
    components = {**waited, **{name: ms for name, ms in parts.items() if ms is not None}}
    return {"latency_ms": payload.reported_ms(metrics.get("e2e_latency")), "components": components}


def _tool_turn(item: Json, answer: Json, start: datetime | None) -> Json:
    """A tool call and the output of the same id."""
    began, ended = _instant(item.get("created_at"), "created_at"), _instant(answer.get("created_at"), "created_at")
    wrong = answer.get("is_error")
    tool = {
        "name": text(item.get("name")) or "unknown",
        "arguments": payload.from_json_text(item.get("arguments")),
        "result": tools.result_text(answer.get("output")),
        "error": wrong if isinstance(wrong, bool) else None,
        "duration_ms": None if began is None or ended is None or ended < began else from_start(ended, began),
    }
    return {"speaker": "agent", "text": None, "start_ms": _from(began, start), "tool_calls": [tool]}


def _handoff(items: list[Json], start: datetime | None) -> Json | None:
    """agent_handoff goes from bot to bot; the item that only names the first agent is none."""
    found = [item for item in items if item.get("type") == "agent_handoff" and text(item.get("old_agent_id"))]
    if not found:
        return None
    at = _instant(found[0].get("created_at"), "created_at")
    return {"destination": "bot", "status": "connected", "at_ms": _from(at, start)}


def _closed(report: Json) -> Json:
    """The event that closed the session, where events are kept."""
    return next((event for event in reversed(objects(report.get("events"))) if event.get("type") == "close"), {})


def _metadata(report: Json, items: list[Json], closed: Json) -> Json:
    """Usage, the agents in turn, errors by part, and what this version does not know; the options are no facts of the call."""
    errors = report["errors"] if isinstance(report.get("errors"), dict) else {}
    handed = [item for item in items if item.get("type") == "agent_handoff"]
    return present({
        **{name: value for name, value in report.items() if name not in _NOT_KEPT},
        "room": report.get("room"),
        "agents": [name for item in handed for name in [text(item.get("new_agent_id"))] if name],
        "errors_by_part": {name: count for name, count in errors.items() if count},
        "close_error": closed.get("error"),
        USAGE: [usage_entry(entry) for entry in objects(report.get("usage"))],
    })  # fmt: skip


def usage_entry(entry: Json) -> Json:
    """An entry of the usage with its kind and the amounts a price needs; a release leaves out what is 0, and the kind."""
    kind = text(entry.get("type")) or next((name for name, keys in _AMOUNTS.items() if entry.keys() & set(keys)), "unknown")
    return {"type": kind, **dict.fromkeys(_AMOUNTS.get(kind, ()), 0), **entry}
