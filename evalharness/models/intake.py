"""What became of every row that was read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evalharness.models.noun import Count, Noun

OwnForm = Literal["jsonl", "csv", "chat", "vapi", "retell", "elevenlabs", "livekit", "pipecat", "otel", "twilio", "bland", "vcon"]
"""What is read without a field map: our JSONL, our CSV, and the forms known by name (a file each in collect/platforms/)."""
RowState = Literal["accepted", "duplicate", "conflict", "other_agent", "rejected"]


class Rejected(Noun):
    """A row that was not taken: where it stands, which field, why. `line` counts from 1; None for a single object."""

    file: str
    line: Count | None
    field: str
    reason: str


class IntakeReport(Noun):
    """The five counts of one file, which add up to the rows read, and the rows that need a look.

    `future`: accepted calls that start after they were read; `derived_anew`: of the accepted rows those of calls stored before,
    of which outcome or cost is now derived by other rules; both said when they are read, and not kept.
    """

    file: str
    file_digest: str
    source: str
    rows: Count
    accepted: Count = 0
    duplicate: Count = 0
    conflict: Count = 0
    other_agent: Count = 0
    rejected: Count = 0
    rejects: tuple[Rejected, ...] = ()
    conflicts: tuple[str, ...] = ()
    redactions: dict[str, Count] = Field(default_factory=dict)
    fill: dict[str, Count] = Field(default_factory=dict)
    future: Count = 0
    derived_anew: Count = 0

    def adds_up(self) -> bool:
        """Whether no row vanished."""
        return self.rows == self.accepted + self.duplicate + self.conflict + self.other_agent + self.rejected
