"""Parts and groups of a week's turns, pooled from the files; files written before parts were kept."""

from __future__ import annotations

import numpy as np

from evalharness.models.facts import PARTS, AnchorLatency, CallMeasures
from evalharness.store import parquet
from tests.builders import WEEK, some_calls
from tests.store.logs import a_log


def _measures(calls, *latencies):
    return [
        CallMeasures(source="demo", call_id=call.id, latencies=(latency,)) for call, latency in zip(calls, latencies, strict=True)
    ]


def _reply(*values, **fields):
    return AnchorLatency(anchor="reported", values_ms=values, changes=len(values) + fields.get("unanswered", 0), **fields)


def test_parts_keep_to_the_replies_they_belong_to(tmp_path):
    """Call 1 reports llm for both replies, call 2 nothing, call 3 stt: 0 stands for what is not reported."""
    calls = some_calls(3)
    measures = _measures(
        calls,
        _reply(900.0, 800.0, parts_ms={"llm": (400.0, 300.0)}, tool_ms=(900.0,), plain_ms=(800.0,)),
        _reply(700.0, plain_ms=(700.0,)),
        _reply(600.0, parts_ms={"stt": (50.0,)}, plain_ms=(600.0,)),
    )
    with a_log(tmp_path, calls, measures) as log:
        (pool,) = log.latency(WEEK)
        assert log.measures([("demo", "c1")])["demo", "c1"] == measures[0]
    assert pool.values_ms.tolist() == [900, 800, 700, 600]
    assert {name: times.tolist() for name, times in pool.parts_ms.items()} == {"stt": [0, 0, 0, 50], "llm": [400, 300, 0, 0]}
    assert (pool.tool_ms.tolist(), pool.plain_ms.tolist()) == ([900], [800, 700, 600])


def test_groups_follow_the_calls_that_have_a_turn(tmp_path):
    """Call 2 has neither reply nor unanswered turn and is not numbered; hours by Berlin's clock from 10:00 on."""
    calls = [
        call.model_copy(update={"version": version}) for call, version in zip(some_calls(3), ("v1", "v1", None), strict=True)
    ]
    with a_log(tmp_path, calls, _measures(calls, _reply(900.0), _reply(), _reply(600.0, unanswered=1))) as log:
        (pool,) = log.latency(WEEK)
    of = {by: [pool.groups[by][code] for code in codes] for by, codes in pool.group_of.items()}
    assert of == {"version": ["v1", ""], "intent": ["", ""], "hour": ["10", "12"]}
    assert (pool.calls, pool.call_index.tolist(), pool.unanswered_index.tolist()) == (2, [0, 1], [1])


def test_files_without_parts_are_read_as_before(tmp_path, monkeypatch):
    """A workspace of an earlier version: its measures have no columns of parts, and new files beside them do."""
    calls = some_calls(2)
    measures = _measures(calls, _reply(900.0), _reply(700.0, parts_ms={"llm": (200.0,)}))
    old = parquet.SCHEMAS["measures"]
    for name in PARTS:
        old = old.remove(old.get_field_index(f"part_{name}"))
    with a_log(tmp_path) as log:
        from tests.store.logs import collect

        monkeypatch.setitem(parquet.SCHEMAS, "measures", old)
        collect(log, log._parts._ledger, calls[:1], measures[:1])
        assert [pool.parts_ms for pool in log.latency(WEEK)] == [{}]
        monkeypatch.undo()
        collect(log, log._parts._ledger, calls[1:], measures[1:])
        (pool,) = log.latency(WEEK)
        assert log.measures([("demo", "c1")])["demo", "c1"] == measures[0]
    order = np.argsort(-pool.values_ms)
    assert pool.values_ms[order].tolist() == [900, 700]
    assert pool.parts_ms["llm"][order].tolist() == [0, 200]
