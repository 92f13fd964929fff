"""Gold calls in a week's run, and a judge that may succeed another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import UsageError
from evalharness.flows.beside import compared, only_beside
from evalharness.flows.collect import collect_configured
from evalharness.flows.dispute import Objection, dispute
from evalharness.flows.draw import draw
from evalharness.flows.grade import grade_week, week_work
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.llm_work import Wish, Work
from evalharness.flows.opened import Opened, opened, utc_now
from evalharness.flows.summary import week_summary
from evalharness.grade.llm.work import Job
from evalharness.store.ledger import Ledger
from evalharness.store.records import load_grades, load_sample, probes
from evalharness.workspace.folder import Workspace
from tests.flows.bridging import NOW, grade_all, usual
from tests.flows.judging import KEY, QUICK, WEEK, configure, run_grade
from tests.flows.workspaces import copy_of, make_workspace
from tests.servers.messages_server import MessagesServer, Script

OLD, SECOND = ("2026-W42", "2026-W43"), "claude-opus-5-5"
ASKED = ["correctness", "tone"]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks that Anna graded, each call 4, and a third, four weeks later, that nobody has graded yet."""
    root = make_workspace(tmp_path_factory.mktemp("gold") / "workspace", (*OLD, WEEK))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        for week in (*OLD, WEEK):
            draw(house, week, NOW)
        for week in OLD:
            grade_all(house, week, usual)
    return root


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesServer]:
    """One that gives 4 throughout."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with MessagesServer(key=KEY) as started:
        yield started


@pytest.fixture
def workspace(drawn: Path, tmp_path: Path, server: MessagesServer) -> Path:
    return configure(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria=ASKED)


def work_of(workspace: Path, week: str = WEEK, **wish: Any) -> Work:
    with opened(Workspace.at(workspace)) as house:
        return week_work(house, week, Wish(**wish))


def golds(work: Work, role: str = "gold") -> list[Job]:
    return [job for job in work.jobs if job.row.role == role]


def run(house: Opened, work: Work) -> None:
    for judge in work.judges:
        acknowledge(house, judge, "Anna Keller", NOW)
    grade_week(house, work, utc_now, lambda _outcome: None, QUICK)


def test_gold_are_past_calls_asked_as_the_weeks_own(workspace: Path) -> None:
    """70 calls of two weeks; the same questions, judge and policy as every call of the week; a key of the run's week."""
    work = work_of(workspace)
    found = golds(work)
    with Ledger.open(workspace / "ledger.db") as ledger:
        past = {item.identity for week in OLD for item in load_sample(ledger, week).items}  # type: ignore[union-attr]
    assert {(job.call.source, job.call.id) for job in found} == past
    assert {job.row.repeat for job in found} == {202647}
    assert {job.row.week for job in found} == {WEEK}
    assert {tuple(question.key for question in job.questions) for job in found} == {tuple(ASKED)}
    assert {job.row.judge_digest for job in found} == {job.row.judge_digest for job in work.grades}


def test_gold_is_mixed_among_the_grades(workspace: Path) -> None:
    """Neither all before nor all behind them."""
    roles = [job.row.role for job in work_of(workspace).jobs]
    last = len(roles) - 1
    assert roles.index("gold") < last - roles[::-1].index("grade")
    assert roles.index("grade") < last - roles[::-1].index("gold")


def test_at_most_as_many_as_configured_the_same_each_time_and_others_in_another_week(workspace: Path, server: Any) -> None:
    configure(workspace, server.base_url, criteria=ASKED, gold=65)
    first, again = golds(work_of(workspace)), golds(work_of(workspace))
    assert len(first) == 65
    assert {job.row.key for job in first} == {job.row.key for job in again}


@pytest.mark.parametrize("gold", [0, 59])
def test_too_few_gold_are_not_paid_for(workspace: Path, server: Any, gold: int) -> None:
    configure(workspace, server.base_url, criteria=ASKED, gold=gold)
    assert golds(work_of(workspace)) == []


def test_weeks_younger_than_four_weeks_are_no_gold(workspace: Path) -> None:
    """Seen from W43 nothing is four weeks old."""
    assert golds(work_of(workspace, "2026-W43")) == []


def test_a_disputed_call_is_no_gold(workspace: Path) -> None:
    with opened(Workspace.at(workspace), write=True) as house:
        sample = load_sample(house.ledger, OLD[0])
        assert sample is not None
        call = sample.items[0].call
        dispute(house, OLD[0], Objection(call.id, "tone", "not what was said", "Anna Keller"), NOW)
    assert call.id not in {job.call.id for job in golds(work_of(workspace))}


def test_gold_writes_no_grade_and_its_answers_are_kept(workspace: Path) -> None:
    """35 graded calls, 70 gold answers, no LLM grade of the two old weeks; the next run asks nothing."""
    with opened(Workspace.at(workspace), write=True) as house:
        run(house, week_work(house, WEEK))
        assert not [g for week in OLD for g in load_grades(house.ledger, week) if g.grader.kind == "llm"]
        held = probes(house.ledger, [WEEK], ["gold"])
        assert len(held) == 70
        assert {answer.value for probe in held for answer in probe.answers} == {4}
        assert week_work(house, WEEK).left == ()
        assert {one.drift for one in week_summary(house, WEEK).trust} == {None}


def test_the_second_time_the_first_answers_are_the_baseline(workspace: Path, server: MessagesServer) -> None:
    """The old weeks by a judge that gives 4, as Anna; the gold of W47 by one that gives 5: every item newly wrong."""
    with opened(Workspace.at(workspace), write=True) as house:
        for week in OLD:
            run(house, week_work(house, week))
    with MessagesServer(script=Script(score=5), key=KEY) as lenient:
        configure(workspace, lenient.base_url, criteria=ASKED)
        with opened(Workspace.at(workspace), write=True) as house:
            run(house, week_work(house, WEEK))
            found = {one.criterion: one for one in week_summary(house, WEEK).trust if one.criterion in ASKED}
    assert [(one.drift.items, one.drift.newly_wrong) for one in found.values() if one.drift] == [(70, 70), (70, 70)]
    assert {one.state for one in found.values()} == {"advisory"}
    told = "drift: of 70 gold calls 70 are newly wrong"
    assert all(any(reason.startswith(told) for reason in one.reasons) for one in found.values())


def test_a_successor_is_asked_about_gold_alone_and_both_are_shown(workspace: Path, server: MessagesServer) -> None:
    """The judge of the old weeks and its possible successor, both as Anna; nothing of evalharness.yaml changes."""
    with opened(Workspace.at(workspace), write=True) as house:
        for week in OLD:
            run(house, week_work(house, week))
    before, settings = len(server.asked), (workspace / "evalharness.yaml").read_text()
    done = run_grade(workspace, "--beside", SECOND, "--yes")
    assert done.returncode == 0, done.stderr
    assert len(server.asked) - before == 70
    assert {request.body["model"] for request in server.asked[before:]} == {SECOND}
    assert "answered otherwise: 0 % of 70" in done.stdout
    assert f"{SECOND} beside claude-haiku-5-5" in done.stdout
    assert (workspace / "evalharness.yaml").read_text() == settings
    again = run_grade(workspace, "--beside", SECOND, "--json")
    assert len(server.asked) - before == 70
    rows = json.loads(again.stdout)["rows"]
    assert [(row["criterion"], row["calls"], row["flips"]["value"]) for row in rows] == [(name, 70, 0.0) for name in ASKED]
    with opened(Workspace.at(workspace)) as house:
        assert not [g for g in load_grades(house.ledger, WEEK) if g.grader.kind == "llm"]


def test_one_question_a_request_is_one_of_gold_too(workspace: Path, server: MessagesServer) -> None:
    """70 calls, two questions: 140 requests of one each, of a successor too. One answer for both would be kept as both."""
    configure(workspace, server.base_url, criteria=ASKED, per_criterion=True)
    for role, wish in (("gold", {}), ("beside", {"beside": SECOND})):
        found = golds(work_of(workspace, **wish), role)
        assert Counter(tuple(question.key for question in job.questions) for job in found) == {(name,): 70 for name in ASKED}


def test_without_gold_there_is_nothing_to_compare(workspace: Path) -> None:
    with pytest.raises(UsageError, match="too few gold calls"):
        only_beside(work_of(workspace, "2026-W43", beside=SECOND))


def test_the_judge_itself_is_no_successor(workspace: Path) -> None:
    """Its gold would be taken for a successor's answers, and no drift would show that week."""
    with pytest.raises(UsageError, match="claude-haiku-5-5 grades already"):
        only_beside(work_of(workspace, beside="claude-haiku-5-5"))


def test_a_successor_that_was_never_asked_is_named(workspace: Path) -> None:
    with opened(Workspace.at(workspace), write=True) as house:
        run(house, week_work(house, OLD[0]))
        with pytest.raises(UsageError, match=f"{SECOND} has answered no gold call"):
            compared(house, WEEK, SECOND)
