"""Calls picked by hand: on a sheet behind the queue, graded and imported like others, in no figure."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from evalharness.errors import EvalHarnessError, SignOffError, UsageError
from evalharness.flows.draw import DrawOptions, draw
from evalharness.flows.due import due
from evalharness.flows.opened import Opened, opened
from evalharness.flows.picks import PickWish, pick
from evalharness.flows.sheets import SheetState, drawn_sample, exchange_sheets, sheet_place
from evalharness.flows.sheets import redraw as redraw_week
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.simulated import OWNER, answers
from evalharness.flows.summary import week_summary
from evalharness.flows.typed import fill_sheet
from evalharness.flows.week import run_week
from evalharness.models.grade import Scored
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.workbook.book import write_workbook
from evalharness.store.records import add_grades, load_grades, load_picks
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import SAMPLES, copy_of, make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK, BEN = "2026-W47", "Ben Ode (simulated)"
TRUTH = {row["id"]: row for row in map(json.loads, (SAMPLES / "truth.jsonl").read_text().splitlines())}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 drawn for two people, sheets blank; tests work on copies."""
    folder = make_workspace(tmp_path_factory.mktemp("picks") / "ws", ("2026-W46", WEEK), owner=OWNER, people=(OWNER, BEN))
    with opened(Workspace.at(folder), write=True) as house:
        run_week(house, NOW, week=WEEK)
    return folder


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy."""
    with opened(Workspace.at(copy_of(drawn, tmp_path / "ws")), write=True) as one:
        yield one


def undrawn(house: Opened, number: int = 1) -> tuple[str, ...]:
    """The first calls of the week that can be graded and were not drawn."""
    held = {item.identity for item in drawn_sample(house, WEEK).items}
    facts = [call for call in house.calls.facts(WEEK) if call.has_transcript and (call.source, call.id) not in held]
    return tuple(call.id for call in facts[:number])


def wish(*ids: str, reason: str = "the caller complained", person: str | None = None) -> PickWish:
    return PickWish(ids, reason, person)


def of(states: list[SheetState], person: str) -> SheetState:
    return next(state for state in states if state.person == person)


def rows(path: Path) -> list[tuple[object, object]]:
    """Number and "Drawn or picked" (None: no such column) of each row of Scores."""
    sheet = openpyxl.load_workbook(path)["Scores"]
    heads = [cell.value for cell in sheet[4]]
    picked = heads.index("Drawn or picked") if "Drawn or picked" in heads else None
    found = list(sheet.iter_rows(min_row=7, values_only=True))
    return [(row[1], None if picked is None else row[picked]) for row in found if row[1] is not None]


def fill(house: Opened, person: str = OWNER, but: tuple[str, ...] = ()) -> Path:
    """The person's sheet filled with the simulated answers, apart from the calls in `but`."""
    sample = drawn_sample(house, WEEK)
    path = sheet_place(house, sample, person)
    data = path.read_bytes()
    path.write_bytes(fill_sheet(data, sample, lambda one: {} if one in but else answers(TRUTH[one], person, house.rubric())))
    return path


def test_a_blank_sheet_gets_the_picked_call_behind_its_rows(house: Opened) -> None:
    """The owner's sheet has one row more, numbered on behind the whole queue and marked; Ben's file stays as it is."""
    sample = drawn_sample(house, WEEK)
    before = {person: sheet_place(house, sample, person).read_bytes() for person in (OWNER, BEN)}
    (call_id,) = undrawn(house)
    picks, states = pick(house, WEEK, wish(call_id), NOW)
    assert [(one.call.id, one.person, one.reason, one.at) for one in picks] == [(call_id, OWNER, "the caller complained", NOW)]
    assert (of(states, OWNER).state, of(states, BEN).state) == ("written", "unchanged")
    own = rows(sheet_place(house, sample, OWNER))
    assert own[-1] == (sample.design.drawn + 1, "picked by hand: counts in no figure")
    assert {mark for _, mark in own[:-1]} == {"drawn"}
    assert sheet_place(house, sample, BEN).read_bytes() == before[BEN]
    assert {mark for _, mark in rows(sheet_place(house, sample, BEN))} == {None}
    assert of(exchange_sheets(house, WEEK, NOW), OWNER).state == "unchanged"


def test_a_picked_call_is_graded_and_counts_in_no_figure(house: Opened) -> None:
    """All of the sheet is answered: the picked call's grades are in the ledger; figures, reviews and agreement are the same."""
    fill(house)
    fill(house, BEN)
    exchange_sheets(house, WEEK, NOW)
    before = week_summary(house, WEEK)
    (call_id,) = undrawn(house)
    pick(house, WEEK, wish(call_id), NOW)
    fill(house)
    states = exchange_sheets(house, WEEK, NOW)
    grades = [grade for grade in load_grades(house.ledger, WEEK) if grade.call_id == call_id]
    assert of(states, OWNER).accepted == sum(grade.grader.kind == "human" for grade in grades) > 0
    assert any(grade.grader.kind == "measured" for grade in grades)
    after = week_summary(house, WEEK)
    for name in (
        "checks",
        "measures",
        "criteria",
        "call_score",
        "graders",
        "graded_calls",
        "among_people",
        "results",
        "escalation",
    ):
        assert getattr(after, name) == getattr(before, name), name


def test_the_reason_stands_where_the_call_stands(house: Opened) -> None:
    """Picked by two people for two reasons: both in the summary, in summary.json, and beside the call in the workbook."""
    (call_id,) = undrawn(house)
    pick(house, WEEK, wish(call_id), NOW)
    pick(house, WEEK, wish(call_id, reason="=1+1", person=BEN), NOW)
    summary, why = week_summary(house, WEEK), "the caller complained; =1+1"
    assert [summary.pick_reason(one) for one in (*summary.picked, summary.results[0])] == [why, ""]
    assert [one["reason"] for one in json.loads(summary_json(summary))["picked"]] == [why]
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(summary)))
    cells = [str(cell.value) for row in book["Calls and scores"].iter_rows() for cell in row]
    assert cells.count(f"picked by hand, in no figure: {why}") == 1


def test_an_unanswered_pick_is_due_for_its_person_and_holds_no_signature_back(house: Opened) -> None:
    """Everybody's drawn calls are graded; what is left of Ben's sheet is the picked one, until he answers it."""
    fill(house)
    fill(house, BEN)
    exchange_sheets(house, WEEK, NOW)
    pick(house, WEEK, wish(*undrawn(house), person=BEN), NOW)
    items = [(one.who, one.what) for one in due(house, NOW) if one.week == WEEK]
    place = sheet_place(house, drawn_sample(house, WEEK), BEN)
    assert (BEN, f"grade 1 call picked by hand, in no figure, in {place}") in items
    assert any("sign the week off" in what for _, what in items)
    fill(house, BEN)
    exchange_sheets(house, WEEK, NOW)
    assert not any("picked by hand" in one.what for one in due(house, NOW))


def test_an_unknown_call_is_answered_with_ids_of_the_week(house: Opened) -> None:
    """The ids that begin with as much of it as any does, five at most; of another spelling altogether the first five."""
    ids = [call.id for call in house.calls.facts(WEEK) if call.has_transcript]
    (fine,) = undrawn(house)
    assert refusal(house, wish(f"{fine}x")).fix == f"ids of {WEEK} that begin with {fine!r}: {fine}"
    many = refusal(house, wish("fd-47-zzz")).fix or ""
    assert many == f"ids of {WEEK} that begin with 'fd-47-': {', '.join(ids[:5])} and {len(ids) - 5} more"
    assert (refusal(house, wish("ZZZ")).fix or "").startswith(f"ids of {WEEK} look like {ids[0]}, ")


def test_what_was_typed_before_the_pick_is_taken_in_and_stands_in_the_new_sheet(house: Opened) -> None:
    """A sheet half filled and not yet read: its answers become grades, the new file shows them, the old one is kept aside."""
    sample = drawn_sample(house, WEEK)
    open_calls = tuple(item.call.id for item in sample.items[10:])
    path = fill(house, but=open_calls)
    typed = path.read_bytes()
    state = of(pick(house, WEEK, wish(*undrawn(house, 2)), NOW)[1], OWNER)
    assert (state.state, state.error) == ("read and written anew", "")
    assert state.accepted > 0
    assert [mark for _, mark in rows(path)][-2:] == ["picked by hand: counts in no figure"] * 2
    (kept,) = (path.parent / "before picks").iterdir()
    assert kept.read_bytes() == typed
    assert of(exchange_sheets(house, WEEK, NOW + timedelta(hours=1)), OWNER).state == "unchanged"


def test_a_sheet_with_something_that_cannot_be_taken_is_not_written_anew(house: Opened) -> None:
    """A 7 on a scale of five: named, the file left as it is, and the picks follow once it is corrected."""
    path = fill(house)
    book = openpyxl.load_workbook(path)
    cell = next(c for c in book["Scores"][7] if c.value in (1, 2, 3, 4, 5) and c.column > 5)
    right, cell.value = cell.value, 7
    book.save(path)
    typed = path.read_bytes()
    state = of(pick(house, WEEK, wish(*undrawn(house)), NOW)[1], OWNER)
    assert "1 call picked by hand is not in it yet" in state.error
    assert path.read_bytes() == typed
    again = of(exchange_sheets(house, WEEK, NOW), OWNER)
    assert "not in it yet" in again.error
    cell.value = right
    book.save(path)
    assert of(exchange_sheets(house, WEEK, NOW), OWNER).state == "read and written anew"


def test_a_word_that_no_grade_can_hold_is_not_lost(house: Opened) -> None:
    """ "heard" in a row without an answer is kept by no grade: the sheet is not replaced while it stands there."""
    path = sheet_place(house, drawn_sample(house, WEEK), OWNER)
    book = openpyxl.load_workbook(path)
    column = [cell.value for cell in book["Scores"][4]].index("Read or heard") + 1
    book["Scores"].cell(7, column).value = "heard"
    book.save(path)
    state = of(pick(house, WEEK, wish(*undrawn(house)), NOW)[1], OWNER)
    assert "writing it anew would lose that" in state.error
    assert not (path.parent / "before picks").exists()


def test_answers_of_the_desk_since_are_named_as_why_a_sheet_is_not_written_anew(house: Opened) -> None:
    """Everything typed was taken; the desk answered one question of it since: no word of something that could not be taken."""
    path = fill(house)
    exchange_sheets(house, WEEK, NOW)
    typed = path.read_bytes()
    mine = [one for one in load_grades(house.ledger, WEEK) if one.grader.name == OWNER and isinstance(one, Scored)]
    first = next(one for one in mine if one.criterion == "correctness")
    later = first.model_copy(update={"value": 1 if first.value != 1 else 2, "seconds": 3.0, "at": NOW + timedelta(hours=1)})
    with house.ledger.transaction() as tx:
        add_grades(tx, [later])
    state = of(pick(house, WEEK, wish(*undrawn(house)), NOW + timedelta(hours=2))[1], OWNER)
    assert "answers were given at the desk since" in state.error
    assert "could not be taken" not in state.error
    assert path.read_bytes() == typed


def test_a_sheet_that_is_open_is_left_alone(house: Opened) -> None:
    """A lock file beside the blank sheet: the call waits, and is there after the file was closed."""
    path = sheet_place(house, drawn_sample(house, WEEK), OWNER)
    before, lock = path.read_bytes(), path.with_name(f"~${path.name}")
    lock.touch()
    assert of(pick(house, WEEK, wish(*undrawn(house)), NOW)[1], path.stem).state == "open elsewhere"
    assert path.read_bytes() == before
    lock.unlink()
    assert of(exchange_sheets(house, WEEK, NOW), OWNER).state == "written"


def test_a_call_can_stand_on_two_sheets(house: Opened) -> None:
    """The same number on both; a name is known in any spelling of capitals."""
    (call_id,) = undrawn(house)
    pick(house, WEEK, wish(call_id), NOW)
    pick(house, WEEK, wish(call_id, person="ben ode  (SIMULATED)"), NOW)
    sample = drawn_sample(house, WEEK)
    assert [item.call.id for item in sample.picked] == [call_id]
    assert all(rows(sheet_place(house, sample, person))[-1][0] == sample.design.drawn + 1 for person in (OWNER, BEN))
    assert [one.person for one in load_picks(house.ledger, WEEK)] == [OWNER, BEN]


def test_a_redraw_keeps_the_picks_it_does_not_draw(house: Opened) -> None:
    """Of all 106 calls picked, those that the second draw takes are drawn calls; the rest stands behind its queue."""
    everything = undrawn(house, 1000)
    pick(house, WEEK, wish(*everything), NOW)
    redraw_week(house, WEEK, NOW, DrawOptions(redraw="the vendor's test calls"))
    sample = drawn_sample(house, WEEK)
    held = {item.call.id for item in sample.items}
    assert 0 < len(held & set(everything)) < len(everything)
    assert [item.call.id for item in sample.picked] == [one for one in everything if one not in held]
    assert draw(house, WEEK, NOW).picks == tuple(load_picks(house.ledger, WEEK))


def refusal(house: Opened, asked: PickWish) -> EvalHarnessError:
    with pytest.raises(UsageError) as caught:
        pick(house, WEEK, asked, NOW)
    assert load_picks(house.ledger, WEEK) == []
    return caught.value


def test_a_call_that_cannot_be_picked_is_named_and_nothing_is_picked(house: Opened) -> None:
    """Unknown, of another week, without a transcript, drawn already; a fine call beside it is not picked either."""
    sample, (fine,) = drawn_sample(house, WEEK), undrawn(house)
    silent = next(call.id for call in house.calls.facts(WEEK) if not call.has_transcript)
    other = house.calls.facts("2026-W46")[0].id
    drawn_id = sample.items[4].call.id
    for call_id, words in {
        "no-such-call": "is no call of the call log",
        other: "is a call of 2026-W46, not of 2026-W47",
        silent: "has no transcript",
        drawn_id: "is drawn already, #5 of the queue",
    }.items():
        error = refusal(house, wish(fine, call_id))
        assert error.what == f"{call_id!r} {words}"
        assert error.fix


def test_a_pick_needs_a_reason_and_a_person_with_a_sheet(house: Opened) -> None:
    """Neither is guessed."""
    (fine,) = undrawn(house)
    assert refusal(house, wish(fine, reason="  ")).what == "the reason is empty"
    assert "has no grading sheet this week" in refusal(house, wish(fine, person="Dora")).what


def test_a_reason_is_one_line(house: Opened) -> None:
    """What is shown behind a call in a list cannot start a line of its own."""
    (fine,) = undrawn(house)
    (made,), _ = pick(house, WEEK, wish(fine, reason=" loud\n  OK: every\tcall met\u2028the bar "), NOW)
    assert made.reason == load_picks(house.ledger, WEEK)[0].reason == "loud OK: every call met the bar"


def test_a_call_is_picked_once_a_sheet(house: Opened) -> None:
    """Twice in one command is once; a second time is refused."""
    (call_id,) = undrawn(house)
    pick(house, WEEK, wish(call_id, call_id), NOW)
    with pytest.raises(UsageError, match="is picked already"):
        pick(house, WEEK, wish(call_id), NOW)
    assert len(load_picks(house.ledger, WEEK)) == 1


def test_a_call_can_be_named_with_its_source(house: Opened) -> None:
    """The id alone is enough as long as one source has it."""
    (call_id,) = undrawn(house)
    source = next(call.source for call in house.calls.facts(WEEK) if call.id == call_id)
    assert pick(house, WEEK, wish(f"{source}:{call_id}"), NOW)[0][0].call.id == call_id


def test_a_week_that_is_not_drawn_or_signed_takes_none(house: Opened) -> None:
    """Before the draw there is no sheet; after the sign-off nothing is added."""
    with pytest.raises(UsageError, match="2026-W46 is not drawn yet"):
        pick(house, "2026-W46", wish("fd-46-001"), NOW)
    (call_id,) = undrawn(house)
    sign(house, Wish(WEEK, OWNER, "keep"), NOW)
    with pytest.raises(SignOffError, match="nothing is added to it"):
        pick(house, WEEK, wish(call_id), NOW)
