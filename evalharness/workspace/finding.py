"""Finding: one thing `doctor` looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalharness.errors import EvalHarnessError


@dataclass(frozen=True)
class Finding:
    """What was seen; for a warning or an error also why it matters and what to type."""

    level: Literal["ok", "warning", "error"]
    what: str
    why: str = ""
    fix: str = ""


def fine(what: str) -> Finding:
    """All is well with it."""
    return Finding("ok", what)


def warning(what: str, why: str, fix: str) -> Finding:
    """It works, and should be changed."""
    return Finding("warning", what, why, fix)


def wrong(what: str, why: str, fix: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding("error", what, why, fix)


def from_error(error: EvalHarnessError) -> Finding:
    """A refusal as a finding; its place stands behind what it says."""
    return Finding("error", f"{error.what} ({error.where})" if error.where else error.what, error.why, error.fix)
