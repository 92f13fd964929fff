"""A strict, scripted Messages API over real HTTP on loopback. No model stands behind it: every reply follows a Script.

    with MessagesServer(script=Script(faults={3: "429"}), latency_s=0.2, key="test-key") as server:
        client = anthropic.Anthropic(base_url=server.base_url, api_key=server.key, max_retries=0)
    server.requests, server.billed, server.bill_usd, server.max_in_flight

As a process of its own, outliving a killed client: `python -m tests.servers.messages_server --port-file F --bill-file F`,
or `server_process(folder, "--latency", "0.2")` of tests.servers.process.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.servers.batch_script import BatchScript
from tests.servers.batches import PATH as BATCHES
from tests.servers.batches import Batches
from tests.servers.bill import PRICES, Bill, Price, input_tokens
from tests.servers.judges import JUDGES, Ask
from tests.servers.prompt_cache import PromptCache
from tests.servers.replies import PAGE, error, error_of, message
from tests.servers.request import Request, refusal
from tests.servers.script import STATUSES, Fault, Script
from tests.servers.transcript import digest_turns, find_turns
from tests.servers.wire import BadHttpError, Connection, Received, Reply, read_request, reset, send

__all__ = ["JUDGES", "PRICES", "Ask", "Fault", "MessagesServer", "Price", "Request", "Script"]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class MessagesServer:
    """The server; entering starts it on a free port of 127.0.0.1 (or on `port`) in a thread of its own, leaving stops it.

    `latency_s`: seconds a reply takes, or a function of the request's number. `prices` adds models or replaces prices.
    `bill_path` names a file that gets a line after each change. What goes wrong in a test's own judge is raised on leaving.
    """

    def __init__(
        self,
        script: Script | None = None,
        latency_s: float | Callable[[int], float] = 0.0,
        key: str = "test-key",
        prices: Mapping[str, Price] | None = None,
        bill_path: Path | None = None,
        *,
        batches: BatchScript | None = None,
        port: int = 0,
    ) -> None:
        self.script, self.key, self.bill = script or Script(), key, Bill(bill_path)
        self.prices = {**PRICES, **(prices or {})}
        self.latency = latency_s if callable(latency_s) else lambda _number: latency_s
        self.requests: list[Request] = []
        self.cache = PromptCache()
        self.batches = Batches(self, batches or BatchScript())
        self.defect: Exception | None = None
        self.port = port
        self._open: set[asyncio.Task[None]] = set()
        self._known: set[asyncio.Transport] = set()
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
    def bill_usd(self) -> float:
        """The running bill; `bill.usd` has it exact."""
        return float(self.bill.usd)

    @property
    def in_flight(self) -> int:
        """How many requests to /v1/messages are open now."""
        return self.bill.in_flight

    @property
    def max_in_flight(self) -> int:
        """The most requests to /v1/messages that were open at once."""
        return self.bill.max_in_flight

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

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        made = self._loop.create_server(lambda: Connection(self._connection, self._known), "127.0.0.1", self.port, backlog=512)
        listening = self._loop.run_until_complete(made)
        self.port = listening.sockets[0].getsockname()[1]
        self.bill.note()
        started.set()
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._hang_up(listening))
            self._loop.close()

    async def _hang_up(self, listening: asyncio.Server) -> None:
        for door in listening.sockets:
            self._loop.remove_reader(door.fileno())
        await asyncio.sleep(0.01)  # a connection accepted just now gets as far as being known: a closed server would lose it
        listening.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        for transport in [*self._known]:
            transport.abort()
        await asyncio.sleep(0)  # every one of them is lost now, none is left to be collected

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
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serves one request; whether the connection stays open for the next."""
        try:
            received = await read_request(reader)
        except BadHttpError as bad:
            await send(writer, error(bad.status, "invalid_request_error", str(bad), 0).whole())
            return False
        if received is None:
            return False
        if received.path == "/_bill":
            return await send(writer, Reply.of_json(200, self.bill.summary()).whole())
        if received.path.startswith(BATCHES):
            return await self._batch(received, writer)
        request = self._keep(received)
        try:
            return await self._serve(request, (reader, writer))
        except Exception as defect:  # noqa: BLE001  a judge's or our own defect: the test that made it must fail, not hang
            self.defect = defect
            return False
        finally:
            if request.number:
                self.bill.closes(time.monotonic())
            self.bill.note(request.number, request.entry())

    async def _batch(self, received: Received, writer: asyncio.StreamWriter) -> bool:
        """Serves a request of the Batches API, or breaks the connection as its script says; whether the connection stays."""
        try:
            reply, fault = self.batches.serve(received)
        except Exception as defect:  # noqa: BLE001  as in `_one`
            self.defect = defect
            return False
        if reply is None or fault == "reset":
            reset(writer)
            return False
        if fault == "cut":
            reply = Reply(reply.status, reply.body[: len(reply.body) // 2], reply.content_type)
        return await send(writer, reply.whole())

    def _keep(self, received: Received) -> Request:
        now = time.monotonic()
        number = self.bill.opens(now) if received.path == "/v1/messages" else 0
        request = Request(number, received.method, received.path, received.headers, received.raw, now)
        self.requests.append(request)
        return request

    async def _serve(self, request: Request, streams: Streams) -> bool:
        refused = refusal(request, self.key, self.prices)
        if refused:
            return await self._hand_over(request, refused, streams)
        if not request.number:
            request.outcome = "counted"
            return await self._hand_over(request, Reply.of_json(200, {"input_tokens": input_tokens(request.body)}), streams)
        request.call = digest_turns(find_turns(request.body))
        fault = self.script.fault(request.number)
        request.outcome = fault.kind if fault else "answered"
        if fault and fault.kind in STATUSES:
            return await self._hand_over(request, error_of(fault, request.number), streams)
        return await self._work(request, fault or Fault("slow"), streams)

    async def _work(self, request: Request, fault: Fault, streams: Streams) -> bool:
        """Takes its time, answers as the script says, bills, and only then lets bytes out."""
        if fault.kind == "reset_before":
            reset(streams[1])
            return False
        drips = fault.seconds if fault.kind == "drip" else 0.0
        await asyncio.sleep(self.latency(request.number) + fault.seconds - drips)
        if fault.kind == "hang_up":
            return False
        if fault.kind == "html":
            return await self._hand_over(request, Reply(200, PAGE, "text/html"), streams)
        if fault.kind == "redirect":
            elsewhere = Reply.of_json(307, {}, location=f"{self.base_url}/v1/elsewhere")
            return await self._hand_over(request, elsewhere, streams)
        reply = self._billed(request, fault)
        if fault.kind == "reset_mid_body":
            await send(streams[1], reply.head() + reply.body[: len(reply.body) // 2])
            await asyncio.sleep(0.02)  # so that the half is read before the reset discards it
            reset(streams[1])
            return False
        if fault.kind == "cut_body":
            reply = Reply(200, reply.body[: len(reply.body) // 2], headers=reply.headers)
        return await self._hand_over(request, reply, streams, drips)

    def _billed(self, request: Request, fault: Fault) -> Reply:
        """The reply, charged and noted in the file before it is sent."""
        answer = message(request.body, request.number, self.script, fault)
        answer["usage"] |= self.cache.usage(request.body)
        request.usage = answer["usage"]
        request.usd = self.prices[request.body["model"]].usd_of(answer["usage"])
        self.bill.charge(request.usd)
        self.bill.note(request.number, request.entry())
        if fault.kind == "no_usage":
            del answer["usage"]
        request.status = 200
        return Reply.of_json(200, answer, request_id=f"req_{request.number:08d}")

    async def _hand_over(self, request: Request, reply: Reply, streams: Streams, drips: float = 0.0) -> bool:
        """Sends the reply, in small pieces over `drips` seconds where there are any; whether the connection stays."""
        reader, writer = streams
        request.status = reply.status
        pieces = [reply.body[at : at + 64] for at in range(0, len(reply.body), 64)] if drips else []
        sent = not reader.at_eof() and await send(writer, reply.head() if drips else reply.whole())
        for piece in pieces:
            await asyncio.sleep(drips / len(pieces))
            sent = sent and not reader.at_eof() and await send(writer, piece)
        request.delivered = sent
        return sent and request.headers.get("connection", "").lower() != "close"


if __name__ == "__main__":
    from tests.servers.process import main

    main()
