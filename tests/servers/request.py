"""One request as the server keeps it, and the error it deserves by the API's own rules."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.servers.bill import input_tokens
from tests.servers.params import problem
from tests.servers.replies import error
from tests.servers.wire import Reply

VERSIONS = {"2023-06-01", "2026-10-21"}
CONTEXT_TOKENS = 200_000
PATHS = ("/v1/messages", "/v1/messages/count_tokens")


@dataclass
class Request:
    """One request as received and what became of it.

    `number` counts the requests to /v1/messages from 1 (0 for any other); `call` is a digest of the transcript found in
    it, equal for repeats; `outcome` is answered, counted, refused or the fault; `usage` and `usd` are set once it is
    billed; `delivered` is False where the connection was gone before the whole reply was handed over (True is no proof
    that the client read it).
    """

    number: int
    method: str
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
            "input_tokens": usage.get("input_tokens", 0),
            "output_tokens": usage.get("output_tokens", 0),
            "usd": str(self.usd),
        }


def refusal(request: Request, key: str, models: Container[str]) -> Reply | None:
    """The error for a wrong route, method, key, version, body or model, in this order; None when it may be answered.

    Sets the request's body once it is known to be well formed.
    """
    if request.path not in PATHS:
        return error(404, "not_found_error", "Not found", request.number)
    if request.method != "POST":
        return error(405, "invalid_request_error", "Method not allowed", request.number)
    if key not in {request.headers.get("x-api-key"), request.headers.get("authorization", "").removeprefix("Bearer ")}:
        return error(401, "authentication_error", "invalid x-api-key", request.number)
    found = _header_problem(request.headers) or _body_problem(request)
    if found:
        return error(400, "invalid_request_error", found, request.number)
    if request.body["model"] not in models:
        return error(404, "not_found_error", f"model: {request.body['model']}", request.number)
    return None


def _header_problem(headers: dict[str, str]) -> str | None:
    version = headers.get("anthropic-version")
    if version is None:
        return "anthropic-version: header is required"
    if version not in VERSIONS:
        return f'anthropic-version: "{version}" is not a valid version'
    plain = headers.get("content-type", "").startswith("application/json")
    return None if plain else "content-type: application/json is required"


def _body_problem(request: Request) -> str | None:
    try:
        body = json.loads(request.raw)
    except (ValueError, RecursionError):
        return "The request body is not valid JSON"
    found = problem(body, counting=not request.number)
    if found:
        return found
    request.body, tokens = body, input_tokens(body)
    return f"prompt is too long: {tokens} tokens > {CONTEXT_TOKENS} maximum" if tokens > CONTEXT_TOKENS else None
