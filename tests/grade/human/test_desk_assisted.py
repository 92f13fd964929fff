"""The assisted lane at the desk: who sees an LLM's answers and who never does, and what is kept of what they say."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from evalharness.grade.human.desk.change import ChangeError
from evalharness.grade.human.desk.view import own_state, shown_questions, shown_turns
from evalharness.models.grade import Evidence, NotApplicable, Scored, Ungraded
from tests.builders import a_grade, a_grader, a_rubric, a_sample, not_applicable, rubric_form
from tests.grade.human.at_desk import ANNA, BEN, MemoryHouse, client_of, csrf_of, save

JUDGE = a_grader("judge-model-marker", "llm")
WHY = "what-only-the-judge-says"
QUOTE = (Evidence(turn=2, quote="Friday at ten is free."),)


def judged(*more: Any, **board: Any) -> MemoryHouse:
    """Three calls; of the first the LLM says correctness 4 and wrong_information N/A, and it is graded beside that."""
    said = [
        a_grade(4, rationale=WHY, evidence=QUOTE, grader=JUDGE),
        not_applicable("wrong_information", rationale=WHY, grader=JUDGE),
        *(a_grade(2, call_id=call, rationale=WHY, evidence=QUOTE, grader=JUDGE) for call in ("c2", "c3")),
    ]
    house = MemoryHouse(a_sample(3), [*said, *more], **board)
    house.beside = {"c1"}
    return house


def opened(*more: Any) -> MemoryHouse:
    """The same, and Anna has been shown the first call's."""
    house = judged(*more)
    house.opening(ANNA, house.rows()[0])
    return house


def human(house: MemoryHouse) -> list[Any]:
    return [grade for grade in house.grades if grade.grader.kind == "human"]


def everything(client: TestClient, rows: list[str]) -> str:
    """What every route of the table answers, read and written, headers too."""
    csrf = csrf_of(client, rows[0])
    paths = [route.path for route in client.app.routes if "POST" not in route.methods]
    filled = {path.replace("{row}", row).replace("{name}", "desk.js") for path in paths for row in rows}
    replies = [client.get(path) for path in (*sorted(filled), "/queue?q=Friday", "/queue?q=only-the-judge")]
    for kind, value in (("answer", 3), ("confirm", 2), ("evidence", []), ("note", "x"), ("manner", "heard"), ("skip", "y")):
        sent = {"row": rows[-1], "do": kind, "question": "correctness", "value": value, "case": "D-1"}
        replies += [client.post(path, json=sent, headers={"X-CSRF-Token": csrf}) for path in ("/save", "/decided")]
    assert len(filled) >= 12
    return "\n".join(reply.text + str(reply.headers) for reply in replies)


def test_who_grades_blind_gets_no_answer_of_the_llm_on_any_route() -> None:
    """Ben's calls are all blind, the LLM has answered all three: 0 values, reasons or names of it in any reply."""
    house = judged()
    house.beside = set()
    said = everything(client_of(house, BEN), house.rows(BEN))
    for secret in (WHY, JUDGE.name, "The LLM says", 'class="suggested', "data-suggested='", "<mark"):
        assert secret not in said
    assert house.shown == {}


def test_the_answers_of_an_assisted_call_are_nobody_elses() -> None:
    """Anna was shown the first call's: Ben still sees none of it, and Anna none of the other two calls'."""
    house = judged()
    anna, rows = client_of(house), house.rows()
    assert WHY in anna.get(f"/call/{rows[0]}").text
    assert house.shown == {ANNA: {"c1"}}
    assert WHY not in "".join(anna.get(f"/call/{row}").text for row in rows[1:])
    house.beside = set()
    assert WHY not in everything(client_of(house, BEN), house.rows(BEN))


def test_nothing_is_shown_before_the_page_is_asked_for() -> None:
    """The list and the first page of another call give nothing away of a call that will be assisted."""
    house = judged()
    client, rows = client_of(house), house.rows()
    said = client.get("/queue").text + client.get(f"/call/{rows[1]}").text
    assert "ssisted" not in said
    assert house.shown == {}


def test_the_page_shows_value_level_reason_and_the_quote_in_its_turn() -> None:
    """Level 4 with its words; the quote marked in turn 2 to the letter; the lane said in words; the matching answer marked."""
    house = judged()
    page = client_of(house).get(f"/call/{house.rows()[0]}").text
    assert "The LLM says 4" in page
    assert "What level 4 looks like." in page
    assert f">{WHY}</p>" in page
    assert '<mark data-marks="correctness">Friday at ten is free.</mark> Shall I book it?' in page
    assert "counts for this call&#39;s score and for finding failures, in no rate" in page
    assert re.search(r'class="value">4</span> <span class="llm">LLM</span>', page)
    assert page.count("data-suggested") == 2


def test_a_question_that_has_no_answer_to_show_says_so() -> None:
    """Greeted was asked of the LLM and is not among what may be shown; a question for people alone says nothing of an LLM."""
    form = rubric_form()
    form["sections"][2]["criteria"][0]["graded_by"] = ["human"]
    house = judged(rubric=a_rubric(sections=form["sections"]))
    house.opening(ANNA, house.rows()[0])
    found = {one.asked.key: one.suggested for one in shown_questions(house.grading(ANNA), house.rows()[0])}
    assert found["correctness"] is not None
    assert found["greeted"] is not None
    assert (found["greeted"].value, found["human_needed"]) == (None, None)
    assert "No answer of the LLM stands here" in found["greeted"].why


def test_what_is_judged_by_ear_is_not_suggested() -> None:
    """A judge that read the transcript cannot have heard it: whatever it says there is not shown."""
    form = rubric_form()
    form["sections"][0]["criteria"][0]["heard"] = True
    house = judged(rubric=a_rubric(sections=form["sections"]))
    house.opening(ANNA, house.rows()[0])
    found = {one.asked.key: one.suggested for one in shown_questions(house.grading(ANNA), house.rows()[0])}
    assert found["correctness"] is None


def test_confirming_is_an_assisted_grade_with_the_quote() -> None:
    """One key: the LLM's value as Anna's own, lane assisted, its quote with it; asked again, nothing is added."""
    house = opened()
    found = house.change("confirm", 4, "correctness")
    (grade,) = human(house)
    assert (grade.value, grade.lane, grade.evidence, grade.grader.name) == (4, "assisted", QUOTE, ANNA)
    assert found.before == {"answer": None, "evidence": []}
    house.change("confirm", 4, "correctness")
    assert len(human(house)) == 1


def test_confirming_keeps_the_graders_own_quote() -> None:
    """Anna had quoted something else before she confirmed."""
    house = opened()
    house.change("evidence", [{"turn": 4, "quote": "Done."}], "correctness")
    house.change("confirm", 4, "correctness")
    assert [one.quote for one in human(house)[0].evidence] == ["Done."]


def test_not_applicable_can_be_confirmed() -> None:
    """The LLM says N/A."""
    house = opened()
    house.change("confirm", "N/A", "wrong_information")
    assert isinstance(human(house)[0], NotApplicable)


def test_all_that_is_said_of_the_call_is_assisted() -> None:
    """A changed answer, a question the LLM did not answer, a note, a skip and an undo; a blind call beside it stays blind."""
    house = opened()
    house.change("answer", 2, "correctness")
    house.change("answer", "yes", "greeted")
    house.change("note", "odd")
    house.change("manner", "heard")
    house.change("answer", None, "greeted")
    house.change("answer", 5, "correctness", call=2)
    lanes = {(grade.call_id, grade.lane) for grade in human(house)}
    assert lanes == {("c1", "assisted"), ("c2", "blind")}
    assert isinstance(human(house)[-2], Ungraded)
    house.change("wrong", value=True)
    house.change("skip", "a reason", call=3)
    assert {(grade.call_id, grade.lane) for grade in human(house)} == {("c1", "assisted"), ("c2", "blind"), ("c3", "blind")}


def test_a_blind_grade_given_before_stays() -> None:
    """Anna said 2 blind; then the answers were shown and she confirms 4: both stand, each in its lane."""
    blind = a_grade(2, grader=a_grader(ANNA))
    house = opened(blind)
    assert own_state(house.grading(ANNA), house.rows()[0])["answers"]["correctness"] == 2
    house.change("confirm", 4, "correctness")
    house.change("note", "odd")
    assert [(grade.value, grade.lane) for grade in human(house) if isinstance(grade, Scored)][:2] == [
        (2, "blind"),
        (4, "assisted"),
    ]
    assert [grade for grade in human(house) if grade.lane == "blind"] == [blind]


def test_a_remark_written_beside_the_llms_answers_is_assisted_though_its_grade_was_blind() -> None:
    """Anna answered 3 blind and was shown the 4 since: quote and manner are new grades, assisted; the blind one is as it was."""
    for kind, value in (("evidence", [{"turn": 2, "quote": "Friday at ten is free."}]), ("manner", "heard")):
        house = opened(a_grade(3, grader=a_grader(ANNA)))
        client, row = client_of(house), house.rows()[0]
        sent = {"row": row, "do": kind, "question": "correctness", "value": value}
        assert client.post("/save", json=sent, headers={"X-CSRF-Token": csrf_of(client, row)}).status_code == 200
        assert [grade.lane for grade in human(house)] == ["blind", "assisted"], kind


@pytest.mark.parametrize(("value", "question"), [(5, "correctness"), ("yes", "greeted"), (4, None), (None, "correctness")])
def test_what_the_llm_did_not_say_is_not_confirmed(value: Any, question: str | None) -> None:
    """Another value than the one shown, one of a question without any, or of none."""
    house = opened()
    with pytest.raises(ChangeError):
        house.change("confirm", value, question)
    assert human(house) == []


def test_nothing_is_confirmed_blind() -> None:
    """The value happens to be the LLM's; the call was not shown."""
    house = judged()
    with pytest.raises(ChangeError, match="another one by now"):
        house.change("confirm", 4, "correctness")


def test_a_reply_names_the_lane() -> None:
    """The page's script goes by it."""
    house = judged()
    client, rows = client_of(house), house.rows()
    client.get(f"/call/{rows[0]}")
    assert save(client, rows[0], "confirm", 4, "correctness")["call"]["lane"] == "assisted"
    assert save(client, rows[1], "answer", 4, "correctness")["call"]["lane"] == "blind"


def test_a_hostile_answer_of_the_llm_is_text() -> None:
    """Markup in its reason, in its quote and in the turn it quotes stands as words, marked or not."""
    hostile = "<script>alert(1)</script>\"'"
    house = MemoryHouse(a_sample(1), [a_grade(4, rationale=hostile, evidence=(Evidence(turn=0, quote=hostile),), grader=JUDGE)])
    house.beside = {"c1"}
    page = client_of(house).get(f"/call/{house.rows()[0]}").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_a_quote_that_is_not_in_its_turn_marks_nothing() -> None:
    """A turn index with other words: no mark, the turn as it is."""
    house = judged()
    call = house.board.sample.items[0].call
    turns = shown_turns(call, {"x": (Evidence(turn=1, quote="Friday at ten is free."),)})
    assert [len(turn.parts) for turn in turns] == [1] * 5


def test_the_calls_to_listen_to_are_marked() -> None:
    """On the list and on the page, with and without a recording; once graded as heard it says so."""
    house = judged(to_hear={("demo", "c2")})
    client, rows = client_of(house), house.rows()
    assert client.get("/queue").text.count("listen to this one") == 1
    page = client.get(f"/call/{rows[1]}").text
    assert "Listen to this one where its recording is kept (none is configured here), then mark it as heard." in page
    assert "Listen to this one" not in client.get(f"/call/{rows[0]}").text
    save(client, rows[1], "manner", "heard")
    save(client, rows[1], "answer", 4, "correctness")
    assert "One of this week&#39;s calls to listen to: heard." in client.get(f"/call/{rows[1]}").text
    assert json.dumps([grade.manner for grade in human(house)]) == '["heard"]'


def test_a_graded_call_is_not_said_to_be_listened_to_first() -> None:
    """Every question answered from the transcript: the list says so, and no longer asks for it like an open call."""
    house = judged(to_hear={("demo", "c2")})
    client, row = client_of(house), house.rows()[1]
    for asked in house.board.questions(row):
        save(client, row, "answer", asked.criterion.answers[0], asked.key)
    queue = client.get("/queue").text
    assert queue.count("graded, not listened to") == 1
    assert "listen to this one" not in queue
