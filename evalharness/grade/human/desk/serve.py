"""The desk's server: one process, one socket, no log of what is asked (a start link holds a token)."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from evalharness.errors import UsageError

LOOPBACK = "127.0.0.1"


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on the address; port 0 takes a free one. Raises UsageError where it cannot be had."""
    try:
        found = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=64)
        # connections inherit it; without it a reply of two parts waits 40 ms for the first one's acknowledgement
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, OverflowError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(
            f"the desk cannot listen on {host}, port {port} ({said})",
            where="--port" if host == LOOPBACK else "--bind, --port",
            fix="leave --port out: a free one is taken; --bind takes an address of this machine",
        ) from None
    return found


def serve(app: Starlette, at: socket.socket, started: Callable[[], None]) -> None:
    """Answers until the process is told to stop (Ctrl-C, SIGTERM); `started` is called once requests are answered."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        http="h11",
        loop="asyncio",
        timeout_graceful_shutdown=3,
    )
    _Server(config, started).run(sockets=[at])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so when the socket is answered."""
        await super().startup(sockets)
        self._when_started()
