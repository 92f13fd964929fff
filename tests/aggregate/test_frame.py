"""Which calls an estimate of people and LLM may use, and what the judge said of each."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.frame import NA, Row, read_rows, rows_of_week
from evalharness.aggregate.inputs import Undrawn
from evalharness.models.grade import Grade
from evalharness.models.rubric import Criterion
from evalharness.models.trust import judge_name
from tests.aggregate.building import a_result
from tests.aggregate.histories import JUDGE, a_past_week, grades_of
from tests.builders import a_grade, a_grader, a_rubric, ungraded

RUBRIC = a_rubric()
CORRECTNESS, OUTCOME = RUBRIC.criterion("correctness"), RUBRIC.criterion("outcome")
BY_JUDGE = judge_name(JUDGE)


def a_row(*given: Grade, result: Any = None) -> Row:
    """A call outside the draw with these grades of the judge."""
    found: dict[str, list[Grade]] = {}
    for grade in given:
        found.setdefault(grade.criterion, []).append(grade)
    return Row("core", result, found)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([a_grade(4, grader=JUDGE)], 4.0),
        ([a_grade(2, grader=JUDGE), a_grade(5, grader=JUDGE)], 5.0),
        ([ungraded("refused", grader=JUDGE), a_grade(4, grader=JUDGE)], 4.0),
        ([ungraded("refused", grader=JUDGE)], None),
        ([], None),
    ],
)
def test_what_the_judge_said(given: list[Grade], said: float | None) -> None:
    """The last value; a failure and silence are nothing."""
    assert a_row(*given).said(CORRECTNESS, BY_JUDGE) == said


def test_words_and_not_applicable() -> None:
    """A category is its word, N/A a value of its own."""
    assert a_row(a_grade("resolved", "outcome", grader=JUDGE)).said(OUTCOME, BY_JUDGE) == "resolved"
    assert a_row(*grades_of("c1", {"judge": {"correctness": None}})).said(CORRECTNESS, BY_JUDGE) == NA


def test_turns_are_one_value() -> None:
    """(3 + 5 + 5) / 3 over the turns the judge rated."""
    levels = dict.fromkeys(range(1, 6), "")
    turns = Criterion.model_validate({"id": "correctness", "scope": "turn", "levels": levels}, strict=False)
    row = a_row(*[a_grade(value, grader=JUDGE, turn=turn) for turn, value in enumerate((3, 5, 5), 1)])
    assert row.said(turns, BY_JUDGE) == pytest.approx(13 / 3)


def a_week(undrawn: int = 2, **fields: Any) -> Any:
    """Two drawn calls graded by the judge, and grades of this many others of a week of four."""
    week = a_past_week([{"judge": {"correctness": 4}}] * 2, population=4)
    outside = [Undrawn("demo", f"u{place}", "core") for place in range(2)]
    grades = [grade for place in range(undrawn) for grade in grades_of(f"u{place}", {"judge": {"correctness": 2}}, **fields)]
    return week, grades, outside


def test_the_whole_week_where_every_call_was_asked() -> None:
    """2 drawn and 2 others, all four judged calls; the outcome was asked of none of the others."""
    rows = rows_of_week(*a_week(), BY_JUDGE)
    assert [row.said(CORRECTNESS, BY_JUDGE) for row in rows.behind(["correctness"])] == [4, 4, 2, 2]
    assert len(rows.behind(["correctness", "outcome"])) == 2
    assert rows.sizes == {"core": 4}


def test_a_failure_is_an_answer_to_having_been_asked() -> None:
    """One of the others was refused: it stays in the week, without a value."""
    week, grades, outside = a_week(1)
    silent = a_grader(JUDGE.name, "llm", version=None)
    refused = ungraded("refused", call_id="u1", grader=silent, criterion_digest=RUBRIC.digests()["correctness"])
    rows = rows_of_week(week, [*grades, refused], outside, BY_JUDGE).behind(["correctness"])
    assert [row.said(CORRECTNESS, BY_JUDGE) for row in rows] == [4, 4, 2, None]


@pytest.mark.parametrize(
    "fields",
    [{"undrawn": 1}, {"criterion_digest": "f" * 64}, {"grader": a_grader("judge-2", "llm")}],
)
def test_a_part_of_the_rest_does_not_count(fields: dict[str, Any]) -> None:
    """One call never asked about; grades under another text; grades of another judge: the drawn calls alone."""
    rows = rows_of_week(*_with(**fields), BY_JUDGE)
    assert len(rows.behind(["correctness"])) == 2


def _with(undrawn: int = 2, **update: Any) -> Any:
    week, grades, outside = a_week(undrawn)
    return week, [grade.model_copy(update=update) for grade in grades], outside


def test_a_log_that_changed_since_the_draw_counts_as_drawn() -> None:
    """Five judged calls now, four at the draw: nobody knows which of the five could have been drawn."""
    week, grades, outside = a_week()
    more = [*outside, Undrawn("demo", "u2", "core")]
    grades = [*grades, *grades_of("u2", {"judge": {"correctness": 2}})]
    assert len(rows_of_week(week, grades, more, BY_JUDGE).behind(["correctness"])) == 2


def test_a_call_of_a_stratum_that_was_empty_at_the_draw_changes_the_log_too() -> None:
    """One of the two others now falls into a stratum that the draw did not know."""
    week, grades, outside = a_week()
    moved = [outside[0], Undrawn("demo", "u1", "late")]
    assert len(rows_of_week(week, grades, moved, BY_JUDGE).behind(["correctness"])) == 2


def test_calls_the_log_decides_are_not_judged() -> None:
    """A drawn call that the log shows as a technical failure is in no frame."""
    week, grades, outside = a_week()
    failed = week.results[0].model_copy(update={"call": week.results[0].call.model_copy(update={"outcome": "failed_technical"})})
    changed = type(week)(week.week, week.design, week.rubric, [failed, week.results[1]], week.population)
    assert len(rows_of_week(changed, grades, outside, BY_JUDGE).behind(["correctness"])) == 1


def test_how_far_people_got() -> None:
    """Positions 1 and 2 were reached, 3 not, and the last row was never drawn."""
    rows = [Row("core", a_result(position), {}) for position in (1, 2, 3)] + [Row("core", None, {})]
    found = read_rows(rows, lambda results: [one for one in results if one.position <= 2])
    assert [one.position if one else None for one in found] == [1, 2, None, None]
