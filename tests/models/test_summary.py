"""The whole week in one noun."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evalharness.models.summary import Population, WeekSummary
from tests.report.weeks import a_week_summary


def test_in_scope_is_technical_judged_and_unseen():
    counts = {
        "calls": 152,
        "out_of_scope": 4,
        "technical": 3,
        "judged": 139,
        "unseen": 6,
        "gradable": 143,
        "without_transcript": 9,
    }
    assert Population(**counts).in_scope == 148  # 3 + 139 + 6 = 152 - 4


def test_a_measure_is_found_by_its_name():
    week = a_week_summary(calls=9, turns=2)
    assert week.measure("containment_rate").value == 0.81
    with pytest.raises(KeyError, match="happiness"):
        week.measure("happiness")


def test_a_summary_reads_back_from_its_canonical_text():
    week = a_week_summary(calls=9, turns=2, hostile=True)
    assert WeekSummary.model_validate_json(week.canonical()) == week


def test_a_share_above_one_is_refused():
    with pytest.raises(ValidationError, match="fill"):
        a_week_summary(calls=9, turns=1, fill={"csat": 1.2})
