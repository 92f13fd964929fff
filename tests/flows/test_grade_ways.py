"""Other ways to ask and to read: a question at a time, without a defence, in words, too long for a model, read again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import GradingError
from evalharness.flows.grade import week_work
from evalharness.flows.llm_plan import estimate, plan_lines
from evalharness.flows.llm_status import status
from evalharness.flows.llm_work import Wish
from evalharness.flows.opened import opened, utc_now
from evalharness.flows.reread import Reread, reread
from evalharness.grade.llm.decide import Next
from evalharness.grade.llm.work import about_tokens, request_of
from evalharness.models.grade import Grade, Scored, Ungraded
from evalharness.store.grades import add_grades
from evalharness.store.ledger import Ledger
from evalharness.store.llm import llm_calls, llm_events
from evalharness.store.probes import probes
from evalharness.workspace.folder import Workspace
from tests.flows.judging import KEY, NOW, WEEK, configure, cost, drawn_workspace, grade, llm_grades, run_grade, told
from tests.flows.workspaces import copy_of
from tests.servers.judges import Ask, obedient
from tests.servers.messages_server import MessagesServer, Script

CALLS = 20
ASKED = ["correctness", "human_needed", "unsafe_speech"]
PROSE = "The agent did well on the whole, I would say."


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
    """A copy with the LLM on, three questions a call."""
    return configure(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria=ASKED)


def one_question(ask: Ask) -> Any:
    """Answers the question that stands behind the recording, whatever the schema lists, with a true quote."""
    asked = re.search(r"^# Questions\n(\w+): .*\n((?:  .*\n)+)", ask.prompt, re.MULTILINE)
    assert asked is not None
    answers = re.findall(r"^  (\w+):", asked[2], re.MULTILINE) or [word.strip() for word in asked[2].split(",")]
    turn = ask.quotable(asked[1])[0]
    evidence = [{"turn": turn.number, "quote": turn.text[:60]}]
    return {
        "evidence": evidence,
        "justification": "Scripted.",
        "answer": next((a for a in ("4", "no") if a in answers), answers[0]),
    }


def in_words_alone(ask: Ask) -> Any:
    """Prose to whoever sends a schema beside the text; obedient where the schema stands in the text."""
    return obedient(ask) if "JSON Schema" in ask.prompt else PROSE


def test_one_question_a_request(workspace: Path, server: MessagesServer) -> None:
    """60 requests for 20 calls and three criteria; each grade has the cost of its own request; again it pays nothing."""
    server.script = Script(judge=one_question)
    outcome = grade(workspace, wish=Wish(per_criterion=True))
    assert outcome.states == {"graded": 3 * CALLS}
    assert told(workspace) == {"value": 3 * CALLS}
    assert len(server.asked) == 3 * CALLS
    assert sum(one.cost_usd or 0 for one in llm_grades(workspace)) == pytest.approx(float(server.bill_usd), abs=1e-9)
    assert grade(workspace, wish=Wish(per_criterion=True)).total == 0


def test_the_transcript_is_written_once_and_read_by_the_other_questions(workspace: Path, server: MessagesServer) -> None:
    """All that stands before a question is the same for all of a call and marked for the cache; the first goes ahead alone."""
    server.script, server.latency = Script(judge=one_question), lambda _number: 0.03
    configure(workspace, server.base_url, criteria=ASKED, per_criterion=True, concurrency=4)
    grade(workspace)
    by_call: dict[str, list[Any]] = {}
    for request in server.asked:
        by_call.setdefault(request.call, []).append(request)
    for first, *others in by_call.values():
        shared = first.body["messages"][0]["content"][0]
        assert shared["cache_control"] == {"type": "ephemeral"}
        assert first.body["system"] == others[0].body["system"] == others[1].body["system"]
        assert all(other.body["messages"][0]["content"][0] == shared for other in others)
        assert all(other.body["output_config"] == first.body["output_config"] for other in others)
        assert all(other.at_s - first.at_s >= 0.03 for other in others), "after the first one's reply"
    assert server.max_in_flight <= 4


def test_one_at_a_time_is_another_grader(workspace: Path, server: MessagesServer) -> None:
    """The same model asked one question at a time pays anew, and its grades name another prompt."""
    grade(workspace)
    server.script = Script(judge=one_question)
    grade(workspace, wish=Wish(per_criterion=True))
    assert len(server.asked) == 4 * CALLS
    assert len({one.grader.prompt_digest for one in llm_grades(workspace)}) == 2


def test_without_marks(workspace: Path, server: MessagesServer) -> None:
    """No nonce in any request; the grades name another prompt."""
    grade(workspace)
    configure(workspace, server.base_url, criteria=ASKED, defences={"marks": False})
    grade(workspace)
    plain, bare = server.asked[:CALLS], server.asked[CALLS:]
    assert all("<recording-" in request.raw.decode() for request in plain)
    assert not any("recording-" in request.raw.decode() for request in bare)
    assert len(bare) == CALLS
    assert len({one.grader.prompt_digest for one in llm_grades(workspace)}) == 2


def test_without_evidence_an_invented_quote_stands(workspace: Path, server: MessagesServer) -> None:
    """The lying judge: nothing stands with the defence, everything without, and its grades are another grader's."""
    server.script = Script(judge="lying")
    grade(workspace)
    assert told(workspace) == {"unverified": 3 * CALLS}
    configure(workspace, server.base_url, criteria=ASKED, defences={"evidence": False})
    assert grade(workspace).states == {"graded": CALLS}
    assert told(workspace) == {"unverified": 3 * CALLS, "value": 3 * CALLS}


def test_a_server_that_keeps_to_no_schema(workspace: Path, server: MessagesServer) -> None:
    """The first reply is prose: from then on the schema stands in the text, each request says so, and all calls are graded."""
    server.script = Script(judge=in_words_alone)
    configure(workspace, server.base_url, criteria=ASKED, concurrency=1)
    assert grade(workspace).states == {"graded": CALLS}
    formed = ["format" in request.body["output_config"] for request in server.asked]
    assert formed[0]
    assert sum(formed) <= 3, "the first, and what was built before its reply was read"
    assert len(server.asked) == CALLS + sum(formed)
    sent = len(server.asked)
    with opened(Workspace.at(workspace)) as house:
        assert status(house, WEEK).in_words == ("claude-haiku-5-5",)
    configure(workspace, server.base_url, criteria=ASKED, repeats=2)
    grade(workspace)
    assert not any("format" in request.body["output_config"] for request in server.asked[sent:]), "a later run knows"
    assert len(server.asked) == sent + CALLS


def test_many_at_once_find_it_out_together(workspace: Path, server: MessagesServer) -> None:
    """20 in flight: each may have cost one reply in vain, none two."""
    server.script = Script(judge=in_words_alone)
    assert grade(workspace).states == {"graded": CALLS}
    assert len(server.asked) <= 2 * CALLS


def test_a_single_bad_reply_proves_nothing(workspace: Path, server: MessagesServer) -> None:
    """The first reply is in the form: a later one that is not is asked about again with the schema."""
    server.script = Script(faults={7: "free_text"})
    configure(workspace, server.base_url, criteria=ASKED, concurrency=1)
    assert grade(workspace).states == {"graded": CALLS}
    assert all("format" in request.body["output_config"] for request in server.asked)


def small_window(workspace: Path, tokens: int) -> None:
    """A price file of the workspace in which the model's window is this small."""
    line = f"claude-haiku-5-5: {{input: 0.10, output: 0.50, context: {tokens}}}"
    (workspace / "prices.yaml").write_text(f'as_of: "mine"\nmodels:\n  {line}\n')


def test_calls_too_long_for_the_model(workspace: Path, server: MessagesServer) -> None:
    """A window that half of the calls do not fit: those are named before and after, not sent, not cut, and left to a person."""
    with opened(Workspace.at(workspace)) as house:
        work = week_work(house, WEEK)
    needs = sorted(about_tokens(r := request_of(job, Next(job.questions))) + r["max_tokens"] for job in work.jobs)
    small_window(workspace, needs[9])
    with opened(Workspace.at(workspace)) as house:
        work = week_work(house, WEEK)
        guess = estimate(work)
        text = "\n".join(plan_lines(house, work, guess))
    assert guess.requests == 10
    assert text.count("not sent, a person grades it") == 10
    outcome = grade(workspace)
    assert (len(server.asked), len(outcome.too_long)) == (10, 10)
    assert outcome.states == {"graded": 10, "failed": 10}
    assert told(workspace) == {"value": 30, "truncated": 30}
    left = [one for one in llm_grades(workspace) if isinstance(one, Ungraded)]
    assert all("does not fit the model and was not sent" in one.rationale for one in left)
    assert {one.call_id for one in left} == set(outcome.too_long)
    assert grade(workspace).total == 0, "said once"
    run = run_grade(workspace, "--status")
    assert run.stdout.count("too long") == 10
    small_window(workspace, 1_000_000)
    assert grade(workspace).states == {"graded": 10}, "a larger window: they are sent"


def test_a_repeat_too_long_brings_a_probe_without_answers(workspace: Path, server: MessagesServer) -> None:
    """No request, and the reason in every answer."""
    configure(workspace, server.base_url, criteria=ASKED, repeats=2)
    small_window(workspace, 4_000)
    grade(workspace)
    assert server.asked == []
    with Ledger.open(workspace / "ledger.db") as ledger:
        found = probes(ledger, [WEEK])
    assert Counter(answer.reason for probe in found for answer in probe.answers) == {"truncated": 3 * CALLS}


def read_again(workspace: Path) -> Reread:
    """One `--reread` in this process."""
    with opened(Workspace.at(workspace), write=True) as house:
        return reread(house, week_work(house, WEEK), utc_now)


def put(workspace: Path, grades: list[Grade]) -> None:
    """Writes grades as an earlier parser might have."""
    with opened(Workspace.at(workspace), write=True) as house, house.ledger.transaction() as tx:
        add_grades(tx, grades)


def test_reading_again_changes_nothing_where_the_parser_is_the_same(workspace: Path, server: MessagesServer) -> None:
    """20 requests read, no revision, no event, no request."""
    server.script = Script(chances={"refusal": 0.2, "wrong_enum": 0.2}, seed=3)
    grade(workspace)
    before, sent = llm_grades(workspace), len(server.requests)
    assert "refused" in told(workspace)
    assert read_again(workspace) == Reread(WEEK, CALLS, 0, 0, ())
    assert (llm_grades(workspace), len(server.requests)) == (before, sent)


def test_reading_again_mends_what_an_earlier_parser_got_wrong(workspace: Path, server: MessagesServer) -> None:
    """Two grades were read as others: each gets a new revision with what the reply says; nothing is sent, the old rows stay."""
    grade(workspace)
    first, second = [one for one in llm_grades(workspace) if isinstance(one, Scored) and one.criterion == "correctness"][:2]
    lost = {name: value for name, value in second if name not in ("value", "measured_value", "state")}
    put(workspace, [first.model_copy(update={"value": 1}), Ungraded(**lost, reason="invalid")])
    sent = len(server.requests)
    found = read_again(workspace)
    assert (found.read, found.grades) == (CALLS, 2)
    assert set(found.calls) == {first.call_id, second.call_id}
    revised = llm_grades(workspace)[-2:]
    assert [(one.call_id, one.value) for one in revised if isinstance(one, Scored)] == [(c, 4) for c in found.calls]
    assert len(server.requests) == sent
    with Ledger.open(workspace / "ledger.db") as ledger:
        events = llm_events(ledger, llm_calls(ledger, WEEK))
    assert sum(event.details.get("reread", False) for of in events.values() for event in of) == 2
    assert read_again(workspace).grades == 0
    assert grade(workspace).total == 0


def test_reading_again_needs_neither_key_nor_switch(workspace: Path, server: MessagesServer) -> None:
    """A process of its own with the LLM off and no key."""
    grade(workspace)
    configure(workspace, server.base_url, criteria=ASKED, enabled=False)
    run = run_grade(workspace, "--reread", key=None)
    assert run.returncode == 0, run.stderr
    assert "the replies to 20 requests read again, nothing sent" in run.stdout


def test_a_signed_week_is_not_read_again(workspace: Path) -> None:
    """It keeps what was known when it was signed."""
    grade(workspace)
    with opened(Workspace.at(workspace), write=True) as house:
        work = week_work(house, WEEK)
        row = {"week": WEEK, "person": "Anna Keller", "sample_digest": "d", "verdict": "v", "details": {}, "at": NOW}
        with house.ledger.transaction() as tx:
            tx.append("signoffs", row)
        with pytest.raises(GradingError, match="signed off"):
            reread(house, work, utc_now)


def test_progress_and_exit_code(workspace: Path, server: MessagesServer) -> None:
    """What is spent and will be, time left; 0 where all is graded, 5 where something is not."""
    grade_as_a_person = run_grade(workspace, "--yes")
    assert grade_as_a_person.returncode == 0, grade_as_a_person.stderr
    last = grade_as_a_person.stderr.splitlines()[-1]
    spent = f"${cost(workspace):.6f}"
    assert last == f"20 of 20 requests, {spent} spent, about {spent} at the end, about 0 s left"
    server.script = Script(always="refusal")
    configure(workspace, server.base_url, criteria=["correctness"])
    assert run_grade(workspace).returncode == 5
