"""Twilio Voice Intelligence: a transcript with its sentences -> our form.

{transcript, sentences, operator_results}, or the transcript with `sentences` in it. Numbers of sentences are text, in seconds
from media_start_time. Who speaks stands only in channel.participants, by media_channel. No latency, cost, tool calls or
handoffs.
"""

from __future__ import annotations

from typing import Any

from evalharness.collect.platforms import payload
from evalharness.collect.platforms.payload import Draft, Json, inner, objects, present, text
from evalharness.collect.reasons import FieldError, shown, wrong_kind
from evalharness.collect.units import milliseconds, number_of
from evalharness.models.call import HANDOFF_NOT_IN_LOG

_ROLES = {
    **dict.fromkeys(("agent", "assistant", "bot", "virtual agent", "virtual_agent"), "agent"),
    **dict.fromkeys(("customer", "caller", "user", "client"), "caller"),
    **dict.fromkeys(("human agent", "human_agent", "supervisor"), "human_agent"),
}
_CHANNELS = {"voice": "phone"}
_OPEN = ("queued", "in-progress", "failed", "canceled", "error")
_USED = frozenset({
    "sid", "status", "channel", "language_code", "media_start_time", "duration", "date_created", "date_updated", "url", "links",
    "account_sid", "data_logging", "redaction", "sentences", "operator_results", "customer_key", "service_sid",
})  # fmt: skip


def recognises(value: Any) -> bool:
    """A list of sentences beside, or in, a transcript with a sid and a channel."""
    transcript = _transcript(value) if isinstance(value, dict) else {}
    named = text(transcript.get("sid")) is not None and isinstance(transcript.get("channel"), dict)
    return named and isinstance(value.get("sentences"), list)


def draft(given: Any) -> Draft:
    """One transcript. Raises FieldError where it is not ready, or does not say who speaks on a channel."""
    value = payload.needed(given, "")
    transcript = _transcript(value)
    if transcript.get("status") in _OPEN:
        raise FieldError("transcript.status", f"is {shown(transcript['status'])}: there is no whole transcript")
    if not isinstance(value.get("sentences"), list):
        raise FieldError("sentences", wrong_kind("the list of its sentences", value.get("sentences")))
    people = _participants(transcript)
    began = text(transcript.get("media_start_time"))
    agent = next((one for one in people.values() if _role(one) == "agent"), {})
    caller = next((one for one in people.values() if _role(one) == "caller"), {})
    raw = {
        "id": transcript.get("sid"),
        "agent": text(agent.get("user_id")) or text(agent.get("full_name")),
        "started_at": began or text(transcript.get("date_created")),
        "ended_at": payload.later(began, transcript.get("duration"), "s", "transcript.duration"),
        "channel": _CHANNELS.get(str(inner(transcript, "channel", "type"))),
        "language": text(transcript.get("language_code")),
        "caller": text(caller.get("media_participant_id")),
        "turns": [turn for at, one in enumerate(objects(value.get("sentences"))) if (turn := _turn(one, at, people))],
        "metadata": _metadata(value, transcript),
    }
    return Draft(raw, (HANDOFF_NOT_IN_LOG,) if began else ("started_at", HANDOFF_NOT_IN_LOG))


def _transcript(value: Json) -> Json:
    held = value.get("transcript")
    return held if isinstance(held, dict) else value


def _participants(transcript: Json) -> dict[float | None, Json]:
    """The participants by the number of their channel."""
    return {number_of(one.get("channel_participant")): one for one in objects(inner(transcript, "channel", "participants"))}


def _role(participant: Json) -> str | None:
    return _ROLES.get(str(participant.get("role")).strip().lower())


def _turn(sentence: Json, at: int, people: dict[float | None, Json]) -> Json | None:
    """A sentence; one without words is no turn."""
    said = text(sentence.get("transcript"))
    if said is None:
        return None
    channel = number_of(sentence.get("media_channel"))
    speaker = None if channel is None else _role(people.get(channel, {}))
    if speaker is None:
        number = shown(sentence.get("media_channel"))
        raise FieldError(f"sentences[{at}].media_channel", f"is {number}, for which channel.participants has no role we know")
    start, end = (milliseconds(sentence.get(name), "s") for name in ("start_time", "end_time"))
    return {"speaker": speaker, "text": said, "start_ms": start, "end_ms": end}


def _metadata(value: Json, transcript: Json) -> Json:
    """What the operators concluded (a label, a text, a list; no outcome of ours), and what this version does not know."""
    heard = [one for sentence in objects(value.get("sentences")) if (one := number_of(sentence.get("confidence"))) is not None]
    found = {str(one.get("name") or one.get("operator_sid")): _concluded(one) for one in objects(value.get("operator_results"))}
    return present({
        **{name: one for name, one in transcript.items() if name not in _USED},
        "customer_key": transcript.get("customer_key"),
        "source_sid": inner(transcript, "channel", "media_properties", "source_sid"),
        "operator_results": present(found),
        "mean_confidence": round(sum(heard) / len(heard), 4) if heard else None,
    })  # fmt: skip


def _concluded(result: Json) -> Any:
    names = ("predicted_label", "extract_match", "normalized_result", "text_generation_results", "label_probabilities")
    return next((result[name] for name in names if result.get(name) is not None), None)
