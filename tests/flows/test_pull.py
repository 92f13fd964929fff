"""Pulling the week's calls through the command, against a local server that speaks the platform's API."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from evalharness.cli.app import app
from evalharness.flows import pull as flow
from evalharness.flows.opened import opened
from evalharness.workspace.folder import Workspace
from tests.collect.pull.test_calls import retell_calls, vapi_calls
from tests.servers.platform_api import KEY, PlatformApi
from tests.workspace.building import a_workspace

WEEK = "2025-W47"
NOW = datetime(2025, 11, 24, 9, tzinfo=UTC)
FIRST = datetime(2025, 11, 17, 9, tzinfo=UTC)


@pytest.fixture
def house_at(tmp_path, monkeypatch):
    """Makes a workspace that pulls from this server; the key stands in its variable."""
    monkeypatch.setenv("RETELL_API_KEY", KEY)
    monkeypatch.setenv("VAPI_API_KEY", KEY)

    def make(api):
        asked = {"source": api.platform, "base_url": api.base_url}
        a_workspace(tmp_path, f"first_week: {WEEK}\ncollect: {json.dumps({'pull': [asked]})}\n")
        return tmp_path

    return make


def run(root, *words):
    """The command in that workspace."""
    return CliRunner().invoke(app, [*words, "--workspace", str(root)])


def known(root):
    """How many calls the log has, by week."""
    with opened(Workspace.at(root), write=False) as house:
        return {week: len(list(house.calls.each(week))) for week in house.calls.weeks()}


def test_a_week_comes_in_once(house_at):
    """5 calls come; the second time all 5 are known and none is asked for one by one."""
    with PlatformApi("retell", retell_calls(5, first=FIRST), page=2) as api:
        root = house_at(api)
        first = run(root, "pull", "--week", WEEK)
        asked = len(api.details)
        second = run(root, "pull", "--week", WEEK)
        assert (asked, len(api.details)) == (5, 5)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert f"retell {WEEK}: 5 calls came = 5 accepted; 0 were in the log" in first.output
    assert f"retell {WEEK}: 0 calls came = 0 accepted; 5 were in the log" in second.output
    assert known(root) == {WEEK: 5}


def test_what_was_analysed_later_comes_with_again(house_at):
    """A call without its analysis is in the log; asked for again with it, the analysis stands beside it, and the call is one."""
    calls = retell_calls(1, first=FIRST)
    with PlatformApi("retell", calls) as api:
        root = house_at(api)
        run(root, "pull", "--week", WEEK)
        calls[0]["call_analysis"] = {"call_summary": "Moved an appointment.", "user_sentiment": "Positive"}
        api.calls = calls
        assert run(root, "pull", "--week", WEEK, "--again").exit_code == 0
    with opened(Workspace.at(root), write=False) as house:
        (call,) = house.calls.calls([("retell", "r0")])
    assert call.metadata["user_sentiment"] == "Positive"


def test_a_pull_that_breaks_off_goes_on(house_at, monkeypatch):
    """The server fails for good after 2 of 5 calls of one page each: those 2 are kept, and the next pull asks for 3."""
    monkeypatch.setattr("evalharness.collect.pull.server.TRIES", 1)
    with PlatformApi("retell", retell_calls(5, first=FIRST), page=1, faults=dict.fromkeys(range(5, 30), 500)) as api:
        root = house_at(api)
        broken = run(root, "pull", "--week", WEEK)
        before = known(root)
        api.faults, api.asked = {}, []
        again = run(root, "pull", "--week", WEEK)
        assert api.details == ["r2", "r3", "r4"]
    assert (broken.exit_code, before) == (5, {WEEK: 2})
    assert "goes on where it stopped" in broken.output
    assert (again.exit_code, known(root)) == (0, {WEEK: 5})


def test_the_week_pulls_what_is_due_and_then_no_more(house_at):
    """The first time it asks; the week is over and whole, so the second time it asks nothing."""
    with PlatformApi("vapi", vapi_calls(3, first=FIRST)) as api:
        root = house_at(api)
        with opened(Workspace.at(root), write=True) as house:
            (found,) = flow.pull_due(house, NOW)
            assert (found.week, found.done, sum(one.accepted for one in found.reports)) == (WEEK, True, 3)
            asked = len(api.asked)
            assert flow.pull_due(house, NOW) == []
            assert len(api.asked) == asked


def test_a_call_that_goes_on_leaves_the_week_open(house_at):
    """One of two is not over: it is said, and the week is asked for again."""
    calls = vapi_calls(2, first=FIRST)
    calls[1] |= {"status": "in-progress"}
    with PlatformApi("vapi", calls) as api:
        root = house_at(api)
        found = run(root, "pull", "--week", WEEK)
        assert "1 not over yet" in found.output
        with opened(Workspace.at(root), write=True) as house:
            calls[1]["status"] = "ended"
            (again,) = flow.pull_due(house, NOW)
    assert (again.done, again.known, again.going) == (True, 1, 0)


def test_a_week_that_is_not_over_is_not_done(house_at):
    """On its Wednesday what is there comes in, and the week is asked for again."""
    with PlatformApi("vapi", vapi_calls(1, first=FIRST)) as api:
        root = house_at(api)
        with opened(Workspace.at(root), write=True) as house:
            (found,) = flow.pull(house, WEEK, FIRST + timedelta(days=2))
    assert (found.done, sum(one.accepted for one in found.reports)) == (False, 1)


def test_nothing_is_asked_that_is_not_configured(house_at, monkeypatch):
    """Another platform: exit code 2, what to write. No key: an error that names its variable. No request either time."""
    with PlatformApi("vapi", vapi_calls(1, first=FIRST)) as api:
        root = house_at(api)
        other = run(root, "pull", "--source", "retell")
        monkeypatch.delenv("VAPI_API_KEY")
        keyless = run(root, "pull")
        assert api.asked == []
    assert (type(other.exception).__name__, keyless.exit_code) == ("UsageError", 1)
    assert "pull: [{source: retell}]" in str(other.exception)
    assert "VAPI_API_KEY" in keyless.output
    assert "calls came" not in keyless.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "bland"], "the server of bland cannot be asked"),
        (["--source", "vapy"], "the server of vapy cannot be asked"),
        (["--week", "2098-W01"], "2098-W01 has not begun"),
        (["--week", "2025-W53"], "'2025-W53' is no week"),
    ],
)
def test_what_cannot_be_asked_for(house_at, words, said):
    """A platform without a pull, a slip, a week to come, a week that no calendar has: nothing is asked."""
    with PlatformApi("vapi", vapi_calls(1, first=FIRST)) as api:
        found = run(house_at(api), "pull", *words)
        assert api.asked == []
    assert said in str(found.exception)


def test_a_bad_call_is_named_and_the_others_come(house_at):
    """One of three has no start and no creation that is a time: it is rejected by its place, two are accepted, exit code 5."""
    calls = vapi_calls(3, first=FIRST)
    calls[1] |= {"startedAt": "soon"}
    with PlatformApi("vapi", calls) as api:
        found = run(house_at(api), "pull", "--week", WEEK)
    assert found.exit_code == 5
    assert "3 calls came = 2 accepted, 1 rejected" in found.output


def test_the_output_for_machines(house_at):
    """The counts, the reports and no key."""
    with PlatformApi("vapi", vapi_calls(1, first=FIRST)) as api:
        found = run(house_at(api), "pull", "--week", WEEK, "--json")
    (data,) = json.loads(found.output)
    assert (data["source"], data["week"], data["done"], data["error"]) == ("vapi", WEEK, True, None)
    assert data["intakes"][0]["accepted"] == 1
    assert KEY not in found.output
