"""A bridge by the LLM against the scripted server: both rubrics of one judge, paid once, no week changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from evalharness.errors import GradingError
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.llm_costs import all_costs
from evalharness.flows.llm_plan import estimate, plan_lines
from evalharness.flows.llm_status import status
from evalharness.flows.opened import opened
from evalharness.flows.rubric_bridge import bridging
from evalharness.flows.rubric_bridge_llm import BridgeWork, bridge_result, bridge_work, run_bridge
from evalharness.flows.rubric_bridged import bridges
from evalharness.grade.llm.outcome import Outcome
from evalharness.models.bridge import Bridge, BridgedCriterion
from evalharness.store.llm import llm_calls
from evalharness.store.records import load_grades
from evalharness.workspace.folder import Workspace
from tests.flows.bridging import NEW_TEXT, NOW, RUN_WEEK, WEEKS, make_graded, new_rubric
from tests.flows.judging import KEY, QUICK, configure
from tests.flows.workspaces import copy_of
from tests.servers.judges import Ask
from tests.servers.messages_server import MessagesServer, Script

Started = Callable[..., tuple[Path, MessagesServer]]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of 35 calls, graded."""
    return make_graded(tmp_path_factory.mktemp("bridge") / "ws")


@pytest.fixture
def start(graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """A copy with the LLM on and a new rubric, and the server."""
    servers: list[MessagesServer] = []
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    def started(script: Script | None = None, **llm: object) -> tuple[Path, MessagesServer]:
        server = MessagesServer(script=script or Script(answers=_stricter), key=KEY)
        servers.append(server.__enter__())
        copy = configure(copy_of(graded, tmp_path / f"ws-{len(servers)}"), server.base_url, **llm)
        new_rubric(copy)
        return copy, server

    yield started
    for server in servers:
        server.__exit__(None, None, None)


def _stricter(ask: Ask, criterion: str) -> object:
    """A level lower on tone where it reads the new text, alike on all else."""
    if criterion == "tone":
        return 3 if NEW_TEXT in ask.prompt else 4
    return {"correctness": 5, "human_needed": "not_needed", "escalation": 5}.get(criterion)


def _run(root: Path, max_cost: float | None = None, calls: int = 20, at: datetime = NOW) -> tuple[Outcome, Bridge]:
    with opened(Workspace.at(root), write=True) as house:
        found = _work(root, calls, max_cost, at)
        acknowledge(house, found.work.brief.judge, "Anna Keller", at)
        outcome = run_bridge(house, found, lambda: at, lambda _outcome: None, QUICK)
        again = bridge_work(house, found.bridging, max_cost, at)
        return outcome, bridge_result(house, again, at)


def _work(root: Path, calls: int = 20, max_cost: float | None = None, at: datetime = NOW) -> BridgeWork:
    with opened(Workspace.at(root)) as house:
        return bridge_work(house, bridging(house, root / "new.yaml", "llm", calls, at), max_cost, at)


def _one(found: Bridge, criterion: str) -> BridgedCriterion:
    return next(one for one in found.criteria if one.criterion == criterion)


def test_the_shift_of_the_changed_criterion_is_found(start: Started) -> None:
    """20 calls, two rubrics: 40 requests. Tone goes from 4 to 3 on every call: a shift of -1, all 20 moved."""
    root, server = start()
    outcome, found = _run(root)
    assert (outcome.total, outcome.states, len(server.asked)) == (40, {"graded": 40}, 40)
    tone = _one(found, "tone")
    assert tone.shift is not None
    assert tone.changed is not None
    assert (tone.kind, tone.calls, tone.shift.value, tone.shift.unit) == ("meaning", 20, -1.0, "levels")
    assert (tone.changed.value, len(tone.moved)) == (1.0, 20)
    assert tone.table[tone.rows.index("4")][tone.columns.index("3")] == 20


def test_what_did_not_change_shows_what_asking_twice_does(start: Started) -> None:
    """Correctness is as it was: nothing moved, and its interval still is not of width zero (0 of 20: up to 16.8 %)."""
    found = _run(start()[0])[1]
    same = _one(found, "correctness")
    assert same.changed is not None
    assert same.changed.high is not None
    assert (same.kind, same.changed.value, same.moved) == ("same", 0.0, ())
    assert round(same.changed.high, 3) == 0.168
    assert found.lines == ("call_score", "automatic_fails", "tone")


def test_it_is_paid_once(start: Started) -> None:
    """The same command again sends nothing and shows the same."""
    root, server = start()
    first = _run(root)[1]
    outcome, second = _run(root)
    assert (outcome.total, len(server.asked), second) == (0, 40, first)


def test_a_run_that_was_cut_short_goes_on(start: Started) -> None:
    """With a cap for a part of it some are left; the next run sends those, and each is sent once."""
    root, server = start()
    worst = _work(root).work
    assert len(worst.left) == 40
    outcome, found = _run(root, max_cost=0.02)
    assert outcome.over_cap > 0
    assert found.answered < 20
    sent = len(server.asked)
    outcome, found = _run(root)
    assert len(server.asked) == 40
    assert (outcome.total, found.answered) == (40 - sent, 20)


def test_another_weeks_open_requests_are_gone_on_with(start: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped between reply and reading; a week later that reply is read, not paid again: 40 requests in all, of 40."""
    root, server = start(concurrency=1)

    def broken(*_given: object) -> None:
        raise RuntimeError("stopped here")

    with monkeypatch.context() as patched:
        patched.setattr("evalharness.grade.llm.runner.end_of", broken)
        with pytest.raises(RuntimeError, match="stopped here"):
            _run(root)
    held = len(server.asked)
    assert held > 0
    outcome, found = _run(root, at=NOW + timedelta(days=7))
    assert (outcome.states, found.answered) == ({"graded": 40}, 20)
    assert len(server.asked) == 40
    assert _work(root, at=NOW + timedelta(days=7)).work.left == ()


def test_what_was_lost_a_week_ago_is_sent_again_and_listed(start: Started) -> None:
    """Every connection broke after the request: nobody knows the bill. A week later all are sent once more, each listed, and
    what the lost ones may have cost counts against the cap."""
    root, server = start(Script(answers=_stricter, always="hang_up"))
    _run(root)
    server.script = Script(answers=_stricter)
    later = NOW + timedelta(days=7)
    assert _work(root, at=later).work.spent_usd > 0
    outcome, found = _run(root, at=later)
    assert found.answered == 20
    assert len(set(outcome.resent)) > 0
    with opened(Workspace.at(root)) as house:
        assert status(house, RUN_WEEK).resent


def test_a_bridge_goes_live_where_grading_goes_in_batches(start: Started) -> None:
    """`batch: true` is about a week's grades: a bridge that waited for a batch could not be found by the next week's run."""
    root, server = start(batch=True)
    outcome, found = _run(root)
    assert (outcome.submitted, outcome.states, found.answered) == (0, {"graded": 40}, 20)
    assert server.batches.made == []
    with opened(Workspace.at(root)) as house:
        work = _work(root, calls=21).work
        assert "batch" not in "\n".join(plan_lines(house, work, estimate(work)))


def test_its_cost_stands_among_the_weeks(start: Started) -> None:
    """In the calendar week of the run, though that week is not drawn."""
    root, server = start()
    _run(root)
    with opened(Workspace.at(root)) as house:
        costs = all_costs(house)
    assert [(one.week, one.total.usd) for one in costs] == [(RUN_WEEK, pytest.approx(server.bill_usd, abs=1e-9))]


def test_no_week_is_changed(start: Started) -> None:
    """No grade more, in no week; the requests are of the calendar week of the run, and say what they are for."""
    root = start()[0]
    with opened(Workspace.at(root)) as house:
        before = [load_grades(house.ledger, week) for week in (*WEEKS, RUN_WEEK)]
    _run(root)
    with opened(Workspace.at(root)) as house:
        assert [load_grades(house.ledger, week) for week in (*WEEKS, RUN_WEEK)] == before
        assert [llm_calls(house.ledger, week) for week in WEEKS] == [[], []]
        assert {row.role for row in llm_calls(house.ledger, RUN_WEEK)} == {"bridge"}


def test_the_result_is_recorded_once(start: Started) -> None:
    """One row of the audit trail, however often it is looked at; it reads back as it was."""
    root = start()[0]
    found = _run(root)[1]
    _run(root)
    with opened(Workspace.at(root)) as house:
        assert bridges(house) == [found]


def test_a_call_without_an_answer_is_said(start: Started) -> None:
    """The first reply and its retry are a refusal: one call lacks an answer, 19 are under both, and no shift is recorded."""
    root = start(Script(answers=_stricter, faults={1: "refusal"}))[0]
    outcome, found = _run(root)
    assert outcome.states == {"graded": 39, "refused": 1}
    assert (found.answered, _one(found, "tone").unanswered) == (19, 1)
    with opened(Workspace.at(root)) as house:
        assert bridges(house) == []


def test_switched_off_nothing_is_sent(start: Started) -> None:
    """GradingError before anything is written."""
    root, server = start(enabled=False)
    with pytest.raises(GradingError, match="LLM grading is off"):
        _run(root)
    assert server.asked == []
    with opened(Workspace.at(root)) as house:
        assert house.ledger.rows("audit", action="rubric bridge planned") == []


def test_nothing_leaves_before_somebody_agreed(start: Started) -> None:
    """GradingError; the server hears nothing."""
    root, server = start()
    with opened(Workspace.at(root), write=True) as house:
        work = bridge_work(house, bridging(house, root / "new.yaml", "llm", 20, NOW), None, NOW)
        with pytest.raises(GradingError, match="nobody has agreed"):
            run_bridge(house, work, lambda: NOW, lambda _outcome: None, QUICK)
    assert server.asked == []
