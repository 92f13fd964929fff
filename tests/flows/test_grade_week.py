"""`week` with the LLM: after the draw where it is switched on and agreed to, else it says what to type and goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from evalharness.cli.words import loop_as_json, of_loop
from evalharness.errors import EvalHarnessError, GradingError, OlderWeekError
from evalharness.flows.grade import grade_week, week_work
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.opened import opened, utc_now
from evalharness.flows.week import LoopRun, run_week
from evalharness.grade.llm.run import Outcome
from evalharness.store.trail import add_audit
from evalharness.workspace.folder import Workspace
from tests.flows.judging import KEY, NOW, QUICK, WEEK, configure, drawn_workspace, grade, told
from tests.servers.messages_server import MessagesServer, Script


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """20 drawn calls, a key, the LLM off."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    return drawn_workspace(tmp_path / "workspace")


def week(workspace: Path, *, agreed: bool = False) -> LoopRun:
    """One run of `week`, by Anna's leave or without."""
    with opened(Workspace.at(workspace), write=True) as house:
        if agreed:
            acknowledge(house, week_work(house, WEEK).brief.judge, "Anna Keller", NOW)
        return run_week(house, NOW)


def test_off_it_is_not_mentioned(workspace: Path) -> None:
    """A week without an LLM is complete."""
    run = week(workspace)
    assert run.weeks[0].judged is None
    assert not run.incomplete
    assert "LLM" not in "\n".join(of_loop(run)).split("\n\n")[0]


def test_not_agreed_it_says_what_to_type_and_reports(workspace: Path) -> None:
    """0 requests; the sheets and the report are there all the same; the run counts as incomplete."""
    with MessagesServer(key=KEY) as server:
        run = week(configure(workspace, server.base_url))
        assert server.requests == []
    one = run.weeks[0]
    assert isinstance(one.judged, GradingError)
    assert f"evalharness grade --week {WEEK}" in "\n".join(of_loop(run))
    assert one.files
    assert one.sheets
    assert run.incomplete


def test_agreed_it_grades_once(workspace: Path) -> None:
    """20 calls the first time, nothing the second."""
    with MessagesServer(key=KEY) as server:
        run = week(configure(workspace, server.base_url), agreed=True)
        again = week(workspace)
        assert len(server.asked) == 20
    assert isinstance(run.weeks[0].judged, Outcome)
    assert run.weeks[0].judged.states == {"graded": 20}
    assert not run.incomplete
    assert "this run: 20 requests graded" in "\n".join(of_loop(run))
    assert loop_as_json(run)["weeks"][0]["llm"]["states"] == {"graded": 20}
    assert again.weeks[0].judged is None


def test_a_week_drawn_before_anybody_agreed_waits_for_a_person(workspace: Path) -> None:
    """Agreed an hour after the draw, with nothing asked yet: 0 requests, one line with the command, nothing counts as missing.
    A person's own `grade` that is broken off at the third of 20 calls begins it: the next `week` sends the 18 that are left."""
    with MessagesServer(script=Script(faults={3: "401"}), key=KEY) as server:
        configure(workspace, server.base_url, concurrency=1)
        with opened(Workspace.at(workspace), write=True) as house:
            acknowledge(house, week_work(house, WEEK).brief.judge, "Anna Keller", NOW + timedelta(hours=1))
        run = week(workspace)
        assert server.requests == []
        assert isinstance(run.weeks[0].judged, OlderWeekError)
        assert not run.incomplete
        (line,) = [line for line in of_loop(run) if line.startswith("LLM grading")]
        assert f"{WEEK} was drawn before a person agreed to LLM grading: 20 requests" in line
        assert line.endswith(f"evalharness grade --week {WEEK}")
        assert loop_as_json(run)["weeks"][0]["llm"]["error"]
        with opened(Workspace.at(workspace), write=True) as house:
            grade_week(house, week_work(house, WEEK), utc_now, lambda _outcome: None, QUICK)
        assert len(server.asked) == 3
        begun = week(workspace).weeks[0].judged
        assert isinstance(begun, Outcome)
        assert begun.states == {"graded": 18}


def test_another_judge_than_the_one_that_began_an_older_week(workspace: Path) -> None:
    """An older week graded by one model is not graded by the next one unasked."""
    with MessagesServer(key=KEY) as server:
        configure(workspace, server.base_url)
        with opened(Workspace.at(workspace), write=True) as house:
            work = week_work(house, WEEK)
            acknowledge(house, work.brief.judge, "Anna Keller", NOW)
            grade_week(house, work, utc_now, lambda _outcome: None, QUICK)
        configure(workspace, server.base_url, model="claude-sonnet-5-5")
        with opened(Workspace.at(workspace), write=True) as house:
            acknowledge(house, week_work(house, WEEK).brief.judge, "Anna Keller", NOW + timedelta(hours=1))
        assert isinstance(week(workspace).weeks[0].judged, OlderWeekError)
        assert len(server.asked) == 20


def test_a_missing_key_does_not_stop_the_week(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said; the report is written."""
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    run = week(configure(workspace, "http://127.0.0.1:1"), agreed=True)
    assert isinstance(run.weeks[0].judged, EvalHarnessError)
    assert "ANTHROPIC_API_KEY" in loop_as_json(run)["weeks"][0]["llm"]["error"][0]
    assert run.weeks[0].files


def test_a_refused_key_leaves_the_week_incomplete(workspace: Path) -> None:
    """Stopped with its reason."""
    with MessagesServer(script=Script(always="403"), key=KEY) as server:
        run = week(configure(workspace, server.base_url), agreed=True)
    assert run.incomplete
    assert "the key may not do this" in "\n".join(of_loop(run))


def test_a_signed_week_is_left_alone(workspace: Path) -> None:
    """No request, whoever asks."""
    with MessagesServer(key=KEY) as server:
        configure(workspace, server.base_url)
        with opened(Workspace.at(workspace), write=True) as house:
            work = week_work(house, WEEK)
            acknowledge(house, work.brief.judge, "Anna Keller", NOW)
            with house.ledger.transaction() as tx:
                add_audit(tx, "nothing", {}, NOW)
                row = {"week": WEEK, "person": "Anna Keller", "sample_digest": "d", "verdict": "v", "details": {}, "at": NOW}
                tx.append("signoffs", row)
            with pytest.raises(GradingError, match="signed off"):
                grade_week(house, work, utc_now, lambda _outcome: None, QUICK)
        assert server.requests == []


def test_a_run_that_was_stopped_goes_on_in_the_next_week(workspace: Path) -> None:
    """What `grade` left, `week` finishes, paying only for the rest."""
    with MessagesServer(script=Script(faults={3: "401"}), key=KEY) as server:
        configure(workspace, server.base_url, concurrency=1)
        grade(workspace)
        run = week(workspace)
        assert isinstance(run.weeks[0].judged, Outcome)
        assert len(server.asked) == 21
    assert told(workspace)["value"] == 20 * 12
