"""`grade --whole-week`: the drawn calls first, then all others; paid once, capped, asked about each time, in no rate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.errors import GradingError
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.grade import grade_week, week_work
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.llm_plan import estimate, plan_lines
from evalharness.flows.llm_work import Wish
from evalharness.flows.opened import opened, utc_now
from evalharness.flows.summary import week_summary
from evalharness.flows.whole_week import beyond, draw_key, stratum_of, undrawn
from evalharness.grade.llm.run import Outcome
from evalharness.models.sample import WeeklySample
from evalharness.store.ledger import Ledger
from evalharness.store.llm import llm_calls
from evalharness.store.records import load_grades, load_sample
from evalharness.workspace.folder import Workspace
from tests.flows.judging import KEY, NOW, QUICK, WEEK, configure, grade, llm_grades, run_grade, told
from tests.flows.workspaces import copy_of, make_workspace
from tests.servers.messages_server import MessagesServer

DRAWN = 20
EVERY = 2
"""Of the sample's calls of the week every other one is collected: enough to have many beyond the draw, and quick."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 calls drawn from two strata; nothing graded, the LLM off."""
    root = make_workspace(tmp_path_factory.mktemp("drawn") / "workspace", (WEEK,))
    for path in (root / "rubrics").glob("*.canaries.jsonl"):  # every request is about a call of the week
        path.unlink()
    inbox = root / "inbox" / f"{WEEK}.jsonl"
    inbox.write_text("".join(inbox.read_text().splitlines(keepends=True)[::EVERY]))
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("size: 35", f"size: {DRAWN}"))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        draw(house, WEEK, NOW)
    return root


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    """An honest one."""
    with MessagesServer(key=KEY) as started:
        yield started


@pytest.fixture
def workspace(drawn: Path, tmp_path: Path, server: MessagesServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy with the LLM on; two questions a call."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    copy = configure(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria="[correctness, unsafe_speech]", concurrency=4)
    settings = copy / "evalharness.yaml"
    settings.write_text(settings.read_text().replace('"[correctness, unsafe_speech]"', "[correctness, unsafe_speech]"))
    return copy


def grade_all(workspace: Path, max_cost: float | None = None) -> Outcome:
    """One run over the whole week in this process, agreed to by Anna."""
    with opened(Workspace.at(workspace), write=True) as house:
        work = week_work(house, WEEK, Wish(max_cost, whole_week=True))
        acknowledge(house, work.brief.judge, "Anna Keller", NOW)
        return grade_week(house, work, utc_now, lambda _outcome: None, QUICK)


def the_sample(workspace: Path) -> WeeklySample:
    """The week's draw."""
    with Ledger.open(workspace / "ledger.db") as ledger:
        sample = load_sample(ledger, WEEK)
    assert sample is not None
    return sample


def test_every_call_with_a_transcript_the_drawn_ones_first(workspace: Path, server: MessagesServer) -> None:
    """One request a call: the drawn ones in an order of the run's own, then the others by the draw's key."""
    sample = the_sample(workspace)
    outcome = grade_all(workspace)
    population = sample.design.population
    assert population > 2 * DRAWN
    assert (outcome.states, len(server.asked)) == ({"graded": population}, population)
    assert told(workspace) == {"value": 2 * population}
    with Ledger.open(workspace / "ledger.db") as ledger:
        order = [row.call_id for row in llm_calls(ledger, WEEK)]
    assert sorted(order[:DRAWN]) == sorted(item.call.id for item in sample.items)
    source = sample.items[0].call.source
    keys = [draw_key(sample.design, source, call) for call in order[DRAWN:]]
    assert keys == sorted(keys)
    assert [draw_key(sample.design, *item.identity) for item in sample.items] == [item.key for item in sample.items]


def test_it_is_paid_once(workspace: Path, server: MessagesServer) -> None:
    """After the drawn calls the whole week pays for the rest alone; then neither pays for anything."""
    grade(workspace)
    assert len(server.asked) == DRAWN
    population = the_sample(workspace).design.population
    assert grade_all(workspace).total == population - DRAWN
    assert len(server.asked) == population
    assert (grade_all(workspace).total, grade(workspace).total) == (0, 0)
    assert len(server.asked) == population


def test_the_cap_holds_and_the_rest_comes_later(workspace: Path, server: MessagesServer) -> None:
    """Little money: some calls over the cap; more money: the same command sends only these."""
    with opened(Workspace.at(workspace)) as house:
        everything = estimate(week_work(house, WEEK, Wish(whole_week=True)))
        assert everything.requests == the_sample(workspace).design.population
        assert everything.usd is not None
    first = grade_all(workspace, max_cost=0.012)  # each request's worst case is set aside first, so few are under way
    assert 0 < first.over_cap < everything.requests
    assert float(server.bill_usd) <= 0.012
    second = grade_all(workspace, max_cost=50.0)
    assert second.total == first.over_cap
    assert told(workspace)["value"] == 2 * everything.requests


def test_grades_beyond_the_draw_are_in_no_rate(workspace: Path) -> None:
    """The same scorecard, scores and rows after the whole week as after the drawn calls alone."""
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        before = week_summary(house, WEEK)
    grade_all(workspace)
    with opened(Workspace.at(workspace)) as house:
        after = week_summary(house, WEEK)
    assert (after.checks, after.verdict, after.measures) == (before.checks, before.verdict, before.measures)
    assert (after.results, after.criteria, after.call_score) == (before.results, before.criteria, before.call_score)


def test_the_rest_with_its_strata(workspace: Path) -> None:
    """Nothing while only drawn calls are graded; then every judged call of the week is there once, by the strata of the draw."""
    sample = the_sample(workspace)
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        assert undrawn(house, sample, load_grades(house.ledger, WEEK)) == ()
        assert len(beyond(house, sample)) == sample.design.population - DRAWN
    grade_all(workspace)
    with opened(Workspace.at(workspace)) as house:
        rest = undrawn(house, sample, load_grades(house.ledger, WEEK))
        facts = {(call.source, call.id): call for call in house.calls.facts(WEEK)}
    judged = [item for item in sample.items if item.call.outcome not in ("failed_technical", "out_of_scope")]
    counted = Counter([item.stratum for item in judged] + [one.stratum for one in rest])
    assert counted == {size.stratum.name: size.judged for size in sample.design.strata}
    assert all(stratum_of(sample.design, facts[item.identity]) == item.stratum for item in sample.items)


def test_switched_off_it_sends_nothing(drawn: Path, tmp_path: Path, server: MessagesServer) -> None:
    """--yes is no consent to an LLM that is off."""
    off = configure(copy_of(drawn, tmp_path / "off"), server.base_url, enabled=False)
    with opened(Workspace.at(off), write=True) as house, pytest.raises(GradingError, match="off"):
        grade_week(house, week_work(house, WEEK, Wish(whole_week=True)), utc_now, lambda _outcome: None, QUICK)
    assert run_grade(off, "--whole-week", "--yes").returncode == 1
    assert server.requests == []


def test_a_person_is_asked_each_time(workspace: Path, server: MessagesServer) -> None:
    """Agreed for the drawn calls; the whole week says how many calls and what they cost, and waits for another yes."""
    grade(workspace)
    refused = run_grade(workspace, "--whole-week")
    rest = the_sample(workspace).design.population - DRAWN
    assert refused.returncode == 1
    assert f"nobody has agreed to the whole week: {rest} calls" in refused.stderr
    assert re.search(rf"{DRAWN} drawn calls first, then the {rest} others", refused.stderr)
    assert re.search(r"about \$0\.\d+", refused.stderr)
    assert len(server.asked) == DRAWN
    plan = run_grade(workspace, "--whole-week", "--estimate")
    assert f"{rest} of {rest + DRAWN} requests to send" in plan.stdout
    assert "by length, not counted" in plan.stdout  # counting would send them
    done = run_grade(workspace, "--whole-week", "--yes")
    assert done.returncode == 0, done.stderr
    assert len(server.asked) == rest + DRAWN


def test_the_plan_of_drawn_calls_says_nothing_of_a_week(workspace: Path) -> None:
    """Without the option there is nothing beyond the draw, and nothing is graded by looking."""
    with opened(Workspace.at(workspace)) as house:
        work = week_work(house, WEEK)
        assert work.beyond == 0
        assert "whole week" not in "\n".join(plan_lines(house, work, estimate(work)))
        assert llm_grades(workspace) == []
