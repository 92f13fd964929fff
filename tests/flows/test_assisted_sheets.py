"""Assisted rows in the sheets of a week: from when on, what is kept before they are shown, in which lane answers come back."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from evalharness.aggregate.estimate import out_of_rates
from evalharness.flows.history import drawn_weeks
from evalharness.flows.opened import Opened, frozen_rubric, opened
from evalharness.flows.sheets import SheetState, drawn_sample, exchange_sheets, sheet_place
from evalharness.flows.summary import week_summary
from evalharness.flows.typed import fill_sheet
from evalharness.flows.week import run_week
from evalharness.models.grade import Evidence, Grade, Grader, Scored
from evalharness.store.records import add_grades, load_grades, shown
from evalharness.workspace.folder import Workspace
from tests.flows.judging import NOW, WEEK, configure, drawn_workspace
from tests.flows.workspaces import copy_of

ANNA, BLIND = "Anna Keller", 5


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 drawn calls, the LLM on, the first 5 of the list blind."""
    root = configure(drawn_workspace(tmp_path_factory.mktemp("assisted") / "ws"), "http://127.0.0.1:9")
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("\ngraders:", f"\ngraders:\n  blind_first: {BLIND}", 1))
    return root


@pytest.fixture
def house(template: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy."""
    with opened(Workspace.at(copy_of(template, tmp_path / "ws")), write=True) as one:
        yield one


def judge(house: Opened, value: int = 2) -> None:
    """The LLM answers `correctness` of every call but the last."""
    sample = drawn_sample(house, WEEK)
    rubric = frozen_rubric(house, sample)
    assert "correctness" in {criterion.id for criterion in rubric.criteria()}
    grades = [
        Scored(
            week=WEEK,
            source=item.call.source,
            call_id=item.call.id,
            criterion="correctness",
            grader=Grader(kind="llm", name=house.config.graders.llm.model, version="1", prompt_digest="p"),
            criterion_digest=sample.criterion_digests["correctness"],
            rationale="what-only-the-judge-says",
            evidence=(Evidence(turn=0, quote=item.call.turns[0].text),),
            at=NOW,
            value=value,
        )
        for item in sample.items[:-1]
    ]
    with house.ledger.transaction() as tx:
        add_grades(tx, grades)


def exchange(house: Opened) -> SheetState:
    (state,) = exchange_sheets(house, WEEK, NOW)
    return state


def pages(house: Opened) -> dict[str, int]:
    """Rows of calls on each page of Anna's sheet."""
    book = openpyxl.load_workbook(sheet_place(house, drawn_sample(house, WEEK), ANNA))
    return {
        name: sum(bool(re.fullmatch("C-.{8}", str(cell.value))) for cell in book[name]["A"]) for name in book.sheetnames[1:-2]
    }


def human(house: Opened) -> list[Grade]:
    return [grade for grade in load_grades(house.ledger, WEEK) if grade.grader.kind == "human"]


def confirm(house: Opened) -> Path:
    """Anna answers 4 on Scores and "ok" on Assisted, in every row."""
    path = sheet_place(house, drawn_sample(house, WEEK), ANNA)
    book = openpyxl.load_workbook(path)
    for name, typed in (("Scores", 4), ("Assisted", "ok")):
        sheet = book[name]
        column = next(cell.column for cell in sheet[4] if cell.value == "Correctness")
        for row in range(7, sheet.max_row + 1):
            sheet.cell(row, column).value = typed
    book.save(path)
    return path


def test_without_answers_of_the_llm_every_row_is_blind(house: Opened) -> None:
    assert exchange(house).state == "written"
    assert pages(house) == {"Scores": 20}
    assert shown(house.ledger, WEEK) == {}


def test_the_sheet_is_kept_as_shown_before_it_is_written(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails at the very write: the ledger knows already to whom the answers were to be shown; the next run goes on."""
    judge(house)

    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("evalharness.flows.exports.write_whole", full)
        with pytest.raises(OSError, match="No space"):
            exchange(house)
    assert len(shown(house.ledger, WEEK)[ANNA]) == 14
    assert not sheet_place(house, drawn_sample(house, WEEK), ANNA).exists()
    assert exchange(house).state == "written"
    assert pages(house) == {"Scores": 6, "Assisted": 14}, "5 blind ones and the one without an answer"
    assert exchange(house).state == "unchanged"


def test_a_sheet_nobody_touched_gets_the_answers(house: Opened) -> None:
    exchange(house)
    judge(house)
    assert exchange(house).state == "written"
    assert pages(house) == {"Scores": 6, "Assisted": 14}


def test_a_sheet_begun_before_the_llm_ran_stays_blind_and_valid(house: Opened) -> None:
    """Anna had answered her first 12 calls: read as blind, the sheet left as it is. Written anew, the begun ones stay blind."""
    exchange(house)
    sample = drawn_sample(house, WEEK)
    first = {item.call.id for item in sample.items[:12]}
    path = sheet_place(house, sample, ANNA)
    path.write_bytes(fill_sheet(path.read_bytes(), sample, lambda call: {"correctness": 4} if call in first else {}))
    judge(house)
    state = exchange(house)
    assert (state.state, state.accepted, state.problems) == ("imported", 12, ())
    assert {grade.lane for grade in human(house)} == {"blind"}
    assert pages(house) == {"Scores": 20}
    assert shown(house.ledger, WEEK) == {}
    path.unlink()
    assert exchange(house).state == "written"
    assert pages(house) == {"Scores": 13, "Assisted": 7}


def test_answers_come_back_in_their_lanes(house: Opened) -> None:
    """6 blind answers of 4; 14 confirmed answers of the LLM's 2. The same file again gives nothing."""
    judge(house)
    exchange(house)
    confirm(house)
    state = exchange(house)
    assert (state.state, state.accepted, state.problems) == ("imported", 20, ())
    assert Counter((grade.lane, grade.value) for grade in human(house) if isinstance(grade, Scored)) == {
        ("blind", 4): 6,
        ("assisted", 2): 14,
    }
    assert exchange(house).accepted == 0


def test_ok_takes_the_answer_that_stood_there(house: Opened) -> None:
    """The LLM was asked again and says 5 by now: Anna agreed with 2."""
    judge(house, 2)
    exchange(house)
    confirm(house)
    judge(house, 5)
    exchange(house)
    assert {grade.value for grade in human(house) if grade.lane == "assisted" and isinstance(grade, Scored)} == {2}


def test_a_file_from_elsewhere_that_showed_answers_is_assisted(house: Opened, template: Path, tmp_path: Path) -> None:
    """Its ledger was put back from a backup made before the sheet: what the file shows is kept as shown, with its answers."""
    judge(house)
    exchange(house)
    filled = confirm(house).read_bytes()
    with opened(Workspace.at(copy_of(template, tmp_path / "restored")), write=True) as restored:
        path = sheet_place(restored, drawn_sample(restored, WEEK), ANNA)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(filled)
        assert exchange(restored).accepted == 20
        assert Counter(grade.lane for grade in human(restored)) == {"blind": 6, "assisted": 14}
        assert len(shown(restored.ledger, WEEK)[ANNA]) == 14


def test_the_rows_of_the_blind_page_say_nothing_of_the_llm(house: Opened) -> None:
    judge(house)
    exchange(house)
    data = sheet_place(house, drawn_sample(house, WEEK), ANNA).read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data))
    for name in book.sheetnames:
        text = "".join(str(value) for row in book[name].iter_rows(values_only=True) for value in row)
        assert ("what-only-the-judge-says" in text) == (name == "Assisted"), name


def test_in_a_week_the_llm_comes_before_the_sheets(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it grades in this very run stands on the sheets that the run writes."""
    monkeypatch.setattr("evalharness.flows.week._judged", lambda one, _: judge(one))
    run = run_week(house, NOW, week=WEEK)
    assert [state.state for state in run.weeks[0].sheets] == ["written"]
    assert pages(house) == {"Scores": 6, "Assisted": 14}


def test_a_call_that_was_blind_for_want_of_an_answer_is_in_no_rate(house: Opened) -> None:
    """Anna grades her 5 blind calls, and the last, of which the LLM says nothing; 14 are assisted. 5 count."""
    judge(house)
    exchange(house)
    confirm(house)
    exchange(house)
    assert {grade.lane for grade in human(house)} == {"blind", "assisted"}
    for results in (week_summary(house, WEEK).results, drawn_weeks(house, WEEK)[-1].results):
        assert [one.position for one in results if not out_of_rates(one)] == [1, 2, 3, 4, 5]
