"""A check decides by this week, then since its epoch, and never on contested calls alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evalharness.aggregate.contested import Doubt, contested
from evalharness.aggregate.inputs import PastWeek, WeekInputs
from evalharness.aggregate.results import call_results
from evalharness.aggregate.scorecard import starts
from evalharness.aggregate.summary import summarise
from evalharness.models.facts import Tally
from evalharness.models.grade import Grade
from evalharness.models.measure import Check
from evalharness.models.rubric import Rubric
from evalharness.models.threshold import Threshold
from evalharness.stats.sequence import sequence_bounds
from tests.aggregate.building import a_week, answers, by, by_the_log
from tests.aggregate.pasts import a_change, a_past, midnight
from tests.builders import ZONE, a_grader, a_rubric, a_threshold, rubric_form, some_thresholds, ungraded

RESOLVED = a_threshold("resolution_rate", at_least=0.6)
FAILURES = a_threshold("clear_failure_rate", below=0.01)
EARLIER = [f"2026-W{week}" for week in range(34, 47)]


def the_check(threshold: Threshold, **fields: Any) -> Check:
    """The one check of a week's card."""
    return summarise(a_week(thresholds=some_thresholds(threshold), **fields)).checks[0]


def pasts(outcomes: Sequence[str], weeks: Sequence[str] = EARLIER, **fields: Any) -> list[PastWeek]:
    """Earlier weeks that were all graded alike."""
    return [a_past(outcomes, week, **fields) for week in weeks]


def test_the_accumulated_rate_decides_where_the_week_cannot() -> None:
    """None of 35 x 13 = 455 calls before, none of 20 now: below 1 % since the first week; the week alone shows nothing."""
    found = the_check(FAILURES, history=pasts(["resolved"] * 35))

    assert (found.this_week, found.verdict, found.by_since) == ("not_proven", "met", True)
    assert found.since is not None
    assert (found.since.week, found.since.n, found.since.hits, found.since.weeks) == ("2026-W34", 475, 0, 14)


def test_missed_this_week_wins_over_a_good_past() -> None:
    """2 of 20 resolved now, all of 455 before."""
    unresolved = {position: {"outcome": "unresolved"} for position in range(1, 19)}
    found = the_check(RESOLVED, given=unresolved, history=pasts(["resolved"] * 35))

    assert (found.this_week, found.verdict, found.by_since) == ("missed", "missed", False)
    assert found.since is not None
    assert found.since.verdict == "met"


def test_met_this_week_stands_beside_a_bad_past() -> None:
    """All 20 of 20 resolved now, none of 455 before: this week's verdict stands, the past is shown."""
    found = the_check(RESOLVED, history=pasts(["unresolved"] * 35))

    assert (found.this_week, found.verdict) == ("met", "met")
    assert found.since is not None
    assert found.since.verdict == "missed"


def test_a_week_without_a_grade_is_not_decided_by_the_past() -> None:
    """Nobody has read a call of it yet: not measured, whatever the weeks before say."""
    found = the_check(FAILURES, graded=0, history=pasts(["resolved"] * 35))

    assert (found.verdict, found.by_since) == ("not_measured", False)


def test_the_past_is_left_behind_with_a_declared_version() -> None:
    """v2 was declared within this week, 12 hours before its calls: resolution begins there, clear failures do too (1 -> 2).

    The call log counts 120 judged calls from then on.
    """
    changes = [a_change("v1", "2026-W33"), a_change("v2", "2026-W47")]
    tallies = {midnight("2026-W47"): {"2026-W47": Tally(calls=120, with_transcript=120, judged=120)}}
    found = the_check(FAILURES, history=pasts(["resolved"] * 35), declared=changes, tallies=tallies)

    assert found.verdict == "not_proven"
    assert found.since is not None
    assert (found.since.week, found.since.n, found.since.start) == ("2026-W47", 20, midnight("2026-W47"))


def test_a_minor_version_stands_beside_the_clear_failures() -> None:
    """v1.1 of W46: the epoch stays, the rate since v1.1 has 35 + 20 calls."""
    changes = [a_change("v1.0", "2026-W33"), a_change("v1.1", "2026-W46", hours=0.5)]
    found = the_check(FAILURES, history=pasts(["resolved"] * 35), declared=changes)

    assert found.since is not None
    assert found.since_version is not None
    assert (found.since.n, found.since_version.n, found.since_version.week) == (475, 55, "2026-W46")
    assert found.since_version.why == "declared version: v1.1"


def test_a_minor_version_stands_beside_a_question_changed_in_the_same_week() -> None:
    """The checks were worded anew with W47, v1.1 came three hours into it: from W47 on, and beside it from v1.1 on."""
    changes = [a_change("v1.0", "2026-W33"), a_change("v1.1", "2026-W47", hours=3)]
    form = rubric_form()
    form["checks"][0]["question"] = "Was something wrong said, of any weight?"
    inputs = a_week(declared=changes, zone=ZoneInfo("UTC"))
    weeks = [a_past(week="2026-W46"), a_past(week="2026-W47", rubric=Rubric.model_validate(form, strict=False))]
    begun, version = starts(FAILURES, weeks, inputs)

    assert (begun.week, begun.start) == ("2026-W47", None)
    assert (version.week, version.start) == ("2026-W47", midnight("2026-W47") + timedelta(hours=3))


def test_of_calls_after_the_break_those_that_came_after_the_draw_are_unseen() -> None:
    """250 judged calls from the break on, 200 at the draw: 50 nobody could draw, all failures at the worst."""
    tallies = {midnight("2026-W47"): {"2026-W47": Tally(calls=250, with_transcript=250, judged=250)}}
    changes = [a_change("opened", "2026-W47", "break")]
    found = the_check(FAILURES, history=pasts(["resolved"] * 35), declared=changes, tallies=tallies).since

    assert found is not None
    assert found.n == 20
    assert found.high == pytest.approx((200 * sequence_bounds(0, 20)[1] + 50) / 250)


@pytest.mark.parametrize("measure", ["latency_p50_ms", "cost_per_call"])
def test_measures_of_all_calls_have_no_past(measure: str) -> None:
    """They are exact in each week."""
    found = the_check(a_threshold(measure, below=600), history=pasts(["resolved"] * 35))

    assert (found.since, found.this_week, found.variants) == (None, None, ())


# --------------------------------------------------------------------------------------- contested calls


def contested_week(**fields: Any) -> WeekInputs:
    """16 of 20 resolved: at least 50 % is met, and of the 20 the first two have their transcript marked as wrong by Ben."""
    unresolved = {position: {"outcome": "unresolved"} for position in range(1, 5)}
    week = a_week(
        judged=100, given=unresolved, thresholds=some_thresholds(a_threshold("resolution_rate", at_least=0.6)), **fields
    )
    ben = a_grader("Ben Ode")
    marks: list[Grade] = [ungraded("transcript", "outcome", f"c{position}", grader=ben) for position in (19, 20)]
    return replace(week, grades=[*week.grades, *marks])


def test_a_verdict_that_rests_on_contested_calls_is_not_proven() -> None:
    """16 of 20 of 100 calls: the lower bound is above 60 %; 14 of 18 without the marked ones: it is not."""
    found = summarise(contested_week()).checks[0]

    assert (found.this_week, found.verdict) == ("met", "not_proven")
    assert [(one.calls, one.verdict) for one in found.variants] == [(2, "not_proven")]
    assert "without contested calls (transcript marked as wrong), 2 of this week, not proven" in found.reason


def test_a_verdict_that_stands_without_them_stands() -> None:
    """20 of 20, and 18 of 18 without the two."""
    week = contested_week()
    found = summarise(replace(week, grades=[*a_week(judged=100).grades, *week.grades[-2:]])).checks[0]

    assert (found.verdict, [one.verdict for one in found.variants]) == ("met", ["met"])


def test_verified_resolution_does_not_rest_on_contested_calls_either() -> None:
    """16 of 20 resolved by callers who never called again: met; without the two marked ones it is not. It does not accumulate."""
    week = contested_week()
    assert week.sample is not None
    items = []
    for item in week.sample.items:
        call = item.call.model_copy(update={"caller_key": f"k{item.position}"})
        items.append(item.model_copy(update={"call": call}))
    bar = some_thresholds(a_threshold("verified_resolution_rate", at_least=0.6))
    sample = week.sample.model_copy(update={"items": tuple(items)})
    found = summarise(replace(week, sample=sample, thresholds=bar, known_until=midnight("2026-W50"))).checks[0]

    assert (found.this_week, found.verdict, found.since) == ("met", "not_proven", None)
    assert [(one.calls, one.verdict) for one in found.variants] == [(2, "not_proven")]


def test_people_who_need_calibration_are_left_out_once() -> None:
    """Anna read everything; without her nothing is graded, so nothing is proven."""
    found = summarise(replace(a_week(judged=100, thresholds=some_thresholds(RESOLVED)), uncalibrated=frozenset({"Anna Keller"})))

    assert found.checks[0].this_week == "met"
    assert found.checks[0].verdict == "not_proven"
    assert found.checks[0].variants[0].left_out == "grades of Anna Keller, who needs calibration"
    assert found.checks[0].variants[0].calls == 20


def test_disputed_calls_are_contested() -> None:
    """Ten of the twenty, all resolved: 10 of 10 of 100 calls still show more than 60 %."""
    ids = frozenset(("demo", f"c{position}") for position in range(1, 11))
    found = summarise(replace(a_week(judged=100, thresholds=some_thresholds(RESOLVED)), disputed=ids)).checks[0]

    assert [(one.left_out, one.calls, one.verdict) for one in found.variants] == [("contested calls (disputed)", 10, "met")]


def test_an_accumulated_verdict_that_rests_on_contested_calls_is_not_proven_either() -> None:
    """475 calls without a failure show less than 1 %; without 4 x 35 disputed ones 335 remain, and 377 are needed."""
    history = pasts(["resolved"] * 35)
    ids = frozenset((one.call.source, one.call.id) for past in history[:4] for one in past.results)
    found = the_check(FAILURES, history=history, disputed=ids)

    assert (found.this_week, found.verdict, found.by_since) == ("not_proven", "not_proven", False)
    assert found.since is not None
    assert found.since.verdict == "met"
    assert [(one.calls, one.verdict) for one in found.variants] == [(0, "not_proven")]
    assert "of earlier weeks" in found.reason


@pytest.mark.parametrize(
    ("more", "rate", "why"),
    [
        ([], "resolution_rate", None),
        ([by("Ben Ode", "unresolved", "outcome")], "resolution_rate", "graders differ"),
        ([by("Ben Ode", "unresolved", "outcome")], "clear_failure_rate", None),  # it rests on the checks alone
        ([ungraded("transcript", "unsafe_speech", grader=a_grader("Ben Ode"))], "resolution_rate", "transcript marked as wrong"),
        ([by_the_log("yes", "wrong_information")], "clear_failure_rate", "flagged and not confirmed"),
        ([by("haiku", "yes", "wrong_information", grader=a_grader("haiku", "llm"))], "clear_failure_rate", None),
    ],
)
def test_why_a_call_is_contested(more: list[Grade], rate: str, why: str | None) -> None:
    """By what the rate rests on; a judge that is not trusted contests nobody."""
    sample = a_week(drawn=1).sample
    assert sample is not None
    results = call_results(sample.items, a_rubric(), [*answers(), *more], {}, ZONE)

    assert contested(rate, a_rubric(), results, Doubt()).get(("demo", "c1")) == why


def test_a_trusted_judge_contests_people() -> None:
    """It says yes to a check to which people said no."""
    sample = a_week(drawn=1).sample
    assert sample is not None
    judge = by("haiku", "yes", "wrong_information", grader=a_grader("haiku", "llm"))
    results = call_results(sample.items, a_rubric(), [*answers(), judge], {}, ZONE)

    found = contested("clear_failure_rate", a_rubric(), results, Doubt(trusted={"wrong_information"}))
    assert found == {("demo", "c1"): "flagged and not confirmed"}


@pytest.mark.parametrize(
    ("given", "trusted", "why"),
    [
        ({"wrong_information": "yes"}, (), "measured otherwise"),
        ({"wrong_information": "no"}, (), None),
        ({"wrong_information": None}, {"wrong_information"}, "measured otherwise"),
        ({"wrong_information": None}, (), None),
    ],
)
def test_a_measured_no_contests_a_yes(given: dict, trusted: Any, why: str | None) -> None:
    """Of people, or of a trusted judge where no person answered; one that is not trusted is not contested."""
    sample = a_week(drawn=1).sample
    assert sample is not None
    judge = by("haiku", "yes", "wrong_information", grader=a_grader("haiku", "llm"))
    more = [by_the_log("no", "wrong_information"), *([judge] if given["wrong_information"] is None else [])]
    results = call_results(sample.items, a_rubric(), [*answers(**given), *more], {}, ZONE)

    assert contested("clear_failure_rate", a_rubric(), results, Doubt(trusted=trusted)).get(("demo", "c1")) == why
