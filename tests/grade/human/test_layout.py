"""Row ids, drawn turns and the machine row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.grade.human.layout import (
    ROW_ID,
    Identity,
    Question,
    applies,
    asked_of_people,
    identity_from,
    question_spec,
    row_id,
    spec_from,
    title,
    turns_to_grade,
)
from evalharness.xlsx import visible
from tests.builders import ZONE, a_call, a_handoff, a_rubric
from tests.grade.human.desk import rubric_with


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_row_ids_are_a_letter_and_consonants(digest, call_id):
    """No id reads as a number, a date or a word, whatever the call is called; a turn's id begins with T."""
    call = a_call(id=call_id)
    assert ROW_ID.fullmatch(row_id(digest, call))
    assert row_id(digest, call, 3).startswith("T-")
    assert row_id(digest, call) == row_id(digest, call)


def test_row_ids_differ_by_sample_source_call_and_turn():
    """Change any part of the identity and the id is another."""
    a, b = a_call(id="a"), a_call(id="b")
    ids = [
        row_id("s", a),
        row_id("t", a),
        row_id("s", b),
        row_id("s", a_call(id="a", source="x")),
        row_id("s", a, 1),
        row_id("s", a, 2),
    ]
    assert len({name[2:] for name in ids}) == 6


def test_at_most_ten_spoken_agent_turns_are_drawn_in_order():
    """Of 30 agent turns ten are drawn, never a silent one, the same every time, others for another sample."""
    call = a_call([("agent", f"Sentence {i}.") if i % 3 else ("agent", "  ") for i in range(45)])
    drawn = [turn.index for turn in turns_to_grade(call, "digest")]
    assert len(drawn) == 10
    assert drawn == sorted(drawn)
    assert all(index % 3 for index in drawn)
    assert drawn == [turn.index for turn in turns_to_grade(call, "digest")]
    assert drawn != [turn.index for turn in turns_to_grade(call, "another")]


def test_few_agent_turns_are_all_graded():
    """Three agent turns with words: all three, and nobody else's."""
    assert [turn.index for turn in turns_to_grade(a_call(), "digest")] == [0, 2, 4]


def test_people_are_asked_what_people_grade():
    """Measured criteria and those of the model alone are left out; outcome and checks are in, in form order."""
    assert [c.id for c in asked_of_people(a_rubric(), "call")] == [
        "correctness",
        "greeted",
        "human_needed",
        "outcome",
        "wrong_information",
        "unsafe_speech",
    ]
    machines = rubric_with("greeted", graded_by=["llm"])
    assert "greeted" not in [c.id for c in asked_of_people(machines, "call")]
    assert [c.id for c in asked_of_people(rubric_with("greeted", scope="turn"), "turn")] == ["greeted"]


@pytest.mark.parametrize(
    ("when", "holds"), [(None, True), ("handed_off == true", True), ("hour >= 12", False), ("p50_ms > 99999", True)]
)
def test_conditions_are_answered_by_the_call(when, holds):
    """A condition on measured latency cannot be known in the sheet, so its question is asked. 9:00 UTC is 10 in Berlin."""
    criterion = rubric_with("greeted", when=when).criterion("greeted")
    assert applies(criterion, a_call(handoff=a_handoff()), ZONE) is holds


@given(
    st.text(max_size=30),
    st.dictionaries(st.text(max_size=10), st.tuples(st.integers(1, 50), st.none() | st.integers(0, 99)), max_size=5),
)
def test_an_identity_comes_back_through_a_cell(grader, rows):
    """Whatever the grader is called, the text of the machine row is carried unchanged by a cell and read back."""
    identity = Identity("calls", "2026-W47", "s", "r", grader, rows)
    assert visible(identity.text()) == identity.text()
    assert identity_from(identity.text()) == identity


def test_other_cells_are_no_identity_and_damaged_or_newer_ones_are_said():
    """Text is ignored; a broken or newer machine row is an error in words."""
    assert identity_from("Correctness") is None
    newer = Identity("calls", "w", "s", "r", "g", {}).text().replace('"evalharness": 1', '"evalharness": 2')
    for text, words in ((newer, "format 2"), ('{"evalharness": 1, "rows": 3}', "damaged"), ('{"evalharness"', "damaged")):
        with pytest.raises(ValueError, match=words):
            identity_from(text)


def test_a_question_comes_back_through_its_column():
    """Type and answers are all that reading an answer needs."""
    criterion = a_rubric().criterion("human_needed")
    assert spec_from(question_spec(criterion)) == Question("human_needed", "category", ("needed", "not_needed"))
    assert [spec_from(text) for text in ("Correctness", "{", '{"x": 1}')] == [None, None, None]


def test_headings_and_accepted_answers_are_words():
    """What a person reads above a column and in a message."""
    assert title("wrong_information") == "Wrong information"
    assert Question("a", "ordinal", (1, 2)).accepted() == "1, 2 or N/A"
    assert Question("a", "text", ()).accepted() == "any text or N/A"
