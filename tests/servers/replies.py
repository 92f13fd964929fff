"""The scripted replies themselves: a message in the API's shape, whole or wrong in the way a fault asks for."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from tests.servers.bill import input_tokens, text_of, tokens_of
from tests.servers.judges import NOT_APPLICABLE, Ask
from tests.servers.script import STATUSES, Fault, Script
from tests.servers.transcript import find_turns, prompt_texts
from tests.servers.wire import Reply

PAGE = b"<html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>"
PROSE = "I have read the call. The agent did well on the whole and I would give it a solid grade."
THOUGHT_TOKENS = 120
MESSAGES = {
    "429": "Number of requests has exceeded your rate limit.",
    "529": "Overloaded",
    "500": "Internal server error",
    "401": "invalid x-api-key",
}


def error(status: int, kind: str, message: str, number: int, **headers: str) -> Reply:
    """The API's error JSON with its request id, in body and header."""
    name = f"req_{number:08d}"
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": name}
    return Reply.of_json(status, body, request_id=name, **headers)


def error_of(fault: Fault, number: int) -> Reply:
    """The error reply a status fault asks for, with Retry-After where it names seconds."""
    wait = {} if fault.retry_after is None else {"retry_after": f"{fault.retry_after:g}"}
    return error(int(fault.kind), STATUSES[fault.kind], MESSAGES.get(fault.kind, "Scripted error"), number, **wait)


def ask_of(body: Mapping[str, Any], number: int, script: Script) -> Ask:
    """The request as a judge sees it; an empty schema where it asked for free text, without a schema in its words either."""
    shape = (body.get("output_config") or {}).get("format") or {}
    return Ask(
        number,
        schema=shape.get("schema") or schema_in_words(body),
        turns=find_turns(body),
        prompt="\n".join(prompt_texts(body)),
        answers=script.answers,
        score=script.score,
        payloads=script.payloads,
    )


def schema_in_words(body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema that stands on a line of its own in the request's text; {} where none does."""
    lines = [line for text in prompt_texts(body) for line in text.splitlines() if line.startswith("{") and '"properties"' in line]
    with contextlib.suppress(ValueError):
        found = json.loads(lines[-1]) if lines else {}
        return found if isinstance(found, dict) and "properties" in found else {}
    return {}


def message(body: Mapping[str, Any], number: int, script: Script, fault: Fault | None) -> dict[str, Any]:
    """The message of a 200 reply: the judge's answer as the fault lets it through, cut at max_tokens, with its usage."""
    ask = ask_of(body, number, script)
    value = script.judged_by()(ask) if ask.schema else PROSE
    kind = fault.kind if fault else ""
    text, stop = _spoken(value, kind), _STOPS.get(kind, "end_turn")
    if len(text) > 4 * body["max_tokens"]:
        text, stop = text[: 4 * body["max_tokens"]], "max_tokens"
    content = [{"type": "text", "text": text, "citations": None}] if text else []
    thought = THOUGHT_TOKENS if kind == "thinking" else 0
    if thought:
        content.insert(0, {"type": "thinking", "thinking": "", "signature": "c2NyaXB0ZWQ="})
    refused = {"type": "refusal", "category": "general_harms", "explanation": "Scripted refusal."}
    return {
        "id": f"msg_{number:08d}",
        "type": "message",
        "role": "assistant",
        "model": script.model if kind == "other_model" else body["model"],
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "stop_details": refused if stop == "refusal" else None,
        "usage": {
            "input_tokens": input_tokens(body),
            "output_tokens": tokens_of(len(text_of(content[-1:]))) + thought,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": "standard",
            "output_tokens_details": {"thinking_tokens": thought},
        },
    }


_STOPS = {
    "truncated": "max_tokens",
    "refusal": "refusal",
    "context_window": "model_context_window_exceeded",
    "pause_turn": "pause_turn",
}


def _spoken(value: Any, kind: str) -> str:
    whole = value if isinstance(value, str) else json.dumps(_bent(value, kind), ensure_ascii=False)
    half = whole[: len(whole) // 2]
    changed = {
        "truncated": half,
        "context_window": half,
        "pause_turn": half,
        "invalid_json": whole[:-2] + ",,}",
        "refusal": "",
        "empty": "",
        "free_text": PROSE,
        "fenced_json": f"Here is my grade:\n```json\n{whole}\n```",
    }
    return changed.get(kind, whole)


def _bent(value: Any, kind: str) -> Any:
    """The answer with one rule of its schema broken: a key too many, a key missing, or a value outside its enum."""
    if kind == "extra_key" and isinstance(value, dict):
        return {**value, "scripted_extra": True}
    if kind == "missing_key" and isinstance(value, dict):
        return dict(list(value.items())[:-1])
    return _outside(value) if kind == "wrong_enum" else value


def _outside(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _outside(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_outside(part) for part in value]
    plain = isinstance(value, int) or (isinstance(value, str) and " " not in value)
    return 99 if plain and value not in NOT_APPLICABLE else value
