"""Sending for real: programs that work, fail, hang, cannot start; servers that answer, refuse, redirect, drip, are not there."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from evalharness.act.send import post, run_program

BODY = json.dumps({"kind": "missed", "n": 30}).encode()
SAVE = """
import pathlib, sys
pathlib.Path("got.json").write_bytes(sys.stdin.buffer.read())
pathlib.Path("argv").write_text(sys.argv[1])
"""


@contextmanager
def a_server(answer):
    """A server on a port of its own; `answer` gets the handler. Yields its address and the requests it got."""
    requests: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((self.path, dict(self.headers), body))
            answer(self)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()


def status(code, **headers):
    """Answers with this status."""

    def answer(handler):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    return answer


def test_a_program_gets_the_message_on_its_input(tmp_path):
    """In the workspace's folder; its words are argv and pass no shell."""
    sent = run_program([sys.executable, "-c", SAVE, "$(touch owned); *"], BODY, tmp_path, 20)
    assert (sent.ok, sent.said) == (True, "exit code 0")
    assert (tmp_path / "got.json").read_bytes() == BODY
    assert (tmp_path / "argv").read_text() == "$(touch owned); *"
    assert not (tmp_path / "owned").exists()


def test_a_program_beside_the_workspace(tmp_path):
    """`./notify.sh` is the one in the workspace, whatever folder the command was typed in."""
    script = tmp_path / "notify.sh"
    script.write_text("#!/bin/sh\ncat > told\n")
    script.chmod(0o700)
    assert run_program(["./notify.sh"], BODY, tmp_path, 20).ok
    assert (tmp_path / "told").read_bytes() == BODY


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([sys.executable, "-c", "raise SystemExit(3)"], "exit code 3"),
        ([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"], "exit code -15"),
        (["./no-such-program"], "it could not be started (No such file or directory)"),
        (["a\0b"], "it could not be started (its words are no argv)"),
    ],
)
def test_a_program_that_fails(tmp_path, argv, said):
    """By its exit code; one that is not there says so."""
    sent = run_program(argv, BODY, tmp_path, 20)
    assert (sent.ok, sent.said) == (False, said)


def test_a_program_that_does_not_read_its_input_may_succeed(tmp_path):
    """A closed input is no failure."""
    assert run_program([sys.executable, "-c", "import sys; sys.stdin.close()"], b"x" * 1_000_000, tmp_path, 20).ok


def test_a_program_that_hangs_is_stopped_with_its_children(tmp_path):
    """After the time it has: its child would write a file a second later, and does not."""
    child = "import time, pathlib; time.sleep(1.5); pathlib.Path('late').touch()"
    hang = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    began = time.monotonic()
    sent = run_program([sys.executable, "-c", hang], BODY, tmp_path, 0.7)
    assert (sent.ok, sent.said, sent.doubtful) == (False, "it did not end within 0.7 s and was stopped", True)
    assert time.monotonic() - began < 10
    time.sleep(2)
    assert not (tmp_path / "late").exists()


def test_a_webhook_gets_json_and_the_header():
    """Status 204 is a success; query and path arrive."""
    with a_server(status(204)) as (url, requests):
        sent = post(f"{url}/hook/1?team=a", BODY, {"Authorization": "Bearer s3cret"}, 10)
    assert (sent.ok, sent.said) == (True, "status 204")
    ((path, headers, body),) = requests
    assert (path, body, headers["Content-Type"], headers["Authorization"]) == (
        "/hook/1?team=a", BODY, "application/json", "Bearer s3cret",
    )  # fmt: skip


@pytest.mark.parametrize("code", [302, 400, 401, 429, 500])
def test_any_other_status_is_a_failure(code):
    """A redirect is not followed, so the header goes nowhere else: one request in all."""
    with a_server(status(code, Location="http://127.0.0.1:1/elsewhere")) as (url, requests):
        sent = post(url, BODY, {}, 10)
    assert (sent.ok, sent.said, sent.doubtful, len(requests)) == (False, f"status {code}", False, 1)


def test_a_server_that_drips_has_only_its_time():
    """A byte at a time, each within the timeout of the socket: the whole has 0.6 s."""

    def drip(handler):
        for _ in range(40):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)

    def quiet(handler):
        with suppress(OSError):
            drip(handler)

    began = time.monotonic()
    with a_server(quiet) as (url, _):
        sent = post(url, BODY, {}, 0.6)
    assert (sent.ok, sent.said, sent.doubtful) == (False, "no answer within 0.6 s", True)
    assert time.monotonic() - began < 5


def test_nobody_there_and_a_header_that_is_none():
    """The kind of the error is said, never its text: it may quote the secret."""
    refused = post("http://127.0.0.1:1/", BODY, {}, 5)
    assert (refused.said, refused.doubtful) == ("the request failed (ConnectionRefusedError)", False)
    sent = post("http://127.0.0.1:1/", BODY, {"Authorization": "s3cret\nX: y"}, 5)
    assert not sent.ok
    assert "s3cret" not in sent.said
