"""Deciding at the desk: who sees what waits, how a case is shown, and what is kept of what they say."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from evalharness.errors import LedgerError, UsageError
from evalharness.grade.human.desk.change import ChangeError
from evalharness.grade.human.desk.docket import Case, Docket, Said, Voice, read_said
from evalharness.models.grade import Evidence
from tests.builders import WEEK, a_call, a_dispute, a_rubric
from tests.grade.human.at_desk import ANNA, BEN, HOST, MemoryBench, MemoryHouse, client_of, csrf_of

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
WHY = "said by one of them"
VOICES = (
    Voice(BEN, "human", "5", "blind", WHY, (Evidence(turn=2, quote="Friday at ten"),), "What level 5 looks like."),
    Voice("Cora Lind", "human", "2", "blind", HOSTILE, (Evidence(turn=4, quote="Done."),), "What level 2 looks like."),
)


def a_case(kind: str = "disagreement", criterion: str = "correctness", **fields: Any) -> Case:
    """Ben says 5, Cora 2, on call 1."""
    given = {"position": 1, "identity": ("demo", "c1"), "turn": None, "voices": VOICES, **fields}
    return Case(kind=kind, week=WEEK, criterion=a_rubric().criterion(criterion), **given)  # type: ignore[arg-type]


def a_flag(kind: str = "flag", **fields: Any) -> Case:
    """A judge says that a check failed."""
    said = (Voice("judge-model-marker", "llm", "yes", "blind", "flag-marker", (Evidence(turn=2, quote="Friday"),)),)
    return a_case(kind, "wrong_information", **{"voices": said, **fields})


def at(*cases: Case, person: str = ANNA, **bench: Any) -> tuple[TestClient, MemoryBench]:
    """A browser at a desk where these wait."""
    found = MemoryBench(cases, a_call(id=f"../../etc/passwd{HOSTILE}"), **bench)
    return client_of(MemoryHouse(), person, bench=found), found


def decide(client: TestClient, case: Case, value: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    """Sends a decision as the page does."""
    headers = {"X-CSRF-Token": csrf_of(client, MemoryHouse().rows()[0]), "Origin": f"http://{HOST}"}
    reply = client.post("/decided", json={"case": case.id, "value": value, **more}, headers=headers)
    return reply.status_code, reply.json()


def test_a_case_shows_who_said_what_side_by_side() -> None:
    """Both values with level texts, reasons and quotes, each marked in the transcript by its voice; every answer to choose."""
    client, bench = at(a_case())
    page = client.get(f"/decide/{a_case().id}").text
    for words in ("What level 5 looks like.", "What level 2 looks like.", WHY, BEN, "Cora Lind", "fails the call"):
        assert words in page
    assert '<mark data-marks="0">Friday at ten</mark> is free.' in page
    assert '<mark data-marks="1">Done.</mark>' in page
    assert page.count('name="value"') == 6  # levels 1 to 5 and N/A
    assert "<script>alert" not in page
    assert bench.opened == [(ANNA, a_case().id)]


def test_a_flag_is_asked_yes_or_no_with_tag_and_cause() -> None:
    """Tags and causes of the closed lists; a failure that people saw takes no "no"."""
    client, _ = at(a_flag(), a_flag("cause", identity=("demo", "c2")))
    page = client.get(f"/decide/{a_flag().id}").text
    assert 'value="no"' in page
    assert '<option value="hallucination">hallucination</option>' in page
    assert '<option value="knowledge">knowledge</option>' in page
    assert "its flag decides nothing" in page
    cause = client.get(f"/decide/{a_flag('cause', identity=('demo', 'c2')).id}").text
    assert 'data-value="&#34;no' not in cause
    assert "data-value='\"no\"'" not in cause


def test_the_list_does_not_say_what_is_flagged() -> None:
    """Which check, and what the judge said of it, stands on the case's own page, and that it was shown is kept before."""
    client, bench = at(a_case(), a_flag())
    page = client.get("/decide").text
    assert "2 wait for your decision" in page
    for secret in ("flag-marker", "judge-model-marker", "Wrong information", WHY):
        assert secret not in page
    assert bench.opened == []


def test_a_dispute_stands_with_its_words() -> None:
    """Who disputes it and why, as text."""
    case = a_case("dispute", disputes=(a_dispute(reason=HOSTILE, by="Voice <b>Vendor"),))
    client, _ = at(case)
    page = client.get(f"/decide/{case.id}").text
    assert "Voice &lt;b&gt;Vendor" in page
    assert "<img" not in page


def test_a_decision_is_handed_on_as_the_commands_take_it() -> None:
    """A level, N/A, and a yes with tag and cause; the answer says when it was kept; the case waits no more."""
    other = a_case(identity=("demo", "c2"))
    client, bench = at(a_case(), other, a_flag())
    assert decide(client, a_case(), 4, words=" heard it ") == (200, {"saved": "10:00:00", "words": ["Decided: 4."]})
    decide(client, other, "N/A", words="it does not arise")
    decide(client, a_flag(), "yes", tag="hallucination", cause="prompt")
    assert bench.said == [
        (ANNA, Said(a_case().id, "4", "heard it")),
        (ANNA, Said(other.id, "na", "it does not arise")),
        (ANNA, Said(a_flag().id, "yes", "", "hallucination", "prompt")),
    ]
    assert client.get(f"/decide/{a_case().id}").status_code == 404


@pytest.mark.parametrize("path", ["/decide", f"/decide/{a_case().id}"])
def test_who_may_not_decide_sees_nothing(path: str) -> None:
    """403, no link on any page, and nothing is kept of what they send."""
    client, bench = at(a_case(), person=BEN, people=(ANNA,))
    assert client.get(path).status_code == 403
    assert WHY not in client.get(path).text
    assert "/decide" not in client.get("/queue").text
    headers = {"X-CSRF-Token": csrf_of(client, MemoryHouse().rows()[0])}
    sent = {"case": a_case().id, "value": 4, "words": "mine"}
    assert client.post("/decided", json=sent, headers=headers).status_code == 403
    assert bench.said == []


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (UsageError("Ben Ode graded it too", why="nobody but the owner decides on it"), 409, "Ben Ode graded it too: nobody but"),
        (ChangeError("It does not wait any more."), 409, "does not wait"),
        (LedgerError("the disk is full"), 503, "disk is full"),
    ],
)
def test_what_is_not_kept_is_said(failure: Exception, status: int, words: str) -> None:
    """In the words of the commands; nothing is shown as kept."""
    client, bench = at(a_case())
    bench.failure = failure
    code, body = decide(client, a_case(), 4, words="why")
    assert (code, "saved" in body) == (status, False)
    assert words in body["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 100_000,
        b"null",
        b'{"case": 5, "value": 4}',
        b'{"case": "D-1"}',
        b'{"case": "D-1", "value": true}',
        b'{"case": "D-1", "value": ""}',
        b'{"case": "D-1", "value": [4]}',
        b'{"case": "D-1", "value": 4.5}',
        b'{"case": "D-1", "value": 4, "words": 5}',
        b'{"case": "D-1", "value": 4, "words": "' + b"x" * 4001 + b'"}',
    ],
)
def test_what_is_no_decision_is_refused(body: bytes) -> None:
    """In words, never a traceback."""
    with pytest.raises(ChangeError):
        read_said(body)
    client, bench = at(a_case())
    headers = {"X-CSRF-Token": csrf_of(client, MemoryHouse().rows()[0]), "Content-Type": "application/json"}
    assert client.post("/decided", content=body, headers=headers).status_code == 409
    assert bench.said == []


@pytest.mark.parametrize("name", ["D-0", "..", "%2e%2e%2fetc%2fpasswd", "<script>alert(1)</script>", "D-" + "f" * 5000])
def test_a_made_up_case_leads_nowhere(name: str) -> None:
    """404 in words."""
    client, _ = at(a_case())
    reply = client.get(f"/decide/{name}")
    assert reply.status_code in (404, 303)
    assert "<script>alert" not in reply.text


def test_a_case_is_named_by_what_is_asked() -> None:
    """Another answer does not change its name; another call, criterion, turn, week or kind of question does."""
    names = [
        a_case().id,
        a_case(identity=("demo", "c2")).id,
        a_case(identity=("demo|c1", "")).id,
        a_case(criterion="greeted").id,
        a_case(turn=3).id,
        a_case("flag").id,
    ]
    assert len(set(names)) == len(names)
    assert a_case(voices=()).id == a_case("dispute").id == a_case().id


def test_what_is_held_back_is_counted() -> None:
    """Calls still to grade, cases of one's own, and flags that wait for a difference to be decided first."""
    client, bench = at()
    bench.docket = lambda _: Docket((), to_grade=2, others=1, after=3)  # type: ignore[method-assign]
    page = client.get("/decide").text
    assert "2 calls that you are still to grade yourself" in page
    assert "1 more waits for another person" in page
    assert "3 flags on calls where people differ" in page
