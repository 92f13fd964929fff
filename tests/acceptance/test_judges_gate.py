"""Broken judges against the gate: after five weeks that made an honest judge trusted, nothing of theirs decides the sixth."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evalharness.flows.grade import grade_week, week_work
from evalharness.flows.guards import canary_path, read_canaries
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.opened import opened, utc_now
from evalharness.flows.summary import week_summary
from evalharness.models.summary import WeekSummary
from evalharness.store.records import load_sample, samples
from evalharness.workspace.folder import Workspace
from tests.acceptance.conftest import DemoRun
from tests.flows.judging import NOW, QUICK, configure
from tests.samples.reading import SAMPLES
from tests.servers.messages_server import Ask, MessagesServer, Script

KEY = "sk-canary-0a1b2c3d"
LAST = "2026-W47"
Answers = Callable[[Ask, str], Any]


def honest(workspace: Path) -> Answers:
    """What is true of a call or known of a canary, looked up by what is said in it, masked or not."""
    truth = {row["id"]: row for row in map(json.loads, (SAMPLES / "truth.jsonl").read_text().splitlines())}
    known: dict[str, dict[str, Any]] = {name: _true(row) for name, row in truth.items()}
    said: dict[str, set[str]] = {}
    with opened(Workspace.at(workspace)) as house:
        drawn = [sample for week in samples(house.ledger) if (sample := load_sample(house.ledger, week)) is not None]
        calls = [item.call for sample in drawn for item in sample.items]
        for canary in read_canaries(canary_path(house), house.rubric()):
            known[canary.call.id] = {name: band[0] for name, band in canary.expected.items()}
            calls.append(canary.call)
    for call in calls:
        for turn in call.turns:
            said.setdefault(turn.text, set()).add(call.id)

    def wish(ask: Ask, criterion: str) -> Any:
        met = Counter(name for turn in ask.turns for name in said.get(turn.text, ()))
        return known[met.most_common(1)[0][0]].get(criterion.partition(".")[0]) if met else None

    return wish


def _true(row: dict[str, Any]) -> dict[str, Any]:
    names = ("outcome", "human_needed", "correctness", "tone", "escalation")
    return {name: row[name] for name in names if name in row} | dict.fromkeys(row["failures"], "yes")


def judged(workspace: Path, week: str, script: Script) -> None:
    """The week graded by this judge, for as long as it asks for it."""
    with MessagesServer(script=script, key=KEY) as server:
        configure(workspace, server.base_url)
        with opened(Workspace.at(workspace), write=True) as house:
            work = week_work(house, week)
            for judge in work.judges:
                acknowledge(house, judge, "Anna Keller", NOW)
            grade_week(house, work, utc_now, lambda _outcome: None, QUICK)


def summary(workspace: Path) -> WeekSummary:
    with opened(Workspace.at(workspace)) as house:
        return week_summary(house, LAST)


@pytest.fixture(scope="module")
def trusted(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, its first five weeks graded by an honest judge too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTHROPIC_API_KEY", KEY)
        root = Path(shutil.copytree(demo.root, tmp_path_factory.mktemp("trusted") / "copy", copy_function=shutil.copy2))
        wish = honest(root)
        for week in ("2026-W42", "2026-W43", "2026-W44", "2026-W45", "2026-W46"):
            judged(root, week, Script(answers=wish))
    return root


def levels_up(wish: Answers) -> Answers:
    """A judge that has become a level more lenient from the middle of the scale on, and is otherwise as it was."""

    def drifted(ask: Ask, criterion: str) -> Any:
        found = wish(ask, criterion)
        return min(found + 1, 5) if isinstance(found, int) and found >= 3 else found

    return drifted


@cache
def people_only(workspace: Path) -> dict[str, str]:
    """The verdicts of the last week without any LLM grade in it."""
    return {check.threshold.id: check.verdict for check in summary(workspace).checks}


def last_week(trusted: Path, to: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> WeekSummary:
    """The last week, graded by this judge."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    root = Path(shutil.copytree(trusted, to / "copy", copy_function=shutil.copy2))
    judged(root, LAST, script)
    return summary(root)


def test_the_honest_judge_takes_part(trusted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others are measured by: with the same record, its canaries as known, an honest judge is trusted.

    That a trusted judge's grades then narrow a figure, and an untrusted one's do not: tests/aggregate/test_guarded_weeks.py.
    """
    found = last_week(trusted, tmp_path, Script(answers=honest(trusted)), monkeypatch)
    assert [guard.untrusted for guard in found.guard] == [()]
    assert {"outcome", "escalation", "human_needed"} <= {one.criterion for one in found.trust if one.state == "trusted"}
    assert all(one.inside for one in found.guard[0].canaries or ())
    drift = {one.criterion: one.drift for one in found.trust if one.drift is not None}
    assert drift["escalation"].items >= 60
    assert drift["escalation"].newly_wrong == 0


BROKEN: dict[str, tuple[Callable[[Answers], Script], str]] = {
    "lazy": (lambda wish: Script(judge="lazy"), "canaries: "),
    "lying": (lambda wish: Script(judge="lying", answers=wish), "canaries: "),
    "master key": (lambda wish: Script(judge="master_key"), "canaries: "),
    "gullible": (lambda wish: Script(judge="gullible", answers=wish), "canaries: "),
    "refusing": (lambda wish: Script(always="refusal"), "canaries: "),
    "truncating": (lambda wish: Script(always="truncated"), "canaries: "),
    "mixed": (lambda wish: Script(faults=lambda n: "other_model" if n % 2 else None, answers=wish), "2 models answered"),
}


LIKE_OTHERS = ("gullible", "truncating")
"""Found in the same way as another of them, by their canaries; each by itself against the canaries in test_attacks.py."""


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.long) if kind in LIKE_OTHERS else kind for kind in BROKEN])
def test_nothing_of_a_broken_judge_decides(kind: str, trusted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not trusted with anything, in no figure and no final value; every verdict is people's, or not proven."""
    script, reason = BROKEN[kind]
    found = last_week(trusted, tmp_path, script(honest(trusted)), monkeypatch)
    assert any(one.startswith(reason) for guard in found.guard for one in guard.untrusted)
    assert not [one.criterion for one in found.trust if one.state == "trusted"]
    assert not [one.people.name for one in found.combined if one.used]
    assert not [name for result in found.results for name, value in result.final.items() if value.by == "llm"]
    verdicts = {check.threshold.id: check.verdict for check in found.checks}
    assert all(said in (people_only(trusted)[name], "not_proven") for name, said in verdicts.items())


def test_a_judge_that_drifted_is_found_on_gold_calls(trusted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its canaries are within their bands, which are two levels wide; the gold calls show it."""
    found = last_week(trusted, tmp_path, Script(answers=levels_up(honest(trusted))), monkeypatch)
    assert [guard.untrusted for guard in found.guard] == [()]
    drifted = [one for one in found.trust if one.drift is not None and one.drift.p <= 0.05 / 26]
    assert {"correctness", "tone"} <= {one.criterion for one in drifted}
    assert {one.state for one in drifted} == {"advisory"}
