"""The desk's routes: the door, the queue, a call, what is kept, recordings, and its own two static files."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from evalharness.errors import EvalHarnessError
from evalharness.grade.human.desk import view
from evalharness.grade.human.desk.board import Grading
from evalharness.grade.human.desk.change import ChangeError, read_change
from evalharness.grade.human.desk.decide import Deciding
from evalharness.grade.human.desk.doors import Doors
from evalharness.grade.human.desk.guard import DOOR, Address, Guard
from evalharness.grade.human.desk.house import Bench, House
from evalharness.grade.human.desk.pages import HERE, body_of, failed, page, refused, session_of
from evalharness.grade.human.desk.recordings import MEDIA_TYPES, Recordings
from evalharness.grade.human.desk.written import written

SCRIPT, STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
STATIC = {
    "desk.css": STYLE,
    "left.js": SCRIPT,
    "queue.js": SCRIPT,
    "transcript.js": SCRIPT,
    "desk.js": SCRIPT,
    "decide.js": SCRIPT,
    "desk.svg": "image/svg+xml",
}


def desk_app(house: House, bench: Bench, doors: Doors, address: Address, recordings: Recordings) -> Starlette:
    """The application; every route but the door is behind the guard's session."""
    desk = Desk(house, bench, doors, address, recordings)
    routes = [
        Route(DOOR, desk.enter),
        Route("/", desk.start),
        Route("/queue", desk.queue),
        Route("/call/{row}", desk.call),
        Route("/save", desk.save, methods=["POST"]),
        Route("/recording/{row}", desk.recording),
        Route("/static/{name}", desk.static),
        *Deciding(house, bench).routes,
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: refused, EvalHarnessError: failed})
    app.add_middleware(partial(Guard, address=address, doors=doors))
    return app


class Desk:
    """What each route does."""

    def __init__(self, house: House, bench: Bench, doors: Doors, address: Address, recordings: Recordings) -> None:
        self._house, self._bench, self._doors = house, bench, doors
        self._address, self._recordings = address, recordings

    async def enter(self, request: Request) -> Response:
        """Exchange the token of the start link for a cookie; the next page is asked for by this one, not by the link's."""
        opened = self._doors.enter(request.query_params.get("token", ""))
        if opened is None:
            raise HTTPException(403, "This link opens nothing: the desk was started again, or the link is not whole.")
        door = page(request, "enter.html")
        secure = self._address.secure
        door.set_cookie(self._address.cookie, opened, httponly=True, samesite="strict", secure=secure, path="/")
        return door

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
        return page(
            request,
            "queue.html",
            grading=grading,
            cards=cards,
            words=words,
            state_words=view.state_words,
            hear_state=view.hear_state,
            decides=self._decides(request),
        )

    async def call(self, request: Request) -> Response:
        """One call: transcript and questions."""
        return await run_in_threadpool(self._call_page, request)

    def _call_page(self, request: Request) -> Response:
        person = session_of(request).person
        row = _known(self._house.grading(person), request)
        grading = self._house.opening(person, row)
        cards, marks = grading.cards, view.marks_of(grading, row)
        place = next(at for at, card in enumerate(cards) if card.row == row)
        call = cards[place].item.call
        recording = f"/recording/{row}" if self._recordings.file(call) else self._recordings.link(call)
        return page(
            request,
            "call.html",
            grading=grading,
            card=cards[place],
            call=call,
            started=call.started_at.astimezone(grading.board.zone),
            before=cards[place - 1].row if place else None,
            after=cards[place + 1].row if place + 1 < len(cards) else None,
            turns=view.shown_turns(call, marks),
            questions=view.shown_questions(grading, row),
            state=view.own_state(grading, row),
            lane=view.lane_words(cards[place]),
            hear=view.hear_words(cards[place], here=bool(recording)),
            recording=recording,
            decides=self._decides(request),
        )

    async def save(self, request: Request) -> Response:
        """Keep one change; the answer comes after the ledger's commit and never before."""
        body = await body_of(request)
        person = session_of(request).person

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

    def _decides(self, request: Request) -> bool:
        return self._bench.may_decide(session_of(request).person)

    async def _grading(self, request: Request) -> Grading:
        return await run_in_threadpool(self._house.grading, session_of(request).person)


def _known(grading: Grading, request: Request) -> str:
    """The row named in the path, if it is on this grader's list."""
    row = str(request.path_params["row"])
    if row not in grading.queue:
        raise HTTPException(404, "This call is not on your list; it may have been drawn again.")
    return row
