"""A check in one line: what was seen, against which bar, on how many, and what would settle it."""

from __future__ import annotations

import pytest

from evalharness.models.threshold import MEASURES
from evalharness.report import phrases
from tests.builders import a_check, a_measure, a_threshold


def _rate(value, **fields):
    return a_measure(value, "clear_failure_rate", **{"n": 0 if value is None else 35, "of": 142, **fields})


BELOW = a_threshold("clear_failure_rate", below=0.01)


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (
            a_check("not_proven", BELOW, _rate(0.0), low=0.0, high=0.0743, calls_needed=140),
            (
                "Clear failures: none of 35 graded calls failed, the rate may still be up to 7.4 % of the week's calls "
                "(bar: below 1 %, 35 of 142 calls); 140 graded calls this week would settle it if it stays so "
                "(more than one week's sample of 50 can hold)."
            ),
        ),
        (
            a_check("not_proven", BELOW, _rate(0.0204), low=0.0009, high=0.11),
            (
                "Clear failures: 2.0 % of in-scope calls show a clear failure, the rate may lie anywhere from 0.09 to 11 % of "
                "the week's calls (bar: below 1 %, 35 of 142 calls); grading more calls of this week may not settle it."
            ),
        ),
        (
            a_check("not_proven", a_threshold(), a_measure(0.9, n=1, of=142), low=0.05, high=1.0, calls_needed=1),
            (
                "Resolution: 90 % of in-scope calls resolved without a human, the rate may still be as low as 5 % of the week's "
                "calls (bar: at least 60 %, 1 of 142 calls); 1 graded call this week would settle it if it stays so."
            ),
        ),
        (
            a_check("met", a_threshold(), a_measure(0.81, n=35, of=142, low=0.66, high=0.91)),
            (
                "Resolution: 81 % of in-scope calls resolved without a human (bar: at least 60 %, 95 %: 66 to 91 %, "
                "35 of 142 calls graded)."
            ),
        ),
        (
            a_check("missed", a_threshold(), a_measure(0.5996, n=142, of=142, basis="all_calls")),
            "Resolution: 59.96 % of in-scope calls resolved without a human (bar: at least 60 %, 142 of 142 calls).",
        ),
        (
            a_check(
                "missed",
                a_threshold("latency_p99_ms", below=1500.0),
                a_measure(None, "latency_p99_ms", unit="ms", n=90, of=100, unanswered=True, basis="all_calls"),
            ),
            "p99 latency: the percentile falls on a caller turn that got no answer (bar: below 1500 ms, 90 of 100 turns).",
        ),
        (
            a_check("not_measured", BELOW, _rate(None), reason="nothing graded."),
            "Clear failures: nothing graded (bar: below 1 %).",
        ),
        (a_check("not_measured", BELOW, _rate(None)), "Clear failures: no data (bar: below 1 %)."),
        (
            a_check(
                "missed",
                BELOW,
                _rate(None, note="at least 3 of 148 calls"),
                reason="the log alone shows it",
            ),
            ("Clear failures: at least 3 of 148 calls (bar: below 1 %, 0 of 142 calls graded); the log alone shows it."),
        ),
        (
            a_check(
                "met",
                a_threshold("owner_reviewed_calls", at_least=20.0),
                a_measure(20.0, "owner_reviewed_calls", unit="calls", n=20, of=35, basis="ledger"),
            ),
            "Owner review: 20 calls reviewed by the owner or the deputy (bar: at least 20 calls).",
        ),
    ],
)
def test_a_check_in_one_line(check, sentence):
    """The whole sentence, by verdict and by what is missing."""
    assert phrases.check_sentence(check) == sentence


@pytest.mark.parametrize("measure", [*MEASURES, "share_4_5.tone"])
@pytest.mark.parametrize("verdict", ["met", "missed", "not_proven", "not_measured"])
def test_every_measure_can_be_said_under_every_verdict(measure, verdict):
    """No measure of the thresholds file is without a name and a phrase."""
    value = None if verdict == "not_measured" else 0.5
    bar = 400.0 if measure.endswith("_ms") else 0.4
    check = a_check(verdict, a_threshold(measure, below=bar), a_measure(value, measure))
    sentence = phrases.check_sentence(check)
    assert sentence.startswith(f"{phrases.title(measure)}: ")
    assert "_" not in sentence.replace(measure, "")
    assert sentence.count("{") == 0


def test_what_would_settle_a_check():
    """Nothing for what is decided; calls, missing data, or that more grading may not do it."""
    assert phrases.settles(a_check("met")) == ""
    fifty = "50 graded calls this week would settle it if it stays so"
    assert phrases.settles(a_check("not_proven", calls_needed=50)) == fifty
    more = fifty.replace("50", "51") + " (more than one week's sample of 50 can hold)"
    assert phrases.settles(a_check("not_proven", calls_needed=51)) == more
    assert phrases.settles(a_check("not_proven")) == "grading more calls of this week may not settle it"
    turns = a_measure(700.0, "latency_p50_ms", unit="ms", basis="all_calls", missing=1)
    assert phrases.settles(a_check("not_proven", measure=turns)) == "the 1 turn without data would settle it"


def a_gap(value, **fields):
    """The CSAT gap of 36 answers of 124 calls."""
    return a_measure(value, "csat_gap_points", unit="points", n=36, of=124, missing=88, basis="all_calls", **fields)


def test_callers_who_did_not_answer_settle_nothing():
    """Neither the 88 calls without an answer nor more grading: only more answers."""
    bar = a_threshold("csat_gap_points", at_most=5.0)
    check = a_check("not_proven", bar, a_gap(3.0, low=-12.0, high=18.0), low=-9.0, high=16.0)
    assert phrases.settles(check) == "only more answers can settle it: of later weeks, or a baseline with more answers"


def test_a_gap_without_limits_is_never_exact():
    """Nothing is known of the baseline's own answers: neither "exact" nor -100 to 100; with limits they are shown."""
    bar = a_threshold("csat_gap_points", at_most=5.0)
    unknown = a_check("not_proven", bar, a_gap(3.0), low=-100.0, high=100.0)
    assert phrases.limits(unknown) == "not known"
    sentence = phrases.check_sentence(unknown)
    assert "3 points below calls handled by people, and no limits of it are known (bar: at most 5 points" in sentence
    assert "100 points" not in sentence
    assert phrases.limits(a_check("not_proven", bar, a_gap(3.0, low=-12.0, high=18.0))) == "-12 to 18 points"


def test_what_is_not_proven_is_never_exact():
    """A cost that only half of the calls report has no limits; proven, it is exact."""
    cost = a_measure(0.3, "cost_per_call", unit="money", basis="all_calls")
    bar = a_threshold("cost_per_call", below=0.5)
    assert phrases.limits(a_check("not_proven", bar, cost)) == "not known"
    assert phrases.limits(a_check("met", bar, cost)) == "exact"


def test_a_negative_gap_lies_above():
    """-17.8 below is 17.8 above, the gap itself said too."""
    bar = a_threshold("csat_gap_points", at_most=5.0)
    met = a_check("met", bar, a_gap(-17.8, low=-25.0, high=-3.0))
    assert phrases.check_sentence(met).startswith(
        "CSAT gap: 17.8 points above calls handled by people (a gap of -17.8 points) (bar: at most 5 points, "
        "95 %: -25 to -3 points"
    )


def test_the_share_of_a_yes_is_named_in_words():
    """No identifier in front of people."""
    assert phrases.title("share_yes.wrong_information") == "wrong information: yes"


def test_what_the_log_alone_shows_is_the_value_and_is_said_once():
    """No grade, three known failures: the table reads "at least 3 of 148 calls", the remark why, neither "no data" nor twice."""
    known = a_check("missed", measure=a_measure(None, note="at least 3 of 148 calls"), reason="the log alone shows it")
    assert phrases.value(known) == "at least 3 of 148 calls"
    assert phrases.remarks(known) == "the log alone shows it"
    assert phrases.value(a_check("not_measured", measure=a_measure(None, note="nothing graded"))) == "no data"


def test_one_call_is_no_calls():
    """1 of 1 has the singular."""
    one = phrases.check_sentence(a_check("met", measure=a_measure(1.0, n=1, of=1)))
    assert "1 of 1 call graded" in one


def test_remarks_say_each_thing_once():
    """What would settle it, why, and the note of the figure; equal parts are not repeated."""
    noted = a_measure(None, note="nothing graded")
    assert phrases.remarks(a_check("not_measured", measure=noted, reason="nothing graded.")) == "nothing graded"
    both = a_measure(0.5, note="2 calls are taken both ways")
    text = phrases.remarks(a_check("not_proven", measure=both, calls_needed=50, reason="a stratum is empty"))
    assert text == "50 graded calls this week would settle it if it stays so; a stratum is empty; 2 calls are taken both ways"
    silent = a_measure(None, "latency_p99_ms", unit="ms", unanswered=True)
    assert phrases.remarks(a_check("missed", measure=silent)) == "it falls on a caller turn that got no answer"


def test_n_of_n_says_when_there_was_nothing():
    """0 of 0 is no count."""
    assert phrases.n_of(a_measure(0.5, n=35, of=142)) == "35 of 142"
    assert phrases.n_of(a_measure(None, of=142)) == "0 of 142"
    assert phrases.n_of(a_measure(None, of=0)) == "none"


def test_names_of_measures():
    """Known ones by their name, criteria in plain words."""
    assert phrases.title("csat_gap_points") == "CSAT gap"
    assert phrases.title("share_4_5.clear_language") == "clear language at 4 or 5"
    assert phrases.title("automatic_fails") == "automatic fails"
    assert (
        phrases.bar(a_check(threshold=a_threshold("cost_per_call", below=0.5), measure=a_measure(0.4, currency="EUR")))
        == "below 0.50 EUR"
    )


@pytest.mark.parametrize(
    ("verdict", "measure", "threshold", "said"),
    [
        # 62 to 80 % lie on one side of 60 %: nothing to explain; 58 to 80 % do not, and the one-sided 61 % decided
        ("met", _rate(0.7, low=0.62, high=0.8), a_threshold(), ""),
        ("met", _rate(0.7, low=0.58, high=0.8), a_threshold(), "; one-sided, which decides: at least 61 %"),
        ("missed", _rate(0.5, low=0.4, high=0.62), a_threshold(), "; one-sided, which decides: at most 59 %"),
        ("not_proven", _rate(0.6, low=0.4, high=0.8), a_threshold(), ""),
    ],
)
def test_the_bound_that_decides_is_named_where_the_limits_shown_do_not_say_it(verdict, measure, threshold, said):
    """One pair of limits is shown everywhere, the two-sided one; the other is named where it decides otherwise than it reads."""
    check = a_check(verdict, threshold, measure, low=0.61, high=0.59)
    assert phrases.deciding(check) == said
    assert said in phrases.check_sentence(check)
    assert said.removeprefix("; ") in phrases.remarks(check)


@pytest.mark.parametrize(
    ("measured", "graded", "apart"),
    [
        ("slow_calls", "calls_with.slow_replies", ("Slow calls", "calls with overdue answers")),
        ("escalation_recall", "", ("escalation recall (graded)", "escalation recall (measurable triggers)")),
        ("escalation_precision", "", ("escalation precision (graded)", "escalation precision (measurable triggers)")),
    ],
)
def test_figures_that_would_read_alike_are_named_apart(measured, graded, apart):
    """A reply above 1.5 s is no answer overdue by seconds; a graded recall is no measured one."""
    assert (phrases.title(measured), phrases.title(graded) if graded else phrases.figure_name(measured)) == apart
