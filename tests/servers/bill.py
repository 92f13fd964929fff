"""What the scripted server charges: a token is four characters, begun ones counted; prices per million tokens as published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

MILLION = Decimal(1_000_000)
WRITE, WRITE_HOUR, READ = Decimal("1.25"), Decimal(2), Decimal("0.1")


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

    def usd_of(self, usage: Mapping[str, Any]) -> Decimal:
        """The exact price of a usage: 1.25 of the input price for what it wrote to the five-minute cache, 2 for an hour's, 0.1
        for what it read."""
        kept = usage.get("cache_creation") or {}
        hour = kept.get("ephemeral_1h_input_tokens", 0)
        written, read = usage["cache_creation_input_tokens"] - hour, usage["cache_read_input_tokens"]
        dear = self.long_from is not None and usage["input_tokens"] + written + hour + read > self.long_from
        per_in, per_out = (self.long_input, self.long_output) if dear else (self.input, self.output)
        weighed = usage["input_tokens"] + WRITE * written + WRITE_HOUR * hour + READ * read
        return (weighed * per_in + usage["output_tokens"] * per_out) / MILLION


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
    """The running bill, and its file: a line after each change, written at once, so that it costs the same however long it is."""

    path: Path | None = None
    requests: int = 0
    billed: int = 0
    usd: Decimal = Decimal(0)
    in_flight: int = 0
    max_in_flight: int = 0
    first_s: float | None = None
    last_s: float = 0.0

    def __post_init__(self) -> None:
        if self.path is not None:
            self.path.write_text("")

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
        """Writes what is known now, of all and of this request, to the file where there is one."""
        if self.path is None:
            return
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{json.dumps([self.summary(), number, entry])}\n".encode())


def read_bill(path: Path) -> dict[str, Any]:
    """The newest summary of a bill file with `entries`, one a request in order of arrival; a line half written is left out."""
    lines = [json.loads(line) for line in path.read_bytes().rpartition(b"\n")[0].splitlines()]
    entries = {number: entry for _, number, entry in lines if number}
    return {**lines[-1][0], "entries": [entries[number] for number in sorted(entries)]}
