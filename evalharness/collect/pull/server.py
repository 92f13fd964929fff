"""Asking a platform's server: JSON over HTTP with the owner's key, patient with its limits, silent about the key.

No redirect is followed, so the key goes to the configured host alone; what a server says of an error is never shown, for it may
repeat the key. Each answer is read under a cap. Tried again are 429, 5xx, answers cut short and connections that failed, with the
wait the server names (Retry-After) or one that doubles; every other status ends the pull.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from evalharness import numbers
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.errors import InputError

if TYPE_CHECKING:
    import httpx2

TRIES = 6
LONGEST_WAIT_S = 120.0
MOST_MB = 256
"""No answer is read beyond this; a page of a list with whole calls has some."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_GONE = frozenset({404, 410})


class _TryAgainError(Exception):
    """An answer that may be another one the next time; `wait_s` as the server asks for it."""

    def __init__(self, said: str, wait_s: float | None = None) -> None:
        super().__init__(said)
        self.wait_s = wait_s


@dataclass
class Server:
    """An open connection. `key_env`: where the key came from, for messages; `sleep`: of seconds. Used from several threads."""

    client: httpx2.Client
    base_url: str
    key_env: str
    sleep: Callable[[float], None] = field(default=time.sleep)

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a GET; None where there is no such thing (404, 410). Raises InputError."""
        return self._asked("GET", path, params=dict(params or {}))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a POST that only asks. Raises InputError."""
        return self._asked("POST", path, json=dict(body))

    def _asked(self, method: str, path: str, **what: Any) -> Any:
        said = ""
        for attempt in range(TRIES):
            try:
                return self._once(method, path, what)
            except _TryAgainError as error:
                said = str(error)
                wait = min(2.0**attempt, 30.0) if error.wait_s is None else error.wait_s
                if wait > LONGEST_WAIT_S:
                    said += f", and asks to wait {numbers.plain(wait, 0)} s"
                    break
                if attempt + 1 < TRIES:
                    self.sleep(wait)
        raise self.refusal(path, f"{said} (tried {TRIES} times)", "run the same command again later: it goes on where it stopped")

    def _once(self, method: str, path: str, what: Mapping[str, Any]) -> Any:
        import httpx2

        try:
            with self.client.stream(method, f"{self.base_url}{path}", **what) as answer:
                status, body = answer.status_code, _body(answer) if answer.status_code == 200 else b""
                wait = _wait_of(answer.headers.get("retry-after"))
        except httpx2.TransportError as error:
            raise _TryAgainError(f"the connection failed ({type(error).__name__})") from None
        if status in _AGAIN:
            raise _TryAgainError(f"it answers {status}", wait)
        if status in _GONE:
            return None
        if status != 200:
            raise self.refusal(path, *_why(status, self.key_env))
        if body is None:
            raise self.refusal(path, f"its answer is longer than {MOST_MB} MB", "ask for fewer calls: a week at a time")
        try:
            return parse_json(body)
        except StrictJsonError as error:
            raise _TryAgainError(f"its answer is not JSON: {error.reason}") from None

    def refusal(self, path: str, what: str, fix: str) -> InputError:
        """The error for what this server does not give; the path without ids, the host without credentials."""
        place = f"{urlsplit(self.base_url).hostname}{path.rsplit('/', 1)[0] if path.count('/') > 2 else path}"
        why = "the week's calls are not all here; those that came are in the log"
        return InputError(f"the server does not give its calls: {what}", where=place, why=why, fix=fix)


@contextmanager
def open_server(base_url: str, headers: Mapping[str, str], key_env: str, at_once: int = 4) -> Iterator[Server]:
    """A server for the length of the block; `at_once` requests may be under way together."""
    import httpx2

    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    verify = False if base_url.startswith("http://") else httpx2.create_ssl_context()
    limits = httpx2.Limits(max_connections=at_once)
    timeout = httpx2.Timeout(60.0, connect=10.0, pool=None)
    asks = {"accept": "application/json", **headers}
    with httpx2.Client(headers=asks, timeout=timeout, limits=limits, follow_redirects=False, verify=verify) as client:
        yield Server(client, base_url.rstrip("/"), key_env)


def _body(answer: httpx2.Response) -> bytes | None:
    """The whole body; None where it is longer than the cap."""
    parts, length = [], 0
    for part in answer.iter_bytes():
        length += len(part)
        if length > MOST_MB * 1_000_000:
            return None
        parts.append(part)
    return b"".join(parts)


def _wait_of(header: str | None) -> float | None:
    """Retry-After in seconds; None for a date and for anything else."""
    return float(header) if header is not None and header.strip().isdecimal() and header.isascii() else None


def _why(status: int, key_env: str) -> tuple[str, str]:
    if status in (401, 403):
        return f"it refuses the key ({status})", f"put the key of that account into the environment variable {key_env}"
    if 300 <= status < 400:
        return f"it sends elsewhere ({status}), which is not followed", "set base_url to the address it is reached at"
    return f"it answers {status}", "look at base_url and agents of collect.pull in evalharness.yaml"
