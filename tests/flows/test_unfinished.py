"""Of a call that somebody is still to grade blind nothing others say is told: in no report, on no screen, by no list."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.flows.draw import assignments
from evalharness.flows.excluded import exclude
from evalharness.flows.opened import Opened
from evalharness.flows.report import write_reports
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.show import find_call
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.standing import standing
from evalharness.flows.summary import week_summary
from evalharness.flows.unfinished import unfinished, unread
from evalharness.flows.waiting import waiting
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.terminal import render
from tests.flows.deciding import ANNA, BEN, CORA, JUDGE, LATER, WEEK, finish, item, make_drawn, say, the_house
from tests.flows.workspaces import copy_of

SECRET = "what-only-the-judge-says"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn week; tests work on copies."""
    return make_drawn(tmp_path_factory.mktemp("unfinished") / "ws")


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """The LLM flags the first call and gives its tone a 1; everybody who has it gave a 5 there, and nothing else yet."""
    with the_house(copy_of(drawn, tmp_path / "ws")) as found:
        say(found, JUDGE, "tone", 1, rationale=SECRET)
        say(found, JUDGE, "unsafe_speech", "yes", rationale=SECRET)
        for name in readers(found):
            say(found, name, "tone", 5)
        yield found


def readers(house: Opened) -> list[str]:
    """Who has the first call on their list."""
    return [name for name, given in assignments(drawn_sample(house, WEEK)).items() if 1 in given]


def everything(house: Opened) -> str:
    """All that is written and printed of the week, as text."""
    files = write_reports(house, week_summary(house, WEEK), LATER)
    parts = [path.read_bytes() for path in files if path.suffix != ".xlsx"]
    for path in files:
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts += [book.read(name) for name in book.namelist()]
    return b"\n".join(parts).decode(errors="replace") + render(week_summary(house, WEEK))


def test_nothing_of_the_llm_until_everybody_has_graded_the_call(house: Opened) -> None:
    """Begun is not graded: difference, flag, value and reason are held back. Figures stand, and the last reader frees them."""
    before = week_summary(house, WEEK)
    assert SECRET not in everything(house)
    assert JUDGE not in {grade.grader.name for grade in before.results[0].grades}
    assert (before.disagreements, before.flagged, before.to_hear) == ((), (), ())
    assert any(one.startswith("1 call that somebody is still to grade") for one in before.notices)
    *early, last = readers(house)
    finish(house, *early)
    assert SECRET not in everything(house)
    finish(house, last)
    after = week_summary(house, WEEK)
    assert SECRET in everything(house)
    assert [(one.between, one.criterion) for one in after.disagreements] == [
        ("people_and_llm", "tone"),
        ("people_and_llm", "unsafe_speech"),
    ]
    assert [one.check for one in after.flagged] == ["unsafe_speech"]
    assert not any("still to grade" in one for one in after.notices)
    assert (before.trust, before.guard) == (after.trust, after.guard)


def shared(house: Opened) -> tuple[int, list[str]]:
    """The first call that two people have on their lists, and who they are."""
    given = assignments(drawn_sample(house, WEEK))
    counts = Counter(position for positions in given.values() for position in positions)
    position = min(one for one, people in counts.items() if people > 1)
    return position, [name for name, positions in given.items() if position in positions]


def test_nothing_of_the_first_reader_until_the_second_is_done(house: Opened) -> None:
    """The first has graded the shared call to the end, with a reason; no report has it before the other is done as well."""
    position, (first, second) = shared(house)
    say(house, first, "correctness", 2, position=position, rationale="what the first reader thinks")
    finish(house, first, position=position)
    assert "what the first reader thinks" not in everything(house)
    held = week_summary(house, WEEK).results[position - 1]
    assert held.held
    assert first not in {grade.grader.name for grade in held.grades}
    finish(house, second, position=position)
    assert "what the first reader thinks" in everything(house)
    assert not week_summary(house, WEEK).results[position - 1].held


def listed(house: Opened, *, ungraded: bool = False) -> list[tuple[str, str, tuple[str, ...]]]:
    """What waits for a decision: kind, question, reasons."""
    found = waiting(house, standing(house, drawn_sample(house, WEEK)), ungraded=ungraded)
    return [(one.kind, one.criterion, tuple(said.why for said in one.said)) for one in found.items]


def test_what_waits_tells_nobody_what_others_said_of_a_call_they_have_open(house: Opened) -> None:
    """The first reader saw a clear failure in the shared call: no list says so before the second is done; then that they differ
    is listed."""
    position, (first, second) = shared(house)
    say(house, first, "wrong_information", "yes", position=position, rationale="what the first reader heard")
    finish(house, first, position=position)
    cause = ("cause", "wrong_information", ("what the first reader heard",))
    assert listed(house) == []
    assert cause in listed(house, ungraded=True)
    found = waiting(house, standing(house, drawn_sample(house, WEEK)))
    assert second in found.held_back
    say(house, second, "wrong_information", "no", position=position, rationale="nothing wrong")
    say(house, second, "tone", 2, position=position)
    differing = ("disagreement", "wrong_information")
    assert differing not in [one[:2] for one in listed(house)], "the second has questions of that call left"
    assert differing in [one[:2] for one in listed(house, ungraded=True)]
    finish(house, second, position=position)
    assert differing in [one[:2] for one in listed(house)]


def test_a_call_asked_for_by_its_id_tells_no_grade_to_who_is_still_to_grade_it(house: Opened) -> None:
    """Neither the LLM's nor another person's; measured ones stand, and --ungraded shows them."""
    call = item(house).call.id
    held = find_call(house, call)
    assert {grade.grader.kind for grade in held.grades} <= {"measured"}
    assert held.held_back == tuple(readers(house))
    shown = find_call(house, call, ungraded=True)
    assert {grade.grader.name for grade in shown.grades} >= {JUDGE, *readers(house)}
    assert shown.held_back == ()
    finish(house, *readers(house))
    assert find_call(house, call).held_back == ()
    assert SECRET in {grade.rationale for grade in find_call(house, call).grades}


def test_who_is_left_out_and_a_signed_week_hold_nothing_back(house: Opened) -> None:
    sample = drawn_sample(house, WEEK)
    assert set(unfinished(house, sample)) == {ANNA, BEN, CORA}
    assert unread(house, sample) == {one.identity for one in sample.items}
    exclude(house, CORA, WEEK, ("graded another product", ANNA), LATER)
    assert set(unfinished(house, sample)) == {ANNA, BEN}
    sign(house, Wish(WEEK, ANNA, "keep"), LATER)
    assert unread(house, sample) == frozenset()
    signed = next(path for path in house.workspace.root.glob(f"reports/{WEEK}/*.xlsx"))
    with zipfile.ZipFile(signed) as book:
        assert any(SECRET.encode() in book.read(name) for name in book.namelist()), "a signed week waits for no one"
    assert JUDGE in summary_json(week_summary(house, WEEK)).decode()
