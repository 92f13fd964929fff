"""Which bodies the Messages API takes, strictly: an unknown, removed or misshapen parameter is named as the API names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.servers.schema_rules import schema_problem

REMOVED = ("temperature", "top_p", "top_k")
BETA = ("speed", "user_profile_id", "workspace_id")
COUNTED = ("messages", "model", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control", *BETA)
OTHERS = ("max_tokens", "metadata", "service_tier", "stop_sequences", "inference_geo", "container", "diagnostics")
TAKEN = (*COUNTED, *OTHERS)
EFFORTS = ("low", "medium", "high", "xhigh", "max")
Body = Mapping[str, Any]


def problem(body: Any, *, counting: bool = False) -> str | None:
    """What the API's 400 would say of this body; None when it would be taken. `counting` is for count_tokens."""
    if not isinstance(body, dict):
        return "Input should be a valid dictionary"
    checks: tuple[Callable[[Body], Iterator[str]], ...] = (_keys(counting=counting), _messages, _system, _output_config, _rest)
    return next((found for check in checks for found in check(body)), None)


def _keys(*, counting: bool) -> Callable[[Body], Iterator[str]]:
    def check(body: Body) -> Iterator[str]:
        for name in REMOVED:
            if name in body:
                yield f"{name}: This parameter is no longer supported"
        if body.get("stream"):
            yield "stream: this scripted server does not stream"
        known = COUNTED if counting else (*TAKEN, "stream")
        yield from (f"{name}: Extra inputs are not permitted" for name in body if name not in known)
        needed = ("model", "messages") if counting else ("model", "messages", "max_tokens")
        yield from (f"{name}: Field required" for name in needed if name not in body)
        yield from _plain_values(body)

    return check


def _plain_values(body: Body) -> Iterator[str]:
    if not isinstance(body["model"], str) or not body["model"]:
        yield "model: Input should be a valid string"
    most = body.get("max_tokens", 1)
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        yield "max_tokens: Input should be a non-negative integer"


def _messages(body: Body) -> Iterator[str]:
    messages = body["messages"]
    if not isinstance(messages, list) or not messages:
        yield "messages: at least one message is required"
        return
    for i, message in enumerate(messages):
        if not isinstance(message, dict):
            yield f"messages.{i}: Input should be a valid dictionary"
            return
        yield from (f"messages.{i}.{key}: Extra inputs are not permitted" for key in message if key not in {"role", "content"})
        if message.get("role") not in {"user", "assistant"}:
            yield f"messages.{i}.role: Input should be 'user' or 'assistant'"
        yield from _content(message.get("content"), f"messages.{i}.content")
    if messages[0]["role"] != "user":
        yield 'messages: first message must use the "user" role'
    if messages[-1]["role"] == "assistant":
        yield "This model does not support assistant message prefill. The conversation must end with a user message."


def _content(content: Any, where: str) -> Iterator[str]:
    if isinstance(content, str):
        if not content.strip():
            yield f"{where}: text content blocks must contain non-whitespace text"
        return
    if not isinstance(content, list) or not content:
        yield f"{where}: Input should be a valid string or a list of content blocks"
        return
    for i, block in enumerate(content):
        yield from _block(block, f"{where}.{i}")


def _block(block: Any, where: str) -> Iterator[str]:
    if not isinstance(block, dict) or block.get("type") != "text":
        yield f"{where}.type: this scripted server reads only 'text' blocks"
        return
    yield from (f"{where}.{key}: Extra inputs are not permitted" for key in block if key not in {"type", "text", "cache_control"})
    if not isinstance(block.get("text"), str) or not block["text"].strip():
        yield f"{where}.text: text content blocks must contain non-whitespace text"
    yield from _cache_control(block.get("cache_control"), f"{where}.cache_control")


def _cache_control(value: Any, where: str) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, dict) or value.get("type") != "ephemeral":
        yield f"{where}.type: Input should be 'ephemeral'"
    elif value.get("ttl", "5m") not in {"5m", "1h"} or set(value) - {"type", "ttl"}:
        yield f"{where}.ttl: Input should be '5m' or '1h'"


def _system(body: Body) -> Iterator[str]:
    if "system" in body:
        yield from _content(body["system"], "system")
    yield from _cache_control(body.get("cache_control"), "cache_control")
    parts = [body.get("system"), *(message["content"] for message in body["messages"])]
    marks = [block for part in parts if isinstance(part, list) for block in part if block.get("cache_control")]
    if len(marks) + bool(body.get("cache_control")) > 4:
        yield f"A maximum of 4 blocks with cache_control may be provided. Found {len(marks)}."


def _output_config(body: Body) -> Iterator[str]:
    config = body.get("output_config", {})
    if not isinstance(config, dict):
        yield "output_config: Input should be a valid dictionary"
        return
    yield from (f"output_config.{key}: Extra inputs are not permitted" for key in config if key not in {"format", "effort"})
    if config.get("effort") not in {None, *EFFORTS}:
        yield f"output_config.effort: Input should be one of {', '.join(EFFORTS)}"
    shape = config.get("format")
    if shape is None:
        return
    if not isinstance(shape, dict) or shape.get("type") != "json_schema":
        yield "output_config.format.type: Input should be 'json_schema'"
        return
    where = "output_config.format"
    yield from (f"{where}.{key}: Extra inputs are not permitted" for key in shape if key not in {"type", "schema"})
    found = schema_problem(shape.get("schema"))
    if found:
        yield f"{where}.schema: {found}"


def _rest(body: Body) -> Iterator[str]:
    thinking = body.get("thinking", {"type": "adaptive"})
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind not in {"adaptive", "disabled", "enabled", "between_tools"}:
        yield "thinking.type: Input should be 'adaptive', 'disabled', 'enabled' or 'between_tools'"
    elif kind == "enabled" and not 1024 <= int(thinking.get("budget_tokens") or 0) < body.get("max_tokens", 2**31):
        yield "thinking.enabled.budget_tokens: Input should be at least 1024 and less than max_tokens"
    metadata = body.get("metadata", {})
    if not isinstance(metadata, dict) or set(metadata) - {"user_id"}:
        yield "metadata: only 'user_id' is permitted"
    stops = body.get("stop_sequences", [])
    if not isinstance(stops, list) or not all(isinstance(stop, str) and stop.strip() for stop in stops):
        yield "stop_sequences: each stop sequence must contain non-whitespace"
    if body.get("service_tier", "auto") not in {"auto", "standard_only"}:
        yield "service_tier: Input should be 'auto' or 'standard_only'"
