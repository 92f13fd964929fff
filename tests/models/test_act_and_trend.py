"""Nouns of deciding and of comparing weeks."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from evalharness.models.act import Dispute, SignOff
from evalharness.models.trend import Comparison, Trend, TrendPoint
from tests.builders import MONDAY, a_measure, an_action

CALL = {"source": "demo", "call_id": "c1", "criterion": "correctness"}


def test_an_action_is_open_until_it_is_checked_or_dropped() -> None:
    """Fixed in v2, still open; checked in a later week or dropped, closed; checked without a fix, refused."""
    action = an_action(fixed_in_version="v2")
    assert (action.state, action.is_open) == ("fixed", True)
    closed = (an_action(fixed_in_version="v2", checked_in_week="2026-W48"), an_action(dropped="was none"))
    assert [(one.state, one.is_open) for one in closed] == [("checked", False), ("dropped", False)]
    with pytest.raises(ValidationError, match="fixed_in_version is missing"):
        an_action(checked_in_week="2026-W48")


def test_an_action_is_checked_in_a_later_week_and_not_dropped_too() -> None:
    """The calls of the week it was found in, W47, cannot show that it holds; closed once is closed."""
    with pytest.raises(ValidationError, match="a week after the one it was found in"):
        an_action(fixed_in_version="v2", checked_in_week="2026-W47")
    with pytest.raises(ValidationError, match="not both"):
        an_action(fixed_in_version="v2", checked_in_week="2026-W48", dropped="was none")
    for bad in ({"id": "A-1"}, {"id": "../A-2026-W47-1"}, {"calls": ()}, {"dropped": ""}, {"due": "2025-W53"}):
        with pytest.raises(ValidationError):
            an_action(**bad)


def test_overdue_is_what_was_due_before_the_week_and_is_not_fixed() -> None:
    """Due in W49: not in W49 itself, but in W50, and over New Year (2026 has 53 weeks); a fix in time is not overdue."""
    action = an_action(due="2026-W49")
    assert [action.is_overdue(week) for week in ("2026-W48", "2026-W49", "2026-W50", "2027-W01")] == [False, False, True, True]
    assert not an_action(due="2026-W49", fixed_in_version="v2").is_overdue("2026-W50")
    assert not an_action().is_overdue("2027-W01")


def test_a_sign_off_from_before_actions_stays_valid() -> None:
    """A row that knows neither actions nor lateness is read as one without."""
    known = {"week": "2026-W47", "by": "Anna", "decision": "keep", "at": "2026-11-23T07:00:00Z"}
    text = json.dumps({**known, "verdict": "good enough", "sample_digest": "a", "summary_digest": "b"})
    signed = SignOff.model_validate_json(text)
    assert (signed.actions, signed.late_weeks) == ((), 0)


def test_causes_and_decisions_are_closed_lists() -> None:
    """A cause or a decision outside the list is refused; a dispute needs its reason."""
    with pytest.raises(ValidationError):
        an_action(cause="moon")
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
