"""Collecting through a workspace: sources by name, events over several files, later facts in the week's numbers."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.cli.words import of_intakes
from evalharness.collect.intake import Intake
from evalharness.collect.supplements import JOINS, KINDS
from evalharness.errors import LedgerError, UsageError
from evalharness.flows.collect import collect_configured, collect_later, collect_paths, how_read, later_rules
from evalharness.flows.draw import draw
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.flows.summary import week_summary
from evalharness.models.rule import parse_rule
from evalharness.store.records import load_sample, supplements
from evalharness.workspace.collecting import Source
from evalharness.workspace.folder import Workspace
from tests.collect.files import a_row, a_turn_row, counts, write_rows
from tests.collect.payloads import a_retell_call, a_vapi_call
from tests.collect.platforms.runs import a_run
from tests.flows.workspaces import run

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
WEEK = "2026-W47"


@pytest.fixture
def root(tmp_path):
    """A new workspace without sources."""
    init(tmp_path / "desk", InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    return tmp_path / "desk"


def house_of(root: Path):
    return opened(Workspace.at(root), write=True)


def set_sources(root: Path, *sources: str) -> None:
    """The sources of evalharness.yaml."""
    path = root / "evalharness.yaml"
    path.write_text(path.read_text().replace("sources: []", "sources:" + "".join(f"\n    - {{{one}}}" for one in sources)))


def write_calls(root: Path, count: int = 3, name: str = "calls.jsonl", **fields: object) -> Path:
    """Calls c1, c2, ... an hour apart, each of its own caller, with something said."""
    rows = [
        a_row(**{"id": f"c{at}", "started_at": f"2026-11-16T{9 + at % 9:02d}:00:00Z", "caller": f"+1555010{at:04d}", **fields})
        for at in range(1, count + 1)
    ]
    return write_rows(root / "inbox" / name, rows)


def write_facts(root: Path, text: str, name: str = "survey.csv") -> Path:
    path = root / "inbox" / name
    path.write_text(text)
    return path


def later(house, path, kind="csat", join=None):
    (report,), _ = collect_later(house, [path], later_rules(house, kind, join), AT)
    return report


def facts_by_id(house):
    return {call.id: call for call in house.calls.facts(WEEK)}


def test_csat_answers_appear_in_the_facts(root):
    """Two matched, one row without a call named; the same file again is two duplicates."""
    facts = write_facts(root, "call_id,csat,known_at\nc1,5,2026-11-16T12:00:00Z\nc2,2,2026-11-16T12:00:00Z\nnone,4,\n")
    with house_of(root) as house:
        collect_paths(house, [write_calls(root)], None, AT)
        report = later(house, facts)
        assert (report.rows, *counts(report)) == (3, 2, 0, 0, 0, 1)
        assert report.rejects[0].reason == 'no call in the log has the id "none"'
        assert [facts_by_id(house)[name].csat for name in ("c1", "c2", "c3")] == [5.0, 2.0, None]
        assert counts(later(house, facts)) == (0, 2, 0, 0, 1)
        assert house.calls.fill(WEEK)["csat"] == pytest.approx(2 / 3)
        (csat,) = [check for check in week_summary(house, WEEK).checks if check.measure.name == "csat_gap_points"]
        assert csat.measure.missing == 1


def test_each_kind_of_fact(root):
    """Outcome, version, cost and consent, in facts, in rules, and in the call itself; the newest known counts."""
    with house_of(root) as house:
        collect_paths(house, [write_calls(root)], None, AT)
        later(house, write_facts(root, "call_id,outcome\nc1,failed_technical\n"), "outcome")
        later(house, write_facts(root, "call_id,version\nc1,v2\n"), "version")
        later(house, write_facts(root, "call_id,cost.llm,cost.tts,known_at\nc1,0.2,0.1,2026-11-18T00:00:00Z\n"), "cost")
        later(house, write_facts(root, "call_id,cost,known_at\nc1,9,2026-11-17T00:00:00Z\n"), "cost")
        later(house, write_facts(root, "call_id,consent\nc1,no\n"), "consent")
        found = facts_by_id(house)["c1"]
        assert (found.outcome, found.version, found.currency, found.metadata) == (
            "failed_technical",
            "v2",
            "USD",
            {"consent": False},
        )
        assert found.cost_usd == pytest.approx(0.3)
        assert [call.id for call in house.calls.facts(WEEK, parse_rule("metadata.consent == false"))] == ["c1"]
        assert [call.id for call in house.calls.facts(WEEK, parse_rule("outcome == failed_technical and version == v2"))] == [
            "c1"
        ]
        (call,) = house.calls.find("c1")
        assert (call.outcome, call.version, call.metadata, "outcome" in call.inferred) == (
            "failed_technical",
            "v2",
            {"consent": False},
            False,
        )
        assert house.calls.costs(WEEK, None, "USD").components == {"llm": (1, 0.2), "tts": (1, 0.1)}


def test_facts_by_caller_and_time(root):
    """09:20 lies 20 minutes after the call of 09:00's start, 10:45 is 45 minutes off; the nearest call counts."""
    rows = [
        a_row(id=name, started_at=f"2026-11-16T{start}:00Z", ended_at=f"2026-11-16T{end}:00Z", caller="+15550100001")
        for name, start, end in (("a", "09:00", "09:05"), ("b", "09:40", "09:45"), ("c", "09:40", "09:45"))
    ]
    lines = [("09:20", 4), ("09:02", 5), ("10:45", 3), ("09:50", 2)]
    facts = "caller,at,csat\n" + "".join(f"1 555 010 0001,2026-11-16T{at}:00Z,{csat}\n" for at, csat in lines)
    with house_of(root) as house:
        collect_paths(house, [write_rows(root / "inbox" / "calls.jsonl", rows)], None, AT)
        report = later(house, write_facts(root, facts), "csat", "caller_time")
        assert counts(report) == (2, 0, 0, 0, 2)
        assert [(row.line, row.reason) for row in report.rejects] == [
            (4, "no call of this caller lies within 30 minutes of 2026-11-16 10:45 UTC"),
            (5, 'two calls of this caller lie equally near: "b" and "c"'),
        ]
        assert {(fact.call_id, fact.value) for fact in supplements(house.ledger)} == {("a", 4.0), ("a", 5.0)}


def test_an_id_of_two_sources_needs_the_source(root):
    """Nothing is guessed."""
    with house_of(root) as house:
        rows = [a_row(id="x", source="vapi"), a_row(id="x", source="retell")]
        collect_paths(house, [write_rows(root / "inbox" / "calls.jsonl", rows)], None, AT)
        report = later(house, write_facts(root, "call_id,source,csat\nx,,4\nx,vapi,5\nx,twilio,5\n"))
        assert counts(report) == (1, 0, 0, 0, 2)
        assert "retell, vapi; say which in `source`" in report.rejects[0].reason
        assert supplements(house.ledger)[0].source == "vapi"


def test_configured_sources_with_later_facts(root):
    """`week` takes calls first, then the facts; a survey whose calls come only later is read again then."""
    set_sources(root, "path: 'inbox/survey*.csv', as: csat, join: call_id", "path: 'inbox/*.jsonl'")
    write_facts(root, "call_id,csat\nc1,5\nlate,4\n")
    write_calls(root, 1)
    with house_of(root) as house:
        reports, unread = collect_configured(house, AT)
        assert ([(one.source, counts(one)) for one in reports], unread) == (
            [("jsonl", (1, 0, 0, 0, 0)), ("csat", (1, 0, 0, 0, 1))],
            [],
        )
        assert collect_configured(house, AT)[0] == []
        write_calls(root, 1, "more.jsonl", id="late")
        assert [(one.source, counts(one)) for one in collect_configured(house, AT)[0]] == [
            ("jsonl", (1, 0, 0, 0, 0)),
            ("csat", (1, 1, 0, 0, 0)),
        ]
        assert collect_configured(house, AT)[0] == []


def test_a_frozen_call_does_not_change(root):
    """What came after the draw stands in the week's numbers and not in what is graded."""
    with house_of(root) as house:
        collect_paths(house, [write_calls(root, 40)], None, AT)
        drawn = draw(house, WEEK, AT).sample
        text = "call_id,outcome\n" + "".join(f"{item.call.id},failed_technical\n" for item in drawn.items[:5])
        later(house, write_facts(root, text), "outcome")
        frozen = load_sample(house.ledger, WEEK)
        assert frozen.frozen_digest() == drawn.frozen_digest()
        assert {item.call.outcome for item in frozen.items} == {"unknown"}
        assert sum(call.outcome == "failed_technical" for call in house.calls.facts(WEEK)) == 5
        assert week_summary(house, WEEK).checks


def test_known_before_the_draw_decides_the_stratum(root):
    """An outcome from the CRM counts like one from the log: three calls are drawn as handed to a person."""
    with house_of(root) as house:
        collect_paths(house, [write_calls(root, 40)], None, AT)
        later(house, write_facts(root, "call_id,outcome\nc1,transferred\nc2,follow_up\nc3,transferred\n"), "outcome")
        sample = draw(house, WEEK, AT).sample
        assert {one.stratum.name: one.population for one in sample.design.strata} == {"to_a_person": 3, "core": 37}


def test_retell_events_in_two_files(root):
    """call_ended is a call, call_analyzed a day later a supplement of it, the same again a duplicate; never a conflict."""
    ended = {"event": "call_ended", "call": a_retell_call()}
    analyzed = {"event": "call_analyzed", "call": a_retell_call(call_analysis={"call_successful": False, "in_voicemail": True})}
    with house_of(root) as house:
        files = [write_rows(root / "inbox" / f"{name}.jsonl", [row]) for name, row in (("a", ended), ("b", analyzed))]
        first, second = collect_paths(house, files, "retell", AT)[0]
        assert (counts(first), counts(second)) == ((1, 0, 0, 0, 0), (1, 0, 0, 0, 0))
        (call,) = house.calls.facts("2025-W47")
        assert (call.outcome, call.metadata["call_successful"]) == ("out_of_scope", False)
        again = collect_paths(house, [files[1], files[0]], "retell", AT)[0]
        assert [counts(one) for one in again] == [(0, 1, 0, 0, 0), (0, 1, 0, 0, 0)]
        assert len(supplements(house.ledger)) == 2


def test_the_form_is_recognised_and_said(root, tmp_path):
    """--source auto is the default; a named source is not explained."""
    path = write_rows(tmp_path / "log.jsonl", [a_vapi_call()])
    assert how_read([path], None) == how_read([path], "auto")
    assert how_read([path], "auto") == [
        "log.jsonl: read as vapi, for a call in it has the fields of a Vapi call or end-of-call-report"
    ]
    assert how_read([path], "vapi") == []
    with house_of(root) as house:
        (report,), _ = collect_paths(house, [path], "auto", AT)
        assert (report.source, report.accepted) == ("vapi", 1)


def test_folders_packed_files_and_standard_input(root, tmp_path, monkeypatch):
    """A folder of two files, the same calls packed, and through standard input: taken once, the rest duplicates, nothing left."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name in ("a", "b"):
        write_rows(folder / f"{name}.jsonl", [a_row(id=name)])
    both = b"".join((folder / f"{name}.jsonl").read_bytes() for name in ("a", "b"))
    (tmp_path / "both.gz").write_bytes(gzip.compress(both))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(both)))
    said: list[str] = []
    with house_of(root) as house:
        reports, unread = collect_paths(house, [str(folder), tmp_path / "both.gz", "-", "s3://none"], None, AT, said.append)
        assert [(one.file, counts(one)) for one in reports] == [
            ("a.jsonl", (1, 0, 0, 0, 0)),
            ("b.jsonl", (1, 0, 0, 0, 0)),
            ("both.gz", (0, 2, 0, 0, 0)),
            ("standard-input", (0, 2, 0, 0, 0)),
        ]
        assert len(unread) == 1
        assert [line.partition(":")[0] for line in said] == ["a.jsonl", "b.jsonl", "both.gz", "standard-input"]
    assert not list(root.glob(".laid-down-*"))


@pytest.mark.parametrize("pattern", ["inbox/*", "inbox/**/*.jsonl", "inbox/*/transcript.jsonl"])
def test_folders_of_runs_in_a_source(root, pattern):
    """By the folder or by a file of it: each run once, one that goes on is said, and next time only what is new is read."""
    set_sources(root, f"path: '{pattern}'")
    a_run(root / "inbox" / "first")
    a_run(root / "inbox" / "second", **{"pipecat_logs.jsonl": None})
    with house_of(root) as house:
        reports, unread = collect_configured(house, AT)
        assert [(one.file, one.source, counts(one)) for one in reports] == [
            ("first", "pipecat", (1, 0, 0, 0, 0)),
            ("second", "pipecat", (1, 0, 0, 0, 0)),
        ]
        assert unread == []
        a_run(root / "inbox" / "third", **{"transcript.jsonl": [{}], "pipecat_logs.jsonl": None})
        reports, _ = collect_configured(house, AT)
        assert [(one.file, counts(one)) for one in reports] == [("third", (0, 0, 0, 0, 1))]
    assert not list(root.glob(".laid-down-*"))


def test_a_packed_copy_in_a_source_is_not_read_again(root):
    """The digest is of what is in it: `week` passes over calls.jsonl.gz where calls.jsonl was taken in."""
    set_sources(root, "path: 'inbox/*.jsonl*'")
    plain = write_calls(root)
    with house_of(root) as house:
        assert [one.accepted for one in collect_configured(house, AT)[0]] == [3]
        (root / "inbox" / "calls.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
        assert collect_configured(house, AT) == ([], [])


def test_words_that_do_not_exist(root):
    """A kind, a join."""
    with house_of(root) as house:
        for kind, join in (("csta", None), ("csat", "phone")):
            with pytest.raises(UsageError, match="is not known"):
                later_rules(house, kind, join)


def test_the_configuration_knows_the_same_kinds_and_joins():
    """As the room that reads them."""
    for kind in KINDS:
        for join in JOINS:
            assert Source.model_validate({"path": "x", "as": kind, "join": join}).kind == kind
    for wrong in ({"join": "call_id"}, {"as": "csat", "source": "vapi"}, {"as": "calls", "join": "call_id"}):
        with pytest.raises(ValueError, match=r"`as`"):
            Source.model_validate({"path": "x", **wrong})


def test_a_map_over_csv_is_a_source(root):
    """Also under a name such as calls-47.csv, which has no turns.csv beside it."""
    path = root / "evalharness.yaml"
    table = "{id: id, started_at: began, turns: {each: said, speaker: {path: who}, text: text}}"
    path.write_text(
        path.read_text().replace("sources: []", f"sources: [{{path: 'inbox/*.csv', source: table}}]\n  maps: {{table: {table}}}")
    )
    cell = (
        json.dumps(
            [
                a_turn_row("caller", "Hi."),
            ]
        )
        .replace('"speaker"', '"who"')
        .replace('"', '""')
    )
    write_facts(root, f'id,began,said\nc1,2026-11-16T09:00:00Z,"{cell}"\n', "calls-47.csv")
    with house_of(root) as house:
        reports, unread = collect_configured(house, AT)
        assert ([counts(one) for one in reports], unread) == ([(1, 0, 0, 0, 0)], [])


def test_the_commands(root, tmp_path):
    """collect says what it recognised, --as takes facts, 5 for a row that was rejected, 2 for words that do not fit."""
    calls, facts = write_calls(root), write_facts(root, "call_id,csat\nc1,5\nnone,4\n")
    taken = run("collect", calls, "--workspace", root)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert taken.stdout.startswith(
        "calls.jsonl: read as jsonl, for a call in it has id and turns\ncalls.jsonl: 3 rows read = 3 accepted"
    )
    later_taken = run("collect", facts, "--as", "csat", "--workspace", root)
    assert later_taken.returncode == 5
    assert 'rejected  line 3, call_id: no call in the log has the id "none"' in later_taken.stdout
    for words in (("--join", "call_id"), ("--as", "csta"), ("--as", "csat", "--source", "vapi")):
        assert run("collect", facts, *words, "--workspace", root).returncode == 2
    made = run(
        "init", tmp_path / "new", "--agent", "A", "--owner", "Anna", "--timezone", "UTC", "--criteria", "x", "--from", calls
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert "calls.jsonl is read as jsonl" in made.stdout
    assert run("doctor", "--workspace", tmp_path / "new").returncode == 0


def test_a_map_with_every_kind_of_value_collects_without_a_warning(root):
    """The digest of how a file is read takes the map as it is written, and the same file is then known."""
    turns = "{each: turns, speaker: {path: who, values: {u: caller}}, text: text}"
    text = f"\n    desk: {{id: {{join: [a, b], with: '-'}}, started_at: at, agent: {{const: Desk}}, turns: {turns}}}"
    path = root / "evalharness.yaml"
    path.write_text(path.read_text().replace("sources: []", "sources: []\n  maps:" + text))
    assert "desk: {id" in path.read_text()
    row = {"a": "1", "b": "2", "at": "2026-11-16T09:00:00Z", "turns": [{"who": "u", "text": "Hello"}]}
    log = write_rows(root / "inbox" / "desk.jsonl", [row])
    done = run("collect", log, "--source", "desk", "--workspace", root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 accepted" in done.stdout


def test_a_file_whose_counts_do_not_add_up_is_not_taken(root, monkeypatch):
    """Should the program itself lose a row, nothing of the file counts and it says so."""
    path = write_calls(root)
    whole = Intake.report.fget
    monkeypatch.setattr(Intake, "report", property(lambda intake: whole(intake).model_copy(update={"rows": 4})))
    with house_of(root) as house:
        with pytest.raises(LedgerError, match="4 rows were read and not all of them are accounted for"):
            collect_paths(house, [path], None, AT)
        assert house.calls.weeks() == []


def test_calls_that_start_in_the_future_are_told(root):
    """Read at noon of the 18th, one of two starts at 13:00: both are in, one line tells of it; read again, nothing is new."""
    noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
    path = write_rows(
        root / "c.jsonl", [a_row(id="a", started_at="2026-11-18T11:00:00Z"), a_row(id="b", started_at="2026-11-18T13:00:00Z")]
    )
    with house_of(root) as house:
        (first,), _ = collect_paths(house, [path], None, noon)
        (again,), _ = collect_paths(house, [path], None, noon)
    assert (first.accepted, first.future, again.future) == (2, 1, 0)
    assert "  future    1 accepted call starts after now" in "\n".join(of_intakes([first]))
    assert "future" not in "\n".join(of_intakes([again]))
