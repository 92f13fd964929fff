"""Packed files: the same calls as plain ones, held to caps, and nothing taken from one that is damaged."""

import gzip
import hashlib
import io
import json
import os

import pyarrow as pa
import pytest

from evalharness.collect import inputs
from evalharness.collect.inputs import digest_of_file, open_input, open_seekable, plain_path, was_cut
from evalharness.collect.lines import Span
from evalharness.collect.recognise import form_of, recognise
from evalharness.collect.rows import Limits
from evalharness.collect.supplements import LaterRules, read_later
from evalharness.errors import InputError
from tests.collect.files import KEY, a_row, counts, rows_of, take, write_csv, write_rows


def zstd(data: bytes) -> bytes:
    """The data as a zstd frame."""
    kept = pa.BufferOutputStream()
    with pa.CompressedOutputStream(kept, "zstd") as out:
        out.write(data)
    return kept.getvalue().to_pybytes()


def lines(count: int = 3) -> bytes:
    """Calls c0, c1, ... in our form, one a line, each with its own text: as little packable as calls are."""
    turns = [{"speaker": "caller", "text": hashlib.shake_128(bytes([at])).hexdigest(300)} for at in range(count)]
    return b"".join(json.dumps(a_row(id=f"c{at}", turns=[turns[at]])).encode() + b"\n" for at in range(count))


PACKERS = [(gzip.compress, ".gz"), (zstd, ".zst")]


@pytest.mark.parametrize(("pack", "suffix"), PACKERS)
def test_a_packed_file_is_the_plain_file(tmp_path, pack, suffix):
    """The same form, calls and digest, whatever the name says: content tells that it is packed."""
    plain = tmp_path / "calls.jsonl"
    plain.write_bytes(lines())
    for name in (f"calls.jsonl{suffix}", "no-ending"):
        packed = tmp_path / name
        packed.write_bytes(pack(lines()))
        assert recognise(packed) == "jsonl"
        assert take(packed)[0] == take(plain)[0]
        assert digest_of_file(packed) == digest_of_file(plain)
        with open_seekable(packed) as file:
            assert file.read() == lines()
            assert file.seek(0) == 0


@pytest.mark.parametrize(("pack", "suffix"), PACKERS)
def test_documents_tables_and_later_facts_too(tmp_path, pack, suffix):
    """One JSON array, calls.csv beside turns.csv both packed, and a survey as CSV."""
    document = tmp_path / f"vapi.json{suffix}"
    document.write_bytes(pack(json.dumps([{"id": "x", "type": "webCall", "endedReason": "y", "assistantId": "z"}]).encode()))
    assert form_of(document) == "vapi"
    plain = write_csv(tmp_path, "id,started_at\nc1,2026-11-16T09:00:00Z\n", "call_id,index,speaker,text\nc1,0,caller,Hello\n")
    wanted = take(plain, form="csv")
    for name in ("calls.csv", "turns.csv"):
        (tmp_path / f"{name}{suffix}").write_bytes(pack((tmp_path / name).read_bytes()))
    packed = tmp_path / f"calls.csv{suffix}"
    assert recognise(packed) == "csv"
    assert take(packed, form="csv")[0] == wanted[0]
    assert take(packed, form="csv")[1].file_digest == wanted[1].file_digest
    survey = tmp_path / f"survey.csv{suffix}"
    survey.write_bytes(pack(b"call_id,csat\nc1,5\n"))
    assert [row.value for row in read_later(survey, LaterRules("csat", "call_id", KEY))] == [5.0]


@pytest.mark.parametrize(("pack", "suffix"), PACKERS)
def test_a_packed_file_that_is_cut_off(tmp_path, pack, suffix):
    """Of JSONL the whole lines before the cut go through and the cut is said; of other forms nothing does."""
    many = lines(200)
    cut = tmp_path / f"calls.jsonl{suffix}"
    cut.write_bytes(pack(many)[:-20])
    *rows, last = rows_of(cut)
    calls, report = take(cut)
    assert 0 < len(rows) == len(calls) < 200
    assert [call.id for call in calls] == [f"c{at}" for at in range(len(calls))]
    assert counts(report) == (len(calls), 0, 0, 0, 1)
    assert (last.line, last.reason.partition(";")[0]) == (len(calls) + 1, "the packed file is cut off here")
    whole = pack(b"[" + many.strip().replace(b"\n", b",") + b"]")
    document = tmp_path / f"calls.json{suffix}"
    document.write_bytes(whole[:-20])
    (tmp_path / "nothing.jsonl").write_bytes(whole[:8])
    with pytest.raises(InputError, match="is cut off: nothing of it can be unpacked"):
        rows_of(tmp_path / "nothing.jsonl")
    with pytest.raises(InputError, match="is cut off: its packed bytes end too early"):
        rows_of(document, form="vapi")


@pytest.mark.parametrize(("pack", "suffix"), PACKERS)
def test_a_damaged_packed_file_is_refused_whole(tmp_path, pack, suffix):
    """A changed byte, and bytes behind the end: what was unpacked before cannot be trusted. (zstd may go without a checksum.)"""
    data = bytearray(pack(lines(200)))
    data[len(data) // 2 if suffix == ".gz" else 4] ^= 0xFF
    for damaged in (bytes(data), pack(lines(200)) + b"garbage"):
        path = tmp_path / f"calls.jsonl{suffix}"
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=r"is damaged") as caught:
            rows_of(path)
        assert caught.value.fix == "copy or export it again"


@pytest.mark.parametrize(("pack", "suffix"), PACKERS)
def test_bombs_are_refused_before_they_are_unpacked(tmp_path, pack, suffix, monkeypatch):
    """3 MB of one letter pack to some kB: refused by the cap on megabytes, and by the ratio where that is not reached."""
    bomb = tmp_path / f"bomb.jsonl{suffix}"
    bomb.write_bytes(pack(b"a" * 3_000_000))
    with pytest.raises(InputError, match=r"unpacks to more than 2 MB"):
        rows_of(bomb, limits=Limits(file_mb=2))
    monkeypatch.setattr(inputs, "FREE_BYTES", 1_000_000)
    with open_input(bomb) as file, pytest.raises(InputError, match="unpacks to more than 250 times its size"):
        file.read()
    assert file.tell() <= 250 * bomb.stat().st_size + inputs._BUFFER if not file.closed else True


def test_a_bomb_within_a_bomb_is_only_unpacked_once(tmp_path):
    """What is inside stays packed: it is no text, and is refused as what it is."""
    path = tmp_path / "calls.jsonl.gz"
    path.write_bytes(gzip.compress(gzip.compress(lines())))
    with pytest.raises(InputError, match="is packed twice"):
        rows_of(path)


def test_several_members_are_one_file(tmp_path):
    """Rotated logs are often put together by cat."""
    path = tmp_path / "calls.jsonl.gz"
    path.write_bytes(gzip.compress(lines(2)) + gzip.compress(lines(3).splitlines(keepends=True)[2]))
    assert [call.id for call in take(path)[0]] == ["c0", "c1", "c2"]


def test_what_is_written_while_it_is_read_comes_next_time(tmp_path):
    """`part` keeps to what was there at first; a half line is rejected and taken once it is whole."""
    path = tmp_path / "calls.jsonl"
    path.write_bytes(lines(2))
    with open_input(path, part=Span(end=len(lines(1)))) as file:
        assert file.read() == lines(1)
    half = write_rows(tmp_path / "live.jsonl", [a_row(id="c1")])
    second = json.dumps(a_row(id="c2")).encode() + b"\n"
    with half.open("ab") as file:
        file.write(second[:30])
    calls, report = take(half)
    assert ([call.id for call in calls], counts(report)) == (["c1"], (1, 0, 0, 0, 1))
    assert "ends in the middle of a line" in report.rejects[0].reason
    with half.open("ab") as file:
        file.write(second[30:])
    known = {(calls[0].source, "c1"): calls[0].digest()}
    calls, report = take(half, known)
    assert ([call.id for call in calls], counts(report)) == (["c2"], (1, 1, 0, 0, 0))


def test_a_pipe_is_refused_before_it_is_opened(tmp_path):
    """Opening it would wait for ever; what comes out of one goes through standard input."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe is not an ordinary file") as caught:
        digest_of_file(tmp_path / "pipe")
    assert caught.value.fix.endswith("| evalharness collect -")
    with pytest.raises(InputError, match="is a folder"):
        digest_of_file(tmp_path)


def test_names_without_the_packed_ending(tmp_path):
    """And a plain file was never cut."""
    names = ("calls.csv.gz", "calls.jsonl.ZST", "calls.jsonl", "gz")
    assert [plain_path(tmp_path / name).name for name in names] == ["calls.csv", "calls.jsonl", "calls.jsonl", "gz"]
    assert not was_cut(io.BytesIO())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "utf-8-sig", "cp1252"])
def test_encodings_are_right_or_refused_never_mojibake(tmp_path, encoding):
    """UTF-8 with a byte order mark is read; UTF-16 is refused with what to type, latin-1 line by line with the byte."""
    path = tmp_path / "calls.jsonl"
    path.write_bytes((json.dumps(a_row(agent="Käse"), ensure_ascii=False) + "\n").encode(encoding))
    if encoding.startswith("utf-16"):
        with pytest.raises(InputError, match=r"UTF-16|is not text") as caught:
            rows_of(path)
        assert "JSONL" in caught.value.fix or f"iconv -f UTF-16 -t UTF-8 {path.name} > NEW" in caught.value.fix
        return
    calls, report = take(path)
    assert [call.agent for call in calls] == (["Käse"] if encoding == "utf-8-sig" else [])
    assert [row.reason.partition(" (")[0] for row in report.rejects] == ([] if calls else ["not JSON: byte 0xE4 is not UTF-8"])
