"""Out of all grades of a call the one that counts."""

from __future__ import annotations

import pytest

from evalharness.aggregate.final import (
    clear_failure,
    final_value,
    final_values,
    newest,
    rests_on_judge,
    trusted_of,
    value_of_call,
)
from evalharness.models.rubric import Criterion
from evalharness.models.trust import JudgeTrust, judge_name
from tests.aggregate.building import a_final, by, by_the_log, finals
from tests.builders import a_grade, a_grader, a_rubric, not_applicable, ungraded

CORRECTNESS = a_rubric().criterion("correctness")  # levels 1 to 5; 1 fails the call
GREETED = a_rubric().criterion("greeted")
OUTCOME = a_rubric().criterion("outcome")


def turn_criterion(**fields) -> Criterion:
    """Accuracy of each turn, 1 to 5; 1 fails the section, 2 nothing."""
    levels = {1: {"text": "Wrong.", "fail": "section"}, **{value: f"Level {value}." for value in range(2, 6)}}
    return Criterion.model_validate({"id": "accuracy", "scope": "turn", "levels": levels, **fields}, strict=False)


def of_turns(criterion: Criterion, *grades):
    form = {"id": "simple", "version": 1, "sections": ({"id": "s", "criteria": (criterion.model_dump(),)},)}
    return final_values(a_rubric(**{**form, "checks": (), "outcome": None}), list(grades), {})["accuracy"]


def test_the_later_of_two_grades_of_one_slot_stands():
    first, second = a_grade(2), a_grade(5, rationale="read again")
    assert newest([first, second]) == [second]
    assert newest([second, first]) == [first]


def test_a_later_skip_takes_the_grade_back():
    assert newest([a_grade(2), ungraded(rationale="private")]) == [ungraded(rationale="private")]


def test_an_answer_that_was_taken_back_is_no_grade():
    assert newest([a_grade(2), ungraded()]) == []
    assert newest([a_grade(2), ungraded(), a_grade(3)]) == [a_grade(3)]


def test_grades_of_other_graders_lanes_turns_and_calls_stand_beside_it():
    grades = [by("Anna", 2), by("Ben", 3), by("Anna", 4, lane="assisted"), by("Anna", 4, turn=1), by("Anna", 4, call_id="c2")]
    assert newest(grades) == grades


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([4], 4.0),
        ([4, 4], 4.0),
        ([4, 5], 4.5),  # one level apart: the mean
        ([5, 4], 4.5),
        ([2, 3, 3], 8 / 3),
        ([1, 1], 1.0),  # agreed on the fail
    ],
)
def test_answers_that_agree_or_nearly_agree(values, expected):
    final = final_value(CORRECTNESS, [by(f"P{i}", value) for i, value in enumerate(values)])
    assert (final.state, final.value, final.by, final.conflict) == ("scored", expected, "human", False)


@pytest.mark.parametrize(
    ("criterion", "values", "seen"),
    [
        (CORRECTNESS, [3, 5], "P0: 3, P1: 5"),  # two levels apart
        (CORRECTNESS, [1, 2], "P0: 1, P1: 2"),  # one apart, and one is an automatic fail
        (CORRECTNESS, [4, None], "P0: 4, P1: N/A"),  # N/A against a value
        (CORRECTNESS, [3, 4, 5], "P0: 3"),
        (GREETED, ["yes", "no"], "P0: yes, P1: no"),
        (GREETED, ["yes", None], "P0: yes, P1: N/A"),
        (OUTCOME, ["resolved", "follow_up"], "P0: resolved, P1: follow_up"),
    ],
)
def test_answers_that_wait_for_an_adjudicator(criterion, values, seen):
    final = final_value(criterion, [by(f"P{i}", value, criterion.id) for i, value in enumerate(values)])
    assert (final.state, final.value, final.conflict) == ("ungraded", None, True)
    assert seen in final.note


def test_one_level_apart_counts_levels_not_numbers():
    # of levels 1, 3, 5 the answers 3 and 5 are neighbours, 1 and 5 are not
    coarse = Criterion.model_validate({"id": "correctness", "levels": {1: "", 3: "", 5: ""}}, strict=False)
    assert final_value(coarse, [by("Anna", 3), by("Ben", 5)]).value == 4.0
    assert final_value(coarse, [by("Anna", 1), by("Ben", 5)]).conflict


def test_two_times_not_applicable_is_not_applicable():
    final = final_value(CORRECTNESS, [by("Anna", None), by("Ben", None)])
    assert (final.state, final.value, final.by) == ("not_applicable", None, "human")


def test_one_answer_is_final_while_the_other_person_skipped():
    assert final_value(CORRECTNESS, [by("Anna", 4), ungraded(grader=a_grader("Ben"))]).value == 4.0


@pytest.mark.parametrize(
    ("grades", "value", "assisted"),
    [
        ([by("Anna", 2), by("Anna", 5, lane="assisted")], 2.0, False),
        ([by("Anna", 5, lane="assisted"), by("Ben", 2)], 2.0, False),
        ([by("Anna", 5, lane="assisted")], 5.0, True),
        ([ungraded(), by("Ben", 5, lane="assisted")], 5.0, True),  # a blind skip is no value
        ([by("Anna", 4, lane="assisted"), by("Ben", 5, lane="assisted")], 4.5, True),
    ],
)
def test_blind_before_assisted(grades, value, assisted):
    final = final_value(CORRECTNESS, grades)
    assert (final.value, final.assisted) == (value, assisted)


@pytest.mark.parametrize(
    ("grades", "value", "by_whom"),
    [
        ([by_the_log("transferred"), by("Anna", "resolved", "outcome")], "resolved", "human"),
        ([by_the_log("transferred")], "transferred", "measured"),
        ([by_the_log("transferred"), ungraded(criterion="outcome")], "transferred", "measured"),
        ([by_the_log("unknown")], None, None),  # measured, never unknown
        ([by_the_log("transferred"), by("Anna", "unknown", "outcome")], "unknown", "human"),
        ([a_grade("resolved", "outcome", grader=a_grader("judge", "llm"))], None, None),  # no judge is trusted yet
        ([], None, None),
    ],
)
def test_people_before_measurements_before_nothing(grades, value, by_whom):
    final = final_value(OUTCOME, grades)
    assert (final.value, final.by) == (value, by_whom)
    assert (final.state == "ungraded") is (value is None)


def test_people_who_differ_are_not_overruled_by_the_log():
    final = final_value(OUTCOME, [by("Anna", "resolved", "outcome"), by("Ben", "follow_up", "outcome"), by_the_log("resolved")])
    assert (final.state, final.conflict) == ("ungraded", True)


def test_why_nothing_was_graded_is_said():
    grades = [ungraded("transcript"), ungraded("skipped", grader=a_grader("Ben"))]
    assert final_value(CORRECTNESS, grades).note == "skipped, transcript"


@pytest.mark.parametrize(("value", "fail"), [(1, "call"), (2, None), (5, None)])
def test_an_automatic_fail_is_carried(value, fail):
    assert final_value(CORRECTNESS, [by("Anna", value)]).fail == fail


@pytest.mark.parametrize(
    ("how", "values", "expected", "fail"),
    [
        ("mean", [5, 4, 3], 4.0, None),
        ("min", [5, 4, 3], 3.0, None),
        ("mean", [5, 1], 3.0, "section"),  # a failing level counts if any turn has it
        ("min", [5, 1], 1.0, "section"),
        ("mean", [5, None, 3], 4.0, None),  # N/A out
        ("mean", [2], 2.0, None),
    ],
)
def test_a_turn_criterion_takes_the_mean_or_the_least_of_its_rated_turns(how, values, expected, fail):
    grades = [by("Anna", value, "accuracy", turn=turn) for turn, value in enumerate(values)]
    final = of_turns(turn_criterion(turns=how), *grades)
    assert (final.value, final.fail, final.by) == (expected, fail, "human")


def test_people_meet_in_each_turn_before_turns_are_pooled():
    # turn 0: 4 and 5 -> 4.5; turn 1: 3 -> 3; mean 3.75
    grades = [by("Anna", 4, "accuracy", turn=0), by("Ben", 5, "accuracy", turn=0), by("Anna", 3, "accuracy", turn=1)]
    assert of_turns(turn_criterion(), *grades).value == 3.75


def test_a_turn_in_conflict_is_left_out_and_flagged():
    grades = [by("Anna", 2, "accuracy", turn=0), by("Ben", 5, "accuracy", turn=0), by("Anna", 4, "accuracy", turn=1)]
    final = of_turns(turn_criterion(), *grades)
    assert (final.value, final.conflict, final.note) == (4.0, True, "rated turns: 1, some in conflict")


def test_yes_no_turns_give_the_share_of_good_ones():
    # yes, yes, no, N/A: 2 of 3
    criterion = turn_criterion(type="yes_no", good="yes", levels=())
    grades = [by("Anna", value, "accuracy", turn=turn) for turn, value in enumerate(["yes", "yes", "no", None])]
    assert of_turns(criterion, *grades).value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("grades", "state"),
    [
        ([], "ungraded"),
        ([by("Anna", None, "accuracy", turn=0)], "not_applicable"),
        ([ungraded(criterion="accuracy", turn=0)], "ungraded"),
        ([by("Anna", 4, "accuracy")], "ungraded"),  # a grade of the whole call is no turn's
        ([by("Anna", 2, "accuracy", turn=0), by("Ben", 5, "accuracy", turn=0)], "ungraded"),
    ],
)
def test_a_turn_criterion_without_a_rated_turn_has_no_value(grades, state):
    final = of_turns(turn_criterion(), *grades)
    assert (final.state, final.value) == (state, None)


def test_a_criterion_whose_condition_does_not_hold_is_not_applicable():
    found = final_values(a_rubric(), [by("Anna", 4)], {"correctness": False})
    assert found["correctness"].state == "not_applicable"
    assert "condition" in found["correctness"].note
    assert final_values(a_rubric(), [by("Anna", 4)], {"correctness": True})["correctness"].value == 4.0


def test_free_text_has_no_final_value():
    form = [{"id": "notes", "criteria": [{"id": "remark", "type": "text"}, {"id": "tone", "levels": {1: "", 2: ""}}]}]
    assert list(final_values(a_rubric(sections=form, checks=(), outcome=None), [], {})) == ["tone"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("yes", "no", "yes"),
        ("yes", None, "yes"),  # one yes is enough, whatever is open
        ("no", "no", "no"),
        ("no", "N/A", "no"),
        ("N/A", "N/A", "no"),
        ("no", None, None),  # something is open: no value
        ("N/A", None, None),
        (None, None, None),
    ],
)
def test_clear_failure_of_a_call(first, second, expected):
    given = {name: value for name, value in (("wrong_information", first), ("unsafe_speech", second)) if value != "N/A"}
    assert clear_failure(a_rubric(), finals(**given)) == expected


def test_a_form_without_checks_finds_no_clear_failure_and_no_absence_of_one():
    assert clear_failure(a_rubric(checks=()), finals(a_rubric(checks=()))) is None


def test_a_measured_yes_waits_for_a_person():
    final = finals(wrong_information="no", unsafe_speech="no")
    assert clear_failure(a_rubric(), {**final, "unsafe_speech": a_final("yes", "unsafe_speech", by="measured")}) is None
    assert clear_failure(a_rubric(), {**final, "unsafe_speech": a_final("no", "unsafe_speech", by="measured")}) == "no"


@pytest.mark.parametrize(("value", "found"), [("yes", "yes"), ("no", "no")])
def test_an_assisted_answer_finds_failures_and_decides_no_rate(value, found):
    final = finals(wrong_information="no", unsafe_speech="no")
    final["unsafe_speech"] = a_final(value, "unsafe_speech", assisted=True)
    assert clear_failure(a_rubric(), final) == found
    assert clear_failure(a_rubric(), final, blind=True) is None


def test_not_applicable_by_one_person_is_final():
    assert final_value(GREETED, [not_applicable("greeted")]).state == "not_applicable"


JUDGE = a_grader("judge-1", "llm", prompt_digest="p" * 64)
TRUSTED = frozenset(
    {("correctness", judge_name(JUDGE)), ("wrong_information", judge_name(JUDGE)), ("accuracy", judge_name(JUDGE))}
)


def of_judge(value, criterion="correctness", grader=JUDGE, **fields):
    """A grade of the judge; None = N/A."""
    return by("judge", value, criterion, grader=grader, **fields)


@pytest.mark.parametrize(
    ("grades", "value", "by_whom"),
    [
        ([of_judge(2)], 2.0, "llm"),
        ([of_judge(2), by("Anna", 5)], 5.0, "human"),
        ([of_judge(2), by("Anna", 5, lane="assisted")], 5.0, "human"),
        ([of_judge(2), by_the_log(4, "correctness")], 4.0, "measured"),
        ([of_judge(2), by_the_log("unknown", "correctness")], 2.0, "llm"),
        ([of_judge(2), by("Anna", 2), by("Ben", 5)], None, None),  # it does not settle what two people differ on
        ([of_judge(2), ungraded("skipped")], 2.0, "llm"),
        ([of_judge(2), ungraded("transcript")], None, None),  # it read the same wrong transcript
        ([of_judge(2, grader=a_grader("judge-1", "llm", prompt_digest="q" * 64))], None, None),  # another prompt
        ([ungraded("refused", grader=JUDGE)], None, None),
        ([of_judge(None)], None, "llm"),  # N/A
    ],
)
def test_a_trusted_judge_comes_last(grades, value, by_whom):
    final = final_value(CORRECTNESS, grades, TRUSTED)
    assert (final.value, final.by) == (value, by_whom)


def test_by_default_nobody_is_trusted():
    assert final_value(CORRECTNESS, [of_judge(2)]).state == "ungraded"
    assert final_values(a_rubric(), [of_judge(2)], {})["correctness"].by is None


def test_a_trusted_judge_fails_a_call_as_people_do():
    assert final_value(CORRECTNESS, [of_judge(1)], TRUSTED).fail == "call"


def test_turns_of_people_and_of_a_judge_are_never_mixed():
    criterion = turn_criterion()
    judged = [of_judge(2, "accuracy", turn=1), of_judge(4, "accuracy", turn=3)]
    assert value_of_call(criterion, judged, TRUSTED).model_copy(update={"note": ""}) == a_final(3.0, "accuracy", by="llm")
    both = [*judged, by("Anna", 5, "accuracy", turn=1)]  # turn 3 has no person's grade; the mean is of turn 1 alone
    assert (value_of_call(criterion, both, TRUSTED).value, value_of_call(criterion, both, TRUSTED).by) == (5.0, "human")


def test_a_clear_failure_that_only_a_judge_saw_waits_for_a_person():
    # yes by the judge: no value; no by the judge: none found in the call's row, and no answer to a rate
    rubric = a_rubric()
    seen = finals(wrong_information="no", unsafe_speech="no") | {
        "wrong_information": a_final("yes", "wrong_information", by="llm")
    }
    assert clear_failure(rubric, seen) is None
    unseen = seen | {"wrong_information": a_final("no", "wrong_information", by="llm")}
    assert (clear_failure(rubric, unseen), clear_failure(rubric, unseen, blind=True)) == ("no", None)


def test_a_score_that_rests_on_a_judge_says_so():
    rubric, people = a_rubric(), finals(correctness=4.0, greeted="yes")
    assert not rests_on_judge(rubric, people)
    assert rests_on_judge(rubric, people | {"greeted": a_final("yes", "greeted", by="llm")})
    assert not rests_on_judge(rubric, people | {"human_needed": a_final("needed", "human_needed", by="llm")})  # no weight


def test_only_the_state_trusted_is_trust():
    trust = [JudgeTrust(criterion=name, judge="j", state=name) for name in ("trusted", "advisory", "untested")]
    assert trusted_of(trust) == {("trusted", "j")}
