"""The provider's prompt cache as a bill shows it: what a request writes and reads at its breakpoints, in tokens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.servers.bill import input_tokens, tokens_of

LEAST = {"claude-opus-5": 512, "claude-opus-4-8": 1024, "claude-haiku-4-5": 4096}
LEAST_ELSE = 1024
"""A shorter prefix is neither written nor read, and nothing is said. Of models not listed nobody has published a minimum."""

MOST_BREAKPOINTS = 4
Block = tuple[str, Any]


def blocks(body: Mapping[str, Any]) -> Iterator[Block]:
    """The request as the cache sees it: (text, cache_control) of output schema, tools, system and messages, in this order."""
    shape = (body.get("output_config") or {}).get("format")
    yield from ((_json(part), None) for part in (shape, *(body.get("tools") or ())) if part)
    yield from _texts(body.get("system") or "")
    for message in body["messages"]:
        yield from _texts(message["content"])


def _texts(content: Any) -> Iterator[Block]:
    if isinstance(content, str):
        yield content, None
    else:
        yield from ((block["text"], block.get("cache_control")) for block in content)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class PromptCache:
    """What has been written, for as long as the server runs; five minutes or an hour are longer than a test."""

    def __init__(self) -> None:
        self._kept: set[str] = set()

    def usage(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The four counts of a usage, and the written ones by how long they are kept; together the request's input tokens."""
        all_tokens, marks = input_tokens(body), [mark for mark in self._marks(body) if mark[1] >= _least(body["model"])]
        read = max((tokens for name, tokens, _ in marks if name in self._kept), default=0)
        end = max((tokens for _, tokens, _ in marks), default=0)
        hour = any(ttl == "1h" for _, tokens, ttl in marks if tokens > read)
        self._kept |= {name for name, _, _ in marks}
        written = end - read
        return {
            "input_tokens": all_tokens - end,
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 0 if hour else written,
                "ephemeral_1h_input_tokens": written if hour else 0,
            },
        }

    @staticmethod
    def _marks(body: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
        """The breakpoints: a name of all that stands before each, its tokens, its time to live."""
        seen, letters = hashlib.sha256(str(body["model"]).encode()), 0
        for text, control in blocks(body):
            seen.update(text.encode("utf-8", "surrogatepass") + b"\0")
            letters += len(text)
            if control:
                yield seen.hexdigest(), min(tokens_of(letters), input_tokens(body)), control.get("ttl", "5m")


def _least(model: str) -> int:
    return LEAST.get(model, LEAST_ELSE)
