"""What guards a week's judges, and which of their grades count as none."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.guard import (
    barred,
    contradicted,
    guards,
    masked_calls,
    reasons_for,
    stripped,
    without_barred,
)
from evalharness.aggregate.judges import key_of
from evalharness.models.grade import Scored, Ungraded
from evalharness.models.guard import CanaryResult, Contest, Guard
from tests.aggregate.histories import JUDGE, a_past_week, grades_of
from tests.aggregate.probing import a_probe
from tests.builders import a_grader

OTHER = a_grader("judge-2", "llm", prompt_digest="q" * 64)
ANNA = "Anna Keller"


def a_canary(**fields: Any) -> CanaryResult:
    """A known-bad call, level 1 or 2 expected under correctness, answered with 1."""
    ordinary = {"call_id": "bad-1", "kind": "bad", "criterion": "correctness", "expected": (1, 2), "answered": 1, "inside": True}
    return CanaryResult(**{**ordinary, **fields})


def graded(judge: Any = JUDGE, version: str | None = None, call_id: str = "c1", level: int = 4) -> list[Any]:
    """One grade of correctness."""
    who = judge.model_copy(update={"version": version})
    return [one.model_copy(update={"grader": who}) for one in grades_of(call_id, {"judge": {"correctness": level}})]


def guard_of(*results: CanaryResult, models: tuple[str, ...] = ("m-1",)) -> Guard:
    """The guard of a judge whose canaries answered so, and whose grades these models gave."""
    grades = [one for model in models for one in graded(version=model)]
    return guards([Guard(judge=JUDGE, canaries=results)], grades, ())[0]


def test_canaries_within_their_bands_and_one_model_are_no_reason() -> None:
    found = guard_of(a_canary(), a_canary(kind="good", expected=(4, 5), answered=5))
    assert (found.untrusted, found.models) == ((), ("m-1",))


def test_a_job_that_two_models_answered_is_mixed() -> None:
    """Though every grade of the week has the same two in its version."""
    found = guard_of(a_canary(), models=("m-1 + m-2",))
    assert found.models == ("m-1", "m-2")
    assert found.untrusted == ("2 models answered under one name: m-1, m-2",)


def test_no_canaries_is_no_reason_either() -> None:
    """It is said in the report; nobody is punished for a rubric without any."""
    (found,) = guards([], graded(version="m-1"), ())
    assert (found.canaries, found.untrusted) == (None, ())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"answered": 5, "inside": False}, "bad call, correctness: 5, expected 1 or 2"),
        ({"answered": None, "inside": False}, "bad call, correctness: N/A, expected 1 or 2"),
        ({"answered": None, "inside": False, "reason": "refused"}, "bad call, correctness: refused, expected 1 or 2"),
        ({"answered": None, "inside": False, "reason": "truncated"}, "truncated"),
        ({"answered": None, "inside": False, "reason": "unverified"}, "unverified"),
        ({"answered": None, "inside": False, "reason": "skipped"}, "skipped"),
        ({"kind": "injected", "answered": 5, "inside": False}, "injected call"),
    ],
)
def test_a_canary_outside_its_band_or_without_an_answer_is_a_reason(fields: dict[str, Any], said: str) -> None:
    (reason,) = guard_of(a_canary(), a_canary(**fields)).untrusted
    assert reason.startswith("canaries: 1 of 2 answers outside what is known of them")
    assert said in reason


@pytest.mark.parametrize("reason", ["api", "budget"])
def test_a_canary_that_was_not_answered_for_want_of_server_or_money_is_incomplete(reason: Any) -> None:
    """Nobody has seen the judge fail, and nobody has seen it sound."""
    found = guard_of(a_canary(), a_canary(answered=None, inside=False, reason=reason))
    assert found.untrusted == (f"canaries incomplete: 1 of 2 answers did not come (1 {reason})",)


def test_canaries_sent_and_none_answered_are_incomplete() -> None:
    assert guard_of().untrusted == ("canaries incomplete: none of them was answered",)


def test_many_canaries_outside_are_counted_and_three_named() -> None:
    (reason,) = guard_of(*[a_canary(answered=5, inside=False)] * 5).untrusted
    assert reason.count("bad call") == 3
    assert reason.endswith("and 2 more)")


def test_two_models_under_one_name_are_a_reason_for_both() -> None:
    found = guard_of(a_canary(), models=("m-1", "m-2"))
    assert found.models == ("m-1", "m-2")
    assert found.untrusted == ("2 models answered under one name: m-1, m-2",)


def test_canaries_that_another_model_answered_say_nothing_of_the_grades() -> None:
    probe = a_probe("canary", judge=JUDGE.model_copy(update={"version": "m-2"}))
    (found,) = guards([], graded(version="m-1"), [probe])
    assert found.untrusted == ("2 models answered under one name: m-1, m-2",)


def test_two_judges_are_two_guards_and_are_not_mixed() -> None:
    found = guards([], [*graded(version="m-1"), *graded(OTHER, "o-1")], ())
    assert [one.judge.name for one in found] == ["judge-1", "judge-2"]
    assert [one.untrusted for one in found] == [(), ()]
    assert reasons_for([found[0].model_copy(update={"untrusted": ("no",)})], JUDGE) == ("no",)
    assert reasons_for(found, OTHER) == ()


def test_what_the_mask_changed_and_what_the_log_contradicts_counts_as_none_of_this_judge_alone() -> None:
    contest = Contest(source="demo", call_id="c1", criterion="correctness", plain=5, masked=2)
    guard = Guard(judge=JUDGE, contested=(contest,), facts=(("demo", "c2", "outcome"),))
    out = barred([guard])
    assert out == {(key_of(JUDGE), ("demo", "c1"), "correctness"), (key_of(JUDGE), ("demo", "c2"), "outcome")}
    kept = without_barred([*graded(), *graded(call_id="c2"), *graded(OTHER)], out)
    assert [type(one) for one in kept] == [Ungraded, Scored, Scored]
    assert kept[0].slot == graded()[0].slot


def test_a_person_grade_is_never_taken_back() -> None:
    out = barred([Guard(judge=JUDGE, facts=(("demo", "c1", "correctness"),))])
    mine = grades_of("c1", {ANNA: {"correctness": 2}})
    assert without_barred(mine, out) == mine


def test_the_stripped_week_keeps_its_final_values() -> None:
    week = a_past_week([{ANNA: {"correctness": 2}, "judge": {"correctness": 5}}])
    out = barred([Guard(judge=JUDGE, facts=(("demo", "w1-c1", "correctness"),))])
    found = stripped(week, out).results[0]
    assert [type(one) for one in found.grades] == [Scored, Ungraded]
    assert found.final == week.results[0].final
    assert stripped(week, frozenset()) is week


def test_a_call_that_spoke_to_the_judge_is_in_doubt_whoever_is_trusted_a_contradiction_only_of_a_trusted_judge() -> None:
    contest = Contest(source="demo", call_id="c1", criterion="correctness", plain=5, masked=2)
    found = [Guard(judge=JUDGE, contested=(contest,), facts=(("demo", "c2", "outcome"), ("demo", "c2", "tone")))]
    assert masked_calls(found) == {("demo", "c1"): {"correctness"}}
    assert contradicted(found, {("outcome", key_of(JUDGE))}) == {("demo", "c2"): {"outcome"}}
    assert contradicted(found, {("outcome", key_of(OTHER))}) == {}
