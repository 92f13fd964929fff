"""What gold calls say of a week's judge, in one word and its counts."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.shifts import grader_shift
from evalharness.aggregate.summary import summarise
from evalharness.models.guard import Guard
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import Drift, JudgeTrust, judge_name
from tests.aggregate.building import a_week
from tests.builders import WEEK, a_grader

JUDGE, OTHER = a_grader("judge-2", "llm", prompt_digest="p" * 64), a_grader("judge-1", "llm", prompt_digest="p" * 64)


def a_drift(items: int, wrong: int, p: float) -> Drift:
    """So many gold calls of which so many are newly wrong."""
    return Drift(items=items, newly_wrong=wrong, newly_right=0, p=p)


def summary(drifts: dict[str, Drift | None], guard: dict[str, Any] | None = None) -> WeekSummary:
    """A week whose judge has these drifts by criterion."""
    trust = [JudgeTrust(criterion=name, judge=judge_name(JUDGE), state="advisory", drift=drift) for name, drift in drifts.items()]
    guards = () if guard is None else (Guard(judge=JUDGE, **guard),)
    return summarise(a_week()).model_copy(update={"trust": tuple(trust), "guard": guards})


@pytest.mark.parametrize(
    ("drifts", "verdict", "criteria"),
    [
        ({"tone": None}, "no_gold", ()),
        ({"tone": a_drift(59, 30, 1e-9)}, "too_few", ()),
        ({"tone": a_drift(60, 3, 0.125)}, "steady", ()),
        ({"tone": a_drift(60, 30, 1e-9), "correctness": a_drift(60, 1, 0.5)}, "changed", ("tone",)),
    ],
)
def test_the_verdict(drifts: dict[str, Drift | None], verdict: str, criteria: tuple[str, ...]) -> None:
    """From 60 gold calls on, and below .05/26."""
    found = grader_shift(summary(drifts))
    assert found is not None
    assert (found.week, found.verdict, found.criteria) == (WEEK, verdict, criteria)


def test_the_surest_criterion_gives_the_counts() -> None:
    """30 of 60 on tone before 1 of 60 on correctness."""
    found = grader_shift(summary({"correctness": a_drift(60, 1, 0.5), "tone": a_drift(60, 30, 1e-9)}))
    assert found is not None
    assert (found.newly_wrong, found.gold, found.p) == (30, 60, 1e-9)


def test_the_limit_itself_is_not_beyond_it() -> None:
    """p of just .05/26 changes nothing; a little less does."""
    alpha = summary({}).trust_rules.drift_alpha
    for p, verdict in ((alpha, "steady"), (alpha * 0.999, "changed")):
        found = grader_shift(summary({"tone": a_drift(60, 12, p)}))
        assert found is not None
        assert found.verdict == verdict


def test_the_counts_are_of_a_criterion_with_enough_gold_calls() -> None:
    """One of 60 on tone, which is enough, before 30 of 59 on correctness, which is not."""
    found = grader_shift(summary({"correctness": a_drift(59, 30, 1e-9), "tone": a_drift(60, 1, 0.5)}))
    assert found is not None
    assert (found.verdict, found.newly_wrong, found.gold, found.p) == ("steady", 1, 60, 0.5)


def test_another_judge_is_named_with_what_it_changed() -> None:
    """Held against the judge before it, not against itself."""
    found = grader_shift(summary({"tone": None}, {"before": OTHER, "shift": {"tone": a_drift(70, 40, 1e-12)}}))
    assert found is not None
    assert (found.verdict, found.before, found.criteria) == ("another_judge", judge_name(OTHER), ("tone",))
    assert found.newly_wrong == 40
    nothing = grader_shift(summary({"tone": None}, {"before": OTHER}))
    assert nothing is not None
    assert (nothing.verdict, nothing.gold, nothing.p) == ("another_judge", 0, None)


def test_without_a_judge_nothing_is_said() -> None:
    """Only people graded."""
    assert grader_shift(summarise(a_week())) is None
