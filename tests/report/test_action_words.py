"""Actions in words, on the terminal, in Markdown and JSON, before and after signing; hostile text stays text."""

from __future__ import annotations

import json

import pytest

from evalharness.models.act import Action
from evalharness.models.trend import TrendWeek
from evalharness.report.action_words import heading, record, sentence, state
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_markdown import summary_markdown
from evalharness.report.signed import proposal
from evalharness.report.terminal import render
from evalharness.report.text import columns
from evalharness.report.trend_words import signed as signed_word
from evalharness.report.words import signed_sentence
from tests.builders import an_action
from tests.report.trends import a_sign_off
from tests.report.weeks import CONTROL, FORMULA, LONG, PATH_ID, SCRIPT, a_week_summary

OVERDUE = an_action(due="2026-W46", week="2026-W45", id="A-2026-W45-1", note="says Monday,\n  is closed")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (an_action(), "no due week"),
        (an_action(due="2026-W50"), "due in 2026-W50"),
        (an_action(due="2026-W49"), "due in 2026-W49 (this week)"),
        (an_action(due="2026-W48"), "OVERDUE, was due in 2026-W48"),
        (an_action(due="2026-W48", fixed_in_version="v2"), "fixed in v2, not checked yet"),
        (an_action(fixed_in_version="v2", checked_in_week="2026-W48"), "fixed in v2, checked in 2026-W48"),
        (
            an_action(fixed_in_version="v2", checked_in_week="2026-W48", check_note="3 calls\nfine"),
            "fixed in v2, checked in 2026-W48: 3 calls fine",
        ),
        (an_action(dropped="was  none"), "dropped: was none"),
    ],
)
def test_where_an_action_stands_in_the_week_shown(action: Action, said: str) -> None:
    """Seen from W49."""
    assert state(action, "2026-W49") == said


def test_one_line_an_action() -> None:
    """Five calls: three by id, 5 - 3 = 2 more; a note of two lines is one line."""
    calls = tuple(("demo", f"c{number}") for number in range(1, 6))
    action = an_action(calls=calls, criterion="wrong_information", note="says Monday,\nis closed")
    assert sentence(action, "2026-W47") == (
        "A-2026-W47-1 (no due week) Ben Ode mends prompt; wrong information, calls c1, c2, c3 and 2 more: says Monday, is closed"
    )
    assert "correctness, call c1" in sentence(an_action(), "2026-W47")


def test_the_heading_counts_what_is_overdue_and_fixed() -> None:
    """Three, one overdue (W46 < W47), one fixed; one alone has no more to say."""
    found = (OVERDUE, an_action(), an_action(id="A-2026-W47-2", fixed_in_version="v2"))
    assert heading(found, "2026-W47") == "Actions: 3 open, of which 1 is overdue and 1 is fixed and not checked yet"
    assert heading(found[1:], "2026-W47") == "Actions: 2 open, of which 1 is fixed and not checked yet"
    assert heading((OVERDUE, OVERDUE), "2026-W47") == "Actions: 2 open, of which 2 are overdue"
    assert heading((an_action(),), "2026-W47") == "Actions: 1 open"


def test_every_report_carries_them_overdue_first() -> None:
    """Terminal, Markdown and JSON; a week without actions has none of it. JSON keeps no typed text."""
    summary = a_week_summary(actions=(OVERDUE, an_action()))
    screen, text = render(summary), summary_markdown(summary)
    assert (
        "Actions: 2 open, of which 1 is overdue\n  - A-2026-W45-1 (OVERDUE, was due in 2026-W46) Ben Ode mends prompt;" in screen
    )
    assert "\n## Open actions\n\n- A-2026-W45-1 (OVERDUE, was due in 2026-W46)" in text
    assert screen.index("A-2026-W45-1") < screen.index("A-2026-W47-1")
    found = json.loads(summary_json(summary))["actions"]
    assert [(one["id"], one["state"], one["overdue"]) for one in found] == [
        ("A-2026-W45-1", "open", True),
        ("A-2026-W47-1", "open", False),
    ]
    assert found[0]["calls"] == [{"source": "demo", "call_id": "c1"}]
    assert not {"note", "check_note", "dropped"} & set(found[0])
    assert record(OVERDUE, "2026-W47")["note"] == OVERDUE.note
    plain = a_week_summary()
    assert "Actions:" not in render(plain)
    assert "Open actions" not in summary_markdown(plain)


def test_the_terminal_shows_five_and_says_how_many_more() -> None:
    """Seven: five lines, 7 - 5 = 2 more; no line wider than 80 columns, however long a note is."""
    found = tuple(an_action(id=f"A-2026-W47-{number}", note=LONG) for number in range(1, 8))
    screen = render(a_week_summary(actions=found))
    assert "A-2026-W47-5" in screen
    assert "A-2026-W47-6" not in screen
    assert "    2 more: evalharness action list" in screen
    assert max(columns(line) for line in screen.splitlines()) <= 80


@pytest.mark.parametrize("text", [FORMULA, SCRIPT, CONTROL, PATH_ID, "a|b`c_d\n# head"])
def test_hostile_text_in_an_action_stays_text(text: str) -> None:
    """Note, owner, version and call id: no escape acts on a terminal, no tag or link or heading comes into Markdown."""
    found = an_action(note=text, owner=text, fixed_in_version=text, calls=(("demo", text),))
    summary = a_week_summary(actions=(found,))
    lines = "\n".join(proposal(summary, a_sign_off(actions=(found,))))
    assert not {"\x07", "\x1b", "\u202e", "\ufeff"} & set(render(summary) + summary_markdown(summary) + lines)
    assert "<script>" not in summary_markdown(summary)
    assert "http://" not in summary_markdown(summary)
    assert "\n# head" not in summary_markdown(summary)
    assert json.loads(summary_json(summary))["actions"][0]["owner"] == text


def test_open_actions_are_shown_before_signing() -> None:
    """Each on a line of its own, marked against the week that is signed; a late signature says so."""
    lines = proposal(a_week_summary(), a_sign_off(actions=(OVERDUE,), late_weeks=2))
    text = "\n".join(lines)
    assert "Open action   A-2026-W45-1 (OVERDUE, was due in 2026-W46) Ben Ode mends prompt;" in text
    assert "Late          this is signed late, 2 weeks after its end" in lines
    assert max(map(columns, lines)) <= 80
    assert "Late " not in "\n".join(proposal(a_week_summary(), a_sign_off()))


def test_a_late_signature_is_marked_in_report_and_trend() -> None:
    """Two weeks late, and one; in time says nothing."""
    late, one = a_sign_off(late_weeks=2), a_sign_off(late_weeks=1)
    assert signed_sentence(late, "Europe/Berlin").endswith("decision: keep. Signed late, 2 weeks after its end.")
    assert signed_sentence(one, "Europe/Berlin").endswith("Signed late, 1 week after its end.")
    assert "late" not in signed_sentence(a_sign_off(), "Europe/Berlin")
    assert signed_word(TrendWeek(week="2026-W47", signed=late)) == "keep, signed late, 2 weeks after its end"
    assert signed_word(TrendWeek(week="2026-W47", signed=a_sign_off(), differs=True)) == "keep, figures differ *"
