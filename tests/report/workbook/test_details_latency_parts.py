"""The tables of what slow turns have in common."""

from __future__ import annotations

import io

import numpy as np
import openpyxl

from evalharness.aggregate.latency import row
from evalharness.report.workbook import write_workbook
from tests.builders import a_latency_pool
from tests.report.weeks import FORMULA, a_week_summary

SPLITS, PARTS = "Latency by kind of turn, version, intent and local hour", "Latency: what the slow replies spend their time on"


def _sheet(*pools):
    summary = a_week_summary(calls=9, turns=1, latency=tuple(row(pool) for pool in pools))
    return openpyxl.load_workbook(io.BytesIO(write_workbook(summary)))["Details"]


def _under(sheet, title):
    """The filled cells below a title until the next one, head and remark left out; None where it does not stand there."""
    lines = [[cell for cell in line if cell is not None] for line in sheet.iter_rows(values_only=True)]
    at = next((place for place, line in enumerate(lines) if line[:1] == [title]), None)
    if at is None:
        return None
    found = []
    for line in lines[at + 3 :]:
        if len(line) < 3:
            break
        found.append(line)
    return found


def _pool():
    """40 replies: 20 of a version that is a formula and at 8 o'clock, 20 of none and at 9; the first took 2,000 ms."""
    values = np.array([2000.0] + [400.0] * 39)
    codes = np.repeat([0, 1], 20)
    groups = {"version": (FORMULA, ""), "intent": ("book_appointment", ""), "hour": ("8", "9")}
    return a_latency_pool(
        values,
        unanswered=1,
        tool_ms=values[:1],
        plain_ms=values[:39],
        groups=groups,
        group_of=dict.fromkeys(groups, codes),
        parts_ms={"llm": values / 2, "stt": np.where(values > 1500, 0, 60.0)},
    )


def test_a_row_a_kind_and_group():
    """20 + 1 unanswered turns in the first groups; a formula of a log stays text."""
    found = _under(_sheet(_pool()), SPLITS)
    assert [(line[1], line[-1]) for line in found] == [
        ("with a tool call", "1"), ("without a tool call", "39"), ("without fillers", "40"), ("no version", "20"),
        (f"version {FORMULA}", "21"), ("no intent", "20"), ("intent book appointment", "21"), ("from 08:00", "21"),
        ("from 09:00", "20"),
    ]  # fmt: skip
    assert found[0][2:7] == ["2000 ms", "2000 ms", "2000 ms", "100 %", "1"]
    assert found[7][4] == "unanswered"


def test_a_row_a_part_the_one_that_is_most_often_the_largest_first():
    found = _under(_sheet(_pool()), PARTS)
    assert [line[1] for line in found] == ["llm", "stt"]
    assert found[0][2:] == ["200 ms", "200 ms", "1000 ms", "40", "100 %", "1 of 1"]
    assert found[1][2:] == ["60 ms", "60 ms", "60 ms", "39", "0 %", "1 of 1"]


def test_turns_of_one_kind_without_parts_have_no_table():
    sheet = _sheet(a_latency_pool((400.0, 500.0)))
    assert _under(sheet, SPLITS) is None
    assert _under(sheet, PARTS) is None


def test_groups_that_are_too_small_are_named_with_their_turns():
    codes = np.array([0] * 20 + [1])
    sheet = _sheet(a_latency_pool([400.0] * 21, groups={"version": ("v1", "v2")}, group_of={"version": codes}))
    said = [str(cell) for line in sheet.iter_rows(values_only=True) for cell in line if cell and "such groups" in str(cell)]
    assert len(said) == 1
    assert "demo, from the times of the turns: 1 turn in such groups by version." in said[0]
