"""docs/rubric.md shows what the commands print, letter by letter: on the demo, beside a scripted judge."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.workspace.folder import shipped
from tests.acceptance.conftest import DemoRun
from tests.flows.judging import KEY, configure
from tests.flows.workspaces import command, copy_of
from tests.servers.judges import Ask
from tests.servers.messages_server import MessagesServer, Script

PAGE = (Path(__file__).parents[2] / "docs" / "rubric.md").read_text()
OLD = "Polite and plain, with one lapse: one stiff or long-winded turn, one piece of jargon, or two questions"
NEW = "Polite and plain, with one or two lapses: a stiff or long-winded turn, a piece of jargon, or two questions"


def scripted(ask: Ask, criterion: str) -> object:
    """No model: a judge that gives tone 3 or 4 by the number of turns, and a level more of the 3 under the new text."""
    if criterion == "tone":
        level = 3 + len(ask.turns) % 2
        return max(level, 4) if "one or two lapses" in " ".join(ask.prompt.split()) else level
    return {"correctness": 5, "human_needed": "not_needed", "escalation": 5}.get(criterion)


@pytest.fixture(scope="module")
def served(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo with the newest week graded by the scripted judge, and the new rubric that the page speaks of."""
    root = copy_of(demo.root, tmp_path_factory.mktemp("page") / "front-desk")
    text = (shipped("rubrics") / "phone-agent.yaml").read_text()
    assert OLD in text
    (root / "new.yaml").write_text(text.replace(OLD, NEW).replace("version: 1", "version: 2"))
    with MessagesServer(script=Script(answers=scripted), key=KEY) as server:
        configure(root, server.base_url)
        graded = run(root, "grade", "--week", "2026-W47", "--yes", "--person", "Anna Keller")
        assert graded.returncode == 0, graded.stderr
        yield root


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`evalharness WORDS` in the workspace, the key in the environment."""
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
    line = command(*words)
    return subprocess.run(line, cwd=root, capture_output=True, text=True, timeout=180, env=environment, check=False)


def shown() -> list[tuple[str, str]]:
    """Each command of the page with the output that stands under it."""
    blocks = re.findall(r"```\n\$ (evalharness .*?)\n(.*?)```", PAGE, re.DOTALL)
    return [(line, output) for line, output in blocks]


def test_every_command_prints_what_the_page_shows(served: Path) -> None:
    """One after the other, as somebody would type them; a line of dots stands for lines that are left out."""
    assert len(shown()) >= 4
    for line, output in shown():
        done = run(served, *shlex.split(line)[1:])
        assert done.returncode == 0, done.stderr
        parts = [part.strip("\n") for part in re.split(r"(?m)^\.\.\.$", output)]
        at = 0
        for part in parts:
            found = done.stdout.find(part, at)
            assert found >= 0, f"{line}\n{part}\n--- printed:\n{done.stdout}"
            at = found + len(part)
        assert done.stdout.startswith(parts[0])


def test_the_page_says_that_nothing_is_changed_by_itself() -> None:
    """Neither the rubric nor the prompt."""
    assert "Nothing changes the rubric or the prompt by itself" in PAGE
