"""Handing a week over for real: a program, a server; once an occasion and text, kept before and after, never too early."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime

import pytest

from evalharness.errors import UsageError
from evalharness.flows.collect import collect_configured
from evalharness.flows.notify import SENDING, SENT, due, hand_over, in_doubt, send_now, told_weeks
from evalharness.flows.opened import opened
from evalharness.flows.week import run_week
from evalharness.store.records import add_audit, add_sign_off
from evalharness.workspace.folder import Workspace
from tests.act.test_send import a_server, status
from tests.builders import MONDAY
from tests.flows.workspaces import make_workspace, run
from tests.report.trends import a_sign_off
from tests.report.weeks import HEAD, a_week_summary

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SAVE = "#!/bin/sh\ncat >> handed.md\nprintf '\\n=====\\n' >> handed.md\n"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The samples' week taken in, nothing drawn; a program that keeps what it is handed."""
    root = make_workspace(tmp_path_factory.mktemp("notify") / "ws")
    script = root / "hand.sh"
    script.write_text(SAVE)
    script.chmod(0o700)
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
    return root


@pytest.fixture
def workspace(collected, tmp_path):
    """A copy that is told of by `notify: TEXT`."""

    def of(text: str):
        root = shutil.copytree(collected, tmp_path / f"ws{len(list(tmp_path.iterdir()))}", copy_function=shutil.copy2)
        settings = root / "evalharness.yaml"
        settings.write_text(f"{settings.read_text()}\nnotify: {text}\n")
        return root

    return of


def handed(root) -> list[str]:
    path = root / "handed.md"
    return path.read_text().split("\n=====\n")[:-1] if path.exists() else []


def week(root, now=NOW):
    with opened(Workspace.at(root), write=True) as house:
        return run_week(house, now)


def done_summary(**fields):
    """The golden week, everybody asked has answered."""
    summary = a_week_summary(**fields)
    return summary.model_copy(update={"graders": tuple(one.model_copy(update={"calls": one.asked}) for one in summary.graders)})


def test_nothing_is_sent_without_a_word_of_it(collected, tmp_path):
    """No `notify:`: nobody is told of any week, and the command shows what to write."""
    root = shutil.copytree(collected, tmp_path / "ws", copy_function=shutil.copy2)
    with opened(Workspace.at(root)) as house:
        assert told_weeks(house, NOW) == []
    said = run("notify", "--workspace", root)
    assert "docs/notify.md" in said.stdout, said.stderr
    for option in ("--test", "--send"):
        nobody = run("notify", option, "--workspace", root)
        assert (nobody.returncode, "nobody is told of anything" in nobody.stderr) == (2, True)


def test_a_week_that_is_over_is_reported_once(workspace):
    """`reported` at the first run; the second run of the same hour sends nothing, and the text is that of summary.md."""
    root = workspace("{run: [./hand.sh], on: [reported]}")
    first, second = week(root), week(root)
    assert [(one.when, one.sent.said) for one in first.handed] == [("reported", "exit code 0")]
    assert second.handed == []
    assert not first.incomplete
    (text,) = handed(root)
    assert text == (root / "reports" / WEEK / "summary.md").read_text()
    with opened(Workspace.at(root)) as house:
        before, after = (house.ledger.rows("audit", action=action) for action in (SENDING, SENT))
    assert (len(before), len(after)) == (1, 1)
    assert before[0]["id"] < after[0]["id"]


def test_a_week_waits_until_its_people_are_done(workspace):
    """By default nothing goes while sheets are open; once the next week is over it goes as it stands."""
    root = workspace("{run: [./hand.sh]}")
    assert week(root).handed == []
    later = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    assert [one.when for one in week(root, later).handed] == ["done"]
    assert len(handed(root)) == 1


def test_never_for_a_week_that_is_not_over(workspace):
    """Sunday evening: nobody is due, and asking for it is refused."""
    root = workspace("{run: [./hand.sh], on: [reported, verdict]}")
    sunday = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    with opened(Workspace.at(root), write=True) as house:
        assert due(house, done_summary(), sunday) == []
        with pytest.raises(UsageError, match="is not over yet"):
            send_now(house, done_summary(), sunday)
        assert [len(due(house, done_summary(), NOW))] == [1]
    assert handed(root) == []


def test_each_occasion_is_one_message_and_the_same_text_never_goes_twice(workspace):
    """Reported and done come together: one message. Signed later with another text: a second one. Then no more."""
    root = workspace("{run: [./hand.sh], on: [reported, done, signed]}")
    open_week, ready = a_week_summary(), done_summary()
    signed = ready.model_copy(update={"signed": a_sign_off()})
    with opened(Workspace.at(root), write=True) as house:
        assert [one.when for one in hand_over(house, open_week, NOW)] == ["reported"]
        assert [one.when for one in hand_over(house, ready, NOW)] == ["done"]
        assert hand_over(house, ready, NOW) == ()
        assert [one.when for one in hand_over(house, signed, NOW)] == ["signed"]
        assert hand_over(house, signed, NOW) == ()
    assert len(set(handed(root))) == 3


def test_another_verdict_is_another_message(workspace):
    """Missed, then open, then missed again with another note: each change goes, standing still does not."""
    root = workspace("{run: [./hand.sh], on: [verdict]}")
    missed, unclear = done_summary(), done_summary(verdict="not proven yet")
    again = done_summary(notices=("something new",))
    with opened(Workspace.at(root), write=True) as house:
        sent = [len(hand_over(house, one, NOW)) for one in (missed, missed, unclear, again, again)]
    assert sent == [1, 0, 1, 1, 0]


def test_a_text_with_another_head_of_the_ledger_is_no_other_text(workspace):
    """Missed, open, missed as before while the ledger has grown: two messages, each with its head; the third says nothing new."""
    root = workspace("{run: [./hand.sh], on: [verdict]}")
    missed, unclear = done_summary(), done_summary(verdict="not proven yet")
    grown = missed.model_copy(update={"ledger_head": f"1300:{'0b' * 32}"})
    with opened(Workspace.at(root), write=True) as house:
        assert [len(hand_over(house, one, NOW)) for one in (missed, unclear, grown)] == [1, 1, 0]
        assert [one.sent.ok for one in send_now(house, grown, NOW)] == [True]
    assert [HEAD in text for text in handed(root)] == [True, True, False]
    assert grown.ledger_head in handed(root)[-1]


def test_what_failed_is_tried_again_and_is_loud(workspace):
    """The program is not there: exit 5 and a line; put there, the next run hands the same week over."""
    root = workspace("{run: [./gone.sh], on: [reported]}")
    failed = run("week", "--workspace", root)
    assert failed.returncode == 5, failed.stderr
    assert f"NOTIFY FAILED  {WEEK} to run ./gone.sh: it could not be started" in failed.stdout
    assert "the next run of week tries again" in failed.stdout
    shutil.copy2(root / "hand.sh", root / "gone.sh")
    again = run("week", "--json", "--workspace", root)
    assert [one["sent"]["ok"] for one in json.loads(again.stdout)["handed"]] == [True]
    assert len(handed(root)) == 1


def test_a_crash_between_sending_and_knowing_is_said_and_not_repeated(workspace):
    """The row before it went is enough: it may have been sent; only --send sends it once more, and then nothing is in doubt."""
    root = workspace("{run: [./hand.sh], on: [reported]}")
    with opened(Workspace.at(root), write=True) as house:
        notice = house.config.notify[0]
        kept = {
            "send": 1,
            "notice": notice.key,
            "to": notice.target,
            "week": WEEK,
            "when": ["reported"],
            "text": "x",
            "verdict": "",
        }
        with house.ledger.transaction() as tx:
            add_audit(tx, SENDING, kept, NOW)
        (one,) = hand_over(house, done_summary(), NOW)
        assert (one.sent, one.doubt) == (None, True)
    said = run("week", "--workspace", root)
    assert f"MAY HAVE BEEN SENT  {WEEK} to run ./hand.sh" in said.stdout
    assert handed(root) == []
    sent = run("notify", "--send", "--workspace", root)
    assert "handed to run ./hand.sh (exit code 0): somebody asked for it" in sent.stdout, sent.stderr
    with opened(Workspace.at(root)) as house:
        assert list(in_doubt(house, WEEK)) == []


def test_a_webhook_gets_the_short_form_as_json(workspace, monkeypatch):
    """Key `text`, at most 4,000 characters; the header's value comes from the environment, and stands nowhere else."""
    with a_server(status(200)) as (url, requests):
        root = workspace(f"{{post: '{url}/secret-path', headers: {{Authorization: HOOK}}, on: [reported]}}")
        monkeypatch.setenv("HOOK", "Bearer s3cret")
        done = week(root)
        with opened(Workspace.at(root)) as house:
            kept = json.dumps(house.ledger.rows("audit"), default=str)
    ((path, headers, body),) = requests
    message = json.loads(body)
    assert (path, headers["Authorization"], headers["Content-Type"]) == ("/secret-path", "Bearer s3cret", "application/json")
    assert set(message) == {"text"}
    assert message["text"].startswith("# Front Desk, week 2026-W47")
    assert len(message["text"]) <= 4000
    assert not [word for word in ("s3cret", "secret-path") if word in kept]
    assert done.handed[0].to == f"post {url.removeprefix('http://')}"


def test_a_webhook_may_get_the_markdown_itself(workspace):
    """`json_key: null`, `form: whole`: the body is summary.md, and says so."""
    with a_server(status(204)) as (url, requests):
        root = workspace(f"{{post: '{url}', json_key: null, form: whole, on: [reported]}}")
        week(root)
    ((_, headers, body),) = requests
    assert headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert body == (root / "reports" / WEEK / "summary.md").read_bytes()


@pytest.mark.parametrize(
    ("answer", "said"), [(status(500), "status 500"), (status(302, Location="http://127.0.0.1:1/"), "status 302")]
)
def test_a_server_that_refuses_or_redirects(workspace, answer, said):
    """Anything but 2xx failed; a redirect is not followed."""
    with a_server(answer) as (url, requests):
        root = workspace(f"{{post: '{url}', on: [reported]}}")
        done = week(root)
    assert ([one.sent.said for one in done.handed], len(requests), done.incomplete) == ([said], 1, True)


def test_a_variable_that_is_not_set_sends_nothing(workspace, monkeypatch):
    """It says which one; the week itself is reported."""
    monkeypatch.delenv("HOOK", raising=False)
    with a_server(status(200)) as (url, requests):
        root = workspace(f"{{post: '{url}', headers: {{X-Key: HOOK}}, on: [reported]}}")
        done = week(root)
    assert [one.sent.said for one in done.handed] == ["the environment variable HOOK is not set"]
    assert requests == []
    assert (root / "reports" / WEEK / "summary.md").exists()


def test_only_the_two_newest_weeks_are_told_of(workspace):
    """Configured late, a workspace does not send its whole past."""
    root = workspace("{run: [./hand.sh]}")
    with opened(Workspace.at(root)) as house:
        assert told_weeks(house, NOW) == [WEEK]
        assert told_weeks(house, datetime(2026, 11, 20, tzinfo=UTC)) == []


def test_a_week_that_was_signed_is_told_of_by_the_next_run(workspace):
    """`week` leaves it as it is, and hands it over once."""
    root = workspace("{run: [./hand.sh], on: [signed]}")
    assert week(root).handed == []
    with opened(Workspace.at(root), write=True) as house, house.ledger.transaction() as tx:
        add_sign_off(tx, a_sign_off(week=WEEK, at=MONDAY), NOW)
    assert [one.when for one in week(root).handed] == ["signed"]
    assert week(root).handed == []


def test_the_command_shows_and_tests(workspace):
    """Without options nothing is sent: to whom, when, and the text; --test says it is one and settles nothing."""
    root = workspace("[{run: [./hand.sh], on: [reported]}]")
    shown = run("notify", "--workspace", root)
    assert f"{WEEK} to run ./hand.sh: the next run of week hands it over" in shown.stdout, shown.stderr
    assert "  when the week is over" in shown.stdout
    assert "# Front Desk, week 2026-W47" in shown.stdout
    assert handed(root) == []
    tested = run("notify", "--test", "--json", "--workspace", root)
    assert [(one["when"], one["sent"]["ok"]) for one in json.loads(tested.stdout)] == [("test", True)]
    assert "This is no result." in handed(root)[0]
    assert json.loads(run("notify", "--json", "--workspace", root).stdout)[0]["now"] == ["reported"]
    both = run("notify", "--test", "--send", "--workspace", root)
    assert both.returncode == 2


def test_what_may_have_arrived_is_not_sent_again_by_itself(workspace):
    """The server reads the body and answers after the time it has: one delivery in three runs, and each run says so."""

    def late(handler):
        time.sleep(1.6)

    with a_server(late) as (url, requests):
        root = workspace(f"{{post: {url}/late, on: [reported], timeout_s: 1}}")
        summary = done_summary()
        with opened(Workspace.at(root), write=True) as house:
            told = [hand_over(house, summary, NOW) for _ in range(3)]
        assert len(requests) == 1
    assert [[(one.failed, one.doubt) for one in each] for each in told] == [[(True, False)], [(False, True)], [(False, True)]]


def test_a_test_tells_nobody_of_a_verdict(workspace):
    """A message that says it is a test counts as nothing: the verdict is still to be told."""
    root, summary = workspace("{run: [./hand.sh], on: [verdict]}"), done_summary()
    with opened(Workspace.at(root), write=True) as house:
        assert len(due(house, summary, NOW)) == 1
        send_now(house, summary, NOW, test=True)
        assert len(due(house, summary, NOW)) == 1
        hand_over(house, summary, NOW)
        assert due(house, summary, NOW) == []


def kept_try(house, notice, when="reported", **more):
    """The row before a message to this receiver went; no result of it."""
    rows = house.ledger.rows("audit", action=SENDING)
    kept = {
        "send": len(rows) + 1,
        "notice": notice.key,
        "to": notice.target,
        "week": WEEK,
        "when": [when],
        "text": "x",
        "verdict": "",
    }
    with house.ledger.transaction() as tx:
        add_audit(tx, SENDING, {**kept, **more}, NOW)
    return kept["send"]


def result_of(house, number, ok):
    with house.ledger.transaction() as tx:
        add_audit(tx, SENT, {"send": number, "week": WEEK, "ok": ok, "said": "", "seconds": 0.1}, NOW)


def test_what_is_in_doubt_stays_so_until_something_goes_through(workspace):
    """Unknown, then a failure: still in doubt, and of the first occasion. Then a success: no more."""
    root = workspace("{run: [./hand.sh], on: [reported, signed]}")
    with opened(Workspace.at(root), write=True) as house:
        notice = house.config.notify[0]
        kept_try(house, notice)
        result_of(house, kept_try(house, notice, "signed"), False)
        assert [(one.when, one.doubt) for one in in_doubt(house, WEEK)] == [("reported", True)]
        result_of(house, kept_try(house, notice, "signed"), True)
        assert list(in_doubt(house, WEEK)) == []


def test_one_address_is_one_receiver_of_each_form(workspace):
    """Two entries of one program and form: one message on both occasions. A third with the short form gets that, once; the
    same text never goes twice to an address."""
    own = "run: [./hand.sh]"
    root = workspace(f"[{{{own}, on: [reported]}}, {{{own}, on: [verdict]}}, {{{own}, on: [reported], form: short}}]")
    summary, other = done_summary(), done_summary(notices=("something new",))
    with opened(Workspace.at(root), write=True) as house:
        assert [(notice.short, when) for notice, when in due(house, summary, NOW)] == [
            (False, ("reported", "verdict")), (True, ("reported",)),
        ]  # fmt: skip
        assert [one.when for one in hand_over(house, summary, NOW)] == ["reported", "reported"]
        assert hand_over(house, summary, NOW) == ()
        assert hand_over(house, other, NOW) == (), "no occasion of it is new"
    assert len(set(handed(root))) == len(handed(root)) == 2


def test_two_receivers_of_one_host_are_in_doubt_each_for_itself(workspace):
    """What goes to the first page of a server says nothing of the second, whose last message nobody knows of."""
    with a_server(status(200)) as (url, _):
        root = workspace(f"[{{post: {url}/a, on: [reported]}}, {{post: {url}/b, on: [reported]}}]")
        with opened(Workspace.at(root), write=True) as house:
            kept_try(house, house.config.notify[1])
            found = hand_over(house, done_summary(), NOW)
    assert [(one.sent is not None, one.doubt) for one in found] == [(True, False), (False, True)]
