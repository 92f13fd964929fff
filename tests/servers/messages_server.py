"""A strict, scripted Messages API over real HTTP on loopback. No model stands behind it: every reply follows a Script.

    with MessagesServer(script=Script(faults={3: "429"}), latency_s=0.2, key="test-key") as server:
        client = anthropic.Anthropic(base_url=server.base_url, api_key=server.key, max_retries=0)
    server.requests, server.billed, server.bill_usd, server.max_in_flight

As a process of its own, outliving a killed client: `python -m tests.servers.messages_server --port-file F --bill-file F`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.servers.bill import PRICES, Price, input_tokens
from tests.servers.judges import JUDGES, Ask
from tests.servers.params import problem
from tests.servers.replies import PAGE, error, error_of, message
from tests.servers.script import STATUSES, Fault, Script
from tests.servers.transcript import digest_turns, find_turns
from tests.servers.wire import BadHttpError, Received, Reply, read_request, reset, send

__all__ = ["JUDGES", "PRICES", "Ask", "Fault", "MessagesServer", "Price", "Request", "Script"]
VERSIONS = {"2023-06-01", "2026-10-21"}
CONTEXT_TOKENS = 200_000
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Request:
    """One request as received and what became of it.

    `number` counts the requests to /v1/messages from 1 (0 for count_tokens); `call` is a digest of the transcript found in
    it, equal for repeats; `outcome` is answered, refused or the fault; `delivered` is False where the connection was gone
    before the whole reply was handed over (True is no proof that the client read it).
    """

    number: int
    path: str
    headers: dict[str, str]
    raw: bytes
    at_s: float
    body: dict[str, Any] = field(default_factory=dict)
    call: str = ""
    status: int = 0
    outcome: str = "refused"
    usage: dict[str, Any] | None = None
    usd: Decimal = Decimal(0)
    delivered: bool = False

    def entry(self) -> dict[str, Any]:
        """What the bill file keeps of it: no text of the call."""
        usage = self.usage or {}
        return {
            "number": self.number,
            "call": self.call,
            "status": self.status,
            "outcome": self.outcome,
            "model": self.body.get("model"),
            "billed": self.usage is not None,
            "delivered": self.delivered,
            **{name: usage.get(name, 0) for name in ("input_tokens", "output_tokens")},
            "usd": str(self.usd),
        }


class MessagesServer:
    """The server; entering starts it on a free port of 127.0.0.1 in a thread of its own, leaving stops it.

    `prices` adds models or replaces prices; `bill_path` names a file rewritten whole after each request. What goes wrong
    in a judge of the test's own is raised on leaving.
    """

    def __init__(
        self,
        script: Script | None = None,
        latency_s: float | Callable[[int], float] = 0.0,
        key: str = "test-key",
        prices: Mapping[str, Price] | None = None,
        bill_path: Path | None = None,
    ) -> None:
        self.script, self.key, self.bill_path = script or Script(), key, bill_path
        self.prices = {**PRICES, **(prices or {})}
        self.latency = latency_s if callable(latency_s) else lambda _number: latency_s
        self.requests: list[Request] = []
        self.defect: Exception | None = None
        self.in_flight = self.max_in_flight = self.port = 0
        self._entries: dict[int, str] = {}
        self._open: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()

    @property
    def base_url(self) -> str:
        """What the client is configured with."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[Request]:
        """The requests to /v1/messages alone, in order of arrival."""
        return [request for request in self.requests if request.number]

    @property
    def billed(self) -> list[dict[str, Any]]:
        """The usage of every billed reply, in order of arrival, with its model."""
        return [{**request.usage, "model": request.body["model"]} for request in self.asked if request.usage is not None]

    @property
    def bill_usd(self) -> Decimal:
        """The running bill, exact."""
        return sum((request.usd for request in self.asked), Decimal(0))

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        if self.defect and not value:
            raise self.defect

    def summary(self) -> dict[str, Any]:
        """Counts and the bill, as GET /_bill answers them."""
        asked = self.asked
        return {
            "requests": len(asked),
            "billed": sum(request.usage is not None for request in asked),
            "bill_usd": str(self.bill_usd),
            "max_in_flight": self.max_in_flight,
        }

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=512))
        self.port = listening.sockets[0].getsockname()[1]
        self._write_bill()
        started.set()
        try:
            self._loop.run_forever()
        finally:
            listening.close()
            self._loop.run_until_complete(self._hang_up())
            self._loop.close()

    async def _hang_up(self) -> None:
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                while await self._one(reader, writer):
                    pass
        finally:
            self._open.discard(task)
            writer.transport.abort() if reader.at_eof() else writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serves one request; whether the connection stays open for the next."""
        try:
            received = await read_request(reader)
        except BadHttpError as bad:
            await send(writer, *_bytes(error(bad.status, "invalid_request_error", str(bad), 0)))
            return False
        if received is None:
            return False
        if received.path == "/_bill":
            return await send(writer, *_bytes(Reply.of_json(200, self.summary())))
        request = self._keep(received)
        self.in_flight += bool(request.number)
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        try:
            return await self._serve(request, received.method, (reader, writer))
        except Exception as defect:  # noqa: BLE001  a judge's or our own defect: the test that made it must fail, not hang
            self.defect = defect
            return False
        finally:
            self.in_flight -= bool(request.number)
            self._write_bill(request)

    def _keep(self, received: Received) -> Request:
        number = len(self.asked) + 1 if received.path == "/v1/messages" else 0
        request = Request(number, received.path, received.headers, received.raw, time.monotonic())
        self.requests.append(request)
        return request

    async def _serve(self, request: Request, method: str, streams: Streams) -> bool:
        refusal = self._refusal(request, method)
        if refusal:
            return await self._hand_over(request, refusal, streams)
        if not request.number:
            request.outcome = "counted"
            return await self._hand_over(request, Reply.of_json(200, {"input_tokens": input_tokens(request.body)}), streams)
        request.call = digest_turns(find_turns(request.body))
        fault = self.script.fault(request.number)
        request.outcome = fault.kind if fault else "answered"
        if fault and fault.kind in STATUSES:
            return await self._hand_over(request, error_of(fault, request.number), streams)
        return await self._work(request, fault, streams)

    def _refusal(self, request: Request, method: str) -> Reply | None:
        """The error this request deserves by the API's rules, in the API's order: route, key, version, body, model."""
        if request.path not in {"/v1/messages", "/v1/messages/count_tokens"}:
            return error(404, "not_found_error", "Not found", request.number)
        if method != "POST":
            return error(405, "invalid_request_error", "Method not allowed", request.number)
        given = {request.headers.get("x-api-key"), request.headers.get("authorization", "").removeprefix("Bearer ")}
        if self.key not in given:
            return error(401, "authentication_error", "invalid x-api-key", request.number)
        found = self._misshapen(request)
        if found:
            return error(400, "invalid_request_error", found, request.number)
        if request.body["model"] not in self.prices:
            return error(404, "not_found_error", f"model: {request.body['model']}", request.number)
        return None

    def _misshapen(self, request: Request) -> str | None:
        version = request.headers.get("anthropic-version")
        if version not in VERSIONS:
            return (
                "anthropic-version: header is required" if version is None else f"anthropic-version: {version} is not a version"
            )
        if not request.headers.get("content-type", "").startswith("application/json"):
            return "content-type: application/json is required"
        try:
            body = json.loads(request.raw)
        except (ValueError, RecursionError):
            return "The request body is not valid JSON"
        found = problem(body, counting=not request.number)
        if found:
            return found
        request.body = body
        tokens = input_tokens(body)
        return f"prompt is too long: {tokens} tokens > {CONTEXT_TOKENS} maximum" if tokens > CONTEXT_TOKENS else None

    async def _work(self, request: Request, fault: Fault | None, streams: Streams) -> bool:
        """Takes its time, answers as the script says, bills, and only then lets bytes out."""
        reader, writer = streams
        kind = fault.kind if fault else ""
        if kind == "reset_before":
            reset(writer)
            return False
        drips = fault.seconds if fault and kind == "drip" else 0.0
        await asyncio.sleep(self.latency(request.number) + (fault.seconds if fault else 0.0) - drips)
        if kind == "hang_up":
            return False
        if kind == "html":
            return await self._hand_over(request, Reply(200, PAGE, "text/html"), streams)
        answer = message(request.body, request.number, self.script, fault)
        request.status, request.usage = 200, answer["usage"]
        request.usd = self.prices[request.body["model"]].usd(answer["usage"]["input_tokens"], answer["usage"]["output_tokens"])
        self._write_bill(request)
        reply = Reply.of_json(200, answer, request_id=f"req_{request.number:08d}")
        if kind == "reset_mid_body":
            await send(writer, reply.head() + reply.body[: len(reply.body) // 2])
            await asyncio.sleep(0.02)
            reset(writer)
            return False
        if kind == "cut_body":
            reply = Reply(200, reply.body[: len(reply.body) // 2], headers=reply.headers)
        return await self._hand_over(request, reply, (reader, writer), drips)

    async def _hand_over(self, request: Request, reply: Reply, streams: Streams, drips: float = 0.0) -> bool:
        reader, writer = streams
        request.status = reply.status
        pieces = [reply.body[at : at + 64] for at in range(0, len(reply.body), 64)] if drips else []
        sent = not reader.at_eof() and await send(writer, reply.head() + (b"" if drips else reply.body))
        for piece in pieces:
            await asyncio.sleep(drips / len(pieces))
            sent = sent and not reader.at_eof() and await send(writer, piece)
        request.delivered = sent
        return sent and request.headers.get("connection", "").lower() != "close"

    def _write_bill(self, request: Request | None = None) -> None:
        """Replaces the bill file whole, so that a reader never sees half of it."""
        if self.bill_path is None:
            return
        if request is not None and request.number:
            self._entries[request.number] = json.dumps(request.entry())
        head = json.dumps(self.summary())[:-1]
        spare = self.bill_path.with_name(self.bill_path.name + ".new")
        spare.write_text(f'{head}, "entries": [{", ".join(self._entries.values())}]}}')
        spare.replace(self.bill_path)


def _bytes(reply: Reply) -> tuple[bytes]:
    return (reply.head() + reply.body,)


if __name__ == "__main__":
    from tests.servers.process import main

    main()
