"""Writing an export: whole or absent, never over something a person has open, its digest recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from evalharness.errors import ExportError
from evalharness.flows.opened import Opened
from evalharness.store.files import digest_file, is_open_elsewhere, make_folder, write_whole
from evalharness.store.records import add_export, last_export


@dataclass(frozen=True)
class Label:
    """What the ledger keeps of an export: its kind, week, time, the digest of what it was made from, and `more` of it."""

    kind: str
    week: str
    at: datetime
    of: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def put(house: Opened, path: Path, data: bytes, label: Label) -> bool:
    """Write an export and record its digest; nothing happens where the same bytes stand there already and are recorded.

    Raises ExportError where the file is open elsewhere.
    """
    name, digest = relative(house, path), digest_of_bytes(data)
    same = path.exists() and digest_file(path) == digest
    if not same:
        if is_open_elsewhere(path):
            raise ExportError(
                f"{name} is open in a spreadsheet program",
                where=str(path),
                why="replacing it now could lose what is being typed",
                fix="close it there, then run the command again",
            )
        make_folder(path.parent)
        write_whole(path, data)
    written = last_export(house.ledger, name)
    if written is None or written["digest"] != digest:
        with house.ledger.transaction() as tx:
            details = {**label.more, **({"of": label.of} if label.of else {})}
            add_export(tx, name, digest, label.kind, label.week, label.at, details)
    return not same


def digest_of_bytes(data: bytes) -> str:
    """SHA-256 of the bytes as 64 hexadecimal characters, as `digest_file` gives it."""
    return hashlib.sha256(data).hexdigest()


def relative(house: Opened, path: Path) -> str:
    """The path inside the workspace as the ledger keeps it."""
    return path.relative_to(house.workspace.root).as_posix()


def placed(house: Opened, path: Path) -> str:
    """The path as the ledger keeps it: as `relative` in the workspace, whole outside of it."""
    return relative(house, path) if path.is_relative_to(house.workspace.root) else path.as_posix()
