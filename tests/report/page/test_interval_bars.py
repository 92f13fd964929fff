"""A check as a picture: where its marks stand."""

from __future__ import annotations

import pytest

from evalharness.models.measure import Check
from evalharness.report.page.interval_bars import in_words, interval_bar
from tests.builders import a_threshold
from tests.report.rich import a_since
from tests.report.weeks import a_number


def a_check(value: float | None = 0.62, *, bar: dict[str, float] | None = None, name: str = "resolution_rate", **fields) -> Check:
    """62 % (45 to 74) of 35 against at least 60 %."""
    known = {"low": 0.45, "high": 0.74, "n": 35, "of": 143, "basis": "sample"}
    of_check = {key: fields.pop(key) for key in ("since", "verdict", "by_since") if key in fields}
    measure = a_number(name, value, **{**known, **fields})
    return Check(
        threshold=a_threshold(name, **(bar or {"at_least": 0.6})), measure=measure, **{"verdict": "not_proven", **of_check}
    )


def test_the_marks_stand_where_the_figures_are() -> None:
    """8 + 0.62 x 284 = 184.08; the limits at 8 + .45 x 284 = 135.8 and 8 + .74 x 284 = 218.2; the bar at 178.4."""
    found = interval_bar(a_check())
    assert found is not None
    assert (found.week.dot, found.week.start, found.week.end, found.at) == ("184.1", "135.8", "218.2", "178.4")
    assert found.good == ("178.4", "113.6")
    assert (found.low_text, found.high_text, found.bar_text) == ("0 %", "100 %", ">= 60 %")
    assert not found.exact


def test_below_a_bar_the_good_side_is_the_left_one() -> None:
    """Median 599.6 ms below 600: a scale to 800, an exact figure without limits."""
    fields = {"unit": "ms", "low": None, "high": None, "basis": "all_calls", "verdict": "met"}
    check = a_check(599.6, name="latency_p50_ms", bar={"below": 600}, **fields)
    found = interval_bar(check)
    assert found is not None
    assert (found.good, found.at, found.week.start, found.exact) == (("8", "213"), "221", "", True)


def test_what_is_unanswered_leaves_the_scale_at_its_right_end() -> None:
    """An arrow, no dot within, and no number."""
    check = a_check(None, name="latency_p99_ms", bar={"below": 1500}, unit="ms", low=None, high=None, unanswered=True)
    found = interval_bar(check)
    assert found is not None
    assert (found.week.dot, found.week.open_end) == ("292", True)
    assert "unanswered" in found.said


def test_a_limit_that_is_not_known_is_an_open_end() -> None:
    """At least 1480 ms, no upper limit: the line runs to the edge."""
    check = a_check(1500, name="latency_p99_ms", bar={"below": 1500}, unit="ms", low=1480, high=None)
    found = interval_bar(check)
    assert found is not None
    assert (found.week.end, found.week.open_end) == ("292", True)


def test_nothing_measured_has_no_picture() -> None:
    """Neither 0 nor an empty scale."""
    assert interval_bar(a_check(None, n=0, of=0, low=None, high=None)) is None


def test_the_rate_since_the_start_stands_below_with_its_bounds() -> None:
    """136 of 197 is .69: 8 + .6904 x 284 = 204.1; bounds .612 and .757."""
    since = a_since(136, low=0.612, high=0.757, verdict="met")
    found = interval_bar(a_check(since=since, by_since=True, verdict="met"))
    assert found is not None
    assert found.since is not None
    assert (found.since.dot, found.since.start, found.since.end) == ("204.1", "181.8", "223")
    assert found.height > 60


def test_the_words_say_all_that_the_picture_shows() -> None:
    """Value, interval, n of N, bar, verdict."""
    assert in_words(a_check()) == "Resolution: 62 %, 95 % 45 to 74 %, 35 of 143; bar at least 60 %: not proven"


@pytest.mark.parametrize(
    ("bar", "at", "anchor"),
    [
        (0.1, "36.4", "start"),  # 8 + .1 x 284, left of a third
        (0.5, "150", "middle"),
        (0.9, "263.6", "end"),
    ],
)
def test_the_word_of_the_bar_stays_within_the_picture(bar: float, at: str, anchor: str) -> None:
    """It begins at a bar on the left, ends at one on the right."""
    found = interval_bar(a_check(bar={"at_least": bar}))
    assert found is not None
    assert (found.at, found.bar_anchor) == (at, anchor)


@pytest.mark.parametrize(
    ("bar", "good"),
    [
        ({"at_least": 0.6}, ("178.4", "113.6")),
        ({"above": 0.6}, ("178.4", "113.6")),
        ({"below": 0.6}, ("8", "170.4")),
        ({"at_most": 0.6}, ("8", "170.4")),
    ],
)
def test_the_shaded_side_is_the_one_that_meets_the_bar(bar: dict[str, float], good: tuple[str, str]) -> None:
    """The bar stands at 178.4 of 8 to 292: 170.4 to its left, 113.6 to its right."""
    found = interval_bar(a_check(bar=bar))
    assert found is not None
    assert found.good == good


def test_a_figure_without_a_rate_since_the_start_is_less_high() -> None:
    """No second line, no room for it; a rate that counts no call is none."""
    for fields in ({}, {"since": a_since(0, n=0, low=0.0, high=1.0)}):
        found = interval_bar(a_check(**fields))
        assert found is not None
        assert (found.since, found.height) == (None, 50)


def test_where_only_the_weeks_before_know_anything_their_line_stands_alone() -> None:
    """Nobody graded this week: no dot and no line of its own, the rate since the start below."""
    found = interval_bar(a_check(None, n=0, low=None, high=None, since=a_since(136, low=0.612, high=0.757)))
    assert found is not None
    assert (found.week.dot, found.week.start, found.week.open_end) == ("", "", False)
    assert found.since is not None
    assert found.since.dot == "204.1"


def test_a_rate_since_the_start_without_a_value_has_its_bounds_alone() -> None:
    """All of its calls are still open."""
    found = interval_bar(a_check(since=a_since(0, n=4, value=None, low=0.0, high=1.0)))
    assert found is not None
    assert found.since is not None
    assert (found.since.dot, found.since.start, found.since.end) == ("", "8", "292")


def test_a_negative_gap_has_a_place_left_of_nothing() -> None:
    """CSAT 3 points above people: from -4 to 6, so -3 stands at 8 + 284 / 10 = 36.4, the bar of 5 at 8 + 9 x 28.4 = 263.6."""
    check = a_check(-3.0, name="csat_gap_points", bar={"at_most": 5}, unit="points", low=-3.5, high=0.0, basis="all_calls")
    found = interval_bar(check)
    assert found is not None
    assert (found.week.dot, found.at, found.low_text, found.high_text) == ("36.4", "263.6", "-4 points", "6 points")


def test_the_words_name_the_rate_since_the_start_and_who_decided() -> None:
    """Behind the verdict of this week."""
    since = a_since(136, low=0.612, high=0.757, verdict="met")
    said = in_words(a_check(since=since, by_since=True, verdict="met"))
    assert ": met since 2026-W42; since 2026-W42 (first week): 136 of 197 read calls resolved" in said


def test_an_exact_figure_is_said_to_be_exact() -> None:
    """And nothing is made up beside it."""
    fields = {"unit": "ms", "low": None, "high": None, "basis": "all_calls", "verdict": "met", "n": 1240, "of": 1300}
    said = in_words(a_check(599.6, name="latency_p50_ms", bar={"below": 600}, **fields))
    assert said == "Median latency: 599.6 ms, exact, 1240 of 1300; bar below 600 ms: met"
