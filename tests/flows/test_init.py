"""`init`: a new workspace, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.errors import ConfigError, WorkspaceError
from evalharness.flows.init import InitAnswers, init
from evalharness.workspace.folder import Workspace


def test_the_lines_say_what_was_made_and_what_is_next(tmp_path: Path) -> None:
    """Agent, owner, graders, clock, sources, the key to keep, the next command."""
    answers = InitAnswers(
        agent="Front Desk",
        owner="Anna Keller",
        timezone="Europe/Berlin",
        success_criteria="Books.",
        people=("Anna Keller", "Ben Ode"),
        sources=("inbox/*.jsonl", "in/*.csv"),
    )
    root = tmp_path / "desk"
    assert init(root, answers) == [
        f"Made a workspace for Front Desk in {root}",
        "Owner: Anna Keller. Graded by: Anna Keller, Ben Ode. Weeks by the clock of Europe/Berlin.",
        "Collects: inbox/*.jsonl, in/*.csv. Settings: evalharness.yaml. What good means: rubrics/.",
        f"Keep {root}/.key with every backup: without it a caller is not known again.",
        "Next: put a log in inbox/ and type `evalharness week`.",
    ]
    assert Workspace.find(root).config.people == ("Anna Keller", "Ben Ode")


def test_missing_criteria_and_sources_are_said(tmp_path: Path) -> None:
    """Both may be written later; the owner alone grades."""
    lines = init(tmp_path / "desk", InitAnswers(agent="a", owner="Anna", timezone="UTC", sources=()))
    assert "Graded by: Anna." in lines[1]
    assert lines[2].startswith("Collects: no files yet.")
    assert any("success criteria" in line for line in lines)


def test_typed_text_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    """An escape sequence in a name becomes a blank, a long name is cut; the configuration keeps it as typed."""
    agent = "\x1b[2J\nDesk" + "x" * 150
    lines = init(tmp_path / "desk", InitAnswers(agent=agent, owner="Anna", timezone="UTC"))
    assert all(letter.isprintable() for line in lines for letter in line)
    assert "x…" in lines[0]
    assert Workspace.at(tmp_path / "desk").config.agent.name == agent


def test_a_second_init_is_refused(tmp_path: Path) -> None:
    """The workspace stays as it is."""
    answers = InitAnswers(agent="a", owner="Anna", timezone="UTC")
    init(tmp_path / "desk", answers)
    with pytest.raises(WorkspaceError, match="here already"):
        init(tmp_path / "desk", answers)


def test_a_bad_answer_is_refused_by_its_field(tmp_path: Path) -> None:
    """Two owners in one name."""
    with pytest.raises(ConfigError, match=r"field owner\.name"):
        init(tmp_path / "desk", InitAnswers(agent="a", owner="Anna and Ben", timezone="UTC"))
    assert not (tmp_path / "desk").exists()
