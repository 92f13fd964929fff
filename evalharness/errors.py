"""The exception tree and the exit codes; nothing else in the package names an exit code.

EvalHarnessError            every error a user can cause or meet; prints four lines, never a traceback
├── UsageError              a wrong word on the command line, an unknown week, call or name
├── ConfigError             evalharness.yaml, a rubric or a thresholds file says something it may not
├── InputError              a file given to `collect` or `sheet import` cannot be read at all
├── WorkspaceError          no workspace here, not writable, already there, held by another process
├── LedgerError             the ledger cannot be used
│   ├── LedgerCorruptError  a row or the chain does not match its hash
│   └── SchemaError         written by a newer or unknown schema
├── DrawError               the weekly sample cannot be drawn or redrawn
│   └── NothingToDrawError  no call of the week has a transcript
├── SignOffError            the week cannot be signed off, or was signed already
├── SheetError              a grading sheet of another week, altered in form, or larger than the caps
├── GradingError            the LLM may not or cannot grade: off, not acknowledged, no key, no price
└── ExportError             an export cannot be replaced (open elsewhere, disk full)
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns; the list users see stands in docs/exit-codes.md."""

    FINE = 0
    ERROR = 1
    USAGE = 2
    MISSED = 3
    NOT_PROVEN = 4
    INCOMPLETE = 5
    KILL_UNVERIFIED = 6
    KILL_FAILED = 7
    INTERRUPTED = 130


class EvalHarnessError(Exception):
    """An error in four lines: what happened, where, why it matters, what to type."""

    exit_code = ExitCode.ERROR

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.why, self.fix = what, where, why, fix

    def lines(self) -> tuple[str, ...]:
        """The message as up to four labelled lines; empty parts are left out."""
        parts = (("Error", self.what), ("Where", self.where), ("Why", self.why), ("Do", self.fix))
        return tuple(f"{label + ':':<7}{text}" for label, text in parts if text)

    def __str__(self) -> str:
        return "\n".join(self.lines())


class UsageError(EvalHarnessError):
    """A wrong word on the command line, an unknown week, call or name."""

    exit_code = ExitCode.USAGE


class ConfigError(EvalHarnessError):
    """A configuration, rubric or thresholds file says something it may not."""


class InputError(EvalHarnessError):
    """A file cannot be read at all (a bad row is a rejected row, not an error)."""


class WorkspaceError(EvalHarnessError):
    """There is no workspace here, or it cannot be used."""


class LedgerError(EvalHarnessError):
    """The ledger cannot be used."""


class LedgerCorruptError(LedgerError):
    """A row or the chain does not match its hash: it is named, never repaired silently."""


class SchemaError(LedgerError):
    """The ledger was written by a schema this version does not know."""


class DrawError(EvalHarnessError):
    """The weekly sample cannot be drawn or redrawn."""


class SignOffError(EvalHarnessError):
    """A week cannot be signed off, or was signed already and would be changed."""


class NothingToDrawError(DrawError):
    """No call of the week has a transcript; what the log alone shows is still reported."""


class SheetError(EvalHarnessError):
    """A grading sheet of another week, changed in form, or beyond the size caps."""


class GradingError(EvalHarnessError):
    """The LLM may not grade (off, not acknowledged) or cannot (no key, no price)."""


class OlderWeekError(GradingError):
    """The week was drawn before a person agreed to LLM grading, and nobody asked for it: a choice, nothing that failed."""


class ExportError(EvalHarnessError):
    """An export cannot be replaced; the previous one is whole."""
