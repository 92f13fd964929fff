"""What a run says of itself: how far it is, what it will have spent, why it stopped."""

from __future__ import annotations

from evalharness.grade.llm.outcome import INTERRUPTED, Outcome


def test_the_money_at_the_end_is_projected() -> None:
    """0.25 for 2 of 8 requests: 1.00 in the end; before the first one nothing is known."""
    assert Outcome(total=8, states={"graded": 1, "failed": 1}, spent_usd=0.25).projected_usd == 1.0
    assert Outcome(total=10).projected_usd == 0.0


def test_what_leaves_a_run_incomplete() -> None:
    """Anything left, over the cap, stopped or failed; nothing else."""
    assert not Outcome(total=2, states={"graded": 1, "unverified": 1}, probes=1).incomplete
    for fields in ({"left": 1}, {"over_cap": 1}, {"stopped": "the key is not accepted"}, {"states": {"failed": 1}}):
        assert Outcome(total=2, **fields).incomplete  # type: ignore[arg-type]
    assert Outcome(total=1, stopped=INTERRUPTED).interrupted
