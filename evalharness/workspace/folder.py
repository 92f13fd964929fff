"""The workspace folder: where everything is, and who may read it. The only place that asks the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path, PurePosixPath

from evalharness.errors import ConfigError, WorkspaceError
from evalharness.models.rubric import Rubric
from evalharness.models.threshold import Thresholds
from evalharness.models.week import monday
from evalharness.workspace.config import Config
from evalharness.workspace.file_name import safe_name
from evalharness.workspace.yaml_file import load_yaml

CONFIG_NAME = "evalharness.yaml"
KEY_NAME = ".key"
KEY_BYTES = 32
ENVIRONMENT = "EVALHARNESS_WORKSPACE"
_OTHERS = 0o077


@dataclass(frozen=True)
class Workspace:
    """One folder for one agent and one owner. `root` is absolute; nothing is read or made before it is asked for."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None, environment: Mapping[str, str] | None = None) -> Workspace:
        """The workspace at `start` or in the nearest folder above it.

        Without `start`: the one that EVALHARNESS_WORKSPACE names, else at or above the current folder. Raises
        WorkspaceError that says what to type.
        """
        chosen = (os.environ if environment is None else environment).get(ENVIRONMENT)
        if start is None and chosen:
            return cls.at(Path(chosen))
        here = (start or Path()).absolute()
        for folder in (here, *here.parents):
            if (folder / CONFIG_NAME).is_file():
                return cls(folder)
        raise _none_here(here, "nor any folder above it")

    @classmethod
    def at(cls, folder: Path) -> Workspace:
        """The workspace in exactly this folder (`--workspace`). Raises WorkspaceError."""
        if not (folder / CONFIG_NAME).is_file():
            raise _none_here(folder.absolute(), "or cannot be read")
        return cls(folder.absolute())

    @cached_property
    def config(self) -> Config:
        """evalharness.yaml, read once. Raises ConfigError with line, column and field."""
        return load_yaml(self.config_path, Config)

    @cached_property
    def key(self) -> bytes:
        """The 32 secret bytes that hash caller keys. Raises WorkspaceError: no such file, damaged, or readable by others."""
        path = self.root / KEY_NAME
        try:
            mode, text = path.stat().st_mode, path.read_text("ascii")
            key = bytes.fromhex(text.strip())
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else "it is no hexadecimal text"
            raise _no_key(path, said or "unreadable") from None
        if mode & _OTHERS:
            raise _exposed(path)
        if len(key) != KEY_BYTES:
            raise _no_key(path, f"it has {len(key)} bytes, not {KEY_BYTES}")
        return key

    @property
    def config_path(self) -> Path:
        """evalharness.yaml."""
        return self.root / CONFIG_NAME

    @property
    def ledger_path(self) -> Path:
        """ledger.db."""
        return self.root / "ledger.db"

    @property
    def calls_path(self) -> Path:
        """The folder of the call log."""
        return self.root / self.config.calls.path

    @property
    def inbox(self) -> Path:
        """Where exports are put to be collected."""
        return self.root / "inbox"

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.root / "logs"

    @property
    def lock_path(self) -> Path:
        """The file whose lock one writing command holds."""
        return self.root / ".lock"

    def sheets(self, week: str) -> Path:
        """The folder of the week's grading sheets. Raises ValueError for a week that does not exist."""
        return self._of_week("sheets", week)

    def sheet_path(self, week: str, name: str) -> Path:
        """The sheet of the grader `name`, always within the week's folder, whatever the name says."""
        return self.sheets(week) / f"{safe_name(name)}.xlsx"

    def report_path(self, week: str, file: str) -> Path:
        """The week's report `file` (week.xlsx, scores.csv ...). Raises ValueError for anything but a plain file name."""
        if file in ("", ".", "..") or PurePosixPath(file).name != file or "\\" in file or "\0" in file:
            raise ValueError(f"{file!r} is not a plain file name")
        return self._of_week("reports", week) / file

    @property
    def reports_index(self) -> Path:
        """The page of all weeks."""
        return self.root / "reports" / "index.html"

    def relative(self, path: Path) -> str:
        """A path of the workspace as the ledger keeps it: relative, with slashes. Raises ValueError outside."""
        return path.absolute().relative_to(self.root).as_posix()

    def rubric(self) -> Rubric:
        """The rubric the next draw takes. Raises ConfigError."""
        return load_yaml(self.rubric_path, Rubric)

    def thresholds(self) -> Thresholds:
        """The bar as it stands now. Raises ConfigError."""
        return load_yaml(self.thresholds_path, Thresholds)

    @property
    def rubric_path(self) -> Path:
        """The rubric's file in the workspace, else the shipped one of that name. Raises ConfigError where there is neither."""
        return self._own_or_shipped("rubric", self.config.rubric)

    @property
    def thresholds_path(self) -> Path:
        """The thresholds' file in the workspace, else the shipped one of that name. Raises ConfigError where there is neither."""
        return self._own_or_shipped("thresholds", self.config.thresholds)

    def exposed(self) -> list[Path]:
        """The private files (ledger, its journals, key) that others than the owner of the files may read or write."""
        private = (KEY_NAME, "ledger.db", "ledger.db-wal", "ledger.db-shm")
        return [path for path in (self.root / name for name in private) if path.exists() and path.stat().st_mode & _OTHERS]

    def require_private(self) -> None:
        """Refuse a workspace whose private files others may read. Raises WorkspaceError naming the first one."""
        for path in self.exposed():
            raise _exposed(path)

    def _of_week(self, kind: str, week: str) -> Path:
        monday(week)
        return self.root / kind / week

    def _own_or_shipped(self, key: str, name: str) -> Path:
        own, ours = self.root / name, shipped("rubrics") / PurePosixPath(name).name
        for path in (own, ours):
            if path.is_file():
                return path
        known = ", ".join(sorted(path.name for path in shipped("rubrics").glob("*.yaml")))
        where, fix = f"{CONFIG_NAME}, field {key}", f"Put the file there, or name a shipped one: {known}."
        raise ConfigError(f"{name} is neither in the workspace nor shipped", where=where, fix=fix)


def shipped(name: str) -> Path:
    """The folder of shipped files of that name (rubrics, samples): in the installed package, or in the checkout."""
    package = Path(str(files("evalharness")))
    installed = package / "_shipped" / name
    return installed if installed.is_dir() else package.parent / name


def _none_here(folder: Path, also: str) -> WorkspaceError:
    return WorkspaceError(
        f"there is no workspace here ({CONFIG_NAME} is not in this folder, {also})",
        where=str(folder),
        why="Calls, grades and reports live in a workspace: one folder for one agent and one owner.",
        fix="Type `evalharness init` to make one here, or name it with --workspace DIR.",
    )


def _no_key(path: Path, what: str) -> WorkspaceError:
    return WorkspaceError(
        f"the key file cannot be used: {what}",
        where=str(path),
        why="It hashes the callers: with another key the same caller would look like a new one.",
        fix=f"Put the {KEY_NAME} of a backup back; it is in every one.",
    )


def _exposed(path: Path) -> WorkspaceError:
    return WorkspaceError(
        "others on this machine may read a private file",
        where=f"{path} (mode {path.stat().st_mode & 0o777:04o})",
        why="It holds what callers said, or the key that hides who they are.",
        fix=f"Type `chmod 600 {path.name}` in {path.parent}; `evalharness doctor` lists every such file.",
    )
