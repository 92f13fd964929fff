"""What came over the wire, as text or as the failure it is. Nothing of a failure's own text is kept: it could hold the key."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalharness.messages.failure import LOST, NOT_REACHED, TIMED_OUT, Failure, of_status

if TYPE_CHECKING:
    import anthropic

LONGEST_WAIT_S = 86_400.0
HIDDEN = "[key]"
SECRET_LETTERS = 12
"""A shorter key is a word for a server that asks for none; blotting it out would change what was said."""

_ID = re.compile(r"[A-Za-z0-9_-]")


@dataclass(frozen=True)
class Text:
    """A body with status 200, the key blotted out, and the server's name of the request."""

    raw: str
    request_id: str


async def text_of(asked: Awaitable[Any], key: str) -> Text | Failure:
    """The body of what the SDK was asked for: as a raw response, or as bytes."""
    import anthropic  # noqa: PLC0415 - loaded already; the name is needed for its exceptions

    try:
        response = await asked
        raw = response if isinstance(response, bytes) else await response.read()
    except anthropic.APIStatusError as error:
        headers = error.response.headers
        return of_status(error.status_code, _wait(headers), _id(headers))
    except anthropic.APIConnectionError as error:
        return _unconnected(error)
    return Text(_without(raw.decode("utf-8", "replace"), key), _id(getattr(response, "headers", {})))


def _without(raw: str, key: str) -> str:
    """The text without the key, should a server repeat it."""
    return raw.replace(key, HIDDEN) if len(key) >= SECRET_LETTERS else raw


def _unconnected(error: anthropic.APIConnectionError) -> Failure:
    """Refused before a byte left, or lost after: only the second may have been billed."""
    cause = type(error.__cause__).__name__
    if cause in ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"):
        return NOT_REACHED
    return TIMED_OUT if type(error).__name__ == "APITimeoutError" else LOST


def _wait(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After (or of its form in milliseconds); None for a date, nonsense or nothing."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 <= seconds <= LONGEST_WAIT_S:
            return seconds
    return None


def _id(headers: Mapping[str, str]) -> str:
    """The server's name of the request: letters, digits, - and _ only."""
    return "".join(_ID.findall(headers.get("request-id", "")[:80]))
