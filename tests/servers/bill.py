"""What the scripted server charges: a token is four characters, begun ones counted; prices per million tokens as published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Price:
    """USD per million tokens in and out; from `long_from` input tokens on, the dearer pair holds for the whole request."""

    input: Decimal
    output: Decimal
    long_from: int | None = None
    long_input: Decimal = Decimal(0)
    long_output: Decimal = Decimal(0)

    def usd(self, tokens_in: int, tokens_out: int) -> Decimal:
        """The exact price of one reply."""
        dear = self.long_from is not None and tokens_in > self.long_from
        per_in, per_out = (self.long_input, self.long_output) if dear else (self.input, self.output)
        return (tokens_in * per_in + tokens_out * per_out) / MILLION


def price(per_in: str, per_out: str) -> Price:
    """A flat price from its two published figures."""
    return Price(Decimal(per_in), Decimal(per_out))


PRICES: Mapping[str, Price] = {
    "claude-haiku-5-5": Price(Decimal("0.10"), Decimal("0.50"), 100_000, Decimal("0.50"), Decimal("2.50")),
    "claude-sonnet-5-5": price("2", "10"),
    "claude-opus-5-5": price("4", "20"),
    "claude-fable-5-1": price("10", "50"),
    "claude-fable-5-2": price("8", "40"),
    "claude-haiku-4-5": price("1", "5"),
    "claude-sonnet-4-5": price("3", "15"),
    "claude-sonnet-4-6": price("3", "15"),
    "claude-opus-4-8": price("5", "25"),
    "claude-opus-5": price("5", "25"),
}
"""List prices of October 2026; any other model is unknown to the server unless it is given a price."""


def tokens_of(characters: int) -> int:
    """Four characters a token, rounded up, at least one: even an empty reply costs a token."""
    return max(1, -(-characters // 4))


def text_of(content: Any) -> str:
    """The text of a string or of a list of content blocks; anything else counts as its JSON."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "\n".join(block["text"] if "text" in block else json.dumps(block) for block in blocks)


def input_tokens(body: Mapping[str, Any]) -> int:
    """Tokens of system, messages, tools and output schema together: the figure of count_tokens and of the bill alike."""
    texts = [text_of(body.get("system") or ""), *(text_of(message["content"]) for message in body["messages"])]
    shapes = [body.get("tools"), (body.get("output_config") or {}).get("format")]
    texts += [json.dumps(shape, separators=(",", ":"), ensure_ascii=False) for shape in shapes if shape]
    return tokens_of(sum(map(len, texts)))


@dataclass
class Bill:
    """The running bill, and its file: JSON, replaced whole after each change, so that a reader never sees half of it."""

    path: Path | None = None
    requests: int = 0
    billed: int = 0
    usd: Decimal = Decimal(0)
    in_flight: int = 0
    max_in_flight: int = 0
    first_s: float | None = None
    last_s: float = 0.0
    _entries: dict[int, str] = field(default_factory=dict)

    def opens(self, now_s: float) -> int:
        """One request more, at this second of any clock; its number, from 1."""
        self.requests += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        self.first_s = now_s if self.first_s is None else self.first_s
        return self.requests

    def closes(self, now_s: float) -> None:
        """A request has its reply, or will never have one."""
        self.in_flight -= 1
        self.last_s = now_s

    def charge(self, usd: Decimal) -> None:
        """One reply more to pay."""
        self.billed += 1
        self.usd += usd

    def summary(self) -> dict[str, Any]:
        """Counts, the exact sum (as text) and the seconds from the first request to the last reply, as GET /_bill and the file
        give them."""
        counts = {"requests": self.requests, "billed": self.billed, "max_in_flight": self.max_in_flight}
        span = 0.0 if self.first_s is None else max(self.last_s - self.first_s, 0.0)
        return {**counts, "bill_usd": str(self.usd), "span_s": round(span, 3)}

    def note(self, number: int = 0, entry: Mapping[str, Any] | None = None) -> None:
        """Keeps what is known of a request now, and writes the file where there is one."""
        if self.path is None:
            return
        if number:
            self._entries[number] = json.dumps(entry)
        spare = self.path.with_name(self.path.name + ".new")
        spare.write_text(f'{json.dumps(self.summary())[:-1]}, "entries": [{", ".join(self._entries.values())}]}}')
        spare.replace(self.path)
