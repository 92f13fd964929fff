"""`init`: a new workspace, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evalharness.workspace.config import Config
from evalharness.workspace.scaffold import create
from evalharness.workspace.template import InitAnswers, render
from evalharness.workspace.yaml_file import parse_yaml

if TYPE_CHECKING:
    from evalharness.flows.understood import Understood

__all__ = ["InitAnswers", "init"]


def init(root: Path, answers: InitAnswers, example: Path | None = None) -> list[str]:
    """Make the workspace in `root`; the lines to show. Raises WorkspaceError and ConfigError like `scaffold.create`.

    `example`: a log of the platform; how such files are read is written into evalharness.yaml, and three of its calls are
    shown. Raises InputError where it cannot be read; then nothing is made.
    """
    seen = _seen(example, answers)
    if seen is not None:
        answers = replace(answers, example=seen.example, maps=seen.maps)
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
    if seen is not None:
        lines += ["", *map(_printable, seen.lines), ""]
    return [*lines, "Next: put a log in inbox/ and type `evalharness week`."]


def _seen(example: Path | None, answers: InitAnswers) -> Understood | None:
    if example is None:
        return None
    parse_yaml(render(answers), "evalharness.yaml made of your answers", Config)
    from evalharness.flows.understood import understand

    return understand(example, ZoneInfo(answers.timezone))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _one_line(text: str) -> str:
    """Typed text in one line, short, with nothing in it that acts on a terminal."""
    shown = _printable(text)
    return shown if len(shown) <= 100 else shown[:99] + "…"
