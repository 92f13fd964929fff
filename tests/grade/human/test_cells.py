"""What is plainly an answer is taken; anything else is named."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.grade.human.cells import UnclearError, as_text, one_line, parse_answer, parse_flag, parse_manner, parse_turn
from evalharness.grade.human.layout import Question

SCORE = Question("correctness", "ordinal", (1, 2, 3, 4, 5))
CHECK = Question("wrong", "yes_no", ("yes", "no"))
KIND = Question("outcome", "category", ("resolved", "follow_up", "3/4"))
WORDS = Question("comment", "text", ())


@pytest.mark.parametrize(
    ("value", "level"),
    [("4", 4), (" 3", 3), ("5.0", 5), (4.0, 4), (4, 4), ("４", 4), ("3,0", 3), ("3.", 3), ("2\u00a0", 2), ("+1", 1), ("٥", 5)],
)
def test_plain_scores_are_taken(value, level):
    """However a program or a person writes a whole level, it is that level."""
    assert parse_answer(value, SCORE) == ("scored", level)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (4.5, "no whole number"),
        ("4,5", "no whole number"),
        ("4.5.", "no number"),
        (6, "no level"),
        ("0", "no level"),
        (-1, "no level"),
        ("five", "no number"),
        ("4 or 5", "no number"),
        ("yes", "no number"),
        ("1E5", "no number"),
        (1e300, "no number"),
        ("9" * 400, "no number"),
        (True, "truth value"),
        (datetime(2026, 4, 3), "date"),
        (date(2026, 4, 3), "date"),
        (time(4, 0), "date or time"),
        (timedelta(hours=4), "date or time"),
        ("#N/A", "no number"),
    ],
)
def test_what_is_no_score_is_refused_with_its_reason(value, why):
    """No rounding, no clamping, no words, no dates, no truth values."""
    with pytest.raises(UnclearError, match=why):
        parse_answer(value, SCORE)


@pytest.mark.parametrize("value", ["N/A", "n/a", "NA", "n.a.", " N / A ", "not applicable", "Ｎ/Ａ"])
@pytest.mark.parametrize("question", [SCORE, CHECK, KIND, WORDS])
def test_not_applicable_is_an_answer_of_every_question(value, question):
    """N/A in its usual spellings."""
    assert parse_answer(value, question) == ("not_applicable", None)


@pytest.mark.parametrize("value", [None, "", "  ", "\n", "\u00a0"])
def test_nothing_is_no_answer(value):
    """Blank cells say nothing, whatever blank they are."""
    assert parse_answer(value, SCORE) == ("empty", None)


def test_the_mark_of_a_question_not_asked_is_known():
    """The text of locked cells comes back as what it is."""
    assert parse_answer("not asked", SCORE) == ("not_asked", None)


@pytest.mark.parametrize(("value", "word"), [("yes", "yes"), (" YES ", "yes"), ("y", "yes"), ("No", "no"), ("n", "no")])
def test_yes_and_no_are_taken_in_any_case(value, word):
    """Yes and no, whole or by their first letter."""
    assert parse_answer(value, CHECK) == ("scored", word)


@pytest.mark.parametrize("value", [True, "TRUE", 1, "maybe", "ye"])
def test_what_is_neither_yes_nor_no_is_refused(value):
    """A truth value, a number, a doubt."""
    with pytest.raises(UnclearError):
        parse_answer(value, CHECK)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("resolved", "resolved"),
        ("Follow up", "follow_up"),
        (" follow-up ", "follow_up"),
        ("FOLLOW_UP", "follow_up"),
        ("3/4", "3/4"),
    ],
)
def test_categories_are_taken_in_any_spelling_of_their_name(value, word):
    """Case, spaces, hyphens and underscores do not matter."""
    assert parse_answer(value, KIND) == ("scored", word)


@pytest.mark.parametrize("value", ["solved", 3, datetime(2026, 3, 4)])
def test_an_unknown_category_is_refused(value):
    """No guessing; "3/4" that a program made a date is named as a date."""
    with pytest.raises(UnclearError):
        parse_answer(value, KIND)


def test_two_categories_of_one_spelling_need_their_exact_names():
    """Where folding would make two answers one, only the exact word counts."""
    question = Question("kind", "category", ("a b", "a_b"))
    assert parse_answer("a_b", question) == ("scored", "a_b")
    with pytest.raises(UnclearError):
        parse_answer("A B", question)


@given(st.text().filter(lambda text: text.strip() and len(text) > 15))
def test_free_text_is_kept_as_typed(text):
    """Whatever is typed into a text question is the answer, letter for letter."""
    assert parse_answer(text, WORDS) == ("scored", text)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.none()))
def test_any_cell_is_an_answer_of_the_question_or_refused(value):
    """Never another exception, never a level that is none."""
    for question in (SCORE, CHECK, KIND):
        try:
            state, answer = parse_answer(value, question)
        except UnclearError:
            continue
        assert (answer in question.answers) == (state == "scored")


def test_remark_cells_are_read_the_same_way():
    """Yes or no, read or heard, a turn's number; anything else is refused."""
    assert [parse_flag(value) for value in ("yes", "X", True, "no", False)] == [True, True, True, False, False]
    assert [parse_manner(value) for value in ("Read", " heard ")] == ["read", "heard"]
    assert [parse_turn(value) for value in (7, "7", 7.0)] == [7, 7, 7]
    for parse, value in (
        (parse_flag, "perhaps"),
        (parse_manner, "seen"),
        (parse_turn, -1),
        (parse_turn, "two"),
        (parse_turn, True),
    ):
        with pytest.raises(UnclearError):
            parse(value)


def test_values_show_as_a_person_would_write_them():
    """5.0 is 5; a date at midnight is a date; a reason is one line."""
    assert [as_text(value) for value in (5.0, 4.5, True, datetime(2026, 4, 3), "x")] == ["5", "4.5", "TRUE", "2026-04-03", "x"]
    assert one_line(" bad line\r\n echo ") == "bad line / echo"
