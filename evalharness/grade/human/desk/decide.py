"""The routes of deciding: what waits for a person, one case with its evidence, and what they say to it."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from evalharness.errors import UsageError
from evalharness.grade.human.desk import view
from evalharness.grade.human.desk.change import ChangeError
from evalharness.grade.human.desk.docket import Docket, read_said
from evalharness.grade.human.desk.house import Bench, House
from evalharness.grade.human.desk.pages import body_of, page, session_of
from evalharness.grade.human.layout import title

HEADINGS = {
    "disagreement": "People differ: nothing counts until somebody decides",
    "dispute": "Disputed grades: each stands until somebody decides",
    "flag": "Flagged as a clear failure, not yet confirmed by a person",
    "cause": "Clear failures that people saw: error tag and cause are missing",
    "found": "Flagged outside the draw: in no rate",
}
NOT_YOURS = "This does not wait for your decision: it was decided, or you graded it, or are still to grade the call."


class Deciding:
    """What each route does. Nobody but who may decide is told anything."""

    def __init__(self, house: House, bench: Bench) -> None:
        self._house, self._bench = house, bench

    @property
    def routes(self) -> list[Route]:
        """The list, a case, and keeping."""
        return [
            Route("/decide", self.docket),
            Route("/decide/{case}", self.case),
            Route("/decided", self.decided, methods=["POST"]),
        ]

    async def docket(self, request: Request) -> Response:
        """What waits for the person."""
        return await run_in_threadpool(self._docket_page, request)

    def _docket_page(self, request: Request) -> Response:
        found = self._docket(request)
        groups = [(heading, [one for one in found.cases if one.kind == kind]) for kind, heading in HEADINGS.items()]
        return page(
            request,
            "docket.html",
            grading=self._house.grading(session_of(request).person),
            docket=found,
            groups=[(heading, cases) for heading, cases in groups if cases],
            title=title,
            decides=True,
        )

    async def case(self, request: Request) -> Response:
        """One case: the call, who said what, and the form."""
        return await run_in_threadpool(self._case_page, request)

    def _case_page(self, request: Request) -> Response:
        found = self._docket(request)
        case = found.case(str(request.path_params["case"]))
        if case is None:
            raise HTTPException(404, NOT_YOURS)
        call = self._bench.opening(session_of(request).person, case)
        place = found.cases.index(case)
        return page(
            request,
            "case.html",
            grading=self._house.grading(session_of(request).person),
            case=case,
            heading=HEADINGS[case.kind],
            before=found.cases[place - 1].id if place else None,
            after=found.cases[place + 1].id if place + 1 < len(found.cases) else None,
            place=place + 1,
            count=len(found.cases),
            call=call,
            started=call.started_at.astimezone(self._bench.zone),
            turns=view.shown_turns(call, case.marks),
            question=view.shown_question(case.criterion, case.turn),
            choices=self._bench.choices,
            recording=None,
            decides=True,
        )

    async def decided(self, request: Request) -> Response:
        """Keep a decision; the answer comes after the ledger's commit and never before."""
        body = await body_of(request)
        person = session_of(request).person

        def keep() -> dict[str, Any]:
            self._docket_of(person)
            words, at = self._bench.decide(person, read_said(body))
            return {"saved": f"{at.astimezone(self._bench.zone):%H:%M:%S}", "words": words}

        try:
            return JSONResponse(await run_in_threadpool(keep))
        except ChangeError as error:
            return JSONResponse({"error": str(error)}, 409)
        except UsageError as error:
            words = ": ".join(part for part in (error.what, error.why) if part)
            return JSONResponse({"error": words}, 409)

    def _docket(self, request: Request) -> Docket:
        person = session_of(request).person
        self._docket_of(person)
        return self._bench.docket(person)

    def _docket_of(self, person: str) -> None:
        """Raises HTTPException for a person who decides nothing here."""
        if not self._bench.may_decide(person):
            raise HTTPException(403, "The owner, the deputy and those who grade decide here.")
