"""`init`: a new workspace, and what to do next."""

from __future__ import annotations

from pathlib import Path

from evalharness.workspace.scaffold import create
from evalharness.workspace.template import InitAnswers

__all__ = ["InitAnswers", "init"]


def init(root: Path, answers: InitAnswers) -> list[str]:
    """Make the workspace in `root`; the lines to show. Raises WorkspaceError and ConfigError like `scaffold.create`."""
    workspace = create(root, answers)
    config = workspace.config
    graders = ", ".join(config.people)
    sources = ", ".join(source.path for source in config.collect.sources) or "no files yet"
    lines = [
        f"Made a workspace for {_one_line(config.agent.name)} in {workspace.root}",
        f"Owner: {_one_line(config.owner.name)}. Graded by: {_one_line(graders)}. Weeks by the clock of {config.timezone}.",
        f"Collects: {_one_line(sources)}. Settings: evalharness.yaml. What good means: rubrics/.",
    ]
    if not config.agent.success_criteria.strip():
        lines.append("Write the success criteria (agent.success_criteria): they decide which calls are out of scope.")
    lines.append(f"Keep {workspace.root / '.key'} with every backup: without it a caller is not known again.")
    return [*lines, "Next: put a log in inbox/ and type `evalharness week`."]


def _one_line(text: str) -> str:
    """Typed text in one line, short, with nothing in it that acts on a terminal."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return shown if len(shown) <= 100 else shown[:99] + "…"
