"""Parquet files written anew without some calls' texts: the same rows, order and values, beside the old file."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evalharness.models.removed import ON_REQUEST, Removal, removed
from evalharness.store.files import digest_file
from evalharness.store.intakes import parts
from evalharness.store.parquet import to_call
from evalharness.store.purge_parts import rewritten, texts_in, without_recordings
from tests.builders import a_call, a_handoff
from tests.store.logs import a_log

GONE = Removal("2026-11-24", ON_REQUEST, frozenset({"tier"}), {"k": "someone"})
TWO = [
    a_call(
        id="c1", caller_key="k", metadata={"tier": "gold", "name": "Ada"}, handoff=a_handoff(context_summary="Ada"), errors=("x",)
    ),
    a_call(id="c2", caller_key="k2", metadata={"name": "Bob"}, recording_url="https://example.org/2"),
]


@pytest.fixture
def log(tmp_path: Path):
    """A log of two calls."""
    with a_log(tmp_path, TWO) as found:
        yield found


def read(root: Path, paths: dict[str, str]):
    """The calls of these files."""
    rows = {kind: pq.read_table(root / path).to_pylist() for kind, path in paths.items()}
    return [to_call(row, [turn for turn in rows["turns"] if turn["call_id"] == row["id"]]) for row in rows["calls"]]


def test_one_call_loses_its_texts(log, tmp_path: Path) -> None:
    """Equal to what the removal makes of the call; the other is equal to itself; the digest column and other columns stay."""
    old = {part.kind: part for part in parts(log._parts._ledger)}
    new = {kind: rewritten(tmp_path, part, {("demo", "c1")}, GONE) for kind, part in old.items()}
    assert read(tmp_path, {kind: part.path for kind, part in new.items()}) == [GONE.call(TWO[0]), TWO[1]]
    assert new["measures"] == old["measures"]
    for kind in ("calls", "turns"):
        assert (new[kind].rows, new[kind].digest) == (old[kind].rows, digest_file(tmp_path / new[kind].path))
        assert digest_file(tmp_path / old[kind].path) == old[kind].digest
    before, after = (pq.read_table(tmp_path / one["calls"].path) for one in (old, new))
    same = set(before.column_names) - {"errors", "handoff", "metadata", "rule_metadata", "caller_key"}
    assert [name for name in sorted(same) if before[name] != after[name]] == []
    assert before.schema == after.schema


def test_a_sentence_where_a_label_stands_goes(tmp_path: Path) -> None:
    """Of the columns as of the call; a label stays, and so does the other call's sentence."""
    said = a_call(id="c1", intent="Anna Keller wants her result", version="v2.0", channel="Anna's own phone", language="en-US")
    other = said.model_copy(update={"id": "c2"})
    with a_log(tmp_path, [said, other]) as log:
        new = {part.kind: rewritten(tmp_path, part, {("demo", "c1")}, GONE).path for part in parts(log._parts._ledger)}
    first, second = read(tmp_path, new)
    assert (first, second) == (GONE.call(said), other)
    assert (first.intent, first.version, first.channel, first.language) == (GONE.mark, "v2.0", GONE.mark, "en-US")


def test_again_it_is_the_same_file(log, tmp_path: Path) -> None:
    """Nothing is left to take out, and a call that is not in a part changes nothing of it."""
    part = next(part for part in parts(log._parts._ledger) if part.kind == "calls")
    once = rewritten(tmp_path, part, {("demo", "c1")}, Removal("2026-11-24", ON_REQUEST))
    assert rewritten(tmp_path, once, {("demo", "c1")}, Removal("2027-01-01", ON_REQUEST)) == once
    assert rewritten(tmp_path, part, {("demo", "c9")}, GONE) == part


def test_recordings_alone(log, tmp_path: Path) -> None:
    """The address goes, nothing else, and no mark stands there."""
    found = {part.kind: part for part in parts(log._parts._ledger)}
    paths = {"calls": without_recordings(tmp_path, found["calls"], {("demo", "c2")}).path, "turns": found["turns"].path}
    assert read(tmp_path, paths) == [TWO[0], TWO[1].model_copy(update={"recording_url": None})]
    assert not removed(read(tmp_path, paths)[1])


def test_every_text_of_a_file(log, tmp_path: Path) -> None:
    """What was said, and names in JSON columns."""
    data = b"".join(texts_in([tmp_path / part.path for part in parts(log._parts._ledger)]))
    for text in ("I need to move my appointment to Friday.", "Ada", "Bob", "https://example.org/2"):
        assert text.encode() in data
