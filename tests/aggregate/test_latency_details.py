"""What the slow turns have in common: splits and parts, by hand and against the whole pool."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalharness.aggregate.latency import folded, row
from evalharness.aggregate.latency_details import FEWEST, details
from tests.builders import a_latency_pool


def _array(*values):
    return np.array(values, dtype=float)


def _grouped(values, codes, names=("v1", "v2"), **fields):
    """A pool of one reply a call, whose calls are of these versions."""
    return a_latency_pool(values, groups={"version": names}, group_of={"version": np.array(codes)}, **fields)


def test_turns_with_and_without_tools():
    """Tools at 900 and 2,000; the others are 400, 900 and 500: their median 500; 1 of 2 is slow, none of 3."""
    pool = a_latency_pool(
        (400.0, 900.0, 900.0, 2000.0, 500.0), tool_ms=_array(900, 2000), plain_ms=_array(400, 900, 900, 2000, 500)
    )
    tool, plain = details(pool).splits
    assert (tool.by, tool.name, plain.name) == ("turn", "tool", "no_tool")
    assert (tool.p50.value, tool.p99.value, tool.slow.value, tool.p50.n) == (1450, 2000, 0.5, 2)
    assert (plain.p50.value, plain.p99.value, plain.slow.value, plain.p50.n) == (500, 900, 0, 3)


def test_without_fillers_the_unanswered_stay_above_all():
    """Of 300, 400 and 800 the 300 is a filler; one turn is unanswered: 400, 800, unanswered, median 800, p99 unanswered."""
    (split,) = details(a_latency_pool((300.0, 400.0, 800.0), unanswered=1, plain_ms=_array(400, 800))).splits
    assert (split.name, split.p50.value, split.p50.n, split.p99.unanswered, split.p99.value) == (
        "without_fillers",
        800,
        3,
        True,
        None,
    )


def test_one_kind_of_turn_is_no_split():
    """No tool ever, tools always, no filler marked: nothing beside the row itself."""
    for fields in ({"tool_ms": _array()}, {"tool_ms": _array(400, 500)}, {"plain_ms": _array(400, 500)}, {}):
        assert details(a_latency_pool((400.0, 500.0), **fields)).splits == ()


def test_groups_have_their_own_percentiles_and_small_ones_are_counted():
    """20 turns of v1 at 400, 19 of v2 at 900: v2 is one turn short of being shown."""
    pool = _grouped([400.0] * FEWEST + [900.0] * (FEWEST - 1), [0] * FEWEST + [1] * (FEWEST - 1))
    found = details(pool)
    assert [(one.by, one.name, one.p50.value, one.p50.n) for one in found.splits] == [("version", "v1", 400, 20)]
    assert found.small == {"version": 19}


def test_calls_of_one_version_are_told_as_any_other():
    """All 20 turns are of v2: the version's percentiles are those of all turns. Where no call names a version there is none."""
    pool = _grouped([*range(401, 421)], [1] * FEWEST)
    (split,), whole = details(pool).splits, row(pool)
    assert (split.name, split.p50.n) == ("v2", 20)
    assert [getattr(split, name).value for name in ("p50", "p95", "p99")] == [whole.p50.value, whole.p95.value, whole.p99.value]
    assert details(_grouped([400.0] * FEWEST, [0] * FEWEST, names=("",))).splits == ()


def test_an_unanswered_turn_counts_in_the_group_of_its_call():
    """19 replies and one unanswered turn in v1, whose p99 it is; v2 has 20 of 900."""
    codes = [0] * 19 + [1] * 20
    pool = _grouped([400.0] * 19 + [900.0] * 20, codes, unanswered=1)  # of the first call
    first, second = details(pool).splits
    assert (first.p50.n, first.p99.unanswered, first.slow.value) == (20, True, 0.05)
    assert (second.p50.n, second.p99.value, second.slow.value) == (20, 900, 0)


def test_hours_stand_in_the_order_of_the_clock():
    codes = [0] * 20 + [1] * 20
    hours = a_latency_pool([400.0] * 40, groups={"hour": ("10", "9")}, group_of={"hour": np.array(codes)})
    assert [one.name for one in details(hours).splits] == ["9", "10"]


def test_the_largest_known_part_of_slow_replies():
    """Slow: 2,000 (llm 1,500 over stt 100), 3,000 (stt 900 alone), 4,000 (nothing known): llm 1 of 2, stt 1 of 2, of 3 slow ones.

    The llm's percentiles are over 1,500 and 300 alone: median 900; 0 is "not reported"."""
    parts = {"stt": _array(100, 900, 0, 80), "llm": _array(1500, 0, 0, 300)}
    found = details(a_latency_pool((2000.0, 3000.0, 4000.0, 700.0), parts_ms=parts))
    shares = {
        part.part: (part.largest.value, part.largest.n, part.largest.of, part.p50.value, part.p50.n) for part in found.parts
    }
    assert shares == {"stt": (0.5, 2, 3, 100, 3), "llm": (0.5, 2, 3, 900, 2)}
    assert (found.slow, found.slow_unknown) == (3, 1)


def test_without_a_slow_reply_there_is_no_largest_part():
    (part,) = details(a_latency_pool((400.0, 500.0), parts_ms={"llm": _array(200, 0)})).parts
    assert (part.largest.value, part.largest.n, part.p99.value, part.p99.n) == (None, 0, 200, 1)


def test_an_empty_pool_has_nothing():
    found = details(a_latency_pool((), anchor=None, changes=4))
    assert (found.splits, found.parts, found.slow) == ((), (), 0)


def test_calls_without_a_reply_bring_their_groups_along():
    """A call of v2 whose only turn was never answered has no anchor of its own; it is folded into that of its source."""
    pool = _grouped([400.0] * 20, [0] * 20)
    blank = a_latency_pool((), anchor=None, calls=1, unanswered=20, groups=pool.groups, group_of={"version": np.array([1])})
    (one,) = folded([pool, blank])
    names = {split.name: (split.p50.n, split.p50.unanswered) for split in row(one).details.splits}
    assert names == {"v1": (20, False), "v2": (20, True)}


@given(st.lists(st.tuples(st.integers(1, 5000).map(float), st.sampled_from([0, 1]), st.booleans()), min_size=1, max_size=80))
def test_groups_and_kinds_add_up_to_the_pool(turns):
    """Each turn is in one group and of one kind; the shares of the largest part add up to 1."""
    values = [value for value, _, _ in turns]
    tools = _array(*(value for value, _, tool in turns if tool))
    parts = {"llm": _array(*values) / 2, "tts": _array(*values) / 3}
    found = details(_grouped(values, [code for _, code, _ in turns], tool_ms=tools, parts_ms=parts))
    kinds = [split for split in found.splits if split.by == "turn"]
    versions = [split for split in found.splits if split.by == "version"]
    assert sum(split.p50.n for split in kinds) in (0, len(turns))
    assert sum(split.p50.n for split in versions) + found.small.get("version", 0) in (0, len(turns))
    if found.slow:
        assert sum(part.largest.value for part in found.parts) == 1
        assert found.parts[0].part == "llm"  # the larger of the two in every reply
