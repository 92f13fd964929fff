"""Local servers that speak the list and get endpoints of Vapi, Retell and ElevenLabs as their SDKs document them.

    with PlatformApi("retell", calls, faults={2: 429}) as server:
        server.base_url, server.asked

Strict: another key, path, method or parameter than the documented ones is answered with the status a real server would give.
Calls are the payloads the tests hand over; nothing of a platform stands behind it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "key-of-the-test"
VAPI = {"limit", "createdAtGe", "createdAtLt", "createdAtLe", "assistantId"}
ELEVENLABS = {"cursor", "agent_id", "call_start_before_unix", "call_start_after_unix", "page_size"}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    params: Mapping[str, str]
    body: Any


class PlatformApi:
    """The server; entering starts it on a free port of 127.0.0.1. `page`: calls a page at most, below what is asked for.

    `faults`: number of a request (from 1) -> a status, or the bytes of a 200 answer, or (status, headers). `gone`: ids that are
    listed and not there when asked for.
    """

    def __init__(
        self, platform: str, calls: Sequence[Mapping[str, Any]], *, page: int = 1000, faults: Mapping[int, Any] | None = None,
        gone: frozenset[str] = frozenset(), endless: bool = False,
    ) -> None:  # fmt: skip
        self.platform, self.calls, self.page, self.faults = platform, list(calls), page, dict(faults or {})
        self.gone, self.endless = gone, endless
        self.asked: list[Asked] = []
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """What the client is configured with."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def details(self) -> list[str]:
        """The ids that were asked for one by one, in order of arrival."""
        return [one.path.rsplit("/", 1)[1] for one in self.asked if "/get-call/" in one.path or "/conversations/" in one.path]

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self, "GET")

            def do_POST(self) -> None:
                outer.answer(self, "POST")

            def log_message(self, *_words: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        """Answers one request by the script, else by the API."""
        place = urlsplit(handler.path)
        params = {name: values[-1] for name, values in parse_qs(place.query).items()}
        body = json.loads(handler.rfile.read(int(handler.headers.get("content-length") or 0)) or b"null")
        with self._lock:
            self.asked.append(Asked(method, unquote(place.path), params, body))
            fault = self.faults.get(len(self.asked))
        headers: dict[str, str] = {}
        if isinstance(fault, bytes):
            status, data = 200, fault
        elif fault is not None:
            status, headers = fault if isinstance(fault, tuple) else (fault, {})
            data = json.dumps({"error": f"scripted; your key is {KEY}"}).encode()
        else:
            status, found = self._found(handler, self.asked[-1]) if self._known(handler) else (401, {"message": KEY})
            data = json.dumps(found).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _known(self, handler: BaseHTTPRequestHandler) -> bool:
        given = handler.headers.get("xi-api-key" if self.platform == "elevenlabs" else "authorization")
        return given == (KEY if self.platform == "elevenlabs" else f"Bearer {KEY}")

    def _found(self, _handler: BaseHTTPRequestHandler, asked: Asked) -> tuple[int, Any]:
        return {"vapi": self._vapi, "retell": self._retell, "elevenlabs": self._elevenlabs}[self.platform](asked)

    def _vapi(self, asked: Asked) -> tuple[int, Any]:
        if (asked.method, asked.path) != ("GET", "/call"):
            return 404, {}
        if set(asked.params) - VAPI:
            return 400, {}
        found = sorted(self.calls, key=lambda call: call["createdAt"], reverse=True)
        agent = asked.params.get("assistantId")
        found = [call for call in found if agent in (None, call.get("assistantId"))]
        found = [call for call in found if _at(call["createdAt"]) >= _at(asked.params["createdAtGe"])]
        if "createdAtLt" in asked.params:
            found = [call for call in found if _at(call["createdAt"]) < _at(asked.params["createdAtLt"])]
        if "createdAtLe" in asked.params:
            found = [call for call in found if _at(call["createdAt"]) <= _at(asked.params["createdAtLe"])]
        return 200, found[: int(asked.params.get("limit", 100))]

    def _retell(self, asked: Asked) -> tuple[int, Any]:
        if asked.method == "GET" and asked.path.startswith("/v2/get-call/"):
            return self._one(asked, "call_id")
        if (asked.method, asked.path) != ("POST", "/v3/list-calls"):
            return 404, {}
        criteria = asked.body["filter_criteria"]
        within = criteria["start_timestamp"]
        if (within["type"], within["op"]) != ("range", "bt") or set(asked.body) - {
            "filter_criteria", "limit", "sort_order", "pagination_key",
        }:  # fmt: skip
            return 422, {}
        low, high = within["value"]
        agents = [one["agent_id"] for one in criteria.get("agent", ())]
        found = [call for call in self.calls if low <= call.get("start_timestamp", low) <= high]
        found = [call for call in found if not agents or call["agent_id"] in agents]
        first = int(asked.body.get("pagination_key") or 0)
        some = found[first : first + min(self.page, asked.body["limit"])]
        short = [{name: call[name] for name in call if not name.startswith(("transcript", "recording"))} for call in some]
        more = self.endless or first + len(some) < len(found)
        following = "1" if self.endless else str(first + len(some))
        return 200, {"items": short, "has_more": more, **({"pagination_key": following} if more else {})}

    def _elevenlabs(self, asked: Asked) -> tuple[int, Any]:
        if asked.path.startswith("/v1/convai/conversations/"):
            return self._one(asked, "conversation_id")
        if (asked.method, asked.path) != ("GET", "/v1/convai/conversations"):
            return 404, {}
        if set(asked.params) - ELEVENLABS or int(asked.params["page_size"]) > 100:
            return 422, {}
        low, high = int(asked.params["call_start_after_unix"]), int(asked.params["call_start_before_unix"])
        found = [call for call in self.calls if low < call["metadata"]["start_time_unix_secs"] < high]
        found = [call for call in found if asked.params.get("agent_id") in (None, call.get("agent_id"))]
        first = int(asked.params.get("cursor") or 0)
        some = found[first : first + min(self.page, int(asked.params["page_size"]))]
        short = [
            {
                "conversation_id": call["conversation_id"],
                "agent_id": call.get("agent_id"),
                "status": call["status"],
                "start_time_unix_secs": call["metadata"]["start_time_unix_secs"],
            }
            for call in some
        ]
        more = first + len(some) < len(found)
        return 200, {"conversations": short, "has_more": more, "next_cursor": str(first + len(some)) if more else None}

    def _one(self, asked: Asked, name: str) -> tuple[int, Any]:
        wanted = asked.path.rsplit("/", 1)[1]
        found = next((call for call in self.calls if call[name] == wanted and wanted not in self.gone), None)
        return (404, {}) if found is None else (200, found)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
