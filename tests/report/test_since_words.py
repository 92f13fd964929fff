"""The rate since its epoch beside the week's: what was counted, what it shows, what would settle it; contested calls."""

from __future__ import annotations

import pytest

from evalharness.models.measure import Variant
from evalharness.report import phrases, since_words, verdicts
from evalharness.report.words import box
from tests.builders import a_check, a_measure, a_threshold
from tests.report.rich import a_rich_summary, a_since, by_version, rich_checks

BELOW = a_threshold("clear_failure_rate", below=0.01)
AT_LEAST = a_threshold()


def test_since_when_and_why() -> None:
    """The first week; a changed criterion; a declared version by its label up to the colon."""
    assert since_words.start(a_since()) == "since 2026-W42 (first week)"
    assert since_words.start(a_since(why="the criterion outcome changed")) == "since 2026-W42 (criterion outcome changed)"
    assert since_words.start(by_version()) == "since version v2.0.1 (2026-W46)"
    assert len(since_words.start(a_since(why="x" * 400))) < 90


@pytest.mark.parametrize(
    ("fields", "threshold", "text"),
    [
        ({}, BELOW, "0 of 197 read calls failed (up to 3.1 %), not proven"),
        ({"hits": 4, "low": 0.004, "high": 0.06}, BELOW, "4 of 197 read calls failed, 2.0 % (0.4 to 6 %), not proven"),
        ({"n": 450, "high": 0.0089, "verdict": "met"}, BELOW, "0 of 450 read calls failed (up to 0.9 %), met"),
        (
            {"n": 450, "high": 0.00999, "verdict": "met"},
            BELOW,
            "0 of 450 read calls failed (up to 0.999 %), met",
        ),  # never "up to 1 %"
        (
            {"hits": 20, "low": 0.06, "high": 0.16, "verdict": "missed"},
            BELOW,
            "20 of 197 read calls failed, 10 % (at least 6 %), missed",
        ),
        ({"hits": 197, "low": 0.55, "high": 1.0}, AT_LEAST, "197 of 197 read calls resolved, 100 % (at least 55 %), not proven"),
        (
            {"hits": 80, "low": 0.33, "high": 0.48, "verdict": "missed"},
            AT_LEAST,
            "80 of 197 read calls resolved, 41 % (up to 48 %), missed",
        ),
        ({"hits": 1, "n": 1, "low": 0.02, "high": 1.0}, AT_LEAST, "1 of 1 read call resolved, 100 % (at least 2 %), not proven"),
        ({"n": 0}, BELOW, "no call counts yet"),
    ],
)
def test_what_was_counted_and_what_it_shows(fields, threshold, text) -> None:
    """The bound that decided, or those between which the rate may lie; none of n is no per cent; no call is no rate."""
    assert since_words.counted(a_since(**fields), threshold) == text


def test_how_many_more_calls_would_settle_it_and_which_way() -> None:
    """377 in all - 197 = 180 more; 0 % lies below 1 %, so met, and 40 % below 60 %, so missed; nothing where it is decided."""
    told = "drawn alike would show it {} if the rate stays as it is"
    assert since_words.settles(a_since(), BELOW) == f"180 more calls {told.format('met')}"
    assert since_words.settles(a_since(calls_needed=198), BELOW) == f"1 more call {told.format('met')}"
    assert since_words.settles(a_since(80, n=200), AT_LEAST) == f"177 more calls {told.format('missed')}"
    assert since_words.settles(a_since(calls_needed=None), BELOW) == ""
    assert since_words.settles(a_since(verdict="met"), BELOW) == ""
    assert since_words.settles(a_since(n=0), BELOW) == ""


@pytest.mark.parametrize(
    ("n", "needed", "text"),
    [
        (19, 100, "too few to say what would settle it"),
        (20, 220, "200 more calls drawn alike would show it met if the rate stays as it is"),  # ten times the 20 so far
        (20, 221, "more calls alone will hardly settle it"),
    ],
)
def test_no_number_from_few_calls_and_none_out_of_reach(n, needed, text) -> None:
    """From 20 calls on, and up to ten times the calls so far."""
    assert since_words.settles(a_since(n=n, calls_needed=needed), BELOW) == text


def test_a_rate_with_the_failures_of_the_log_in_it_says_so() -> None:
    """0 of 117 is no 0.2 %: the log knows of a failure. Open calls are named and out of the rate: 15 of 20."""
    logged = a_since(n=117, value=0.002, low=0.002, high=0.035)
    assert since_words.counted(logged, BELOW) == (
        "0 of 117 read calls failed; with the technical failures of the log 0.2 % (0.2 to 3.5 %), not proven"
    )
    left_open = a_since(15, n=22, open=2, value=0.75, low=0.38, high=0.91)
    assert since_words.counted(left_open, AT_LEAST) == "15 of 22 read calls resolved, 2 still open, 75 % (38 to 91 %), not proven"
    assert since_words.seen(a_since(3), a_threshold("share_4_5.tone")) == "3 of 197 read calls at 4 or 5, 1.5 % (up to 3.1 %)"


@pytest.mark.parametrize("verdict", ["met", "missed"])
def test_beside_a_week_that_decides_an_open_rate_steps_back(verdict) -> None:
    """In brackets and without its figures."""
    decided = a_check(verdict, since=a_since(), since_version=by_version(), this_week=verdict)
    assert since_words.beside(decided) == "(since 2026-W42 (first week): not proven, this week decides)"
    assert phrases.check_sentence(decided).endswith("graded) (since 2026-W42 (first week): not proven, this week decides).")


def test_both_starts_stand_beside_the_week() -> None:
    """Clear failures also since the last declared version; a check over all calls has nothing beside it."""
    failed = rich_checks()[4]
    assert since_words.beside(failed) == (
        "since 2026-W42 (first week): 0 of 197 read calls failed (up to 3.1 %), not proven; 180 more calls drawn alike would "
        "show it met if the rate stays as it is; since version v2.0.1 (2026-W46): 0 of 69 read calls failed "
        "(up to 8.8 %), not proven"
    )
    assert since_words.beside(a_check()) == ""


def test_the_sentence_of_a_check_that_the_weeks_decided() -> None:
    """The accumulated rate first, then this week alone with what it leaves open."""
    resolved = rich_checks()[0]
    assert verdicts.shown(resolved) == "met since 2026-W42"
    assert phrases.check_sentence(resolved) == (
        "Resolution: since 2026-W42 (first week): 136 of 197 read calls resolved, 69 % (at least 61 %), met; "
        "this week alone: "
        "62 % of in-scope calls resolved without a human, the rate may lie anywhere from 45 to 74 % of the week's calls "
        "(bar: at least 60 %, 35 of 143 calls)."
    )
    assert phrases.remarks(resolved) == "this week alone: not proven"


def test_the_sentence_of_a_check_that_neither_decides() -> None:
    """This week's sentence, then the weeks; that a sample holds only 50 is said shortly."""
    sentence = phrases.check_sentence(rich_checks()[4])
    assert sentence.startswith("Clear failures: none of 35 graded calls failed, the rate may still be up to 9.8 %")
    assert (
        "140 graded calls this week would settle it if it stays so (a week's sample holds 50); since 2026-W42 (first week): "
        in sentence
    )
    assert sentence.endswith("since version v2.0.1 (2026-W46): 0 of 69 read calls failed (up to 8.8 %), not proven.")


def test_a_week_that_decides_alone_says_nothing_of_since_in_its_verdict() -> None:
    """Missed this week wins; the rate since the start stands beside it all the same."""
    missed = a_check("missed", since=a_since(150, low=0.7, high=0.82, verdict="met", calls_needed=None), this_week="missed")
    assert verdicts.shown(missed) == "missed"
    assert phrases.check_sentence(missed).endswith(
        "since 2026-W42 (first week): 150 of 197 read calls resolved, 76 % (at least 70 %), met."
    )


@pytest.mark.parametrize(
    ("left_out", "calls", "text"),
    [
        ("contested calls", 2, "without 2 contested calls"),
        ("contested calls (graders differ)", 1, "without 1 contested call (graders differ)"),
        ("contested calls (disputed)", 0, "without contested calls (disputed) of earlier weeks"),
        ("grades of Ben Ode, who needs calibration", 9, "without grades of Ben Ode, who needs calibration (9 calls)"),
    ],
)
def test_what_is_left_out(left_out, calls, text) -> None:
    """Calls are counted; grades name whose; none of this week are of earlier ones."""
    assert since_words.without(Variant(left_out=left_out, calls=calls, verdict="met")) == text


def test_a_verdict_that_hangs_on_contested_calls_says_so_once() -> None:
    """Not proven, missed without them; the second variant says the same as the check; a reason that says it is enough."""
    tone = rich_checks()[5]
    text = "without 2 contested calls (graders differ, disputed) it would be missed"
    assert since_words.contested(tone) == text
    assert text in phrases.check_sentence(tone)
    assert text in phrases.remarks(tone)
    reason = "it would be met, but without contested calls (graders differ, disputed), 2 of this week, missed"
    told = tone.model_copy(update={"reason": reason})
    assert since_words.contested(told) == ""
    assert phrases.remarks(told).count("contested") == 1
    assert since_words.contested(tone.model_copy(update={"verdict": "missed"})) == ""


def test_the_weeks_verdict_says_what_the_weeks_decided() -> None:
    """Resolution was met by the weeks, not by this week alone; not proven speaks of both."""
    said = {line.label: line.text for line in box(a_rich_summary())}["Verdict"]
    assert "Not by this week alone: Resolution since 2026-W42." in said
    not_yet = a_rich_summary(verdict="not proven yet", leaning="nothing against it")
    said = {line.label: line.text for line in box(not_yet)}["Verdict"]
    assert "neither this week nor the weeks since the start can show that every check is met." in said


def test_a_hostile_label_stays_text() -> None:
    """A version's label is what somebody wrote; the reporters make it safe for their place."""
    since = a_since(why="declared version: <b>|x")
    check = a_check("not_proven", BELOW, a_measure(0.0, "clear_failure_rate"), since=since)
    assert "since version <b>|x (2026-W42)" in phrases.check_sentence(check)
