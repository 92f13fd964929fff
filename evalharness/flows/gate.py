"""The week's verdict as an exit code, for a script or a pipeline."""

from __future__ import annotations

from evalharness.errors import ExitCode
from evalharness.models.summary import WeekSummary


def gate(summary: WeekSummary, *, allow_not_proven: bool = False) -> ExitCode:
    """3 where a check is missed; 4 where one is not proven or not measured, or none is switched on (0 if allowed); else 0."""
    verdicts = {check.verdict for check in summary.checks}
    if "missed" in verdicts:
        return ExitCode.MISSED
    if verdicts == {"met"} or allow_not_proven:
        return ExitCode.FINE
    return ExitCode.NOT_PROVEN
