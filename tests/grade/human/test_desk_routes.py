"""Every route of the desk: who is let in, what is refused, what is shown as text, and what no page ever holds."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from evalharness.errors import LedgerError
from evalharness.grade.human.desk.app import desk_app
from evalharness.grade.human.desk.docket import Case
from evalharness.grade.human.desk.doors import Doors, hashed
from evalharness.grade.human.desk.guard import Address
from evalharness.grade.human.desk.recordings import Recordings
from tests.builders import WEEK, a_call, a_grade, a_grader, a_rubric, a_sample, a_turn
from tests.grade.human.at_desk import ANNA, BEN, HOST, MemoryBench, MemoryHouse, app_of, client_of, csrf_of, save

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
SCRIPTS = ("/static/left.js", "/static/queue.js", "/static/transcript.js", "/static/desk.js", "/static/decide.js")
FORGED = {"Cookie": "evalharness_desk=forged"}
CASE = Case("disagreement", WEEK, 1, ("demo", "c1"), a_rubric().criterion("correctness"), None, ())


def routes() -> list[tuple[str, str]]:
    """(method, path) of every route in the table, its parameters filled in."""
    house = MemoryHouse()
    found = []
    for route in app_of(house).routes:
        assert isinstance(route, Route), route
        path = route.path.replace("{row}", house.rows()[0]).replace("{name}", "desk.js").replace("{case}", CASE.id)
        found += [(method, path) for method in sorted(route.methods or ()) if method != "HEAD"]
    return found


ROUTES = routes()


def test_the_table_holds_what_is_walked() -> None:
    """A new route is walked by itself; this pins that the table is not empty and has the one that writes."""
    assert ("POST", "/save") in ROUTES
    assert ("POST", "/decided") in ROUTES
    assert len(ROUTES) >= 10


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_token_nothing_is_answered(method: str, path: str) -> None:
    """403 on every route, with no cookie and with a made-up one; nothing of a call is in the answer."""
    house = MemoryHouse()
    for headers in ({}, FORGED):
        reply = client_of(house, None).request(method, path, headers=headers)
        assert reply.status_code == 403
        assert house.sample.items[0].call.id not in reply.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:9999", ""])
def test_a_foreign_host_is_refused(method: str, path: str, host: str) -> None:
    """400, signed in or not: a name that resolves to this machine is not the desk's name."""
    assert client_of(MemoryHouse()).request(method, path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"https://{HOST}", "http://127.0.0.1:9999"])
def test_a_foreign_origin_is_refused(method: str, path: str, origin: str) -> None:
    """403, also with the session and its CSRF token."""
    house = MemoryHouse()
    client = client_of(house)
    headers = {"Origin": origin, "X-CSRF-Token": csrf_of(client, house.rows()[0])}
    assert client.request(method, path, headers=headers).status_code == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_request_that_another_page_started_is_refused(method: str, path: str) -> None:
    """Sec-Fetch-Site says where it came from; only the door may be reached from elsewhere (a link in a message)."""
    reply = client_of(MemoryHouse()).request(method, path, headers={"Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 403 if path != "/enter" else reply.status_code in (200, 403)


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if one[0] not in ("GET", "HEAD")])
@pytest.mark.parametrize("token", [None, "", "x", "ü"])
def test_a_change_without_the_sessions_token_is_refused(method: str, path: str, token: str | None) -> None:
    """403 and nothing kept; another grader's token is no better than none."""
    house = MemoryHouse()
    others = csrf_of(client_of(house, BEN), house.rows()[0])
    for given in (token, others):
        headers = {} if given is None else {"X-CSRF-Token": given.encode()}
        assert client_of(house).request(method, path, json={}, headers=headers).status_code == 403
    assert house.grades == []


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_carries_the_headers(method: str, path: str) -> None:
    """A strict policy with a nonce that is never used twice; also on refusals."""
    client = client_of(MemoryHouse())
    replies = [client.request(method, path), client.request(method, path), client.get(path, headers={"Host": "evil.example"})]
    policies = [reply.headers["content-security-policy"] for reply in replies]
    assert len({*policies}) == 3
    for reply, policy in zip(replies, policies, strict=True):
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in reply.headers


def test_the_cookie_is_for_this_page_alone() -> None:
    """HttpOnly, SameSite=Strict, no domain; the token is not in it, nor in the page it leads to."""
    reply = client_of(MemoryHouse(), None).get("/enter", params={"token": "token-of-anna"})
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "domain" not in cookie.lower()
    assert "token-of-anna" not in cookie + reply.text


@pytest.mark.parametrize("token", ["", "token", "token-of-anna ", "TOKEN-OF-ANNA", "../x", HOSTILE])
def test_a_wrong_token_opens_nothing(token: str) -> None:
    """403, no cookie, and the words given are not repeated."""
    reply = client_of(MemoryHouse(), None).get("/enter", params={"token": token})
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers
    assert "<script>alert" not in reply.text


class Tags(HTMLParser):
    """The tags of a page with their attributes, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def nothing_runs(page: str) -> None:
    """Scripts are ours, with the nonce; no handler, no style attribute, no image, nothing from elsewhere."""
    for tag, attrs in Tags(page).found:
        assert tag not in ("img", "iframe", "object", "embed", "base", "style")
        assert tag != "script" or (attrs["nonce"] and attrs.get("src", SCRIPTS[0]) in SCRIPTS)
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        for place in ("src", "href", "action"):
            assert (attrs.get(place) or "/").startswith(("/", "#"))
            assert not (attrs.get(place) or "/").startswith("//")


def test_hostile_text_is_text() -> None:
    """A script in a turn, a tool call, an id, an intent, a search and a note stands on the page as words."""
    tool: Any = {"name": HOSTILE, "arguments": {HOSTILE: HOSTILE}, "result": HOSTILE}
    turns = [a_turn("caller", HOSTILE), a_turn("agent", "Sure.", index=1, tool_calls=(tool,))]
    house = MemoryHouse(a_sample(calls=[a_call(turns, id=f"../../etc/passwd{HOSTILE}", intent=HOSTILE)]))
    client, row = client_of(house), house.rows()[0]
    save(client, row, "note", HOSTILE)
    for page in (client.get(f"/call/{row}").text, client.get("/queue").text, client.get("/queue", params={"q": HOSTILE}).text):
        nothing_runs(page)
        assert "<script>alert" not in page
        assert "../../etc/passwd&lt;script&gt;" in page
        assert "7*7" in page


@pytest.mark.parametrize(
    "row", ["C-XXXXXXXX", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "<script>alert(1)</script>", "C-" + "Z" * 5000]
)
@pytest.mark.parametrize("place", ["/call/", "/recording/", "/static/"])
def test_a_made_up_name_leads_nowhere(place: str, row: str) -> None:
    """404 in words; a path in a name is a name."""
    reply = client_of(MemoryHouse()).get(place + row)
    assert reply.status_code in (404, 303)
    assert "<script>alert" not in reply.text
    assert "root:" not in reply.text


def test_no_other_grade_is_on_any_page() -> None:
    """Blind: what Ben, the LLM and the measurements said of Anna's calls is in no page and no reply; nor what the log says."""
    call = a_call(id="c1", outcome="unresolved", end_reason="caller-hung-up-marker", csat=1.0)
    marker = "what-the-other-thought"
    others = [
        a_grade(2, rationale=marker, grader=a_grader(BEN)),
        a_grade(1, rationale=marker, grader=a_grader("judge-model-marker", "llm")),
        a_grade(3, rationale=marker, grader=a_grader("measured-marker", "measured")),
        a_grade(1, rationale=marker, grader=a_grader(ANNA), lane="assisted"),
    ]
    house = MemoryHouse(a_sample(calls=[call]), others)
    leaking = house.grading
    house.grading = lambda person: _with_all(leaking(person), house)  # type: ignore[method-assign]
    client, row = client_of(house), house.rows()[0]
    pages = [client.get(f"/call/{row}").text, client.get("/queue").text]
    reply = save(client, row, "answer", "yes", "greeted")
    assert reply["call"]["answers"]["correctness"] is None
    for text in (*pages, str(reply)):
        for secret in (marker, BEN, "judge-model-marker", "measured-marker", "caller-hung-up-marker", "csat"):
            assert secret not in text


def _with_all(grading: Any, house: MemoryHouse) -> Any:
    """A house that hands over too much: everybody's grades; the page must still drop them."""
    return replace(grading, own=list(house.grades))


def test_one_leaves_off_and_goes_on() -> None:
    """The start page leads to the first call that is neither graded nor skipped; at the end to the list."""
    house = MemoryHouse(a_sample(2))
    client, rows = client_of(house), house.rows()
    assert client.get("/").headers["location"] == f"/call/{rows[0]}"
    for question in house.board.questions(rows[0]):
        save(client, rows[0], "answer", "N/A", question.key)
    assert client.get("/").headers["location"] == f"/call/{rows[1]}"
    reply = save(client, rows[1], "skip", "it is in another language")
    assert (reply["progress"]["done"], reply["progress"]["of"]) == (2, 2)
    assert client.get("/").headers["location"] == "/queue"


def test_what_cannot_be_kept_is_said() -> None:
    """A ledger that refuses answers 503, which the page takes for "not saved, retrying"; nothing is shown as saved."""
    house = MemoryHouse()
    client, row = client_of(house), house.rows()[0]
    house.failure = LedgerError("the disk is full")
    reply = save(client, row, "answer", 4, "correctness")
    assert reply["status"] == 503
    assert "saved" not in reply
    assert "disk is full" in reply["error"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 409),
        (b"[" * 100_000, "application/json", 409),
        (b"null", "application/json", 409),
        (b'{"row": ["x"]}', "application/json", 409),
        (b"x" * 300_000, "application/json", 413),
        (b"row=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
)
def test_a_body_that_is_no_change_is_refused(body: bytes, content_type: str, status: int) -> None:
    """In words, never a traceback; nothing is kept."""
    house = MemoryHouse()
    client = client_of(house)
    headers = {"X-CSRF-Token": csrf_of(client, house.rows()[0]), "Content-Type": content_type}
    reply = client.post("/save", content=body, headers=headers)
    assert reply.status_code == status
    assert house.grades == []


def test_search_finds_in_text_id_and_intent() -> None:
    """Case does not matter; only calls on the person's own list are looked at."""
    calls = [a_call(id="c1"), a_call([("caller", "My TOOTH hurts.")], id="c2"), a_call(id="tooth-3")]
    house = MemoryHouse(a_sample(calls=calls), asked={ANNA: (1, 2), BEN: (3,)})
    found = client_of(house).get("/queue", params={"q": "tooth"}).text
    assert re.findall(r'<b>(\d+)</b>\n<span class="id"', found) == ["2"]


def test_a_recording_is_served_in_ranges(tmp_path: Path) -> None:
    """The player jumps by asking for a range; without a folder there is neither player nor file."""
    (tmp_path / "one.mp3").write_bytes(b"0123456789")
    house = MemoryHouse(a_sample(calls=[a_call(recording_url="https://files.example/a/one.mp3")]))
    row = house.rows()[0]
    client = client_of(house, recordings=Recordings(folder=tmp_path))
    assert f'src="/recording/{row}"' in client.get(f"/call/{row}").text
    part = client.get(f"/recording/{row}", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"234", "audio/mpeg")
    without = client_of(house)
    assert "<audio" not in without.get(f"/call/{row}").text
    assert without.get(f"/recording/{row}").status_code == 404


def test_the_static_files_are_these() -> None:
    """Style, script and mark; no other file of the package can be asked for."""
    client: TestClient = client_of(MemoryHouse())
    for name, kind in (
        ("desk.css", "text/css"),
        *((one[8:], "text/javascript") for one in SCRIPTS),
        ("desk.svg", "image/svg+xml"),
    ):
        assert client.get(f"/static/{name}").headers["content-type"].startswith(kind)
    assert client.get("/static/app.py").status_code == 404


def test_behind_https_the_cookie_travels_over_https_only() -> None:
    """The shared mode with an https address."""
    address = Address(hosts=frozenset({HOST}), origins=frozenset({f"https://{HOST}"}), secure=True)
    app = desk_app(MemoryHouse(), MemoryBench(), Doors({ANNA: hashed("token-of-anna")}), address, Recordings())
    reply = TestClient(app, base_url=f"https://{HOST}").get("/enter", params={"token": "token-of-anna"})
    assert "; Secure" in reply.headers["set-cookie"]
