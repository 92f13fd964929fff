"""ElevenLabs Agents: conversations of the API and post-call webhooks -> our form.

Names and units after the SDK's types: `cost` in CREDITS (no money), `cost_fiat` and `charging.llm_price` in USD, start in
epoch s, turn times in whole seconds, metrics in s. There is no end-to-end latency: only components. A number is a human's, an
agent a bot. Events of one conversation are one call (`EVENTS`): feedback and analysis come later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evalharness.collect.events import Events, laid_over
from evalharness.collect.platforms import outcomes, payload, tools
from evalharness.collect.platforms.payload import Draft, Json, inner, number, objects, present, text
from evalharness.collect.reasons import FieldError, shown
from evalharness.collect.units import instant_of_number, milliseconds

_SPEAKERS = {"user": "caller", "agent": "agent"}
_SILENCE = ("...", "…")
_RUNNING = ("initiated", "in-progress", "processing")
_WEBHOOK, _NOT_REACHED = "post_call_transcription", "call_initiation_failure"
_PARTS = {
    "stt": "convai_asr_trailing_service_latency", "llm": "convai_llm_service_ttfb", "tts": "convai_tts_service_ttfb",
}  # fmt: skip
_TRANSFERS = {"transfer_to_number": "human", "transfer_to_agent": "bot"}
_NOT_KEPT = frozenset({
    "agent_id", "agent_name", "conversation_id", "status", "user_id", "version_id", "transcript", "metadata", "analysis",
    "conversation_initiation_client_data", "has_audio", "has_user_audio", "has_response_audio", "has_auxiliary_audio",
})  # fmt: skip


def recognises(value: Any) -> bool:
    """A webhook {type, event_timestamp, data}, or a conversation with its id and its transcript or status."""
    if isinstance(inner(value, "data"), dict) and "event_timestamp" in value:
        return "conversation_id" in value["data"] and text(value.get("type")) is not None
    return isinstance(value, dict) and {"conversation_id", "agent_id", "status"} <= value.keys()


def draft(given: Any) -> Draft:
    """One conversation. Raises FieldError for one that is not over, and for webhooks that carry none."""
    call, about = _call(payload.needed(given, ""))
    turns, loose = _turns(objects(call.get("transcript"))), _untold(objects(call.get("transcript")))
    started, concluded = _start(about, given)
    ending, reason = _ending(call, about, turns, loose)
    phone = about["phone_call"] if isinstance(about.get("phone_call"), dict) else {}
    direction = phone.get("direction")
    raw = {
        "id": call.get("conversation_id"),
        "agent": text(call.get("agent_name")) or text(call.get("agent_id")),
        "version": text(call.get("version_id")),
        "started_at": started,
        "ended_at": payload.later(started, about.get("call_duration_secs"), "s", "metadata.call_duration_secs"),
        "direction": direction if direction in ("inbound", "outbound") else None,
        "channel": "phone" if phone else "chat" if about.get("text_only") is True else None,
        "language": text(about.get("main_language")),
        "caller": text(phone.get("external_number")) or text(call.get("user_id")),
        "end_reason": reason,
        "csat": _rating(about),
        "cost": _cost(about),
        "currency": "USD",
        "handoff": _handoff(turns, call, reason),
        "turns": turns,
        **ending,
        "metadata": {**_metadata(call, about), **present({payload.UNTOLD: loose}), **ending["metadata"]},
    }
    return Draft(raw, (*concluded, *(["outcome"] if "outcome" in ending else []), *([payload.UNTOLD] if loose else [])))


def _call(given: Json) -> tuple[Json, Json]:
    """The conversation, and its metadata; a call that reached nobody is one without a transcript."""
    call = given
    if "data" in given:
        call = payload.needed(given["data"], "data")
        kind = given.get("type")
        if kind == _NOT_REACHED:
            call = {"status": "failed", **call, "transcript": []}
            return call, {"termination_reason": call.get("failure_reason")}
        if kind != _WEBHOOK:
            raise FieldError("type", f"is {shown(kind)}; only {_WEBHOOK} carries a whole conversation")
    if call.get("status") in _RUNNING:
        raise FieldError("status", f"is {shown(call['status'])}: the conversation is not over; collect it once it is done")
    about = call.get("metadata")
    return call, about if isinstance(about, dict) else {}


def _start(about: Json, given: Json) -> tuple[str | None, list[str]]:
    """When it began; when it was accepted, or the event was sent, only stands in for that."""
    names = (("start_time_unix_secs", about), ("accepted_time_unix_secs", about), ("event_timestamp", given))
    for name, holder in names:
        found = instant_of_number(number(holder.get(name)), "epoch_s", name)
        if found is not None:
            return found.isoformat(), [] if name == "start_time_unix_secs" else ["started_at"]
    return None, []


def _turns(entries: list[Json]) -> list[Json]:
    """What was said and which tools ran; "..." is silence. A tool stands after the words it was called with."""
    answers = (one for entry in entries for one in objects(entry.get("tool_results")))
    results = {key: one for one in answers if (key := text(one.get("request_id")))}
    turns: list[Json] = []
    waited = _Waited()
    for entry in entries:
        speaker, said = _SPEAKERS.get(str(entry.get("role"))), text(entry.get("message"))
        at = payload.seconds_as_ms(entry.get("time_in_call_secs"))
        called = [_tool(one, results.get(text(one.get("request_id")) or "", {})) for one in objects(entry.get("tool_calls"))]
        if speaker == "caller" and said and said.strip() in _SILENCE:
            continue
        waited.takes(entry, speaker, bool(said))
        if said and speaker:
            parts = waited.parts() if speaker == "agent" else {}
            cut = entry.get("interrupted") if speaker == "agent" and isinstance(entry.get("interrupted"), bool) else None
            turns.append({"speaker": speaker, "text": said, "start_ms": at, "interrupted": cut, "components": parts})
        if called:
            turns.append({"speaker": "agent", "text": None, "start_ms": at, "tool_calls": called})
            waited.add({"tool": sum(one["duration_ms"] or 0.0 for one in called)})
    return turns


def _untold(entries: list[Json]) -> str | None:
    """What was said by somebody this version does not know."""
    strange = [one for one in entries if str(one.get("role")) not in _SPEAKERS]
    return "\n".join(f"{one.get('role')}: {said}" for one in strange if (said := text(one.get("message")))) or None


class _Waited:
    """The known parts of the wait for a reply, in ms: those of all entries since the caller spoke; repeated ones count once."""

    def __init__(self) -> None:
        self._parts: dict[str, float] = {}
        self._last: Json = {}

    def takes(self, entry: Json, speaker: str | None, said: bool) -> None:
        """An entry's metrics, of either shape. What the caller says begins a new wait."""
        metrics = inner(entry, "conversation_turn_metrics", "metrics") or entry.get("conversation_turn_metrics")
        metrics = metrics if isinstance(metrics, dict) else {}
        if speaker == "caller" and said:
            self._parts = {}
        if metrics and metrics != self._last:
            self.add({ours: milliseconds(_elapsed(metrics.get(name)), "s") or 0.0 for ours, name in _PARTS.items()})
            self._last = metrics

    def add(self, parts: dict[str, float]) -> None:
        """Milliseconds by part; 0 is not reported."""
        for name, ms in parts.items():
            if ms > 0:
                self._parts[name] = round(self._parts.get(name, 0.0) + ms, 3)

    def parts(self) -> dict[str, float]:
        """What the reply that begins now waited for; the next one starts anew."""
        found, self._parts = self._parts, {}
        return found


def _elapsed(metric: Any) -> float | None:
    """Seconds, as {elapsed_time} or the number alone."""
    return number(metric.get("elapsed_time") if isinstance(metric, dict) else metric)


def _tool(tool: Json, answer: Json) -> Json:
    """A tool call with its result; of an error also the raw message."""
    result, wrong = tools.result_text(answer.get("result_value")), answer.get("is_error")
    if wrong is True:
        said = ": ".join(part for part in (text(answer.get("error_type")), text(answer.get("raw_error_message"))) if part)
        result = f"{result or 'error'} ({said})" if said else result
    lasted = milliseconds(number(answer.get("tool_latency_secs")), "s")
    return {
        "name": text(tool.get("tool_name")) or "unknown",
        "arguments": payload.from_json_text(tool.get("params_as_json")),
        "result": result,
        "error": wrong if isinstance(wrong, bool) else None,
        "duration_ms": lasted if lasted is not None and lasted >= 0 else None,
    }


def _ending(call: Json, about: Json, turns: list[Json], loose: str | None) -> tuple[Json, str | None]:
    """Status, outcome and errors by the rules, and the reason given: free text, held against them in lower case."""
    error = about["error"] if isinstance(about.get("error"), dict) else {}
    reason = text(about.get("termination_reason")) or text(error.get("reason"))
    signs = outcomes.Signs(
        reason=(reason or "").lower(),
        began=number(about.get("start_time_unix_secs")) is not None,
        spoken=any(turn["text"] for turn in turns),
        heard=payload.heard_caller(turns) or bool(loose),
        error=call.get("status") == "failed" or bool(error),
    )
    found = outcomes.ending("elevenlabs", signs)
    if "errors" in found:
        found["errors"] = [text(error.get("reason")) or reason or "failed"]
    return found, reason


def _handoff(turns: list[Json], call: Json, reason: str | None) -> Json | None:
    """A transfer tool that ran: to a number it is a human, to an agent a bot; else what the end or the features used say.

    The words it was called with stand at the same whole second, and were before it: then its time is not told.
    """
    ran = [(turn, tool) for turn in turns for tool in turn.get("tool_calls", ()) if tool["name"] in _TRANSFERS]
    ran.sort(key=lambda pair: _TRANSFERS[pair[1]["name"]] == "human")
    used = inner(call, "metadata", "features_usage", "transfer_to_number", "used") is True
    if not ran:
        named = outcomes.handing("elevenlabs", (reason or "").lower())
        return {"destination": "human", "status": named or "connected"} if named or used else None
    turn, tool = ran[-1]
    told = all(one["start_ms"] != turn["start_ms"] for one in turns if one["text"])
    return {
        "destination": _TRANSFERS[tool["name"]],
        "status": "failed" if tool["error"] else "connected",
        "at_ms": turn["start_ms"] if told else None,
        "context_summary": text(inner(tool["arguments"], "agent_message")),
    }


def _cost(about: Json) -> dict[str, float] | None:
    """USD: what was charged, of it the LLM's price; without it the LLM's price alone. Credits are no money."""
    charged, llm = payload.money(about.get("cost_fiat"), "usd"), payload.money(inner(about, "charging", "llm_price"), "usd")
    if charged is not None and llm is not None and llm > charged:
        llm = None
    return payload.costs([("llm", llm)], charged)


def _rating(about: Json) -> float | None:
    """The caller's own rating from 1 to 5."""
    given = number(inner(about, "feedback", "rating"))
    return given if given is not None and 1 <= given <= 5 else None


def _metadata(call: Json, about: Json) -> Json:
    """The platform's analysis and the credits, what the caller wrote, and what this version does not know."""
    analysis = call["analysis"] if isinstance(call.get("analysis"), dict) else {}
    unknown = {name: value for name, value in call.items() if name not in _NOT_KEPT}
    feedback = about["feedback"] if isinstance(about.get("feedback"), dict) else {}
    return present({
        **unknown,
        **{("summary" if name == "transcript_summary" else name): value for name, value in analysis.items()},
        "agent_id": call.get("agent_id"),
        "cost_credits": number(about.get("cost")),
        "feedback": present({name: feedback.get(name) for name in ("overall_score", "likes", "dislikes", "rating", "comment")}),
        "warnings": about.get("warnings"),
        "error": about.get("error"),
    })  # fmt: skip


def _conversation(given: Any) -> Any:
    return given["data"] if isinstance(given, dict) and isinstance(given.get("data"), dict) else given


def _key(given: Any) -> str | None:
    """Webhooks without a whole conversation are nobody's event: they are refused one by one."""
    carries = inner(given, "type") in (None, _WEBHOOK) or "data" not in given
    return text(inner(_conversation(given), "conversation_id")) if carries else None


def _rank(given: Any) -> int:
    """0 still going on, 1 over, 2 analysed."""
    call = _conversation(given)
    if inner(call, "status") in _RUNNING:
        return 0
    return 2 if inner(call, "analysis") else 1


def _sent(given: Any) -> float:
    """When a webhook was sent, in epoch s; a conversation of the API does not say."""
    return number(inner(given, "event_timestamp")) or 0.0


def _merged(events: Sequence[Json]) -> tuple[Json, list[bool]]:
    """The conversation with what each later event adds or knows better; what it leaves out stays."""
    return laid_over([payload.needed(_conversation(event), "") for event in events])


EVENTS = Events(key=_key, rank=_rank, merged=_merged, complete=2, sent=_sent)
