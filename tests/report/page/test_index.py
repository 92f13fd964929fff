"""index.html: all weeks on one page."""

from __future__ import annotations

import json

import pytest

from evalharness.models.week import shift
from evalharness.report.page.index import IndexedWeek, of_record, record_of, write_index
from tests.builders import WEEK
from tests.report.page.read import read
from tests.report.weeks import a_week_summary

FILES = {"page": "2026-W47/report.html", "workbook": "2026-W47/week%20%28after%20sign-off%29.xlsx"}


def a_week(back: int = 0, files: dict[str, str] | None = None, signed: str = "", **fields) -> IndexedWeek:
    """The made week, so many weeks before WEEK, as the ledger would keep it."""
    summary = a_week_summary(**fields)
    return of_record(shift(WEEK, -back), FILES if files is None else files, json.loads(json.dumps(record_of(summary))), signed)


def test_what_is_kept_of_a_week_comes_back_the_same() -> None:
    """Verdict, leaning, and each check with its figure, through JSON."""
    summary = a_week_summary()
    found = a_week()
    assert (found.verdict, found.leaning) == (summary.verdict, summary.leaning)
    assert [(one.threshold, one.verdict, one.measure.value, one.measure.n) for one in found.checks] == [
        (one.threshold, one.verdict, one.measure.value, one.measure.n) for one in summary.checks
    ]


def test_no_word_of_a_call_is_kept() -> None:
    """Neither ids nor reasons."""
    assert "call-0" not in json.dumps(record_of(a_week_summary(hostile=True)))


@pytest.mark.parametrize(
    "record", [{}, {"checks": [{}]}, {"checks": 3}, {"checks": [{"bar": {}, "figure": {}, "verdict": "met"}]}]
)
def test_what_is_none_of_ours_is_an_error(record: dict[str, object]) -> None:
    """The flow shows such a week as not known."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        of_record(WEEK, {}, record)


def test_the_newest_week_stands_first_with_verdict_figures_and_ways() -> None:
    """Three weeks; the middle one is not known."""
    weeks = [a_week(2), IndexedWeek(shift(WEEK, -1), {"page": "2026-W46/report.html"}), a_week(0, signed="signed: keep")]
    found = read(write_index("Front Desk", "Anna", weeks))
    assert found.text.index("2026-W47") < found.text.index("2026-W46") < found.text.index("2026-W45")
    assert "✗ not good enough" in found.text
    assert "signed: keep" in found.text
    assert "– not known" in found.text
    assert [one.attributes["href"] for one in found.named("a")] == [*FILES.values(), "2026-W46/report.html", *FILES.values()]
    assert "62 %" in found.text
    assert "35 of 143" in found.text


def test_pictures_need_two_weeks_and_join_nothing() -> None:
    """A dot a week and no line between; one week alone has none."""
    assert read(write_index("a", "o", [a_week()])).named("svg") == []
    found = read(write_index("a", "o", [a_week(1), a_week()]))
    assert len(found.named("svg")) == 6
    assert all(not (one.attributes.get("d") or "").count("L") for one in found.named("path"))


def test_an_empty_folder_says_so_and_the_same_weeks_give_the_same_bytes() -> None:
    """Nothing of the clock."""
    assert "No report is written yet." in read(write_index("a", "o", [])).text
    assert write_index("a", "o", [a_week()]) == write_index("a", "o", [a_week()])
