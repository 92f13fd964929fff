"""What is read and by which rules: IntakeRules and Limits go in, RawRow, Candidate or Rejected come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from evalharness.collect.field_map import FieldMap
from evalharness.models.call import Call
from evalharness.models.intake import Rejected
from evalharness.models.rule import Rule

CATEGORIES = ("card", "account", "phone", "email", "dob", "ssn")


@dataclass(frozen=True)
class Limits:
    """Caps on hostile or mistaken files: megabytes a file, kilobytes a call, turns a call."""

    file_mb: int = 4096
    call_kb: int = 8192
    turns: int = 5000


@dataclass(frozen=True)
class IntakeRules:
    """How a file is read. `source`: of rows that name none. `form`: our JSONL, our CSV, or a field map.

    `scope`: a rule for the calls of this agent (None: all). `redact`: categories to redact. `key`: the workspace's key
    for pseudonyms and caller keys. `zone`: the workspace's clock for the scope's hour and weekday. `currency`: of rows
    that name none.
    """

    source: str
    form: Literal["jsonl", "csv"] | FieldMap
    key: bytes
    zone: ZoneInfo
    scope: Rule | None = None
    redact: frozenset[str] = frozenset(CATEGORIES)
    limits: Limits = field(default_factory=Limits)
    currency: str = "USD"


@dataclass(frozen=True)
class RawRow:
    """One row brought into our form, not checked yet. `where` stands before field names of a row inside a document.

    `size`: its bytes in the file, where known.
    """

    raw: Any
    line: int | None
    where: str = ""
    size: int = 0


@dataclass(frozen=True)
class Candidate:
    """A call as it would be kept: checked and redacted. `redactions`: how many of each category were replaced in it."""

    call: Call
    line: int | None
    redactions: Mapping[str, int]
    size: int = 0


Row = Candidate | Rejected
