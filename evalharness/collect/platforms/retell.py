"""Retell: webhooks (call_ended, call_analyzed) and calls of the API -> our form.

Names and units after the SDK's types: cost in CENTS, latencies in ms, words in s, start and end in epoch ms. The events of
one call are one call (`EVENTS`): call_analyzed completes call_ended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from evalharness.collect.events import Events, laid_over
from evalharness.collect.platforms import outcomes, payload
from evalharness.collect.platforms.payload import Draft, Json, inner, number, objects, present, text
from evalharness.collect.reasons import FieldError, shown

_SPEAKERS = {"agent": "agent", "user": "caller", "transfer_target": "human_agent"}
_SPOKEN = re.compile(r"^(Agent|User|Transfer Target): ?(.*)$")
_NAMED = re.compile(r"^([A-Z][\w'.-]*(?: [A-Z0-9][\w'.-]*){0,3}): ?(.*)$")
_NOTED = re.compile(r"^\s*[(\[].*[)\]]\s*$")
_CHANNELS = {"phone_call": "phone", "web_call": "web"}
_PRODUCTS = (
    ("telephony", r"telephony|twilio|telnyx|phone|sip|sms|transfer"),
    ("platform", r"platform|retell|concurrency|batch"),
    ("tts", r"tts|voice|elevenlabs|cartesia|playht|minimax|deepgram_aura|fish_audio"),
    ("stt", r"asr|stt|transcri"),
    ("llm", r"llm|gpt|claude|gemini|deepseek|llama|grok|realtime|s2s"),
)
_BESIDE = {"dtmf": "keys_pressed", "sms": "messages_sent", "injected": "texts_injected"}
_ROLES = frozenset({*_SPEAKERS, *_BESIDE, "tool_call_invocation", "tool_call_result", "node_transition"})
_COMPONENTS = {"stt": "asr", "llm": "llm", "tts": "tts"}
_USED = frozenset({
    "call_id", "agent_id", "agent_name", "agent_version", "call_type", "direction", "from_number", "to_number", "call_status",
    "start_timestamp", "end_timestamp", "duration_ms", "transcript", "transcript_object", "transcript_with_tool_calls",
    "scrubbed_transcript_with_tool_calls", "disconnection_reason", "transfer_destination", "transfer_end_timestamp", "latency",
    "call_cost", "llm_token_usage", "call_analysis", "recording_url", "recording_multi_channel_url", "scrubbed_recording_url",
    "scrubbed_recording_multi_channel_url", "public_log_url", "knowledge_base_retrieved_contents_url", "data_storage_setting",
    "opt_in_signed_url", "telephony_identifier", "metadata", "access_token", "custom_sip_headers",
    "retell_llm_dynamic_variables", "collected_dynamic_variables",
})  # fmt: skip


def recognises(value: Any) -> bool:
    """A webhook {event, call} or a call with a call_id and Retell's status, type or transcript."""
    call = value.get("call") if isinstance(value, dict) and isinstance(value.get("event"), str) else value
    marks = ("call_status", "transcript_object", "transcript_with_tool_calls", "disconnection_reason")
    return isinstance(call, dict) and "call_id" in call and "agent_id" in call and any(name in call for name in marks)


def draft(given: Any) -> Draft:
    """One webhook or call. Raises FieldError for a call that is not over."""
    call = _call(payload.needed(given, ""))
    if text(call.get("call_status")) in ("registered", "ongoing"):
        raise FieldError("call_status", f"is {shown(call['call_status'])}: the call is not over; call_ended has it whole")
    start = payload.epoch_ms(call.get("start_timestamp"), "start_timestamp")
    (turns, concluded), loose = _turns(call), _untold(call)
    metadata = _metadata(call) | present({payload.UNTOLD: loose})
    concluded += _with_latencies(turns, call, metadata) + ([payload.UNTOLD] if loose else [])
    ending = outcomes.ending("retell", _signs(call, turns))
    raw = {
        "id": call.get("call_id"),
        "agent": text(call.get("agent_name")) or text(call.get("agent_id")),
        "version": _version(call.get("agent_version")),
        "started_at": start,
        "ended_at": payload.epoch_ms(call.get("end_timestamp"), "end_timestamp"),
        "direction": call["direction"] if call.get("direction") in ("inbound", "outbound") else None,
        "channel": _CHANNELS.get(str(call.get("call_type"))),
        "caller": text(call.get("to_number" if call.get("direction") == "outbound" else "from_number")),
        "end_reason": text(call.get("disconnection_reason")),
        "cost": _cost(call, metadata),
        "currency": "USD",
        "recording_url": _recording(call),
        "handoff": _handoff(call),
        "turns": turns,
        **ending,
        "metadata": {**metadata, **ending["metadata"]},
    }
    return Draft(raw, (*(["outcome"] if "outcome" in ending else []), *concluded))


def _call(given: Json) -> Json:
    return payload.needed(given["call"], "call") if "event" in given and "call" in given else given


def _key(given: Any) -> str | None:
    call = given.get("call") if isinstance(given, dict) and "event" in given else given
    return text(inner(call, "call_id"))


def _rank(given: Any) -> int:
    """How complete the call is by then: 0 begun, 1 ended, 2 analysed. A call of the API is told by what it holds."""
    call = given.get("call") if isinstance(given, dict) and "event" in given else given
    if inner(call, "call_status") in ("registered", "ongoing"):
        return 0
    return 2 if inner(given, "event") == "call_analyzed" or inner(call, "call_analysis") else 1


def _merged(events: Sequence[Json]) -> tuple[Json, list[bool]]:
    """The call with what each later event adds or knows better; what it leaves out stays."""
    return laid_over([_call(event) for event in events])


EVENTS = Events(key=_key, rank=_rank, merged=_merged, complete=2)


def _version(value: Any) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)


def _turns(call: Json) -> tuple[list[Json], list[str]]:
    """The transcript with tool calls, else the one without, else the lines of the plain text (then inferred)."""
    entries = _entries(call)
    if entries:
        return [turn for entry in entries if (turn := _turn(entry, entries))], []
    turns = [{"speaker": speaker, "text": words} for _, words, speaker in _lines(call) if speaker]
    return turns, ["turns"] if turns else []


def _lines(call: Json) -> list[tuple[str, str, str | None]]:
    """Of the plain text: who is written before the words, the words, and the speaker where this version knows it.

    A line that names nobody goes on with the words of who spoke last; a note in brackets (music) is nobody's.
    """
    found: list[tuple[str, str, str | None]] = []
    last = -1
    for line in filter(text, (text(call.get("transcript")) or "").splitlines()):
        known = _SPOKEN.match(line)
        if named := known or _NAMED.match(line):
            last = len(found)
            found.append((named[1], named[2], _SPEAKERS[named[1].lower().replace(" ", "_")] if known else None))
        elif last >= 0 and not _NOTED.match(line):
            role, words, speaker = found[last]
            found[last] = (role, f"{words}\n{line}".lstrip("\n"), speaker)
        else:
            found.append(("", line, None))
    return found


def _untold(call: Json) -> str | None:
    """What was said by somebody this version does not know, with what was said before it."""
    entries = _entries(call)
    if not entries:
        return payload.untold(_lines(call))
    speech = (one for one in entries if (role := str(one.get("role"))) in _SPEAKERS or role not in _ROLES)
    spoken = ((str(one.get("role")), text(one.get("content"))) for one in speech)
    return payload.untold((role, words, _SPEAKERS.get(role)) for role, words in spoken if words)


def _entries(call: Json) -> list[Json]:
    names = ("transcript_with_tool_calls", "transcript_object", "scrubbed_transcript_with_tool_calls")
    return next((found for name in names if (found := objects(call.get(name)))), [])


def _turn(entry: Json, entries: list[Json]) -> Json | None:
    """An utterance or a tool call; other entries (node_transition, dtmf, sms, injected) are no turns: `_beside` counts them."""
    role = str(entry.get("role"))
    if role == "tool_call_invocation":
        return {"speaker": "agent", "text": None, "tool_calls": [_tool(entry, entries)]}
    said, words = text(entry.get("content")), objects(entry.get("words"))
    if role not in _SPEAKERS or said is None:
        return None
    start = payload.seconds_as_ms(words[0].get("start")) if words else None
    end = payload.seconds_as_ms(words[-1].get("end")) if words else None
    return {"speaker": _SPEAKERS[role], "text": said, "start_ms": start, "end_ms": end}


def _beside(call: Json) -> Json:
    """What went on beside the speech: nodes by name, how many keys were pressed (never which), messages sent, texts injected."""
    entries = _entries(call)
    nodes = [
        text(one.get("new_node_name")) or text(one.get("new_node_id")) for one in entries if one.get("role") == "node_transition"
    ]
    roles = [str(one.get("role")) for one in entries]
    return {
        "nodes": [node for node in nodes if node],
        **{name: roles.count(role) or None for role, name in _BESIDE.items()},
    }


def _tool(entry: Json, entries: list[Json]) -> Json:
    """The invocation with the result of the same id; neither has a time."""
    call_id = entry.get("tool_call_id")
    same = (one for one in entries if one.get("role") == "tool_call_result" and one.get("tool_call_id") == call_id)
    answer = next(same, {})
    worked = answer.get("successful")
    return {
        "name": text(entry.get("name")) or "unknown",
        "arguments": payload.from_json_text(entry.get("arguments")),
        "result": answer["content"] if isinstance(answer.get("content"), str) else None,
        "error": not worked if isinstance(worked, bool) else None,
    }


def _with_latencies(turns: list[Json], call: Json, metadata: Json) -> list[str]:
    """Attaches latency.e2e.values (ms) where there is one for each reply; else they stay in the metadata. The inferred fields.

    e2e leaves out the network to the caller. Components go along only where they have as many values; those of a speech-to-speech
    model (s2s) are its llm. The others (knowledge base, round trips to a custom llm, which are part of llm) stay in the metadata.
    """
    given = inner(call, "latency")
    values = {name: _values(call, name) for name in ("e2e", *(given if isinstance(given, dict) else {}))}
    spoken = {**_COMPONENTS, **({} if values.get("llm") else {"llm": "s2s"})}
    parts = {ours: held for ours, theirs in spoken.items() if len(held := values.get(theirs, [])) == len(values["e2e"])}
    loose = {name: held for name, held in values.items() if name != "e2e" and held}
    found = [
        {"latency_ms": ms, "components": {name: part[at] for name, part in parts.items() if part[at]}}
        for at, ms in enumerate(values["e2e"])
    ]
    if payload.attach(turns, found):
        metadata |= payload.present(
            {"latency_parts_ms": {name: held for name, held in loose.items() if held not in parts.values()}}
        )
        return ["turns.latency_ms"]
    metadata |= payload.present({"latency_parts_ms": loose})
    if not values["e2e"]:
        return []
    metadata["latency_not_tied_to_turns_ms"] = values["e2e"]
    return ["latency_not_tied_to_turns"]


def _values(call: Json, name: str) -> list[float | None]:
    given = inner(call, "latency", name, "values")
    found = [number(value) for value in given] if isinstance(given, list) else []
    return [None if value is None or value < 0 else value for value in found]


def _cost(call: Json, metadata: Json) -> dict[str, float] | None:
    """Cents to USD by kind of product; transfer legs are telephony and stand in the metadata apart."""
    products = objects(inner(call, "call_cost", "product_costs"))
    legs = [usd for product in products if product.get("is_transfer_leg_cost") is True and (usd := _usd(product.get("cost")))]
    if legs:
        metadata["transfer_leg_cost_usd"] = round(sum(legs), 10)
    parts = [(_component(product), _usd(product.get("cost"))) for product in products]
    return payload.costs(parts, _usd(inner(call, "call_cost", "combined_cost")))


def _usd(cents: Any) -> float | None:
    return payload.money(number(cents), "cents")


def _tokens(call: Json) -> float | None:
    """Tokens of all requests to the model; in and out are not told apart."""
    given = inner(call, "llm_token_usage", "values")
    found = [one for value in (given if isinstance(given, list) else []) if (one := number(value)) is not None]
    return sum(found) if found else None


def _component(product: Json) -> str:
    if product.get("is_transfer_leg_cost") is True:
        return "telephony"
    name = str(product.get("product")).lower()
    return next((component for component, words in _PRODUCTS if re.search(words, name)), "other")


def _recording(call: Json) -> str | None:
    """The scrubbed recording where there is one."""
    names = (
        "scrubbed_recording_multi_channel_url", "scrubbed_recording_url", "recording_multi_channel_url", "recording_url",
    )  # fmt: skip
    return next((call[name] for name in names if text(call.get(name))), None)


def _signs(call: Json, turns: list[Json]) -> outcomes.Signs:
    status = call.get("call_status")
    return outcomes.Signs(
        reason=text(call.get("disconnection_reason")) or "",
        began=number(call.get("start_timestamp")) is not None and status != "not_connected",
        spoken=bool(turns),
        heard=payload.heard_caller(turns),
        error=status == "error",
        voicemail=inner(call, "call_analysis", "in_voicemail") is True,
    )


def _handoff(call: Json) -> Json | None:
    """A transfer to a number or SIP address; Retell does not say when in the call, nor whether it was warm."""
    status = outcomes.handing("retell", text(call.get("disconnection_reason")) or "")
    if not status:
        return None
    over, ended = number(call.get("transfer_end_timestamp")), number(call.get("end_timestamp"))
    talked = over - ended if over is not None and ended is not None and over >= ended else None
    return {"destination": "human", "status": status, "talk_ms": talked if status == "connected" else None}


def _metadata(call: Json) -> Json:
    """The platform's own analysis, the customer's own metadata, and what this version does not know."""
    own = call.get("metadata")
    unknown = {name: value for name, value in call.items() if name not in _USED}
    analysis = call.get("call_analysis") if isinstance(call.get("call_analysis"), dict) else {}
    return present({
        **unknown,
        **(own if isinstance(own, dict) else {}),
        **{("summary" if name == "call_summary" else name): value for name, value in (analysis or {}).items()},
        "agent_id": call.get("agent_id"),
        "transfer_destination": text(call.get("transfer_destination")),
        "llm_tokens": _tokens(call),
        **_beside(call),
    })  # fmt: skip
