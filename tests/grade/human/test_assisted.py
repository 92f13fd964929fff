"""Assisted calls: on pages of their own beside the LLM's answers; confirmed by "ok" or changed; nothing of it on a blind row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import pytest

from evalharness.models.grade import Grade
from tests.builders import a_grade, a_grader, a_sample, not_applicable, ungraded
from tests.grade.human.desk import cell_at, edited, id_of, imported, read, rubric_with, said, typed, written

JUDGE = a_grader("haiku", "llm")
SECOND = ("demo", "c2")


def judged(value: int | str, criterion: str, call_id: str = "c2", **fields: Any) -> Grade:
    quote = {"evidence": ({"turn": 4, "quote": "See you on Friday at ten."},)}
    given = a_grade(value, criterion, call_id, grader=JUDGE, rationale=f"SECRET why {criterion}", **fields)
    return type(given).model_validate({**given.model_dump(), **quote})


ANSWERS: Mapping[tuple[str, str], Sequence[Grade]] = {
    SECOND: (
        judged(2, "correctness"),
        judged("yes", "greeted"),
        not_applicable("human_needed", "c2", grader=JUDGE, rationale="SECRET nothing arose"),
        judged("resolved", "outcome"),
        ungraded("unverified", "unsafe_speech", "c2", grader=JUDGE, rationale="SECRET unverified"),
    )
}


def sheet(**options: Any) -> bytes:
    return written(answers=ANSWERS, **options)


def workbook(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes) -> dict[str, str]:
    """Every part of the file as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def ok(*headings: str, data: bytes | None = None, **other: Any) -> bytes:
    """ "ok" typed into these cells of the assisted call, and other answers as given."""
    edits = {(1, heading): "ok" for heading in headings} | {
        (1, heading.replace("_", " ")): value for heading, value in other.items()
    }
    return typed(edits, data or sheet(), "Assisted")


def test_an_assisted_call_stands_on_a_page_of_its_own():
    book = workbook(sheet())
    assert book.sheetnames == ["Instructions", "Scores", "Assisted", "Transcripts", "meta"]
    assert [book[name].cell(row, 1).value for name in ("Scores", "Assisted") for row in (7, 8)] == [
        id_of(1),
        id_of(3),
        id_of(2),
        None,
    ]
    assert "ASSISTED" in book["Assisted"]["A2"].value
    assert book["Assisted"]["A1"].value == "Assisted · Anna Keller · week 2026-W47"
    links = [cell.hyperlink.location for cell in book["Transcripts"]["A"] if cell.hyperlink]
    assert links == ["'Scores'!A7", "'Assisted'!A7", "'Scores'!A8"], "bands stand in queue order"


def test_the_answer_stands_beside_each_cell_and_is_locked():
    """Value, reason, quote and turn; without an answer the cell says so, and so does a question nobody asked the LLM."""
    page = workbook(sheet())["Assisted"]
    said = cell_at(page, 1, "LLM: Correctness")
    assert said.value == "2\nSECRET why correctness\n“See you on Friday at ten.” (turn 4)"
    assert said.column == cell_at(page, 1, "Correctness").column + 1
    assert said.protection.locked
    assert not cell_at(page, 1, "Correctness").protection.locked
    assert cell_at(page, 1, "Correctness").value is None, "nothing is answered before a person says so"
    assert cell_at(page, 1, "LLM: Human needed").value == "N/A\nSECRET nothing arose"
    assert "LLM: Unsafe speech" not in [cell.value for cell in page[4]], "an unverified answer is none"


def test_nothing_of_an_llm_is_anywhere_but_on_the_assisted_pages():
    """Every part of the unzipped file: sheets, hidden lists, comments, properties. Scores is the same with and without."""
    found = parts(sheet())
    for number, name in enumerate(workbook(sheet()).sheetnames, start=1):
        assert ("SECRET" in found[f"xl/worksheets/sheet{number}.xml"]) == (name == "Assisted"), name
    others = [text for name, text in found.items() if not name.startswith("xl/worksheets/")]
    assert not any("SECRET" in text or "haiku" in text for text in others)
    assert not any("comment" in name.lower() for name in found)
    blind = workbook(written(positions=[1, 3]))["Scores"]
    mixed = workbook(sheet())["Scores"]
    assert [[cell.value for cell in row] for row in mixed.iter_rows()] == [
        [cell.value for cell in row] for row in blind.iter_rows()
    ]


def test_the_hidden_page_names_offers_of_assisted_rows_alone():
    """The machine's text of a column holds what "ok" takes; that of Scores holds no offer."""
    listed = [
        [str(cell.value) for cell in row if cell.value] for row in workbook(sheet())["meta"].iter_rows(min_row=2, max_row=3)
    ]
    assert [sum('"offered"' in text for text in row) for row in listed] == [0, 4]
    assert parts(written(grades=ANSWERS[SECOND])) == parts(written()), "without lanes an LLM's grade is dropped unseen"


def test_ok_takes_the_answer_beside_the_cell_and_anything_else_changes_it():
    grades, problems = imported(ok("Correctness", "Greeted", "Human needed", Outcome="unresolved", Unsafe_speech="no"))
    assert problems == []
    assert said(grades) == [
        ("c2", "correctness", 2),
        ("c2", "greeted", "yes"),
        ("c2", "human_needed", "N/A"),
        ("c2", "outcome", "unresolved"),
        ("c2", "unsafe_speech", "no"),
    ]
    assert {(grade.lane, grade.grader.name, grade.grader.kind) for grade in grades} == {("assisted", "Anna Keller", "human")}


@pytest.mark.parametrize("word", ["ok", "OK", " Ok ", "ｏｋ"])
def test_ok_is_taken_however_it_is_written(word: str):
    assert said(imported(ok(Correctness=word))[0]) == [("c2", "correctness", 2)]


def test_ok_where_no_answer_stands_is_named():
    """Beside an empty cell of the LLM, and on a blind row."""
    grades, problems = imported(ok("Unsafe speech"))
    assert grades == []
    assert "none stands beside this cell" in str(problems[0])
    grades, problems = imported(typed({(1, "Correctness"): "ok"}, sheet()))
    assert (grades, [problem.sheet for problem in problems]) == ([], ["Scores"])


def test_blind_rows_of_the_same_sheet_stay_blind():
    data = typed({(1, "Correctness"): 5}, ok("Correctness"))
    lanes = {grade.call_id: grade.lane for grade in imported(data)[0]}
    assert lanes == {"c1": "blind", "c2": "assisted"}


def test_a_call_shown_elsewhere_is_assisted_on_a_blind_sheet_too():
    """Its blind sheet was written before the desk showed her the LLM's answers: all criteria of the call, and no other call."""
    data = typed({(1, "Correctness"): 4, (2, "Correctness"): 4, (2, "Greeted"): "no"})
    lanes = {(grade.call_id, grade.criterion): grade.lane for grade in imported(data, seen=[SECOND])[0]}
    assert lanes == {("c1", "correctness"): "blind", ("c2", "correctness"): "assisted", ("c2", "greeted"): "assisted"}


def test_what_was_answered_beside_the_llm_is_filled_in_again():
    """Imported once, written anew, read back: nothing new. A changed answer is a new revision in the same lane."""
    grades, _ = imported(ok("Correctness", "Greeted"))
    again = sheet(grades=grades)
    assert cell_at(workbook(again)["Assisted"], 1, "Correctness").value == 2
    assert imported(again, grades) == ([], [])
    changed, _ = imported(ok(data=again, Correctness=4), grades)
    assert [(grade.value, grade.lane) for grade in changed] == [(4, "assisted")]
    assert cell_at(workbook(written(grades=grades))["Scores"], 2, "Correctness").value is None, "not on a blind row"


def test_a_blind_answer_given_before_stays_as_it_is():
    """She had answered 5 blind; her later answer beside the LLM's is kept in its own lane, and repeated nowhere."""
    before = a_grade(5, call_id="c2")
    data = sheet(grades=[before])
    assert cell_at(workbook(data)["Assisted"], 1, "Correctness").value == 5
    assert imported(data, [before]) == ([], [])
    later, _ = imported(ok("Correctness", data=data), [before])
    assert [(grade.value, grade.lane) for grade in later] == [(2, "assisted")]
    assert later[0].slot != before.slot


def test_ok_is_offered_in_the_list_unless_it_is_an_answer_of_the_question():
    def lists(book: openpyxl.Workbook) -> dict[str, list[Any]]:
        found = {}
        for rule in book["Assisted"].data_validations.dataValidation:
            page, cells = rule.formula1.split("!")
            found[book["Assisted"].cell(4, openpyxl.utils.range_boundaries(str(rule.sqref))[0]).value] = [
                cell.value for (cell,) in book[page][cells.replace("$", "")]
            ]
        return found

    offered = lists(workbook(sheet()))
    assert offered["Correctness"] == ["ok", 1, 2, 3, 4, 5, "N/A"]
    assert offered["Read or heard"] == ["read", "heard"]
    own = rubric_with("human_needed", levels={"ok": {"text": "It was fine."}, "bad": {"text": "It was not."}})
    answers = {SECOND: [judged("bad", "human_needed")]}
    sample = a_sample(3, rubric=own)
    data = written(sample, own, answers=answers)
    assert lists(workbook(data))["Human needed"] == ["ok", "bad", "N/A"]
    grades, _ = imported(ok("Human needed", data=data), sample=sample, rubric=own)
    assert said(grades) == [("c2", "human_needed", "ok")], "its own word, not the LLM's"


def test_assisted_turns_have_a_page_too():
    turn = rubric_with("greeted", scope="turn")
    sample = a_sample(2, rubric=turn)
    answers = {SECOND: [judged("no", "greeted", turn=2), judged(3, "correctness")]}
    data = written(sample, turn, answers=answers)
    book = workbook(data)
    assert book.sheetnames == ["Instructions", "Scores", "Turns", "Assisted", "Assisted turns", "Transcripts", "meta"]
    assert {row[1].value for row in book["Turns"].iter_rows(min_row=7)} == {1}
    page = book["Assisted turns"]
    assert [str(cell_at(page, at, "LLM: Greeted").value).split("\n")[0] for at in (1, 2, 3)] == [
        "(no answer)",
        "no",
        "(no answer)",
    ]
    grades, problems = imported(typed({(2, "Greeted"): "ok"}, data, "Assisted turns"), sample=sample, rubric=turn)
    assert problems == []
    assert [(grade.turn, grade.value, grade.lane) for grade in grades] == [(2, "no", "assisted")]


def test_an_assisted_page_is_known_again_without_its_machine_row():
    """Sorted, renamed, the hidden row gone: the hidden page says what the columns are, and what "ok" takes."""

    def change(book: openpyxl.Workbook) -> None:
        book["Assisted"].delete_rows(3)
        book["Assisted"].title = "Mit Vorschlag"

    assert said(imported(edited(ok("Correctness"), change))[0]) == [("c2", "correctness", 2)]


def test_a_sheet_of_assisted_calls_alone():
    """Every call was shown: Scores is there and empty."""
    answers = {("demo", f"c{at}"): [judged(3, "correctness", f"c{at}")] for at in (1, 2, 3)}
    data = written(answers=answers)
    assert workbook(data).active.title == "Scores"
    assert read(data).missing == ()
    assert said(imported(typed({(3, "Correctness"): "ok"}, data, "Assisted"))[0]) == [("c3", "correctness", 3)]


def test_a_hostile_reason_stays_text():
    bomb = '=HYPERLINK("http://x")'
    answers = {SECOND: [judged(1, "correctness").model_copy(update={"rationale": bomb})]}
    page = workbook(written(answers=answers))["Assisted"]
    assert cell_at(page, 1, "LLM: Correctness").data_type == "s"
