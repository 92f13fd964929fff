"""What became of the drawn calls: every part named, reasons by their count, worst and best case by the bar's side."""

from __future__ import annotations

from evalharness.models.summary import Nonresponse
from evalharness.report import response_words
from evalharness.report.words import sample_sentence
from tests.builders import a_check, a_measure, a_threshold
from tests.report.rich import a_rich_summary, some_nonresponse
from tests.report.weeks import a_week_summary


def test_every_part_has_its_row_and_they_add_up() -> None:
    """29 + 1 + 2 + 1 + 1 + 1 = 35 drawn; the reasons stand beside the skipped ones."""
    rows = response_words.rows(some_nonresponse())
    assert [(name, calls) for name, calls, _ in rows] == [
        ("graded in full", 29), ("open between two people", 1), ("skipped", 2), ("transcript wrong", 1), ("passed over", 1),
        ("not reached", 1),
    ]  # fmt: skip
    assert sum(calls for _, calls, _ in rows) == some_nonresponse().drawn
    assert rows[2][2] == "no sound: 1, other language: 1"
    assert all(meaning for *_, meaning in rows)


def test_the_commonest_reasons_are_named_and_the_rest_counted() -> None:
    """Three of five by count, then by name; a long one is cut in the middle."""
    given = {"b": 2, "a": 2, "c" * 90: 3, "d": 1, "e": 1}
    found = Nonresponse(drawn=9, graded=0, skipped=9, reasons=given)
    text = response_words.reasons(found)
    assert text.endswith("…" + "c" * 20 + ": 3, a: 2, b: 2, 2 more reasons")


def test_the_samples_line_says_what_is_missing_and_nothing_else() -> None:
    """Parts of no call are left out; a week graded in full has nothing to add."""
    assert response_words.sentence(some_nonresponse()) == (
        "In full: 29; 1 open between two people, 2 skipped (no sound: 1, other language: 1), 1 transcript wrong, 1 passed over, "
        "1 not reached."
    )
    assert response_words.sentence(Nonresponse(drawn=35, graded=33, not_reached=2)) == "In full: 33; 2 not reached."
    assert response_words.sentence(Nonresponse(drawn=35, graded=35)) == ""
    assert response_words.sentence(None) == ""
    assert "graded. In full: 29; 1 open between two people" in sample_sentence(a_rich_summary())
    assert "In full" not in sample_sentence(a_week_summary())


def test_the_worst_case_lies_on_the_bad_side_of_the_bar() -> None:
    """Resolution 45 to 74 %: 45 is worst; clear failures 0 to 9.8 %: 9.8 is worst; nothing measured has no case."""
    resolved = a_check(measure=a_measure(0.62, low=0.45, high=0.74))
    failed = a_check(threshold=a_threshold("clear_failure_rate", below=0.01), measure=a_measure(0.0, low=0.0, high=0.098))
    assert response_words.cases(resolved) == ("45 %", "74 %")
    assert response_words.cases(failed) == ("9.8 %", "0 %")
    assert response_words.cases(a_check(measure=a_measure(None))) == ("no data", "no data")
