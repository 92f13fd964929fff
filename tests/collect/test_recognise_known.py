"""Which form a file is taken for: every payload for its own, by its own words, at the cost of its first call."""

import json

import pytest

from evalharness.collect import recognise as recognising
from evalharness.collect.named_forms import NAMES, named_form
from evalharness.collect.recognise import explained, first_values, form_of, recognise
from evalharness.errors import InputError
from evalharness.workspace.config import OWN_FORMS
from tests.collect.files import a_row, rows_of, write_rows
from tests.collect.payloads import PAYLOADS, a_retell_call, a_vapi_call, payload, write_json

FORMS = {
    "vapi": "vapi",
    "retell": "retell",
    "twilio": "twilio",
    "bland": "bland",
    "vcon": "vcon",
    "elevenlabs": "elevenlabs",
    "livekit": "livekit",
    "otel": "otel",
}
NO_CALL = ("vcon_json_schema.json", "simple-vcon.vcon")
KNOWN = [
    (f"{folder}/{path.name}", form)
    for folder, form in FORMS.items()
    for path in sorted((PAYLOADS / folder).glob("*.*"))
    if path.suffix in (".json", ".vcon") and path.name not in NO_CALL
]


def a_file(tmp_path, data: bytes, name="calls.jsonl"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("place", [place for place, _ in KNOWN])
def test_every_payload_has_one_form(place):
    """Exactly one form recognises it, so that the order of NAMES never decides among the known ones."""
    assert [name for name in NAMES if named_form(name).recognises(payload(place))] == [dict(KNOWN)[place]]


@pytest.mark.parametrize(("place", "form"), KNOWN)
def test_every_payload_is_said_to_be_what_it_is(tmp_path, place, form):
    """As a document, as a line and in an array; the reason is the form's own words."""
    value = payload(place)
    for path in (
        write_json(tmp_path / "a.json", value),
        write_rows(tmp_path / "b.jsonl", [value]),
        write_json(tmp_path / "c.json", {"results": [value]}),
    ):
        assert explained(path) == (form, f"a call in it {NAMES[form]}")


def test_two_forms_at_once_are_decided_by_the_order(tmp_path):
    """A call of Retell that has chat's messages too is Retell's, as everywhere the platform before chat."""
    both = {**a_retell_call(), "messages": [{"role": "user", "content": "x"}]}
    assert [name for name in NAMES if named_form(name).recognises(both)] == ["retell", "chat"]
    assert recognise(write_rows(tmp_path / "a.jsonl", [both])) == "retell"


def test_an_unknown_form_names_every_known_one(tmp_path):
    """The list is the list of forms, so that a new one is in it."""
    with pytest.raises(InputError) as caught:
        form_of(a_file(tmp_path, b'{"a": 1}'))
    assert all(name in caught.value.why for name in OWN_FORMS)


def test_of_a_long_array_only_the_beginning_is_read(tmp_path, monkeypatch):
    """2 MB of calls in an array, or in a page: known by the first; the whole is never parsed. Broken later on: still known."""
    calls = [a_vapi_call(id=f"v{at}") for at in range(3000)]
    whole = json.dumps(calls, indent=1)
    monkeypatch.setattr(recognising, "_value", lambda _: pytest.fail("the whole document was parsed"))
    for text in (whole, '{"results": ' + whole, "\ufeff" + whole[:-500]):
        path = a_file(tmp_path, text.encode(), "long.json")
        assert recognise(path) == "vapi"
        assert len(first_values(path, 30)) == 30


def test_asked_again_it_is_not_read_again(tmp_path, monkeypatch):
    """Unless the file changed."""
    path = write_rows(tmp_path / "log.jsonl", [a_row()])
    assert recognise(path) == "jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(recognising, "_first", lambda *_: pytest.fail("read again"))
        assert recognise(path) == "jsonl"
    write_rows(path, [{"a": 1}])
    assert recognise(path) is None


def test_lines_that_are_no_json_are_not_read_for_ever(tmp_path, monkeypatch):
    """Of a text of 100,000 lines the first twenty are tried, twice where it says what it saw; and the whole as a document."""
    tried = []
    monkeypatch.setattr(recognising, "_value", tried.append)
    assert recognise(a_file(tmp_path, b"a line of words\n" * 100_000, "words.txt")) is None
    assert len(tried) == 2 * (20 + 1)


OURS = [a_row(metadata={"b": 1}), a_row(id="c2", cost={"llm": 0.5}, csat=4, metadata={"a": "x"})]


def test_our_form_in_one_document(tmp_path):
    """An array, pretty or not, and one call in a .json file: the calls that the same lines give."""
    for at, text in enumerate((json.dumps(OURS), json.dumps(OURS, indent=1), "\ufeff" + json.dumps(OURS))):
        path = a_file(tmp_path, text.encode(), f"{at}.json")
        assert explained(path) == ("jsonl", "a call in it has id and turns")
        assert [row.call.id for row in rows_of(path)] == ["c1", "c2"]
    single = a_file(tmp_path, json.dumps(OURS[1], indent=1).encode(), "single.json")
    assert [row.call.cost.components for row in rows_of(single)] == [{"llm": 0.5}]


def test_our_form_in_parquet(tmp_path):
    """Columns of our form: what Parquet fills up with nothing is missing; a wrong row is rejected with its number."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "calls.parquet"
    whole = [{name: row.get(name) for name in (*OURS[1], "direction")} for row in [*OURS, a_row(id="")]]
    parquet.write_table(pa.Table.from_pylist(whole), path)
    assert explained(path) == ("jsonl", "its columns are those of our form")
    first, second, wrong = rows_of(path)
    assert (first.call.id, first.call.cost, second.call.cost.components, second.call.csat) == ("c1", None, {"llm": 0.5}, 4)
    assert (wrong.line, wrong.field) == (3, "id")
    assert [row.call.digest() for row in (first, second)] == [
        row.call.digest() for row in rows_of(write_rows(tmp_path / "l.jsonl", OURS))
    ]
    parquet.write_table(pa.Table.from_pylist([{"call": "x", "said": "y"}]), path)
    assert explained(path) == (None, "it is Parquet with the columns call, said")
