"""The SDK behind our client, against the scripted server: what comes back, what fails how, what is never kept or logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from evalharness.messages.client import Client, Reply, open_client
from evalharness.messages.failure import LOST, NOT_REACHED, Failure
from evalharness.messages.usage import Usage
from evalharness.messages.wire import HIDDEN
from tests.servers.messages_server import Fault, MessagesServer, Script

KEY = "sk-canary-8f2b6e"
REQUEST = {"model": "claude-haiku-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "hello there"}]}


def ask(server: MessagesServer | str, step: Callable[[Client], Awaitable[Any]]) -> Any:
    """One step with a fresh client."""

    async def scene() -> Any:
        async with open_client(KEY, server if isinstance(server, str) else server.base_url) as client:
            return await step(client)

    return asyncio.run(scene())


def once(server: MessagesServer | str, **more: Any) -> Reply | Failure:
    """One request."""
    return ask(server, lambda client: client.create({**REQUEST, **more}))


def test_a_reply_comes_as_it_was_sent() -> None:
    """The raw body, the request id, the billed usage: 11 letters are 3 tokens in; the scripted prose is 88 letters, 22 out."""
    with MessagesServer(key=KEY) as server:
        found = once(server)
        assert isinstance(found, Reply)
        assert (found.request_id, found.usage) == ("req_00000001", Usage(3, 22))
        assert server.requests[0].headers["anthropic-version"] == "2026-10-21"
        assert "temperature" not in server.requests[0].body


@pytest.mark.parametrize(
    ("fault", "again", "lost"),
    [
        ("429", True, False), ("500", True, False), ("503", True, False), ("504", True, False), ("529", True, False),
        ("408", True, False), ("400", False, False), ("401", False, False), ("402", False, False), ("403", False, False),
        ("404", False, False), ("413", False, False), ("reset_before", True, True), ("reset_mid_body", True, True),
        ("hang_up", True, True),
    ],
)  # fmt: skip
def test_every_failure_is_one_request(fault: str, again: bool, lost: bool) -> None:
    """The SDK retries nothing by itself: the server counts one request each."""
    with MessagesServer(script=Script(always=fault), key=KEY) as server:
        found = once(server)
        assert isinstance(found, Failure)
        assert (found.again, found.lost) == (again, lost)
        assert len(server.asked) == 1


def test_nobody_listens() -> None:
    """Refused before a byte left: tried again, certainly not billed."""
    with MessagesServer(key=KEY) as server:
        gone = server.base_url
    assert once(gone) == NOT_REACHED


def test_retry_after_is_read() -> None:
    """Seconds of the header; nonsense says nothing."""
    with MessagesServer(script=Script(always=Fault("429", retry_after=2.5)), key=KEY) as server:
        found = once(server)
    assert isinstance(found, Failure)
    assert found.retry_after_s == 2.5


@pytest.mark.parametrize("fault", ["html", "cut_body"])
def test_a_broken_body_with_status_200_is_a_reply(fault: str) -> None:
    """It came and may have been billed: it is kept as it is, and says no usage."""
    with MessagesServer(script=Script(always=fault), key=KEY) as server:
        found = once(server)
    assert isinstance(found, Reply)
    assert found.usage is None


def test_a_server_that_repeats_the_key_does_not_get_it_kept() -> None:
    """The key in a reply's text is blotted out before anything else sees it."""
    schema = {"type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"], "additionalProperties": False}
    shape = {"format": {"type": "json_schema", "schema": schema}}
    with MessagesServer(script=Script(judge=lambda _ask: {"note": f"your key is {KEY}"}), key=KEY) as server:
        found = once(server, output_config=shape)
    assert isinstance(found, Reply)
    assert KEY not in found.raw
    assert HIDDEN in found.raw


def test_a_word_for_a_key_changes_no_reply() -> None:
    """A server of one's own takes any key, say "e": its replies keep every letter."""
    with MessagesServer(key="e") as server:

        async def scene() -> Reply | Failure:
            async with open_client("e", server.base_url) as client:
                return await client.create(REQUEST)

        found = asyncio.run(scene())
    assert isinstance(found, Reply)
    assert found.usage == Usage(3, 22)


def test_the_environment_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another address and another token in the environment are not used: the request goes where it was said, with our key."""
    with MessagesServer(key="theirs") as theirs, MessagesServer(key=KEY) as ours:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", theirs.base_url)
        monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "theirs")
        assert isinstance(once(ours), Reply)
        assert (len(theirs.requests), len(ours.requests)) == (0, 1)
        assert ours.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_nothing_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Even with the SDK's debug switch on: no line with the text or the key."""
    monkeypatch.setenv("ANTHROPIC_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    with MessagesServer(script=Script(faults={1: "500"}), key=KEY) as server:
        once(server)
        once(server)
    said = [record for record in caplog.records if record.name.split(".")[0] in ("anthropic", "httpx2", "httpcore2")]
    assert not said
    assert KEY not in caplog.text
    assert "hello there" not in caplog.text


def test_tokens_are_counted_where_the_server_does() -> None:
    """11 letters are 3 tokens; a server that is gone or refuses gives None."""
    asked = dict(REQUEST)
    with MessagesServer(key=KEY) as server:
        assert ask(server, lambda client: client.count_tokens(asked)) == 3
        gone = server.base_url
    assert ask(gone, lambda client: client.count_tokens(asked)) is None
    with MessagesServer(key="another") as server:
        assert ask(server, lambda client: client.count_tokens(asked)) is None


def test_a_redirect_is_not_followed() -> None:
    """A lost connection is not what a redirect is: the calls go to the agreed address or nowhere."""
    with _Redirecting() as base_url:
        found = once(base_url)
    assert isinstance(found, Failure)
    assert (found.status, found.again) == (307, False)
    assert found != LOST


class _Redirecting:
    """A server that sends everybody elsewhere."""

    def __enter__(self) -> str:
        import threading
        from http.server import BaseHTTPRequestHandler, HTTPServer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(307)
                self.send_header("location", "http://127.0.0.1:1/v1/messages")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
