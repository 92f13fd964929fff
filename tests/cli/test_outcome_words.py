"""What a run of the LLM prints: its own counts, apart from what stands of the week."""

from __future__ import annotations

from evalharness.cli.words import of_outcome
from evalharness.grade.llm.run import Outcome


def test_a_run_speaks_of_itself() -> None:
    """106 requests graded and one failed in this run; one that had nothing to do says so."""
    outcome = Outcome(total=107, states={"graded": 106, "failed": 1}, spent_usd=0.25)
    (line,) = of_outcome("2026-W46", outcome)
    assert line == "LLM grading of 2026-W46, this run: 1 request failed, 106 requests graded; $0.250000 spent"
    assert of_outcome("2026-W46", Outcome(total=0))[0] == "LLM grading of 2026-W46, this run: nothing to send; $0.000000 spent"
