"""Requests that ask for no grades: repeats and what suppliers bring; several judges, each a grader of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness import numbers
from evalharness.errors import GradingError
from evalharness.flows.grade import week_work
from evalharness.flows.llm_plan import estimate, plan_lines
from evalharness.flows.llm_status import status
from evalharness.flows.opened import opened
from evalharness.models.grade import Scored
from evalharness.models.probe import Probe
from evalharness.store.ledger import Ledger
from evalharness.store.llm import LlmCall, llm_calls
from evalharness.store.probes import probes
from evalharness.workspace.folder import Workspace
from tests.flows.judging import KEY, WEEK, configure, cost, drawn_workspace, grade, llm_grades, told
from tests.flows.workspaces import copy_of
from tests.servers.messages_server import Fault, MessagesServer, Script

CALLS = 20
ASKED = ["correctness", "unsafe_speech"]
SECOND = "claude-opus-5-5"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 drawn calls."""
    return drawn_workspace(tmp_path_factory.mktemp("drawn") / "workspace")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesServer]:
    """An honest one."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with MessagesServer(key=KEY) as started:
        yield started


@pytest.fixture
def workspace(drawn: Path, tmp_path: Path, server: MessagesServer) -> Path:
    """A copy with the LLM on, two questions a call."""
    return configure(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria=ASKED)


def rows(workspace: Path) -> list[LlmCall]:
    """The week's requests in the order planned."""
    with Ledger.open(workspace / "ledger.db") as ledger:
        return llm_calls(ledger, WEEK)


def repeated(workspace: Path) -> list[Probe]:
    """The repeats that came to an end."""
    with Ledger.open(workspace / "ledger.db") as ledger:
        return probes(ledger, [WEEK], ["repeat"])


def test_repeats_are_probes_and_no_grades(workspace: Path, server: MessagesServer) -> None:
    """Three times each call: 60 requests, 2 grades a call, 40 probes with both answers; the second run pays nothing."""
    configure(workspace, server.base_url, criteria=ASKED, repeats=3)
    outcome = grade(workspace)
    assert (outcome.states, outcome.probes, len(server.asked)) == ({"graded": 3 * CALLS}, 2 * CALLS, 3 * CALLS)
    assert told(workspace) == {"value": 2 * CALLS}
    found = repeated(workspace)
    assert Counter(probe.repeat for probe in found) == {1: CALLS, 2: CALLS}
    assert {(answer.criterion, answer.value, answer.reason) for probe in found for answer in probe.answers} == {
        ("correctness", 4, None),
        ("unsafe_speech", "no", None),
    }
    assert {probe.judge for probe in found} == {one.grader for one in llm_grades(workspace)}
    assert cost(workspace) == pytest.approx(float(server.bill_usd), abs=1e-9)
    assert sum(probe.cost_usd or 0 for probe in found) == pytest.approx(float(server.bill_usd) * 2 / 3, rel=0.01)
    assert grade(workspace).total == 0


def test_nothing_in_a_request_tells_what_it_is_for(workspace: Path, server: MessagesServer) -> None:
    """A repeat is the grade's request but for the number of its marks, and stands anywhere among them."""
    configure(workspace, server.base_url, criteria=ASKED, repeats=2, concurrency=1)
    grade(workspace)
    by_call: dict[str, list[tuple[str, int]]] = {}
    for request in server.asked:
        text = request.body["messages"][0]["content"]
        nonce = text.split("<recording-")[1][:32]
        by_call.setdefault(request.call, []).append((request.body["system"] + text.replace(nonce, ""), len(request.raw)))
    assert all(one == other for one, other in by_call.values())
    order = [row.role for row in rows(workspace)]
    assert Counter(order) == {"grade": CALLS, "repeat": CALLS}
    # 40 in a random order: the chance that all of the first 20 are of one kind is below 1 in 10^10
    assert set(order[:CALLS]) == {"grade", "repeat"}
    assert len({row.request["run_seed"] for row in rows(workspace)}) == 1


def test_a_resumed_run_keeps_the_order(workspace: Path, server: MessagesServer) -> None:
    """The order comes from the seed that is kept with the requests, not from the run that sends them."""
    configure(workspace, server.base_url, criteria=ASKED, repeats=2)
    with opened(Workspace.at(workspace)) as house:
        assert week_work(house, WEEK).jobs != week_work(house, WEEK).jobs, "nothing is planned: each has a seed of its own"
    grade(workspace, max_cost=0.0)
    with opened(Workspace.at(workspace)) as house:
        again = [job.row.key for job in week_work(house, WEEK).jobs]
    assert again == [row.key for row in rows(workspace)]


@pytest.mark.parametrize(("fault", "reason"), [("refusal", "refused"), ("context_window", "truncated"), ("400", "api")])
def test_a_repeat_that_fails_says_why_and_takes_no_grade_away(
    workspace: Path, server: MessagesServer, fault: str, reason: str
) -> None:
    """Graded first; then every repeat fails: the grades stand, the probes have the reason, and only `api` is sent again."""
    grade(workspace)
    before = llm_grades(workspace)
    server.script = Script(always=fault)
    configure(workspace, server.base_url, criteria=ASKED, repeats=2)
    grade(workspace)
    assert llm_grades(workspace) == before
    assert {answer.reason for probe in repeated(workspace) for answer in probe.answers} == {reason}
    server.script = Script()
    assert grade(workspace).total == (CALLS if fault == "400" else 0)
    assert len(repeated(workspace)) == CALLS


def test_no_money_left_for_repeats(workspace: Path, server: MessagesServer) -> None:
    """A cap that is spent: no repeat is sent, no grade is written in its name, and it is sent when there is room."""
    grade(workspace)
    configure(workspace, server.base_url, criteria=ASKED, repeats=2)
    outcome = grade(workspace, max_cost=0.0)
    assert (outcome.over_cap, outcome.done) == (CALLS, 0)
    assert told(workspace) == {"value": 2 * CALLS}
    assert repeated(workspace) == []
    assert grade(workspace).states == {"graded": CALLS}


def test_two_judges_grade_every_call(workspace: Path, server: MessagesServer) -> None:
    """Two models, 40 requests: each a grader of its own, with its own price; the ledger holds the bill of both."""
    configure(workspace, server.base_url, criteria=ASKED, judges=[{"model": SECOND, "effort": "high"}])
    outcome = grade(workspace)
    assert outcome.states == {"graded": 2 * CALLS}
    assert Counter(request.body["model"] for request in server.asked) == {"claude-haiku-5-5": CALLS, SECOND: CALLS}
    assert {request.body["output_config"]["effort"] for request in server.asked} == {"low", "high"}
    by = Counter(one.grader.name for one in llm_grades(workspace))
    assert by == {"claude-haiku-5-5": 2 * CALLS, SECOND: 2 * CALLS}
    assert cost(workspace) == pytest.approx(float(server.bill_usd), abs=1e-9)


def test_a_judge_elsewhere(workspace: Path, server: MessagesServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each destination gets its own model's requests and its own key alone; a dead one leaves the other's work undisturbed."""
    monkeypatch.setenv("SECOND_KEY", "sk-second-9z8y7x6w")
    with MessagesServer(key="sk-second-9z8y7x6w", script=Script(always="401")) as other:
        second = {"model": SECOND, "base_url": other.base_url, "key_env": "SECOND_KEY"}
        configure(workspace, server.base_url, criteria=ASKED, judges=[second], concurrency=1)
        outcome = grade(workspace)
        assert {request.body["model"] for request in other.asked} == {SECOND}
        assert (outcome.states, outcome.left) == ({"graded": CALLS, "failed": 1}, CALLS - 1)
        assert "key" in outcome.stopped
        other.script = Script()
        assert grade(workspace).states == {"graded": CALLS}
        assert Counter(one.grader.name for one in llm_grades(workspace) if isinstance(one, Scored))[SECOND] == 2 * CALLS


def test_without_the_key_of_its_own_nothing_is_sent(workspace: Path, server: MessagesServer) -> None:
    """The first judge's key is set, the second one's is not: neither server hears anything."""
    with MessagesServer(key=KEY) as other:
        second = {"model": SECOND, "base_url": other.base_url, "key_env": "SECOND_KEY"}
        configure(workspace, server.base_url, criteria=ASKED, judges=[second])
        with pytest.raises(GradingError, match="SECOND_KEY is not set"):
            grade(workspace)
        assert (server.asked, other.asked) == ([], [])


def test_the_plan_names_every_judge_and_role(workspace: Path, server: MessagesServer) -> None:
    """Who is asked where, what for, and what nobody agreed to."""
    configure(workspace, server.base_url, criteria=ASKED, repeats=2, judges=[{"model": SECOND}])
    with opened(Workspace.at(workspace)) as house:
        work = week_work(house, WEEK)
        text = "\n".join(plan_lines(house, work, estimate(work)))
    assert f"{4 * CALLS} of {4 * CALLS} requests to send, {2 * CALLS} for grades, {2 * CALLS} repeat" in text
    assert f"model      {SECOND}, effort low" in text
    assert text.count("agreed     by nobody yet") == 2
    assert text.count(server.base_url) == 2, "at the same address unless it has its own"


def test_the_status_is_told_by_role(workspace: Path, server: MessagesServer) -> None:
    """What was asked for, how it ended, what it cost; a lost attempt of a repeat is listed like any other."""
    configure(workspace, server.base_url, criteria=ASKED, repeats=2, concurrency=1)
    server.script = Script(faults={5: Fault("reset_before")})
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        found = status(house, WEEK)
    assert found.roles == {"grade": {"graded": CALLS}, "repeat": {"graded": CALLS}}
    assert sum(found.cost_by_role.values()) == pytest.approx(found.cost_usd)
    assert len(found.resent) == 1
    text = "\n".join(found.lines())
    assert f"repeat     {CALLS} graded; {numbers.bill(found.cost_by_role['repeat'])}" in text
