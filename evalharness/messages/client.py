"""One client for one run: `messages.create()` without the SDK's own retries, the reply as the text that came."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
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
OF_A_POOL = 5
"""Requests under way on the connections of one pool, which looks at every idle one whenever a request comes or goes."""


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
async def open_client(key: str, base_url: str | None, at_once: int = 1) -> AsyncIterator[Client]:
    """A client for the length of the block. Follows no redirect, traces nothing, logs nothing.

    `at_once`: how many requests may be under way together.
    """
    import anthropic  # noqa: PLC0415 - two seconds, paid only by a run that sends
    import httpx2  # noqa: PLC0415 - the SDK's own transport

    for name in ("anthropic", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    timeout = anthropic.Timeout(TIMEOUT_S, connect=CONNECT_S, pool=None)
    limits = anthropic.DEFAULT_CONNECTION_LIMITS
    # Certificates are not even read where none is shown; else once for all pools.
    verify = False if (base_url or PROVIDER).startswith("http://") else httpx2.create_ssl_context()
    async with AsyncExitStack() as open_ones:
        pools = []
        for _ in range(-(-at_once // OF_A_POOL)):
            transport = anthropic.DefaultAsyncHttpxClient(timeout=timeout, limits=limits, follow_redirects=False, verify=verify)
            sdk = anthropic.AsyncAnthropic(
                api_key=key,
                base_url=base_url or PROVIDER,
                max_retries=0,
                timeout=timeout,
                http_client=await open_ones.enter_async_context(transport),
                open_telemetry=False,
            )
            pools.append(_Pool(await open_ones.enter_async_context(sdk)))
        yield _Sdk(pools, key)


@dataclass
class _Pool:
    """The SDK with connections of its own, and how many requests are under way on them."""

    sdk: anthropic.AsyncAnthropic
    under_way: int = 0


class _Sdk:
    """The SDK as a Client."""

    def __init__(self, pools: Sequence[_Pool], key: str) -> None:
        self._pools, self._sdk, self._key = pools, pools[0].sdk, key
        self.batches = Batches(self._sdk, key)

    async def create(self, request: Mapping[str, Any]) -> Reply | Failure:
        started, pool = time.monotonic(), min(self._pools, key=lambda one: one.under_way)
        pool.under_way += 1
        try:
            text = await text_of(pool.sdk.messages.with_raw_response.create(**request), self._key)
        finally:
            pool.under_way -= 1
        return text if isinstance(text, Failure) else Reply(text.raw, text.request_id, time.monotonic() - started)

    async def count_tokens(self, request: Mapping[str, Any]) -> int | None:
        import anthropic  # noqa: PLC0415 - loaded already; the name is needed for its exceptions

        asked = {name: value for name, value in request.items() if name != "max_tokens"}
        try:
            return (await self._sdk.messages.count_tokens(**asked)).input_tokens
        except (anthropic.AnthropicError, ValueError, AttributeError):
            return None
