"""The screen: in words first, 80 columns, nothing that acts on the terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.report.terminal import fit, render, wrap
from evalharness.report.text import columns, visible
from tests.builders import a_check, a_measure, a_threshold
from tests.report.weeks import a_week_summary

SCREEN_HEAD = """\
Agent         Front Desk (owner: Anna Keller (simulated))
Week          2026-W47, Monday 16 to Sunday 22 November 2026 (Europe/Berlin)
Calls         152 calls in the week, 148 in scope: figures of the log count
              these, or as many as have the data; judged ones the 139 with a
              transcript that did not fail technically (3 did). The sample is
              drawn from all 143 with a transcript.
Sample        35 of 143 calls drawn, 35 graded. 2 calls arrived after the draw:
              counted in the week, not in the sample.
Read by       Anna Keller (simulated) read 12 of 20 calls; Ben Ode (simulated)
              read 35 of 35 calls; measured in the log: 35 calls.
Verdict       NOT GOOD ENOUGH. At least one check of the bar is missed. Switched
              off by the owner: correctness.
Missed        p99 latency: the percentile falls on a caller turn that got no
              answer (bar: below 1500 ms, 1240 of 1300 turns).
"""
CHECKS = """\
check           value       bar          95 %        n of N        verdict
-------------------------------------------------------------------------------
Resolution      62 %        >= 60 %      45 to 74 %  35 of 143     not proven
Median latency  599.6 ms    < 600 ms     exact       1240 of 1300  met
p99 latency     unanswered  < 1500 ms                1240 of 1300  missed
CSAT gap        no data     <= 5 points              none          not measured
Clear failures  0 %         < 1 %        0 to 9.8 %  35 of 143     not proven
Cost per call   0.41 EUR    < 0.50 EUR   exact       135 of 148    met
Owner review    12 calls    >= 20 calls  exact       12 of 20      not measured
"""


def test_the_screen_of_the_golden_week():
    """Words first, the checks as a table behind them, calls to hear and notices last."""
    screen = render(a_week_summary())
    assert screen.startswith(SCREEN_HEAD)
    assert CHECKS in screen
    assert screen.index("To do") < screen.index("check  ") < screen.index("Calls to hear") < screen.index("Notices")
    assert screen.endswith("not a judgement of a real agent.\n")


@pytest.mark.parametrize("width", [60, 72, 80, 120])
@pytest.mark.parametrize("hostile", [False, True])
def test_no_line_is_wider_than_the_terminal(width, hostile):
    """Also with long and hostile names."""
    assert max(map(columns, render(a_week_summary(hostile=hostile), width).splitlines())) <= width


def test_hostile_text_cannot_act_on_the_terminal():
    """Every control character and escape sequence of a name is shown, none is sent."""
    screen = render(a_week_summary(hostile=True))
    assert visible(screen, keep="\n") == screen
    assert "\\u{1b}[31mred" in screen
    assert "../../x" in screen


def test_colour_adds_only_colour():
    """Without its escapes the coloured screen is the plain one; the verdict words stand in both."""
    coloured = render(a_week_summary(), colour=True)
    assert coloured != render(a_week_summary())
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(a_week_summary())
    assert set(re.findall(r"\x1b\[[\d;]*m", coloured)) == {f"\x1b[{code}m" for code in ("0", "1", "2", "32", "33", "31;1")}


def test_calls_to_hear_beyond_the_first_are_counted():
    """Three are named; of five, 2 more are on the sheet, of three none."""
    call = a_week_summary().to_hear[0]
    for number, said in ((3, False), (5, True)):
        screen = render(a_week_summary(to_hear=(call,) * number))
        assert ("    2 more: sheet Calls to hear of the workbook" in screen) is said
        assert (" more: sheet Calls to hear" in screen) is said


def test_empty_parts_are_left_out():
    """No heading stands over nothing."""
    screen = render(a_week_summary(to_hear=(), notices=()))
    assert "Calls to hear" not in screen
    assert "Notices" not in screen
    assert screen.endswith("these limits hold the bar.\n")


def test_two_kinds_of_limits_are_told_apart():
    """All limits shown are two-sided, and it is said that a verdict rests on others; without a range there is nothing to tell."""
    screen = render(a_week_summary())
    assert "95 %: two-sided limits. A verdict rests on one-sided 95 % bounds" in screen
    plain = [check for check in a_week_summary().checks if check.measure.low == check.measure.high]
    assert "two-sided" not in render(a_week_summary(checks=tuple(plain)))


def test_a_number_stays_with_its_unit():
    """A line does not end between 7.4 and its per cent sign."""
    assert wrap("may be up to 7.4 % of it", 16) == ["may be up to", "7.4 % of it"]
    assert wrap("costs about 0.41 EUR", 16) == ["costs about", "0.41 EUR"]


def test_the_interval_of_the_csat_gap_stays_in_its_line():
    """Its unit stands in the value's column; the widest likely interval takes one line."""
    gap = a_measure(9.6, "csat_gap_points", unit="points", n=36, of=124, low=-10.2, high=24.4, basis="all_calls")
    found = a_check("not_proven", a_threshold("csat_gap_points", at_most=5.0), gap, low=-7.5, high=22.1)
    week = a_week_summary()
    checks = tuple(found if check.threshold.measure == "csat_gap_points" else check for check in week.checks)
    line = next(line for line in render(week.model_copy(update={"checks": checks})).splitlines() if line.startswith("CSAT gap "))
    assert "-10.2 to 24.4  36 of 124" in line
    assert line.endswith("not proven")


def test_a_long_word_is_broken():
    """A word without a space goes on in the next line."""
    assert wrap("id " + "x" * 25, 10) == ["id", "x" * 10, "x" * 10, "x" * 5]
    assert wrap("", 10) == [""]
    assert wrap("東京" * 4, 5) == ["東京", "東京", "東京", "東京"]


@given(st.text(max_size=60), st.integers(2, 40))
def test_wrapped_lines_fit(text, width):
    """Whatever the text, no line is wider; apart from spaces nothing is lost."""
    lines = wrap(text, width)
    assert all(columns(line) <= width for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", visible(text))


def test_the_widest_column_gives_way_first():
    """40 + 10 + two spaces into 40: the first becomes 28; nothing goes below what words need."""
    assert fit([40, 10], 40) == [28, 10]
    assert fit([10, 10], 80) == [10, 10]
    assert fit([40, 40], 10) == [7, 7]


def test_a_table_too_wide_goes_on_below():
    """At 60 columns "not measured" takes two lines, and the column stays a column."""
    lines = render(a_week_summary(), 60).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("CSAT"))
    assert lines[start].endswith("not")
    assert lines[start + 1].endswith("measured")
    assert lines[start].rindex("not") == lines[start + 1].rindex("measured")
