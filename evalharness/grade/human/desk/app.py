"""The desk's routes: the door, the queue, a call, what is kept, recordings, and its own two static files."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from evalharness.errors import EvalHarnessError
from evalharness.grade.human.desk import view
from evalharness.grade.human.desk.board import Grading
from evalharness.grade.human.desk.change import ChangeError, read_change
from evalharness.grade.human.desk.doors import Doors, Session
from evalharness.grade.human.desk.guard import DOOR, Address, Guard
from evalharness.grade.human.desk.house import House
from evalharness.grade.human.desk.recordings import MEDIA_TYPES, Recordings
from evalharness.grade.human.desk.written import written

HERE = Path(__file__).parent
STATIC = {"desk.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8", "desk.svg": "image/svg+xml"}
MAX_BODY = 256 * 1024


def desk_app(house: House, doors: Doors, address: Address, recordings: Recordings) -> Starlette:
    """The application; every route but the door is behind the guard's session."""
    desk = Desk(house, doors, address, recordings)
    routes = [
        Route(DOOR, desk.enter),
        Route("/", desk.start),
        Route("/queue", desk.queue),
        Route("/call/{row}", desk.call),
        Route("/save", desk.save, methods=["POST"]),
        Route("/recording/{row}", desk.recording),
        Route("/static/{name}", desk.static),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused, EvalHarnessError: _failed})
    app.add_middleware(partial(Guard, address=address, doors=doors))
    return app


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
    return found


def _exact(text: str) -> Markup:
    """Escaped, and a carriage return as a reference: else the browser makes it a line feed, and a quote is not verbatim."""
    return Markup(escape(text).replace("\r", Markup("&#13;")))  # noqa: S704 - both parts are escaped


class Desk:
    """What each route does."""

    def __init__(self, house: House, doors: Doors, address: Address, recordings: Recordings) -> None:
        self._house, self._doors, self._address, self._recordings = house, doors, address, recordings

    async def enter(self, request: Request) -> Response:
        """Exchange the token of the start link for a cookie; the next page is asked for by this one, not by the link's."""
        opened = self._doors.enter(request.query_params.get("token", ""))
        if opened is None:
            raise HTTPException(403, "This link opens nothing: the desk was started again, or the link is not whole.")
        page = _page(request, "enter.html")
        secure = self._address.secure
        page.set_cookie(self._address.cookie, opened, httponly=True, samesite="strict", secure=secure, path="/")
        return page

    async def start(self, request: Request) -> Response:
        """Where one left off: the first call that is neither graded nor skipped; the queue when all are."""
        grading = await self._grading(request)
        row = grading.next_open()
        return RedirectResponse(f"/call/{row}" if row else "/queue", 303)

    async def queue(self, request: Request) -> Response:
        """The list of calls, all or those that hold the words searched for."""
        grading = await self._grading(request)
        words = request.query_params.get("q", "").strip()[:200]
        found = [(card, view.found_in(card.item.call, words) if words else 0) for card in grading.cards]
        cards = [(card, hits) for card, hits in found if hits or not words]
        return _page(request, "queue.html", grading=grading, cards=cards, words=words, state_words=view.state_words)

    async def call(self, request: Request) -> Response:
        """One call: transcript and questions."""
        grading = await self._grading(request)
        row = _known(grading, request)
        return await run_in_threadpool(self._call_page, request, grading, row)

    def _call_page(self, request: Request, grading: Grading, row: str) -> Response:
        cards = grading.cards
        place = next(at for at, card in enumerate(cards) if card.row == row)
        call = cards[place].item.call
        return _page(
            request,
            "call.html",
            grading=grading,
            card=cards[place],
            call=call,
            started=call.started_at.astimezone(grading.board.zone),
            before=cards[place - 1].row if place else None,
            after=cards[place + 1].row if place + 1 < len(cards) else None,
            turns=view.shown_turns(call),
            questions=view.shown_questions(grading, row),
            state=view.own_state(grading, row),
            recording=f"/recording/{row}" if self._recordings.file(call) else self._recordings.link(call),
        )

    async def save(self, request: Request) -> Response:
        """Keep one change; the answer comes after the ledger's commit and never before."""
        body = await _body(request)
        person = _session(request).person

        def keep() -> dict[str, Any]:
            found, grading, at = self._house.keep(person, lambda now, at: written(read_change(body, now), now, at))
            return {
                "saved": f"{at.astimezone(grading.board.zone):%H:%M:%S}",
                "timed": bool(found.grades),
                "before": found.before,
                "call": view.own_state(grading, found.row),
                "progress": view.progress(grading),
            }

        try:
            return JSONResponse(await run_in_threadpool(keep))
        except ChangeError as error:
            return JSONResponse({"error": str(error)}, 409)

    async def recording(self, request: Request) -> Response:
        """A local recording of a call on the list; ranges are served, so that the player can jump."""
        grading = await self._grading(request)
        path = self._recordings.file(grading.queue[_known(grading, request)].call)
        if path is None:
            raise HTTPException(404, "There is no recording of this call here.")
        return FileResponse(path, media_type=MEDIA_TYPES[path.suffix.lower()])

    async def static(self, request: Request) -> Response:
        """The page's style and script."""
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(404, "There is no such file.")
        return FileResponse(HERE / "static" / name, media_type=STATIC[name])

    async def _grading(self, request: Request) -> Grading:
        return await run_in_threadpool(self._house.grading, _session(request).person)


def _session(request: Request) -> Session:
    session = request.state.session
    if not isinstance(session, Session):
        raise HTTPException(403, "You are not signed in.")
    return session


def _known(grading: Grading, request: Request) -> str:
    """The row named in the path, if it is on this grader's list."""
    row = str(request.path_params["row"])
    if row not in grading.queue:
        raise HTTPException(404, "This call is not on your list; it may have been drawn again.")
    return row


async def _body(request: Request) -> bytes:
    """The request's body as far as it is allowed to go. Raises HTTPException."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise HTTPException(415, "Only JSON is taken here.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413, "That is more than a change of one call can hold.")
    return bytes(body)


def _page(request: Request, name: str, status: int = 200, **shown: Any) -> HTMLResponse:
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


async def _refused(request: Request, error: Exception) -> Response:
    status, words = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return _page(request, "refused.html", status, words=words)


async def _failed(request: Request, error: Exception) -> Response:
    """The ledger cannot be read or written: nothing was kept, and the page tries again."""
    words = str(error)
    if request.url.path == "/save":
        return JSONResponse({"error": words}, 503)
    return _page(request, "refused.html", 503, words=words)
