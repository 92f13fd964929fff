"""Bland: calls of the API and their webhook -> our form.

call_length in MINUTES, corrected_duration text in seconds (it goes first), price in USD. created_at of an utterance: when it was
written down: a start, no end. end_at is when the call would have been ended by force: it is not read.
"""

from __future__ import annotations

from typing import Any

from evalharness.collect.platforms import outcomes, payload
from evalharness.collect.platforms.payload import Draft, Json, number, objects, present, text
from evalharness.collect.reasons import FieldError, shown
from evalharness.collect.units import from_start, instant_of, number_of

_SPEAKERS = {"user": "caller", "assistant": "agent", "robot": "agent", "agent": "agent"}
_ACTION = "agent-action"
_OPEN = ("new", "queued", "allocated", "started", "in-progress", "in_progress", "ringing", "pre_queue")
_NOBODY = ("voicemail", "no-answer")
_BROKEN = ("pre_queue_error", "queue_error", "call_error")
_OVER = ("completed", "complete", "complete_error", "")
_SYSTEM = frozenset({
    "now", "now_utc", "short_from", "short_to", "from", "to", "call_id", "phone_number", "city", "country", "state", "zip",
})  # fmt: skip
"""Variables that the platform sets itself: who called whom, and where from."""
_USED = frozenset({
    "call_id", "c_id", "call_length", "corrected_duration", "to", "from", "request_data", "completed", "created_at", "started_at",
    "end_at", "inbound", "queue_status", "max_duration", "error_message", "answered_by", "record", "recording_url", "metadata",
    "price", "call_ended_by", "variables", "transferred_to", "transferred_at", "concatenated_transcript", "transcripts", "status",
})  # fmt: skip


def recognises(value: Any) -> bool:
    """A call_id with Bland's own call_length or corrected_duration, and transcripts or a concatenated one."""
    if not isinstance(value, dict) or "call_id" not in value:
        return False
    return ("call_length" in value or "corrected_duration" in value) and ("transcripts" in value or "queue_status" in value)


def draft(given: Any) -> Draft:
    """One call. Raises FieldError for one that is not over, and for times that are none."""
    call = payload.needed(given, "")
    status = text(call.get("status")) or text(call.get("queue_status")) or ""
    if call.get("completed") is False and status in _OPEN:
        raise FieldError("status", f"is {shown(status)}: the call is not over; collect it once it has ended")
    began = text(call.get("started_at"))
    start = began or text(call.get("created_at"))
    turns, loose = _turns(call, start), _untold(call)
    ending = outcomes.ending("bland", _signs(call, status, began, turns, loose))
    exact = number_of(call.get("corrected_duration")) is not None
    length = "corrected_duration" if exact else "call_length"
    raw = {
        "id": str(call["call_id"]) if number(call.get("call_id")) is not None else call.get("call_id"),
        "agent": text(call.get("persona_id")) or text(call.get("pathway_id")),
        "started_at": start,
        "ended_at": payload.later(began, call.get(length), "s" if exact else "min", length),
        "direction": {True: "inbound", False: "outbound"}.get(call["inbound"]) if isinstance(call.get("inbound"), bool) else None,
        "channel": "phone",
        "caller": text(call.get("from" if call.get("inbound") is True else "to")),
        "end_reason": _reason(call, status) or None,
        "cost": payload.costs([], payload.money(call.get("price"), "usd")),
        "currency": "USD",
        "recording_url": text(call.get("recording_url")),
        "handoff": _handoff(call, start),
        "turns": turns,
        **ending,
        "metadata": {**_metadata(call), **present({payload.UNTOLD: loose}), **ending["metadata"]},
    }
    timed = any(turn["start_ms"] is not None for turn in turns)
    inferred = {
        "started_at": not began, "outcome": "outcome" in ending, "turns.start_ms": timed, payload.UNTOLD: loose is not None,
    }  # fmt: skip
    return Draft(raw, tuple(name for name, so in inferred.items() if so))


def _turns(call: Json, start: str | None) -> list[Json]:
    """What was said; an agent-action (Ended call) is no speech."""
    turns = []
    for at, entry in enumerate(objects(call.get("transcripts"))):
        speaker, said = _SPEAKERS.get(str(entry.get("user"))), text(entry.get("text"))
        if speaker and said:
            turns.append({"speaker": speaker, "text": said, "start_ms": _since(start, entry.get("created_at"), at)})
    return turns


def _untold(call: Json) -> str | None:
    """What was said by somebody this version does not know; the whole as one text, where it is all there is."""
    entries = objects(call.get("transcripts"))
    strange = [one for one in entries if str(one.get("user")) not in (*_SPEAKERS, _ACTION)]
    said = [f"{one.get('user')}: {words}" for one in strange if (words := text(one.get("text")))]
    spoken = any(text(one.get("text")) for one in entries if one.get("user") != _ACTION)
    return ("\n".join(said) or None) if spoken else text(call.get("concatenated_transcript"))


def _since(start: str | None, value: Any, at: int) -> float | None:
    if start is None or text(value) is None:
        return None
    return from_start(instant_of(value, f"transcripts[{at}].created_at"), instant_of(start, "started_at"))


def _reason(call: Json, status: str) -> str:
    """One word for the end: an error of queue or call; transferred; who answered, where nobody did; who ended it; the status."""
    if call.get("queue_status") in _BROKEN:
        return str(call["queue_status"])
    if _transferred(call):
        return "transferred"
    if call.get("answered_by") in _NOBODY:
        return str(call["answered_by"])
    ended_by = text(call.get("call_ended_by"))
    return f"ended-by-{ended_by.lower()}" if ended_by and status in _OVER else status


def _transferred(call: Json) -> bool:
    return text(call.get("transferred_to")) is not None or text(call.get("transferred_at")) is not None


def _signs(call: Json, status: str, began: str | None, turns: list[Json], loose: str | None) -> outcomes.Signs:
    """An error message of a call that was completed is of what came after it (a webhook)."""
    return outcomes.Signs(
        reason=_reason(call, status),
        began=began is not None,
        spoken=bool(turns or loose),
        heard=payload.heard_caller(turns) or bool(loose),
        error=text(call.get("error_message")) is not None and status not in _OVER[:3],
    )


def _handoff(call: Json, start: str | None) -> Json | None:
    """A transfer to a number: a human; failed where the call broke. Neither warm or blind, nor who took it, is said."""
    if not _transferred(call):
        return None
    at = text(call.get("transferred_at"))
    since = None if at is None or start is None else from_start(instant_of(at, "transferred_at"), instant_of(start, "started_at"))
    return {"destination": "human", "status": "failed" if call.get("queue_status") in _BROKEN else "connected", "at_ms": since}


def _metadata(call: Json) -> Json:
    """The platform's summary and analysis, the customer's own metadata, and what this version does not know."""
    own, variables = call.get("metadata"), call.get("variables")
    named = {name: value for name, value in variables.items() if name not in _SYSTEM} if isinstance(variables, dict) else {}
    actions = [one.get("text") for one in objects(call.get("transcripts")) if one.get("user") == _ACTION]
    return present({
        **{name: value for name, value in call.items() if name not in _USED},
        **(own if isinstance(own, dict) else {}),
        "variables": present(named),
        "answered_by": text(call.get("answered_by")),
        "ended_by": text(call.get("call_ended_by")),
        "agent_actions": [said for said in actions if text(said)],
        "error_message": text(call.get("error_message")),
    })  # fmt: skip
