"""The rubric as people write it, what it refuses, and its digests."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evalharness.models.call import OUTCOMES
from evalharness.models.rubric import Criterion, Rubric
from tests.builders import a_rubric, rubric_form


def criterion(**fields):
    """A criterion from a file's words."""
    return Criterion.model_validate({"id": "tone", **fields}, strict=False)


def test_levels_and_bands_as_people_write_them():
    tone = criterion(levels={1: {"text": "Rude.", "fail": "section"}, 2: "Kind."})
    assert [(level.value, level.text, level.fail) for level in tone.levels] == [(1, "Rude.", "section"), (2, "Kind.", None)]
    speed = criterion(type="measured", measure="p50_ms", bands={5: "<600", 1: ">= 600.5"})
    assert [(band.level, band.op, band.bound) for band in speed.bands] == [(5, "<", 600.0), (1, ">=", 600.5)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"levels": {1: "only one"}}, "needs at least two whole-number levels"),
        ({"levels": {"low": "a", "high": "b"}}, "needs at least two whole-number levels"),
        ({"levels": ({"value": 1}, {"value": 1})}, "a level stands twice"),
        ({"type": "category", "levels": {1: "a", 2: "b"}}, "with words as names"),
        ({"type": "measured", "measure": "p50_ms"}, "needs `measure` and `bands`"),
        ({"type": "measured", "measure": "p50_ms", "bands": {5: "fast"}}, "band 'fast' of level 5 is not like '<600'"),
        ({"type": "yes_no", "weight": 10}, "says which answer is good"),
        ({"type": "text", "weight": 10}, "a text criterion carries no weight"),
        ({"type": "category", "levels": {"a": "", "b": ""}, "weight": 10}, "a category criterion carries no weight"),
        ({"levels": {1: "", 2: ""}, "weight": 0}, "greater than 0"),
        ({"levels": {1: "", 2: ""}, "weight": -5}, "greater than 0"),
        ({"levels": {1: {"text": "", "fail": "week"}, 2: ""}}, "'call' or 'section'"),
        ({"levels": {1: "", 2: ""}, "colour": "red"}, "colour"),
    ],
)
def test_a_criterion_says_what_is_wrong_with_it(fields, words):
    with pytest.raises(ValidationError) as caught:
        criterion(**fields)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        ({"levels": {5: "", 3: "", 1: ""}}, (5, 3, 1)),
        ({"type": "yes_no"}, ("yes", "no")),
        ({"type": "measured", "measure": "p50_ms", "bands": {5: "<600", 1: ">=600"}}, (1, 5)),
        ({"type": "category", "levels": {"a": "", "b": ""}}, ("a", "b")),
        ({"type": "text"}, ()),
    ],
)
def test_the_answers_of_each_type(fields, answers):
    assert criterion(**fields).answers == answers


def test_a_fail_is_a_property_of_a_level():
    tone = criterion(levels={1: {"text": "", "fail": "call"}, 2: {"text": "", "fail": "section"}, 3: ""})
    assert [tone.fails(value) for value in (1, 2, 3, 7)] == ["call", "section", None, None]


def test_a_check_need_not_say_that_it_is_yes_no_and_no_is_good():
    check = a_rubric().checks[0]
    assert (check.type, check.good, check.weight) == ("yes_no", "no", None)


@pytest.mark.parametrize("extra", [{"weight": 5}, {"type": "text"}, {"scope": "turn"}])
def test_a_check_is_yes_no_of_the_whole_call_without_weight(extra):
    form = rubric_form()
    form["checks"][0].update(extra)
    with pytest.raises(ValidationError, match="a clear-failure check is yes/no, asked of the whole call, and carries no weight"):
        Rubric.model_validate(form, strict=False)


@pytest.mark.parametrize("name", ["correctness", "outcome", "unsafe_speech"])
def test_an_id_stands_once_in_the_whole_form(name):
    form = rubric_form()
    form["checks"].append({"id": name})
    with pytest.raises(ValidationError, match=f"criterion '{name}' stands twice"):
        Rubric.model_validate(form, strict=False)


def test_the_form_order_is_sections_outcome_checks():
    names = [one.id for one in a_rubric().criteria()]
    assert names == ["correctness", "greeted", "human_needed", "latency", "outcome", "wrong_information", "unsafe_speech"]


def test_scored_criteria_carry_weight_and_sum_to_100():
    scored = [(section.id, one.weight) for section, one in a_rubric().scored()]
    assert scored == [("correctness", 60), ("greeted", 25), ("latency", 15)]


def test_the_outcome_question_offers_every_outcome():
    assert a_rubric().criterion("outcome").answers == OUTCOMES
    assert a_rubric(outcome=None).outcome_criterion() is None


def test_an_unknown_criterion_is_a_key_error():
    with pytest.raises(KeyError):
        a_rubric().criterion("kindness")


def altered(**change):
    """Criterion ids whose digest differs after a change of the criterion `correctness` or of the form."""
    form = rubric_form()
    correctness = form["sections"][0]["criteria"][0]
    correctness.update({key: value for key, value in change.items() if key != "policy"})
    form.update({key: value for key, value in change.items() if key == "policy"})
    before, after = a_rubric().digests(), Rubric.model_validate(form, strict=False).digests()
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"question": "Was it right and complete?"}, {"correctness"}),
        ({"levels": {1: "Bad.", 5: "Good."}}, {"correctness"}),
        ({"scope": "turn"}, {"correctness"}),
        ({"weight": 40}, set()),  # how much it counts is not what it means
        ({"graded_by": ["human"]}, set()),
        (
            {"policy": "Another policy."},
            {"correctness", "greeted", "human_needed", "outcome", "wrong_information", "unsafe_speech"},
        ),
    ],
)
def test_a_digest_follows_the_meaning_of_its_own_criterion(change, expected):
    assert altered(**change) == expected
