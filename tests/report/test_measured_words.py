"""What was measured over all calls, in words: on the screen, in summary.md and in summary.json."""

from __future__ import annotations

import json

import pytest

from evalharness.models.finding import Finding
from evalharness.models.measured import MeasuredGroup, Spread
from evalharness.report import measured_words as words
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_markdown import summary_markdown
from evalharness.report.terminal import render
from tests.report.measured import AIR, WHOLE, a_figure, a_meaning, a_part, a_spread, some_figures
from tests.report.weeks import FORMULA, a_week_summary


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "count", "no data"),
        (0.0, "count", "0"),
        (0.25, "count", "0.3"),
        (0.004, "count", "0.004"),
        (0.6, "share", "60 %"),
        (9000.0, "ms", "9000 ms"),
        (1.0, "turns", "1 turn"),
        (2.5, "turns", "2.5 turns"),
        (151.0, "per_minute", "151 a minute"),
        (0.5, "money", "0.50 EUR"),
    ],
)
def test_an_amount_has_its_unit(value, unit, text):
    """No data is no number; a little more than nothing is not nothing."""
    assert words.amount(value, unit, "EUR") == text


def test_required_words_have_a_rate_by_name():
    """90 + 4 + 6 = 100 calls needed the one, 3 the other; both are on the sheet where states stand."""
    named = {"recording_notice": {"said": 90, "late": 4, "missing": 6}, "ai": {"said": 3}}
    text = words.states(a_figure(named=named))
    assert text == "recording notice: said in time in 90 of 100 (90 %), 4 late, 6 missing; ai: said in time in 3 of 3 (100 %)"


def test_the_share_of_calls_says_both_cases_where_data_lack():
    """17 of 100 calls of 142: 17/142 = 12 % at least, (17 + 42)/142 = 42 % at most."""
    assert words.with_any(a_spread()) == "12 % (17 of 142)"
    spread = a_spread(n=100, share=0.17, least=17 / 142, most=59 / 142)
    assert words.with_any(spread) == "17 % (17 of 100); of all calls 12 to 42 %"
    assert words.with_any(Spread(of=142)) == ""


def test_the_median_of_a_yes_or_no_is_left_to_the_share():
    """Without any data it says so."""
    assert words.middle(a_spread(), "yes_no") == ""
    assert words.middle(Spread(of=3), "yes_no") == "no data"
    assert words.middle(a_spread(median=2.0), "count") == "2"
    assert (words.mean(a_spread(), "yes_no"), words.mean(a_spread(), "count")) == ("", "0.3")


def test_the_week_before():
    """A count by its share of calls, a ratio by its median, both with their n; a week without data has none."""
    assert words.before(a_figure(before=a_spread(share=0.08, hits=11, n=137))) == "8 % (11 of 137)"
    assert words.before(a_figure(a_meaning(unit="share"), before=a_spread(share=None, median=0.4))) == "40 % (142 of 142)"
    assert words.before(a_figure(before=Spread(of=9))) == words.before(a_figure()) == "no data"


def test_what_became_of_the_findings():
    """Those without a state are found, no more."""
    assert words.states(a_figure(states={"": 3, "late": 2})) == "3 found, 2 late"


@pytest.mark.parametrize(
    ("by", "name", "text"),
    [
        ("version", "v12", "version v12"),
        ("intent", "", "intent not given"),
        ("hour", "9", "09:00 to 10:00"),
        ("hour", "23", "23:00 to 00:00"),
        ("hour", "", "hour not given"),
    ],
)
def test_groups_by_name(by, name, text):
    """An hour by the clock, a missing intent as missing."""
    assert words.group(MeasuredGroup(by=by, name=name, spread=a_spread())) == text


def test_what_stands_out_is_ranked_by_the_calls_it_was_found_in():
    """A good thing and one that was not found stand nowhere; equal shares by name."""
    rare = a_figure(a_meaning("rare"), a_spread(share=0.01, hits=1))
    same = a_figure(a_meaning("also"), a_spread())
    good = a_figure(a_meaning("good", bad=False))
    none = a_figure(a_meaning("none"), a_spread(share=0.0, hits=0))
    assert [figure.meaning.figure for figure in words.ranked([rare, good, none, a_figure(), same])] == [
        "also",
        "dead_air",
        "rare",
    ]


def test_what_stands_out_in_a_line():
    """Calls without data are said, and the week before where it is known."""
    assert words.sentence(a_figure()) == "dead air: 12 % of calls (17 of 142): nobody speaks for 3 s or more"
    line = words.sentence(a_figure(week=a_spread(n=140, share=17 / 140), before=a_spread(share=0.08)))
    assert line.startswith("dead air: 12 % of calls (17 of 140), 2 more without data, the week before 8 % (17 of 142):")


def test_what_arises_in_some_calls_alone_names_them():
    """2 of 3 calls; the others lack nothing."""
    figure = a_figure(a_meaning("late", among="calls handed to a human"), a_spread(n=3, hits=2, share=2 / 3))
    assert words.with_any(figure.week, figure.meaning.among) == "67 % (2 of 3 calls handed to a human)"
    assert words.sentence(figure).startswith("late: 2 of 3 calls handed to a human (67 %): nobody")


def test_a_finding_and_its_place():
    """With its size, its state and our note; what no turn shows is of the call."""
    assert (words.places_of(AIR), words.found(AIR)) == ("turns 2, 3", "dead air, 9 ms (late): nobody spoke")
    assert (words.places_of(WHOLE), words.found(WHOLE)) == ("the call", "dead air")
    assert words.places_of(Finding(measure="loops", turns=(4,))) == "turn 4"


def test_a_drop_is_named_with_what_is_usual():
    """Only parts that dropped."""
    assert list(words.drops([a_part(), a_part(part="status", dropped=False)])) == [
        "The log is filled less than before: cost, of all calls: 80 % (80 of 100), usually 95 % (4 weeks)."
    ]
    assert words.usual(a_part(usual=None, weeks=())) == "no data"


def test_the_screen_shows_what_stands_out_and_how_many_more():
    """Seven figures stand out, five are shown, each in 80 columns; nothing found says nothing."""
    many = [a_figure(a_meaning(f"figure_{number}"), a_spread(share=number / 10, hits=number)) for number in range(1, 8)]
    screen = render(a_week_summary(measured=tuple(many), logged=(a_part(),)))
    assert "Measured in all calls\n  - figure 7: 70 % of calls" in screen
    assert "figure 3:" in screen
    assert "figure 2:" not in screen
    assert "    2 more: sheet Measured of the workbook" in screen
    assert "The log is filled less than before: cost" in screen
    assert max(map(len, screen.splitlines())) <= 80
    assert "Measured in all calls" not in render(a_week_summary(measured=some_figures()[1:]))


def test_machines_get_every_figure_with_its_n():
    """Figures without data have null, never 0; the places name calls and turns."""
    document = json.loads(summary_json(a_week_summary(measured=some_figures(), logged=(a_part(),))))
    air, ratio, empty = document["measured"]
    assert set(air) == {"meaning", "week", "before", "groups", "small", "states", "places", "named"}
    assert set(air["week"]) == {"n", "of", "hits", "share", "least", "most", "mean", "low", "median", "high"}
    assert air["meaning"] == {
        "figure": "dead_air",
        "unit": "count",
        "words": "nobody speaks for 3 s or more",
        "bad": True,
        "among": "",
        "shown_by": None,
    }
    assert (air["week"]["n"], air["week"]["hits"], air["states"]) == (142, 17, {"": 3, "late": 2})
    assert air["places"][0]["finding"]["turns"] == [2, 3]
    assert (ratio["week"]["share"], empty["week"]["share"], empty["week"]["median"], empty["week"]["n"]) == (None, None, None, 0)
    (part,) = document["logged"]
    assert part == {
        "part": "cost", "has": 80, "of": 100, "share": 0.8, "usual": 0.95,
        "weeks": ["2026-W43", "2026-W44", "2026-W45", "2026-W46"], "dropped": True,
    }  # fmt: skip


def test_the_summary_to_paste_has_what_stands_out():
    """A list of its own, and hostile names of groups stay out of it."""
    text = summary_markdown(a_week_summary(measured=some_figures(), logged=(a_part(),)))
    assert "## Measured in all calls\n\n- dead air: 12 % of calls (17 of 142), the week before 8 % (17 of 142): nobody" in text
    assert FORMULA not in text
    assert "## Measured" not in summary_markdown(a_week_summary())


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("agent_words_per_minute", 211.0, "agent words per minute, 211 a minute"),
        ("talk_ratio", 0.91, "talk ratio, 91 %"),
        ("overlong_by_words", 95.0, "overlong by words, 95 words"),
        ("overlong_by_time", 31_000.0, "overlong by time, 31 000 ms"),
        ("agent_loops", 3.0, "agent loops, 3 times"),
        ("human_requests", 1.0, "human requests, 1 turn"),
        ("slow_replies", None, "overdue answers"),
    ],
)
def test_a_size_has_its_unit(measure, value, said):
    """What a number counts stands behind it."""
    assert words.found(Finding(measure=measure, value=value)) == said
