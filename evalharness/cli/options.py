"""The options every command shares, and how a command opens the workspace."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from evalharness.workspace.folder import Workspace

WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", help="The workspace folder; default: here or above.", metavar="DIR")
]
WeekOption = Annotated[
    str | None, typer.Option("--week", help="An ISO week; default: the newest complete week with calls.", metavar="2026-W47")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def find(workspace: Path | None) -> Workspace:
    """The workspace named, else the one EVALHARNESS_WORKSPACE names or around the current folder. Raises WorkspaceError."""
    from evalharness.workspace.folder import Workspace

    return Workspace.at(workspace) if workspace else Workspace.find()


def say(*lines: str) -> None:
    """Print lines of text; control characters of hostile text are made visible first."""
    for line in lines:
        print(visible(line))


def complain(*lines: str) -> None:
    """Print what went wrong, to stderr, as safely as `say`."""
    for line in lines:
        print(visible(line), file=sys.stderr)


def visible(text: str) -> str:
    """The text with control characters (also ANSI escapes) shown as escapes in hexadecimal; line ends stay."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)


def print_json(value: Any) -> None:
    """Print a value as indented JSON, keys in the order given; what acts on a terminal stands in it as a JSON escape."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    print("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))
