"""A measure over weeks as a picture: lines end where weeks must not be joined."""

from __future__ import annotations

from evalharness.models.trend import Trend, WeekTrends
from evalharness.report.page.trend import trend_part
from evalharness.report.page.trend_chart import Chart, chart
from tests.report.moved import a_watch, moving_trends
from tests.report.page.read import everything
from tests.report.trends import BREAK, some_trends


def of(name: str, trends: WeekTrends | None = None) -> Chart:
    """The picture of a measure of the made weeks."""
    found = chart((trends or some_trends()).trend(name), trends or some_trends())
    assert found is not None
    return found


def test_a_line_and_a_band_end_at_a_break_and_begin_anew() -> None:
    """Four weeks of resolution with a break before the third: two lines of two weeks, two bands, one mark between them."""
    found = of("resolution_rate")
    assert [line.count("L") for line in found.lines] == [1, 1]
    assert len(found.bands) == 2
    # weeks stand at 58 + (i + .5) x 78: 97, 175, 253, 331; the break half a step before the third
    assert [dot.x for dot in found.dots] == ["97", "175", "253", "331"]
    assert [(mark.x, BREAK in mark.said) for mark in found.breaks] == [("214", True)]


def test_a_week_without_data_is_a_gap_and_an_unanswered_one_an_arrow() -> None:
    """p99: a value, unanswered, nothing, a value: no line at all, two dots and one arrow."""
    found = of("latency_p99_ms")
    assert found.lines == ()
    assert [dot.unanswered for dot in found.dots] == [False, True, False]
    assert found.dots[1].y == "26"


def test_each_dot_says_value_interval_and_n() -> None:
    """For whoever points at it."""
    assert of("resolution_rate").dots[0].said == "2026-W44: 62 %, 95 % 45 to 76 %, 34 of 140"


def test_changes_and_alarms_stand_over_their_week() -> None:
    """The prompt of the last week; an alarm of resolution in it."""
    trends = moving_trends(watches=(a_watch(measure="resolution_rate"),))
    found = of("resolution_rate", trends)
    assert [(mark.x, "prompt v12" in mark.said) for mark in found.changes] == [("331", True)]
    assert [mark.x for mark in found.alarms] == ["331"]
    assert "9 of 102" in found.alarms[0].said


def test_a_measure_that_was_never_measured_has_no_picture() -> None:
    """Two weeks without a value."""
    trends = some_trends()
    gaps = tuple(point for point in trends.trend("latency_p99_ms").points if point.measure.value is None)
    assert chart(Trend(name="latency_p99_ms", points=gaps), trends) is None


def test_of_many_weeks_not_every_one_is_named_and_the_newest_always() -> None:
    """Four weeks are all named."""
    assert [name for _, name in of("resolution_rate").weeks] == ["W44", "W45", "W46", "W47"]


def test_a_measure_with_an_alarm_is_drawn_wherever_it_stands() -> None:
    """Of three measures all are drawn; the part has their tables, too."""
    part = trend_part(everything())
    assert part is not None
    assert [one.name for one in part.main] == ["Resolution", "p99 latency", "Cost per call"]
    assert [row.week for row in part.main[0].rows] == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]
    assert part.main[0].rows[2].breaks == f"not joined with the weeks before: {BREAK}"
    assert part.main[0].rows[3].remarks.startswith("* signed as 61 %")


def test_one_week_has_a_table_and_no_picture() -> None:
    """Nothing to join."""
    whole = some_trends()
    single = WeekTrends(
        weeks=whole.weeks[-1:], trends=tuple(one.model_copy(update={"points": one.points[-1:]}) for one in whole.trends)
    )
    part = trend_part(everything(trend=single, moved=None))
    assert part is not None
    assert [one.chart for one in part.main] == [None, None, None]
    assert trend_part(everything(trend=None, moved=None)) is None
