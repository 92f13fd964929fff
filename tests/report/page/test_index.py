"""index.html: all weeks on one page."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evalharness.models.week import shift
from evalharness.report.page.index import IndexedWeek, _spark, of_record, record_of, write_index
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


def checked(found: IndexedWeek, measure: str, **update) -> IndexedWeek:
    """The week with another figure of one measure; without the check where nothing is given."""
    checks = [one for one in found.checks if one.threshold.measure != measure or update]
    changed = [
        one.model_copy(update={"measure": one.measure.model_copy(update=update)}) if one.threshold.measure == measure else one
        for one in checks
    ]
    return replace(found, checks=tuple(changed))


def spark_of(measure: str, *weeks: IndexedWeek):
    """The picture of a measure over these weeks."""
    return _spark(measure, weeks)


def test_a_picture_fills_its_height_with_what_is_drawn() -> None:
    """Limits .45 and .74 around the bar of .6: a scale from .427 to .763, so the highest limit stands near the top (8) and the
    lowest near the bottom (64): 64 - (.74 - .4268) / .3364 x 56 = 11.9."""
    found = spark_of("resolution_rate", a_week(1), a_week())
    assert found.scale == "43 to 76 %"
    assert {(mark.high, mark.low) for mark in found.marks} == {("11.9", "60.1")}
    assert found.line == "35.2"  # the bar: 64 - (.6 - .4268) / .3364 x 56


def test_weeks_stand_side_by_side_over_the_whole_width() -> None:
    """Two weeks of 600: at 150 and 450; a week without the check leaves its place empty."""
    assert [mark.x for mark in spark_of("resolution_rate", a_week(1), a_week()).marks] == ["150", "450"]
    gap = checked(a_week(1), "resolution_rate")
    assert [mark.x for mark in spark_of("resolution_rate", a_week(2), gap, a_week()).marks] == ["100", "500"]


def test_an_exact_figure_has_a_dot_and_no_stroke() -> None:
    """Cost is measured over all calls: both ends of the stroke are the dot."""
    for mark in spark_of("cost_per_call", a_week(1), a_week()).marks:
        assert mark.low == mark.high == mark.y


def test_each_dot_says_its_week_figure_and_verdict() -> None:
    """For whoever points at it, and for a screen reader."""
    found = spark_of("resolution_rate", a_week())
    assert [mark.said for mark in found.marks] == ["2026-W47: 62 %, not proven"]
    assert (found.name, found.bar, found.newest.text) == ("Resolution", "at least 60 %", "62 %")


def test_a_week_without_a_figure_has_no_dot() -> None:
    """p99 is unanswered in the made week: no place on any scale."""
    assert spark_of("latency_p99_ms", a_week()).marks == ()
    assert (
        spark_of("latency_p99_ms", a_week(1), checked(a_week(), "latency_p99_ms", value=900.0, unanswered=False)).marks[0].x
        == "450"
    )


def test_figures_that_never_differ_stand_on_a_scale_around_them() -> None:
    """20 calls reviewed against a bar of 20: drawn from 18.4 to 21.6, no division by nothing."""
    weeks = [checked(a_week(back), "owner_reviewed_calls", value=20.0) for back in (1, 0)]
    assert [mark.y for mark in spark_of("owner_reviewed_calls", *weeks).marks] == ["36", "36"]


def test_a_check_that_a_week_did_not_have_says_so() -> None:
    """No figure, no verdict."""
    weeks = [checked(a_week(1), "resolution_rate"), a_week()]
    found = read(write_index("a", "o", weeks))
    assert "not checked" in found.text
    assert len(found.named("svg")) == 6


def test_of_many_checks_the_first_six_with_a_figure_have_a_column() -> None:
    """CSAT was never measured, so the seventh check has one instead."""
    heads = [one for one in read(write_index("a", "o", [a_week(1), a_week()])).texts if one in ("CSAT gap", "Owner review")]
    assert "CSAT gap" not in heads
    assert "Owner review" in heads


def test_of_many_weeks_all_are_listed_and_the_newest_year_is_drawn() -> None:
    """60 weeks: a row each, 52 dots a measure."""
    weeks = [a_week(back) for back in range(59, -1, -1)]
    found = read(write_index("a", "o", weeks))
    assert len([one for one in found.named("th") if one.attributes.get("scope") == "row"]) == 60 + 6
    assert len(found.named("circle")) == 52 * 5  # p99 is unanswered


def test_the_verdict_leans_where_it_does() -> None:
    """In so many words, with its sign and look."""
    found = read(write_index("a", "o", [a_week(verdict="not proven yet", leaning="nothing against it")]))
    assert "? not proven yet, nothing against it" in found.text
    assert [one.attributes["class"] for one in found.named("b") if "say" in (one.attributes.get("class") or "")] == ["say open"]
