"""The canonical text of a call, made without a copy of it: the same text as every noun's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.models import call_text as kept
from evalharness.models.call import Call, Cost, Handoff, Latency, ToolCall, Turn
from evalharness.models.call_text import call_text
from evalharness.models.noun import canonical_json
from tests.builders import a_call, a_turn

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ['"\\', "\x00\x1f\x7f\x85", "\u2028\U0001f600", "%s 100%", '",', '","']
)
NUMBERS = st.floats(0, 1e300) | st.sampled_from([0.0, 1e-7, 0.00005, 1e16, 1.5e22, 5e-324, 123456789012345680.0])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FLAGS = st.none() | st.booleans()
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30)), timezone(timedelta(hours=1))])
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1), timezones=ZONES)
LATENCIES = st.builds(
    Latency,
    voice_to_voice_ms=st.none() | NUMBERS,
    anchor=st.sampled_from(["acoustic", "reported"]),
    components=st.dictionaries(TEXTS, NUMBERS, max_size=3),
)
TOOLS = st.builds(ToolCall, name=TEXTS, arguments=VALUES, result=st.none() | TEXTS, error=FLAGS, duration_ms=st.none() | NUMBERS)
TURNS = st.builds(
    Turn,
    index=st.integers(0, 9), speaker=st.sampled_from(["caller", "agent", "human_agent", "system"]), text=TEXTS,
    start_ms=st.none() | NUMBERS | st.just(-12.5), end_ms=st.none() | NUMBERS, latency=st.none() | LATENCIES, interrupted=FLAGS,
    heard_filler=FLAGS, tool_calls=st.lists(TOOLS, max_size=2).map(tuple),
)  # fmt: skip
HANDOFFS = st.builds(Handoff, at_ms=st.none() | NUMBERS, context_summary=st.none() | TEXTS, talk_ms=st.none() | NUMBERS)
COSTS = st.builds(Cost, components=st.dictionaries(st.sampled_from(["llm", "tts", "other"]), NUMBERS, min_size=1))
NAMES = st.text('ab"\\é\n', min_size=1, max_size=5)
CALLS = st.builds(
    Call,
    id=NAMES, source=NAMES, agent=st.none() | TEXTS, version=st.none() | TEXTS, started_at=INSTANTS,
    ended_at=st.none() | INSTANTS, direction=st.sampled_from([None, "inbound"]),
    channel=st.none() | TEXTS, language=st.none() | TEXTS, intent=st.none() | TEXTS,
    caller_key=st.none() | TEXTS, status=st.sampled_from([None, "error"]), errors=st.lists(TEXTS, max_size=2).map(tuple),
    outcome=st.sampled_from(["unknown", "resolved"]), end_reason=st.none() | TEXTS, handoff=st.none() | HANDOFFS,
    csat=st.sampled_from([None, 1.0, 4.5]), cost=st.none() | COSTS, turns=st.lists(TURNS, max_size=3).map(tuple),
    recording_url=st.none() | TEXTS, metadata=st.dictionaries(TEXTS, VALUES, max_size=3),
    inferred=st.lists(TEXTS, max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(CALLS)
def test_the_text_is_the_canonical_one(call):
    """Whatever a call holds, its text is that of Noun.canonical, sign by sign, and the call comes back from it."""
    found = call_text(call)
    assert found.whole == call.canonical()
    assert Call.model_validate_json(found.whole) == call


@settings(max_examples=100, deadline=None)
@given(CALLS)
def test_the_parts_are_those_of_the_text(call):
    """Each part is what the text has in its place; None where the call has no value, a turn no latency or no tools."""
    found, whole = call_text(call), json.loads(call.canonical())
    assert found.parts == {
        name: None if whole[name] is None else canonical_json(whole[name])
        for name in ("errors", "handoff", "cost", "metadata", "inferred")
    }
    columns = {name: json.loads(b"[%b]" % column) for name, column in found.columns.items()}
    for name in ("latency", "tool_calls"):
        texts = [canonical_json(turn[name]) if turn[name] else None for turn in whole["turns"]]
        assert columns.pop(name, []) == texts
    assert columns == ({name: [turn[name] for turn in whole["turns"]] for name in columns})
    assert len(columns) == (len(Turn.model_fields) - 2 if call.turns else 0)


@pytest.mark.parametrize("ms", [1e16, 9999999999999998.0, 0.0001, 0.00001, 100.00001, -0.0, -1e-7])
def test_very_large_and_small_times_keep_their_canonical_form(ms):
    """1e+16 and 1e-05, where other writers of JSON have 1e16 and 0.00001; 100.00001 and -0.0 as they are."""
    turns = [a_turn(start_ms=ms, end_ms=250.0), a_turn(start_ms=None, end_ms=ms, index=1)]
    call = a_call(turns)
    assert call_text(call).whole == call.canonical()
    assert f'"start_ms":{ms!r},' in call_text(call).whole


def test_names_of_parts_are_written_in_order_whatever_they_are(monkeypatch):
    """Given in any order, with signs of a template in them, one or none; only a few short names are remembered."""
    monkeypatch.setattr(kept, "_SHAPES", {})
    names = [("tts", "llm"), ("llm", "tts"), ("%s", "a%(b)r", '"'), ("%",), (), ("x" * 300, "a")]
    names += [(f"part {number}", "a") for number in range(1100)]
    for one in names * 2:
        call = a_call([a_turn(latency=Latency(components={name: float(at) for at, name in enumerate(one)}))])
        assert call_text(call).whole == call.canonical()
    assert len(kept._SHAPES) == 1000
    assert max(len(name) for one in kept._SHAPES for name in one) < 200


@pytest.mark.parametrize("noun", [Call, Turn, Latency, ToolCall, Cost])
def test_every_field_is_written(noun):
    """A field that a noun gains and the text leaves out would be lost: all are in it."""
    latency = Latency(components={"llm": 1.0})
    turn = a_turn(latency=latency, tool_calls=(ToolCall(name="find"),))
    call = a_call([turn], cost=Cost(components={"llm": 0.01}), handoff=Handoff())
    whole = json.loads(call_text(call).whole)
    written = {Call: whole, Turn: whole["turns"][0], Latency: whole["turns"][0]["latency"], Cost: whole["cost"]}
    written[ToolCall] = whole["turns"][0]["tool_calls"][0]
    assert written[noun].keys() == noun.model_fields.keys()


def test_a_number_that_is_none_is_refused():
    """No JSON has NaN: as canonical_json, for what no noun has checked."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        call_text(a_call().model_copy(update={"metadata": {"n": float("nan")}}))
