"""In front of every route: host, origin, session, CSRF token; behind it, the headers that every answer carries.

Order: a foreign Host is refused with 400 before anything else (DNS rebinding), a foreign Origin with 403, no session with
403, a request that changes something without the session's token with 403. Only the door itself needs no session.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evalharness.grade.human.desk.doors import Doors, Session, is_csrf

DOOR = "/enter"
CSRF_HEADER = "x-csrf-token"
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class Address:
    """Where the desk answers: Host values and Origins it takes for its own, and where recordings may be played from.

    `secure`: the cookie travels over https only (behind a proxy). `media`: an https origin for the CSP, or "".
    """

    hosts: frozenset[str]
    origins: frozenset[str]
    cookie: str = "evalharness_desk"
    secure: bool = False
    media: str = ""


class Guard:
    """ASGI middleware around the desk's routes."""

    def __init__(self, app: ASGIApp, address: Address, doors: Doors) -> None:
        self._app, self._address, self._doors = app, address, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on with `session` and `nonce` in the request's state."""
        if scope["type"] != "http":
            return
        headers, nonce = Headers(scope=scope), secrets.token_urlsafe(18)
        session = self._doors.session(cookie_of(headers, self._address.cookie))
        refused = self._refused(scope, headers, session)
        scope["state"] = {**scope.get("state", {}), "session": session, "nonce": nonce}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers(nonce))
            await send(message)

        answer = self._app if refused is None else PlainTextResponse(refused[1], refused[0])
        await answer(scope, receive, guarded)

    def _refused(self, scope: Scope, headers: Headers, session: Session | None) -> tuple[int, str] | None:
        """Status and words of a refusal; None where the request may go on."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._address.hosts:
            return 400, "This is not the desk's address."
        origin = headers.get("origin")
        foreign = origin is not None and origin not in self._address.origins
        at_door = scope["path"] == DOOR
        if foreign or (headers.get("sec-fetch-site") in ("cross-site", "same-site") and not at_door):
            return 403, "Requests from other pages are not answered."
        if at_door and scope["method"] in _SAFE:
            return None
        if session is None:
            return 403, "You are not signed in, or the desk was started again: open the link it printed."
        if scope["method"] not in _SAFE and not is_csrf(session, headers.get(CSRF_HEADER, "")):
            return 403, "The page is out of date: reload it."
        return None

    def _headers(self, nonce: str) -> Mapping[str, str]:
        policy = {
            "default-src": "'none'",
            "script-src": f"'nonce-{nonce}'",
            "style-src": f"'nonce-{nonce}'",
            "img-src": "'self'",
            "connect-src": "'self'",
            "media-src": f"'self' {self._address.media}".strip(),
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        return {
            "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cache-Control": "no-store",
        }


def cookie_of(headers: Headers, name: str) -> str:
    """The value of a cookie; "" where there is none or the header cannot be read."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value
