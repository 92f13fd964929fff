"""The calls of the page: who said what, beside what counts."""

from __future__ import annotations

from evalharness.models.act import Adjudication, Dispute
from evalharness.models.finding import Finding
from evalharness.models.grade import Evidence, FinalValue
from evalharness.models.summary import CallResult, Disagreement
from evalharness.report.page.calls import first_ones, shown_calls
from evalharness.report.page.turns import MOST_NOTES, MOST_TEXT, cut, shown_turns
from tests.builders import MONDAY, WEEK, a_call, a_grade, a_grader, a_turn
from tests.report.rich import a_rich_summary
from tests.report.weeks import a_result, a_week_summary


def a_call_with(**fields) -> CallResult:
    """The made call 1 with other fields."""
    return a_result(1, 4).model_copy(update=fields)


def shown(result: CallResult):
    """It, as the page shows it."""
    return shown_calls(a_week_summary().model_copy(update={"results": (result,), "picked": ()}))[0]


def test_criteria_that_everybody_answered_alike_share_a_row() -> None:
    """The seven checks of call 1, no by both people without a word, are one row; criteria with a reason have each their own."""
    found = shown(a_result(1, 4))
    assert found.graders == ("Anna Keller (simulated)", "Ben Ode (simulated)")
    last = found.rows[-1]
    assert len(last.criteria) == 7
    assert [one.text for one in last.cells] == ["no", "no", "no"]
    assert found.rows[0].criteria == ("correctness",)
    assert found.rows[0].cells[0].reason == "Right slot, right day, and it said so plainly."


def test_a_quote_leads_to_its_turn_and_is_marked_there() -> None:
    """Turn 2 of call 1 says what the evidence quotes."""
    found = shown(a_result(1, 4))
    assert found.rows[0].cells[0].quotes == (('turn 2: "Friday at ten is free"', "t1-2"),)
    turn = found.turns[2]
    assert turn.name == "t1-2"
    quoted = [piece for piece in turn.pieces if piece.names]
    assert [piece.text for piece in quoted] == ["Friday at ten is free"]
    assert "correctness, Anna Keller (simulated)" in quoted[0].names
    assert [one.name for one in found.turns if one.index != 2] == ["", "", ""]


def test_people_stand_before_a_judge_and_the_log_last() -> None:
    """Whatever the order in which they graded."""
    judge = {"grader": a_grader("claude-haiku-5-5", "llm"), "call_id": "call-001-9f3a"}
    log = {"grader": a_grader("log", "measured"), "call_id": "call-001-9f3a"}
    grades = (a_grade(4, "latency", **log), a_grade(3, "tone", **judge), *a_result(1, 4).grades)
    names = shown(a_call_with(grades=grades)).graders
    assert names == ("Anna Keller (simulated)", "Ben Ode (simulated)", "claude-haiku-5-5 (LLM)", "the call log")


def test_a_grade_of_a_turn_stands_with_the_turn_too() -> None:
    """Tone 2 of turn 1, by Anna."""
    grades = (a_grade(2, "tone", turn=1, call_id="call-001-9f3a"),)
    found = shown(a_call_with(grades=grades))
    assert found.turns[1].graded == ("tone 2 (Anna Keller)",)
    assert found.turns[1].name == "t1-1"
    assert found.rows[1].cells[0].text == "turn 1: 2"


def test_a_decision_is_told_with_its_reason() -> None:
    """By whom, and why."""
    place = {"week": WEEK, "source": "demo", "call_id": "call-001-9f3a", "criterion": "tone"}
    decided = Adjudication(**place, value=4, reason="it was curt", by="Anna Keller", at=MONDAY)
    assert shown(a_call_with(decisions=(decided,))).decisions == ("tone: 4, by Anna Keller: it was curt",)


def test_a_recording_is_led_to_only_where_a_browser_may_follow() -> None:
    """https is; a script, a file, a name before the host are text nobody can click."""
    for address in ("javascript:alert(1)", "file:///etc/passwd", "https://a:b@example.org/x", "data:text/html,x"):
        assert shown(a_call_with(call=a_call(recording_url=address))).recording == ""
    assert shown(a_call_with(call=a_call(recording_url="https://example.org/1.wav"))).recording == "https://example.org/1.wav"


def test_a_call_picked_by_hand_says_so_and_stands_behind_the_drawn_ones() -> None:
    """With the reason for which it was picked."""
    summary = a_rich_summary()
    found = shown_calls(summary)
    assert [one.position for one in found[-len(summary.picked) :]] == [one.position for one in summary.picked]
    assert dict(found[-1].facts)["stratum"].startswith("picked by hand, in no figure")


def test_transcripts_matter_in_the_order_of_what_is_to_be_heard() -> None:
    """5, 3 and 2 are to be heard; then the queue."""
    assert first_ones(a_week_summary())[:5] == [5, 3, 2, 1, 4]


def turns_of(*said, **fields):
    """A call of these turns, shown."""
    return list(shown_turns(a_call_with(call=a_call(said), grades=(), **fields)))


def test_the_wait_before_a_reply_is_the_logs_figure_else_from_the_times() -> None:
    """520 ms as reported; 4.6 s from the end of the caller to the agent; an overlap and a missing time have none."""
    found = turns_of(
        a_turn("caller", "Hi", 0, 1000),
        a_turn("agent", "Hello", 1300, 2000, latency=520.0),
        a_turn("caller", "Well", 2000, 3000),
        a_turn("agent", "Yes?", 7600, 8000),
        a_turn("caller", "I", 8000, 9000),
        a_turn("agent", "Yes", 8800, 9500),
        a_turn("caller", "no"),
        a_turn("agent", "ok", 12_000, 13_000),
    )
    assert [one.wait for one in found] == ["", "520 ms", "", "4600 ms", "", "", "", ""]
    assert [(found[1].pace, found[1].width), (found[3].pace, found[3].width)] == [("q", "10"), ("s", "60")]  # 520 / 3000 x 60


def test_what_was_found_stands_with_its_turns_and_else_with_the_first() -> None:
    """Dead air in turn 1; a finding of no turn with turn 0."""
    air, whole = Finding(measure="dead_air", turns=(1,), value=4000.0), Finding(measure="loops")
    found = turns_of(("agent", "Hello"), ("caller", "Hi"), findings=(air, whole))
    assert [one.notes for one in found] == [("found: loops",), ("found: dead air, 4000 ms",)]


def test_what_is_cut_says_how_much_and_where_the_whole_stands() -> None:
    """A turn of 5,000 letters shows 4,000."""
    (found,) = turns_of(("caller", "x" * 5000))
    text = "".join(piece.text for piece in found.pieces)
    assert text == cut("x" * 5000, MOST_TEXT)
    assert text.endswith("(cut here: 1000 more characters; whole in the workbook, sheet Transcripts)")
    assert cut("x" * MOST_NOTES, MOST_NOTES) == "x" * MOST_NOTES


def test_a_quote_of_a_turn_that_is_not_there_leads_nowhere() -> None:
    """The text stays, without a link."""
    grade = a_grade(4, "tone", call_id="call-001-9f3a", evidence=(Evidence(turn=99, quote="gone"),))
    found = shown(a_call_with(grades=(grade,)))
    assert found.rows[1].cells[0].quotes == (('turn 99: "gone"', ""),)


def test_where_graders_differ_stands_with_the_call() -> None:
    """Tone of call 3, 5 against 2, and who disputes it."""
    grades = tuple(a_grade(value, "tone", call_id="call-003-9f3a", grader=a_grader(name)) for name, value in (("A", 5), ("B", 2)))
    dispute = Dispute(source="demo", call_id="call-003-9f3a", criterion="tone", reason="it was friendly", by="Cora", at=MONDAY)
    final = FinalValue(criterion="tone", state="ungraded", conflict=True)
    place = {"position": 3, "source": "demo", "call_id": "call-003-9f3a", "criterion": "tone"}
    one = Disagreement(**place, between="people", why="levels", grades=grades, final=final, waits=True, disputes=(dispute,))
    found = {call.position: call.differences for call in shown_calls(a_week_summary(disagreements=(one,)))}
    assert found[3] == ("tone: A 5, B 2; waits for an adjudicator", "disputed by Cora: it was friendly")
    assert found[4] == ()
