"""What a reply says of itself: the model that answered and the tokens it bills. Hostile or broken text says nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from pydantic import JsonValue

_COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
MOST_TOKENS = 1_000_000_000


@dataclass(frozen=True)
class Usage:
    """Tokens of one reply. `input_tokens` are those neither written to nor read from the cache.

    `cache_hour_input_tokens`: how many of those written to the cache stay for an hour; the rest stay for five minutes.
    """

    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_hour_input_tokens: int = 0

    @property
    def all_input(self) -> int:
        """Every token that went in, cached or not."""
        return self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens

    def as_row(self) -> dict[str, int]:
        """As the ledger keeps it."""
        return asdict(self)


@lru_cache(maxsize=32)
def body_of(raw: str) -> Mapping[str, JsonValue] | None:
    """The reply as a JSON object; None for anything else (HTML, a cut text, nesting without end).

    Asked for several times while a reply is looked at; those of the newest replies are at hand.
    """
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def usage_of(raw: str) -> Usage | None:
    """The tokens the reply bills; None where it does not say so in whole numbers."""
    given = (body_of(raw) or {}).get("usage")
    if not isinstance(given, dict):
        return None
    counts = {name: given.get(name) or 0 for name in _COUNTS}
    if not all(_is_count(value) for value in counts.values()) or None in (given.get("input_tokens"), given.get("output_tokens")):
        return None
    hour = _hour(given.get("cache_creation"), int(str(counts["cache_creation_input_tokens"])))
    return Usage(**{name: int(str(value)) for name, value in counts.items()}, cache_hour_input_tokens=hour)


def _hour(split: JsonValue, written: int) -> int:
    """How many of the written tokens stay an hour, where the reply splits them; at most those written."""
    stated = split.get("ephemeral_1h_input_tokens") if isinstance(split, dict) else None
    return min(int(str(stated)), written) if _is_count(stated) else 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
