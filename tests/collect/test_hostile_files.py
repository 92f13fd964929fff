"""Hostile files through the whole of intake: each row is taken or refused with a reason, and nothing else happens."""

import json
import time

import pytest

from evalharness.collect.named_forms import NAMES
from evalharness.collect.rows import Candidate
from evalharness.errors import InputError
from evalharness.models.intake import Rejected
from tests.collect.files import DATA, a_row, a_turn_row, rows_of, take, write_rows
from tests.collect.fuzzing import fuzz, seeds
from tests.collect.payloads import a_message, a_retell_call, a_vapi_call

SUITE = sorted((DATA / "badinput" / "JSONTestSuite" / "test_parsing").glob("*.json")) if DATA.is_dir() else []
TWICE = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
"""The grammar allows a key that stands twice; kept silently, one of its values would be lost."""
SLOW_S = 10.0


def said_of(path, form):
    """Why nothing of the file is taken, and whether that is about its JSON; "" where it was parsed (and is a call or none)."""
    started = time.process_time()
    try:
        rows = rows_of(path, form=form, source=form)
    except InputError as error:
        said = error.what if error.fix else f"no advice: {error.what}"
    else:
        reasons = [row.reason for row in rows if isinstance(row, Rejected)]
        assert all(reasons)
        bad = ("not JSON", "the file ends in the middle", "the line is longer")
        said = next((reason for reason in reasons if reason.startswith(bad)), "")
    assert time.process_time() - started < SLOW_S
    return said


@pytest.mark.skipif(not SUITE, reason="the corpora lie beside the project, not in it")
@pytest.mark.parametrize("lines", [False, True])
def test_every_file_of_the_suite_is_parsed_or_refused_with_a_reason(tmp_path, lines):
    """318 files as documents, and those of one line as lines: each n_ refused, each y_ parsed, but for keys that stand twice."""
    assert len(SUITE) == 318
    wrong = []
    for origin in SUITE:
        data = origin.read_bytes()
        if lines and (b"\n" in data.strip() or not data.strip(b"\xef\xbb\xbf \n")):  # no line, or nothing on it
            continue
        path = tmp_path / (f"{origin.stem}.jsonl" if lines else origin.name)
        path.write_bytes(data + b"\n" * lines)
        for form in ("vapi", "jsonl") if lines else ("vapi",):
            said = said_of(path, form)
            kind = origin.name[0]
            if (kind == "n" and not said) or (kind == "y" and bool(said) != (origin.name in TWICE)):
                wrong.append((origin.name, form, said))
    assert wrong == []


def test_naughty_strings_in_every_place(tmp_path):
    """As id, source, agent, caller, name of a tool, key of metadata, of an object in it, reason of an end: a call or a reason."""
    path = DATA / "badinput" / "blns" / "blns.json"
    if not path.is_file():
        pytest.skip("the strings lie beside the project, not in it")
    texts = json.loads(path.read_text(encoding="utf-8"))
    tool = [{"name": text, "arguments": {text: [text]}} for text in texts]
    rows = [
        a_row(id=f"{at} {text}"[:500], agent=text, caller=text, end_reason=text, metadata={text: {text: text}}, errors=[text],
              turns=[a_turn_row("agent", text, tool_calls=[tool[at]])])
        for at, text in enumerate(texts)
    ]  # fmt: skip
    calls, report = take(write_rows(tmp_path / "naughty.jsonl", rows))
    assert (len(calls), report.rejected, report.adds_up()) == (515, 0, True)

    def each(field):
        return [a_row(**{"id": str(at), field: text}) for at, text in enumerate(texts)]

    for field in ("source", "status", "started_at", "channel", "csat", "turns", "handoff", "cost", "currency"):
        report = take(
            write_rows(tmp_path / f"{field}.jsonl", [a_row(**{"id": str(at), field: one}) for at, one in enumerate(texts)])
        )[1]
        assert report.adds_up()
        assert all(row.reason and row.field for row in report.rejects)
    vapi = [
        a_vapi_call(id=f"{at}", endedReason=text, artifact={"messages": [a_message("user", 1, text), a_message(text, 2)]})
        for at, text in enumerate(texts)
    ]
    retell = [
        a_retell_call(call_id=f"{at}", disconnection_reason=text, agent_name=text, metadata={text: text})
        for at, text in enumerate(texts)
    ]
    for form, values in (("vapi", vapi), ("retell", retell)):
        report = take(write_rows(tmp_path / f"{form}.jsonl", values), form=form)[1]
        assert (report.rows, report.adds_up()) == (515, True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "c1", "id": "c2", "turns": []}', "the key 'id' stands twice"),
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 200 levels"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested deeper than 200 levels"),
        (b'{"id": NaN}', "NaN is not a JSON number"),
        (b'{"id": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"id": 1e400}', "the number 1e400 is too large"),
        (b'{"id": "\\ud800"}', "half of a surrogate pair"),
        (b'{"id": "c\xe9"}', "byte 0xE9 is not UTF-8"),
        (b'{"id": "c\x00"}', "control character"),
        (b"'id': 1", "expecting value"),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", *NAMES])
def test_hostile_lines_are_refused_in_every_form(tmp_path, form, line, reason):
    """With the line; the call after it is taken all the same."""
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b"\n" + line + b"\n" + json.dumps(a_vapi_call()).encode() + b"\n")
    first, *others = rows_of(path, form=form)
    assert isinstance(first, Rejected)
    assert (first.line, reason in first.reason) == (2, True)
    assert len(others) == 1
    assert isinstance(others[0], Candidate) == (form == "vapi")


def test_mutated_payloads(tmp_path):
    """2,000 of every form, as lines and documents, in their form and in another: a call or a reason, and some are still calls."""
    assert len(seeds()) >= 6
    _, calls = fuzz(tmp_path, 2000, seed=7)
    assert calls > 200


@pytest.mark.long
def test_a_hundred_thousand_mutated_payloads(tmp_path):
    """As above, by another seed."""
    fuzz(tmp_path, 100_000, seed=8)
