"""A new workspace: made whole, or nothing of it stays."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from evalharness.errors import EvalHarnessError, WorkspaceError
from evalharness.store.files import make_folder, write_whole
from evalharness.workspace.config import Config
from evalharness.workspace.folder import CONFIG_NAME, KEY_BYTES, KEY_NAME, Workspace, shipped
from evalharness.workspace.template import InitAnswers, render
from evalharness.workspace.yaml_file import parse_yaml

FOLDERS = ("rubrics", "inbox", "calls", "sheets", "reports", "logs")


def create(root: Path, answers: InitAnswers) -> Workspace:
    """Make the workspace in `root`: folders 0700, shipped rubrics, a new key, and evalharness.yaml last.

    What a person put there before stays as it is (a rubric, the inbox, a key). Raises WorkspaceError where a workspace
    is or none can be made, ConfigError for an answer that may not stand in evalharness.yaml; then nothing was changed.
    """
    root, text, made = root.absolute(), render(answers), _Made()
    parse_yaml(text, f"{CONFIG_NAME} made of your answers", Config)
    try:
        _refuse_existing(root)
        for folder in (root, *(root / name for name in FOLDERS)):
            made.folder(folder)
        for path in sorted(path for path in shipped("rubrics").iterdir() if path.name.endswith((".yaml", ".canaries.jsonl"))):
            made.file(root / "rubrics" / path.name, path.read_bytes())
        made.file(root / KEY_NAME, f"{secrets.token_hex(KEY_BYTES)}\n".encode())
        made.file(root / CONFIG_NAME, text.encode())
    except BaseException as error:
        made.undo()
        if isinstance(error, OSError):
            raise _cannot(root, error) from error
        raise
    return Workspace(root)


class _Made:
    """What was made so far, so that it can be taken away again."""

    def __init__(self) -> None:
        self.paths: list[Path] = []

    def folder(self, path: Path) -> None:
        self.paths += [folder for folder in reversed((path, *path.parents)) if not folder.exists()]
        make_folder(path)

    def file(self, path: Path, data: bytes) -> None:
        if not path.exists():
            self.paths.append(path)
            write_whole(path, data)

    def undo(self) -> None:
        for path in reversed(self.paths):
            with suppress(OSError):  # what stands in it now was put there by somebody else
                path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)


def _refuse_existing(root: Path) -> None:
    for name in (CONFIG_NAME, "ledger.db"):
        if (root / name).exists() or (root / name).is_symlink():
            raise WorkspaceError(
                f"a workspace is here already ({name})",
                where=str(root),
                why="A second one over it would take its agent, its owner and its history.",
                fix="Use it as it is (`evalharness doctor` checks it), or give another folder: `evalharness init DIR`.",
            )


def _cannot(root: Path, error: OSError) -> EvalHarnessError:
    return WorkspaceError(
        f"the workspace cannot be made ({error.strerror or error})",
        where=str(error.filename or root),
        why="Nothing half-made was left behind.",
        fix="Check the name, who may write to that folder, and the space on the disk.",
    )
