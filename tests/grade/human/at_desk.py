"""The desk over a house that keeps everything in memory: what the pages and the rules of keeping need, and no ledger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from evalharness.grade.human.desk.app import desk_app
from evalharness.grade.human.desk.board import Board, Grading
from evalharness.grade.human.desk.change import ChangeError, read_change
from evalharness.grade.human.desk.docket import Case, Choices, Docket, Said
from evalharness.grade.human.desk.doors import Doors, hashed
from evalharness.grade.human.desk.guard import Address
from evalharness.grade.human.desk.house import Write
from evalharness.grade.human.desk.recordings import Recordings
from evalharness.grade.human.desk.said import key_of
from evalharness.grade.human.desk.written import Written, written
from evalharness.models.call import Call
from evalharness.models.grade import Grade
from evalharness.models.sample import WeeklySample
from tests.builders import MONDAY, ZONE, a_call, a_rubric, a_sample

ANNA, BEN = "Anna Keller", "Ben Ode"
AT = MONDAY + timedelta(days=9)
TOKENS = {ANNA: "token-of-anna", BEN: "token-of-ben"}
HOST = "127.0.0.1:8000"


class MemoryHouse:
    """`House` without a ledger; `grades` holds everybody's, in the order kept. `beside`: the calls (ids) that are graded beside
    an LLM's answers; `shown`: person -> those of them that they were shown."""

    def __init__(self, sample: WeeklySample | None = None, grades: Sequence[Grade] = (), **board: Any) -> None:
        self.sample = sample or a_sample(3)
        asked = {person: tuple(item.position for item in self.sample.on_sheets) for person in (ANNA, BEN)}
        rubric = board.pop("rubric", None) or a_rubric()
        self.board = Board(self.sample, rubric, ZONE, **{"asked": asked, **board})
        self.grades = list(grades)
        self.drafts: dict[str, dict[str, Any]] = {}
        self.failure: Exception | None = None
        self.at = AT
        self.beside: set[str] = set()
        self.shown: dict[str, set[str]] = {}

    def grading(self, person: str) -> Grading:
        own = [grade for grade in self.grades if grade.grader.name == person]
        rows = {row: item.call.id for row, item in self.board.queue(person).items()}
        said = {row: self._llm(call) for row, call in rows.items() if call in self.shown.get(person, ())}
        return Grading(person, self.board, own, self.drafts.get(person, {}), lambda _: 2.0, suggested=said)

    def _llm(self, call: str) -> dict[str, Grade]:
        return {key_of(one.criterion, one.turn): one for one in self.grades if one.grader.kind == "llm" and one.call_id == call}

    def opening(self, person: str, row: str) -> Grading:
        call = self.board.queue(person)[row].call.id
        if call in self.beside:
            self.shown.setdefault(person, set()).add(call)
        return self.grading(person)

    def keep(self, person: str, write: Write) -> tuple[Written, Grading, datetime]:
        if self.failure is not None:
            raise self.failure
        found = write(self.grading(person), self.at)
        self.grades += found.grades
        if found.draft is not None:
            self.drafts.setdefault(person, {})[found.row] = found.draft
        return found, self.grading(person), self.at

    def rows(self, person: str = ANNA) -> list[str]:
        return list(self.grading(person).queue)

    def change(self, do: str, value: Any, question: str | None = None, *, call: int = 1, seconds: float = 2.0) -> Written:
        """Anna's change on the call at this place of her queue, through the very JSON that the page sends."""
        sent = {"row": self.rows()[call - 1], "do": do, "question": question, "value": value, "seconds": seconds}
        body = _json(sent)
        found, _, _ = self.keep(ANNA, lambda now, at: written(read_change(body, now), now, at))
        return found


class MemoryBench:
    """`Bench` without a ledger: these cases wait for these people until something is said to them."""

    zone = ZONE
    choices = Choices(("hallucination", "other"), ("prompt", "knowledge"))

    def __init__(self, cases: Sequence[Case] = (), call: Call | None = None, people: Sequence[str] = (ANNA,)) -> None:
        self.cases, self.call, self.people = list(cases), call or a_call(), people
        self.opened: list[tuple[str, str]] = []
        self.said: list[tuple[str, Said]] = []
        self.failure: Exception | None = None

    def may_decide(self, person: str) -> bool:
        return person in self.people

    def docket(self, person: str) -> Docket:
        return Docket(tuple(self.cases))

    def opening(self, person: str, case: Case) -> Call:
        self.opened.append((person, case.id))
        return self.call

    def decide(self, person: str, said: Said) -> tuple[list[str], datetime]:
        if self.failure is not None:
            raise self.failure
        case = Docket(tuple(self.cases)).case(said.case)
        if case is None:
            raise ChangeError("It does not wait any more.")
        self.cases.remove(case)
        self.said.append((person, said))
        return [f"Decided: {said.value}."], AT


def _json(sent: dict[str, Any]) -> bytes:
    import json

    return json.dumps(sent).encode()


def app_of(house: MemoryHouse, recordings: Recordings | None = None, bench: MemoryBench | None = None) -> Starlette:
    """The application with two graders' tokens."""
    address = Address(hosts=frozenset({HOST}), origins=frozenset({f"http://{HOST}"}))
    doors = Doors({person: hashed(token) for person, token in TOKENS.items()})
    played = recordings or Recordings()
    return desk_app(house, bench or MemoryBench(), doors, replace(address, media=played.origin), played)


def client_of(
    house: MemoryHouse, person: str | None = ANNA, recordings: Recordings | None = None, bench: MemoryBench | None = None
) -> TestClient:
    """A browser at the desk, signed in as the person; None: one that has no token."""
    client = TestClient(
        app_of(house, recordings, bench), base_url=f"http://{HOST}", follow_redirects=False, raise_server_exceptions=False
    )
    if person is not None:
        assert client.get("/enter", params={"token": TOKENS[person]}).status_code == 200
    return client


def csrf_of(client: TestClient, row: str) -> str:
    """The token in the page of a call."""
    found = re.search(r'name="csrf" content="([^"]+)"', client.get(f"/call/{row}").text)
    assert found is not None
    return found[1]


def save(client: TestClient, row: str, do: str, value: Any, question: str | None = None) -> dict[str, Any]:
    """Sends a change as the page does; the reply, with its status."""
    sent = {"row": row, "do": do, "question": question, "value": value, "seconds": 1.0}
    reply = client.post("/save", json=sent, headers={"X-CSRF-Token": csrf_of(client, row), "Origin": f"http://{HOST}"})
    return {"status": reply.status_code, **(reply.json() if "json" in reply.headers["content-type"] else {"text": reply.text})}
