"""Sending one alert: a program with the alert as JSON on its input, or a request with it as body. Never raises, always ends.

No shell; no redirect is followed, so that a header goes to the configured host alone. What the receiver answers is not kept.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from evalharness import numbers


@dataclass(frozen=True)
class Sent:
    """What became of it: `ok`, in words how it ended, and the seconds it took. `doubtful`: it did not succeed, and may have
    arrived all the same: it ran out of time, or the connection broke, after it had begun to go."""

    ok: bool
    said: str
    seconds: float
    doubtful: bool = False


def run_program(argv: Sequence[str], body: bytes, folder: Path, timeout_s: float) -> Sent:
    """Runs the program in `folder` with `body` on its input; it and what it started are ended after `timeout_s`."""
    began = time.monotonic()
    try:
        process = subprocess.Popen(  # noqa: S603 - an argv list from the owner's own configuration, no shell
            list(argv), cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        return _sent(began, False, f"it could not be started ({getattr(error, 'strerror', None) or 'its words are no argv'})")
    try:
        process.communicate(body, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return _sent(began, False, f"it did not end within {numbers.plain(timeout_s)} s and was stopped", doubtful=True)
    return _sent(began, process.returncode == 0, f"exit code {process.returncode}")


def post(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> Sent:
    """One POST of JSON; a status from 200 to 299 within `timeout_s` is a success, and nothing else is."""
    began = time.monotonic()
    answer: list[tuple[bool, str]] = []
    going = threading.Event()
    worker = threading.Thread(target=lambda: answer.append(_answered(url, body, headers, timeout_s, going)), daemon=True)
    worker.start()
    worker.join(timeout_s)
    ok, said = answer[0] if answer else (False, f"no answer within {numbers.plain(timeout_s)} s")
    return _sent(began, ok, said, doubtful=not ok and going.is_set())


def _answered(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float, going: threading.Event) -> tuple[bool, str]:
    """Whether it succeeded, and how it ended; `going` is set while what was sent may have arrived and no answer came."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
        with contextlib.closing(connection):
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.connect()
            going.set()
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            status = connection.getresponse().status
            going.clear()
    except ValueError as error:  # a header that is none: nothing went
        going.clear()
        return False, f"the request failed ({type(error).__name__})"
    except (OSError, http.client.HTTPException) as error:
        return False, f"the request failed ({type(error).__name__})"  # never its text: a bad header is quoted in it
    return 200 <= status < 300, f"status {status}"


def _sent(began: float, ok: bool, said: str, *, doubtful: bool = False) -> Sent:
    return Sent(ok, said, round(time.monotonic() - began, 3), doubtful)
