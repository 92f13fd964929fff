"""What stands in a written sheet, and what never does."""

from __future__ import annotations

import io
import zipfile
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from evalharness.errors import UsageError
from evalharness.grade.human.sheet import write_sheet
from evalharness.models.call import ToolCall
from tests.builders import MONDAY, a_call, a_grade, a_grader, a_sample, a_turn, not_applicable, ungraded
from tests.grade.human.desk import QUESTIONS, RUBRIC, SAMPLE, blank_sheet, cell_at, id_of, rubric_with, written


def opened(data: bytes) -> openpyxl.Workbook:
    """The workbook as another program sees it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def all_text(data: bytes) -> str:
    """Every byte of text in the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def transcript(data: bytes) -> list[list[object]]:
    """The rows of the Transcripts page below its headings."""
    return [[cell.value for cell in row] for row in opened(data)["Transcripts"].iter_rows(min_row=3)]


def test_the_pages_and_the_columns():
    """Instructions, Scores with a column a human question, Transcripts, hidden meta; the measured criterion is not asked."""
    workbook = opened(blank_sheet())
    assert [sheet.title for sheet in workbook.worksheets] == ["Instructions", "Scores", "Transcripts", "meta"]
    assert [sheet.sheet_state for sheet in workbook.worksheets] == ["visible", "visible", "visible", "hidden"]
    headings = [cell.value for cell in workbook["Scores"][4]]
    assert headings[:6] == ["Row", "#", "Transcript", "Started (UTC)", "Intent", "Minutes"]
    assert headings[6:12] == ["Correctness", "Greeted", "Human needed", "Outcome", "Wrong information", "Unsafe speech"]
    assert headings[12:] == ["Evidence: turn", "Read or heard", "Transcript wrong", "Skipped because", "Note"]
    assert workbook["Scores"].row_dimensions[3].hidden


def test_the_rows_stand_in_queue_order_with_their_ids():
    """Whatever order the positions come in, the queue decides, and only those asked for are there."""
    scores = opened(written(positions=[3, 1]))["Scores"]
    assert [(row[0].value, row[1].value) for row in scores.iter_rows(min_row=7)] == [(id_of(1), 1), (id_of(3), 3)]


def test_levels_are_readable_above_the_rows():
    """The best level first, what fails the call is marked, N/A last."""
    scores = opened(blank_sheet())["Scores"]
    lines = scores["G5"].value.split("\n")
    assert lines[:2] == ["Was it right?", "5 – What level 5 looks like."]
    assert lines[5:] == ["1 – What level 1 looks like. ▲ fails the call", "N/A – the question does not arise"]


def test_long_levels_leave_room_for_the_calls():
    """Short names above the rows, at most 12 lines of 12 points and 4 over, and beside the cell; in full on Instructions."""
    long = {level: f"Name of {level}: " + "what a call at this level looks like, at great length, " * 6 for level in range(1, 6)}
    workbook = opened(written(rubric=rubric_with("correctness", levels=long)))
    scores = workbook["Scores"]
    assert scores.row_dimensions[5].height <= 12 * 12 + 4
    assert "5 – Name of 5\n4 – Name of 4\n" in scores["G5"].value
    prompts = [rule.prompt for rule in scores.data_validations.dataValidation if str(rule.sqref) == "G7:G9"]
    assert "1 – Name of 1" in prompts[0]
    assert len(prompts[0]) <= 255
    instructions = "\n".join(str(cell.value) for row in workbook["Instructions"].iter_rows() for cell in row)
    assert long[3].strip() in instructions


def test_the_filter_begins_right_above_the_calls():
    """Headings stand in row 6 again, under question and answers, so that a filter or a sort never moves these."""
    scores = opened(blank_sheet())["Scores"]
    assert scores.auto_filter.ref == "A6:Q9"
    assert [cell.value for cell in scores[6]] == [cell.value for cell in scores[4]]
    assert (scores["A7"].value, scores.freeze_panes) == (id_of(1), "D5")


def test_times_are_those_of_the_zone_and_say_so():
    """09:00 UTC in November is 10:00 in Berlin, on Scores and in Transcripts."""
    data = written(a_sample(calls=[a_call()]), zone=ZoneInfo("Europe/Berlin"))
    scores = opened(data)["Scores"]
    assert cell_at(scores, 1, "Started (Europe/Berlin)").value == "2026-11-16 10:00"
    assert "2026-11-16 10:00 Europe/Berlin" in str(transcript(data)[0][1])


def test_what_the_instructions_say_of_time_and_sorting_is_true():
    """One or two minutes a call, as the estimate says; a protected page is filtered, and sorted only once unprotected."""
    workbook = opened(blank_sheet())
    text = "\n".join(str(cell.value) for row in workbook["Instructions"].iter_rows() for cell in row if cell.value)
    assert "One or two minutes a call are usually enough." in text
    assert "To sort, unprotect the page first (no password); any order can be read back." in text
    assert workbook["Scores"].protection.autoFilter is False  # False: not forbidden
    assert all(workbook["Scores"].cell(7, column).protection.locked for column in range(1, 7))


def test_only_cells_for_answers_are_open():
    """Pages are protected without a password; answers and remarks can be typed, everything else is locked."""
    workbook = opened(blank_sheet())
    assert all(
        workbook[name].protection.sheet and workbook[name].protection.password is None for name in ("Scores", "Transcripts")
    )
    open_cells = {cell.column for row in workbook["Scores"].iter_rows(min_row=7) for cell in row if not cell.protection.locked}
    assert open_cells == set(range(7, 18))
    for name in ("Instructions", "Transcripts"):
        assert all(cell.protection.locked for row in workbook[name].iter_rows() for cell in row)


def test_dropdowns_offer_each_questions_answers():
    """The list of a column is that of its question, N/A last; it lies in the hidden page."""
    workbook = opened(blank_sheet())
    lists = {}
    for rule in workbook["Scores"].data_validations.dataValidation:
        page, cells = rule.formula1.split("!")
        lists[str(rule.sqref)] = [cell.value for (cell,) in workbook[page][cells.replace("$", "")]]
    assert lists["G7:G9"] == [1, 2, 3, 4, 5, "N/A"]
    assert lists["H7:H9"] == ["yes", "no", "N/A"]
    assert lists["I7:I9"] == ["needed", "not_needed", "N/A"]
    assert lists["N7:N9"] == ["read", "heard"]
    assert len(lists["J7:J9"]) == 10


def test_no_cell_is_a_formula():
    """Hostile ids, intents, texts and tool results stay text on every page."""
    bomb = '=HYPERLINK("http://x")'
    turns = [a_turn("caller", bomb), a_turn("agent", "+1", tool_calls=(ToolCall(name="=a", arguments={"b": "=c"}, result="=d"),))]
    call = a_call(turns, id=bomb, intent=bomb)
    data = written(a_sample(calls=[call]), rubric_with("greeted", scope="turn"), [a_grade(call_id=bomb, rationale=bomb)])
    kinds = {cell.data_type for sheet in opened(data).worksheets for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "inlineStr", "f"}  # an empty text is an inline string without one
    formulas = {
        cell.value for sheet in opened(data).worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }
    assert {value[:20] for value in formulas} == {"=SUMPRODUCT((LEN(G7:"}
    assert all("http" not in value for value in formulas)
    assert all_text(data).count("<f>") == len(formulas) == 2
    assert cell_at(opened(data)["Scores"], 1, "Note").value == bomb


def test_progress_is_counted_by_the_spreadsheet_itself():
    """Of the small rubric's six questions each call answers: a call counts once all six of its cells hold something."""
    sheet = opened(blank_sheet())["Scores"]
    answered = "*".join(f"(LEN({letter}7:{letter}9)>0)" for letter in "GHIJKL")
    assert sheet["A2"].value.startswith(f'=SUMPRODUCT({answered}*1)&" of 3 calls answered.  Answer in the yellow')
    rules = {
        str(cells.sqref): [rule.formula[0] for rule in found] for cells, found in sheet.conditional_formatting._cf_rules.items()
    }
    assert rules["A7:B9"] == ["AND(" + ",".join(f"LEN(${letter}7)>0" for letter in "GHIJKL") + ")"]


def test_calls_to_listen_to_are_marked():
    """A column of its own, the band of the transcript, a rule in the instructions; none of it where no call is to be heard."""
    workbook = opened(written(heard=[("demo", "c2")]))
    scores = workbook["Scores"]
    assert [cell_at(scores, position, "Listen").value for position in (1, 2, 3)] == [None, "♪ listen", None]
    assert [str(row[1]).endswith("♪ listen") for row in transcript(written(heard=[("demo", "c2")])) if "Call" in str(row[1])] == [
        False,
        True,
        False,
    ]
    assert "♪ listen" not in all_text(blank_sheet())


def test_the_sheet_is_blind():
    """Neither the log's outcome, end or status nor anyone else's grade or note is anywhere in the file."""
    call = a_call(outcome="partly_resolved", end_reason="SECRET-end", metadata={"k": "SECRET-meta"}, csat=4.0, status="completed")
    others = [
        a_grade(2, grader=a_grader("Ben Ode"), rationale="SECRET-ben"),
        a_grade(1, grader=a_grader("judge", "llm"), rationale="SECRET-judge"),
        a_grade(3, lane="assisted", rationale="SECRET-assisted"),
    ]
    data = written(a_sample(calls=[call]), grades=others)
    assert data == written(a_sample(calls=[call]))
    text = all_text(data)
    assert "SECRET" not in text
    assert "partly_resolved" not in "".join(
        str(cell.value) for row in opened(data)["Scores"].iter_rows(min_row=7) for cell in row
    )
    assert "partly_resolved" not in str(transcript(data))


def test_own_grades_are_filled_in():
    """The newest answer of each question, the remarks of the row, N/A; nothing for what was only skipped."""
    evidence = {"evidence": ({"turn": 2, "quote": "Friday at ten"},)}
    old = a_grade(2, rationale="first thought")
    own = [
        old,
        type(old).model_validate({**a_grade(4, rationale="second\nthought", manner="heard").model_dump(), **evidence}),
        a_grade("yes", "greeted"),
        not_applicable("human_needed"),
        ungraded("transcript", "outcome", call_id="c2", rationale="[transcript wrong]\nnames are garbled"),
        ungraded("skipped", "correctness", call_id="c3", rationale="no sound"),
    ]
    scores = opened(written(grades=own))["Scores"]
    first = {name: cell_at(scores, 1, name).value for name in ("Correctness", "Greeted", "Human needed", "Read or heard", "Note")}
    assert first == {
        "Correctness": 4,
        "Greeted": "yes",
        "Human needed": "N/A",
        "Read or heard": "heard",
        "Note": "second\nthought",
    }
    assert cell_at(scores, 1, "Evidence: turn").value == 2
    assert [cell_at(scores, 2, name).value for name in ("Transcript wrong", "Note", "Outcome")] == [
        "yes",
        "names are garbled",
        None,
    ]
    assert [cell_at(scores, 3, name).value for name in ("Skipped because", "Note", "Correctness")] == ["no sound", None, None]


def test_transcripts_show_who_said_what_when():
    """Speaker, time, latency, tool calls; a band with a link back a call; the link of the scores leads to it."""
    tool = ToolCall(name="book", arguments={"day": "Friday"}, result="", error=True)
    turns = [a_turn("agent", "Hello.", 61_000.0, latency=520), a_turn("caller", "Hi.", interrupted=True, tool_calls=(tool,))]
    data = written(a_sample(calls=[a_call(turns, intent="billing", ended_at=MONDAY.replace(minute=3))]))
    band, first, second = transcript(data)
    assert band[:2] == ["◂ score it", "Call 1   ·   2026-11-16 09:00 UTC   ·   billing   ·   3 min"]
    assert first[1:] == [1, 0, "Agent", "1:01", 520, "Hello.", None]
    assert second[1:] == [1, 1, "Caller, cut off", None, None, "Hi.", 'book({"day": "Friday"}) → ERROR → (empty)']
    scores, transcripts = opened(data)["Scores"], opened(data)["Transcripts"]
    assert cell_at(scores, 1, "Transcript").hyperlink.location == "'Transcripts'!A3"
    assert transcripts["A3"].hyperlink.location == "'Scores'!A7"


def test_a_turn_of_forty_thousand_characters_is_split_visibly():
    """Every character is there, each part after the first says which of how many it is, and no part is too long to be seen."""
    text = "".join(f"{n:07d} " for n in range(5_000))
    rows = transcript(written(a_sample(calls=[a_call([("caller", text)])])))[1:]
    parts = [str(row[6]) for row in rows]
    assert all(part.startswith(f"(continued {n} of {len(parts)}) ") for n, part in enumerate(parts[1:], start=2))
    assert "".join(part.split(") ", 1)[1] if n else part for n, part in enumerate(parts)) == text
    assert max(map(len, parts)) <= 1_800
    assert {row[2] for row in rows} == {0}


def test_turn_questions_have_a_page_of_their_own():
    """Drawn agent turns with what the caller said before; the rubric without turn questions has no such page."""
    workbook = opened(written(a_sample(calls=[a_call()]), rubric_with("greeted", scope="turn")))
    assert workbook.sheetnames == ["Instructions", "Scores", "Turns", "Transcripts", "meta"]
    rows = [[cell.value for cell in row] for row in workbook["Turns"].iter_rows(min_row=7)]
    assert [row[3:6] for row in rows] == [
        [0, None, "Front desk, how can I help?"],
        [2, "I need to move my appointment to Friday.", "Friday at ten is free. Shall I book it?"],
        [4, "Yes, please.", "Done. See you on Friday at ten."],
    ]
    assert "Greeted" not in [cell.value for cell in workbook["Scores"][4]]


def test_a_very_long_turn_is_cut_in_the_turns_page_and_says_so():
    """The narrow cell shows the beginning and where the rest stands."""
    data = written(a_sample(calls=[a_call([("agent", "word " * 1_000)])]), rubric_with("greeted", scope="turn"))
    said = opened(data)["Turns"]["F7"].value
    assert said.endswith("… (cut here; whole in Transcripts)")
    assert len(said) < 1_600


def test_a_question_whose_condition_fails_is_locked():
    """The cell says so, is locked, and the question is open for the call where the condition holds."""
    calls = [a_call(id="a", intent="billing"), a_call(id="b", intent="booking")]
    scores = opened(written(a_sample(calls=calls), rubric_with("greeted", when="intent == booking")))["Scores"]
    cells = [cell_at(scores, position, "Greeted") for position in (1, 2)]
    assert [(cell.value, cell.protection.locked) for cell in cells] == [("not asked", True), (None, False)]


def test_who_and_what_stands_in_the_properties():
    """Week, draw, rubric, grader and format, for programs that look before they open."""
    properties = opened(blank_sheet()).custom_doc_props
    held = {each.name.removeprefix("evalharness "): each.value for each in properties.props}
    assert held == {
        "week": "2026-W47",
        "sample": SAMPLE.frozen_digest(),
        "rubric": SAMPLE.rubric_digest,
        "grader": "Anna Keller",
        "format": "1",
    }


def test_the_instructions_name_the_grader_and_give_policy_and_questions():
    """Who, which week, how many calls, every question, the policy."""
    text = "\n".join(str(cell.value) for row in opened(blank_sheet())["Instructions"].iter_rows() for cell in row if cell.value)
    for words in ("Grading week 2026-W47", "for Anna Keller · 3 calls", RUBRIC.policy, "goal met end to end by the agent"):
        assert words in text
    assert all(f"\n{name.replace('_', ' ').capitalize()}\n" in text for name in QUESTIONS)


def test_equal_input_gives_equal_bytes():
    """Nothing of the moment is in the file."""
    assert written() == written() != written(positions=[1])


def test_an_unknown_position_is_refused():
    """Asking for a call the sample does not have is an error in words."""
    with pytest.raises(UsageError, match="there is no call 4"):
        write_sheet(SAMPLE, RUBRIC, grader="Anna Keller", positions=[1, 4])
