"""Nouns of deciding and of comparing weeks."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evalharness.models.act import Action, Dispute, SignOff
from evalharness.models.trend import Comparison, Trend, TrendPoint
from tests.builders import MONDAY, a_measure

CALL = {"source": "demo", "call_id": "c1", "criterion": "correctness"}


def test_an_action_is_open_until_it_is_checked() -> None:
    """Fixed in v2, still open; checked in a later week, closed; checked without a fix, refused."""
    action = Action(**CALL, cause="prompt", owner="Ben", fixed_in_version="v2")
    assert action.is_open
    assert not action.model_copy(update={"checked_in_week": "2026-W48"}).is_open
    with pytest.raises(ValidationError, match="fixed_in_version is missing"):
        Action(**CALL, cause="prompt", owner="Ben", checked_in_week="2026-W48")


def test_causes_and_decisions_are_closed_lists() -> None:
    """A cause or a decision outside the list is refused; a dispute needs its reason."""
    with pytest.raises(ValidationError):
        Action(**CALL, cause="moon", owner="Ben")
    signed = {"verdict": "good enough", "sample_digest": "a", "summary_digest": "b"}
    assert SignOff(week="2026-W47", by="Anna", decision="keep", at=MONDAY, **signed).decision == "keep"
    with pytest.raises(ValidationError, match="roll_back"):
        SignOff(week="2026-W47", by="Anna", decision="maybe", at=MONDAY, **signed)
    with pytest.raises(ValidationError):
        Dispute(**CALL, reason="", by="Ben", at=MONDAY)


def test_a_trend_is_one_measure_in_time_order() -> None:
    """Out of order, twice the same week, or another measure: refused."""
    first, second = (TrendPoint(week=week, measure=a_measure()) for week in ("2026-W46", "2026-W47"))
    assert Trend(name="resolution_rate", points=(first, second)).points[1].week == "2026-W47"
    for points in ((second, first), (first, first)):
        with pytest.raises(ValidationError, match="time order"):
            Trend(name="resolution_rate", points=points)
    with pytest.raises(ValidationError, match="one measure"):
        Trend(name="cost_per_call", points=(first,))


def test_no_difference_comes_from_no_pairs() -> None:
    """Nothing compared is nothing, not 0."""
    assert Comparison(measure="resolution_rate", a="v1", b="v2").difference is None
    with pytest.raises(ValidationError, match="no pairs"):
        Comparison(measure="resolution_rate", a="v1", b="v2", difference=0.0)
