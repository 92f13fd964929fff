"""Faults of the server, one by one and by the hundred: what ends as a grade, what as a reason, and that the money is right."""

from __future__ import annotations

import random
import shutil
import socket
from collections import Counter
from pathlib import Path

import pytest

from evalharness.messages import client
from tests.acceptance.llm_week import CRITERIA, Values, faulty, plain, varied
from tests.flows.judging import KEY, drawn_workspace, grade, told
from tests.flows.workspaces import copy_of
from tests.servers.messages_server import Fault, MessagesServer, Script
from tests.servers.script import KINDS

CALLS, QUESTIONS = 20, 3
RETRIED = ("408", "429", "500", "503", "504", "529", "reset_before", "reset_mid_body", "hang_up")
SLOW = ("slow", "drip", "thinking", "no_usage", "other_model")
ASKED_AGAIN = ("truncated", "pause_turn", "empty", "invalid_json", "fenced_json", "free_text", "wrong_enum", "extra_key")
BROKEN = ("missing_key", "html", "cut_body")
REFUSED = ("400", "404", "413", "redirect")
FINAL = {"refusal": "refused", "context_window": "truncated"}
STOPPING = ("401", "402", "403")
PLACES = {"first": 1, "middle": CALLS // 2, "last": CALLS}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty drawn calls, the LLM off."""
    return drawn_workspace(tmp_path_factory.mktemp("drawn") / "workspace", CALLS)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty."""
    return drawn_workspace(tmp_path_factory.mktemp("many") / "workspace", 50)


@pytest.fixture(scope="module")
def whole(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Values:
    """What a server without faults makes of the twenty calls."""
    with faulty(drawn, tmp_path_factory.mktemp("whole") / "ws", Script(answers=varied), criteria=CRITERIA) as week:
        assert week.finish() == 1
        return week.values()


def test_every_fault_has_its_place_here() -> None:
    """Nothing that the server can do is left out."""
    known = (*RETRIED, *SLOW, *ASKED_AGAIN, *BROKEN, *REFUSED, *FINAL, *STOPPING)
    assert sorted(known) == sorted(KINDS)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", [*RETRIED, *SLOW, *ASKED_AGAIN, *BROKEN])
def test_a_fault_that_passes(drawn: Path, whole: Values, tmp_path: Path, kind: str, place: str) -> None:
    """First, middle, last of twenty: the grades of a run without faults; one request more where a reply was lost or no answer."""
    script = Script(answers=varied, faults={PLACES[place]: Fault(kind, retry_after=0.01, seconds=0.05)})
    with faulty(drawn, tmp_path / "ws", script, criteria=CRITERIA, concurrency=1) as week:
        assert grade(week.workspace).states == {"graded": CALLS}
        assert week.values() == whole
        assert len(week.server.asked) == CALLS + (kind not in SLOW)
        week.check_money()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", REFUSED)
def test_a_request_that_is_refused(drawn: Path, whole: Values, tmp_path: Path, kind: str, place: str) -> None:
    """Its call says api and has no value, the others are untouched; the next run asks it again, and all is whole."""
    with faulty(
        drawn, tmp_path / "ws", Script(answers=varied, faults={PLACES[place]: kind}), criteria=CRITERIA, concurrency=1
    ) as week:
        assert grade(week.workspace).states == {"graded": CALLS - 1, "failed": 1}
        assert told(week.workspace)["api"] == QUESTIONS
        assert len(week.server.asked) == CALLS
        assert grade(week.workspace).states == {"graded": 1}
        assert week.values() == whole
        week.check_money()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", FINAL)
def test_an_answer_that_will_not_get_better(drawn: Path, whole: Values, tmp_path: Path, kind: str, place: str) -> None:
    """A refusal and a call too long for the model are paid once and never asked again; no value stands for them."""
    with faulty(
        drawn, tmp_path / "ws", Script(answers=varied, faults={PLACES[place]: kind}), criteria=CRITERIA, concurrency=1
    ) as week:
        grade(week.workspace)
        assert grade(week.workspace).total == 0
        assert len(week.server.asked) == CALLS
        differing = [slot for slot, value in week.values().items() if value != whole[slot]]
        assert len(differing) == QUESTIONS
        assert {week.values()[slot] for slot in differing} == {f"[{FINAL[kind]}]"}
        week.check_money()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", STOPPING)
def test_a_key_that_is_not_taken(drawn: Path, whole: Values, tmp_path: Path, kind: str, place: str) -> None:
    """The run ends at that request, whatever its place; nothing gets a reason in place of a grade; the next run ends whole."""
    with faulty(
        drawn, tmp_path / "ws", Script(answers=varied, faults={PLACES[place]: kind}), criteria=CRITERIA, concurrency=1
    ) as week:
        outcome = grade(week.workspace)
        assert len(week.server.asked) == PLACES[place]
        assert outcome.stopped
        assert set(told(week.workspace)) <= {"value", "api"}
        week.finish()
        assert week.values() == whole
        week.check_money()


def test_a_reply_that_never_comes(drawn: Path, whole: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes of silence are cut off by our own patience (0.4 s here): asked again, listed as perhaps billed twice."""
    monkeypatch.setattr(client, "TIMEOUT_S", 0.4)
    script = Script(answers=varied, faults={4: Fault("slow", seconds=600)})
    with faulty(drawn, tmp_path / "ws", script, criteria=CRITERIA) as week:
        outcome = grade(week.workspace)
        assert (outcome.states, len(outcome.resent)) == ({"graded": CALLS}, 1)
        assert week.values() == whole


def test_nobody_listens_and_then_somebody_does(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection costs nothing and leaves nothing in doubt; once the server is up, the next run ends whole."""
    with socket.create_server(("127.0.0.1", 0)) as spare:
        port = spare.getsockname()[1]
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    workspace = plain(copy_of(drawn, tmp_path / "ws"), f"http://127.0.0.1:{port}", criteria=CRITERIA)
    outcome = grade(workspace)
    assert f"no connection to http://127.0.0.1:{port}: is it running? check graders.llm.base_url" in outcome.stopped
    assert (outcome.spent_usd, outcome.resent) == (0.0, [])
    with MessagesServer(script=Script(answers=varied), key=KEY, port=port) as server:
        assert grade(workspace).resent == []
        assert len(server.asked) == CALLS
        assert told(workspace)["value"] == CALLS * QUESTIONS


RATES = {"429": 0.05, "truncated": 0.05, "529": 0.02}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_five_percent_429_five_percent_truncated_two_percent_529(many: Path, tmp_path: Path, seed: int) -> None:
    """50 calls: every criterion has its level or says truncated; whatever has a level has that of a run without faults, so the
    means are those of the same calls; the ledger's cost is the bill."""
    with faulty(many, tmp_path / "plain", Script(answers=varied)) as plain:
        plain.finish()
        truth = plain.values()
    script = Script(answers=varied, chances=RATES, seed=seed, retry_after=0.01)
    with faulty(many, tmp_path / "ws", script) as week:
        grade(week.workspace)
        found = week.values()
        seen = Counter(one.outcome for one in week.server.asked)
        assert seen["429"] + seen["529"] >= 1
        assert seen["truncated"] >= 1
        assert found.keys() == truth.keys()
        lost = [slot for slot in found if found[slot] != truth[slot]]
        assert {found[slot] for slot in lost} <= {"[truncated]"}
        assert len({slot[0] for slot in lost}) <= seen["truncated"] // 2
        week.check_money()
        assert round(sum(float(one.usd) for one in week.server.asked), 2) == round(week.server.bill_usd, 2)


PASSING = tuple(Fault(kind, wait) for kind in RETRIED for wait in ((None, 0.01) if kind.isdigit() else (None,)))
ODD = tuple(map(Fault, (*ASKED_AGAIN, *BROKEN)))


def schedule(seed: int, *, odd: bool) -> dict[int, Fault]:
    """Faults of the first 400 requests: none to four in ten of them, in bursts or alone; never an outage without end."""
    chance = random.Random(seed)
    share, kinds = chance.uniform(0, 0.4), chance.sample(PASSING, chance.randint(1, 5))
    found, number = {}, 1
    while number <= 400:
        if chance.random() < share:
            burst = chance.choice((1, 1, 1, 2, 3, 7))
            found |= {place: chance.choice([*kinds, *(ODD if odd else ())]) for place in range(number, number + burst)}
            number += burst
        number += 1
    return found


def schedules(drawn: Path, whole: Values, tmp_path: Path, seeds: range) -> None:
    """Each seed: faults of the connection alone end in the fault-free state; with odd answers each value is the fault-free one
    or there is none. Every request is explained and the money is right in both."""
    faults = 0
    for seed in seeds:
        odd = seed % 2 == 1
        folder, script = tmp_path / str(seed), Script(answers=varied, faults=schedule(seed, odd=odd))
        with faulty(drawn, folder, script, criteria=CRITERIA, concurrency=1 + seed % 7) as week:
            week.finish()
            found = week.values()
            assert found.keys() == whole.keys(), seed
            wrong = {slot: value for slot, value in found.items() if value != whole[slot]}
            assert set(wrong.values()) <= ({"[truncated]", "[invalid]"} if odd else set()), (seed, wrong)
            week.check_money()
            faults += sum(one.outcome != "answered" for one in week.server.asked)
        shutil.rmtree(folder)
    assert faults >= 2 * len(seeds), "hardly a fault was met: the test has lost its power"


def test_seeded_schedules_of_faults(drawn: Path, whole: Values, tmp_path: Path) -> None:
    """Twenty of the three hundred."""
    schedules(drawn, whole, tmp_path, range(20))


@pytest.mark.long
def test_three_hundred_seeded_schedules(drawn: Path, whole: Values, tmp_path: Path) -> None:
    """All retryable ones end in the fault-free state."""
    schedules(drawn, whole, tmp_path, range(300))
