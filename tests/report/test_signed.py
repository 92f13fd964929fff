"""A sign-off in words: before, after, and what came since."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.models.act import ChangedFigure, SignedFigure, SinceSigned
from evalharness.models.summary import Disagreement
from evalharness.report.signed import proposal
from evalharness.report.terminal import render
from evalharness.report.words import changed_sentence, signed_sentence, since_sentence
from tests.report.test_decided_words import differing as disagreeing
from tests.report.trends import a_sign_off
from tests.report.weeks import a_week_summary

ZONE = "Europe/Berlin"


def figure(value: float | None = 0.69, **fields: Any) -> SignedFigure:
    """Resolution of 33 of 137 calls, not proven."""
    ordinary = {"check": "resolution", "measure": "resolution_rate", "verdict": "not_proven", "n": 33, "of": 137}
    return SignedFigure(**{**ordinary, "value": value, **fields})


def differing(criterion: str = "tone", **fields: Any) -> Disagreement:
    """Anna 5, Ben 2 on the third call."""
    return disagreeing(criterion=criterion, **{"waits": True, **fields})


def test_what_is_shown_before_signing() -> None:
    """The verdict, every check, what is open, whose sheet is not filled, the decision and the name; 80 columns."""
    signed = a_sign_off(disagreements=2, unfilled={"Ben Ode": 6}, notes="hold the prompt")
    open_ones = (differing(), differing("escalation"), differing(position=4, waits=False))
    lines = proposal(a_week_summary(disagreements=open_ones), signed)
    text = "\n".join(lines)
    assert max(map(len, lines)) <= 80
    assert "NOT GOOD ENOUGH" in text
    assert sum(line.startswith(("Met ", "Missed ", "Not proven ", "Not measured ")) for line in lines) == 7
    assert "Open          graders differ on 1 call, 2 criteria: waits for an adjudicator," in lines
    assert "Not filled    Ben Ode: 6 calls left" in lines
    assert "Decision      keep: keep the agent as it is (hold the prompt)" in lines
    assert "Signed by     Anna Keller (owner)" in lines


def test_earlier_sign_offs_stand_above_a_new_one() -> None:
    """Signing again shows who signed before, and why again."""
    lines = proposal(a_week_summary(), a_sign_off(again="two calls adjudicated"), (a_sign_off(decision="fix"),))
    assert any(line.startswith("Signed before 2026-11-24 10:00 by Anna Keller (owner) as not proven yet;") for line in lines)
    assert "Signed by     Anna Keller (owner); again, because: two calls adjudicated" in lines


def test_nothing_is_open() -> None:
    """A sentence of its own."""
    assert "Open          no disagreement waits for an adjudicator" in proposal(a_week_summary(), a_sign_off())


def test_hostile_notes_cannot_act() -> None:
    """An escape sequence in the notes is shown by its number."""
    text = "\n".join(proposal(a_week_summary(hostile=True), a_sign_off(notes="\x1b[31mred")))
    assert "\x1b" not in text


def test_who_signed_as_what() -> None:
    """By the workspace's clock: 9:00 UTC is 10:00 in Berlin."""
    signed = a_sign_off(leaning="nothing against it", notes="fine.", again="late grades")
    assert signed_sentence(signed, ZONE) == (
        "2026-11-24 10:00 by Anna Keller (owner) as not proven yet, nothing against it; decision: keep. fine. "
        "Signed again: late grades."
    )


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (SinceSigned(grades=1), "1 grade arrived; every figure is as signed."),
        (SinceSigned(grades=3, calls=2, supplements=1), "3 grades, 2 calls, 1 later fact arrived; every figure is as signed."),
        (
            SinceSigned(calls=2, changed=(ChangedFigure(check="resolution", signed=figure(), now=None),)),
            "2 calls arrived; 1 figure as computed now differs from what was signed:",
        ),
        (
            SinceSigned(changed=(ChangedFigure(check="resolution", signed=figure(), now=None),) * 2),
            "nothing arrived; 2 figures as computed now differ from what was signed:",
        ),
    ],
)
def test_what_came_since(since: SinceSigned, said: str) -> None:
    """Counts of what arrived, and whether a figure is another one now."""
    assert since_sentence(since) == said


def test_a_changed_figure_beside_the_signed_one() -> None:
    """69 % of 33 was signed, 71 % of 35 is what it is now; a check that is gone, and an unanswered percentile."""
    now = figure(0.71, n=35, verdict="met")
    both = ChangedFigure(check="resolution", signed=figure(), now=now)
    assert changed_sentence(both) == "Resolution: signed 69 % (33 of 137), not proven; now 71 % (35 of 137), met"
    gone = ChangedFigure(check="resolution", signed=figure(None, unanswered=True), now=None)
    assert changed_sentence(gone) == "Resolution: signed unanswered (33 of 137), not proven; now not checked"


def test_the_screen_of_a_signed_week() -> None:
    """Signed and Since stand behind the verdict; an unsigned week has neither."""
    since = SinceSigned(grades=1, changed=(ChangedFigure(check="resolution", signed=figure(), now=figure(0.71)),))
    screen = render(a_week_summary(signed=a_sign_off(), since=since))
    assert screen.index("Verdict ") < screen.index("\nSigned ") < screen.index("\nSince ") < screen.index("\nMet ")
    assert "1 grade arrived; 1 figure as computed now differs" in screen
    assert "\nSigned " not in render(a_week_summary())
    assert "\nSince " not in render(a_week_summary(signed=a_sign_off(), since=SinceSigned()))
