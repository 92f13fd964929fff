"""A file is read once as long as each call has one event in it: the log is that of two readings, and nothing else is left."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.collect.rows import Row
from evalharness.errors import InputError
from evalharness.flows import collect as flow
from evalharness.flows.collect import collect_paths
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.flows.side_by_side import rows_of
from evalharness.store.intakes import parts
from evalharness.workspace.folder import Workspace
from tests.collect.files import write_rows
from tests.collect.payloads import a_retell_call
from tests.flows.test_collect import AT, write_calls
from tests.flows.test_kill import ledger_rows, outputs


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new workspace; every call is written as soon as it is decided about."""
    monkeypatch.setattr("evalharness.collect.intake._BATCH_BYTES", 1)
    init(tmp_path / "desk", InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    return tmp_path / "desk"


def taken(root: Path, files: list[Path]) -> tuple[object, object]:
    """The ledger and the files of the log; every file of the log is registered."""
    with opened(Workspace.at(root), write=True) as house:
        for path in files:
            collect_paths(house, [path], "retell", AT)
        assert sorted(part.path for part in parts(house.ledger)) == sorted(outputs(root))
    return ledger_rows(root), outputs(root)


def events(rng: random.Random) -> list[object]:
    """One to three events of each of five calls: begun, ended, analysed, some of them twice, one with other content."""
    found: list[object] = []
    for call_id in "abcde":
        call = a_retell_call(call_id=call_id, transcript_object=None if rng.randrange(4) else [])
        analysed = {**call, "call_analysis": {"call_summary": f"Moved {rng.randrange(2)}."}}
        kinds = [("call_started", {**call, "call_status": "ongoing"}), ("call_ended", call), ("call_analyzed", analysed)]
        found += [{"event": name, "call": one} for name, one in rng.choices(kinds, k=rng.randint(1, 3))]
    rng.shuffle(found)
    return found


def test_any_order_split_and_repetition_of_events(root, tmp_path):
    """Four draws of files, lines and documents, against the same ones read twice each: ledger, parts and counts."""
    again = []
    for trial in range(4):
        rng, files = random.Random(trial), []
        drawn = events(rng)
        while drawn:
            part = [drawn.pop() for _ in range(min(len(drawn), rng.randint(1, 8)))]
            path = tmp_path / f"{trial}-{len(files)}.json{'l' if rng.randrange(2) else ''}"
            path.write_text("\n".join(map(json.dumps, part)) if path.suffix == ".jsonl" else json.dumps(part))
            files.append(path)
            ids = [event["call"]["call_id"] for event in part]
            again.append(len(set(ids)) < len(ids))
        once, twice = (shutil.copytree(root, tmp_path / f"{way}-{trial}") for way in ("once", "twice"))
        found = taken(once, files)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(flow, "rows_of", lambda path, rules, once=None: rows_of(path, rules))
            assert taken(twice, files) == found
    assert 0 < sum(again) < len(again), "both ways have to be gone"


def test_what_was_written_before_a_call_came_again_is_gone(root, tmp_path):
    """a, b and c are on disk when the analysis of b comes; then b is written as one call, behind c, and nothing else is there."""
    ended = [{"event": "call_ended", "call": a_retell_call(call_id=call_id)} for call_id in "abc"]
    analysis = {"event": "call_analyzed", "call": a_retell_call(call_id="b", call_analysis={"call_summary": "Moved."})}
    path = write_rows(tmp_path / "hooks.jsonl", [*ended, analysis])
    taken(root, [path])
    with opened(Workspace.at(root)) as house:
        assert [part.rows for part in parts(house.ledger, kind="calls")] == [1, 1, 1]
        (call,) = house.calls.calls([("retell", "b")])
        assert call.metadata["summary"] == "Moved."


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(root):
    """Two of three calls are on disk when the file turns out to be damaged; a part that is registered already stays."""

    def damaged(path: Path, rules: object, once: object = None) -> Iterator[Row]:
        yield from list(rows_of(path, rules))[:2]
        raise InputError("calls.jsonl is damaged")

    path = write_calls(root)
    with opened(Workspace.at(root), write=True) as house:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(flow, "rows_of", damaged)
            assert [error.what for error in collect_paths(house, [path], None, AT)[1]] == ["calls.jsonl is damaged"]
        assert outputs(root) == {}
        collect_paths(house, [path], None, AT)
        written = outputs(root)
        house.calls.discard(parts(house.ledger))
    assert outputs(root) == written != {}
