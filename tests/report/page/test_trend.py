"""The part of the trend: which measures get a picture, what stands in its table, what becomes of a page that is too large."""

from __future__ import annotations

import pytest

from evalharness.models.trend import Trend, WeekTrends
from evalharness.report import trend_words
from evalharness.report.page.recorded import FIRST
from evalharness.report.page.trend import MAIN, TrendPart, trend_part
from tests.report.moved import a_watch, moving_trends
from tests.report.page.read import everything
from tests.report.trends import WEEKS, some_trends


def part_of(trends: WeekTrends) -> TrendPart:
    """The part of a week with this trend."""
    found = trend_part(everything(trend=trends))
    assert found is not None
    return found


def many(count: int) -> WeekTrends:
    """So many scores, the mean of a criterion each, over the same weeks."""
    cost = some_trends().trend("cost_per_call")

    def named(name: str) -> Trend:
        points = [one.model_copy(update={"measure": one.measure.model_copy(update={"name": name})}) for one in cost.points]
        return cost.model_copy(update={"name": name, "points": tuple(points)})

    return some_trends().model_copy(update={"trends": tuple(named(f"figure_{number}") for number in range(count))})


def test_the_first_six_measures_get_a_picture() -> None:
    """Of nine."""
    assert [one.name for one in part_of(many(9)).main] == [f"Figure {number}" for number in range(MAIN)]


def test_a_measure_that_raised_an_alarm_gets_one_wherever_it_stands() -> None:
    """The eighth of nine; one that is watched without an alarm does not."""
    trends = many(9).model_copy(update={"watches": (a_watch(measure="figure_7"), a_watch(measure="figure_8", alarms=()))})
    assert [one.name for one in part_of(trends).main][MAIN:] == ["Figure 7"]


@pytest.mark.parametrize(
    ("number", "name", "bar"),
    [(0, "Resolution", "at least 60 %"), (1, "p99 latency", "below 1500 ms"), (2, "Cost per call", "")],
)
def test_a_picture_is_named_and_says_its_bar(number: int, name: str, bar: str) -> None:
    """A percentile keeps its small letter; cost has none in these weeks."""
    found = part_of(some_trends()).main[number]
    assert (found.name, found.bar) == (name, bar)


def test_every_week_stands_in_the_table_with_what_is_known_of_it() -> None:
    """p99: a value, unanswered, nothing, a value; each with n of N."""
    rows = part_of(some_trends()).main[1].rows
    assert [(row.week, row.value, row.limits, row.n_of) for row in rows] == [
        (WEEKS[0], "1210 ms", "exact", "400 of 400"),
        (WEEKS[1], "unanswered", "", "400 of 400"),
        (WEEKS[2], "no data", "", "0 of 400"),
        (WEEKS[3], "990 ms", "exact", "400 of 400"),
    ]


def test_the_part_says_how_many_weeks_and_what_to_mind() -> None:
    """Four weeks, the caution, the noted changes with their week."""
    found = part_of(some_trends())
    assert found.heading == f"Trend: 4 weeks, {WEEKS[0]} to {WEEKS[-1]}"
    assert found.caution == trend_words.CAUTION
    assert [text.partition(":")[0] for text in found.changes] == [WEEKS[-1]]


def test_where_the_page_must_be_small_the_pictures_stay_and_long_tables_are_cut() -> None:
    """All pictures; of every table the first twelve rows."""
    whole = part_of(many(20))
    short = whole.in_short()
    assert short.main == whole.main
    assert max(len(block.rows) for block in whole.tables) == 20  # a row a measure
    assert max(len(block.rows) for block in short.tables) == FIRST


def test_alarms_stand_in_a_table_of_their_own() -> None:
    """Held against the bar, said as the measure is."""
    table = next(block for block in part_of(moving_trends()).tables if block.title == "Alarms")
    assert [cell.text for cell in table.rows[0]][:3] == ["Clear failures", "1 % (the bar)", f"▲ {WEEKS[-1]}"]
