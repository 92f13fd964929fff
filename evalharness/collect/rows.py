"""What is read and by which rules: IntakeRules and Limits go in, RawRow, Candidate or Rejected come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from evalharness.collect.derive import Deriving
from evalharness.collect.field_map import FieldMap
from evalharness.models.call import Call
from evalharness.models.intake import OwnForm, Rejected
from evalharness.models.rule import Rule

Completing = Literal["", "fills", "replaces"]
"""What an event may do to a call that is stored: nothing, fill its gaps, or know better."""
CATEGORIES = ("card", "account", "phone", "email", "dob", "ssn")


@dataclass(frozen=True)
class Limits:
    """Caps on hostile or mistaken files: megabytes a file, kilobytes a call, turns a call."""

    file_mb: int = 4096
    call_kb: int = 8192
    turns: int = 5000


@dataclass(frozen=True)
class IntakeRules:
    """How a file is read. `source`: of rows that name none. `form`: our JSONL, our CSV, a form known by name, or a map.

    `scope`: a rule for the calls of this agent (None: all). `redact`: categories to redact. `key`: the workspace's key
    for pseudonyms and caller keys. `zone`: the workspace's clock for the scope's hour and weekday. `currency`: of rows
    that name none. `deriving`: by which rules of the workspace outcome and cost are concluded. `naive`: the clock of times
    without an offset in a form known by name (None: they are refused).
    """

    source: str
    form: OwnForm | FieldMap
    key: bytes
    zone: ZoneInfo
    scope: Rule | None = None
    redact: frozenset[str] = frozenset(CATEGORIES)
    limits: Limits = field(default_factory=Limits)
    currency: str = "USD"
    deriving: Deriving = field(default_factory=Deriving)
    naive: ZoneInfo | None = None


@dataclass(frozen=True)
class Also:
    """Another row of the file that was merged into a row: its place, and whether it brought anything new."""

    line: int | None
    where: str
    adds: bool


@dataclass(frozen=True)
class RawRow:
    """One row brought into our form, not checked yet. `where` stands before field names of a row inside a document.

    `size`: its bytes in the file, where known. `inferred`: fields that were concluded and not given. `also`: the other
    rows of the file that are in it. `completes`: what it may do to the same call where that is stored already.
    """

    raw: Any
    line: int | None
    where: str = ""
    size: int = 0
    inferred: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    completes: Completing = ""


@dataclass(frozen=True)
class Candidate:
    """A call as it would be kept: checked and redacted. `redactions`: how many of each category were replaced in it.

    `adding`, `idle`: how many other rows of the file are in it, with something new and without. `completes`: see RawRow.
    """

    call: Call
    line: int | None
    redactions: Mapping[str, int]
    size: int = 0
    adding: int = 0
    idle: int = 0
    completes: Completing = ""

    @property
    def rows(self) -> int:
        """How many rows of the file are in it."""
        return 1 + self.adding + self.idle


Row = Candidate | Rejected
