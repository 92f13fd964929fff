"""Everything measured in a week: made once, again when calls change, beside the week before; and as a grade at the draw."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from evalharness.flows import measure
from evalharness.flows.draw import draw
from evalharness.flows.opened import opened
from evalharness.flows.show import find_call
from evalharness.flows.summary import week_summary
from evalharness.grade.measured import detectors
from evalharness.grade.measured.detectors import Figure, Found
from evalharness.models.call import ToolCall
from evalharness.models.finding import Finding
from evalharness.store.records import add_intake, load_grades
from evalharness.workspace.folder import Workspace
from tests.builders import MONDAY, WEEK, a_call, a_turn, an_intake, call_measures
from tests.flows.workspaces import make_workspace

LATER = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
BEFORE = "2026-W46"


def hellos(call, _):
    """Counts turns of the agent that say hello; a call without turns cannot be told."""
    found = [turn.index for turn in call.turns if turn.speaker == "agent" and "Hello" in turn.text]
    values = {"hellos": float(len(found))} if call.turns else {}
    return Found(values, [Finding(measure="hellos", turns=(index,)) for index in found])


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Four calls this week: two hellos, none, not to be told, out of scope; one with a hello the week before."""
    monkeypatch.setitem(detectors.FIGURES, "hellos", Figure("count", "the agent says hello"))
    monkeypatch.setitem(detectors.DETECTORS, "hellos", hellos)
    root = make_workspace(tmp_path / "desk", [])
    twice = [("agent", "Hello"), ("caller", "Hi"), ("agent", "Hello again")]
    with opened(Workspace.at(root), write=True) as house:
        collect(house, a_call(twice, id="old", started_at=MONDAY - timedelta(days=7)))
        collect(house, a_call(twice, id="a"), a_call(id="b"), a_call([], id="c"), a_call(twice, id="d", outcome="out_of_scope"))
        yield house


def collect(house, *calls):
    """Into the log, as collected from a file."""
    parts = house.calls.write_parts([(call, call_measures(call.id)) for call in calls], house.config.zone)
    with house.ledger.transaction() as tx:
        add_intake(tx, an_intake(len(calls), file=calls[0].id), parts, LATER)


def the_figure(house, week=WEEK):
    """What the week's summary says of hellos."""
    (found,) = [one for one in week_summary(house, week).measured if one.meaning.figure == "hellos"]
    return found


def test_a_figure_over_the_calls_in_scope(house):
    """Of a, b, c two can be told, one has it: 2 hellos in 2 calls; the week before 1 of 1. The call out of scope is nowhere."""
    found = the_figure(house)
    assert (found.week.n, found.week.of, found.week.hits, found.week.share, found.week.mean) == (2, 3, 1, 0.5, 1.0)
    assert (found.week.least, found.week.most) == (1 / 3, 2 / 3)
    assert (found.before.n, found.before.share) == (1, 1.0)
    assert {place.call_id for place in found.places} == {"a"}
    assert the_figure(house, BEFORE).before is None


def test_a_week_is_measured_once_until_its_calls_change(house, monkeypatch):
    """The second summary reads what is kept; a call that comes is counted."""
    asked = []
    real = measure.findings_in

    def noted(calls, settings):
        return real((asked.append(call.id) or call for call in calls), settings)

    monkeypatch.setattr(measure, "findings_in", noted)
    week_summary(house, WEEK)
    assert sorted(asked) == ["a", "b", "c", "d", "old"]
    week_summary(house, WEEK)
    assert len(asked) == 5
    collect(house, a_call([("agent", "Hello")], id="e"))
    assert the_figure(house).week.hits == 2
    assert sorted(asked[5:]) == ["a", "b", "c", "d", "e"]


def test_the_order_in_which_calls_came_changes_nothing(house, tmp_path):
    """The same calls the other way round, in another workspace."""
    with opened(Workspace.at(make_workspace(tmp_path / "other", [])), write=True) as other:
        for call in reversed([*house.calls.each(BEFORE), *house.calls.each(WEEK)]):
            collect(other, call)
        assert week_summary(other, WEEK).measured == week_summary(house, WEEK).measured


def test_drawn_calls_carry_their_findings_and_places_their_position(house):
    """Call a is drawn."""
    draw(house, WEEK, LATER)
    summary = week_summary(house, WEEK)
    (result,) = [result for result in summary.results if result.call.id == "a"]
    assert [finding.turns for finding in result.findings if finding.measure == "hellos"] == [(0,), (2,)]
    assert {place.position for place in the_figure(house).places} == {result.position}
    assert find_call(house, "a").findings == result.findings


def test_what_trends_need_does_not_wait_for_it(house, monkeypatch):
    """Nothing is measured for a summary without it."""
    monkeypatch.setattr(measure, "findings_in", None)
    summary = week_summary(house, WEEK, measured=False)
    assert (summary.measured, summary.logged) == ((), ())


def test_the_log_against_the_weeks_before(house):
    """A transcript: 3 of 4 calls, 1 of 1 the week before; of so few nothing has dropped. No tool was called in either week."""
    parts = {part.part: part for part in week_summary(house, WEEK).logged}
    assert (parts["transcript"].has, parts["transcript"].of, parts["transcript"].usual) == (3, 4, 1.0)
    assert (parts["transcript"].dropped, parts["transcript"].weeks) == (False, (BEFORE,))
    assert (parts["tool_payloads"].share, parts["tool_payloads"].dropped) == (None, False)


def test_a_week_without_calls_has_nothing(house):
    """Neither figures nor parts, and no error."""
    summary = week_summary(house, "2026-W50")
    assert (summary.measured, summary.logged) == ((), ())


def test_a_figure_that_a_rubric_names_is_graded_at_the_draw(house):
    """A check of the rubric answered by the log: yes for call a, with its turns; no for call b; c is not drawn."""
    path = house.workspace.root / "rubrics" / "phone-agent.yaml"
    check = '\n  - {id: greeted_twice, question: "Did the agent say hello?", measure: hellos, graded_by: [measured]}\n'
    path.write_text(path.read_text().replace("\nchecks:\n", f"\nchecks:{check}", 1))
    draw(house, WEEK, LATER)
    grades = {grade.call_id: grade for grade in load_grades(house.ledger, WEEK) if grade.criterion == "greeted_twice"}
    assert {call_id: grade.value for call_id, grade in grades.items()} == {"a": "yes", "b": "no", "d": "yes"}
    assert [one.turn for one in grades["a"].evidence] == [0, 2]
    waits = [one for one in week_summary(house, WEEK).flagged if one.check == "greeted_twice"]
    assert {one.call_id for one in waits if one.kind == "flag"} == {"a", "d"}


def test_measuring_leaves_the_collector_as_it_was(house, monkeypatch):
    """Thresholds stand again afterwards, also where measuring failed."""
    usual = gc.get_threshold()
    week_summary(house, WEEK)
    assert gc.get_threshold() == usual
    monkeypatch.setattr(measure, "findings_in", lambda calls, settings: 1 / 0)
    collect(house, a_call(id="new"))
    with pytest.raises(ZeroDivisionError):
        week_summary(house, WEEK)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, 0)


def test_a_change_of_settings_measures_anew(house):
    """A figure that is switched off is gone, though no call has changed."""
    assert figures_found(house) >= {"hellos"}
    off = house.config.measures.model_copy(update={"off": ("hellos",)})
    other = replace(house, config=house.config.model_copy(update={"measures": off}))
    assert "hellos" not in figures_found(other)


def figures_found(house):
    """The figures that any call of the week has."""
    return {one.figure for one in measure.week_found(house, WEEK).tallies if one.n}


def a_tool(**fields):
    """A turn in which a tool is called."""
    return a_turn(text="One moment.", tool_calls=(ToolCall(name="book", **fields),))


def test_calls_without_tools_lack_no_tool_error(house):
    """Of seven calls three called tools: one failed, one worked, of one nothing is told. So 2 of 3 can be told, and a call that
    none called is no missing data; by group too."""
    tools = {"x": {"error": True, "result": "down"}, "y": {"error": False, "result": "ok"}, "z": {}}
    collect(house, *(a_call([a_tool(**fields)], id=name, version="v7") for name, fields in tools.items()))
    found = measure.week_found(house, WEEK, apart=("tool_errors",)).tallies
    named = {(one.figure, one.by, one.group): (one.hits, one.n, one.calls) for one in found}
    assert {named[name, "all", ""] for name in ("tool_errors", "tool_failures")} == {(1, 2, 3)}
    assert named["tool_errors", "version", "v7"] == (1, 2, 3)
    assert named["tool_calls", "all", ""] == (3, 3, 6)
