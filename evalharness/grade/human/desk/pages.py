"""How a page is made, and what every route needs: who asks, what they sent, and refusals in words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from evalharness import numbers
from evalharness.grade.human.desk import view
from evalharness.grade.human.desk.doors import Session

HERE = Path(__file__).parent
MAX_BODY = 256 * 1024


@lru_cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["exact"] = _exact
    found.globals["numbers"] = numbers
    return found


def _exact(text: str) -> Markup:
    """Escaped, and a carriage return as a reference: else the browser makes it a line feed, and a quote is not verbatim."""
    return Markup(escape(text).replace("\r", Markup("&#13;")))  # noqa: S704 - both parts are escaped


def session_of(request: Request) -> Session:
    """Who asks. Raises HTTPException where nobody is signed in."""
    session = request.state.session
    if not isinstance(session, Session):
        raise HTTPException(403, "You are not signed in.")
    return session


async def body_of(request: Request) -> bytes:
    """The request's body as far as it is allowed to go. Raises HTTPException."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise HTTPException(415, "Only JSON is taken here.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413, "That is more than a change of one call can hold.")
    return bytes(body)


def page(request: Request, name: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page of this template; `shown`: what it names."""
    session = request.state.session
    shared = {
        "nonce": request.state.nonce,
        "csrf": session.csrf if session else "",
        "person": session.person if session else "",
        "path": request.url.path,
    }
    if "grading" in shown:
        shared["progress"] = view.progress(shown["grading"])
    return HTMLResponse(_templates().get_template(name).render(**shared, **shown), status)


async def refused(request: Request, error: Exception) -> Response:
    """A refusal as a page in words."""
    status, words = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return page(request, "refused.html", status, words=words)


async def failed(request: Request, error: Exception) -> Response:
    """The ledger cannot be read or written: nothing was kept, and the page tries again."""
    words = str(error)
    if request.method == "POST":
        return JSONResponse({"error": words}, 503)
    return page(request, "refused.html", 503, words=words)
