"""Every route of the desk on a real ledger, as somebody who grades blind: no word of the LLM on a call of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from evalharness.flows.desk_bench import LedgerBench
from evalharness.flows.desk_house import LedgerHouse
from evalharness.flows.opened import Opened
from evalharness.grade.human.desk.app import desk_app
from evalharness.grade.human.desk.doors import Doors, hashed
from evalharness.grade.human.desk.guard import Address
from evalharness.grade.human.desk.recordings import Recordings
from evalharness.store.records import load_grades, shown
from evalharness.workspace.settings import Graders, LlmGrader
from tests.flows.deciding import ANNA, BEN, CORA, JUDGE, NOW, WEEK, make_drawn, quote, say, the_house

HOST = "127.0.0.1:8000"
ALL_BLIND = Graders(blind_first=35, llm=LlmGrader(enabled=True))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The LLM flags a failure and gives a level on each of the 35 calls, with a reason that names the place in the queue."""
    with the_house(make_drawn(Path(tmp_path_factory.mktemp("blind")) / "ws")) as found:
        for position in range(1, 36):
            for criterion, value in (("wrong_information", "yes"), ("correctness", 2)):
                said = f"judge-said-{position:02d}-of-it"
                say(found, JUDGE, criterion, value, position=position, rationale=said, evidence=quote("e", 0))
        yield found


def a_client(house: Opened, person: str) -> TestClient:
    desk = LedgerHouse(house.ledger, WEEK, house.config.zone, lambda: NOW, ALL_BLIND)
    address = Address(hosts=frozenset({HOST}), origins=frozenset({f"http://{HOST}"}))
    doors = Doors({person: hashed("token")})
    app = desk_app(desk, LedgerBench(house, desk, WEEK, lambda: NOW), doors, address, Recordings())
    client = TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)
    client.get("/enter", params={"token": "token"})
    return client


def walked(client: TestClient) -> list[str]:
    """The answers of every route to every row on the list and every case that waits; and to what is sent there."""
    rows = re.findall(r"/call/(C-\w+)", client.get("/queue").text)
    cases = ["D-0", *re.findall(r"/decide/(D-\w+)", client.get("/decide").text)]
    paths = set()
    for route in client.app.routes:  # type: ignore[attr-defined]
        assert isinstance(route, Route)
        if "POST" not in (route.methods or ()):
            named = route.path.replace("{name}", "desk.css")
            paths |= {named.replace("{row}", row).replace("{case}", case) for row in rows for case in cases}
    replies = [client.get(path) for path in sorted(paths)]
    csrf = re.search(r'name="csrf" content="([^"]+)"', client.get(f"/call/{rows[0]}").text)
    assert csrf is not None
    for row in rows:
        for kind, value in (("answer", 4), ("confirm", 2), ("answer", None), ("note", "x"), ("evidence", [])):
            sent = {"row": row, "do": kind, "question": "correctness", "value": value, "seconds": 1}
            replies.append(client.post("/save", json=sent, headers={"X-CSRF-Token": csrf[1]}))
    replies += [client.post("/decided", json={"case": case, "value": "no"}, headers={"X-CSRF-Token": csrf[1]}) for case in cases]
    assert len(replies) > 50
    return [reply.text + str(reply.headers) for reply in replies]


@pytest.mark.parametrize("person", [ANNA, BEN, CORA])
def test_nothing_of_the_llm_on_a_call_that_is_theirs_to_grade(house: Opened, person: str) -> None:
    """All of each person's calls are blind: 0 values, reasons, quotes marked or names of it, on the pages of their calls; what
    waits for their decision is of calls that others grade."""
    client = a_client(house, person)
    desk = LedgerHouse(house.ledger, WEEK, house.config.zone, lambda: NOW, ALL_BLIND)
    mine = desk.grading(person).board.asked[person]
    answers = walked(client)
    for position in mine:
        assert not [one for one in answers if f"judge-said-{position:02d}-" in one]
    of_calls = [one for one in answers if 'id="own"' in one or '"call":' in one]
    assert len(of_calls) >= 3 * len(mine)
    for secret in (JUDGE, "judge-said", "The LLM says", "data-suggested='", "<mark"):
        assert not [one for one in of_calls if secret in one]
    told = {identity[1] for identity in shown(house.ledger, WEEK).get(person, ())}
    calls = {item.position: item.call.id for item in desk.grading(person).board.sample.items}
    assert not told & {calls[position] for position in mine}
    assert {one.lane for one in load_grades(house.ledger, WEEK) if one.grader.name == person} <= {"blind"}
