"""Vapi: end-of-call-report webhooks and calls of the API -> our form.

Names and units after the SDK's types: cost in USD, latencies in ms, `time` in epoch ms, `secondsFromStart` in s. `duration`
of a message is ambiguous and not read: endTime - time is.
"""

from __future__ import annotations

from typing import Any

from evalharness.collect.platforms import outcomes, payload
from evalharness.collect.platforms.payload import Draft, Json, inner, number, objects, present, text
from evalharness.collect.reasons import FieldError, shown
from evalharness.models.noun import canonical_json

_REPORT = "end-of-call-report"
_OF_MESSAGE = (
    "startedAt", "endedAt", "endedReason", "endedMessage", "cost", "costs", "costBreakdown", "analysis", "artifact", "compliance",
    "destination", "customer", "assistant",
)  # fmt: skip
_DIRECTIONS = {"inboundPhoneCall": "inbound", "outboundPhoneCall": "outbound"}
_CHANNELS = {"inboundPhoneCall": "phone", "outboundPhoneCall": "phone", "webCall": "web"}
_SPEAKERS = {"user": "caller", "bot": "agent", "assistant": "agent"}
_COSTS = {"transport": "telephony", "transcriber": "stt", "model": "llm", "voice": "tts", "vapi": "platform"}
_BREAKDOWN = {"transport": "telephony", "stt": "stt", "llm": "llm", "tts": "tts", "vapi": "platform", "chat": "other"}
_COMPONENTS = {
    "endpointing": "endpointingLatency", "stt": "transcriberLatency", "llm": "modelLatency", "tts": "voiceLatency",
}  # fmt: skip
_TRANSFERRED: dict[str, outcomes.Handing] = {
    **dict.fromkeys(("connected", "completed"), "connected"),
    **dict.fromkeys(("no-answer", "busy", "voicemail", "failed", "cancelled"), "failed"),
}
_HELD_APART = frozenset({
    "messages", "messagesOpenAIFormatted", "transcript", "recording", "performanceMetrics", "assistantActivations", "transfers",
    "structuredOutputs", "scorecards", "structuredOutputsLastUpdatedAt", "nodes",
})  # fmt: skip
_USED = frozenset({
    *_OF_MESSAGE, "id", "type", "status", "assistantId", "phoneCallProvider", "phoneCallProviderId", "phoneCallTransport",
    "phoneNumber", "phoneNumberId", "customerId", "orgId", "createdAt", "updatedAt", "messages", "monitor", "transport",
    "transcript", "summary", "recordingUrl", "stereoRecordingUrl", "name",
})  # fmt: skip


def recognises(value: Any) -> bool:
    """A report webhook, or a call with a Vapi type and an assistant, artifact or ended reason."""
    if inner(value, "message", "type") is not None and isinstance(inner(value, "message", "call"), dict):
        return True
    call_type = inner(value, "type")
    named = call_type in (*_CHANNELS, "vapi.websocketCall") if isinstance(call_type, str) else False
    return named and any(key in value for key in ("assistantId", "artifact", "endedReason", "squadId"))


def draft(given: Any) -> Draft:
    """One webhook or call. Raises FieldError for other messages and for a call that is not over."""
    call = _call(payload.needed(given, ""))
    artifact = call["artifact"] if isinstance(call.get("artifact"), dict) else {}
    messages = objects(artifact.get("messages")) or objects(call.get("messages"))
    start = _epoch(call.get("startedAt") or call.get("createdAt"))
    turns = _turns(messages, start)
    metadata = _metadata(call, artifact)
    inferred = _with_latencies(turns, artifact, metadata)
    started = text(call.get("startedAt"))
    signs = outcomes.Signs(
        reason=text(call.get("endedReason")) or "",
        began=started is not None,
        spoken=bool(turns),
        heard=payload.heard_caller(turns),
    )
    ending = outcomes.ending("vapi", signs)
    raw = {
        "id": call.get("id"),
        "agent": _agent(call, artifact),
        "started_at": started or text(call.get("createdAt")),
        "ended_at": text(call.get("endedAt")),
        "direction": _DIRECTIONS.get(str(call.get("type"))),
        "channel": _CHANNELS.get(str(call.get("type"))),
        "caller": text(inner(call, "customer", "number")) or text(inner(call, "customer", "sipUri")),
        "end_reason": text(call.get("endedReason")),
        "cost": _cost(call),
        "currency": "USD",
        "recording_url": _recording(artifact, call),
        "handoff": _handoff(call, artifact, turns),
        "turns": turns,
        **ending,
        "metadata": {**metadata, **ending["metadata"]},
    }
    concluded = (*([] if started else ["started_at"]), *(["outcome"] if "outcome" in ending else []), *inferred)
    return Draft(raw, concluded)


def _call(given: Json) -> Json:
    """The call with what its report says, whichever way it came."""
    message = given.get("message")
    if not isinstance(message, dict):
        if text(given.get("status")) not in (None, "ended"):
            raise FieldError("status", f"is {shown(given['status'])}: the call is not over; collect it once it has ended")
        return given
    if message.get("type") != _REPORT:
        raise FieldError("message.type", f"is {shown(message.get('type'))}; only {_REPORT} carries a whole call")
    call = payload.needed(message.get("call"), "message.call")
    return {**call, **{name: message[name] for name in _OF_MESSAGE if message.get(name) is not None}}


def _agent(call: Json, artifact: Json) -> str | None:
    """The assistant the call began with: by its name, else by its id."""
    first = next(iter(objects(artifact.get("assistantActivations"))), {})
    names = (first.get("assistantName"), inner(call, "assistant", "name"), call.get("assistantId"), first.get("assistantId"))
    return next((name for name in names if text(name)), None)


def _epoch(value: Any) -> float | None:
    """ISO 8601 text as epoch ms."""
    from evalharness.collect.units import instant_of

    return instant_of(value, "startedAt").timestamp() * 1e3 if text(value) else None


def _turns(messages: list[Json], start: float | None) -> list[Json]:
    """What was said and which tools ran. Roles that are no speech (system) and empty messages are left out."""
    results = {str(m.get("toolCallId")): m for m in messages if m.get("role") == "tool_call_result"}
    turns = []
    for message in messages:
        said, speaker = text(message.get("message")), _SPEAKERS.get(str(message.get("role")))
        times = _times(message, start)
        if speaker and said:
            turns.append({"speaker": speaker, "text": said, **times})
        tools = [_tool(tool, message, results) for tool in objects(message.get("toolCalls"))]
        if tools:
            turns.append({"speaker": "agent", "text": None, "start_ms": times["start_ms"], "tool_calls": tools})
    return turns


def _times(message: Json, start: float | None) -> Json:
    begin, time = payload.seconds_as_ms(message.get("secondsFromStart")), number(message.get("time"))
    if begin is None and time is not None and start is not None:
        begin = round(time - start, 3)
    end = number(message.get("endTime"))
    lasted = None if end is None or time is None or end < time else end - time
    return {"start_ms": begin, "end_ms": None if begin is None or lasted is None else round(begin + lasted, 3)}


def _tool(tool: Json, message: Json, results: dict[str, Json]) -> Json:
    """A tool call with the result of the same id. There is no error flag: a result object with `error` says it failed."""
    answer = results.get(str(tool.get("id")), {})
    said = answer.get("result")
    parsed = payload.from_json_text(said)
    began, ended = number(message.get("time")), number(answer.get("time"))
    return {
        "name": text(inner(tool, "function", "name")) or "unknown",
        "arguments": payload.from_json_text(inner(tool, "function", "arguments")),
        "result": said if said is None or isinstance(said, str) else canonical_json(said),
        "error": True if isinstance(parsed, dict) and parsed.get("error") else None,
        "duration_ms": None if began is None or ended is None or ended < began else ended - began,
    }


def _with_latencies(turns: list[Json], artifact: Json, metadata: Json) -> list[str]:
    """Attaches turnLatencies (ms) where there is one for each reply; else they stay in the metadata. The inferred fields."""
    given = objects(inner(artifact, "performanceMetrics", "turnLatencies"))
    found = [{"latency_ms": _positive(entry.get("turnLatency")), "components": _components(entry)} for entry in given]
    if payload.attach(turns, found):
        return ["turns.latency_ms"]
    if not given:
        return []
    metadata["latency_not_tied_to_turns_ms"] = [entry["latency_ms"] for entry in found]
    return ["latency_not_tied_to_turns"]


def _components(entry: Json) -> dict[str, float]:
    """Parts of a reply's latency in ms; a part of 0 is not reported."""
    parts = {name: _positive(entry.get(key)) for name, key in _COMPONENTS.items()}
    return {name: ms for name, ms in parts.items() if ms}


def _positive(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and found >= 0 else None


def _cost(call: Json) -> dict[str, float] | None:
    """USD: the itemised costs, else the breakdown; analysis, knowledge base and what no part explains are `other`."""
    parts = [(_COSTS.get(str(part.get("type")), "other"), _positive(part.get("cost"))) for part in objects(call.get("costs"))]
    if not parts:
        parts = [(ours, _positive(inner(call, "costBreakdown", key))) for key, ours in _BREAKDOWN.items()]
    total = _positive(call.get("cost"))
    return payload.costs(parts, _positive(inner(call, "costBreakdown", "total")) if total is None else total)


def _recording(artifact: Json, call: Json) -> str | None:
    """The stored address, stereo first (a channel each way); presigned ones expire and are never taken."""
    recording = artifact.get("recording")
    places = (
        inner(recording, "stereoUrl"), artifact.get("stereoRecordingUrl"), inner(recording, "mono", "combinedUrl"),
        artifact.get("recordingUrl"), call.get("stereoRecordingUrl"), call.get("recordingUrl"),
    )  # fmt: skip
    return next((place for place in places if text(place)), None)


def _handoff(call: Json, artifact: Json, turns: list[Json]) -> Json | None:
    """A forwarded call: to a number or SIP address it is a human, to an assistant a bot. The last attempt's record is first."""
    transfer = next(reversed(objects(artifact.get("transfers"))), {})
    tried = _TRANSFERRED.get(str(transfer.get("status"))) or outcomes.handing("vapi", text(call.get("endedReason")) or "")
    if not tried:
        return None
    destination = call.get("destination") or transfer.get("destination")
    return {
        "at_ms": _asked_at(turns),
        "kind": _kind(transfer.get("mode") or inner(destination, "transferPlan", "mode")),
        "destination": "bot" if inner(destination, "type") == "assistant" else "human",
        "status": tried,
    }


def _kind(mode: Any) -> str | None:
    """A mode such as warm-transfer-with-summary or blind-transfer in one word."""
    word = str(mode).partition("-")[0]
    return word if word in ("warm", "blind") else None


def _asked_at(turns: list[Json]) -> float | None:
    """When the agent called the last transfer tool."""
    asked = [turn["start_ms"] for turn in turns for tool in turn.get("tool_calls") or () if _transfers(tool["name"])]
    return asked[-1] if asked else None


def _transfers(name: str) -> bool:
    return name.lower().startswith("transfercall") or name.lower().startswith("transfer_call")


def _transfer(transfer: Json) -> Json:
    """One attempt: where to (never the number), how, and what became of it; what was said in it is the operator's."""
    return present(
        {"destination": inner(transfer, "destination", "type"), "mode": transfer.get("mode"), "status": transfer.get("status")}
    )


def _unknown(artifact: Json) -> Json:
    """What this version does not know of the artifact; addresses (which differ in each delivery) and copies are left out."""
    left = {name: one for name, one in artifact.items() if name not in _HELD_APART and not name.startswith("presigned")}
    return present({name: one for name, one in left.items() if not name.endswith("Url")})


def _metadata(call: Json, artifact: Json) -> Json:
    """What the platform concluded itself, and what this version does not know; never addresses of control or logs."""
    analysis, metrics = call.get("analysis"), artifact.get("performanceMetrics")
    assistants = [entry.get("assistantName") for entry in objects(artifact.get("assistantActivations"))]
    unknown = {name: value for name, value in call.items() if name not in _USED}
    return present({
        **unknown,
        "assistant_id": call.get("assistantId"),
        "assistants": assistants if len(assistants) > 1 else None,
        "ended_message": call.get("endedMessage"),
        "summary": inner(analysis, "summary"),
        "success_evaluation": inner(analysis, "successEvaluation"),
        "structured_data": inner(analysis, "structuredData"),
        "structured_data_multi": inner(analysis, "structuredDataMulti"),
        "structured_outputs": artifact.get("structuredOutputs"),
        "scorecards": artifact.get("scorecards"),
        "recording_consent": inner(call, "compliance", "recordingConsent"),
        "user_interruptions": inner(metrics, "numUserInterrupted"),
        "assistant_interruptions": inner(metrics, "numAssistantInterrupted"),
        "transport_latency_ms_average": present({"from": inner(metrics, "fromTransportLatencyAverage"),
                                                 "to": inner(metrics, "toTransportLatencyAverage")}),
        "transfers": [_transfer(one) for one in objects(artifact.get("transfers"))],
        "nodes": [name for one in objects(artifact.get("nodes")) if (name := text(one.get("nodeName")))],
        "artifact": _unknown(artifact),
    })  # fmt: skip
