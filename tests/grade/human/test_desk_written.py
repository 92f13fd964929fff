"""What a change at the desk keeps: the same grades as a sheet would, a revision each, nothing deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evalharness.grade.human.desk.change import ChangeError
from evalharness.grade.human.desk.view import own_state
from evalharness.grade.human.sheet import Own, grades_from, read_sheet, write_sheet
from evalharness.models.grade import NotApplicable, Scored, Ungraded
from evalharness.models.rubric import Rubric
from tests.builders import a_call, a_grade, a_grader, a_rubric, a_sample, rubric_form
from tests.grade.human.at_desk import ANNA, AT, BEN, MemoryHouse


def state(house: MemoryHouse, call: int = 1) -> dict[str, Any]:
    """What the page shows of the call."""
    return own_state(house.grading(ANNA), house.rows()[call - 1])


def as_a_sheet_has_it(house: MemoryHouse) -> None:
    """A sheet written from these grades and read back unchanged gives no new grade and names no cell."""
    data = write_sheet(
        house.sample, house.board.rubric, grader=ANNA, positions=[1, 2, 3], own=Own(house.grades), zone=house.board.zone
    )
    found, problems = grades_from(
        read_sheet(data, "Anna.xlsx"), house.sample, house.board.rubric, Own(house.grades), at=AT, zone=house.board.zone
    )
    assert (found, problems) == ([], [])


def test_an_answer_is_an_ordinary_blind_grade() -> None:
    """Same noun, digest and slot as from a sheet, with the time it took."""
    house = MemoryHouse()
    house.change("answer", 4, "correctness", seconds=7.25)
    (grade,) = house.grades
    assert isinstance(grade, Scored)
    assert (grade.value, grade.lane, grade.manner, grade.seconds, grade.at) == (4, "blind", "read", 7.2, AT)
    assert grade.criterion_digest == house.sample.criterion_digests["correctness"]
    assert grade.slot == ("demo", "c1", "correctness", None, "human", ANNA, "blind")
    as_a_sheet_has_it(house)


def test_the_same_answer_again_adds_nothing() -> None:
    """What was sent twice, because the first reply was lost, is kept once."""
    house = MemoryHouse()
    for _ in range(3):
        house.change("answer", "yes", "greeted")
    assert len(house.grades) == 1


def test_undo_is_a_revision() -> None:
    """5, then 3; the change that takes it back is the value before; back to nothing is Ungraded, and all four are kept."""
    house = MemoryHouse()
    first = house.change("answer", 5, "correctness")
    second = house.change("answer", 3, "correctness")
    assert (first.before, second.before) == (None, 5)
    house.change("answer", second.before, "correctness")
    house.change("answer", first.before, "correctness")
    assert [getattr(grade, "value", None) for grade in house.grades] == [5, 3, 5, None]
    assert isinstance(house.grades[-1], Ungraded)
    assert state(house)["answers"]["correctness"] is None
    assert state(house)["state"] == "open"
    as_a_sheet_has_it(house)


def test_not_applicable_is_an_answer() -> None:
    """0 on the keyboard; it is no score."""
    house = MemoryHouse()
    house.change("answer", "N/A", "correctness")
    assert isinstance(house.grades[0], NotApplicable)
    assert state(house)["answers"]["correctness"] == "N/A"


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("correctness", 6),
        ("correctness", "4"),
        ("correctness", True),
        ("correctness", 4.5),
        ("correctness", [4]),
        ("greeted", "maybe"),
        ("outcome", "Resolved"),
        ("latency", 5),
        ("no_such_question", 1),
        (None, 1),
    ],
)
def test_what_is_no_answer_is_refused(question: str | None, value: Any) -> None:
    """Not guessed at, not kept; a measured criterion is nobody's to answer."""
    house = MemoryHouse()
    with pytest.raises(ChangeError):
        house.change("answer", value, question)
    assert house.grades == []


def test_a_note_stays_whatever_is_answered_around_it() -> None:
    """Before the first answer it waits in a draft; then the grades carry it, also when their first one is taken back."""
    house = MemoryHouse()
    house.change("note", "The line was bad. ")
    assert (house.grades, state(house)["note"]) == ([], "The line was bad.")
    house.change("answer", "yes", "greeted")
    assert house.grades[0].rationale == "The line was bad."
    house.change("answer", 5, "correctness")
    house.change("note", "It was fine.")
    house.change("answer", None, "correctness")
    assert state(house)["note"] == "It was fine."
    house.change("note", "")
    assert state(house)["note"] == ""
    as_a_sheet_has_it(house)


def test_heard_belongs_to_the_call() -> None:
    """Chosen before any answer it waits; chosen later it is written into every grade of the call."""
    house = MemoryHouse()
    house.change("manner", "heard")
    house.change("answer", 5, "correctness")
    house.change("answer", "no", "wrong_information")
    assert [grade.manner for grade in house.grades] == ["heard", "heard"]
    house.change("manner", "read")
    assert [grade.manner for grade in house.grades[2:]] == ["read", "read"]
    assert state(house)["manner"] == "read"
    as_a_sheet_has_it(house)


def by_ear() -> Rubric:
    """The small rubric, whose first criterion is judged by ear alone."""
    form = rubric_form()
    form["sections"][0]["criteria"][0]["heard"] = True
    return Rubric.model_validate(form, strict=False)


def test_a_voice_is_judged_by_ear() -> None:
    """Refused unheard, N/A aside; and a call whose voice was judged does not become merely read."""
    rubric = by_ear()
    house = MemoryHouse(a_sample(3, rubric=rubric), rubric=rubric)
    with pytest.raises(ChangeError, match="by ear"):
        house.change("answer", 4, "correctness")
    house.change("answer", "N/A", "correctness")
    house.change("manner", "heard")
    house.change("answer", 4, "correctness")
    with pytest.raises(ChangeError, match="by ear"):
        house.change("manner", "read")


def test_evidence_is_verbatim_and_belongs_to_its_question() -> None:
    """Words of the turn, in a revision of that grade alone; before an answer they wait for it."""
    house = MemoryHouse()
    quote = {"turn": 2, "quote": "Friday at ten is free."}
    house.change("evidence", [quote], "correctness")
    house.change("answer", 5, "correctness")
    house.change("answer", "yes", "greeted")
    assert [[one.quote for one in grade.evidence] for grade in house.grades] == [["Friday at ten is free."], []]
    found = house.change("evidence", [], "correctness")
    assert found.before == [quote]
    assert state(house)["evidence"]["correctness"] == []


@pytest.mark.parametrize(
    "quotes",
    [
        [{"turn": 2, "quote": "Friday at eleven"}],
        [{"turn": 1, "quote": "Friday at ten is free."}],
        [{"turn": 99, "quote": "Friday"}],
        [{"turn": True, "quote": "I need"}],
        [{"turn": 2, "quote": "  "}],
        [{"turn": 2}],
        ["Friday"],
        {"turn": 2, "quote": "Friday"},
        [{"turn": 2, "quote": "Friday"}] * 6,
    ],
)
def test_a_quote_that_was_not_said_is_refused(quotes: Any) -> None:
    """Another word, another turn, no turn, nothing, or more than five."""
    house = MemoryHouse()
    with pytest.raises(ChangeError):
        house.change("evidence", quotes, "correctness")
    assert house.drafts == {}


def test_a_wrong_transcript_ungrades_what_is_open() -> None:
    """Six questions, one answered: five become Ungraded (transcript), the call counts as dealt with; unmarked, they are open."""
    house = MemoryHouse()
    house.change("answer", 5, "correctness")
    house.change("wrong", value=True)
    assert [grade.reason for grade in house.grades if isinstance(grade, Ungraded)] == ["transcript"] * 5
    assert (state(house)["wrong"], state(house)["state"]) == (True, "graded")
    as_a_sheet_has_it(house)
    house.change("answer", "yes", "greeted")
    house.change("wrong", value=False)
    assert (state(house)["wrong"], state(house)["state"], state(house)["missing"]) == (False, "started", 4)
    assert state(house)["answers"]["greeted"] == "yes"


def test_a_skip_needs_a_reason_and_no_answer() -> None:
    """All six questions say why; an answer given before stands in the way; taking it back opens the call again."""
    house = MemoryHouse()
    with pytest.raises(ChangeError, match="reason"):
        house.change("skip", "  \n ")
    house.change("skip", "in another\nlanguage")
    assert [grade.rationale for grade in house.grades] == ["in another language"] * 6
    assert (state(house)["state"], state(house)["skip"]) == ("skipped", "in another language")
    as_a_sheet_has_it(house)
    house.change("skip", None)
    assert (state(house)["state"], state(house)["skip"]) == ("open", "")
    house.change("answer", 5, "correctness")
    with pytest.raises(ChangeError, match="answers"):
        house.change("skip", "too long")


def test_an_answer_after_a_skip_and_back() -> None:
    """The answer counts; taken back, the call is skipped for the same reason as before."""
    house = MemoryHouse()
    house.change("skip", "too long")
    house.change("answer", 5, "correctness")
    assert state(house)["state"] == "started"
    house.change("answer", None, "correctness")
    assert (state(house)["state"], state(house)["skip"]) == ("skipped", "too long")


def test_turns_have_questions_of_their_own() -> None:
    """A turn question is answered by turn; the call's note stays with the call."""
    form = rubric_form()
    form["sections"][0]["criteria"].append(
        {"id": "turn_tone", "question": "Tone?", "scope": "turn", "levels": {1: "a", 3: "b", 5: "c"}}
    )
    rubric = Rubric.model_validate(form, strict=False)
    house = MemoryHouse(a_sample(3, rubric=rubric), rubric=rubric)
    keys = [one.key for one in house.board.questions(house.rows()[0])]
    assert keys[-3:] == ["turn_tone@0", "turn_tone@2", "turn_tone@4"]
    house.change("note", "Fine.")
    house.change("answer", 3, "turn_tone@2")
    assert (house.grades[0].turn, house.grades[0].rationale, state(house)["note"]) == (2, "", "Fine.")
    house.change("answer", 5, "correctness")
    assert house.grades[-1].rationale == "Fine."
    as_a_sheet_has_it(house)


def test_a_question_whose_condition_does_not_hold_is_not_asked() -> None:
    """Asked only when a German call: this one is not."""
    form = rubric_form()
    form["checks"][0]["when"] = "language == 'de'"
    rubric = Rubric.model_validate(form, strict=False)
    house = MemoryHouse(a_sample(calls=[a_call(language="en")], rubric=rubric), rubric=rubric)
    with pytest.raises(ChangeError, match="not asked"):
        house.change("answer", "no", form["checks"][0]["id"])


def test_a_signed_week_takes_nothing() -> None:
    """Its grades stay as they are."""
    with pytest.raises(ChangeError, match="signed"):
        MemoryHouse(signed=True).change("answer", 5, "correctness")


def test_only_ones_own_list_is_answered() -> None:
    """A call on Ben's list alone is none of Anna's."""
    house = MemoryHouse(asked={ANNA: (1,), BEN: (1, 2, 3)})
    others = house.rows(BEN)[2]
    house.rows = lambda person=ANNA: [others]  # type: ignore[method-assign]
    with pytest.raises(ChangeError, match="not on your list"):
        house.change("answer", 5, "correctness")


@pytest.mark.parametrize(("sent", "kept"), [(12.34, 12.3), (-5, 0.0), (1e9, 3600.0), ("9", 0.0), (None, 0.0), (True, 0.0)])
def test_the_time_is_kept_within_reason(sent: Any, kept: float) -> None:
    """Seconds on the first grade of a change, at most an hour; what is no number is no time."""
    house = MemoryHouse()
    house.change("answer", 5, "correctness", seconds=sent)
    assert house.grades[0].seconds == kept


def test_time_is_counted_once() -> None:
    """A change that writes six grades took its time once."""
    house = MemoryHouse()
    house.change("skip", "too long", seconds=30.0)
    assert [grade.seconds for grade in house.grades] == [30.0, 0, 0, 0, 0, 0]


def test_answers_given_on_a_sheet_are_there() -> None:
    """The desk goes on where the sheet stopped, and what others said is not seen."""
    house = MemoryHouse(grades=[a_grade(2, at=AT - timedelta(days=1)), a_grade(5, grader=a_grader(BEN))])
    assert state(house)["answers"]["correctness"] == 2
    assert house.change("answer", 2, "correctness").grades == ()
    assert house.change("answer", 3, "correctness").before == 2


def test_the_rubric_of_the_tests_asks_six_questions() -> None:
    """What the counts above rest on."""
    house = MemoryHouse(rubric=a_rubric())
    assert len(house.board.questions(house.rows()[0])) == 6
