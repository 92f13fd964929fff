"""The nouns of severity and sessions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from evalharness.models.severity import CalibratedAnswer, CalibrationRules, Exclusion


def test_the_bar_has_its_defaults() -> None:
    """Half a level on 20 shared calls, as the documentation says."""
    rules = CalibrationRules()
    assert (rules.max_severity, rules.min_calls) == (0.5, 20)


@pytest.mark.parametrize("fields", [{"max_severity": -0.1}, {"min_calls": 9}, {"min_calls": 20.5}, {"bar": 1}])
def test_a_bar_that_makes_no_sense_is_refused(fields: dict[str, float]) -> None:
    """Negative, so few calls that chance decides, half a call, an unknown key."""
    with pytest.raises(ValidationError):
        CalibrationRules.model_validate(fields)


def test_an_exclusion_needs_a_reason_and_a_week_that_exists() -> None:
    """An empty reason, and week 60."""
    given = {
        "person": "Ben Ode",
        "start": "2026-W46",
        "reason": "why",
        "by": "Anna Keller",
        "at": datetime(2026, 11, 23, tzinfo=UTC),
    }
    assert Exclusion.model_validate(given).start == "2026-W46"
    for wrong in ({"reason": ""}, {"start": "W46"}):
        with pytest.raises(ValidationError):
            Exclusion.model_validate(given | wrong)


def test_answers_alike_are_zero_apart() -> None:
    """The steps between answers are a count: never negative."""
    with pytest.raises(ValidationError):
        CalibratedAnswer(position=1, call_id="c", criterion="tone", question="?", answers={}, apart=-1)
