"""Just enough HTTP/1.1 over asyncio streams: bodies with a length, keep-alive, connections that break on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from http.client import responses
from typing import Any

LONGEST_BODY = 32 * 2**20
"""Bytes: the Messages API's limit for one request."""


class BadHttpError(Exception):
    """What came is no request this server reads; `status` is what to answer before closing."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Received:
    """One request as it came: header names in lower case, the body as bytes."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes


@dataclass(frozen=True)
class Reply:
    """One response to write: `body` is sent as it is; `headers` are added to length and type."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_json(cls, status: int, value: Any, **headers: str) -> Reply:
        """A JSON response; `retry_after="2"` becomes the header Retry-After."""
        named = tuple((name.replace("_", "-"), text) for name, text in headers.items())
        return cls(status, json.dumps(value).encode(), headers=named)

    def head(self) -> bytes:
        """The status line and headers, with the blank line."""
        phrase = responses.get(self.status, "Overloaded")
        length = ("content-length", str(len(self.body)))
        lines = [f"{name}: {text}" for name, text in (("content-type", self.content_type), length, *self.headers)]
        return "\r\n".join([f"HTTP/1.1 {self.status} {phrase}", *lines, "", ""]).encode("latin-1")

    def whole(self) -> bytes:
        """Everything at once."""
        return self.head() + self.body


class Connection(asyncio.StreamReaderProtocol):
    """A stream connection that is in `known` from being made to being lost, so that a server can end every one of them."""

    def __init__(self, serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any], known: set[Any]) -> None:
        super().__init__(asyncio.StreamReader(), serve)
        self._known, self._made = known, None

    def connection_made(self, transport: Any) -> None:
        """Keeps the transport."""
        self._made = transport
        self._known.add(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the transport."""
        self._known.discard(self._made)
        super().connection_lost(exc)


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    """The next request of a connection, None at its end.

    Raises BadHttpError for what is not HTTP/1.1, for chunked bodies and for bodies above 32 MB.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    parts = start.split(" ")
    if len(parts) != 3 or parts[2] != "HTTP/1.1":
        raise BadHttpError(400, f"not an HTTP/1.1 request line: {start[:80]!r}")
    headers = {name.strip().lower(): text.strip() for name, _, text in (line.partition(":") for line in lines if line)}
    length = _length(headers)
    try:
        return Received(parts[0], parts[1], headers, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def _length(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadHttpError(411, "bodies need a Content-Length here")
    text = headers.get("content-length", "0")
    if not text.isdigit():
        raise BadHttpError(400, "Content-Length is not a number")
    if int(text) > LONGEST_BODY:
        raise BadHttpError(413, "Request exceeds the maximum size")
    return int(text)


async def send(writer: asyncio.StreamWriter, data: bytes) -> bool:
    """Writes and drains; True when the connection was still open afterwards (the kernel has it: no proof that it was read)."""
    if writer.transport.is_closing():
        return False
    try:
        writer.write(data)
        await writer.drain()
    except ConnectionError:
        return False
    return not writer.transport.is_closing()


def reset(writer: asyncio.StreamWriter) -> None:
    """Breaks the connection with a TCP reset instead of a proper end."""
    found = writer.get_extra_info("socket")
    if found is not None:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
