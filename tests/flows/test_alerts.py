"""Alerts of a real week: told once, kept before and after, without a word of a call, and never in the way of the week."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from evalharness.aggregate.breaches import stopped
from evalharness.flows import alerts
from evalharness.flows.alerts import SENDING, SENT, due, send_alerts, try_alerts
from evalharness.flows.collect import collect_configured
from evalharness.flows.opened import opened
from evalharness.flows.week import run_week
from evalharness.store.records import add_audit
from evalharness.workspace.folder import Workspace
from tests.act.test_send import a_server, status
from tests.flows.workspaces import make_workspace, run

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SAVE = "#!/bin/sh\ncat >> told.jsonl\necho >> told.jsonl\n"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The samples' week taken in, nothing drawn; a program that keeps what it is told."""
    root = make_workspace(tmp_path_factory.mktemp("alerts") / "ws")
    script = root / "notify.sh"
    script.write_text(SAVE)
    script.chmod(0o700)
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
    return root


def a_workspace(collected, to, alerts: str, costs: str = "") -> object:
    """A copy with these keys."""
    root = shutil.copytree(collected, to / "ws", copy_function=shutil.copy2)
    settings = root / "evalharness.yaml"
    text = settings.read_text() + f"\nalerts: {alerts}\n"
    settings.write_text(text + (f"costs: {costs}\n" if costs else ""))
    return root


def told(root):
    """The messages that the program was told."""
    path = root / "told.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []


def test_the_week_tells_each_breach_once(collected, tmp_path):
    """A second run tells nothing; the message has numbers and ids alone, the trail one row before and one after."""
    root = a_workspace(
        collected, tmp_path, "[{on: [budget], run: [./notify.sh]}]", "{budget_per_call: 0.001, budget_per_week: 1}"
    )
    for _ in range(2):
        with opened(Workspace.at(root), write=True) as house:
            done = run_week(house, NOW)
    assert done.weeks[-1].told == ()
    (message,) = told(root)
    assert (message["format"], message["agent"], message["week"], message["test"]) == (
        "evalharness-alert/1", "Front Desk", WEEK, False,
    )  # fmt: skip
    assert [one["subject"] for one in message["breaches"]] == ["total_per_call", "total_per_week"]
    assert set(message["breaches"][0]) == {
        "kind", "week", "subject", "value", "bar", "n", "of", "currency", "said", "reason",
    }  # fmt: skip
    assert message["breaches"][0]["value"] > message["breaches"][0]["bar"] == 0.001
    with opened(Workspace.at(root)) as house:
        before, after = (house.ledger.rows("audit", action=action) for action in (SENDING, SENT))
        summary = json.loads((root / "reports" / WEEK / "summary.json").read_text())
    assert (len(before), len(after), after[0]["details"]["said"]) == (1, 1, "exit code 0")
    assert before[0]["id"] < after[0]["id"]
    assert [line["component"] for line in summary["costing"]["budgets"]] == ["total", "total"]


def test_a_failing_alert_is_loud_and_breaks_nothing(collected, tmp_path):
    """Exit 5, the files are written, the line is there, the next report still says it, and it is not sent again."""
    root = a_workspace(collected, tmp_path, "[{on: [budget], run: [./gone.sh]}]", "{budget_per_week: 1}")
    done = run("week", "--workspace", root)
    assert done.returncode == 5, done.stdout + done.stderr
    assert "ALERT FAILED  2026-W47: run ./gone.sh: it could not be started" in done.stdout
    assert (root / "reports" / WEEK / "week.xlsx").exists()
    again = run("week", "--workspace", root)
    assert "ALERT FAILED" not in again.stdout
    assert (
        "alert not delivered (run ./gone.sh" in json.loads((root / "reports" / WEEK / "summary.json").read_text())["notices"][-1]
    )


def test_a_webhook_with_a_secret_by_its_variable(collected, tmp_path, monkeypatch):
    """The header holds the variable's value; neither the ledger nor what is printed does, nor the path of the address."""
    with a_server(status(200)) as (url, requests):
        alerts = f"[{{on: [stopped], post: '{url}/path-of-mine', headers: {{Authorization: HOOK_TOKEN}}}}]"
        root = a_workspace(collected, tmp_path, alerts)
        monkeypatch.setenv("HOOK_TOKEN", "Bearer s3cret")
        with opened(Workspace.at(root), write=True) as house:
            (one,) = send_alerts(house, WEEK, [stopped(WEEK)], NOW)
            kept = json.dumps(house.ledger.rows("audit"), default=str)
    assert (one.failed, requests[0][1]["Authorization"]) == (False, "Bearer s3cret")
    assert one.to == f"post {url.removeprefix('http://')}"
    assert "s3cret" not in kept
    assert "path-of-mine" not in kept


def test_a_variable_that_is_not_set(collected, tmp_path, monkeypatch):
    """Nothing is sent; it says which one."""
    monkeypatch.delenv("HOOK_TOKEN", raising=False)
    with a_server(status(200)) as (url, requests):
        root = a_workspace(collected, tmp_path, f"[{{on: [stopped], post: '{url}', headers: {{X-Key: HOOK_TOKEN}}}}]")
        with opened(Workspace.at(root), write=True) as house:
            (one,) = send_alerts(house, WEEK, [stopped(WEEK)], NOW)
    assert (one.failed, one.sent.said, requests) == (True, "the environment variable HOOK_TOKEN is not set", [])


def test_a_run_that_died_in_between_is_not_repeated(collected, tmp_path):
    """The row before it went is enough: nobody knows whether it arrived, so it is not sent twice, and the week says so."""
    root = a_workspace(collected, tmp_path, "[{on: [stopped], run: [./notify.sh]}]")
    with opened(Workspace.at(root), write=True) as house:
        alert = house.config.alerts[0]
        kept = {"send": 1, "alert": alert.key, "to": alert.target, "week": WEEK, "test": False, "breaches": [stopped(WEEK).key]}
        with house.ledger.transaction() as tx:
            add_audit(tx, SENDING, kept, NOW)
        assert send_alerts(house, WEEK, [stopped(WEEK)], NOW) == ()
        from evalharness.flows.alerts import alert_notices

        (said,) = alert_notices(house, WEEK)
    assert "the run ended before its result was known" in said
    assert told(root) == []


def test_each_alert_has_its_own_kinds(collected, tmp_path):
    """Two alerts, one breach: only the one that is for it; another week's is another breach."""
    root = a_workspace(
        collected, tmp_path, "[{on: [missed], run: [./notify.sh]}, {on: [stopped, missed], run: [./notify.sh, b]}]"
    )
    with opened(Workspace.at(root), write=True) as house:
        assert [alert.run for alert, _ in due(house, WEEK, [stopped(WEEK)])] == [("./notify.sh", "b")]
        assert len(send_alerts(house, WEEK, [stopped(WEEK)], NOW)) == 1
        assert due(house, WEEK, [stopped(WEEK)]) == []
        assert len(due(house, "2026-W48", [stopped("2026-W48")])) == 1


def test_a_test_message_stands_for_no_breach(collected, tmp_path):
    """It can be sent again and again, and leaves every breach to be told."""
    root = a_workspace(collected, tmp_path, "[{on: [stopped], run: [./notify.sh]}]")
    with opened(Workspace.at(root), write=True) as house:
        try_alerts(house, WEEK, NOW)
        try_alerts(house, WEEK, NOW)
        assert len(due(house, WEEK, [stopped(WEEK)])) == 1
    assert [(one["test"], one["breaches"]) for one in told(root)] == [(True, [])] * 2


def test_without_alerts_an_example_is_shown(collected, tmp_path):
    """What to write, and where the rest is said; a test of nobody is a mistake."""
    root = a_workspace(collected, tmp_path, "[]")
    said = run("alert", "--workspace", root).stdout
    assert "run: [" in said
    assert "docs/cost.md" in said
    tested = run("alert", "--test", "--workspace", root)
    assert (tested.returncode, "no alerts are configured" in tested.stderr) == (2, True)


def test_the_command_shows_and_tests(collected, tmp_path):
    """`alert` sends nothing; `--test` does, and a failure is exit 5."""
    root = a_workspace(collected, tmp_path, "[{on: [budget], run: [./notify.sh]}]", "{budget_per_week: 1}")
    shown = run("alert", "--workspace", root)
    assert "2026-W47: would tell run ./notify.sh: budget total_per_week" in shown.stdout, shown.stderr
    assert told(root) == []
    tested = run("alert", "--test", "--json", "--workspace", root)
    assert json.loads(tested.stdout)[0]["sent"]["ok"] is True
    (root / "notify.sh").unlink()
    failed = run("alert", "--test", "--workspace", root)
    assert failed.returncode == 5
    assert "ALERT FAILED" in failed.stdout


def test_what_goes_is_kept_before_it_goes(collected, tmp_path, monkeypatch):
    """The run dies while it sends: the trail knows of it, so that no later run sends it again."""
    root = a_workspace(collected, tmp_path, "[{on: [stopped], run: [./notify.sh]}]")

    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(alerts, "_send", dies)
    with opened(Workspace.at(root), write=True) as house:
        with pytest.raises(KeyboardInterrupt):
            send_alerts(house, WEEK, [stopped(WEEK)], NOW)
        assert len(house.ledger.rows("audit", action=SENDING)) == 1
        assert due(house, WEEK, [stopped(WEEK)]) == []
