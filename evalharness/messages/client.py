"""One client for one run: `messages.create()` without the SDK's own retries, the reply as the text that came."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from evalharness.messages.failure import LOST, NOT_REACHED, TIMED_OUT, Failure, of_status
from evalharness.messages.usage import Usage, usage_of

if TYPE_CHECKING:
    import anthropic

PROVIDER = "https://api.anthropic.com"
"""Where requests go when no base_url is configured. Always named to the SDK: its own environment variable moves nothing."""

TIMEOUT_S, CONNECT_S = 180.0, 5.0
LONGEST_WAIT_S = 86_400.0
HIDDEN = "[key]"
SECRET_LETTERS = 12
"""A shorter key is a word for a server that asks for none; blotting it out would change what was said."""

_ID = re.compile(r"[A-Za-z0-9_-]")


@dataclass(frozen=True)
class Reply:
    """What came back with status 200, unread. `raw` is the body; a key that a server repeats in it is blotted out."""

    raw: str
    request_id: str
    seconds: float

    @property
    def usage(self) -> Usage | None:
        """The tokens it bills, where it says so."""
        return usage_of(self.raw)


class Client(Protocol):
    """What sends one request. `create` returns a Failure rather than raising; each call is one attempt."""

    async def create(self, request: Mapping[str, Any]) -> Reply | Failure:
        """Sends the request once."""
        ...

    async def count_tokens(self, request: Mapping[str, Any]) -> int | None:
        """How many tokens the request takes in; None where the server does not tell."""
        ...


@asynccontextmanager
async def open_client(key: str, base_url: str | None) -> AsyncIterator[Client]:
    """A client for the length of the block. Follows no redirect, traces nothing, logs nothing."""
    import anthropic  # noqa: PLC0415 - two seconds, paid only by a run that sends

    for name in ("anthropic", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    timeout = anthropic.Timeout(TIMEOUT_S, connect=CONNECT_S, pool=None)
    limits = anthropic.DEFAULT_CONNECTION_LIMITS
    async with (
        anthropic.DefaultAsyncHttpxClient(timeout=timeout, limits=limits, follow_redirects=False) as transport,
        anthropic.AsyncAnthropic(
            api_key=key,
            base_url=base_url or PROVIDER,
            max_retries=0,
            timeout=timeout,
            http_client=transport,
            open_telemetry=False,
        ) as sdk,
    ):
        yield _Sdk(sdk, key)


class _Sdk:
    """The SDK as a Client."""

    def __init__(self, sdk: anthropic.AsyncAnthropic, key: str) -> None:
        self._sdk, self._key = sdk, key

    async def create(self, request: Mapping[str, Any]) -> Reply | Failure:
        import anthropic  # noqa: PLC0415 - loaded already; the name is needed for its exceptions

        started = time.monotonic()
        try:
            response = await self._sdk.messages.with_raw_response.create(**request)
            raw = (await response.read()).decode("utf-8", "replace")
        except anthropic.APIStatusError as error:
            return of_status(error.status_code, _wait(error.response.headers), _id(error.response.headers))
        except anthropic.APIConnectionError as error:
            return _unconnected(error)
        if len(self._key) >= SECRET_LETTERS:
            raw = raw.replace(self._key, HIDDEN)
        return Reply(raw, _id(response.headers), time.monotonic() - started)

    async def count_tokens(self, request: Mapping[str, Any]) -> int | None:
        import anthropic  # noqa: PLC0415 - as above

        asked = {name: value for name, value in request.items() if name != "max_tokens"}
        try:
            return (await self._sdk.messages.count_tokens(**asked)).input_tokens
        except (anthropic.AnthropicError, ValueError, AttributeError):
            return None


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
