"""Intake: accepted, duplicate, conflict, another agent's, rejected; the five add up whatever the file holds."""

import json
from collections import Counter
from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect import intake
from evalharness.collect.field_map import FieldMap
from evalharness.collect.intake import Intake, digest_of_input
from evalharness.collect.reading import read_rows
from evalharness.collect.rows import Candidate
from evalharness.errors import EvalHarnessError, InputError
from evalharness.models.intake import Rejected
from evalharness.models.rule import parse_rule
from tests.collect.files import a_row, a_turn_row, counts, rules, take, the_call, write_csv, write_rows


def candidate(line=1, size=0, redactions=None, **fields) -> Candidate:
    return Candidate(the_call(**fields), line, redactions or {}, size)


def decided(rows, known=None, batch=500, **fields):
    """The batches of ids and the report, for these rows."""
    found = Intake(rules(**fields), lambda _: known or {}, file="x.jsonl", file_digest="d", batch=batch)
    return [[row.call.id for row in taken] for taken in found.decide(rows)], found.report


def test_the_five_counts():
    """One of each: a new call, the same again, another of its name, one out of scope, one that cannot be taken."""
    rows = [
        candidate(agent="Desk"),
        candidate(line=2, agent="Desk"),
        candidate(line=3, agent="Desk", intent="other"),
        candidate(line=4, id="c2", agent="Night Desk"),
        Rejected(file="x.jsonl", line=5, field="id", reason="is missing"),
    ]
    batches, report = decided(rows, scope=parse_rule('agent == "Desk"'))
    assert batches == [["c1"]]
    assert (report.rows, *counts(report)) == (5, 1, 1, 1, 1, 1)
    assert report.adds_up()
    assert report.conflicts == ("demo/c1: x.jsonl line 3 differs from an earlier row of this file; the first one is kept",)
    assert report.rejects == (rows[4],)
    assert (report.file, report.file_digest, report.source) == ("x.jsonl", "d", "demo")


def test_what_is_in_the_call_log_counts():
    """The same content is a duplicate, other content a conflict with the log."""
    known = {("demo", "c1"): the_call().digest(), ("demo", "c2"): "ab" * 32}
    batches, report = decided([candidate(), candidate(id="c2"), candidate(id="c3")], known)
    assert batches == [["c3"]]
    assert counts(report) == (1, 1, 1, 0, 0)
    assert report.conflicts == ("demo/c2: x.jsonl line 1 differs from the call log; the first one is kept",)


def test_the_same_id_of_another_source_is_another_call():
    """Identity is source and id."""
    assert decided([candidate(), candidate(source="vapi")])[0] == [["c1", "c1"]]


def test_scope_sees_the_facts_of_the_call():
    """09:30 in Berlin is hour 9 though 8 in UTC; metadata counts."""
    rows = [candidate(id="a", started_at="2026-11-16T08:30:00Z"), candidate(id="b", started_at="2026-11-16T09:30:00Z")]
    assert decided(rows, scope=parse_rule("hour == 9"))[0] == [["a"]]
    assert decided([candidate(metadata={"branch": "north"}), candidate(id="c2")], scope=parse_rule("metadata.branch == north"))[
        0
    ] == [["c1"]]


def test_out_of_scope_rows_are_never_looked_up():
    """Nothing of another agent's calls is asked of the log."""
    asked = []

    def known(identities):
        asked.extend(identities)
        return {}

    found = Intake(rules(scope=parse_rule("agent == Desk")), known, file="x", file_digest="")
    list(found.decide([candidate(agent="Desk"), candidate(id="c2", agent="Other")]))
    assert asked == [("demo", "c1")]


def test_batches_by_number_and_by_size():
    """Batches of two; and of 16 MB, whatever comes first; duplicates over batches are found."""
    rows = [candidate(id=name) for name in ("a", "b", "c", "a", "d")]
    assert decided(rows, batch=2)[0] == [["a", "b"], ["c"], ["d"]]
    rows = [candidate(id=name, size=9_000_000) for name in ("a", "b", "c")]
    assert decided(rows)[0] == [["a", "b"], ["c"]]


def test_redactions_and_fill_are_those_of_accepted_calls():
    """Two of three rows are accepted: duplicates are not counted twice; inferred fields are not filled."""
    rows = [
        candidate(redactions={"phone": 2}, agent="Desk", outcome="resolved"),
        candidate(redactions={"phone": 2}, agent="Desk", outcome="resolved"),
        candidate(id="c2", redactions={"email": 1}, turns=[a_turn_row("agent", "x", latency_ms=0)]),
    ]
    report = decided(rows)[1]
    assert report.redactions == {"email": 1, "phone": 2}
    assert report.fill == {"started_at": 2, "turns": 2, "latency": 1, "agent": 1, "outcome": 1}


def test_lists_of_rejects_and_conflicts_are_capped(monkeypatch):
    """3 are named, 5 are counted."""
    monkeypatch.setattr(intake, "LISTED", 3)
    rejects = [Rejected(file="x", line=i, field="id", reason="is missing") for i in range(5)]
    report = decided([*rejects, candidate(), *(candidate(intent=str(i)) for i in range(5))])[1]
    assert (report.rejected, len(report.rejects), report.conflict, len(report.conflicts)) == (5, 3, 5, 3)
    assert report.adds_up()


def test_hostile_ids_in_conflicts():
    """Escaped and cut."""
    report = decided([candidate(id="\x1b[2J" + "x" * 500), candidate(id="\x1b[2J" + "x" * 500, intent="b")])[1]
    assert "\x1b" not in report.conflicts[0]
    assert len(report.conflicts[0]) < 200


def test_reading_the_same_file_again(tmp_path):
    """All rows are duplicates of what the log then holds, as the digest of a redacted call is the same each time."""
    rows = [a_row(id=f"c{i}", caller="4155550132", turns=[a_turn_row(text=f"Call 415-555-01{i:02}")]) for i in range(20)]
    path = write_rows(tmp_path / "calls.jsonl", rows)
    calls, first = take(path)
    known = {(call.source, call.id): call.digest() for call in calls}
    assert counts(first) == (20, 0, 0, 0, 0)
    assert counts(take(path, known)[1]) == (0, 20, 0, 0, 0)


def test_the_digest_of_a_file(tmp_path):
    """SHA-256 of its bytes; of calls.csv and turns.csv together, so that either one's change is a change."""
    path = write_rows(tmp_path / "calls.jsonl", [a_row()])
    assert digest_of_input(path, rules()) == sha256(path.read_bytes()).hexdigest()
    calls = write_csv(tmp_path, "id,started_at\n")
    before = digest_of_input(calls, rules(form="csv"))
    (tmp_path / "turns.csv").write_text("call_id,speaker,text\n")
    assert digest_of_input(calls, rules(form="csv")) != before
    with pytest.raises(InputError):
        digest_of_input(tmp_path / "none.jsonl", rules())


def test_the_report_grows_with_the_batches(tmp_path):
    """After the first of two batches it holds what was decided, and still adds up to what was read."""
    path = write_rows(tmp_path / "calls.jsonl", [a_row(id=str(i)) for i in range(4)])
    found = Intake(rules(), lambda _: {}, file="calls.jsonl", file_digest="", batch=2)
    batches = found.decide(read_rows(path, rules()))
    next(batches)
    assert (found.report.rows, found.report.accepted) == (2, 2)
    assert len(list(batches)) == 1
    assert (found.report.rows, found.report.accepted) == (4, 4)


GOOD = [
    json.dumps(
        a_row(id=f"c{i}", agent="Desk" if i % 3 else "Other", csat=4, cost={"llm": 0.1}, metadata={"n": i}),
        ensure_ascii=i % 2 == 0,
    )
    for i in range(8)
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "double", "swap", "drop", "insert", "join"]), st.integers(0, 10**6), st.integers(0, 255)
    ),
    max_size=12,
)


def mutated(edits) -> bytes:
    """The good lines after these edits: bytes flipped, lines cut, doubled, swapped, dropped, joined, bytes put in."""
    lines = [line.encode() for line in GOOD]
    for kind, at, byte in edits:
        i = at % len(lines)
        j = (at * 7 + byte) % len(lines)
        line, place = lines[i], (at // 8) % (len(lines[i]) + 1)
        if kind == "flip" and line:
            lines[i] = line[: place - 1] + bytes([byte]) + line[place:]
        elif kind == "cut":
            lines[i] = line[:place]
        elif kind == "double":
            lines.insert(j, line)
        elif kind == "swap":
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == "drop" and len(lines) > 1:
            del lines[i]
        elif kind == "insert":
            lines[i] = line[:place] + bytes([byte]) * (at % 5) + line[place:]
        elif kind == "join":
            lines[i] = line + lines[j]
    return b"\n".join(lines) + (b"\n" if len(edits) % 2 else b"")


@pytest.mark.parametrize("scope", [None, parse_rule("agent == Desk")])
@given(edits=EDITS)
def test_no_row_vanishes(tmp_path_factory, scope, edits):
    """Rows read = lines that are not empty = the sum of the five counts; only EvalHarnessError may come instead."""
    path = tmp_path_factory.getbasetemp() / f"fuzz-{scope is None}.jsonl"
    data = mutated(edits)
    path.write_bytes(data)
    try:
        calls, report = take(path, scope=scope)
    except EvalHarnessError:
        return
    assert report.adds_up()
    assert report.rows == sum(bool(line.strip(b" \t\r\n")) for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
    assert len(calls) == report.accepted
    assert max(Counter((call.source, call.id) for call in calls).values(), default=1) == 1


CSV = (
    'id,started_at,csat,metadata.x\nc1,2026-11-16T09:00:00Z,4,a\nc2,2026-11-16T10:00:00Z,,"b\nc"\nc3,2026-11-16T11:00:00Z,1,d\n',
    'call_id,index,speaker,text\nc1,0,agent,Hello\nc2,0,caller,"a, ""b"""\nc1,1,caller,Hi\nc9,0,agent,lost\nc3,0,agent,\n',
)


@given(
    st.integers(0, 1),
    st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from(['"', ",", "\n", "\r", "\0", "c1", "x", "-", "é", "\udcff"])), max_size=6
    ),
)
def test_no_row_of_csv_vanishes(tmp_path_factory, which, edits):
    """Signs put anywhere into either file: the counts add up, or the header is refused."""
    folder = tmp_path_factory.getbasetemp() / "fuzz-csv"
    folder.mkdir(exist_ok=True)
    texts = list(CSV)
    for place, sign in edits:
        texts[which] = texts[which][:place] + sign + texts[which][place:]
    for name, text in zip(("calls.csv", "turns.csv"), texts, strict=True):
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    try:
        calls, report = take(folder / "calls.csv", form="csv")
    except EvalHarnessError:
        return
    assert report.adds_up()
    assert report.rows >= 1
    assert len(calls) == report.accepted


@given(st.binary(max_size=400))
def test_any_bytes_in_any_form(tmp_path_factory, data):
    """As JSONL, as calls.csv, or looked at only: counts that add up or an error in words, nothing else."""
    folder = tmp_path_factory.getbasetemp() / "fuzz-bytes"
    folder.mkdir(exist_ok=True)
    for name in ("calls.csv", "turns.csv", "calls.jsonl"):
        (folder / name).write_bytes(data)
    for path, form in ((folder / "calls.jsonl", "jsonl"), (folder / "calls.csv", "csv")):
        for look in (intake.form_of, lambda one, form=form: take(one, form=form)[1].adds_up()):
            with suppress(EvalHarnessError):
                assert look(path)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "log", "who", "said", "tools", "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)
MAPPED = FieldMap.parse(
    "mine",
    {
        "id": "id",
        "started_at": {"path": "x", "unit": "epoch_s", "default": 1794819600},
        "turns": {
            "each": "log",
            "speaker": {"path": "who", "values": {"user": "caller"}, "default": "agent"},
            "text": "said",
            "tool_calls": {
                "each": "tools",
                "name": "id",
                "arguments": {"path": "x", "json": True},
                "result": {"from_role": "user", "path": "x"},
            },
        },
        "handoff": {"from_tool": ["x"], "context_summary": "arguments.x"},
        "metadata": {"x": "x.0.x"},
    },
)


@given(st.lists(JSON_VALUES, max_size=4), st.sampled_from([".jsonl", ".json"]))
def test_any_json_under_a_map(tmp_path_factory, values, suffix):
    """Every value is a row or holds rows; the counts add up, whatever it is."""
    path = tmp_path_factory.getbasetemp() / f"fuzz-map{suffix}"
    path.write_text("\n".join(map(json.dumps, values)) if suffix == ".jsonl" else json.dumps(values))
    try:
        report = take(path, form=MAPPED)[1]
    except EvalHarnessError:
        return
    assert report.adds_up()
    assert report.rows == sum(len(value) if isinstance(value, list) and suffix == ".jsonl" else 1 for value in values)
