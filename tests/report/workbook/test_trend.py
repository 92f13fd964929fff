"""The sheet Trend: native charts with gaps, a table a measure, breaks marked."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.report.trend_words import NOT_JOINED
from evalharness.report.workbook import write_workbook
from tests.report.trends import BREAK, WEEKS, some_trends
from tests.report.weeks import FORMULA, a_week_summary
from tests.report.workbook.opened import texts


@cache
def written(label: str = "prompt v12") -> bytes:
    """The golden week with four weeks of trend."""
    return write_workbook(a_week_summary(calls=9, turns=2, trend=some_trends(label)))


def sheet(label: str = "prompt v12") -> Worksheet:
    """Its sheet Trend."""
    return openpyxl.load_workbook(io.BytesIO(written(label)))["Trend"]


def charts() -> list[str]:
    """The XML of each chart."""
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        return [archive.read(name).decode() for name in sorted(archive.namelist()) if "charts/chart" in name]


def table(heading: str) -> list[tuple[object, ...]]:
    """The rows of a measure's table, its head left out."""
    rows = list(sheet().iter_rows(values_only=True))
    first = next(number for number, row in enumerate(rows) if row[0] == heading) + 2
    last = next(number for number in range(first, len(rows) + 1) if number == len(rows) or rows[number][0] is None)
    return rows[first:last]


def test_a_chart_a_measure_that_draws_straight_lines_with_gaps() -> None:
    """Three measures, three charts; no line is smoothed, and a blank stays blank."""
    found = charts()
    assert len(found) == 3
    for xml in found:
        assert xml.count('<smooth val="0"') == xml.count("<ser>") > 0
        assert '<smooth val="1"' not in xml
        assert '<dispBlanksAs val="gap"' in xml
        assert xml.count('<delete val="0"') == 2  # both axes are shown


def test_the_chart_draws_the_rows_of_its_table() -> None:
    """Four weeks and the break: five rows of names, values, bar and how far the limits lie; cost has no interval and no bar."""
    ranges = re.findall(r"<f>'Trend'!\$([A-Z])\$(\d+):\$[A-Z]\$(\d+)</f>", charts()[0])
    assert {column for column, *_ in ranges} == {"F", "I", "J", "K", "M"}
    assert {int(last) - int(first) for _, first, last in ranges} == {4}
    assert charts()[2].count("<ser>") == 1


def test_a_break_is_a_marked_row_and_a_gap() -> None:
    """Between the second and the third week: no week, the reason, no number to plot but the bar."""
    rows = table("Resolution (bar: at least 60 %)")
    assert [row[0] for row in rows] == [*WEEKS[:2], "‖", *WEEKS[2:]]
    assert rows[2][4] == f"{NOT_JOINED}: {BREAK}"
    assert rows[2][5:] == (None, None, None, 0.6, None, None, None, "‖")


def test_what_is_plotted_is_what_is_said() -> None:
    """62 % is .62 from .45 to .76; a figure that was signed otherwise says so beside its star."""
    rows = table("Resolution (bar: at least 60 %)")
    assert rows[0][:4] == (WEEKS[0], "62 %", "45 to 76 %", "34 of 140")
    assert rows[0][5] == 0.62
    assert rows[4][1] == "66 % *"
    assert str(rows[4][4]).startswith("* signed as 61 % (33 of 140)")


def test_unanswered_and_no_data_are_not_plotted() -> None:
    """Neither is a number: both cells are empty, and the line has a gap."""
    rows = table("p99 latency (bar: below 1500 ms)")
    assert [row[1] for row in rows] == ["1210 ms", "unanswered", "no data", "990 ms"]
    assert [row[5] for row in rows] == [1210, None, None, 990]


def test_the_weeks_with_their_changes_versions_and_sign_off() -> None:
    """One row a week."""
    found = texts(sheet())
    assert "Trend: 4 weeks, 2026-W44 to 2026-W47" in found
    assert "version v11 (90), v12 (60)" in found
    last = "2026-11-16 10:00 prompt v12 (prompt); version v11 (90), v12 (60); signed: keep, figures differ *"
    assert last in found


def test_hostile_labels_stay_text_and_the_bytes_are_equal() -> None:
    """A formula as the label of a change; the same weeks twice."""
    found = sheet(FORMULA)
    assert {cell.data_type for row in found.iter_rows() for cell in row if cell.value is not None} <= {"s", "n"}
    assert any(FORMULA in text for text in texts(found))
    assert write_workbook(a_week_summary(calls=9, turns=2, trend=some_trends())) == written()


def test_a_single_week_has_no_chart() -> None:
    """One week: the tables stand, nothing is drawn; no week: a sentence."""
    trends = some_trends()
    one = trends.model_copy(
        update={
            "weeks": trends.weeks[:1],
            "trends": tuple(trend.model_copy(update={"points": trend.points[:1]}) for trend in trends.trends),
        }
    )
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(calls=9, turns=2, trend=one))))
    assert texts(book["Trend"])[0] == "Trend: one week so far, 2026-W44"
    with zipfile.ZipFile(io.BytesIO(write_workbook(a_week_summary(calls=9, turns=2)))) as archive:
        assert not [name for name in archive.namelist() if "charts/" in name]
