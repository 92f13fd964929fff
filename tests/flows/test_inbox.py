"""Which files of inbox/ the sources name, and that no other is passed over in silence."""

import json
from datetime import UTC, datetime

import pytest

from evalharness.cli.words import of_unread
from evalharness.collect.recognise import form_of
from evalharness.errors import InputError
from evalharness.flows.collect import collect_configured, collect_paths
from evalharness.flows.doctor import doctor
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.flows.week import run_week
from evalharness.workspace.folder import Workspace
from tests.collect.files import a_row, write_csv, write_rows
from tests.collect.payloads import a_vapi_call, write_json
from tests.flows.workspaces import run

AT = datetime(2025, 11, 25, 7, tzinfo=UTC)


@pytest.fixture
def fresh(tmp_path):
    """A workspace as `init` makes it where nothing is said about sources."""
    init(tmp_path / "desk", InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin"))
    return Workspace.at(tmp_path / "desk")


def with_sources(workspace, *sources):
    """The sources of its evalharness.yaml."""
    path = workspace.root / "evalharness.yaml"
    lines = "".join(f"\n    - {{{one}}}" for one in sources)
    path.write_text(path.read_text().replace('\n    - {path: "inbox/*", source: auto}', lines or " []"))
    return Workspace.at(workspace.root)


@pytest.mark.parametrize("name", ["v.json", "v.jsonl", "v.log"])
def test_a_platforms_log_in_the_inbox_of_a_fresh_workspace_is_collected(fresh, name):
    """init, a Vapi call into inbox/, week: whatever the file is called."""
    (fresh.inbox / name).write_text(json.dumps(a_vapi_call()) + "\n")
    with opened(fresh, write=True) as house:
        done = run_week(house, AT)
    assert [(report.source, report.accepted) for report in done.intakes] == [("vapi", 1)]
    assert (done.unread, [week.week for week in done.weeks]) == ([], ["2025-W47"])


def test_files_that_no_source_names_are_named(fresh):
    """In a folder below, with another ending; not turns.csv of calls.csv, hidden files, and what was collected by hand."""
    fresh = with_sources(fresh, 'path: "inbox/*.jsonl", source: jsonl')
    write_csv(fresh.inbox, "id,started_at\nc1,2025-11-17T09:00:00Z\n")
    (fresh.inbox / "sub").mkdir()
    deep = write_rows(fresh.inbox / "sub" / "deep.jsonl", [a_row(id="deep")])
    (fresh.inbox / ".hidden").write_text("x")
    with opened(fresh, write=True) as house:
        (left,) = collect_configured(house, AT)[1]
        assert left.what == "2 files in inbox/ match no source of collect.sources: calls.csv, sub/deep.jsonl"
        assert "inbox/*" in left.fix
        collect_paths(house, [deep], None, AT)
        assert collect_configured(house, AT)[1][0].what == "1 file in inbox/ matches no source of collect.sources: calls.csv"
    found = [one for one in doctor(fresh, AT) if "inbox/" in one.what]
    assert [(one.level, one.what) for one in found] == [
        ("warning", "1 file in inbox/ matches no source of collect.sources: calls.csv")
    ]


def test_doctor_names_files_that_cannot_be_read(fresh):
    """A source names them, and no known form fits."""
    (fresh.inbox / "notes.txt").write_text("Call Anna.\n")
    assert any(one.level == "warning" and "notes.txt is not in a form we know" in one.what for one in doctor(fresh, AT))


def test_a_source_that_recognises_leaves_what_another_names(fresh):
    """A survey and a log of its own map are not read as calls by inbox/*."""
    fresh = with_sources(fresh, 'path: "inbox/*"', 'path: "inbox/survey-*.csv", as: csat')
    write_rows(fresh.inbox / "a.jsonl", [a_row(started_at="2025-11-17T09:00:00Z")])
    (fresh.inbox / "survey-1.csv").write_text("call_id,csat\nc1,4\n")
    with opened(fresh, write=True) as house:
        reports, unread = collect_configured(house, AT)
    assert ([(one.source, one.accepted) for one in reports], unread) == ([("jsonl", 1), ("csat", 1)], [])


def test_files_in_no_known_form_are_explained_once(fresh):
    """Three texts: one whole message, a line each for the others, each with its path."""
    for name in ("a.txt", "b.txt", "c.txt"):
        (fresh.inbox / name).write_text("Call Anna.\n")
    with opened(fresh, write=True) as house:
        unread = collect_paths(house, [fresh.inbox], None, AT)[1]
    first, *others = of_unread(unread)
    assert "field map" in first
    assert [line.count("\n") for line in others] == [0, 0]
    assert "b.txt is not in a form we know" in others[0]
    assert str(fresh.inbox / "c.txt") in others[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [("[]", "holds an empty list"), ("{}\n", "holds an empty object"), ("\n\n  \n", "holds only blank lines")],
)
def test_files_without_anything_in_them(tmp_path, text, words):
    """They need no field map."""
    path = tmp_path / "calls.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        form_of(path)
    assert "field map" not in caught.value.fix


def test_one_row_is_no_rows(fresh):
    """The line of one call."""
    log = write_json(fresh.root / "v.json", a_vapi_call())
    assert "v.json: 1 row read = 1 accepted" in run("collect", log, "--workspace", fresh.root).stdout
