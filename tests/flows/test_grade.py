"""`grade` against the scripted server: every fault once, every judge, what is paid, what is kept, what never becomes a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evalharness.errors import GradingError, UsageError
from evalharness.flows.grade import grade_week, week_work
from evalharness.flows.llm_plan import estimate
from evalharness.flows.llm_status import status
from evalharness.flows.opened import opened, utc_now
from evalharness.flows.summary import week_summary
from evalharness.models.grade import Scored, Ungraded
from evalharness.workspace.folder import Workspace
from tests.flows.judging import KEY, QUICK, WEEK, configure, cost, drawn_workspace, grade, history, llm_grades, received, told
from tests.flows.workspaces import copy_of
from tests.servers.messages_server import Fault, MessagesServer, Script

CALLS = 20
Started = Callable[..., tuple[Path, MessagesServer]]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 drawn calls."""
    return drawn_workspace(tmp_path_factory.mktemp("drawn") / "workspace")


@pytest.fixture
def start(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """A copy of the workspace with the LLM on, and the server it talks to; three questions a call unless told otherwise."""
    servers: list[MessagesServer] = []
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    def started(script: Script | None = None, **llm: object) -> tuple[Path, MessagesServer]:
        server = MessagesServer(script=script, key=KEY)
        servers.append(server.__enter__())
        asked = {"criteria": "[correctness, human_needed, unsafe_speech]", **llm}
        copy = copy_of(drawn, tmp_path / f"workspace-{len(servers)}")
        settings = configure(copy, server.base_url, **asked) / "evalharness.yaml"
        settings.write_text(settings.read_text().replace('"[', "[").replace(']"', "]"))
        return copy, server

    yield started
    for server in servers:
        server.__exit__(None, None, None)


def test_an_honest_judge(start: Started) -> None:
    """20 calls, 20 requests, 60 grades with values and true quotes; the ledger's cost is the server's bill."""
    workspace, server = start()
    outcome = grade(workspace)
    assert (outcome.states, outcome.left, outcome.resent) == ({"graded": CALLS}, 0, [])
    assert told(workspace) == {"value": 3 * CALLS}
    assert len(server.asked) == CALLS
    assert cost(workspace) == pytest.approx(float(server.bill_usd), abs=1e-9)
    assert outcome.spent_usd == pytest.approx(float(server.bill_usd), abs=1e-9)
    grades = llm_grades(workspace)
    assert sum(one.cost_usd or 0 for one in grades) == pytest.approx(float(server.bill_usd), abs=1e-9)
    assert {one.grader.version for one in grades} == {"claude-haiku-5-5"}
    assert all(one.grader.prompt_digest for one in grades)
    assert all(one.evidence for one in grades if isinstance(one, Scored) and one.value != "no")
    assert all([event.state for event in events] == ["sent", "received", "graded"] for events in history(workspace).values())


def test_again_it_pays_nothing(start: Started) -> None:
    """The second run sends no request and adds no grade."""
    workspace, server = start()
    grade(workspace)
    before = llm_grades(workspace)
    assert grade(workspace).total == 0
    assert (len(server.asked), llm_grades(workspace)) == (CALLS, before)


def test_all_questions_of_the_rubric_in_one_request(start: Started) -> None:
    """Twelve questions, still one request a call."""
    workspace, server = start(criteria="all")
    grade(workspace)
    assert len(server.asked) == CALLS
    assert told(workspace) == {"value": 12 * CALLS}


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ("429", 1), ("500", 10), ("503", 20), ("504", 1), ("529", 10), ("408", 20), ("reset_before", 1), ("reset_mid_body", 10),
        ("reset_mid_body", 20), ("hang_up", 20), ("slow", 1), ("drip", 10),
    ],
)  # fmt: skip
def test_a_trouble_that_passes_loses_nothing(start: Started, fault: str, place: int) -> None:
    """At the first, middle or last request: all calls graded; one request more unless the reply was only slow."""
    workspace, server = start(Script(faults={place: Fault(fault, retry_after=0.01, seconds=0.05)}))
    assert grade(workspace).states == {"graded": CALLS}
    assert told(workspace) == {"value": 3 * CALLS}
    assert len(server.asked) == CALLS + (fault not in ("slow", "drip"))
    lost = sum(float(request.usd) for request in server.asked if request.outcome == "reset_mid_body")
    assert cost(workspace) + lost == pytest.approx(float(server.bill_usd), abs=1e-9)


@pytest.mark.parametrize("fault", ["reset_before", "reset_mid_body", "hang_up"])
def test_a_lost_connection_is_listed_as_resent(start: Started, fault: str) -> None:
    """Nobody knows whether the first one was billed."""
    workspace, _ = start(Script(faults={3: fault}))
    outcome = grade(workspace)
    assert len(outcome.resent) == 1
    with opened(Workspace.at(workspace)) as house:
        found = status(house, WEEK)
    assert found.resent == (f"{outcome.resent[0]}: attempt 1",)
    assert (found.states, found.in_doubt) == ({"graded": CALLS}, ())


@pytest.mark.parametrize("fault", ["400", "404", "413"])
def test_a_refused_request_costs_one_call(start: Started, fault: str) -> None:
    """Not sent again in this run; its grades say api, the other 19 are graded; the next run sends that one again."""
    workspace, server = start(Script(faults={5: fault}))
    assert grade(workspace).states == {"graded": CALLS - 1, "failed": 1}
    assert told(workspace) == {"value": 3 * (CALLS - 1), "api": 3}
    assert len(server.asked) == CALLS
    assert grade(workspace).states == {"graded": 1}
    assert len(server.asked) == CALLS + 1


@pytest.mark.parametrize("fault", ["401", "402", "403"])
def test_a_refused_key_stops_the_run(start: Started, fault: str) -> None:
    """One request with concurrency 1; 19 calls are left, and the next run grades all."""
    workspace, server = start(Script(faults={1: fault}), concurrency=1)
    outcome = grade(workspace)
    assert (len(server.asked), outcome.left) == (1, CALLS - 1)
    assert outcome.stopped
    assert grade(workspace).states == {"graded": CALLS}


def test_a_dead_server_stops_the_run(start: Started) -> None:
    """Every request fails: far fewer than 20 x 6, no grade with a value, and the reason is said."""
    workspace, server = start(Script(always="503"))
    outcome = grade(workspace)
    assert "five attempts in a row" in outcome.stopped
    assert len(server.asked) <= 26
    assert set(told(workspace)) <= {"api"}
    assert outcome.left == CALLS - 1


ASKED_TWICE = ("truncated", "pause_turn", "empty", "invalid_json", "fenced_json", "free_text", "wrong_enum")
BROKEN_BODIES = ("extra_key", "missing_key", "html", "cut_body")


@pytest.mark.parametrize("fault", [*ASKED_TWICE, *BROKEN_BODIES])
def test_a_bad_reply_is_asked_about_once_more(start: Started, fault: str) -> None:
    """One bad reply, then a good one: 21 requests, all graded, both replies paid and kept."""
    workspace, server = start(Script(faults={7: fault}))
    assert grade(workspace).states == {"graded": CALLS}
    assert len(server.asked) == CALLS + 1
    assert told(workspace) == {"value": 3 * CALLS}
    assert cost(workspace) + _unread(server) == pytest.approx(float(server.bill_usd), abs=1e-9)


def _unread(server: MessagesServer) -> float:
    """What was billed for bodies that state no usage we could read."""
    return sum(float(request.usd) for request in server.asked if request.outcome == "cut_body")


REASONS = {"truncated": "truncated", "context_window": "truncated", "refusal": "refused"}


@pytest.mark.parametrize("fault", [*ASKED_TWICE, *BROKEN_BODIES, "refusal", "context_window"])
def test_a_judge_that_is_always_bad_gets_no_number_and_no_loop(start: Started, fault: str) -> None:
    """Two requests a call at most, one where asking again is useless; every grade is without a value, with the reason."""
    workspace, server = start(Script(always=fault))
    grade(workspace)
    once = fault in ("refusal", "context_window")
    assert len(server.asked) == CALLS * (1 if once else 2)
    assert told(workspace) == {REASONS.get(fault, "invalid"): 3 * CALLS}
    assert grade(workspace).total == 0, "it is final: the next run pays nothing"


@pytest.mark.parametrize(
    ("judge", "told_so", "asks"),
    [("lying", {"unverified": 60}, 2), ("wrong_turn", {"unverified": 60}, 2), ("lazy", {"value": 60}, 1)],
)
def test_dishonest_judges(start: Started, judge: str, told_so: dict[str, int], asks: int) -> None:
    """Invented words and true words of another turn never count, after one re-ask; a lazy judge is not caught by its quotes."""
    workspace, server = start(Script(judge=judge))
    grade(workspace)
    assert told(workspace) == told_so
    assert len(server.asked) == asks * CALLS


def test_the_right_speaker_is_required(start: Started) -> None:
    """True words of the caller: refused where the agent must be quoted (correctness), taken where anybody may be."""
    workspace, _ = start(Script(judge="wrong_speaker"))
    grade(workspace)
    by = {name: {type(g) for g in llm_grades(workspace) if g.criterion == name} for name in ("correctness", "human_needed")}
    assert by == {"correctness": {Ungraded}, "human_needed": {Scored}}


def test_a_second_request_is_about_what_did_not_stand(start: Started) -> None:
    """The judge lies about correctness the first time: the second request asks that alone."""
    from tests.servers.judges import lying, obedient

    def half(ask):  # type: ignore[no-untyped-def]
        lie = len(ask.schema["properties"]) > 1
        return {**obedient(ask), "correctness": lying(ask)["correctness"]} if lie else obedient(ask)

    workspace, server = start(Script(judge=half))
    assert grade(workspace).states == {"graded": CALLS}
    shapes = [list(request.body["output_config"]["format"]["schema"]["properties"]) for request in server.asked]
    assert sorted(map(len, shapes)) == [1] * CALLS + [3] * CALLS
    assert all(
        "earlier answer" in str(r.body["messages"]) for r, shape in zip(server.asked, shapes, strict=True) if len(shape) == 1
    )


def test_abstentions(start: Started) -> None:
    """N/A is a grade of its own; "cannot tell" is none, for the transcript leaves it open."""
    workspace, _ = start(Script(answers={"correctness": "N/A", "human_needed": "cannot tell"}))
    grade(workspace)
    assert told(workspace) == {"N/A": CALLS, "transcript": CALLS, "value": CALLS}


def test_a_model_that_answers_under_another_name(start: Started) -> None:
    """The version is what the reply says; its price is the asked model's."""
    workspace, server = start(Script(always="other_model"))
    grade(workspace)
    assert {g.grader.version for g in llm_grades(workspace)} == {"claude-other-1"}
    assert cost(workspace) == pytest.approx(float(server.bill_usd), abs=1e-9)


def test_thinking_is_paid_and_is_no_answer(start: Started) -> None:
    """120 thinking tokens a reply stand in usage and cost."""
    workspace, server = start(Script(always="thinking"))
    assert grade(workspace).states == {"graded": CALLS}
    assert cost(workspace) == pytest.approx(float(server.bill_usd), abs=1e-9)


def test_the_cap_holds_for_the_week(start: Started) -> None:
    """A cap below two worst cases: some calls are sent, the bill stays within it, the rest says budget; with room all is done."""
    workspace, server = start(concurrency=4)
    outcome = grade(workspace, max_cost=0.006)
    assert float(server.bill_usd) <= 0.006
    assert 0 < outcome.states["graded"] < CALLS
    assert outcome.over_cap == CALLS - outcome.states["graded"]
    assert told(workspace)["budget"] == 3 * outcome.over_cap
    paid = len(server.asked)
    again = grade(workspace, max_cost=0.006)
    assert float(server.bill_usd) <= 0.006
    assert told(workspace)["budget"] <= 3 * outcome.over_cap, "the same is not said twice"
    final = grade(workspace, max_cost=5.0)
    assert outcome.states["graded"] + again.states.get("graded", 0) + final.states["graded"] == CALLS
    assert len(server.asked) == CALLS > paid


def test_a_cap_of_nothing_sends_nothing(start: Started) -> None:
    """0 requests."""
    workspace, server = start()
    assert grade(workspace, max_cost=0.0).over_cap == CALLS
    assert server.asked == []


def test_a_model_without_a_price(start: Started) -> None:
    """Refused before anything leaves; with a cap typed by a person it runs, and the cost is unknown rather than 0."""
    workspace, server = start(model="claude-unheard-of")
    with pytest.raises(GradingError, match="is not known"):
        grade(workspace)
    assert server.requests == []
    server.prices["claude-unheard-of"] = server.prices["claude-haiku-5-5"]
    assert grade(workspace, max_cost=50.0).states == {"graded": CALLS}
    assert {event.cost_usd for event in received(workspace)} == {None}
    with opened(Workspace.at(workspace)) as house:
        found = status(house, WEEK)
        assert (found.cost_usd, found.unpriced) == (0, CALLS)
        assert estimate(week_work(house, WEEK)).usd == 0, "nothing is left to send"


def test_requests_of_an_address_that_is_not_configured_now_stand_apart(start: Started) -> None:
    """One request of 20 failed and 19 wait at a dead address; at the new one all 20 are graded, and nothing is mixed."""
    workspace, dead = start(Script(always="401"), concurrency=1)
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        text = "\n".join(status(house, WEEK).lines())
    assert f"{CALLS - 1} planned" in text
    assert "planned: not sent yet; the next run sends it" in text
    with MessagesServer(key=KEY) as server:
        settings = workspace / "evalharness.yaml"
        settings.write_text(settings.read_text().replace(dead.base_url, server.base_url))
        grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        found = status(house, WEEK)
    assert found.states == {"graded": CALLS}
    assert list(found.others.values()) == [{"failed": 1, "planned": CALLS - 1}]
    text = "\n".join(found.lines())
    assert f"at {dead.base_url}, which is not configured now: 1 failed, {CALLS - 1} planned" in text
    assert "not sent yet" not in text


def test_a_price_file_of_the_workspace(start: Started) -> None:
    """It takes the place of the shipped one: ten times the price, ten times the cost."""
    workspace, server = start()
    (workspace / "prices.yaml").write_text('as_of: "mine"\nmodels:\n  claude-haiku-5-5: {input: 1, output: 5}\n')
    grade(workspace)
    assert cost(workspace) == pytest.approx(10 * float(server.bill_usd), abs=1e-9)


def test_nobody_agreed(start: Started) -> None:
    """Switched on, a key, a price: still nothing leaves; another model or destination is another agreement."""
    workspace, server = start()
    with opened(Workspace.at(workspace), write=True) as house, pytest.raises(GradingError, match="nobody has agreed"):
        grade_week(house, week_work(house, WEEK), utc_now, lambda _outcome: None, QUICK)
    assert server.requests == []
    grade(workspace)
    configure(workspace, server.base_url, model="claude-opus-5-5")
    with opened(Workspace.at(workspace), write=True) as house, pytest.raises(GradingError, match="claude-opus-5-5"):
        grade_week(house, week_work(house, WEEK), utc_now, lambda _outcome: None, QUICK)
    assert len(server.asked) == CALLS


def test_less_redaction_is_agreed_to_anew(start: Started) -> None:
    """What was agreed to was sent with names of numbers taken out."""
    workspace, server = start()
    grade(workspace)
    settings = workspace / "evalharness.yaml"
    settings.write_text(settings.read_text() + "\nprivacy: {redact: [card]}\n")
    configure(workspace, server.base_url, criteria="all")
    with opened(Workspace.at(workspace), write=True) as house, pytest.raises(GradingError, match="nobody has agreed"):
        grade_week(house, week_work(house, WEEK), utc_now, lambda _outcome: None, QUICK)


def test_the_judge_decides_nothing(start: Started) -> None:
    """With 240 grades of the LLM the week's checks, verdict and scores are what they were without."""
    workspace, _ = start(criteria="all")
    with opened(Workspace.at(workspace)) as house:
        before = week_summary(house, WEEK)
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        after = week_summary(house, WEEK)
    assert (after.checks, after.verdict, after.measures, after.call_score) == (
        before.checks,
        before.verdict,
        before.measures,
        before.call_score,
    )
    assert [result.final for result in after.results] == [result.final for result in before.results]


def test_a_week_that_is_not_drawn(start: Started) -> None:
    """Named, with the command."""
    workspace, _ = start()
    with opened(Workspace.at(workspace)) as house, pytest.raises(UsageError, match="not drawn yet"):
        week_work(house, "2026-W40")


def test_the_estimate_is_near_the_bill(start: Started) -> None:
    """By length without a request; counted by the server where the calls may go: the input is then exact."""
    workspace, server = start()
    with opened(Workspace.at(workspace)) as house:
        work = week_work(house, WEEK)
        guess = estimate(work)
        assert (server.requests, guess.requests, guess.counted) == ([], CALLS, False)
        counted = estimate(work, {work.brief.judge.destination: KEY})
    grade(workspace)
    billed = sum(usage["input_tokens"] for usage in server.billed)
    assert counted.counted
    assert counted.input_tokens == pytest.approx(billed, rel=0.001)
    assert 0.7 * billed < guess.input_tokens < 2 * billed
    assert guess.usd is not None
    assert guess.usd > float(server.bill_usd) / 3
