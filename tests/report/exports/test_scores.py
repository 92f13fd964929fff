"""Grades as rows: evidence in words, pairs of blind grades."""

from __future__ import annotations

from evalharness.models.grade import Evidence
from evalharness.report.exports.scores import evidence_text, pair_rows
from tests.builders import a_grade, a_grader, not_applicable, ungraded
from tests.report.weeks import a_result, a_week_summary


def test_evidence_as_people_read_it():
    """A turn with its quote, a turn alone, a time, the whole call."""
    evidence = (Evidence(turn=4, quote="ten is free"), Evidence(turn=5), Evidence(at_ms=61_000.0), Evidence())
    assert evidence_text(evidence) == 'turn 4: "ten is free" | turn 5 | at 1:01 | call'


def test_pairs_are_blind_answers_of_people_and_judges_side_by_side():
    """Two people and a judge blind: 3 pairs. Assisted, measured and ungraded ones are in none; the newest answer counts."""
    place = {"call_id": "call-001-9f3a", "source": "demo"}
    grades = (
        a_grade(2, "tone", grader=a_grader("Anna"), **place),
        a_grade(4, "tone", grader=a_grader("Anna"), **place),
        not_applicable("tone", grader=a_grader("Ben"), **place),
        a_grade(5, "tone", grader=a_grader("claude", kind="llm"), **place),
        a_grade(1, "tone", grader=a_grader("Cora"), lane="assisted", **place),
        a_grade(3, "tone", grader=a_grader("call log", kind="measured"), **place),
        ungraded("transcript", "tone", grader=a_grader("Dan"), **place),
    )
    result = a_result(1, 4).model_copy(update={"grades": grades})
    rows = list(pair_rows(a_week_summary(results=(result,), picked=(result,))))
    assert [(row["first"], row["first_value"], row["second"], row["second_value"]) for row in rows] == [
        ("Anna", 4, "Ben", "N/A"),
        ("Anna", 4, "claude", 5),
        ("Ben", "N/A", "claude", 5),
    ]
    assert {row["second_kind"] for row in rows} == {"human", "llm"}


def test_grades_of_turns_are_paired_turn_by_turn():
    """Turn 2 with turn 2, turn 4 with turn 4, never across: 2 pairs of 4 grades."""
    grades = tuple(
        a_grade(value, "tone", turn=turn, grader=a_grader(name)) for name, value in (("A", 1), ("B", 5)) for turn in (2, 4)
    )
    result = a_result(1, 4).model_copy(update={"grades": grades})
    assert [row["turn"] for row in pair_rows(a_week_summary(results=(result,)))] == [2, 4]
