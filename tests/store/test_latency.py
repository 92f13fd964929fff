"""The pools of a week's turns, built from arrays, against the same counted turn by turn."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.models.facts import AnchorLatency, CallMeasures
from evalharness.models.rule import parse_rule
from tests.builders import WEEK, a_call, some_calls
from tests.store.logs import a_log

COUNTS = ("changes", "unanswered", "overlaps", "rejected", "missing")
figures = st.builds(
    AnchorLatency,
    values_ms=st.lists(st.sampled_from([0.0, 400.5, 1500.0, 1500.5, 9000.0]), max_size=4).map(tuple),
    **dict.fromkeys(COUNTS, st.integers(0, 2)),
)
weeks = st.lists(
    st.tuples(
        st.sampled_from(["vapi", "demo"]), st.dictionaries(st.sampled_from([None, "acoustic", "reported"]), figures, max_size=2)
    ),
    min_size=1,
    max_size=6,
)


def _by_hand(measures):
    """{(source, anchor): what the pool must say}, one call after the other by id."""
    pools = {}
    for call in sorted(measures, key=lambda call: call.call_id):
        for latency in call.latencies:
            pool = pools.setdefault(
                (call.source, latency.anchor),
                {"values": [], "of": [], "unanswered of": [], "calls": 0, "due": 0, "slow": 0} | dict.fromkeys(COUNTS, 0),
            )
            pool["values"] += latency.values_ms
            pool["of"] += [pool["calls"]] * len(latency.values_ms)
            pool["unanswered of"] += [pool["calls"]] * latency.unanswered
            pool["calls"] += bool(latency.values_ms) or latency.unanswered > 0
            answerable = latency.changes > latency.overlaps
            pool["due"] += bool(latency.values_ms) or latency.unanswered > 0 or answerable
            pool["slow"] += any(value > 1500 for value in latency.values_ms) or latency.unanswered > 0
            for name in COUNTS:
                pool[name] += getattr(latency, name)
    return pools


@settings(deadline=None, max_examples=25)
@given(week=weeks)
def test_pools_against_a_count_by_hand(tmp_path_factory, week):
    """Sources and anchors apart, the anchorless last; every value with its call; slow = above 1,500 ms or unanswered."""
    calls = [a_call(source=source, id=f"c{n}") for n, (source, _) in enumerate(week)]
    measures = [
        CallMeasures(
            source=call.source,
            call_id=call.id,
            latencies=tuple(own.model_copy(update={"anchor": name}) for name, own in anchors.items()),
        )
        for call, (_, anchors) in zip(calls, week, strict=True)
    ]
    with a_log(tmp_path_factory.mktemp("log"), calls, measures) as log:
        pools = log.latency(WEEK)
    found = {
        (pool.source, pool.anchor): {
            "values": list(pool.values_ms),
            "of": list(pool.call_index),
            "unanswered of": list(pool.unanswered_index),
            "calls": pool.calls,
            "due": pool.due_calls,
            "slow": pool.slow_calls,
        }
        | {name: getattr(pool, name) for name in COUNTS}
        for pool in pools
    }
    assert found == _by_hand(measures)
    assert [(pool.source, pool.anchor or "~") for pool in pools] == sorted((source, anchor or "~") for source, anchor in found)


def test_scope_leaves_calls_out(tmp_path):
    """Of two calls of 3 and 1 replies only agent B's one is pooled: 3 changes, 1 unanswered, coverage (1 + 1) / (3 + 1)."""
    calls = [call.model_copy(update={"agent": agent}) for call, agent in zip(some_calls(2), "AB", strict=True)]
    replies = [
        AnchorLatency(anchor="reported", values_ms=(1.0, 2.0, 3.0)),
        AnchorLatency(anchor="reported", values_ms=(700.0,), changes=3, unanswered=1),
    ]
    measures = [
        CallMeasures(source="demo", call_id=call.id, latencies=(reply,)) for call, reply in zip(calls, replies, strict=True)
    ]
    with a_log(tmp_path, calls, measures) as log:
        (pool,) = log.latency(WEEK, parse_rule("agent == B"))
        assert (list(pool.values_ms), list(pool.call_index), list(pool.unanswered_index)) == ([700.0], [0], [0])
        assert (pool.calls, pool.slow_calls) == (1, 1)
        assert pool.coverage == 0.5
        assert log.latency(WEEK, parse_rule("agent == C")) == []
        assert log.latency(WEEK)[0].measured == 4
