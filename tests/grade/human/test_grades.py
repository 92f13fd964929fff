"""A reading against the standing grades: what changed becomes a grade, what cannot be taken is named, nothing is deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evalharness.errors import SheetError
from evalharness.grade.human.sheet import NOTHING, grades_from
from tests.builders import a_call, a_grade, a_grader, a_sample, not_applicable, ungraded
from tests.grade.human.desk import (
    AT,
    QUESTIONS,
    RUBRIC,
    SAMPLE,
    blank_sheet,
    cell_at,
    column_of,
    edited,
    imported,
    read,
    rubric_with,
    said,
    typed,
    written,
)


def test_an_empty_sheet_gives_nothing():
    """Nothing typed, nothing graded, nothing to say."""
    assert imported(blank_sheet()) == ([], [])


def test_answers_become_grades_of_the_grader():
    """Value, call, criterion and its digest, grader, week, lane and manner; the note is the rationale."""
    grades, problems = imported(
        typed({(1, "Correctness"): "4", (1, "Note"): "fine", (2, "Greeted"): "N/A", (2, "Read or heard"): "heard"})
    )
    assert problems == []
    assert said(grades) == [("c1", "correctness", 4), ("c2", "greeted", "N/A")]
    first, second = grades
    assert first == a_grade(4, rationale="fine", manner="read", at=AT)
    assert (second.manner, second.rationale, second.criterion_digest) == ("heard", "", RUBRIC.digests()["greeted"])


def test_the_same_file_twice_is_nothing_new():
    """Against the grades it gave, a sheet gives none, however often it comes."""
    everything = {(1, "Correctness"): 4, (1, "Note"): "a\nb", (1, "Evidence: turn"): 2, (1, "Transcript wrong"): "yes"}
    data = typed({**everything, (2, "Skipped because"): "no sound\nat all", (2, "Note"): "again", (3, "Outcome"): "resolved"})
    grades, _ = imported(data)
    assert len(grades) == 6 + 6 + 1
    assert imported(data, grades, days=1) == ([], [])


def test_a_changed_score_is_a_new_revision_and_only_that():
    """4 becomes 2: one grade, in the slot of the old one, later; the note stays with it."""
    first, _ = imported(typed({(1, "Correctness"): 4, (1, "Greeted"): "yes", (1, "Note"): "fine"}))
    again = typed({(1, "Correctness"): 2, (1, "Greeted"): "yes", (1, "Note"): "fine"})
    grades, problems = imported(again, first, days=1)
    assert (said(grades), problems) == ([("c1", "correctness", 2)], [])
    assert grades[0].slot == first[0].slot
    assert (grades[0].at, grades[0].rationale) == (AT + timedelta(days=1), "fine")
    assert imported(again, [*first, *grades], days=2) == ([], [])


def test_an_emptied_cell_deletes_nothing_and_is_named():
    """The old grade stays; the message names the emptied cell, what stood there and what would change it."""
    first, _ = imported(typed({(1, "Correctness"): 4, (2, "Greeted"): "yes", (2, "Note"): "fine"}))
    grades, problems = imported(typed({(2, "Greeted"): "yes"}), first)
    assert grades == []
    assert [str(problem) for problem in problems] == [
        "Scores!G7: Correctness was 4, now empty: it stays; accepted: N/A or another answer",
        "Scores!Q8: Note was 'fine', now empty: it stays; accepted: another text",
    ]


def test_a_row_emptied_whole_is_one_problem():
    """Three emptied cells of a row are named once, from the first to the last; another row is another problem."""
    full = {(1, "Correctness"): 4, (1, "Greeted"): "yes", (1, "Note"): "fine", (2, "Correctness"): 2}
    first, _ = imported(typed(full))
    grades, problems = imported(blank_sheet(), first)
    assert grades == []
    assert [(problem.cell, problem.why) for problem in problems] == [
        ("G7 to Q7", "3 cells of this row are now empty: what they said stays (Correctness 4, Greeted yes, Note 'fine')"),
        ("G8", "Correctness was 2, now empty: it stays"),
    ]


def test_a_problem_with_a_remark_names_its_cell():
    """Evidence turn M, transcript wrong O, skip reason P and note Q: each problem names the cell that was typed into."""
    grades, problems = imported(
        typed({(1, "Correctness"): 4, (1, "Evidence: turn"): 9, (1, "Skipped because"): "noise", (2, "Note"): "who?"})
    )
    assert said(grades) == [("c1", "correctness", 4)]
    assert [(problem.cell, problem.typed) for problem in problems] == [("P7", "noise"), ("M7", "9"), ("Q8", "who?")]
    marked, _ = imported(typed({(1, "Correctness"): 4, (1, "Transcript wrong"): "yes"}))
    _, problems = imported(typed({(1, "Correctness"): 4}), [grade for grade in marked if grade.criterion == "correctness"])
    assert [(problem.cell, problem.why) for problem in problems] == [("O7", "Transcript wrong was yes, now empty: it stays")]
    _, problems = imported(typed({(3, "Evidence: turn"): 2}))
    assert [(problem.cell, problem.typed) for problem in problems] == [("M9", "2")]


def test_a_copied_row_names_the_copy_that_was_typed_into():
    """Of two rows with one id the filled one is where the answer stands: a refused answer names it."""
    rubric = rubric_with("greeted", heard=True)
    sample = a_sample(3, rubric=rubric)

    def copy(book):
        for column in range(1, 18):
            book["Scores"].cell(10, column).value = book["Scores"].cell(7, column).value
        book["Scores"].cell(10, 8).value = "yes"

    _, problems = imported(edited(written(sample, rubric), copy), sample=sample, rubric=rubric)
    assert [(problem.cell, problem.typed) for problem in problems] == [("H10", "yes")]


def test_a_changed_note_alone_is_kept_on_the_first_graded_question():
    """One new revision, of the first question in form order, with the same value."""
    first, _ = imported(typed({(1, "Greeted"): "yes", (1, "Outcome"): "resolved", (1, "Note"): "fine"}))
    again = typed({(1, "Greeted"): "yes", (1, "Outcome"): "resolved", (1, "Note"): "better"})
    grades, _ = imported(again, first, days=1)
    assert [(grade.criterion, grade.rationale) for grade in grades] == [("greeted", "better")]
    assert imported(again, [*first, *grades]) == ([], [])
    assert imported(again, written_back(first, grades)) == ([], [])


def written_back(*imports):
    """Standing grades as a table keyed by slot would give them: the newest value in the oldest place."""
    slots = {grade.slot: grade for grades in imports for grade in grades}
    return list(slots.values())


def test_a_note_without_an_answer_is_named():
    """There is no grade to keep it on, so it is not silently dropped."""
    grades, problems = imported(typed({(1, "Note"): "who called?"}))
    assert grades == []
    assert [(problem.typed, "cannot be kept" in problem.why) for problem in problems] == [("who called?", True)]


def test_a_skipped_call_is_ungraded_in_every_question_with_the_reason():
    """Six questions, six reasons; scored later, the answers stand and the rest stays skipped."""
    skip = typed({(1, "Skipped because"): "caller spoke Welsh"})
    first, _ = imported(skip)
    assert said(first) == [("c1", name, "skipped") for name in QUESTIONS]
    assert {grade.rationale for grade in first} == {"caller spoke Welsh"}
    grades, problems = imported(typed({(1, "Correctness"): 3, (1, "Skipped because"): "caller spoke Welsh"}), first, days=1)
    assert said(grades) == [("c1", "correctness", 3)]
    assert ["only for a call without any score" in problem.why for problem in problems] == [True]


def test_skipping_takes_back_nothing_unsaid():
    """A scored call whose scores were emptied and that was given a reason is skipped: that was typed."""
    first, _ = imported(typed({(1, "Correctness"): 4}))
    grades, problems = imported(typed({(1, "Skipped because"): "wrong call"}), first, days=1)
    assert said(grades)[0] == ("c1", "correctness", "skipped")
    assert problems == []


def test_a_wrong_transcript_leaves_the_empty_questions_ungraded():
    """What can be answered is; the rest is Ungraded(transcript); the mark comes back from the rationale."""
    data = typed({(1, "Transcript wrong"): "yes", (1, "Greeted"): "no", (1, "Note"): "names garbled"})
    grades, _ = imported(data)
    assert said(grades) == [("c1", name, "no" if name == "greeted" else "transcript") for name in QUESTIONS]
    assert {grade.rationale for grade in grades} == {"[transcript wrong]\nnames garbled"}
    assert imported(written(grades=grades), grades) == ([], [])


def test_a_mark_can_be_taken_back_in_words():
    """ "no" removes the mark from the first graded question; an emptied mark stays and is named."""
    scored = {
        (1, name): value
        for name, value in (("Correctness", 4), ("Greeted", "yes"), ("Human needed", "needed"), ("Outcome", "resolved"))
    }
    scored |= {(1, "Wrong information"): "no", (1, "Unsafe speech"): "no"}
    first, _ = imported(typed({**scored, (1, "Transcript wrong"): "yes"}))
    grades, problems = imported(typed(scored), first)
    assert grades == []
    assert ["Transcript wrong was yes, now empty" in problem.why for problem in problems] == [True]
    grades, problems = imported(typed({**scored, (1, "Transcript wrong"): "no"}), first)
    assert [(grade.criterion, grade.rationale) for grade in grades] == [("correctness", "")]
    assert problems == []


def test_an_unclear_cell_leaves_the_old_grade():
    """A typing error changes nothing, is no emptied cell and no reason to skip."""
    first, _ = imported(typed({(1, "Correctness"): 4}))
    grades, problems = imported(typed({(1, "Correctness"): "fuor"}), first)
    assert grades == []
    assert [problem.typed for problem in problems] == ["fuor"]
    grades, problems = imported(typed({(1, "Correctness"): "fuor", (1, "Skipped because"): "x"}))
    assert grades == []


def test_heard_belongs_to_every_grade_of_the_call():
    """Listening later makes every grade of the call a heard one; an unsaid manner means read."""
    answers = {(1, "Correctness"): 4, (1, "Greeted"): "yes"}
    first, _ = imported(typed(answers))
    grades, _ = imported(typed({**answers, (1, "Read or heard"): "heard"}), first)
    assert [(grade.criterion, grade.manner) for grade in grades] == [("correctness", "heard"), ("greeted", "heard")]
    silent = [grade.model_copy(update={"manner": None}) for grade in first]
    assert imported(typed(answers), silent) == ([], [])


def test_the_evidence_turn_is_quoted_verbatim():
    """The turn's words come from the frozen call; a turn the call does not have is named."""
    grades, _ = imported(typed({(1, "Correctness"): 4, (1, "Evidence: turn"): "2"}))
    assert [(e.turn, e.quote) for e in grades[0].evidence] == [(2, "Friday at ten is free. Shall I book it?")]
    none, problems = imported(typed({(1, "Correctness"): 4, (1, "Evidence: turn"): 9}), grades)
    assert none == []
    assert [(problem.typed, problem.accepted) for problem in problems] == [("9", "a turn from 0 to 4")]


def test_a_question_not_asked_takes_no_answer():
    """A score typed over the lock is named with the condition; the locked text itself says nothing."""
    rubric = rubric_with("greeted", when="intent == booking")
    sample = a_sample(calls=[a_call(id="a", intent="billing")], rubric=rubric)
    data = written(sample, rubric)
    assert imported(data, sample=sample, rubric=rubric) == ([], [])
    grades, problems = imported(typed({(1, "Greeted"): "yes"}, data), sample=sample, rubric=rubric)
    assert grades == []
    assert ["only when intent == booking" in problem.why for problem in problems] == [True]


def test_a_voice_can_only_be_judged_by_ear():
    """A heard question of a call that was read is refused; of a heard call it is taken; N/A always."""
    rubric = rubric_with("greeted", heard=True)
    sample = a_sample(3, rubric=rubric)
    edits = {(1, "Greeted"): "yes", (2, "Greeted"): "yes", (2, "Read or heard"): "heard", (3, "Greeted"): "N/A"}
    grades, problems = imported(typed(edits, written(sample, rubric)), sample=sample, rubric=rubric)
    assert said(grades) == [("c2", "greeted", "yes"), ("c3", "greeted", "N/A")]
    assert [(problem.cell, problem.typed) for problem in problems] == [("H7", "yes")]


def test_turn_grades_carry_their_turn():
    """Each drawn turn has its own grade and note; a skipped call skips its turns."""
    rubric = rubric_with("greeted", scope="turn")
    sample = a_sample(1, rubric=rubric)
    data = typed({(2, "Greeted"): "no", (2, "Note"): "curt"}, written(sample, rubric), "Turns")
    grades, problems = imported(data, sample=sample, rubric=rubric)
    assert [(grade.turn, grade.value, grade.rationale) for grade in grades] == [(2, "no", "curt")]
    assert problems == []
    assert imported(data, grades, sample, rubric) == ([], [])
    assert imported(written(sample, rubric, grades), grades, sample, rubric) == ([], [])
    skipped, _ = imported(typed({(1, "Skipped because"): "noise"}, written(sample, rubric)), sample=sample, rubric=rubric)
    assert [grade.turn for grade in skipped if grade.criterion == "greeted"] == [0, 2, 4]
    assert {grade.rationale for grade in skipped} == {"noise"}


def test_free_text_answers_are_values():
    """A text question keeps the words; the same words again are nothing new, even where they had to be escaped."""
    rubric = rubric_with("greeted", type="text", weight=None, good=None)
    sample = a_sample(1, rubric=rubric)
    grades, _ = imported(typed({(1, "Greeted"): " Said hello. "}, written(sample, rubric)), sample=sample, rubric=rubric)
    assert said(grades) == [("c1", "greeted", " Said hello. ")]
    odd = [grades[0].model_copy(update={"value": "nul \x00 and " + "long " * 8_000})]
    assert imported(written(sample, rubric, odd), odd, sample, rubric) == ([], [])


def test_other_peoples_grades_do_not_count_as_standing():
    """Ben's 4 is not Anna's 4: hers is new; an assisted grade of hers is another slot."""
    others = [
        a_grade(4, grader=a_grader("Ben Ode")),
        a_grade(4, lane="assisted"),
        a_grade(4, grader=a_grader("Anna Keller", "llm")),
    ]
    grades, _ = imported(typed({(1, "Correctness"): 4}), others)
    assert said(grades) == [("c1", "correctness", 4)]


def test_the_newest_grade_of_a_slot_stands():
    """Of two revisions the later in ledger order counts."""
    grades, _ = imported(typed({(1, "Correctness"): 2}), [a_grade(2), a_grade(4)])
    assert said(grades) == [("c1", "correctness", 2)]


def test_a_lost_column_is_named_once_and_changes_nothing():
    """A question without a column keeps its grades."""
    first, _ = imported(typed({(1, "Greeted"): "yes"}))
    data = edited(blank_sheet(), lambda book: book["Scores"].delete_cols(column_of(book["Scores"], "Greeted")))
    grades, problems = imported(data, first)
    assert grades == []
    assert [problem.typed for problem in problems] == ["greeted"]


def test_a_deleted_row_changes_nothing():
    """A row that is gone is missing, not emptied."""
    first, _ = imported(typed({(1, "Correctness"): 4, (2, "Correctness"): 4}))
    data = edited(typed({(1, "Correctness"): 4}), lambda book: book["Scores"].delete_rows(8))
    assert imported(data, first) == ([], [])


def test_the_sheet_of_another_week_or_draw_is_refused():
    """Its rows are other calls: nothing of it is taken."""
    reading = read(blank_sheet())
    other_week = SAMPLE.model_copy(update={"week": "2026-W48"})
    redrawn = SAMPLE.model_copy(update={"redraw": 1, "reason": "wrong scope"})
    for sample, words in ((other_week, "sheet of week 2026-W47"), (redrawn, "another draw")):
        with pytest.raises(SheetError, match=words):
            grades_from(reading, sample, RUBRIC, NOTHING, at=AT)


def test_a_sheet_of_another_workspace_is_told_so_with_both_samples():
    """The draw may never have changed: the words leave both open and name the two samples by their first 8 characters."""
    other = SAMPLE.model_copy(update={"items": SAMPLE.items[:2]})
    with pytest.raises(SheetError, match="or to another workspace") as refused:
        grades_from(read(blank_sheet()), other, RUBRIC, NOTHING, at=AT)
    assert SAMPLE.frozen_digest()[:8] in refused.value.why
    assert other.frozen_digest()[:8] in refused.value.why
    assert "drawn again" not in str(refused.value)


def test_a_tampered_row_list_is_not_believed():
    """A row id moved to another position in the machine row belongs to no call."""

    def change(workbook):
        cell = workbook["Scores"]["A3"]
        cell.value = cell.value.replace("[1, null]", "[2, null]")

    grades, problems = imported(edited(typed({(1, "Correctness"): 4}), change))
    assert grades == []
    assert ["no row of this week's draw" in problem.why for problem in problems] == [True]


def test_own_grades_come_back_from_a_fresh_sheet():
    """A sheet written with any kind of own grade and read back untouched gives nothing."""
    own = [
        a_grade(4, rationale="[note] in brackets\nand more", manner="heard"),
        not_applicable("greeted", rationale="x"),
        a_grade("needed", "human_needed", "c2", rationale="=1+1"),
        ungraded("transcript", "outcome", "c2", rationale="[transcript wrong]"),
        *(ungraded("skipped", name, "c3", rationale="no sound\nand a note") for name in QUESTIONS),
    ]
    assert imported(written(grades=own), own) == ([], [])


def test_a_cell_of_the_desk_helper_is_where_it_says(tmp_path):
    """The helper itself: the second row of the form under Greeted is H8."""
    import io

    import openpyxl

    assert cell_at(openpyxl.load_workbook(io.BytesIO(blank_sheet()))["Scores"], 2, "Greeted").coordinate == "H8"
