"""Ledgers and call logs for the tests of store/, and random calls."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from evalharness.models.call import OUTCOMES, Call, Cost, Handoff, Latency, ToolCall, Turn
from evalharness.models.facts import AnchorLatency, CallMeasures
from evalharness.store.call_log import CallLog
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_intake
from tests.builders import MONDAY, ZONE, a_call, an_intake

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
WEEK_START = datetime(2026, 11, 16, tzinfo=UTC)


def no_measures(call: Call) -> CallMeasures:
    """Nothing measured in the call."""
    return CallMeasures(source=call.source, call_id=call.id)


@contextmanager
def a_ledger(folder: Path):
    """A new ledger in the folder."""
    with Ledger.open(folder / "ledger.db", create=True) as ledger:
        yield ledger


@contextmanager
def a_log(folder: Path, calls: Sequence[Call] = (), measures: Sequence[CallMeasures] | None = None, zone: ZoneInfo = ZONE):
    """A call log in the folder that holds the calls."""
    with a_ledger(folder) as ledger:
        log = CallLog(folder / "calls", ledger)
        if calls:
            collect(log, ledger, calls, measures, zone)
        yield log
        log.close()


def collect(
    log: CallLog, ledger: Ledger, calls: Sequence[Call], measures: Sequence[CallMeasures] | None = None, zone: ZoneInfo = ZONE
) -> None:
    """Write the calls and register their parts."""
    measures = measures or [no_measures(call) for call in calls]
    parts = log.write_parts(list(zip(calls, measures, strict=True)), zone)
    with ledger.transaction() as tx:
        add_intake(tx, an_intake(len(calls)), parts, AT)


def identities(calls: Sequence[Call]) -> list[tuple[str, str]]:
    """(source, id) of each call."""
    return [(call.source, call.id) for call in calls]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
ids = st.one_of(names, st.sampled_from(["../../x", "it's", '"q"', "a|b", "x" * 512, "émoji 😀", "%_", "C:\\x"]))
milliseconds = st.floats(0, 1e9)
maybe_ms = st.none() | milliseconds
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
tool_calls = st.builds(
    ToolCall, name=texts, arguments=json_values, result=st.none() | texts, error=st.none() | st.booleans(), duration_ms=maybe_ms
)
latencies = st.builds(
    Latency,
    voice_to_voice_ms=maybe_ms,
    anchor=st.sampled_from(["acoustic", "reported", "transcript", "components"]),
    components=st.dictionaries(texts, milliseconds, max_size=3),
)
turns = st.builds(
    Turn,
    index=st.integers(0, 5000),
    speaker=st.sampled_from(["caller", "agent", "human_agent", "system"]),
    text=texts,
    start_ms=st.none() | st.floats(-1e6, 1e9),
    end_ms=maybe_ms,
    latency=st.none() | latencies,
    interrupted=st.none() | st.booleans(),
    heard_filler=st.none() | st.booleans(),
    tool_calls=st.lists(tool_calls, max_size=2).map(tuple),
)
instants = st.datetimes(datetime(2026, 11, 16), datetime(2026, 11, 22, 23)).map(lambda at: at.replace(tzinfo=UTC))
maybe_text = st.none() | texts
calls = st.builds(
    Call,
    id=ids,
    source=names,
    started_at=instants,
    ended_at=st.none() | instants,
    direction=st.sampled_from([None, "inbound", "outbound"]),
    **dict.fromkeys(("agent", "version", "channel", "language", "intent", "caller_key"), maybe_text),
    **dict.fromkeys(("end_reason", "recording_url"), maybe_text),
    status=st.sampled_from([None, "completed", "error", "no_answer", "abandoned"]),
    errors=st.lists(texts, max_size=2).map(tuple),
    outcome=st.sampled_from(OUTCOMES),
    handoff=st.none() | st.builds(Handoff, at_ms=maybe_ms, context_summary=maybe_text, talk_ms=maybe_ms),
    csat=st.none() | st.floats(1, 5),
    cost=st.none() | st.builds(Cost, components=st.dictionaries(st.sampled_from(["llm", "tts"]), st.floats(0, 9), min_size=1)),
    turns=st.lists(turns, max_size=4).map(tuple),
    metadata=st.dictionaries(texts, json_values, max_size=4),
    inferred=st.lists(st.sampled_from(["started_at", "outcome"]), max_size=2).map(tuple),
)
anchor_latencies = st.builds(
    AnchorLatency,
    anchor=st.sampled_from([None, "acoustic", "reported"]),
    values_ms=st.lists(st.floats(0, 5000), max_size=4).map(tuple),
    tool_ms=st.lists(milliseconds, max_size=2).map(tuple),
    plain_ms=st.lists(milliseconds, max_size=2).map(tuple),
    **dict.fromkeys(("changes", "unanswered", "overlaps", "rejected", "missing"), st.integers(0, 5)),
)


def different(drawn: Sequence[Call]) -> list[Call]:
    """The calls without those whose identity came before."""
    return list({(call.source, call.id): call for call in drawn}.values())


def an_hourly_log(n: int = 60) -> list[Call]:
    """n calls an hour apart whose fields repeat in different rhythms; every fifth has no transcript."""
    return [_hourly(i) for i in range(n)]


def _hourly(i: int) -> Call:
    fields: dict[str, Any] = {"outcome": OUTCOMES[i % len(OUTCOMES)], "csat": (None, 1.0, 5.0)[i % 3], "id": f"c{i:03d}"}
    fields |= {"agent": (None, "A", "B")[i % 3], "language": (None, "en")[i % 2], "errors": ("x",) * (i % 3)}
    fields |= {"started_at": MONDAY + timedelta(hours=i), "handoff": Handoff() if i % 4 == 0 else None}
    fields |= {"cost": Cost(components={"llm": i / 10}) if i % 2 else None, "metadata": _METADATA[i % len(_METADATA)]}
    return a_call((), **fields) if i % 5 == 0 else a_call(**fields)


_METADATA: tuple[dict[str, Any], ...] = (
    {},
    {"tier": "gold", "n": 1, "vip": True, "a/b~c": "x", "0": "zero", "a.b": 3},
    {"tier": "en", "n": 2.5, "vip": False, "n2": [1], "it's": "q"},
    {"tier": None, "n": "2.5", "vip": "true", "a.b": {"c": 1}},
    {"tier": 7, "n": 10**400, "vip": 1, "a": {"b": 3}},
)
