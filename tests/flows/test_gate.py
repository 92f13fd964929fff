"""The week's verdict as an exit code."""

from __future__ import annotations

import pytest

from evalharness.errors import ExitCode
from evalharness.flows.gate import gate
from tests.builders import a_check
from tests.report.weeks import a_week_summary


@pytest.mark.parametrize(
    ("verdicts", "code", "allowed"),
    [
        (("met", "met"), ExitCode.FINE, ExitCode.FINE),
        (("met", "not_proven"), ExitCode.NOT_PROVEN, ExitCode.FINE),
        (("met", "not_measured"), ExitCode.NOT_PROVEN, ExitCode.FINE),
        (("missed", "not_proven"), ExitCode.MISSED, ExitCode.MISSED),
        ((), ExitCode.NOT_PROVEN, ExitCode.FINE),  # every check switched off proves nothing
    ],
)
def test_the_exit_code_of_a_week(verdicts, code, allowed):
    """Missed beats not proven; no check at all is not proven."""
    summary = a_week_summary(calls=9, checks=tuple(a_check(verdict) for verdict in verdicts))
    assert (gate(summary), gate(summary, allow_not_proven=True)) == (code, allowed)
