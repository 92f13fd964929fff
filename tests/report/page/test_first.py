"""The first screen: five answers, then the checks."""

from __future__ import annotations

import pytest

from evalharness.report import phrases, words
from evalharness.report.page.first import first
from tests.builders import MONDAY
from tests.report.moved import a_movement, what_changed
from tests.report.page.read import everything, page_of
from tests.report.weeks import a_week_summary


@pytest.mark.parametrize(
    ("verdict", "sign", "look"), [("good enough", "✓", "good"), ("not good enough", "✗", "bad"), ("not proven yet", "?", "open")]
)
def test_the_verdict_is_a_sign_a_word_and_a_look(verdict: str, sign: str, look: str) -> None:
    """Three verdicts, no two alike in black and white."""
    found = first(a_week_summary(verdict=verdict, leaning=""))
    assert (found.sign, found.look, found.verdict) == (sign, look, verdict.upper())
    page = page_of(a_week_summary(verdict=verdict, leaning=""))
    assert f"{sign} {verdict.upper()}" in page.text


def test_which_checks_stand_where_is_said_below_it() -> None:
    """Each verdict with its look, what needs somebody first; what is open has its figure and its bar as well."""
    found = first(everything()).standing
    assert [look for _, look, _ in found] == ["missed", "not_proven", "not_measured", "met"]
    assert found[1][2].startswith("Clear failures 0 %, 35 of 143 calls (below 1 %): ")


def test_no_figure_of_the_verdict_stands_without_its_n() -> None:
    """A rate with its calls, a latency with its turns; a count of the ledger is its own n, and what has no value has none."""
    summary = everything()
    told = "; ".join(text for _, _, text in first(summary).standing)
    figures = [
        one for one in summary.checks if one.measure.value is not None and one.measure.basis != "ledger" and not one.by_since
    ]

    assert len(figures) == 4
    for check in figures:
        assert f"{phrases.value(check)}, {phrases.n_of_nouns(check.measure)} ({phrases.bar(check)})" in told
    assert "Median latency 599.6 ms, 1240 of 1300 turns (below 600 ms)" in told


def test_what_earlier_weeks_decided_stands_with_the_figure_that_decided() -> None:
    """Not this week's 62 % of 35 calls, beside which no verdict since 2026-W42 could be understood."""
    (check,) = [one for one in everything().checks if one.by_since]
    told = "; ".join(text for _, _, text in first(everything()).standing)

    assert f"Resolution since 2026-W42: {check.since.hits} of {check.since.n} read calls resolved, " in told
    assert "Resolution since 2026-W42 62 %" not in told


def test_how_sure_says_calls_sample_readers_and_judge_and_repeats_no_other_answer() -> None:
    """What stands in a box of its own is left out: agent, week, verdict, checks, changes, what to do."""
    summary = everything()
    labels = [label for label, _ in first(summary).rests_on]
    assert labels[:3] == ["Calls", "Sample", "Read by"]
    assert "LLM judge" in labels
    assert not {"Agent", "Week", "Verdict", "Met", "Missed", "Not proven", "Changed", "Moved", "To do"} & set(labels)
    assert dict(first(summary).rests_on)["Sample"] == words.sample_sentence(summary)


def test_how_sure_says_between_what_each_figure_lies_and_what_would_settle_it() -> None:
    """Resolution 45 to 74 %, of 35 of 143 calls; what is exact in one line; what has no limits and no value is not there."""
    found = dict(first(a_week_summary()).sure)
    resolution = "95 % sure: 45 to 74 %; 35 of 143 calls graded; 310 graded calls this week would settle it if it stays so"
    assert found["Resolution"].startswith(resolution)
    assert found["Exact"] == "Median latency, Cost per call, Owner review: measured, not sampled"
    assert not {"CSAT gap", "p99 latency"} & set(found)


def test_how_many_more_moved_leads_to_where_they_stand() -> None:
    """Of three clear movements two are named, and the third is a link within the page, no sheet of another file."""
    names = ("resolution_rate", "cost_per_call", "call_score")
    moved = what_changed(*(a_movement(measure=name, parts=()) for name in names))
    page = page_of(everything().model_copy(update={"moved": moved}))
    assert "1 more measure moved clearly" in page.text
    assert "sheet What changed" not in page.text
    assert [one.attributes.get("href") for one in page.named("a")].count("#moved") == 2  # one of them in the head of the page


def test_what_changed_holds_the_notes_and_what_moved() -> None:
    """The prompt of the week; resolution, twenty points down; the alarm."""
    told = " ".join(first(everything()).changed)
    assert "prompt v12" in told
    assert "Resolution -20 points" in told
    assert "Alarm: Clear failures" in told
    assert "No change of the agent is noted" in page_of(a_week_summary(changes=())).text


def test_a_call_outside_the_draw_has_a_name_and_no_way_to_it() -> None:
    """5, 3 and 2 lead to their place; call-777 stands nowhere here."""
    assert [(one.to, one.kind) for one in first(a_week_summary()).to_hear] == [
        ("call-5", "clear failure"), ("call-3", "graders disagree"), ("call-2", "slow replies"), ("", "low score")
    ]  # fmt: skip
    assert "No drawn call stands out yet." in page_of(a_week_summary(to_hear=())).text


def test_a_week_that_is_not_over_says_so_in_the_first_box() -> None:
    """As of when its figures are."""
    assert "this week is not over" in page_of(a_week_summary(as_of=MONDAY)).text


def test_every_check_shows_value_interval_n_bar_and_what_it_was_before() -> None:
    """Resolution: 62 %, 45 to 74 %, 35 of 143, at least 60 %; 71 % the week before; met since the first week."""
    (found, *_) = first(everything()).checks
    assert (found.value, found.limits, found.n_of, found.bar) == ("62 %", "45 to 74 %", "35 of 143", "at least 60 %")
    assert found.before.startswith("71 % (34 of 140)")
    assert found.shown == "✓ met since 2026-W42"
    assert found.picture is not None
    assert found.said in page_of(everything()).text or any(
        one.attributes.get("title") == found.said for one in page_of(everything()).named("td")
    )


def test_a_check_without_data_has_words_and_no_picture() -> None:
    """No baseline: no data, never 0."""
    found = next(one for one in first(everything()).checks if one.name == "CSAT gap")
    assert (found.value, found.picture) == ("no data", None)
