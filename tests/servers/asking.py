"""What the tests of the scripted server ask it: a grading request as any client would write it, sent raw or through the SDK."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

from tests.servers.messages_server import MessagesServer

MODEL = "claude-haiku-5-5"
TURNS = (
    ("agent", "Front desk, how can I help you?"),
    ("caller", "I need to move my appointment to Friday."),
    ("agent", "Friday at ten is free, shall I book it?"),
    ("caller", "Yes, that would be fine."),
    ("agent", "Done, see you on Friday at ten."),
)
CRITERIA = ("correctness", "tone", "escalation")


def closed(**properties: Any) -> dict[str, Any]:
    """An object schema as structured outputs want it: everything required, nothing else."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def criterion_schema(*values: Any) -> dict[str, Any]:
    """A criterion's answer: a list of quotes, a justification, one of the values."""
    quote = closed(turn={"type": "integer"}, quote={"type": "string"})
    evidence = {"type": "array", "items": quote}
    return closed(evidence=evidence, justification={"type": "string"}, answer={"enum": list(values)})


def grading_schema() -> dict[str, Any]:
    """Three criteria of 1 to 5 or N/A and one yes/no check."""
    levels = {name: criterion_schema("1", "2", "3", "4", "5", "N/A") for name in CRITERIA}
    return closed(**levels, wrong_information=criterion_schema("yes", "no", "N/A"))


def recording(turns: tuple[tuple[str, str], ...] = TURNS, nonce: str = "77ab") -> str:
    """The transcript as JSON between marks."""
    told = [{"turn": number, "speaker": speaker, "text": text} for number, (speaker, text) in enumerate(turns, 1)]
    return f"<call {nonce}>\n{json.dumps({'turns': told}, ensure_ascii=False)}\n</call {nonce}>"


def body(text: str | None = None, schema: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A whole request body; `more` adds or replaces keys of the top level, None takes one away."""
    shape = {"type": "json_schema", "schema": schema or grading_schema()}
    whole = {
        "model": MODEL,
        "max_tokens": 4000,
        "system": "Grade the call by the rubric.",
        "messages": [{"role": "user", "content": text or recording()}],
        "output_config": {"effort": "low", "format": shape},
        **more,
    }
    return {key: value for key, value in whole.items() if value is not None}


def post(
    server: MessagesServer, data: Any = None, path: str = "/v1/messages", method: str = "POST", **headers: str | None
) -> tuple[int, dict[str, str], bytes]:
    """One raw request on a connection of its own: status, headers in lower case, body.

    A header of None is left out; `data` is sent as JSON unless it is bytes.
    """
    usual = {"x_api_key": server.key, "anthropic_version": "2026-10-21", "content_type": "application/json"}
    sent = {name.replace("_", "-"): text for name, text in {**usual, **headers}.items() if text is not None}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, data if isinstance(data, bytes) else json.dumps(data or body()), sent)
        reply = connection.getresponse()
        return reply.status, {name.lower(): text for name, text in reply.getheaders()}, reply.read()
    finally:
        connection.close()


def message_of(server: MessagesServer, data: Any = None) -> dict[str, Any]:
    """The message of a request that is answered with 200."""
    status, _, raw = post(server, data)
    assert status == 200, raw
    found: dict[str, Any] = json.loads(raw)
    return found


def answer_of(server: MessagesServer, data: Any = None) -> dict[str, Any]:
    """The JSON a judge answered with."""
    found: dict[str, Any] = json.loads(message_of(server, data)["content"][-1]["text"])
    return found


def error_text(raw: bytes) -> str:
    """The message of the API's error JSON."""
    found = json.loads(raw)
    assert found["type"] == "error"
    return str(found["error"]["message"])
