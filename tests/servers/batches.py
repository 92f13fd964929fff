"""Message Batches as the API does them: made, looked at, listed, canceled, read as shuffled JSONL, billed at half price."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.batch_script import RESULTS_DAYS, BatchScript
from tests.servers.params import problem
from tests.servers.replies import error, message
from tests.servers.transcript import digest_turns, find_turns
from tests.servers.wire import Received, Reply

if TYPE_CHECKING:
    from tests.servers.messages_server import MessagesServer

PATH = "/v1/messages/batches"
CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MOST_REQUESTS = 100_000
HALF = Decimal(2)


@dataclass
class Batched:
    """One request of a batch: its place among all batched requests of the server, what became of it, what it was billed."""

    number: int
    custom_id: str
    params: dict[str, Any]
    call: str
    fate: str = "processing"
    usd: Decimal = Decimal(0)
    line: dict[str, Any] = field(default_factory=dict)


@dataclass
class MadeBatch:
    """One batch. `looks`: how often it was looked at; `ended` once every request has its end."""

    number: int
    requests: list[Batched]
    created: datetime
    looks: int = 0
    ended: bool = False
    canceling: bool = False

    @property
    def id(self) -> str:
        """The server's name of it."""
        return f"msgbatch_{self.number:08d}"

    def told(self, base_url: str) -> dict[str, Any]:
        """The object the API gives: counts are zero but for `processing` until it has ended."""
        fates = [{"missing": "succeeded", "invalid": "errored"}.get(one.fate, one.fate) for one in self.requests]
        names = ("succeeded", "errored", "canceled", "expired")
        counts = {name: fates.count(name) if self.ended else 0 for name in names}
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": "ended" if self.ended else "canceling" if self.canceling else "in_progress",
            "request_counts": {"processing": 0 if self.ended else len(fates), **counts},
            "created_at": self.created.isoformat(),
            "expires_at": (self.created + timedelta(days=1)).isoformat(),
            "ended_at": self.created.isoformat() if self.ended else None,
            "archived_at": None,
            "cancel_initiated_at": self.created.isoformat() if self.canceling else None,
            "results_url": f"{base_url}{PATH}/{self.id}/results" if self.ended else None,
        }


class Batches:
    """The batches of one server. `made`: in order; `counts`: how often each operation was asked for."""

    def __init__(self, server: MessagesServer, script: BatchScript) -> None:
        self.server, self.script = server, script
        self.made: list[MadeBatch] = []
        self.counts: dict[str, int] = {}

    @property
    def requests(self) -> list[Batched]:
        """Every batched request, in order of arrival."""
        return [one for batch in self.made for one in batch.requests]

    def serve(self, received: Received) -> tuple[Reply | None, str]:
        """The reply (None: the connection breaks without one) and the fault it is to be handed over with."""
        operation = _operation(received)
        self.counts[operation] = number = self.counts.get(operation, 0) + 1
        refused = self._refusal(received, operation)
        fault = self.script.fault(operation, number)
        if refused or fault == "reset":
            return refused, fault
        if fault.isdigit():
            return error(int(fault), "api_error", "Scripted error", 0), ""
        if fault == "gone":
            return error(404, "not_found_error", "Not found", 0), ""
        reply = getattr(self, f"_{operation}")(received)
        if fault == "html":
            return Reply(200, b"<html>proxy</html>", "text/html"), ""
        if fault == "cut_line":
            lines = reply.body.splitlines(keepends=True)
            reply = Reply(200, b"".join(lines[: len(lines) // 2]), reply.content_type)
        return (None if fault == "lost" else reply), fault

    def _refusal(self, received: Received, operation: str) -> Reply | None:
        server = self.server
        bearer = received.headers.get("authorization", "").removeprefix("Bearer ")
        if not self.script.supported or not operation:
            return error(404, "not_found_error", "Not found", 0)
        if server.key not in {received.headers.get("x-api-key"), bearer}:
            return error(401, "authentication_error", "invalid x-api-key", 0)
        version = received.headers.get("anthropic-version")
        return None if version else error(400, "invalid_request_error", "anthropic-version: header is required", 0)

    def _create(self, received: Received) -> Reply:
        try:
            body = json.loads(received.raw)
        except ValueError:
            return error(400, "invalid_request_error", "The request body is not valid JSON", 0)
        found = envelope_problem(body)
        if found:
            return error(400, "invalid_request_error", found, 0)
        start = len(self.requests)
        requests = [
            Batched(start + at, one["custom_id"], one["params"], _call_of(one["params"]))
            for at, one in enumerate(body["requests"], start=1)
        ]
        created = datetime.now(UTC) - timedelta(days=self.script.age_days)
        batch = MadeBatch(len(self.made) + 1, requests, created)
        self.made.append(batch)
        self._end(batch)
        return self._told(batch)

    def _retrieve(self, received: Received) -> Reply:
        batch = self._named(received)
        if batch is None:
            return error(404, "not_found_error", "Message Batch not found", 0)
        batch.looks += 1
        self._end(batch)
        return self._told(batch)

    def _list(self, received: Received) -> Reply:
        query = parse_qs(urlsplit(received.path).query)
        limit, after = int(query.get("limit", ["20"])[0]), query.get("after_id", [""])[0]
        for batch in self.made:
            batch.looks += 1
            self._end(batch)
        newest = [batch.told(self.server.base_url) for batch in reversed(self.made)]
        at = next((i + 1 for i, one in enumerate(newest) if one["id"] == after), 0)
        page = newest[at : at + limit]
        ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
        return Reply.of_json(200, {"data": page, "has_more": at + limit < len(newest), **ends})

    def _cancel(self, received: Received) -> Reply:
        batch = self._named(received)
        if batch is None or batch.ended:
            return error(400, "invalid_request_error", "the batch has ended or is unknown", 0)
        self.cancel(batch)
        return self._told(batch)

    def cancel(self, batch: MadeBatch) -> None:
        """As if somebody had canceled it in the provider's console: what is not done yet is canceled."""
        batch.canceling = True

    def _results(self, received: Received) -> Reply:
        batch = self._named(received)
        old = batch is not None and datetime.now(UTC) - batch.created > timedelta(days=RESULTS_DAYS)
        if batch is None or not batch.ended or old:
            return error(404, "not_found_error", "No results for this Message Batch", 0)
        lines = [json.dumps(one.line) for one in batch.requests if one.fate != "missing"]
        random.Random(f"{self.script.seed}:{batch.number}").shuffle(lines)
        return Reply(200, "".join(f"{line}\n" for line in lines).encode(), "application/binary")

    def _named(self, received: Received) -> MadeBatch | None:
        name = urlsplit(received.path).path.removeprefix(PATH).strip("/").split("/")[0]
        return next((batch for batch in self.made if batch.id == name), None)

    def _told(self, batch: MadeBatch) -> Reply:
        return Reply.of_json(200, batch.told(self.server.base_url), request_id=f"req_batch_{batch.number}")

    def _end(self, batch: MadeBatch) -> None:
        """Ends the batch once it was looked at often enough: every request gets its fate, succeeded ones are billed at half."""
        if batch.ended or batch.number in self.script.holding or (batch.looks <= self.script.polls and not batch.canceling):
            return
        batch.ended = True
        for one in batch.requests:
            self._process(one, "canceled" if batch.canceling else self.script.fate(one.number))

    def _process(self, one: Batched, fate: str) -> None:
        found = params_problem(one.params) or self._unknown(one.params)
        one.fate = "invalid" if found and fate == "succeeded" else fate
        if one.fate in ("succeeded", "missing"):
            one.line = {"custom_id": one.custom_id, "result": {"type": "succeeded", "message": self._answer(one)}}
        elif one.fate in ("errored", "invalid"):
            kind = "invalid_request_error" if one.fate == "invalid" else "api_error"
            inner = {"type": kind, "message": found or "Scripted error"}
            wrapped = {"type": "error", "error": inner, "request_id": None}
            one.line = {"custom_id": one.custom_id, "result": {"type": "errored", "error": wrapped}}
        else:
            one.line = {"custom_id": one.custom_id, "result": {"type": one.fate}}

    def _unknown(self, params: Mapping[str, Any]) -> str | None:
        return None if params["model"] in self.server.prices else f"model: {params['model']}"

    def _answer(self, one: Batched) -> dict[str, Any]:
        """The judge's answer, billed; `faults` of the server's script with a number from 100,001 on mean batched requests."""
        fault = self.server.script.fault(100_000 + one.number)
        answer = message(one.params, 100_000 + one.number, self.server.script, fault)
        answer["usage"]["service_tier"] = "batch"
        used = answer["usage"]
        one.usd = self.server.prices[one.params["model"]].usd(used["input_tokens"], used["output_tokens"]) / HALF
        self.server.bill.charge(one.usd)
        self.server.bill.note()
        return answer


def _operation(received: Received) -> str:
    steps = urlsplit(received.path).path.removeprefix(PATH).strip("/").split("/")
    if steps == [""]:
        return {"POST": "create", "GET": "list"}.get(received.method, "")
    known = {("GET", 1, ""): "retrieve", ("GET", 2, "results"): "results", ("POST", 2, "cancel"): "cancel"}
    return known.get((received.method, len(steps), steps[1] if len(steps) > 1 else ""), "")


def _call_of(params: Mapping[str, Any]) -> str:
    return digest_turns(find_turns(params)) if isinstance(params.get("messages"), list) else ""


def envelope_problem(body: Any) -> str | None:
    """What is looked at when a batch is made: its shape, the custom_ids, and the room of 0 that no batch takes."""
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not requests or len(requests) > MOST_REQUESTS or set(body) != {"requests"}:
        return f"requests: a list of 1 to {MOST_REQUESTS} requests and nothing else"
    for at, one in enumerate(requests):
        if not isinstance(one, dict) or set(one) != {"custom_id", "params"} or not isinstance(one["params"], dict):
            return f"requests.{at}: custom_id and params, nothing else"
        if not isinstance(one["custom_id"], str) or not CUSTOM_ID.fullmatch(one["custom_id"]):
            return f"requests.{at}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'"
        if one["params"].get("max_tokens") == 0:
            return f"requests.{at}.params.max_tokens: 0 is not supported in batches"
    return _twice([one["custom_id"] for one in requests])


def _twice(names: Sequence[str]) -> str | None:
    return None if len(set(names)) == len(names) else "requests: custom_id must be unique within the batch"


@cache
def _params() -> tuple[Any, frozenset[str]]:
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
    from pydantic import TypeAdapter

    names: set[str] = set()
    for kind in (MessageCreateParamsNonStreaming, *getattr(MessageCreateParamsNonStreaming, "__orig_bases__", ())):
        names |= set(getattr(kind, "__annotations__", {}))
    return TypeAdapter(MessageCreateParamsNonStreaming), frozenset(names)


def params_problem(params: Mapping[str, Any]) -> str | None:
    """What is looked at only when a request is processed: the SDK's own parameter types, then the API's rules of a message."""
    adapter, names = _params()
    unknown = sorted(set(params) - names)
    if unknown:
        return f"{unknown[0]}: Extra inputs are not permitted"
    try:
        adapter.validate_python(dict(params))
    except ValueError as wrong:
        return str(wrong).splitlines()[0]
    return problem(dict(params))
