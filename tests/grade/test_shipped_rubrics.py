"""The rubrics and the bar that are shipped: they load, lint clean, and mean what DOMAIN says."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.grade.rubric_lint import lint
from evalharness.models.rubric import Rubric
from evalharness.models.threshold import Thresholds
from evalharness.workspace.yaml_file import load_yaml

RUBRICS = Path(__file__).resolve().parents[2] / "rubrics"
SEVEN = ["wrong_information", "wrong_action", "privacy", "missed_escalation", "confusion", "technical_fault", "unsafe_speech"]
BARS = ("good-enough.yaml", "industry-observed.yaml")

PINNED = {
    "phone-agent": {
        "correctness": "a9d09e47407a",
        "tone": "68ace6b3542c",
        "human_needed": "2a41f12b32ce",
        "escalation": "20054683693e",
        "latency": "e6757e2b6245",
        "outcome": "abb7a9a23220",
        "wrong_information": "271e18d095d2",
        "wrong_action": "343e7ca7904d",
        "privacy": "64b00f191ef8",
        "missed_escalation": "f8a1b0e06cb8",
        "confusion": "55ae4836cb11",
        "technical_fault": "43a27e7b4a86",
        "unsafe_speech": "129a2b1725dd",
    },
    "simple": {
        "accuracy": "9102ef925e28",
        "tone": "7b4cdac8b0e4",
    },
}


def test_the_bar_as_observed_in_the_industry_differs_in_latency_alone() -> None:
    """The softer profile: 1.7, 5 and 10 s; every other check is that of the default one; its source is named in it."""
    article, observed = (load_yaml(RUBRICS / name, Thresholds) for name in BARS)
    others = [[check for check in bar.checks if "latency" not in check.measure] for bar in (article, observed)]
    limits = {check.measure: check.below for check in observed.checks if "latency" in check.measure}
    assert others[0] == others[1]
    assert limits == {"latency_p50_ms": 1700, "latency_p95_ms": 5000, "latency_p99_ms": 10_000}
    assert "https://hamming.ai/" in (RUBRICS / BARS[1]).read_text(encoding="utf-8")


def _rubric(name: str) -> Rubric:
    return load_yaml(RUBRICS / f"{name}.yaml", Rubric)


@pytest.mark.parametrize("name", ["phone-agent", "simple"])
def test_shipped_rubrics_lint_clean(name: str) -> None:
    """Not even a warning; id and file name agree."""
    rubric = _rubric(name)
    assert lint(rubric) == []
    assert rubric.id == name


@pytest.mark.parametrize("name", ["phone-agent", "simple"])
def test_every_level_and_every_check_says_what_it_means(name: str) -> None:
    """Ordinal criteria have 1 to 5, each level with its own text; every judged criterion has a question."""
    rubric = _rubric(name)
    for section in rubric.sections:
        for criterion in section.criteria:
            if criterion.type == "ordinal":
                assert [level.value for level in criterion.levels] == [1, 2, 3, 4, 5]
                assert len({level.text for level in criterion.levels}) == 5
            if criterion.type in ("ordinal", "category"):
                assert all(level.text.strip() for level in criterion.levels)
                assert criterion.question.endswith("?")
    assert all(check.question.endswith("?") for check in rubric.checks)


def test_the_phone_agents_weights_and_graders() -> None:
    """40 + 25 + 20 + 15 = 100; latency is measured and nothing else is."""
    rubric = _rubric("phone-agent")
    weights = {criterion.id: criterion.weight for _, criterion in rubric.scored()}
    assert weights == {"correctness": 40, "tone": 25, "escalation": 20, "latency": 15}
    assert [criterion.id for criterion in rubric.criteria() if criterion.type == "measured"] == ["latency"]
    assert rubric.outcome is not None
    assert rubric.outcome.graded_by == ("human", "llm", "measured")


def test_human_needed_is_a_category_without_weight() -> None:
    """It stands in the escalation section and is decided by the policy."""
    needed = _rubric("phone-agent").criterion("human_needed")
    assert (needed.type, needed.weight, needed.answers) == ("category", None, ("needed", "not_needed"))
    assert "policy" in needed.question


def test_the_seven_clear_failures() -> None:
    """The closed list, in its order, yes or no, answered by people."""
    checks = _rubric("phone-agent").checks
    assert [check.id for check in checks] == SEVEN
    assert all((check.type, check.good, check.graded_by) == ("yes_no", "no", ("human", "llm")) for check in checks)


def test_automatic_fails() -> None:
    """Level 1 of correctness and of escalation zeroes the call; nothing else does."""
    fails = {(c.id, level.value): level.fail for c in _rubric("phone-agent").criteria() for level in c.levels if level.fail}
    assert fails == {("correctness", 1): "call", ("escalation", 1): "call"}


@pytest.mark.parametrize("word", ["may", "promise", "human is needed", "mandatory", "closed", "tone", "privacy"])
def test_the_policy_says_what_people_answer_by(word: str) -> None:
    """Promises, humans, the closed list of mandatory triggers, tone, privacy."""
    assert word in _rubric("phone-agent").policy.lower()


def test_the_simple_rubric_grades_turns() -> None:
    """Accuracy and tone, half each, per agent turn; no outcome, no checks."""
    rubric = _rubric("simple")
    found = [(criterion.id, criterion.weight, criterion.scope, criterion.evidence) for criterion in rubric.criteria()]
    assert found == [("accuracy", 50, "turn", "agent"), ("tone", 50, "turn", "agent")]


def test_the_bar() -> None:
    """The seven checks of the bar, and two shares at 4 or 5 that are off by default."""
    profile = load_yaml(RUBRICS / "good-enough.yaml", Thresholds)
    found = [(check.id, check.measure, check.direction, check.value) for check in profile.checks if check.enabled]
    assert found == [
        ("resolution", "resolution_rate", "at_least", 0.60),
        ("median_latency", "latency_p50_ms", "below", 600),
        ("p99_latency", "latency_p99_ms", "below", 1500),
        ("csat_gap", "csat_gap_points", "at_most", 5),
        ("clear_failures", "clear_failure_rate", "below", 0.01),
        ("cost", "cost_per_call", "below", 0.50),
        ("owner_review", "owner_reviewed_calls", "at_least", 20),
    ]
    assert [check.measure for check in profile.checks if not check.enabled] == ["share_4_5.correctness", "share_4_5.tone"]


@pytest.mark.parametrize("name", ["phone-agent", "simple"])
def test_the_meaning_of_shipped_questions_is_pinned(name: str) -> None:
    """A changed digest breaks that criterion's line from week to week.

    Raise the rubric's version, say so in the changelog under "Scores not comparable with earlier weeks", and put the new
    digests, which the failure shows, into PINNED.
    """
    assert {key: digest[:12] for key, digest in _rubric(name).digests().items()} == PINNED[name]
