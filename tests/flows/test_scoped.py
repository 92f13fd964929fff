"""A scope that is changed after the draw: the week keeps the scope it was drawn with, and every report says what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from evalharness.errors import UsageError
from evalharness.flows.draw import late_calls
from evalharness.flows.opened import Opened, opened
from evalharness.flows.picks import PickWish, pick
from evalharness.flows.scoped import scope_now, scope_of
from evalharness.flows.summary import week_summary
from evalharness.models.rule import parse_rule
from evalharness.models.summary import ScopeNow
from evalharness.report.exports.summary_json import decided_json, summary_json
from evalharness.report.exports.summary_markdown import summary_markdown
from evalharness.report.page.page import write_page
from evalharness.report.terminal import render
from evalharness.report.workbook import write_workbook
from evalharness.store.records import load_sample
from evalharness.workspace.folder import Workspace
from tests.builders import MONDAY, WEEK, a_call
from tests.flows.test_summary import a_day, collect, read_whole_week
from tests.flows.workspaces import make_workspace

CONTENT, SAID = "csat == 5", "The scope was changed since the draw: 6 of 30 drawn calls are outside it now"


@pytest.fixture
def house(tmp_path):
    """A week of 30 calls, all drawn and read without a scope: 24 callers were content, 6 were not."""
    root = make_workspace(tmp_path / "desk", [])
    with opened(Workspace.at(root), write=True) as house:
        collect(house, *(a_day(number, csat=5.0 if number <= 24 else 2.0) for number in range(1, 31)))
        read_whole_week(house)
        yield house


def with_scope(house: Opened, scope: str | None) -> Opened:
    """As if evalharness.yaml said so from now on."""
    return replace(house, config=house.config.model_copy(update={"scope": scope}), memo={})


def test_a_narrower_scope_leaves_every_figure_of_a_drawn_week(house):
    """Neither the calls nor one figure is another: all 30 calls are counted, of which the sample holds 30."""
    before, after = week_summary(house, WEEK), week_summary(with_scope(house, CONTENT), WEEK)

    assert (after.population.calls, after.population.gradable, after.design.population) == (30, 30, 30)
    assert after.measures == before.measures
    assert after.model_copy(update={"scope_now": None}) == before
    assert decided_json(after) == decided_json(before)  # what is signed does not hang on a later setting


def test_every_report_says_how_many_drawn_calls_the_new_scope_leaves_out(house):
    """24 content callers are in it, 6 are not: terminal, workbook, page, Markdown and JSON say so."""
    found = week_summary(with_scope(house, CONTENT), WEEK)
    with ZipFile(BytesIO(write_workbook(found))) as parts:
        book = b"".join(parts.read(name) for name in parts.namelist()).decode(errors="ignore")

    for told in (render(found), book, write_page(found).decode(), summary_markdown(found)):
        assert SAID in " ".join(told.split())
    assert json.loads(summary_json(found))["scope_now"] == {"drawn": 30, "outside": 6}
    assert SAID not in render(week_summary(house, WEEK)).replace("\n", " ")
    assert "scope_now" not in json.loads(summary_json(week_summary(house, WEEK)))


def test_a_wider_scope_takes_no_call_for_one_that_came_late(house, tmp_path):
    """Drawn from 30 content callers; then two who were not are let in: neither is counted, and neither came after the draw."""
    root = make_workspace(tmp_path / "narrow", [])
    with opened(Workspace.at(root), write=True) as made:
        narrow = with_scope(made, CONTENT)
        collect(narrow, *(a_day(number, csat=5.0 if number <= 30 else 2.0) for number in range(1, 33)))
        read_whole_week(narrow)
        wide = with_scope(narrow, None)
        sample = load_sample(wide.ledger, WEEK)

        assert scope_now(wide, sample) == ScopeNow(drawn=30, outside=0)
        assert late_calls(wide, sample) == 0
        assert week_summary(wide, WEEK).population.calls == 30
        outside = next(one.id for one in wide.calls.facts(WEEK, None) if one.csat == 2.0)
        with pytest.raises(UsageError, match="not one of this agent's calls"):
            pick(wide, WEEK, PickWish((outside,), "why"), MONDAY)


def test_the_same_scope_in_other_words_is_no_change(house):
    """None of them says a word: the rule itself is compared, not how it is written."""
    sample = load_sample(house.ledger, WEEK)
    drawn = sample.design.model_copy(update={"scope": "csat == 5"})
    same = sample.model_copy(update={"design": drawn})

    assert scope_now(house, sample) is None
    assert scope_now(with_scope(house, "csat==5"), same) is None
    assert scope_now(with_scope(house, "csat == 2"), same) == ScopeNow(drawn=30, outside=24)


def test_a_week_that_is_not_drawn_follows_the_settings(house):
    """One content caller and one who was not, the week after: nothing is frozen there."""
    later = "2026-W48"
    collect(house, *(a_call(id=f"n{csat}", started_at=MONDAY.replace(day=24), csat=csat) for csat in (5.0, 2.0)))
    now = with_scope(house, CONTENT)

    assert (scope_of(now, WEEK), scope_of(now, later)) == (None, parse_rule(CONTENT))
    assert week_summary(now, later).population.calls == 1
    assert week_summary(now, later).scope_now is None
