"""The sheets What changed and Trend by group, and what Trend and Trend data say of differences, alarms and groups."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import openpyxl
from openpyxl.workbook.workbook import Workbook

from evalharness.models.summary import WeekSummary
from evalharness.models.trend import WhatChanged
from evalharness.report.moved_words import CAUTION
from evalharness.report.workbook import write_workbook
from tests.report.moved import NOW, a_movement, a_part, a_shift, moving_trends, what_changed
from tests.report.trends import WEEKS, some_trends
from tests.report.weeks import FORMULA, a_week_summary
from tests.report.workbook.opened import rows, texts


def a_moved_week(moved: WhatChanged | None, **fields: object) -> WeekSummary:
    return a_week_summary(**{"calls": 9, "turns": 2, "week": NOW, "trend": moving_trends(), "moved": moved, **fields})


@cache
def moved_book() -> Workbook:
    """One clear movement with groups, one that is not; the judge is another one."""
    parts = tuple(a_part(f"intent {number}", moved=-0.01 * number) for number in range(1, 6))
    quiet = a_movement(measure="cost_per_call", clear=False, parts=(a_part("quiet"),), note="few calls: 7, and 8 before")
    found = what_changed(a_movement(parts=(*parts, a_part("misheard", "error_tag", None))), quiet, shifts=(a_shift(),))
    return openpyxl.load_workbook(io.BytesIO(write_workbook(a_moved_week(found))))


def under(sheet: str, heading: str) -> list[tuple[object, ...]]:
    """The rows of a table, its head left out, up to the next empty row."""
    found = list(moved_book()[sheet].iter_rows(values_only=True))
    start = next(number for number, row in enumerate(found) if str(row[0]).startswith(heading))
    head = next(number for number in range(start + 1, len(found)) if found[number][1] is not None)
    end = next((number for number in range(head, len(found)) if found[number][0] is None), len(found))
    return found[head + 1 : end]


def test_a_movement_stands_with_both_weeks_the_difference_and_its_limits() -> None:
    """Clear or not is said in words and sign; the note says what forbids to read more into it."""
    clear, quiet = under("What changed", "Movements")
    now, before = "66 % (n 34)", "71 % (n 33)"
    assert clear[:6] == ("Resolution", now, before, "-20 points", "-38 to -2 points", "▼ clearly worse")
    assert (quiet[0], quiet[5], quiet[6]) == ("Cost per call", "not clearly", "few calls: 7, and 8 before")
    assert CAUTION in texts(moved_book()["What changed"])


def test_the_three_groups_of_a_kind_that_add_most_are_named() -> None:
    """Of five intents the last three, largest first, then the error tag with its counts; 6 - 4 = 2 are counted. A movement
    that is not clear and no check has no table."""
    found = under("What changed", "Resolution: -20 points (-38 to -2 points; n 34, before 33)")
    assert [row[0] for row in found[:4]] == ["intent intent 5", "intent intent 4", "intent intent 3", "kind of error misheard"]
    assert found[0][1:4] == ("2 of 9", "7 of 8", "-5 points")
    assert found[3][3] == "counts alone"
    said = texts(moved_book()["What changed"])
    assert "2 more groups with smaller parts." in said
    assert "intent quiet" in said  # cost has a bar, so its groups stand there though it did not move clearly


def test_gold_calls_tell_the_judge_from_the_agent() -> None:
    row = under("What changed", "The agent or the judge")[0]
    assert row[:6] == ("judge-b", "grader changed: another judge", "14", "2", "90", "0.0020")


def test_changes_noted_in_either_week_stand_there() -> None:
    assert under("What changed", "Changes noted")[0][:2] == (NOW, "2026-11-16 10:00 prompt v12 (prompt)")


def test_without_a_week_before_it_says_why() -> None:
    """In so many words, on the sheet and in the box; without any trend there is neither Trend by group nor Trend data."""
    first = a_moved_week(WhatChanged(week=NOW, why_not="the week before is not drawn"))
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(first)))
    why = "Not compared with a week before: the week before is not drawn."
    assert why in texts(book["What changed"])
    assert why in texts(book["This week"])
    alone = openpyxl.load_workbook(io.BytesIO(write_workbook(a_moved_week(None, trend=None))))
    assert not {"Trend by group", "Trend data"} & set(alone.sheetnames)


def test_the_box_and_the_checks_say_what_moved() -> None:
    """What changed is a line of the box; last week stands in the row of the check."""
    found = texts(moved_book()["This week"])
    assert any(text.startswith(f"Clearly worse than in {WEEKS[-2]}: Resolution -20 points") for text in found)
    assert any(text.startswith("Alarm: Clear failures: 9 of 102 calls failed") for text in found)
    assert "71 % (34 of 140); -20 points (-38 to -2 points)" in found
    assert "✗ Missed" in found
    assert "Resolution 62 %, 35 of 143 calls (at least 60 %): 310 graded calls this week would settle it" in " ".join(found)


def test_alarms_stand_with_what_they_are_held_against_and_can_see() -> None:
    raised, none = under("Trend", "Alarms")
    assert raised[:4] == ("Clear failures", "1 % (the bar)", f"▲ {NOW}", "4")
    assert raised[4] == f"9 of 102 since {WEEKS[1]}; would see a rise to 6 % within 12 weeks"
    assert none[:3] == ("Resolution", "not watched", "none")
    assert none[4] == "too few weeks"


def test_charts_mark_changes_and_alarms_and_draw_intervals_as_bars() -> None:
    """The last week has a noted change; an alarm of a charted measure is a triangle of its own."""
    watches = (moving_trends().watches[0].model_copy(update={"measure": "resolution_rate"}),)
    data = write_workbook(a_moved_week(what_changed(), trend=moving_trends(watches=watches)))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Trend"]
    labels = [str(cell.value) for cell in sheet["M"] if cell.value]
    assert labels[:6] == ["in the chart", WEEKS[0], "W45", "‖", "W46", "W47 ◆▲"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.read("xl/charts/chart1.xml").decode()
    assert first.count("<errBars>") == 1
    assert 'val="triangle"' in first
    assert '<max val="1' in first  # the highest limit is .85: a share never goes beyond 100 %


def test_a_row_a_group_with_its_weeks() -> None:
    """The newest week with its count, below it the week before; a group without a name is called so."""
    found = rows(moved_book()["Trend by group"], 3)
    assert [row["group"] for row in found] == ["intent bills", "version v12", "from 09:00", "no intent"]
    assert str(found[0]["Resolution"]).splitlines()[:2] == ["40 % (34 of 140)", "before: 70 % (34 of 140)"]


def test_trend_data_has_a_row_a_measure_and_week_with_numbers() -> None:
    """3 measures x 4 weeks; what is not known is empty, not 0; only what is charted is printed."""
    sheet = moved_book()["Trend data"]
    found = rows(sheet, 1)
    assert len(found) == 12
    last = found[3]
    assert (last["measure"], last["week"], last["value"], last["n"]) == ("Resolution", NOW, 0.66, 34)
    assert (last["less the week before"], last["bar"]) == (-0.2, 0.6)
    assert (found[5]["value"], found[5]["less the week before"]) == (None, None)
    assert "Trend_data" in sheet.tables


def test_names_that_act_stay_text() -> None:
    """A formula as the name of a group, a judge, a criterion and a reason."""
    part, shift = a_part(FORMULA), a_shift(judge=FORMULA, criteria=(FORMULA,))
    found = what_changed(a_movement(parts=(part,), note=FORMULA), shifts=(shift,))
    trend = moving_trends(slices=(moving_trends().slices[1].model_copy(update={"value": FORMULA}),))
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(a_moved_week(found, trend=trend))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert FORMULA in [cell.value for cell in cells]


def test_a_trend_without_differences_says_only_what_it_knows() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(a_moved_week(None, trend=some_trends()))))
    assert "71 % (34 of 140)" in texts(book["This week"])
    assert "Alarms" not in texts(book["Trend"])


def test_a_figure_over_all_calls_is_drawn_as_exact_as_it_is_told() -> None:
    """1210 ms is exact for the week: no bar beside the dot, whatever is known of the process; nor has an unanswered one any."""
    trends = some_trends()
    slow = trends.trend("latency_p99_ms")
    points = [
        point.model_copy(update={"process": point.measure.model_copy(update={"low": 1100.0, "high": 1400.0})})
        for point in slow.points
    ]
    changed = trends.model_copy(update={"trends": (slow.model_copy(update={"points": tuple(points)}),)})
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(a_moved_week(None, trend=changed))))
    found = [row for row in book["Trend"].iter_rows(values_only=True) if row[1] in {"1210 ms", "unanswered"} and row[12]]
    assert [row[2] for row in found] == ["exact", None]
    assert [row[5:8] + row[9:11] for row in found] == [(1210, None, None, None, None), (None,) * 5]
