"""What is read and by which rules: IntakeRules and Limits go in, RawRow, Candidate or Rejected come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from evalharness.collect.derive import Deriving
from evalharness.collect.field_map import FieldMap
from evalharness.models.call import Call
from evalharness.models.call_text import CallText, call_text
from evalharness.models.facts import CallMeasures, facts_of
from evalharness.models.intake import OwnForm, Rejected
from evalharness.models.noun import digest_of
from evalharness.models.rule import Rule, matches

Completing = Literal["", "fills", "replaces"]
"""What an event may do to a call that is stored: nothing, fill its gaps, or know better."""
FIELDS = (
    "agent", "version", "started_at", "ended_at", "direction", "channel", "language", "intent", "caller_key", "status", "errors",
    "outcome", "end_reason", "handoff", "csat", "cost", "turns", "recording_url", "metadata",
)  # fmt: skip
"""What a log may give of a call; how many calls have each is counted."""
_HOLDERS = frozenset({"errors", "turns", "metadata"})
"""Those of them that are never None: empty, they were not given."""
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

    @property
    def takes_parquet(self) -> bool:
        """Whether a Parquet file can be read so: through a map, or with the columns of our form."""
        return isinstance(self.form, FieldMap) or self.form == "jsonl"

    def takes(self, call: Call) -> bool:
        """Whether the call is in scope."""
        if self.scope is None:
            return True
        nothing = CallMeasures(source=call.source, call_id=call.id)
        return matches(self.scope, facts_of(call, nothing, self.zone).fields())


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
    `kept`: what the store writes of it, where that is made already; `taken`: whether it is in scope, where that is known. It goes
    from process to process as its canonical text, and is a Call again when it is asked for.
    """

    call: Call
    line: int | None
    redactions: Mapping[str, int]
    size: int = 0
    adding: int = 0
    idle: int = 0
    completes: Completing = ""
    kept: Any = None
    taken: bool | None = None

    @property
    def rows(self) -> int:
        """How many rows of the file are in it."""
        return 1 + self.adding + self.idle

    @cached_property
    def written(self) -> CallText:
        """The call as text, with the parts that the log keeps."""
        return call_text(self.call)

    @cached_property
    def text(self) -> str:
        """The canonical JSON of the call."""
        return self.written.whole

    @cached_property
    def digest(self) -> str:
        """The call's digest, see Noun."""
        return digest_of(self.text)

    @cached_property
    def identity(self) -> tuple[str, str]:
        """(source, id)."""
        return self.call.source, self.call.id

    @cached_property
    def started_at(self) -> datetime:
        """When the call began."""
        return self.call.started_at

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """The fields that the log gives."""
        fields = self.call.__dict__
        given = [name for name in FIELDS if fields[name] or (fields[name] is not None and name not in _HOLDERS)]
        if fields["inferred"]:
            given = [name for name in given if name not in fields["inferred"]]
        return (*given, *(["latency"] if any(turn.latency is not None for turn in fields["turns"]) else []))

    def keep(self, kept: Any, *, taken: bool) -> None:
        """Sets `kept` and `taken`; a copy would work out text and digest again."""
        vars(self).update(kept=kept, taken=taken)

    def __getstate__(self) -> dict[str, Any]:
        for name in ("text", "digest", "identity", "started_at", "filled"):
            getattr(self, name)
        return {name: value for name, value in vars(self).items() if name not in ("call", "written")}

    def __getattr__(self, name: str) -> Any:
        if name != "call" or "text" not in vars(self):
            raise AttributeError(name)
        vars(self)["call"] = Call.model_validate_json(self.text)
        return vars(self)["call"]


Row = Candidate | Rejected
