"""Payloads of the platforms for tests: the real ones where they lie beside the project, small made ones everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evalharness.collect.named_forms import named_form
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.models.call import Call
from tests.collect.files import DATA

PAYLOADS = DATA / "payloads"
needs_payloads = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the payloads lie beside the project, not in it")


def payload(place: str) -> Any:
    """A payload such as vapi/get_call.json."""
    return json.loads((PAYLOADS / place).read_text(encoding="utf-8"))


def understood(form: str, value: Any) -> Call:
    """The Call of one payload, not redacted; its caller key is the caller behind "key:". What was concluded is in `inferred`."""
    found = named_form(form).draft(value)
    call = call_from(found.raw, RowDefaults(form, lambda caller: f"key:{caller}"))
    return call.model_copy(update={"inferred": (*call.inferred, *found.inferred)})


def write_json(path: Path, value: Any) -> Path:
    """One JSON document."""
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return path


def a_message(role: str, at_s: float, text: str = "Words.", lasts_s: float = 1.0, **fields: Any) -> dict[str, Any]:
    """A message of a Vapi call that began at epoch 1763377200 s."""
    begin = (1763377200 + at_s) * 1000
    return {"role": role, "message": text, "time": begin, "endTime": begin + lasts_s * 1000, "secondsFromStart": at_s, **fields}


def a_vapi_call(**fields: Any) -> dict[str, Any]:
    """A Vapi call of the API: a greeting and one question with its answer."""
    messages = [a_message("bot", 1), a_message("user", 3), a_message("bot", 5)]
    call = {
        "id": "v1", "type": "inboundPhoneCall", "status": "ended", "endedReason": "customer-ended-call", "assistantId": "asst",
        "createdAt": "2025-11-17T10:59:58Z", "startedAt": "2025-11-17T11:00:00Z", "endedAt": "2025-11-17T11:01:00Z",
        "artifact": {"messages": messages},
    }  # fmt: skip
    return {**call, **fields}


def an_utterance(role: str, *words: tuple[float, float], text: str = "Words.") -> dict[str, Any]:
    """An utterance of a Retell transcript with the start and end of its words in seconds."""
    return {"role": role, "content": text, "words": [{"word": "w", "start": start, "end": end} for start, end in words]}


def a_retell_call(**fields: Any) -> dict[str, Any]:
    """A Retell call of the API: a greeting and one question with its answer."""
    spoken = [an_utterance("agent", (0.5, 1.0)), an_utterance("user", (2.0, 3.0)), an_utterance("agent", (4.0, 5.0))]
    call = {
        "call_id": "r1", "agent_id": "agent_1", "agent_name": "Desk", "agent_version": 3, "call_type": "phone_call",
        "direction": "inbound", "from_number": "+15550100042", "to_number": "+15550100001", "call_status": "ended",
        "start_timestamp": 1763377200000, "end_timestamp": 1763377260000, "disconnection_reason": "user_hangup",
        "transcript_object": spoken,
    }  # fmt: skip
    return {**call, **fields}
