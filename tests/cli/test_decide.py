"""adjudicate, dispute and confirm as processes of their own, as somebody types them."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from evalharness.store.ledger import Ledger
from evalharness.store.records import adjudications, confirmations, disputes, load_grades
from tests.flows.deciding import ANNA, BEN, CORA, HOSTILE, JUDGE, WEEK, finish, item, make_drawn, quote, say, the_house
from tests.flows.workspaces import copy_of, run


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna and Ben differ on the first call's tone and end; everybody read it, the LLM flags it. Tests work on copies."""
    root = make_drawn(tmp_path_factory.mktemp("typed") / "ws")
    with the_house(root) as house:
        for name, tone, outcome in ((ANNA, 5, "resolved"), (BEN, 2, "transferred"), (CORA, 5, "resolved")):
            say(house, name, "tone", tone, rationale=HOSTILE, evidence=quote(HOSTILE))
            say(house, name, "outcome", outcome)
            say(house, name, "unsafe_speech", "no")
        say(house, ANNA, "correctness", 4, position=2)
        say(house, JUDGE, "unsafe_speech", "yes", rationale="It was rude.")
        finish(house, ANNA, BEN, CORA)
    return root


@pytest.fixture
def mine(graded: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copy_of(graded, tmp_path / "ws")


def typed(workspace: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`evalharness WORDS` in that workspace."""
    return run(*words, *([] if "--week" in words else ["--week", WEEK]), "--workspace", workspace)


def test_the_list_decide_again_and_the_list_is_shorter(mine: Path) -> None:
    """Three wait; each command of the list, its capitals filled in, is accepted; then nothing waits, and no grade is lost."""
    with Ledger.open(mine / "ledger.db") as ledger:
        grades = load_grades(ledger, WEEK)
    listed = typed(mine, "adjudicate")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert f"{WEEK}: 3 wait for a decision" in listed.stdout
    assert "\x1b" not in listed.stdout
    commands = [line.strip() for line in listed.stdout.splitlines() if line.startswith("    evalharness ")]
    assert len(commands) == 3  # a reason with a line of its own adds none
    filled = {"VALUE": "na", "yes|no": "yes", "TAG": "other", "CAUSE": "prompt", "WHY": HOSTILE}
    for command in commands:
        words = [filled.get(word, word) for word in shlex.split(command)[1:]]
        done = typed(mine, *words)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert f"{WEEK}: nothing waits for a decision" in typed(mine, "adjudicate").stdout
    with Ledger.open(mine / "ledger.db") as ledger:
        assert [one.reason for one in adjudications(ledger, WEEK).values()] == [HOSTILE] * 2
        assert [one.answer for one in confirmations(ledger, WEEK)] == ["yes"]
        assert load_grades(ledger, WEEK) == grades
        assert ledger.verify() == []


def test_machines_get_all_of_it(mine: Path) -> None:
    """Grades, quotes, level texts and the command; the LLM's value only where its flag is answered."""
    found = json.loads(typed(mine, "adjudicate", "--json").stdout)
    assert [(one["kind"], one["criterion"]) for one in found["waiting"]] == [
        ("disagreement", "tone"), ("disagreement", "outcome"), ("flag", "unsafe_speech"),
    ]  # fmt: skip
    tone = found["waiting"][0]
    assert [(said["grader"], said["value"]) for said in tone["said"]] == [(ANNA, "5"), (BEN, "2"), (CORA, "5")]
    assert tone["said"][0]["evidence"][0] == {"turn": 0, "quote": HOSTILE, "at_ms": None}
    assert all(said["level"] for said in tone["said"])
    assert found["held_back"] == {}


def test_a_dispute_from_outside(mine: Path) -> None:
    """The vendor disputes the first call; it is listed and due; decided, it is closed. --json gives the rows."""
    with the_house(mine) as house:
        call = item(house).call.id  # everybody is done with it; of another one it would wait for its readers
    done = typed(mine, "dispute", call, "correctness", "--reason", HOSTILE, "--by", "Voice Vendor GmbH", "--json")
    assert json.loads(done.stdout)["reason"] == HOSTILE
    assert "Disputed grades: each stands until somebody decides (1)" in typed(mine, "adjudicate").stdout
    due = run("--workspace", mine)
    assert "decide on disputed grades" in due.stdout
    assert f"evalharness adjudicate --week {WEEK}" in due.stdout
    words = ("adjudicate", call, "correctness", "3", "--reason", "half of it", "--by", "dora post", "--json")
    ruled = json.loads(typed(mine, *words).stdout)
    assert (ruled["value"], ruled["by"], ruled["own_grade"]) == (3, "Dora Post", False)
    with Ledger.open(mine / "ledger.db") as ledger:
        assert [one.decided for one in disputes(ledger, WEEK)] == [True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("adjudicate", "c1", "tone"), "a decision names the call, the question, the value, why and who"),
        (("adjudicate", "nope", "tone", "3", "--reason", "x", "--by", ANNA), "no call with the id 'nope' was drawn"),
        (("adjudicate", "--ungraded", "--by", ANNA), "a decision names"),
        (("dispute", "nope", "tone", "--reason", "x", "--by", "V"), "no call with the id 'nope' was drawn"),
        (("confirm", "nope", "unsafe_speech", "no", "--by", ANNA), "no graded call has the id 'nope'"),
        (("confirm", "x", "unsafe_speech", "no", "--by", "Eve"), "'Eve' may not decide"),
        (("adjudicate", "--week", "2026-W01"), "the call log has no calls of 2026-W01"),
    ],
)
def test_mistakes_are_four_lines_and_a_usage_code(graded: Path, words: tuple[str, ...], said: str) -> None:
    """What, where, why, what to type; no traceback, and nothing is kept."""
    done = typed(graded, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= 4
    with Ledger.open(graded / "ledger.db") as ledger:
        assert (adjudications(ledger, WEEK), disputes(ledger, WEEK), confirmations(ledger, WEEK)) == ({}, [], [])


def test_the_commands_of_the_page_work_as_written(tmp_path: Path) -> None:
    """docs/adjudication.md, line by line, on a call of which people differ on tone, agree how it ended, and an LLM flags."""
    root = make_drawn(tmp_path / "ws")
    with the_house(root) as house:
        for name, tone in ((ANNA, 5), (BEN, 2)):
            say(house, name, "tone", tone)
            say(house, name, "outcome", "resolved")
        say(house, JUDGE, "unsafe_speech", "yes")
    page = (Path(__file__).parents[2] / "docs" / "adjudication.md").read_text().split("```\n")[1]
    for line in page.splitlines():
        done = typed(root, *shlex.split(line)[1:])
        assert (done.returncode, done.stderr) == (0, ""), line + done.stderr
    with Ledger.open(root / "ledger.db") as ledger:
        assert len(adjudications(ledger, WEEK)) == len(disputes(ledger, WEEK)) == len(confirmations(ledger, WEEK)) == 1
