"""A measure over weeks as a picture: lines end where weeks must not be joined."""

from __future__ import annotations

import pytest

from evalharness.models.trend import Trend, WeekTrends
from evalharness.models.week import shift
from evalharness.report.page.trend import trend_part
from evalharness.report.page.trend_chart import Chart, chart
from tests.builders import WEEK
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


def weeks_of(count: int, **fields) -> tuple[Trend, WeekTrends]:
    """So many weeks of cost, 0.32 EUR each, up to 2026-W47."""
    one = some_trends().trend("cost_per_call").points[0]
    names = [shift(WEEK, back) for back in range(1 - count, 1)]
    points = tuple(one.model_copy(update={"week": name, **fields}) for name in names)
    trend = Trend(name="cost_per_call", points=points)
    return trend, some_trends().model_copy(update={"trends": (trend,)})


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (8, [f"W{number}" for number in range(40, 48)]),
        (9, ["W39", "W41", "W43", "W45", "W47"]),  # every second, from the newest back
        (20, ["W29", "W32", "W35", "W38", "W41", "W44", "W47"]),  # 20 / 8: every third
    ],
)
def test_of_many_weeks_so_many_are_named_that_they_can_be_read(count: int, named: list[str]) -> None:
    """At most eight, always the newest."""
    found = chart(*weeks_of(count))
    assert found is not None
    assert [name for _, name in found.weeks] == named


def test_a_line_goes_through_its_dots() -> None:
    """Two weeks of .32 on a scale to .4: 160 - .8 x 134 = 52.8, at 58 + 78 and 58 + 234."""
    found = chart(*weeks_of(2))
    assert found is not None
    assert found.lines == ("M136 52.8L292 52.8",)
    assert [(dot.x, dot.y) for dot in found.dots] == [("136", "52.8"), ("292", "52.8")]
    assert found.bands == ()  # measured over all calls: exact, and no band is drawn


def test_a_band_runs_along_the_upper_limits_and_back_along_the_lower_ones() -> None:
    """Resolution .62 (.45 to .76) and .59 (.42 to .73) on a scale to 1: 160 - .76 x 134 = 58.2 and so on."""
    assert of("resolution_rate").bands[0] == "M97 58.2L175 62.2L175 103.7L97 99.7Z"


def test_the_band_of_a_single_week_is_as_wide_as_its_dot() -> None:
    """3 to either side: else it would be no area."""
    trend = some_trends().trend("resolution_rate")
    single = trend.model_copy(update={"points": trend.points[:1]})
    found = chart(single, some_trends())
    assert found is not None
    assert found.bands == ("M211 58.2L217 58.2L217 99.7L211 99.7Z",)
    assert found.lines == ()


def test_the_bar_and_three_values_stand_at_the_side() -> None:
    """At least 60 % of a scale to all: 160 - .6 x 134 = 79.6; cost has no bar."""
    found = of("resolution_rate")
    assert (found.bar, found.bar_text) == ("79.6", ">= 60 %")
    assert found.ticks == (("160", "0 %"), ("93", "50 %"), ("26", "100 %"))
    assert (of("cost_per_call").bar, of("cost_per_call").bar_text) == ("", "")


def test_an_alarm_of_another_measure_is_not_drawn() -> None:
    """Nor one of a week that is not shown."""
    other = moving_trends(watches=(a_watch(measure="cost_per_call"),))
    assert of("resolution_rate", other).alarms == ()
    earlier = a_watch(measure="resolution_rate")
    alarm = earlier.alarms[0].model_copy(update={"week": "2026-W01", "watched_from": "2026-W01"})
    gone = moving_trends(watches=(earlier.model_copy(update={"alarms": (alarm,)}),))
    assert of("resolution_rate", gone).alarms == ()


def test_an_unanswered_week_says_so() -> None:
    """No number stands for it."""
    assert of("latency_p99_ms").dots[1].said == "2026-W45: unanswered, 400 of 400"


@pytest.mark.parametrize("update", [{"high": None}, {"low": None}, {"low": 0.6, "high": 0.6}])
def test_a_week_with_a_limit_that_is_not_known_has_no_band(update: dict[str, float | None]) -> None:
    """Nor has one whose limits are one number; the weeks beside it keep theirs: here the second of two."""
    trend = some_trends().trend("resolution_rate")
    first, second = trend.points[:2]
    points = (first.model_copy(update={"measure": first.measure.model_copy(update=update)}), second)
    found = chart(trend.model_copy(update={"points": points}), some_trends())
    assert found is not None
    assert found.bands == ("M289 62.2L295 62.2L295 103.7L289 103.7Z",)
