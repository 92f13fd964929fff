"""What the judge is asked: the LLM's criteria whose condition holds, each turn criterion once a drawn turn."""

from __future__ import annotations

import pytest

from evalharness.errors import ConfigError
from evalharness.grade.human.layout import turns_to_grade
from evalharness.grade.llm.questions import Question, judged, questions
from evalharness.models.rubric import Rubric
from evalharness.workspace.folder import shipped
from evalharness.workspace.yaml_file import load_yaml
from tests.builders import ZONE, a_call, a_rubric, rubric_form
from tests.grade.llm.building import question


def names(rubric: Rubric, chosen: list[str] | None = None) -> list[str]:
    """Ids of what the judge grades."""
    return [criterion.id for criterion in judged(rubric, chosen)]


def test_measured_criteria_are_never_judged() -> None:
    """Of the small rubric everything but latency, outcome and checks included, in form order."""
    assert names(a_rubric()) == ["correctness", "greeted", "human_needed", "outcome", "wrong_information", "unsafe_speech"]


def test_what_is_for_people_or_must_be_heard_is_not_asked() -> None:
    """graded_by without llm, and a criterion of the voice."""
    form = rubric_form()
    form["sections"][0]["criteria"][0]["graded_by"] = ["human"]
    form["sections"][1]["criteria"][0]["heard"] = True
    found = names(Rubric.model_validate({**form}, strict=False))
    assert found == ["human_needed", "outcome", "wrong_information", "unsafe_speech"]


def test_a_choice_of_criteria() -> None:
    """The named ones in form order; a name the judge does not grade is refused with the known ones."""
    assert names(a_rubric(), ["outcome", "correctness"]) == ["correctness", "outcome"]
    with pytest.raises(ConfigError, match="latency") as refused:
        judged(a_rubric(), ["latency"])
    assert "human_needed" in refused.value.fix


def test_a_condition_that_does_not_hold() -> None:
    """Asked of outbound calls only."""
    criterion = question("correctness", when='direction == "outbound"').criterion
    assert questions([criterion], a_call(direction="inbound"), "d", ZONE) == ()
    assert len(questions([criterion], a_call(direction="outbound"), "d", ZONE)) == 1


def test_turn_criteria_ask_about_the_turns_of_the_sheet() -> None:
    """The shipped simple rubric: two criteria for each of the call's three agent turns, the turns people get as well."""
    rubric = load_yaml(shipped("rubrics") / "simple.yaml", Rubric)
    call = a_call()
    found = questions(judged(rubric, None), call, "digest", ZONE)
    turns = [turn.index for turn in turns_to_grade(call, "digest")]
    assert turns == [0, 2, 4]
    assert [each.key for each in found] == [f"{name}.{turn}" for name in ("accuracy", "tone") for turn in turns]


def test_at_most_ten_turns() -> None:
    """30 agent turns, two criteria: 20 questions."""
    rubric = load_yaml(shipped("rubrics") / "simple.yaml", Rubric)
    call = a_call([("agent", f"Sentence {i}.") for i in range(30)])
    assert len(questions(judged(rubric, None), call, "digest", ZONE)) == 20


def test_answers_as_text_and_back() -> None:
    """Levels are enums of text, with N/A and "cannot tell"; a level comes back as the number it is."""
    ordinal, yes_no = question("correctness"), question("greeted")
    assert ordinal.answers == ("1", "2", "3", "4", "5", "N/A", "cannot tell")
    assert yes_no.answers == ("yes", "no", "N/A", "cannot tell")
    assert (ordinal.value("4"), yes_no.value("no")) == (4, "no")
    assert Question(question("correctness", type="text", levels=()).criterion).answers == ()


@pytest.mark.parametrize(
    ("name", "answer", "needed"),
    [
        ("correctness", "1", True), ("correctness", "N/A", False), ("correctness", "cannot tell", False),
        ("unsafe_speech", "yes", True), ("unsafe_speech", "no", False), ("human_needed", "not_needed", True),
    ],
)  # fmt: skip
def test_which_answers_need_a_quote(name: str, answer: str, needed: bool) -> None:
    """All but abstentions and a plain no: what did not happen cannot be quoted."""
    assert question(name).needs_quote(answer) is needed
