"""One client for one run: `messages.create()` without the SDK's own retries, the reply as the text that came."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from evalharness.messages.batches import Batches
from evalharness.messages.failure import Failure
from evalharness.messages.usage import Usage, usage_of
from evalharness.messages.wire import text_of

if TYPE_CHECKING:
    import anthropic

PROVIDER = "https://api.anthropic.com"
"""Where requests go when no base_url is configured. Always named to the SDK: its own environment variable moves nothing."""

TIMEOUT_S, CONNECT_S = 180.0, 5.0


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

    @property
    def batches(self) -> Batches:
        """The same server's batches."""
        ...

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
    verify = not (base_url or PROVIDER).startswith("http://")  # certificates are not even read where none is shown
    async with (
        anthropic.DefaultAsyncHttpxClient(timeout=timeout, limits=limits, follow_redirects=False, verify=verify) as transport,
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
        self.batches = Batches(sdk, key)

    async def create(self, request: Mapping[str, Any]) -> Reply | Failure:
        started = time.monotonic()
        text = await text_of(self._sdk.messages.with_raw_response.create(**request), self._key)
        return text if isinstance(text, Failure) else Reply(text.raw, text.request_id, time.monotonic() - started)

    async def count_tokens(self, request: Mapping[str, Any]) -> int | None:
        import anthropic  # noqa: PLC0415 - loaded already; the name is needed for its exceptions

        asked = {name: value for name, value in request.items() if name != "max_tokens"}
        try:
            return (await self._sdk.messages.count_tokens(**asked)).input_tokens
        except (anthropic.AnthropicError, ValueError, AttributeError):
            return None
