"""A file -> rows: JSONL, documents, maps; what is wrong with a row stays with that row."""

import json
import os
import tracemalloc

import pytest

from evalharness.collect import reading
from evalharness.collect.field_map import FieldMap
from evalharness.collect.reading import read_rows
from evalharness.collect.rows import Candidate, Limits
from evalharness.errors import InputError
from evalharness.models.intake import Rejected
from tests.collect.files import a_row, a_turn_row, rows_of, rules, take, write_rows

MAP = {"id": "id", "started_at": {"const": "2026-11-16T09:00:00Z"}, "turns": {"each": "log", "speaker": "who", "text": "said"}}
ITEM = {"id": "1", "log": [{"who": "caller", "said": "hi"}]}


def field_map(**keys) -> FieldMap:
    return FieldMap.parse("mine", {**MAP, **keys})


def a_file(tmp_path, data: bytes | str, name="calls.jsonl"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def summary(rows):
    """The id of each call, or (line, field, reason) of each rejected row."""
    return [row.call.id if isinstance(row, Candidate) else (row.line, row.field, row.reason) for row in rows]


def test_lines_are_rows_with_their_numbers(tmp_path):
    """Empty lines and the carriage returns of other systems are no rows; the mark at the start is passed over."""
    text = (
        "\ufeff" + json.dumps(a_row(id="a")) + "\r\n\n  \n" + json.dumps(a_row(id="b", csat=9)) + "\n" + json.dumps(a_row(id="c"))
    )
    rows = rows_of(a_file(tmp_path, text))
    assert summary(rows) == ["a", (4, "csat", "must be at most 5; it is 9"), "c"]
    assert [row.line for row in rows] == [1, 4, 5]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{'id': 1}", "not JSON: expecting property name enclosed in double quotes (column 2)"),
        (b'{"id": NaN}', "not JSON: NaN is not a JSON number (column 8)"),
        (b'{"id": 1, "id": 2}', "not JSON: the key 'id' stands twice in one object (column 11)"),
        (b'{"id": "\xff"}', "not JSON: byte 0xFF is not UTF-8 (column 9)"),
        (b"[" * 1000, "not JSON: nested deeper than 200 levels (column 201)"),
        (b"[]", "must be an object with the fields of a call, not a list"),
        (b"null", "must be an object with the fields of a call, not nothing"),
    ],
)
def test_a_bad_line_is_one_rejected_row(tmp_path, line, reason):
    """With its column; the next line is read."""
    path = a_file(tmp_path, line + b"\n" + json.dumps(a_row()).encode() + b"\n")
    assert summary(rows_of(path)) == [(1, "", reason), "c1"]


@pytest.mark.parametrize("cut", [1, 20, 60, -2])
def test_a_cut_last_line(tmp_path, cut):
    """Wherever it is cut: still being written? Cut behind its last sign it is whole."""
    whole = json.dumps(a_row(id="ü"), ensure_ascii=False).encode()
    path = a_file(tmp_path, whole + b"\n" + whole[:cut])
    first, last = rows_of(path)
    assert isinstance(first, Candidate)
    assert (last.line, last.reason.split("?")[0]) == (2, "the file ends in the middle of a line; is it still being written")
    assert len(rows_of(a_file(tmp_path, whole + b"\n" + whole))) == 2


def test_a_line_cut_within_a_character(tmp_path):
    """Half of a letter at the end is a cut line too, not another encoding."""
    whole = json.dumps(a_row(id="ü"), ensure_ascii=False).encode()
    (row,) = rows_of(a_file(tmp_path, whole[: whole.index("ü".encode()) + 1]))
    assert "still being written" in row.reason


def test_limits_on_one_call(tmp_path):
    """call_kb 1: a line of more than 1,024 bytes; turns 2: a call with three turns. The rest goes on."""
    long = a_row(id="long", turns=[a_turn_row(text="x" * 2000)])
    many = a_row(id="many", turns=[a_turn_row(text="x")] * 3)
    path = write_rows(tmp_path / "calls.jsonl", [long, many, a_row()])
    assert summary(rows_of(path, limits=Limits(call_kb=1, turns=2))) == [
        (1, "", "the line is longer than 1 kB; collect.limits.call_kb sets how much one call may have"),
        (2, "turns", "the call has 3 turns; at most 2 are taken"),
        "c1",
    ]


def test_an_endless_line_is_not_read_into_memory(tmp_path):
    """A sparse file: 200 MB without a line feed, under call_kb 64; the peak stays below 4 MB."""
    path = a_file(tmp_path, json.dumps(a_row()) + "\n" + "x" * 10_000)
    os.truncate(path, 200_000_000)
    tracemalloc.start()
    rows = rows_of(path, limits=Limits(call_kb=64))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert summary(rows)[0] == "c1"
    assert "longer than 64 kB" in rows[1].reason
    assert peak < 4_000_000


def test_memory_does_not_grow_with_the_file(tmp_path):
    """300 and 900 calls of 4 kB: the peaks differ by less than 200 kB, the files by 2.4 MB."""
    peaks = []
    for n in (300, 900):
        path = write_rows(tmp_path / f"{n}.jsonl", (a_row(id=f"c{i}", turns=[a_turn_row(text="word " * 800)]) for i in range(n)))
        tracemalloc.start()
        assert sum(1 for _ in read_rows(path, rules())) == n
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert abs(peaks[1] - peaks[0]) < 200_000


def test_reasons_do_not_repeat_personal_data(tmp_path):
    """A number in the wrong field is redacted in the reason and in the field's name too."""
    wrong = [a_row(csat="call 415-555-0132"), a_row(**{"415-555-0132": 1}), a_row(turns=[a_turn_row("anna@example.com", "x")])]
    found = summary(rows_of(write_rows(tmp_path / "calls.jsonl", wrong)))
    assert "555" not in str(found)
    assert "anna@" not in str(found)
    assert found[0][2] == "must be a number, not text of 17 characters"


def test_a_map_over_lines(tmp_path):
    """each "." takes each line; a path takes the array within each line, and its rows share the line's number."""
    path = write_rows(tmp_path / "x.jsonl", [ITEM, {**ITEM, "id": "2"}])
    assert summary(rows_of(path, form=field_map())) == ["1", "2"]
    path = write_rows(tmp_path / "x.jsonl", [{"calls": [ITEM, {"id": "2"}]}, {"calls": []}, {"call": 1}])
    assert summary(rows_of(path, form=field_map(each="calls"))) == [
        "1",
        (1, "calls[1].turns", "log must be a list, not nothing"),
        (3, "calls", "must be an object, not nothing"),
    ]


@pytest.mark.parametrize(
    ("each", "document"),
    [
        (".", [ITEM, {**ITEM, "id": "2"}]),
        ("data.calls", {"data": {"calls": [ITEM, {**ITEM, "id": "2"}]}}),
        ("1", [0, [ITEM, {**ITEM, "id": "2"}]]),
    ],
)
def test_a_map_over_a_document(tmp_path, each, document):
    """The whole array, or the array at a path; rows of a document have no line."""
    rows = rows_of(a_file(tmp_path, json.dumps(document, indent=1), "x.json"), form=field_map(each=each))
    assert summary(rows) == ["1", "2"]
    assert [row.line for row in rows] == [None, None]


def test_a_document_with_one_call(tmp_path):
    """The whole document is the call."""
    assert summary(rows_of(a_file(tmp_path, json.dumps(ITEM, indent=1), "x.json"), form=field_map())) == ["1"]


def test_rejected_rows_of_a_document_say_where(tmp_path):
    """The place in the array stands before the field."""
    document = [ITEM, 5, {**ITEM, "log": [{"who": "robot", "said": "x"}]}, {**ITEM, "log": "x"}]
    found = summary(rows_of(a_file(tmp_path, json.dumps(document), "x.json"), form=field_map()))
    assert found[0] == "1"
    assert [row[1] for row in found[1:]] == ["[1]", "[2].turns[0].speaker", "[3].turns"]


def test_a_document_must_be_json_as_a_whole(tmp_path):
    """One wrong sign and there are no rows: an error with line and column."""
    with pytest.raises(InputError) as caught:
        rows_of(a_file(tmp_path, '[\n {"id": 1,}\n]', "x.json"), form=field_map())
    assert caught.value.what.startswith("x.json is not JSON: ")
    assert caught.value.where.endswith("x.json, line 2, column 11")


def test_a_document_has_its_own_limits(tmp_path, monkeypatch):
    """A call in a document over call_kb is rejected; a document over the cap is not read at all."""
    long = {**ITEM, "log": [{"who": "caller", "said": "x" * 2000}]}
    path = a_file(tmp_path, json.dumps([long, ITEM]), "x.json")
    assert summary(rows_of(path, form=field_map(), limits=Limits(call_kb=1))) == [
        (None, "[0]", "the call is longer than 1 kB"),
        "1",
    ]
    monkeypatch.setattr(reading, "DOCUMENT_MB", 0.001)
    with pytest.raises(InputError, match="JSONL does not"):
        rows_of(path, form=field_map())


def test_a_file_that_goes_away(tmp_path):
    """An error of the system while reading is said in words."""
    path = write_rows(tmp_path / "calls.jsonl", [a_row()])
    rows = read_rows(path, rules())
    path.unlink()
    with pytest.raises(InputError, match=r"there is no file calls\.jsonl"):
        next(rows)


def test_candidates_are_redacted(tmp_path):
    """What leaves the reader holds no number, and says how many were replaced; the caller is a key."""
    (row,) = rows_of(
        write_rows(tmp_path / "calls.jsonl", [a_row(turns=[a_turn_row(text="It's 415-555-0132.")], caller="4155550132")])
    )
    assert row.redactions == {"phone": 1}
    assert "555" not in row.call.turns[0].text
    assert len(row.call.caller_key) == 32


def test_a_rejection_names_the_file(tmp_path):
    """By its name, without the folders of this machine."""
    (row,) = take(a_file(tmp_path, "x\n"))[1].rejects
    assert isinstance(row, Rejected)
    assert row.file == "calls.jsonl"
