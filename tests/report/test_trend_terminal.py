"""The trend on a terminal: 80 columns, n beside every figure, breaks and signed figures said."""

from __future__ import annotations

import pytest

from evalharness.models.trend import WeekTrends
from evalharness.report.text import columns
from evalharness.report.trend_terminal import render
from evalharness.report.trend_words import CAUTION, changes, spark, title, versions
from tests.report.trends import BREAK, WEEKS, some_trends


def screen() -> list[str]:
    """The lines of the made weeks."""
    return render(some_trends()).splitlines()


def test_no_line_is_wider_than_the_terminal() -> None:
    """80 columns, and 60; a long hostile note too."""
    for width in (80, 60):
        text = render(some_trends("x" * 150), width)
        assert max(columns(line) for line in text.splitlines()) <= width


def test_a_table_a_measure_with_n_and_interval() -> None:
    """62 % of 34 of 140 calls, 45 to 76 %; the bar stands in the heading."""
    lines = screen()
    at = lines.index("Resolution (bar: at least 60 %)")
    assert lines[at + 1].split() == ["week", "value", "95", "%", "n", "of", "N", "than", "the", "week", "before"]
    assert lines[at + 3].split() == [WEEKS[0], "62", "%", "45", "to", "76", "%", "34", "of", "140"]


def test_a_break_is_a_row_of_its_own_before_its_week() -> None:
    """Between the second and the third week, with the reason."""
    lines = screen()
    at = lines.index(f"  -- not joined with the weeks before: {BREAK} --")
    assert lines[at - 1].startswith(f"  {WEEKS[1]}")
    assert lines[at + 1].startswith(f"  {WEEKS[2]}")


def test_sparklines_start_at_zero_and_stop_at_breaks() -> None:
    """62, 59, 71 and 66 % of a highest 71 %: 6.98, 6.65, 8 and 7.4 eighths; unanswered and no data have their own signs."""
    found = some_trends()
    assert spark(found.trend("resolution_rate").points) == "▇▇|██"
    assert spark(found.trend("latency_p99_ms").points) == "█^·▇"
    assert spark(found.trend("cost_per_call").points) == "████"
    assert "Bars from 0 to the highest week; · no data, ^ unanswered, | not joined with the" in screen()


def test_an_unanswered_percentile_and_no_data_are_no_numbers() -> None:
    """The second week touches an unanswered turn, the third has no time at all."""
    lines = screen()
    at = lines.index("p99 latency (bar: below 1500 ms)")
    assert "unanswered" in lines[at + 4]
    assert "no data" in lines[at + 5]


def test_a_figure_signed_otherwise_has_a_star_and_says_what_was_signed() -> None:
    """66 % now, 61 % of 33 when it was signed."""
    text = render(some_trends())
    assert "66 % *" in text
    assert f"{WEEKS[3]} * signed as 61 % (33 of 140)" in text
    assert "keep, figures" in text


def test_changes_and_versions_are_shown() -> None:
    """A dated note by the workspace's clock; versions with their calls."""
    found = some_trends()
    assert list(changes(found)) == [f"{WEEKS[3]}: 2026-11-16 10:00 prompt v12 (prompt)"]
    assert versions(found.weeks[0]) == "v11 (90), v12 (60)"
    assert versions(found.weeks[0].model_copy(update={"versions": {"unknown": 3, "v11": 9}})) == "v11"
    assert f"  {WEEKS[3]}: 2026-11-16 10:00 prompt v12 (prompt)" in screen()


def test_it_claims_nothing() -> None:
    """The caution closes the screen; no word of significance, better or worse."""
    text = render(some_trends())
    assert " ".join(text.split("\n\n")[-1].split()) == CAUTION
    assert not [word for word in ("significant", "better", "worse", "improved", "alarm!") if word in text]


def test_only_main_measures_have_tables_unless_all_are_asked_for() -> None:
    """Seven measures: the seventh has its line, and its table with `every`."""
    found = some_trends()
    seven = found.model_copy(update={"trends": found.trends * 2 + found.trends[:1]})
    assert render(seven).count("(bar: at least 60 %)") == 2
    assert render(seven, every=True).count("(bar: at least 60 %)") == 3


def test_hostile_notes_cannot_act() -> None:
    """An escape sequence in a label is shown by its number."""
    text = render(some_trends("red \x1b[31m"))
    assert "\x1b" not in text
    assert "\\u{1b}" in text


def test_nothing_drawn_yet() -> None:
    """A sentence instead of empty tables."""
    assert render(WeekTrends(weeks=(), trends=())) == "Trend: no week is drawn yet\n"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("resolution_rate", "Resolution"),
        ("call_score", "Call score"),
        ("share_yes.wrong_information", "wrong information: yes"),
        ("share_4_5.tone", "tone at 4 or 5"),
    ],
)
def test_names(name: str, shown: str) -> None:
    """What a measure is called."""
    trend = some_trends().trends[0]
    points = tuple(p.model_copy(update={"measure": p.measure.model_copy(update={"name": name})}) for p in trend.points)
    assert title(trend.model_copy(update={"name": name, "points": points})) == shown


def test_a_mean_score_says_that_it_is_one() -> None:
    """The criterion `latency` in points of 100 is not the latency in ms."""
    trend = some_trends().trends[0]
    points = tuple(
        p.model_copy(update={"measure": p.measure.model_copy(update={"name": "tone", "unit": "score"})}) for p in trend.points
    )
    assert title(trend.model_copy(update={"name": "tone", "points": points})) == "tone score"
