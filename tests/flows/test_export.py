"""Exports of a real workspace: whole or as before, never over what is not ours, recorded with the calls in them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import resource
import shutil
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evalharness.errors import ExportError, UsageError
from evalharness.flows import export as flow
from evalharness.flows.export import FORMS, ExportWish, export
from evalharness.flows.exported import exported_weeks, known_weeks
from evalharness.flows.opened import opened
from evalharness.flows.week import run_week
from evalharness.report.exports import catalogue
from evalharness.store import files as store_files
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import make_workspace, run
from tests.report.exports.golden import a_tiny_summary

WEEKS = ("2026-W46", "2026-W47")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ONE = ExportWish(WEEKS[1:])


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Two weeks taken in, drawn and reported."""
    root = make_workspace(tmp_path_factory.mktemp("export") / "ws", WEEKS)
    with opened(Workspace.at(root), write=True) as house:
        run_week(house, NOW)
    return root


@pytest.fixture
def root(drawn, tmp_path):
    """A copy to export from."""
    return shutil.copytree(drawn, tmp_path / "ws", copy_function=shutil.copy2)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A workspace without calls whose weeks are made, so that an export takes no time: `made.week` is what the next one holds."""
    root = make_workspace(tmp_path / "made", ())
    weeks = [a_tiny_summary()]
    monkeypatch.setattr(flow, "summaries", lambda *_: list(weeks))
    monkeypatch.setattr(flow, "with_trend_over", lambda _, made: made)
    return root, weeks


def do(root, wish=ONE):
    with opened(Workspace.at(root), write=True) as house:
        return export(house, wish, NOW)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_two_weeks_as_csv(root):
    """Every table but the turns, with the dictionary; the second time nothing is written; only the owner can read them."""
    done = do(root, ExportWish(WEEKS))
    folder = root / "exports" / "2026-W46_2026-W47" / "csv"
    assert done.folder == folder
    assert set(contents(folder)) == {f"{one.name}.csv" for one in catalogue.TABLES if not one.texts} | {
        "dictionary.md", "datapackage.json",
    }  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    calls = rows_of(folder / "calls.csv")
    assert len(calls) == done.files["calls.csv"] == 70
    assert {row["week"] for row in calls} == set(WEEKS)
    assert do(root, ExportWish(WEEKS)).changed == ()


def test_parquet_has_the_types_of_the_dictionary(root):
    """Read back by pyarrow: integers, doubles, booleans, UTC timestamps, categories; nullable as declared; the rows of CSV."""
    folder = do(root, ExportWish(WEEKS, "parquet")).folder
    plain = do(root, ExportWish(WEEKS)).folder
    kinds = {"text": "string", "answer": "string", "integer": "int64", "number": "double", "boolean": "bool"}
    for table in (one for one in catalogue.TABLES if not one.texts):
        found = pq.read_table(folder / f"{table.name}.parquet")
        assert found.column_names == list(table.names)
        for column, field in zip(table.columns, found.schema, strict=True):
            shown = {"word": "dictionary<values=string, indices=int32, ordered=0>", "instant": "timestamp[us, tz=UTC]"}
            assert str(field.type) == (shown.get(column.kind) or kinds[column.kind]), (table.name, column.name)
            assert (field.nullable, field.metadata[b"description"]) == (column.nullable, column.means.encode())
        rows = rows_of(plain / f"{table.name}.csv")
        assert found.num_rows == len(rows)
    starts = pq.read_table(folder / "calls.parquet")["started_at"].to_pylist()
    assert starts[0].tzinfo is not None
    assert (WEEKS[0], starts[0].isoformat().replace("+00:00", "Z")) in {
        (row["week"], row["started_at"]) for row in rows_of(plain / "calls.csv")
    }


def test_texts_are_exported_only_where_they_are_asked_for_and_taken_away_again(root):
    """`turns` holds what was said; an export without it does not leave the old file there."""
    said = "clinical"
    folder = root / "exports" / "2026-W47" / "csv"
    assert "turns.csv" not in do(root).files
    with_texts = do(root, ExportWish(WEEKS[1:], texts=True))
    turns = (folder / "turns.csv").read_text(encoding="utf-8")
    assert "turns.csv" in with_texts.changed
    assert len(turns) > 10_000, said
    assert do(root).gone == ("turns.csv",)
    assert not (folder / "turns.csv").exists()


def test_the_ledger_knows_which_calls_an_export_holds(root):
    """Each file by path, digest, weeks and calls: what a purge has to find; also in a folder outside the workspace."""
    outside = root.parent / "outside"
    do(root, ExportWish(WEEKS[1:], folder=outside))
    with opened(Workspace.at(root)) as house:
        rows = {Path(row["path"]).name: row for row in house.ledger.rows("exports", kind="export")}
        assert house.ledger.verify() == []
    calls = rows_of(outside / "calls.csv")
    held = rows["calls.csv"]["details"]
    assert rows["calls.csv"]["path"] == (outside / "calls.csv").as_posix()
    assert rows["calls.csv"]["digest"] == hashlib.sha256((outside / "calls.csv").read_bytes()).hexdigest()
    assert held["weeks"] == ["2026-W47"]
    assert {tuple(one) for one in held["calls"]} == {(row["source"], row["call_id"]) for row in calls}
    assert rows["measures.csv"]["details"]["calls"] == []


def test_json_comes_with_summaries_and_their_schema(made):
    """What a program needs to read them."""
    root, _ = made
    folder = do(root, ExportWish(WEEKS[1:], "json")).folder
    assert json.loads((folder / "summary-2026-W47.json").read_bytes())["week"] == "2026-W47"
    assert json.loads((folder / "summary.schema.json").read_bytes())["$schema"].endswith("2020-12/schema")
    with opened(Workspace.at(root)) as house:
        (row,) = [one for one in house.ledger.rows("exports") if one["path"].endswith("summary-2026-W47.json")]
    assert ["demo", "call-005-9f3a"] in row["details"]["calls"]


def test_what_somebody_typed_is_never_replaced(made):
    """A CSV saved by a spreadsheet program: the command names it, and not one file is written."""
    root, weeks = made
    folder = do(root).folder
    (folder / "checks.csv").write_text("mine")
    before = contents(folder)
    weeks[0] = weeks[0].model_copy(update={"agent": "Another Desk"})
    with pytest.raises(ExportError, match=r"checks\.csv is not as this command wrote it"):
        do(root)
    assert contents(folder) == before
    (folder / "checks.csv").unlink()
    assert "weeks.csv" in do(root).changed
    assert (folder / "checks.csv").exists()


def test_a_file_that_is_open_elsewhere(made):
    """LibreOffice's mark beside it: nothing is replaced."""
    root, weeks = made
    folder = do(root).folder
    (folder / ".~lock.weeks.csv#").touch()
    weeks[0] = weeks[0].model_copy(update={"agent": "Another Desk"})
    with pytest.raises(ExportError, match=r"weeks\.csv"):
        do(root)


@pytest.mark.parametrize("inside", [".", "reports/2026-W47", "sheets", "calls", "exports/../reports"])
def test_the_workspaces_own_folders_are_refused(made, inside):
    """scores.csv of a signed week would be replaced there."""
    root, _ = made
    with pytest.raises(UsageError, match="a folder of the workspace itself"):
        do(root, ExportWish(WEEKS[1:], folder=root / inside))
    assert do(root, ExportWish(WEEKS[1:], folder=root / "exports" / "mine")).changed


def die_at(point: int) -> None:
    """SIGKILL at the point-th step of writing: each sync of a file, each rename, each sync of a folder, before or after it."""
    steps = iter(range(1, 10**6))

    def die_here():
        if next(steps) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(work):
        def step(*args):
            die_here()
            done = work(*args)
            die_here()
            return done

        return step

    store_files._write_synced = counted(store_files._write_synced)
    store_files.sync_folder = counted(store_files.sync_folder)
    whole = Path.replace
    Path.replace = counted(whole)


def in_a_fork(work) -> int:
    """The wait status of a child that does the work and nothing else."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except ExportError:
            code = 7
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("trials", [24, pytest.param(102, marks=pytest.mark.long)])
def test_kills_at_every_step_leave_every_file_whole(made, trials):
    """Every file is the old or the new one, all old before the first rename; the next run makes all new. 24 steps spread over all
    of them; the long suite takes each."""
    root, weeks = made
    other = weeks[0].model_copy(update={"agent": "Another Desk", "owner": "B", "notices": ("x",), "timezone": "UTC"})
    other = other.model_copy(
        update={name: getattr(other, name)[:1] for name in ("checks", "results", "criteria", "cost", "latency")}
    )
    both = [weeks[0], other]
    folder = do(root).folder
    states, killed, mixed = [contents(folder)], 0, 0
    weeks[0] = other
    do(root)
    states.append(contents(folder))
    changed = sum(states[0][name] != states[1][name] for name in states[0])
    assert changed >= 8
    for trial in range(trials):
        old, new = states[(trial + 1) % 2], states[trial % 2]
        weeks[0] = both[trial % 2]
        point = trial * (6 * changed) // trials + 1
        status = in_a_fork(lambda point=point: (die_at(point), do(root)))
        killed += status == -signal.SIGKILL
        found = {name: data for name, data in contents(folder).items() if not name.endswith(".tmp")}
        assert set(found) == set(old)
        assert all(found[name] in (old[name], new[name]) for name in found)
        mixed += found not in (old, new)
        if point <= 2 * changed:
            assert found == old
        do(root)
        assert contents(folder) == new, f"after the kill at step {point}"
    assert killed >= trials * 0.9, "most runs ended before they were killed: the test has lost its power"
    assert mixed, "no kill fell between two renames"


def test_a_number_that_parquet_cannot_hold_stops_it_before_anything_is_written(made):
    """A log names turn 2^63: csv has it, parquet says so in words and writes nothing."""
    root, weeks = made
    result = weeks[0].results[0]
    call = result.call.model_copy(update={"turns": (result.call.turns[0].model_copy(update={"index": 2**63}),)})
    weeks[0] = weeks[0].model_copy(update={"results": (result.model_copy(update={"call": call}),)})
    whole = replace(ONE, texts=True)
    folder = do(root, replace(whole, form="csv")).folder
    assert b"9223372036854775808" in (folder / "turns.csv").read_bytes()
    with pytest.raises(ExportError, match="more than 64 bits"):
        do(root, replace(whole, form="parquet"))
    assert not folder.with_name("parquet").exists()


def test_a_full_disk_leaves_the_export_before_it(made):
    """No file may grow beyond so many bytes: an error in words, and every byte is as it was."""
    root, weeks = made
    folder = do(root).folder
    before = contents(folder)
    weeks[0] = weeks[0].model_copy(update={"agent": "Another Desk"})
    largest = max(map(len, before.values()))

    def limited(size):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        do(root)

    for size in (0, 100, 1000, 5000, largest // 2, largest - 1):
        assert in_a_fork(lambda size=size: limited(size)) in (1, 7), size
        assert {name: data for name, data in contents(folder).items() if not name.endswith(".tmp")} == before
    do(root)
    assert contents(folder) != before


def test_which_weeks(drawn):
    """One week, the newest N, all; both options at once and a week without calls are mistakes."""
    with opened(Workspace.at(drawn)) as house:
        assert exported_weeks(house, NOW) == ["2026-W47"]
        assert exported_weeks(house, NOW, weeks=0) == exported_weeks(house, NOW, weeks=9) == list(WEEKS)
        assert exported_weeks(house, NOW, weeks=1) == ["2026-W47"]
        assert exported_weeks(house, NOW, week="2026-W46") == ["2026-W46"]
        assert known_weeks(house, None, NOW) == list(WEEKS)
        assert known_weeks(house, ["2026-W47", "2026-W47"], NOW) == ["2026-W47"]
        assert known_weeks(house, None, datetime(2026, 11, 1, tzinfo=UTC)) == []
        with pytest.raises(UsageError):
            exported_weeks(house, NOW, week="2026-W46", weeks=1)
        with pytest.raises(UsageError):
            known_weeks(house, ["2026-W20"], NOW)


def test_the_command(root):
    """Where, which weeks, rows; --json for machines; a form that is none is a mistake of usage."""
    done = run("export", "--as", "csv", "--week", "2026-W47", "--workspace", root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Exported 2026-W47 to {root}/exports/2026-W47/csv\n")
    assert "  calls.csv         35 rows\n" in done.stdout
    told = json.loads(run("export", "--week", "2026-W47", "--json", "--workspace", root).stdout)
    assert (told["files"]["calls.csv"], told["written"]) == (35, [])
    wrong = run("export", "--as", "xml", "--workspace", root)
    assert (wrong.returncode, "one of csv, parquet, json, otel" in wrong.stderr) == (2, True)
    assert FORMS == ("csv", "parquet", "json", "otel")


def test_otel_of_a_week_that_nobody_graded_has_no_event(root):
    """Measured criteria alone: latency and what the log decides; no event for what waits for people."""
    folder = do(root, ExportWish(WEEKS[1:], "otel")).folder
    lines = (folder / "evaluations.otlp.jsonl").read_text(encoding="utf-8").splitlines()
    names = {
        value["value"]["stringValue"]
        for line in lines
        for record in json.loads(line)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        for value in record["attributes"]
        if value["key"] == "gen_ai.evaluation.name"
    }
    assert "latency" in names
    assert not names & {"correctness", "tone", "call_score"}
