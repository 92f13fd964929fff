"""The score of a call: correctness weighs 60, greeted 25, measured latency 15; level 1 of correctness fails the call."""

from __future__ import annotations

import pytest

from evalharness.aggregate.scores import call_score, criterion_score
from evalharness.models.rubric import Criterion, Rubric
from tests.aggregate.building import a_final, finals
from tests.builders import a_rubric


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("correctness", 1.0, 0.0),
        ("correctness", 3.0, 50.0),
        ("correctness", 4.5, 87.5),  # (4.5 - 1) / 4
        ("correctness", 5.0, 100.0),
        ("greeted", "yes", 100.0),
        ("greeted", "no", 0.0),
        ("greeted", 0.75, 75.0),  # asked of turns: the share of good ones
        ("wrong_information", "no", 100.0),  # no is the good answer of a check
        ("latency", 4.0, 75.0),
    ],
)
def test_a_criterion_on_0_to_100(name, value, expected):
    assert criterion_score(a_rubric().criterion(name), value) == expected


def test_levels_need_not_start_at_one():
    # levels 0 and 10: 7.5 is at 75
    tone = Criterion.model_validate({"id": "tone", "levels": {0: "", 10: ""}}, strict=False)
    assert criterion_score(tone, 7.5) == 75.0


@pytest.mark.parametrize(
    ("given", "value", "covered"),
    [
        # 60 x 75 + 25 x 100 + 15 x 50 = 4500 + 2500 + 750
        ({"correctness": 4.0, "greeted": "yes", "latency": 3.0}, 77.5, 1.0),
        # latency without data is left out: (4500 + 2500) / 85
        ({"correctness": 4.0, "greeted": "yes", "latency": None}, 7000 / 85, 0.85),
        # greeted N/A: (4500 + 750) / 75
        ({"correctness": 4.0, "latency": 3.0}, 70.0, 0.75),
        # both judged ones N/A: the measured one alone
        ({"latency": 3.0}, 50.0, 0.15),
        # a judged one is open: no score, however much is rated
        ({"correctness": None, "greeted": "yes", "latency": 3.0}, None, 0.40),
        ({"correctness": 4.0, "greeted": None, "latency": 3.0}, None, 0.75),
        # nothing rated at all: no score, not 0 and not 100
        ({}, None, 0.0),
        ({"correctness": None, "greeted": None, "latency": None}, None, 0.0),
    ],
)
def test_the_score_of_a_call(given, value, covered):
    score = call_score(a_rubric(), finals(**given))
    assert score.covered == pytest.approx(covered)
    assert score.value == (None if value is None else pytest.approx(value))
    assert score.fail is None


def test_a_fail_of_the_call_gives_zero():
    score = call_score(a_rubric(), finals(correctness=1.0, greeted="yes", latency=5.0))
    assert (score.value, score.fail) == (0.0, "call")


def test_a_question_without_weight_may_be_open():
    score = call_score(
        a_rubric(), finals(correctness=5.0, greeted="yes", human_needed=None, outcome=None, wrong_information=None)
    )
    assert score.value == 100.0


def two_sections(combine: str = "mean", fail: str | None = None) -> Rubric:
    """safety: identity 30, consent 10 (level 1 may fail); quality: tone 60."""

    def ordinal(name, weight, low=None):
        levels = {1: {"text": "", "fail": low}, **dict.fromkeys(range(2, 6), "")}
        return {"id": name, "weight": weight, "levels": levels}

    safety = {"id": "safety", "combine": combine, "criteria": [ordinal("identity", 30), ordinal("consent", 10, fail)]}
    return a_rubric(sections=[safety, {"id": "quality", "criteria": [ordinal("tone", 60)]}], checks=(), outcome=None)


@pytest.mark.parametrize(
    ("combine", "fail", "given", "expected", "kind"),
    [
        # 30 x 100 + 10 x 25 + 60 x 50 = 3000 + 250 + 3000
        ("mean", None, {"identity": 5.0, "consent": 2.0, "tone": 3.0}, 62.5, None),
        # min(100, 25) = 25 carries 30 + 10: 40 x 25 + 60 x 50
        ("min", None, {"identity": 5.0, "consent": 2.0, "tone": 3.0}, 40.0, None),
        # consent N/A: 30 x 100 + 60 x 50 = 6000 over 90
        ("min", None, {"identity": 5.0, "tone": 3.0}, 6000 / 90, None),
        # the section fails: 40 x 0 + 60 x 50
        ("mean", "section", {"identity": 5.0, "consent": 1.0, "tone": 3.0}, 30.0, "section"),
        ("min", "section", {"identity": 5.0, "consent": 1.0, "tone": 3.0}, 30.0, "section"),
        ("mean", "call", {"identity": 5.0, "consent": 1.0, "tone": 3.0}, 0.0, "call"),
        # a whole section N/A: the other one alone
        ("mean", None, {"tone": 3.0}, 50.0, None),
    ],
)
def test_sections(combine, fail, given, expected, kind):
    rubric = two_sections(combine, fail)
    score = call_score(rubric, finals(rubric, **given))
    assert score.value == pytest.approx(expected)
    assert score.fail == kind


def test_a_fail_in_a_turn_counts_though_the_mean_is_higher():
    rubric = two_sections(fail="section")
    final = {**finals(rubric, identity=5.0, tone=5.0), "consent": a_final(3.0, "consent", fail="section")}
    assert call_score(rubric, final).value == 60.0  # 40 x 0 + 60 x 100
