"""summary.md: the short form first, within its length; hostile text makes no markup, no link and no mention."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.report.exports.summary_markdown import CHAT_LIMIT, short_markdown, summary_markdown
from tests.builders import MONDAY
from tests.report.exports.weeks import a_full_summary
from tests.report.rich import a_picked, a_rich_summary, a_since
from tests.report.weeks import CONTROL, HEAD, a_week_summary


def test_the_summary_to_paste():
    """Heading, the box as a list, the checks as a table."""
    lines = summary_markdown(a_week_summary()).splitlines()
    assert lines[0] == "# Front Desk, week 2026-W47: not good enough"
    assert "- **Week**: 2026-W47, Monday 16 to Sunday 22 November 2026 (Europe/Berlin)" in lines
    assert (
        "| Clear failures | 0 % | below 1 % | 0 to 9.8 % | 35 of 143 | sample | not proven |  | "
        "140 graded calls this week would settle it if it stays so (more than one week's sample of 50 can hold) |" in lines
    )
    assert "- call 5, call-005-9f3a: confusion: did not recover within two turns" in lines
    assert "- call-777-aaaa: outside the draw: flagged by its owner" in lines


def test_hostile_text_makes_no_markup():
    """No tag, no heading, no table cell, no control character comes from a name."""
    text = summary_markdown(a_week_summary(hostile=True))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text
    assert CONTROL not in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in table} == {10}


def test_the_summary_to_paste_has_the_weeks_beside_the_week():
    """Its own column, and the verdict that the weeks decided."""
    row = next(line for line in summary_markdown(a_rich_summary()).splitlines() if line.startswith("| Resolution |"))
    assert (
        "| met since 2026-W42 | since 2026-W42 (first week): 136 of 197 read calls resolved, 69 % (at least 61 %), met |" in row
    )
    picked = summary_markdown(a_rich_summary()).partition("## Picked by hand, in no figure\n\n")[2]
    assert picked.startswith("- call 36, call-036-9f3a: clear failure: yes\n- call 37, call-037-9f3a: ")


def test_hostile_reasons_make_no_markup():
    """A version's label and a skip reason are what somebody wrote."""
    first, *rest = a_rich_summary().checks
    hostile = first.model_copy(update={"since": a_since(why="declared version: <script>|x")})
    text = summary_markdown(a_rich_summary(checks=(hostile, *rest), picked=(a_picked(),)))
    assert "<script" not in text
    assert {line.replace("\\|", "").count("|") for line in text.splitlines() if line.startswith("|")} == {10}


def test_the_same_summary_gives_the_same_text():
    """No clock, no order of a set."""
    assert summary_markdown(a_full_summary()) == summary_markdown(a_full_summary())


def test_the_short_form_stands_first_and_alone():
    """Verdict, who read, what is missed before what is open, what moved, what to do, the files; no table."""
    short = short_markdown(a_full_summary())
    assert summary_markdown(a_full_summary()).startswith(short.rstrip("\n"))
    labels = [line.split("**")[1] for line in short.splitlines() if line.startswith("- **")]
    assert labels[:3] == ["Verdict", "Read", "Missed"]
    assert labels.index("Missed") < labels.index("Not proven") < labels.index("Moved") < labels.index("To do")
    files = "- Files: reports/2026-W47: week.xlsx, report.html, scores.csv, summary.json"
    assert short.splitlines()[-1] == f"{files}. Ledger head: {HEAD}"
    assert "|---" not in short
    assert "Met" not in labels


def test_a_call_to_hear_is_named_in_plain_letters():
    """ "#5" would be a link to an issue, so that a number sign of others is written as another sign; our own lines need none."""
    hears = [line for line in short_markdown(a_full_summary()).splitlines() if line.startswith("- **Hear**")]
    assert hears[0].startswith("- **Hear**: call 5, call-005-9f3a: ")
    assert "＃" not in summary_markdown(a_full_summary())


def test_a_week_that_is_not_over_says_so_first():
    """Before its verdict."""
    lines = short_markdown(a_full_summary(as_of=MONDAY)).splitlines()
    assert lines[2].startswith("- **Not over**: this week is not over")


def test_what_does_not_fit_into_a_message_is_counted():
    """200 notes of 300 letters: at most 4,000 characters, and the line before the last says how many lines are left out."""
    many = tuple(f"step {number}: " + "x" * 300 for number in range(200))
    short = short_markdown(a_full_summary(next_steps=many))
    assert len(short) <= CHAT_LIMIT
    *lines, missing, files = short.rstrip().splitlines()
    told = sum(line.startswith("- **To do**") for line in lines)
    hidden = len(a_full_summary().to_hear[:3]) + 1  # the calls to hear and the actions stand behind what to do
    assert missing == f"- {200 - told + hidden} more lines: week.xlsx"
    assert files.startswith("- Files: ")


FULL = a_full_summary()


@given(st.lists(st.text(max_size=1200), max_size=30), st.text(min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_the_short_form_never_exceeds_its_length(steps, agent):
    """Whatever is written in it: every character may become several."""
    assert len(short_markdown(FULL.model_copy(update={"next_steps": tuple(steps), "agent": agent}))) <= CHAT_LIMIT


def test_a_line_too_long_is_cut_visibly():
    """600 characters, the last an ellipsis."""
    line = next(one for one in short_markdown(a_full_summary(next_steps=("x" * 900,))).splitlines() if "To do" in one)
    assert line == f"- **To do**: {'X' + 'x' * 598}…"


def test_long_lists_say_how_many_more_there_are():
    """40 notices: 30 and "and 10 more"; the whole file stays below what a pull request's comment holds (65,536)."""
    text = summary_markdown(a_full_summary(notices=tuple(f"notice {number}" for number in range(40))))
    assert "- notice 29\n- and 10 more: week.xlsx\n" in text
    assert len(text) < 65_536


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("@everyone look", "＠everyone look"),
        ("ask @octo-cat, a@b.example", "ask ＠octo-cat, a＠b.example"),
        ("<!channel>", "&lt;\\!channel&gt;"),
        ("<@U123>", "&lt;＠U123&gt;"),
        ("![x](http://evil.example/p.png)", "\\!\\[x\\](http\\://evil.example/p.png)"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("10 @ 5", "10 @ 5"),
    ],
)
def test_nobody_is_mentioned_and_nothing_is_a_link(text, written):
    """In a chat, a pull request, a page: names, images and tags from a call are text."""
    whole = summary_markdown(a_full_summary(notices=(text,), next_steps=(text,)))
    assert f"- {written}\n" in whole
    assert f"**To do**: {written[:1].upper()}{written[1:]}" in whole
