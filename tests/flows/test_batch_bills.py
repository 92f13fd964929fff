"""Batches that no run of today waits for: their bills are found, nothing of them is sent again, no grade comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.errors import GradingError
from evalharness.flows.batch_bills import Bills, find_bills, left_behind
from evalharness.flows.grade import grade_unattended, week_work
from evalharness.flows.llm_costs import week_costs
from evalharness.flows.llm_work import Wish
from evalharness.flows.opened import opened, utc_now
from evalharness.flows.sign_off import Wish as Signing
from evalharness.flows.sign_off import sign
from evalharness.workspace.folder import Workspace
from tests.flows.batching import CALLS, Started, configured, drawn, grade, ledger_cost, start, states
from tests.flows.judging import NOW, QUICK, WEEK, llm_grades, run_grade
from tests.servers.batch_script import BatchScript
from tests.servers.messages_server import MessagesServer

__all__ = ["drawn", "start"]
OTHER = "claude-sonnet-5-5"


def bills(workspace: Path) -> Bills:
    """What looking after them brings."""
    with opened(Workspace.at(workspace), write=True) as house:
        return find_bills(house, left_behind(house, week_work(house, WEEK)), utc_now, QUICK)


def signed(workspace: Path) -> Path:
    """The week signed off by its owner."""
    with opened(Workspace.at(workspace), write=True) as house:
        sign(house, Signing(WEEK, "Anna Keller", "keep"), NOW)
    return workspace


def test_a_batch_of_a_judge_that_was_replaced(start: Started) -> None:
    """19 of the old judge in a batch, another model configured: the bill is found, no grade comes of it, nothing is sent. The
    old judge configured again, its replies are read for nothing."""
    workspace, server = start()
    live = grade(workspace).spent_usd
    configured(workspace, server, model=OTHER)
    found = bills(workspace)
    assert (found.found, found.waiting, found.elsewhere) == (19, 0, ())
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)
    assert found.usd == pytest.approx(server.bill_usd - live, abs=1e-9)
    assert len({one.call_id for one in llm_grades(workspace)}) == 1
    assert bills(workspace) == Bills()
    configured(workspace, server)
    assert grade(workspace, batch=False).states == {"graded": 19}
    assert (len(server.asked), len(server.batches.made)) == (1, 1)
    assert len({one.call_id for one in llm_grades(workspace)}) == CALLS


def test_one_that_has_not_ended_goes_on_waiting(start: Started) -> None:
    """It is looked at, and said; the money it may cost stays beside the cost."""
    workspace, server = start(BatchScript(polls=9))
    grade(workspace)
    configured(workspace, server, model=OTHER)
    found = bills(workspace)
    assert (found.found, found.waiting, found.usd) == (19, 19, 0)
    assert found.lines() == ["Batches of other weeks or judges: 19 requests still wait"]
    with opened(Workspace.at(workspace)) as house:
        assert week_costs(house, WEEK).open_usd > 0


def test_a_batch_of_a_week_that_was_signed_since(start: Started) -> None:
    """`grade` refuses the week and has read its batch all the same; no grade is added to it."""
    workspace, server = start()
    grade(workspace)
    before = llm_grades(signed(workspace))
    done = run_grade(workspace)
    assert done.returncode != 0
    assert "is signed off" in done.stderr
    assert "Batches of other weeks or judges: 19 requests ended" in done.stderr
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)
    assert llm_grades(workspace) == before
    assert len(server.batches.made) == 1


def test_week_finds_them_too(start: Started) -> None:
    """The unattended run reads what another judge left, before its own."""
    workspace, server = start()
    grade(workspace)
    configured(workspace, server, model=OTHER)
    with opened(Workspace.at(workspace), write=True) as house:
        assert isinstance(grade_unattended(house, WEEK), GradingError), "nobody has agreed to the other model"
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


def test_what_was_handed_over_together_stays_together(start: Started) -> None:
    """Two judges in one batch whose making broke off, one of them taken out of the configuration: it is found again by its
    number of requests, so nothing is sent twice."""
    workspace, server = start(BatchScript(faults={"create": {1: "lost"}}), judges=f"[{{model: {OTHER}}}]")
    grade(workspace)
    configured(workspace, server)
    assert bills(workspace) == Bills()
    assert grade(workspace).states == {"graded": 19}
    assert len(server.batches.made) == 1
    assert len(server.asked) == 2
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


def test_an_address_that_is_gone_from_the_configuration_is_not_asked(start: Started) -> None:
    """The key goes nowhere that is not configured: it is said that the bill stays unknown."""
    workspace, server = start()
    grade(workspace)
    with MessagesServer(key=server.key) as other:
        configured(workspace, other)
        found = bills(workspace)
        assert (found.found, found.elsewhere) == (0, ((server.base_url, 19),))
        place = f"19 requests in batches at {server.base_url}, which is not configured any more"
        assert found.lines() == [f"{place}: their bill stays unknown"]
        assert other.requests == []
    assert server.batches.counts == {"create": 1}


def test_nothing_left_behind_asks_nobody(start: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the run itself sees to is not left behind; without any the key is not even looked at."""
    workspace, _ = start(BatchScript(polls=9))
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        assert left_behind(house, week_work(house, WEEK, Wish())) == []
        assert len(left_behind(house)) == 19
        monkeypatch.delenv("ANTHROPIC_API_KEY")
        assert find_bills(house, [], utc_now) == Bills()
    assert len(states(workspace)) == CALLS
