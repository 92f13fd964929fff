"""A week's summary out of call log, ledger and settings: CSAT against a baseline, and who called again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from evalharness.cli.words import of_gate
from evalharness.flows.draw import draw
from evalharness.flows.opened import opened
from evalharness.flows.summary import week_summary
from evalharness.models.week import bounds, shift
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.terminal import render
from evalharness.report.workbook import write_workbook
from evalharness.store.records import add_grades, add_intake
from evalharness.workspace.folder import Workspace
from tests.builders import MONDAY, WEEK, a_call, a_grade, an_intake, call_measures
from tests.flows.workspaces import make_workspace

LATER = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
BASELINE = "\ncsat:\n  baseline: {value: 80, n: 200, period: 2026-Q2, by_intent: {booking: {value: 90, n: 120}}}\n"


def a_day(number, **fields):
    """Call number i of caller Ki on Monday, answered with 5; nobody said what it was about."""
    fields = {"csat": 5.0, "caller_key": f"K{number}", **fields}
    return a_call(id=f"c{number:02}", started_at=MONDAY + timedelta(minutes=number), **fields)


@pytest.fixture
def house(tmp_path):
    """A workspace of 30 calls on Monday: 24 callers were content, 6 were not; call 30 reached a person."""
    root = make_workspace(tmp_path / "desk", [])
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text() + BASELINE)
    calls = [a_day(number, intent="booking", csat=5.0 if number <= 24 else 2.0) for number in range(1, 30)]
    with opened(Workspace.at(root), write=True) as house:
        collect(house, *calls, a_day(30, outcome="transferred"))
        yield house


def collect(house, *calls):
    """Into the log, as collected from a file."""
    parts = house.calls.write_parts([(call, call_measures(call.id)) for call in calls], house.config.zone)
    with house.ledger.transaction() as tx:
        add_intake(tx, an_intake(len(calls), file=calls[0].id), parts, LATER)


def read_whole_week(house):
    """All 30 calls drawn; the owner found every one resolved."""
    sample = draw(house, WEEK, LATER).sample
    digest = sample.criterion_digests["outcome"]
    grades = [a_grade("resolved", "outcome", item.call.id, criterion_digest=digest) for item in sample.items]
    with house.ledger.transaction() as tx:
        add_grades(tx, grades)


def test_the_baseline_of_the_settings_decides_the_csat_gap(house):
    """24 of 29 content against 90 % for bookings: 90 - 82.8 = 7.2 points, of too few answers to prove anything."""
    summary = week_summary(house, WEEK)
    (found,) = [check for check in summary.checks if check.threshold.measure == "csat_gap_points"]
    assert found.measure.value == pytest.approx(90 - 100 * 24 / 29)
    assert (found.verdict, found.measure.n, found.reason) == (
        "not_proven", 29, "only callers who answered are in it: 29 of 29 (100 %)",
    )  # fmt: skip
    assert summary.measure("csat_transferred").n == 1


def test_who_calls_again_in_a_later_week_was_not_resolved(house):
    """30 calls all found resolved; on Sunday two of the callers rang again, one of them about a bill."""
    read_whole_week(house)
    assert week_summary(house, WEEK).measure("verified_resolution_rate").value == 1.0
    sunday = MONDAY + timedelta(days=6)
    again = [
        a_call(id=f"again{n}", started_at=sunday, caller_key=f"K{n}", intent=what) for n, what in ((1, "booking"), (2, "bill"))
    ]
    collect(house, *again, a_call(id="much later", started_at=MONDAY + timedelta(days=20), caller_key="K3", intent="booking"))
    found = week_summary(house, WEEK).measure("verified_resolution_rate")
    assert found.note.startswith("resolved, and no call again for the same within 7 days")
    assert "provisional" not in found.note
    # 29 of 30, of 32 calls in scope: the two of Sunday came after the draw, and nobody read them
    assert (found.value, found.n) == (pytest.approx(29 / 32), 30)


def test_before_seven_days_have_passed_in_the_log_it_is_provisional(house):
    """The log ends on the Monday itself: until the Monday after anyone may still call again."""
    read_whole_week(house)
    found = week_summary(house, WEEK).measure("verified_resolution_rate")
    assert "provisional until 2026-11-23: 30 resolved calls" in found.note
    assert (found.low, found.high) == (0.0, 1.0)


def test_a_week_that_is_not_over_says_so_first(house):
    """Asked on its Wednesday: first line, gate, workbook and record say so, and nothing tells to draw what cannot be drawn yet.
    The Monday after, 00:00 in Berlin (23:00 UTC of Sunday), it is a week like any other."""
    collect(house, a_call(id="next", started_at=MONDAY + timedelta(days=8)))
    week, end = shift(WEEK, 1), bounds(shift(WEEK, 1), house.config.zone)[1]
    early = week_summary(house, week, now=MONDAY + timedelta(days=9))
    first = render(early).splitlines()[0]
    assert first.startswith("Not over      this week is not over: figures so far, as of 2026-11-25")
    assert early.next_steps == ("wait until the week is over; evalharness week draws it then",)
    assert "this week is not over" in of_gate(early, 4)[1]
    assert json.loads(summary_json(early))["as_of"].startswith("2026-11-25")
    book = write_workbook(early)
    with ZipFile(BytesIO(book)) as parts:
        assert b"This week is not over" in b"".join(parts.read(name) for name in parts.namelist())
    for late in (week_summary(house, week, now=end), week_summary(house, week)):
        assert "not over" not in render(late)
        assert late.next_steps == (f"draw the week's sample: evalharness sample --week {week}",)
        assert "as_of" not in json.loads(summary_json(late))
    assert week_summary(house, week, now=end - timedelta(seconds=1)).as_of is not None
