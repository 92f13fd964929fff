"""What every noun has in common: frozen, strict, no unknown fields, no NaN; and its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Instant = AwareDatetime
"""An aware instant, kept in UTC by whoever makes it."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]
Milliseconds = Annotated[float, Field(ge=0.0)]
Amount = Annotated[float, Field(ge=0.0)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
CallId = Annotated[str, Field(min_length=1, max_length=512)]
"""An id is data, never a path: whatever the platform wrote, up to 512 characters."""

LedgerHead = Annotated[str, Field(pattern=r"^[1-9][0-9]*:[0-9a-f]{64}$")]
"""A link of the ledger's chain that something rests on: its number and its hash, which covers everything before it."""


_put = object.__setattr__


class Noun(BaseModel):
    """Base of every noun: immutable, strict types, unknown fields refused, infinite and NaN numbers refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    def with_values(self, update: dict[str, Any]) -> Self:
        """As `model_copy(update=update)`, and quicker: a noun has neither private parts nor fields beyond its own to copy."""
        copy = type(self).__new__(type(self))
        _put(copy, "__dict__", {**self.__dict__, **update})
        _put(copy, "__pydantic_fields_set__", self.__pydantic_fields_set__ | update.keys())
        _put(copy, "__pydantic_extra__", None)
        _put(copy, "__pydantic_private__", None)
        return copy

    def canonical(self) -> str:
        """The noun as canonical JSON text (sorted keys, no spaces): equal nouns give equal text."""
        return canonical_json(self.model_dump(mode="json"))

    def digest(self) -> str:
        """SHA-256 of the canonical JSON as 64 hexadecimal characters."""
        return digest_of(self.canonical())


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and no escapes of non-ASCII text. Raises ValueError on NaN."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(text: str) -> str:
    """SHA-256 of the UTF-8 text as 64 hexadecimal characters."""
    return hashlib.sha256(text.encode()).hexdigest()


def tuples(value: Any) -> Any:
    """Data as a file gives it, with every list made a tuple: strict nouns hold tuples and take no list from Python."""
    if isinstance(value, list | tuple):
        return tuple(tuples(part) for part in value)
    return {key: tuples(part) for key, part in value.items()} if isinstance(value, dict) else value


def word_key(text: str) -> str:
    """What two ways of typing the same words share: spaces and capitals do not matter."""
    return " ".join(text.split()).casefold()


def number_of(count: int, noun: str) -> str:
    """A count with its noun: "1 call", "2 calls"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
