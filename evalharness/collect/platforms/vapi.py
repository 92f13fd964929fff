"""Vapi: end-of-call-report webhooks and calls of the API -> our form.

Names and units after the SDK's types: cost in USD, latencies in ms, `time` in epoch ms, `secondsFromStart` in s. `duration`
of a message is ambiguous and not read: endTime - time is.
"""

from __future__ import annotations

from math import inf
from typing import Any

from evalharness.collect.platforms import outcomes, payload
from evalharness.collect.platforms.payload import Draft, Json, inner, number, objects, present, text
from evalharness.collect.reasons import FieldError, shown
from evalharness.collect.units import instant_of, to_the_microsecond
from evalharness.models.noun import canonical_json

_REPORT = "end-of-call-report"
_OF_MESSAGE = (
    "startedAt", "endedAt", "endedReason", "endedMessage", "cost", "costs", "costBreakdown", "analysis", "artifact", "compliance",
    "destination", "customer", "assistant",
)  # fmt: skip
_DIRECTIONS = {"inboundPhoneCall": "inbound", "outboundPhoneCall": "outbound"}
_CHANNELS = {"inboundPhoneCall": "phone", "outboundPhoneCall": "phone", "webCall": "web"}
_SPEAKERS = {"user": "caller", "bot": "agent", "assistant": "agent"}
_SILENT = frozenset({"system", "tool_calls", "tool_call_result", "tool", "function", "developer"})
_COSTS = {"transport": "telephony", "transcriber": "stt", "model": "llm", "voice": "tts", "vapi": "platform"}
_BREAKDOWN = {"transport": "telephony", "stt": "stt", "llm": "llm", "tts": "tts", "vapi": "platform", "chat": "other"}
_COMPONENTS = (
    ("endpointing", "endpointingLatency"), ("stt", "transcriberLatency"), ("llm", "modelLatency"), ("tts", "voiceLatency"),
)  # fmt: skip
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
    artifact, customer = _object(call, "artifact"), _object(call, "customer")
    messages = objects(artifact.get("messages")) or objects(call.get("messages"))
    start = _epoch(call.get("startedAt") or call.get("createdAt"))
    turns, loose = _turns(messages, start)
    metadata = _metadata(call, artifact)
    inferred = _with_latencies(turns, artifact, metadata)
    if loose:
        metadata[payload.UNTOLD] = loose
        inferred.append(payload.UNTOLD)
    started, reason, kind = text(call.get("startedAt")), text(call.get("endedReason")), str(call.get("type"))
    signs = outcomes.Signs(
        reason=reason or "",
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
        "direction": _DIRECTIONS.get(kind),
        "channel": _CHANNELS.get(kind),
        "caller": text(customer.get("number")) or text(customer.get("sipUri")),
        "end_reason": reason,
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
    activated = artifact.get("assistantActivations")
    first = next(iter(objects(activated)), {}) if activated else {}
    return (
        text(first.get("assistantName"))
        or text(_object(call, "assistant").get("name"))
        or text(call.get("assistantId"))
        or text(first.get("assistantId"))
    )


def _epoch(value: Any) -> float | None:
    """ISO 8601 text as epoch ms."""
    return instant_of(value, "startedAt").timestamp() * 1e3 if text(value) else None


def _turns(messages: list[Json], start: float | None) -> tuple[list[Json], str | None]:
    """What was said and which tools ran; and what was said by somebody this version does not know.

    Roles that are no speech (system) and empty messages are left out.
    """
    turns: list[Json] = []
    strange = False
    results: dict[str, Json] | None = None
    for message in messages:
        if said := text(message.get("message")):
            role = str(message.get("role"))
            if speaker := _SPEAKERS.get(role):
                begin, end = _times(message, start)
                turns.append({"speaker": speaker, "text": said, "start_ms": begin, "end_ms": end})
            elif role not in _SILENT:
                strange = True
        if "toolCalls" in message and (called := objects(message["toolCalls"])):
            if results is None:
                results = {str(one.get("toolCallId")): one for one in messages if one.get("role") == "tool_call_result"}
            tools = [_tool(tool, message, results) for tool in called]
            turns.append({"speaker": "agent", "text": None, "start_ms": _times(message, start)[0], "tool_calls": tools})
    return turns, _untold(messages) if strange else None


def _untold(messages: list[Json]) -> str | None:
    """What somebody said whom this version does not know, with what was said before it."""
    spoken = ((role, message) for message in messages if (role := str(message.get("role"))) not in _SILENT)
    return payload.untold((role, said, _SPEAKERS.get(role)) for role, message in spoken if (said := text(message.get("message"))))


def _times(message: Json, start: float | None) -> tuple[float | None, float | None]:
    """Its begin and its end in ms from the start of the call, the end by what it lasted on its own clock."""
    begin, time = payload.seconds_as_ms(message.get("secondsFromStart")), number(message.get("time"))
    if begin is None:
        if time is None or start is None:
            return None, None
        begin = to_the_microsecond(time - start)
    end = number(message.get("endTime"))
    return begin, None if end is None or time is None or end < time else to_the_microsecond(begin + (end - time))


def _tool(tool: Json, message: Json, results: dict[str, Json]) -> Json:
    """A tool call with the result of the same id. There is no error flag: a result object with `error` says it failed."""
    answer = results.get(str(tool.get("id")), {})
    said = answer.get("result")
    began, ended = number(message.get("time")), number(answer.get("time"))
    return {
        "name": text(inner(tool, "function", "name")) or "unknown",
        "arguments": payload.from_json_text(inner(tool, "function", "arguments")),
        "result": said if said is None or isinstance(said, str) else canonical_json(said),
        "error": True if _says_error(said) else None,
        "duration_ms": None if began is None or ended is None or ended < began else ended - began,
    }


def _says_error(result: Any) -> bool:
    """Whether it is, or is the text of, an object whose `error` holds something."""
    if isinstance(result, str) and "error" not in result and "\\u" not in result:
        return False
    return bool(inner(payload.from_json_text(result), "error"))


def _with_latencies(turns: list[Json], artifact: Json, metadata: Json) -> list[str]:
    """Attaches turnLatencies (ms) where there is one for each reply; else they stay in the metadata. The inferred fields."""
    given = objects(_object(artifact, "performanceMetrics").get("turnLatencies"))
    found = [{"latency_ms": _positive(entry.get("turnLatency")), "components": _components(entry)} for entry in given]
    if payload.attach(turns, found):
        return ["turns.latency_ms"]
    if not given:
        return []
    metadata["latency_not_tied_to_turns_ms"] = [entry["latency_ms"] for entry in found]
    return ["latency_not_tied_to_turns"]


def _components(entry: Json) -> dict[str, float]:
    """Parts of a reply's latency in ms; a part of 0 is not reported."""
    found = {}
    for name, key in _COMPONENTS:
        if ms := _positive(entry.get(key)):
            found[name] = ms
    return found


def _positive(value: Any) -> float | None:
    if type(value) is int:
        return float(value) if value >= 0 else None
    return value if type(value) is float and 0.0 <= value < inf else None


def _cost(call: Json) -> dict[str, float] | None:
    """USD: the itemised costs, else the breakdown; analysis, knowledge base and what no part explains are `other`."""
    parts = [(_COSTS.get(str(part.get("type")), "other"), _positive(part.get("cost"))) for part in objects(call.get("costs"))]
    if not parts:
        parts = [(ours, _positive(inner(call, "costBreakdown", key))) for key, ours in _BREAKDOWN.items()]
    total = _positive(call.get("cost"))
    return payload.costs(parts, _positive(inner(call, "costBreakdown", "total")) if total is None else total)


def _recording(artifact: Json, call: Json) -> str | None:
    """The stored address, stereo first (a channel each way); presigned ones expire and are never taken."""
    recording = _object(artifact, "recording")
    return (
        text(recording.get("stereoUrl"))
        or text(artifact.get("stereoRecordingUrl"))
        or text(_object(recording, "mono").get("combinedUrl"))
        or text(artifact.get("recordingUrl"))
        or text(call.get("stereoRecordingUrl"))
        or text(call.get("recordingUrl"))
    )


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
    held = [name for name in artifact if name not in _HELD_APART]
    return present({name: artifact[name] for name in held if not name.startswith("presigned") and not name.endswith("Url")})


def _metadata(call: Json, artifact: Json) -> Json:
    """What the platform concluded itself, and what this version does not know; never addresses of control or logs."""
    analysis, metrics = _object(call, "analysis"), _object(artifact, "performanceMetrics")
    assistants = [entry.get("assistantName") for entry in objects(artifact.get("assistantActivations"))]
    transport = {"from": metrics.get("fromTransportLatencyAverage"), "to": metrics.get("toTransportLatencyAverage")}
    return present({
        **{name: call[name] for name in call if name not in _USED},
        "assistant_id": call.get("assistantId"),
        "assistants": assistants if len(assistants) > 1 else None,
        "ended_message": call.get("endedMessage"),
        "summary": analysis.get("summary"),
        "success_evaluation": analysis.get("successEvaluation"),
        "structured_data": analysis.get("structuredData"),
        "structured_data_multi": analysis.get("structuredDataMulti"),
        "structured_outputs": artifact.get("structuredOutputs"),
        "scorecards": artifact.get("scorecards"),
        "recording_consent": _object(call, "compliance").get("recordingConsent"),
        "user_interruptions": metrics.get("numUserInterrupted"),
        "assistant_interruptions": metrics.get("numAssistantInterrupted"),
        "transport_latency_ms_average": present(transport),
        "transfers": [_transfer(one) for one in objects(artifact.get("transfers"))],
        "nodes": [name for one in objects(artifact.get("nodes")) if (name := text(one.get("nodeName")))],
        "artifact": _unknown(artifact),
    })  # fmt: skip


def _object(held: Json, name: str) -> Json:
    found = held.get(name)
    return found if isinstance(found, dict) else {}
