"""What kind of file this is."""

import json

import pytest
import yaml

from evalharness.collect.field_map import FieldMap
from evalharness.collect.recognise import form_of, is_lines, recognise
from evalharness.errors import InputError
from tests.collect.files import AIRLINE, ROOT, a_row, needs_data, rows_of, write_csv, write_rows


def a_file(tmp_path, data: bytes, name="calls.jsonl"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_our_forms_are_recognised(tmp_path):
    """By what stands in them, not by their names."""
    assert recognise(write_rows(tmp_path / "log.txt", [a_row()])) == "jsonl"
    assert recognise(a_file(tmp_path, b"\xef\xbb\xbf\n\nbroken\n" + json.dumps(a_row()).encode())) == "jsonl"
    assert recognise(write_csv(tmp_path, "id,started_at\nc1,x\n")) == "csv"
    assert recognise(a_file(tmp_path, b"id,color\n1,red\n")) is None
    assert recognise(a_file(tmp_path, b"hello")) is None


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "samples" / "calls").glob("*.jsonl")))
def test_the_shipped_samples_are_recognised(name):
    """Each is our JSONL."""
    assert form_of(ROOT / "samples" / "calls" / name) == "jsonl"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            b'{"call_id": "x", "transcript": [{"role": "user", "content": "hi"}]}\n',
            "holds JSON objects with the keys call_id, transcript",
        ),
        (b"[1, 2]", "holds JSON, but a number where an object"),
        (b"name,color\na,b\n", "looks like CSV with the columns name, color"),
        (b"Dear Sir or Madam\n", "holds text that is neither JSON nor CSV"),
        (b'{\n "calls": []\n}', "holds JSON objects with the keys calls"),
    ],
)
def test_an_unknown_form_says_what_it_saw(tmp_path, data, words):
    """And how to go on: with the first lines of a field map."""
    with pytest.raises(InputError) as caught:
        form_of(a_file(tmp_path, data))
    assert words in caught.value.what
    assert "docs/field-map.md" in caught.value.fix


def test_the_proposed_map_can_be_used(tmp_path):
    """The proposal for a common shape is a valid map that takes the file it was made from."""
    row = {"call_id": "x", "startedAt": "2026-11-16T09:00:00Z", "traj": [{"role": "user", "content": "hi"}]}
    path = write_rows(tmp_path / "log.jsonl", [row])
    with pytest.raises(InputError) as caught:
        form_of(path)
    proposal = yaml.safe_load(caught.value.fix.split("so:\n")[1])["collect"]["maps"]["my-platform"]
    (found,) = rows_of(path, form=FieldMap.parse("my-platform", proposal))
    assert (found.call.id, found.call.turns[0].speaker, found.call.turns[0].text) == ("x", "caller", "hi")


@needs_data
def test_the_airline_transcripts_get_a_proposal():
    """Their turns are found; task_id alone is not unique, with the trial it is; what no key fits is left open."""
    with pytest.raises(InputError) as caught:
        form_of(AIRLINE)
    assert "task_id, trial, reward" in caught.value.what
    assert "each: traj" in caught.value.fix
    assert "speaker: {path: role" in caught.value.fix
    assert 'id: {join: [task_id, trial], with: "-"}' in caught.value.fix
    assert "started_at: ..." in caught.value.fix


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.jsonl", '{"a": 1}', True),
        ("a.ndjson", "[", True),
        ("a.json", '{"a": 1}', False),
        ("a.json", '{"a": 1}\n', False),
        ("a.json", '{"a": 1}\n{"a": 2}\n', True),
        ("a.json", '[\n{"a": 1}\n]', False),
        ("a.json", "[1]\n[2]\n", True),
    ],
)
def test_lines_or_one_document(tmp_path, name, text, lines):
    """By the name, else by whether the first of several lines is JSON by itself."""
    assert is_lines(a_file(tmp_path, text.encode(), name)) is lines


def test_hostile_keys_in_a_message(tmp_path):
    """Escaped and cut: no control character reaches the screen."""
    path = write_rows(tmp_path / "log.jsonl", [{"\x1b[2J\n": 1, "x" * 500: 2}])
    with pytest.raises(InputError) as caught:
        form_of(path)
    assert "\x1b" not in caught.value.what
    assert "\n" not in caught.value.what
    assert len(caught.value.what) < 300
